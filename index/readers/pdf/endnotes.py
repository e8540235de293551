"""Notes that a document gathers at the end of a chapter or of its own."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from index.readers.pdf.flow import Flow
from index.readers.pdf.lines import Line

_TITLE = re.compile(
    r"(?:end ?|foot ?)?notes?(?: and references)?|références?|notes? (?:de|en) (?:bas de page|fin)|"
    r"notas(?: finales| de pie de página)?|примечания|сноски|注|注释|尾注|الحواشي|حواشي",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(\d{1,3})/\s+(?=\S)")
_TYPED = re.compile(r"(\d{1,3})[.)]?\s+(?=\S)")
_SLASHED_MARK = re.compile(r"(?<![\w/])(\d{1,3})/(?=[\s,;.:)]|$)")
_FEWEST = 2  # notes below no title


@dataclass(slots=True)
class EndNote:
    """A note at an end, and where its marks may stand.

    Attributes:
        label: as printed.
        length: characters of the label at the start of its first line.
        lines: its own.
        since: the sheet from which on it can be meant.
        is_slashed: whether the label is printed as "1/".
    """

    label: str
    length: int
    lines: list[Line]
    since: int
    is_slashed: bool


@dataclass(slots=True)
class _Marks:
    """The labels of marks before a place: the last sheet of each."""

    sheets: dict[str, int] = field(default_factory=dict)

    def read(self, line: Line) -> None:
        for run in line.runs:
            if line.is_raised(run):
                for label in re.split(r"[,;\s]+", unicodedata.normalize("NFKC", run.text.strip())):
                    self.sheets[label.rstrip(".)/")] = line.sheet
        for label in _SLASHED_MARK.findall(line.text):
            self.sheets[label] = line.sheet


def find_end_notes(lines: Sequence[Line], flow: Flow) -> Iterator[EndNote]:
    """The notes that count up from 1 below a title, or on pages without their marks.

    Most of them must have a mark before them: a numbered list has none. Without a title
    the labels must be raised or printed as "1/".

    Args:
        lines: of the document in order, the notes at the foot of pages among them.
        flow: what the body looks like.
    """
    marks, since, at = _Marks(), 0, 0
    while at < len(lines):
        line = lines[at]
        form = _form_of_first(line, is_titled=_is_below_title(lines, at))
        notes = list(_count_up(lines, at, form, since, flow)) if form and marks.sheets else []
        if notes and _are_marked(notes, marks, is_titled=_is_below_title(lines, at)):
            yield from notes
            at += sum(len(note.lines) for note in notes)
            marks, since = _Marks(), lines[at - 1].sheet
        else:
            marks.read(line)
            at += 1


def _form_of_first(line: Line, *, is_titled: bool) -> str:
    """How a line shows that it may be the first note: raised, slashed, typed, or not at all."""
    forms = ("raised", "slashed", "typed") if is_titled else ("raised", "slashed")
    return next((form for form in forms if _label(line, form)[0] == 1), "")


def _label(line: Line, form: str) -> tuple[int, int]:
    """The number that a line opens with in that form, or 0, and its length."""
    if line.region:
        return 0, 0
    if form == "raised":
        mark = line.opening_mark
        indent = len(line.text) - len(line.text.lstrip())
        return (int(mark), indent + len(mark)) if mark.isdecimal() else (0, 0)
    match = (_SLASHED if form == "slashed" else _TYPED).match(line.text)
    return (int(match[1]), match.end()) if match else (0, 0)


def _count_up(
    lines: Sequence[Line], start: int, form: str, since: int, flow: Flow
) -> Iterator[EndNote]:
    """The notes from a line on, up to a heading, a frame, or text of another size."""
    note: EndNote | None = None
    last, size = 0, lines[start].size
    for line in lines[start:]:
        number, length = _label(line, form)
        if number == last + 1:
            if note:
                yield note
            note = EndNote(str(number), length, [line], since, form == "slashed")
            last = number
        elif note and not _is_end(line, size, flow):
            note.lines.append(line)
        else:
            break
    if note:
        yield note


def _is_end(line: Line, size: float, flow: Flow) -> bool:
    is_other = line.region is not None or abs(line.size - size) > 0.6
    return is_other or flow.is_heading([line]) or not any(map(str.isalnum, line.text))


def _is_below_title(lines: Sequence[Line], at: int) -> bool:
    return at > 0 and bool(_TITLE.fullmatch(lines[at - 1].text.strip(" *:.")))


def _are_marked(notes: Sequence[EndNote], marks: _Marks, *, is_titled: bool) -> bool:
    """Whether most have their mark before them, on an earlier page if no title stands above."""
    found = [note for note in notes if note.label in marks.sheets]
    if not is_titled:
        found = [note for note in found if marks.sheets[note.label] < note.lines[0].sheet]
    return 2 * len(found) > len(notes) and (is_titled or len(notes) >= _FEWEST)
