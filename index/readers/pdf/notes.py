"""The notes of a document, at the foot of a page or at an end, and which mark means which."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index.readers.pdf.drawn import Box
from index.readers.pdf.endnotes import EndNote
from index.readers.pdf.flow import has_ended
from index.readers.pdf.lines import Line
from index.readers.pdf.sheets import Sheet

_SMALL = 0.93  # of the size of the body: what is smaller may be a note
_DRAWN = re.compile(r"[_\-‐–—―\s]{5,}")  # a rule of signs
_LABEL = re.compile(r"(\d{1,3}|[a-z]{1,2}|[*†‡§]{1,4})(/?)(?:[.)]?\s+|(?<=[*†‡§]))(?=\S)")


@dataclass(slots=True)
class Note:
    """A note: its label as printed, and one that no other note has.

    Attributes:
        printed: the label.
        label: a label of its own.
        lines: its text.
        since: of a note at an end, the sheet from which on marks may mean it; else None.
    """

    printed: str
    label: str
    lines: list[Line]
    since: int | None = None

    @property
    def sheet(self) -> int:
        """Position of the sheet that it begins on."""
        return self.lines[0].sheet


class Notes:
    """The notes of a document, in order."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.is_slashed = False  # whether marks are printed on the line, as "1/"

    def take_ends(self, found: Iterable[EndNote]) -> set[int]:
        """Take in the notes at an end; return the ``id`` of each of their lines."""
        taken: set[int] = set()
        for note in found:
            self.is_slashed = self.is_slashed or note.is_slashed
            taken.update(map(id, note.lines))
            first, *others = note.lines
            label = f"{note.label}@end{len(self.notes)}"
            lines = [cut_start(first, note.length), *others]
            self.notes.append(Note(note.label, label, lines, note.since))
        return taken

    def take_from(self, sheet: Sheet, column: list[Line], body_size: float) -> list[Line]:
        """Move the notes at the foot of a column here; return the lines above them."""
        start = _start(sheet, column, body_size, goes_on=self._may_go_on(column))
        body = [line for line in column[:start] if not _is_drawn(line)]
        for line in column[start:]:
            label, length = self._label(line)
            if label:
                self.add(label, cut_start(line, length))
            elif foot := self._at_foot():  # also when it goes on from the page before
                foot[-1].lines.append(line)
            else:
                body.append(line)
        return body

    def add(self, printed: str, line: Line) -> None:
        """Begin a note."""
        self.notes.append(Note(printed, f"{printed}@{len(self.notes)}", [line]))

    def find(self, printed: str, sheet: int, *, slashed: bool = False) -> str:
        """The label of the note that a mark on a sheet means, or ``""``.

        A note stands on the page of its mark or goes over to the next one; marks on the
        line ("1/") may also repeat an earlier one.
        """
        found = [note for note in self.notes if note.printed == printed]
        foot = [note for note in found if note.since is None]
        near = [note for note in foot if note.sheet == sheet]
        near = near or [note for note in foot if note.sheet == sheet + 1]
        near = near or [n for n in found if n.since is not None and n.since <= sheet <= n.sheet]
        if not near and slashed:
            near = [note for note in found if note.sheet < sheet][-1:]
        return near[0].label if near else ""

    def _may_go_on(self, column: Sequence[Line]) -> bool:
        """Whether the last note has no end on the page before, or in the column before."""
        foot = self._at_foot()
        last = foot[-1].lines[-1] if foot else None
        is_near = last and column and column[0].sheet - last.sheet in (0, 1)
        return bool(is_near and last and not has_ended(last))

    def _at_foot(self) -> list[Note]:
        return [note for note in self.notes if note.since is None]

    def _label(self, line: Line) -> tuple[str, int]:
        """The label that a line opens with, and how many characters it takes."""
        if mark := line.opening_mark:
            return mark, len(line.text) - len(line.text.lstrip()) + len(mark)
        match = _LABEL.match(line.text)
        if not match:
            return "", 0
        label, slash = match.groups()
        if slash or not label.isalnum():
            self.is_slashed = self.is_slashed or bool(slash)
            return label, match.end()
        last = next((n.printed for n in reversed(self._at_foot()) if n.printed.isdigit()), "0")
        follows = label.isdigit() and int(label) in (int(last) + 1, 1)
        return (label, match.end()) if follows else ("", 0)


def cut_start(line: Line, length: int) -> Line:
    """The line without its first characters."""
    pieces = []
    for piece in line.pieces:
        runs = []
        for run in piece.runs:
            cut = min(length, len(run.text))
            length -= cut
            if run.text[cut:].strip():
                runs.append(replace(run, text=run.text[cut:].lstrip() if cut else run.text))
        length -= 1
        length = max(0, length)
        if runs:
            pieces.append(replace(piece, runs=runs))
    return replace(line, pieces=pieces) if pieces else line


def _is_drawn(line: Line) -> bool:
    return bool(line.pieces) and bool(_DRAWN.fullmatch(line.text))


def _start(sheet: Sheet, column: Sequence[Line], body_size: float, *, goes_on: bool) -> int:
    """Where the notes begin in a column; its length when it has none.

    Args:
        sheet: with the rules that set notes off.
        column: its lines.
        body_size: points.
        goes_on: whether a note of the page before may go on here without a label.
    """
    for at in range(len(column) - 1, 0, -1):
        if _is_drawn(column[at - 1]) or _is_ruled_off(sheet.rules, column[at - 1], column[at]):
            below = column[at:]
            if any(line.region for line in below):
                break
            is_rest = goes_on and any(_opens_note(line) for line in below)
            is_noted = _all_small(below, body_size) or _opens_note(below[0]) or is_rest
            return at if is_noted else len(column)
    start = len(column)
    while start and _all_small(column[start - 1 : start], body_size):
        start -= 1
    is_rest = goes_on and any(line.opening_mark for line in column[start:])
    while start < len(column) and not (is_rest or column[start].opening_mark):
        start += 1
    return start


def _all_small(lines: Sequence[Line], body_size: float) -> bool:
    return all(not line.region and line.size <= _SMALL * body_size for line in lines)


def _opens_note(line: Line) -> bool:
    return bool(line.opening_mark or _LABEL.match(line.text))


def _is_ruled_off(rules: Sequence[Box], above: Line, below: Line) -> bool:
    """Whether a short rule stands between two lines, and is no underline.

    One that begins where the column does may be longer.
    """
    width = above.right - above.left
    return any(
        rule.height <= 2
        and 20 < rule.width < (0.8 if abs(rule.x0 - above.left) < 2 else 0.5) * width
        and rule.x0 < above.left + 0.5 * width
        and below.top - 3 <= rule.y0 < above.y - 0.4 * (above.size or 10)
        for rule in rules
    )


def body_size(columns: Sequence[Sequence[Line]]) -> float:
    """The size of most characters of a document."""
    sizes: Counter[float] = Counter()
    for line in (line for column in columns for line in column):
        for run in line.runs:
            sizes[run.look.size] += len(run.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0
