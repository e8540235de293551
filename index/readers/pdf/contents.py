"""Pages of contents: entries that lead to a page number, by a row of dots or across a gap."""

import re
from collections.abc import Iterable, Sequence

from index.readers.pdf.lines import Line

_NUMBER = r"(?:\d{1,4}|[ivxlcIVXLC]{1,7})"
_RANGE = r"(?:\d{1,4}(?:\s?[-–—]\s?\d{1,4})?\s+)"  # of an entry's paragraphs, before its page
_LEADER = re.compile(
    r"(?:\.{4,}|(?:\s\.){4,}|…{2,}|_{6,}|·{4,})" + rf"[\s.…]*(?:{_RANGE}?{_NUMBER})?\s*$"
)
_LEADER_RTL = re.compile(r"^\s*(?:\d{1,4})?\s*(?:\.{4,}|(?:\.\s){4,}|…{2,})")
_PAGE = re.compile(rf"(?:^|\s){_RANGE}?(?P<page>{_NUMBER})\s*$")
_NUMERAL = re.compile(r"^\s*(?:[IVXLC]+|[A-Z]|\d{1,3}(?:\.\d+)*)[.)]?\s+")
_MIN_ENTRIES = 3
_REACH = 4  # lines of one entry, and from the title to the first
_LEVEL = 3.0  # points between page numbers that stand below each other
_TELLING = 24  # letters by which an entry is known again
_FEWEST = 4
_MOST_STOPS = 1 / 4  # of the lines of titles: some end with an abbreviation


def drop_contents(lines: Sequence[Line]) -> list[Line]:
    """The lines without the contents, their title and what stands between the entries.

    Entries without dots are known by page numbers that stand below each other and never
    fall, and by the headings: the document says most of the entries again.

    Args:
        lines: of the document in order.
    """
    dotted = (at for at, line in enumerate(lines) if not line.region and _is_dotted(line.text))
    dropped: set[int] = set()
    for entries in _stretches(dotted):
        if len(entries) >= _MIN_ENTRIES:
            dropped.update(range(_first(lines, entries[0]), entries[-1] + 1))
    for entries in _plain_stretches(lines):
        first = _first(lines, entries[0])
        is_prose = _is_prose(lines[first : entries[-1] + 1])
        if len(entries) >= _MIN_ENTRIES and not is_prose and _come_again(lines, first, entries):
            dropped.update(range(first, entries[-1] + 1))
    return [line for at, line in enumerate(lines) if at not in dropped]


def _is_dotted(text: str) -> bool:
    return bool(_LEADER.search(text) or _LEADER_RTL.search(text))


def _stretches(entries: Iterable[int]) -> list[list[int]]:
    """Entries that follow each other within a few lines."""
    stretches: list[list[int]] = []
    for at in entries:
        if stretches and at - stretches[-1][-1] <= _REACH:
            stretches[-1].append(at)
        else:
            stretches.append([at])
    return stretches


def _is_prose(lines: Sequence[Line]) -> bool:
    """Whether sentences end among the lines, as they hardly do among titles."""
    stops = sum(line.text.rstrip().endswith((".", "。")) for line in lines)
    return stops > _MOST_STOPS * len(lines)


def _plain_stretches(lines: Sequence[Line]) -> list[list[int]]:
    """Lines that end with page numbers below each other which never fall."""
    stretches: list[list[int]] = []
    number = 0
    for at, line in enumerate(lines):
        match = None if line.region else _PAGE.search(line.text)
        if not match:
            continue
        page = int(match["page"]) if match["page"].isdigit() else number
        is_near = bool(stretches) and at - stretches[-1][-1] <= _REACH
        if is_near and not _is_level(lines[stretches[-1][-1]], line):
            continue  # the first line of an entry may end with a year
        if is_near and page >= number:
            stretches[-1].append(at)
        else:
            stretches.append([at])
        number = page
    return stretches


def _is_level(above: Line, below: Line) -> bool:
    """Whether two lines end at the same place, or stand on different pages."""
    return above.sheet != below.sheet or abs(_end(above) - _end(below)) < _LEVEL


def _end(line: Line) -> float:
    return line.x0 if line.is_rtl else line.x1


def _come_again(lines: Sequence[Line], first: int, entries: Sequence[int]) -> bool:
    """Whether later lines begin like at least half of the entries."""
    later = [
        _telling(line.text + (after.text if after else ""))
        for line, after in zip(
            lines[entries[-1] + 1 :], [*lines[entries[-1] + 2 :], None], strict=False
        )
    ]
    again = 0
    starts = [first, *(at + 1 for at in entries)]
    for start, end in zip(starts, entries, strict=False):
        title = " ".join(line.text for line in lines[start : end + 1] if not line.region)
        known = _telling(_PAGE.sub("", title))
        again += len(known) >= _FEWEST and any(text.startswith(known) for text in later)
    return 2 * again >= len(entries)


def _telling(text: str) -> str:
    """The first letters of a heading, without its numeral."""
    letters = (sign for sign in _NUMERAL.sub("", text, count=1).casefold() if sign.isalpha())
    return "".join(letters)[:_TELLING]


def _first(lines: Sequence[Line], entry: int) -> int:
    """The first line of the contents: their title, the heads of their columns, or that entry.

    A title is a single short piece in the same page's few lines above.
    """
    first = entry
    for at in range(entry - 1, max(entry - 1 - _REACH, -1), -1):
        line = lines[at]
        if line.sheet != lines[entry].sheet or line.region:
            break
        if len(line.text.split()) > 4:
            continue
        if abs(_end(line) - _end(lines[entry])) < 3 * line.size:  # "Page", above the numbers
            first = at
        elif len(line.pieces) == 1 and _is_title(line, lines[entry]):
            return at
    return first


def _is_title(line: Line, entry: Line) -> bool:
    stands_out = all(run.look.bold or run.look.size > entry.size for run in line.runs)
    middle, width = (line.left + line.right) / 2, line.right - line.left
    is_centred = abs((line.x0 + line.x1) / 2 - middle) < 0.1 * width
    return stands_out or is_centred or line.text.isupper()
