"""Runs become pieces of lines, pieces become lines."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from index.readers.pdf.drawn import Box
from index.readers.pdf.sheets import Run, Sheet

_RAISED = 0.12  # of the size of the line: a baseline so much higher is a superscript
_SMALLER = 0.85
_GUTTER = 0.8  # of the size: columns stand no closer
_CELL_GAP = 1.5  # of the size: cells of a line stand no closer
_LONGEST_MARK = 3  # signs of a footnote mark
_WORD_GAP = 0.22  # of the size, between right-to-left words


@dataclass(slots=True)
class Piece:
    """Runs that stand close together on one line, in reading order.

    Attributes:
        runs: never empty.
        x0: left edge, points.
        x1: right edge.
        size: of most characters.
        y: baseline of that size.
        text: what it says, runs set apart where the page sets them apart.
    """

    runs: list[Run]
    x0: float = field(init=False)
    x1: float = field(init=False)
    size: float = field(init=False)
    y: float = field(init=False)
    text: str = field(init=False)

    def __post_init__(self) -> None:
        self.x0 = min(run.x0 for run in self.runs)
        self.x1 = max(run.x1 for run in self.runs)
        self.size = main_size(self.runs)
        self.y = next(run.y for run in self.runs if run.look.size == self.size)
        self.text = join_runs(self.runs)


@dataclass(slots=True)
class Line:
    """A line of one column, or a framed region that stands between lines.

    Attributes:
        sheet: position of its sheet.
        page: printed page.
        pieces: in reading order.
        left: of the column.
        right: of the column.
        region: what a frame holds; such a line has no pieces of its own.
        underlined: whether a rule runs under all its words.
        runs: of all pieces.
        x0: left edge of the text, or of the frame.
        x1: right edge.
        y: baseline, or the lower edge of the frame.
        size: of most characters.
        text: what it says, superscripts included.
        is_rtl: whether it is written from right to left.
    """

    sheet: int
    page: int
    pieces: list[Piece]
    left: float = 0.0
    right: float = 0.0
    region: "Region | None" = None
    underlined: bool = False
    runs: list[Run] = field(init=False)
    x0: float = field(init=False)
    x1: float = field(init=False)
    y: float = field(init=False)
    size: float = field(init=False)
    text: str = field(init=False)
    is_rtl: bool = field(init=False)

    def __post_init__(self) -> None:
        self.runs = [run for piece in self.pieces for run in piece.runs]
        self.size = main_size(self.runs)
        self.text = " ".join(piece.text.strip() for piece in self.pieces)
        self.is_rtl = is_rtl(self.text)
        if self.region:
            self.x0, self.y, self.x1, _ = self.region.box
        else:
            self.x0 = min(piece.x0 for piece in self.pieces)
            self.x1 = max(piece.x1 for piece in self.pieces)
            self.y = next(run.y for run in self.runs if run.look.size == self.size)

    @property
    def top(self) -> float:
        """Upper edge."""
        return self.region.box.y1 if self.region else self.y + 0.75 * self.size

    def is_raised(self, run: Run) -> bool:
        """Whether a run is a superscript of this line."""
        raised = run.y - self.y > _RAISED * self.size and run.look.size <= _SMALLER * self.size
        return raised or all(_is_superscript(sign) for sign in run.text.strip())

    @property
    def opening_mark(self) -> str:
        """The superscript that it opens with, or ``""``."""
        runs = [run for run in self.runs if run.text.strip()]
        if not runs:
            return ""
        first = runs[0]
        is_mark = bool(_MARK.fullmatch(unicodedata.normalize("NFKC", first.text.strip())))
        second = runs[min(1, len(runs) - 1)]
        raised = first.y - second.y
        is_smaller = first.look.size <= _SMALLER * second.look.size and raised > 0
        is_higher = first.look.size < second.look.size and raised > _RAISED * second.look.size
        is_small = is_smaller or is_higher
        superscript = all(_is_superscript(sign) for sign in first.text.strip())
        return unicodedata.normalize("NFKC", first.text.strip()) * (
            is_mark and (is_small or superscript)
        )


_MARK = re.compile(r"\d{1,3}|[a-z]{1,2}|[*†‡§]+")


@dataclass(slots=True)
class Region:
    """What stands in a frame: the rows of a table, or the lines of a text box."""

    box: Box
    rows: list[list[list[Line]]]  # of a table: rows of cells of lines
    lines: list[Line]  # of a text box


def main_size(runs: Sequence[Run]) -> float:
    """The size of most characters."""
    if len({run.look.size for run in runs}) < 2:
        return runs[0].look.size if runs else 0.0
    sizes: Counter[float] = Counter()
    for run in runs:
        sizes[run.look.size] += len(run.text.strip())
    return max(sizes, key=lambda size: sizes[size])


def join_runs(runs: Sequence[Run]) -> str:
    """Texts in order, with a space where the page leaves one."""
    text = ""
    for previous, run in zip([None, *runs], runs, strict=False):
        if previous and is_apart(previous, run) and not text.endswith(" "):
            text += " "
        text += run.text
    return text


def is_apart(first: Run, second: Run) -> bool:
    """Whether white space stands between two runs of a line."""
    if first.text.endswith(" "):
        return True
    gap = max(second.x0 - first.x1, first.x0 - second.x1)
    return gap > 0.18 * max(first.look.size, second.look.size)


def is_rtl(text: str) -> bool:
    """Whether most letters are of a right-to-left script."""
    if text.isascii():
        return False
    directions = Counter(unicodedata.bidirectional(sign) for sign in text)
    return directions["R"] + directions["AL"] > directions["L"]


def is_ideographic(sign: str) -> bool:
    """Whether a sign is of a script that sets no spaces, Chinese or Japanese."""
    return unicodedata.east_asian_width(sign) in "WF" and not "\uac00" <= sign <= "\ud7af"


def cut_pieces(sheet: Sheet) -> list[Piece]:
    """Runs of the sheet as pieces of lines, parted where a cell may end."""
    rows: list[list[Run]] = []
    for run in sorted(
        (run for run in sheet.runs if run.text.strip()), key=lambda r: (-r.look.size, -r.y)
    ):
        row = next((row for row in rows if _is_level(row[0], run) and _is_near(row, run)), None)
        if row is None:
            rows.append([run])
        else:
            row.append(run)
    return [piece for row in rows for piece in _cut_row(row)]


def _is_level(first: Run, run: Run) -> bool:
    """Whether a run stands on the line of a larger one, as a superscript or level with it."""
    size = first.look.size
    if run.look.size > 0.9 * size:
        return abs(run.y - first.y) < 0.3 * size
    return -0.3 * size < run.y - first.y < 0.55 * size


def _is_near(row: Sequence[Run], run: Run) -> bool:
    """Whether a run is as large as those of a row, or stands right beside one of them.

    The small print of one column is not on the line of a heading in another.
    """
    size = row[0].look.size
    if run.look.size > 0.9 * size:
        return True
    reach = _CELL_GAP if len(run.text.strip()) <= _LONGEST_MARK else _GUTTER
    return any(max(run.x0 - r.x1, r.x0 - run.x1) < reach * size for r in row)


def _share_line(a: Piece, b: Piece) -> bool:
    """Whether two pieces stand on one line, a note's raised label and its text included."""
    small, large = sorted((a, b), key=lambda piece: piece.size)
    highest = 0.55 if small.size <= 0.9 * large.size else 0.35
    return -0.35 * large.size < small.y - large.y < highest * large.size


def part_at_gutters(piece: Piece) -> list[Piece]:
    """The piece parted where the gutter of narrow columns may run through it."""
    parts: list[list[Run]] = []
    for run in piece.runs:
        last = parts[-1][-1] if parts else None
        gap = max(run.x0 - last.x1, last.x0 - run.x1) if last else 0.0
        if last and gap < _GUTTER * max(piece.size, 1):
            parts[-1].append(run)
        else:
            parts.append([run])
    return [Piece(runs) for runs in parts]


def _cut_row(row: list[Run]) -> list[Piece]:
    groups: list[list[Run]] = []
    edge = 0.0
    for run in sorted(row, key=lambda run: run.x0 + run.x1):
        if groups and run.x0 - edge < _CELL_GAP * max(row[0].look.size, 1):
            groups[-1].append(run)
            edge = max(edge, run.x1)
        else:
            groups.append([run])
            edge = run.x1
    return [Piece(_logical(group)) for group in groups]


def _logical(runs: list[Run]) -> list[Run]:
    """Runs from left to right in the order of reading.

    In right-to-left text the order is turned, but not inside numbers and Latin words.
    """
    if not is_rtl("".join(run.text for run in runs)):
        return _merge(runs)
    ordered: list[Run] = []
    stretch: list[Run] = []  # left-to-right signs and what stands between them
    for run in reversed(runs):
        if _is_ltr(run.text) or (stretch and not is_rtl(run.text)):
            stretch.append(run)
        else:
            ordered += _turn_back(stretch)
            ordered.append(run)
            stretch = []
    return _merge([*ordered, *_turn_back(stretch)])


def _turn_back(stretch: list[Run]) -> list[Run]:
    """Up to its last left-to-right sign, from left to right."""
    end = max((at for at, run in enumerate(stretch) if _is_ltr(run.text)), default=-1) + 1
    return _merge(stretch[:end][::-1]) + stretch[end:]


def _is_ltr(text: str) -> bool:
    return any(unicodedata.bidirectional(sign) in ("L", "EN", "AN") for sign in text)


def _merge(runs: list[Run]) -> list[Run]:
    """Runs of one look on one baseline as one, where they touch."""
    merged: list[Run] = []
    for run in runs:
        last = merged[-1] if merged else None
        is_single = last and len(run.text.strip()) == 1
        if last and is_single and last.look == run.look and abs(last.y - run.y) < 0.1:
            gap = max(run.x0 - last.x1, last.x0 - run.x1)
            space = " " if gap > _WORD_GAP * run.look.size else ""
            merged[-1] = Run(
                last.text + space + run.text.strip(),
                min(last.x0, run.x0),
                max(last.x1, run.x1),
                last.y,
                last.look,
            )
        else:
            merged.append(run)
    return merged


def _is_superscript(sign: str) -> bool:
    return unicodedata.decomposition(sign).startswith("<super>")


def make_lines(
    pieces: Sequence[Piece], sheet: int, page: int, bounds: tuple[float, float]
) -> list[Line]:
    """Pieces of one column as lines from top to bottom.

    Args:
        pieces: in any order.
        sheet: position of the sheet.
        page: printed page.
        bounds: left and right edge of the column.
    """
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (-round(p.y), p.x0)):
        last = rows[-1][0] if rows else None
        if last and _share_line(last, piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    lines = []
    for row in rows:
        backwards = is_rtl("".join(piece.text for piece in row))
        row.sort(key=lambda piece: piece.x0, reverse=backwards)
        lines.append(Line(sheet, page, _close_gaps(row), *bounds))
    return lines


def _close_gaps(row: list[Piece]) -> list[Piece]:
    """Pieces of a line joined where the gap is no wider than a space may be."""
    gaps = [_gap(a, b) for a, b in pairwise(row)]
    joined = row[:1]
    for at, piece in enumerate(row[1:]):
        last = joined[-1]
        if gaps[at] < _CELL_GAP * max(last.size, piece.size, 1) or _is_stretched(row, gaps, at):
            joined[-1] = Piece(last.runs + piece.runs)
        else:
            joined.append(piece)
    return joined


def _gap(a: Piece, b: Piece) -> float:
    return max(b.x0 - a.x1, a.x0 - b.x1)


def _is_stretched(row: Sequence[Piece], gaps: Sequence[float], at: int) -> bool:
    """Whether a wide gap is a space of a justified line: the one before or after is as wide."""
    if not all(any(sign.isalpha() for sign in piece.text) for piece in row[at : at + 2]):
        return False
    near = [gaps[i] for i in (at - 1, at + 1) if 0 <= i < len(gaps)]
    size = row[at].size
    return gaps[at] < 5 * size and any(abs(gap - gaps[at]) < 0.03 * size for gap in near)
