"""What a person should know of the pages of a report that are pictures."""

from collections.abc import Sequence

from index.blocks import Block
from index.report import Oddity

_MANY = 3  # pages, one after another: worth a range


def odd_scans(blocks: Sequence[Block]) -> list[Oddity]:
    """Which pages were recognised, so that quotes need a check, and which stayed unread."""
    recognised = [block.page or 0 for block in blocks if block.kind == "recognised"]
    unread = [block.page or 0 for block in blocks if block.kind == "unread"]
    oddities = []
    if unread:
        sentence = (
            f"No text was read on {_pages(unread)}, where a picture covers the page: if there "
            "is any, `make ocr` installs what recognises Latin, Chinese and Japanese script."
        )
        oddities.append(Oddity("unread", sentence, ""))
    if recognised:
        sentence = (
            f"The text of {_pages(recognised)} was recognised from pictures: check quotes from "
            "there against the paper."
        )
        oddities.append(Oddity("recognised", sentence, ""))
    return oddities


def _pages(pages: Sequence[int]) -> str:
    """As a person lists them: "page 3", "pages 1, 4 to 9"."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    parts = [
        f"{run[0]} to {run[-1]}" if len(run) >= _MANY else ", ".join(map(str, run)) for run in runs
    ]
    return f"page{'s' * (len(pages) > 1)} {', '.join(parts)}"
