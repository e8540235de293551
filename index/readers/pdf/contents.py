"""Pages of contents: lines that lead to a page number by a row of dots."""

import re
from collections.abc import Sequence

from index.readers.pdf.lines import Line

_LEADER = re.compile(
    r"(?:\.{4,}|(?:\s\.){4,}|…{2,}|_{6,}|·{4,})[\s.…]*(?:\d{1,4}|[ivxlcIVXLC]{1,7})?\s*$"
)
_LEADER_RTL = re.compile(r"^\s*(?:\d{1,4})?\s*(?:\.{4,}|(?:\.\s){4,}|…{2,})")
_MIN_ENTRIES = 3
_REACH = 4  # lines of one entry, and from the title to the first


def drop_contents(lines: Sequence[Line]) -> list[Line]:
    """The lines without the contents, their title and what stands between the entries.

    Args:
        lines: of the document in order.
    """
    entries = [at for at, line in enumerate(lines) if not line.region and _is_entry(line.text)]
    dropped: set[int] = set()
    for stretch in _stretches(entries):
        if len(stretch) >= _MIN_ENTRIES:
            dropped.update(range(_first(lines, stretch[0]), stretch[-1] + 1))
    return [line for at, line in enumerate(lines) if at not in dropped]


def _is_entry(text: str) -> bool:
    return bool(_LEADER.search(text) or _LEADER_RTL.search(text))


def _stretches(entries: Sequence[int]) -> list[list[int]]:
    """Entries that follow each other within a few lines."""
    stretches: list[list[int]] = []
    for at in entries:
        if stretches and at - stretches[-1][-1] <= _REACH:
            stretches[-1].append(at)
        else:
            stretches.append([at])
    return stretches


def _first(lines: Sequence[Line], entry: int) -> int:
    """The title above the first entry, or that entry: a short line, with none but short between.

    A title is a single short piece in the same page's few lines above.
    """
    for at in range(entry - 1, max(entry - 1 - _REACH, -1), -1):
        line = lines[at]
        if line.sheet != lines[entry].sheet or line.region:
            break
        if len(line.pieces) == 1 and len(line.text.split()) <= 4:
            is_title = all(run.look.bold or run.look.size > lines[entry].size for run in line.runs)
            is_centred = line.x0 - line.left > 0.25 * (line.right - line.left)
            if is_title or is_centred or line.text.isupper():
                return at
    return entry
