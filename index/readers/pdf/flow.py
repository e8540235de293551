"""Lines become paragraphs: where one ends, what goes on over a page, what is a heading."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from index.numbering.closings import Margin
from index.readers.pdf.lines import Line, is_ideographic

_INSERTED = "(?:bis|ter|qu[a-z]{4,7}|[a-z]{2,5}ies|бис|тер)"  # behind the number: "12 bis"
_MARKER = re.compile(
    rf"(?:\(?(?:\d{{1,3}}(?:\s?{_INSERTED})?"
    r"|[a-z]{1,2}|[ivxlc]{1,6}|[A-Z]|[IVXLC]{1,6})[.)]|\d{1,2}(?:\.\d{1,2}){1,3}\.?"
    r"|[-–—•●▪◦■*\uf0b7]|§\s?\d+|[а-я]\)|[(（][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+、"
    r"|第\s?(?:[一二三四五六七八九十百]+|\d{1,3})\s?条)"
    r"(?=\s|$|[\u3000-\u9fff])"
)
_TABBED = re.compile(rf"(?:\S{{1,9}}|\d{{1,3}} {_INSERTED})[.)]|[-–—•●▪◦■*]|§\s?\d+")
_NUMERAL = re.compile(r"(?:[IVXLC]+|[A-Z]|\d{1,3}(?:\.\d+)*)\.?\s+")
_END = re.compile(r"[.!?;:…।。؟\uff01\uff1f\uff1b\uff1a][\"'”’»)\]*]*\s*$")  # full width too
_FULL_STOP = re.compile(r"[.;,।。،؛\uff0c\uff1b][\"'”’»)\]]*\s*$")
_SLASHED = re.compile(r"(?:\s+\d{1,3}/)+\s*$")  # marks that stand on the line
_LONG_HEADING = 300
_LARGER = 1.12
_UNBROKEN = 2  # Chinese signs that may stand before the next line, for want of a place to break
_FEW_WORDS = 5  # beside a number in the margin: a text rather than the entry of a table


@dataclass(slots=True)
class Flow:
    """What a document's body looks like.

    Attributes:
        size: of most of its characters, points.
        leading: usual distance of baselines, in sizes.
        indents: whether paragraphs open with an indented line.
    """

    size: float
    leading: float
    indents: bool

    @classmethod
    def of(cls, lines: Sequence[Line], size: float) -> "Flow":
        """Measure the lines of a document."""
        pairs = [
            (above, below)
            for above, below in pairwise(lines)
            if not above.region
            and not below.region
            and above.sheet == below.sheet
            and abs(below.size - size) < 0.6
            and abs(above.size - size) < 0.6
            and above.y > below.y
        ]
        gaps = Counter(round((above.y - below.y) / size * 20) for above, below in pairs)
        leading = gaps.most_common(1)[0][0] / 20 if gaps else 1.2
        starts = [
            below.x0 - below.left
            for above, below in pairs
            if above.y - below.y > 1.25 * leading * size and not _MARKER.match(below.text)
        ]
        return cls(size, min(leading, 2.5), bool(starts) and median(starts) > size)

    def split(self, lines: Iterable[Line]) -> list[list[Line]]:
        """Cut lines into paragraphs, headings, tables and framed regions."""
        found: list[list[Line]] = []
        for line in lines:
            if found and self._goes_on(found[-1], line):
                found[-1].append(line)
            else:
                found.append([line])
        return self._join_tables(found)

    def is_heading(self, lines: Sequence[Line]) -> bool:
        """Whether a paragraph is set as a heading: all bold, large, underlined or capitals."""
        text = " ".join(line.text for line in lines).strip()
        words = _NUMERAL.sub("", text, count=1)
        if not any(sign.isalpha() for sign in words) or len(text) > _LONG_HEADING:
            return False
        is_closed = _FULL_STOP.search(text) and not (text.isupper() and len(text.split()) > 3)
        if is_closed or (text.endswith(":") and len(text) > 80):
            return False
        return all(self._stands_out(line) for line in lines)

    def _stands_out(self, line: Line) -> bool:
        if line.region:
            return False
        words = [run for run in line.runs if _is_worded(run.text)]
        if words and all(run.look.bold for run in words):
            return True
        if line.size >= _LARGER * self.size or line.underlined:
            return True
        letters = [sign for sign in line.text if sign.isalpha()]
        return len(letters) > 3 and all(sign.isupper() for sign in letters)

    def _goes_on(self, lines: list[Line], line: Line) -> bool:
        last = lines[-1]
        if line.region or last.region or is_tabular(line) != is_tabular(last):
            return False
        if self._stands_out(last) != self._stands_out(line) and not self._is_run_in(lines, line):
            return False
        if abs(last.size - line.size) > 0.12 * max(last.size, line.size):
            return False
        drop = (last.y - line.y) / max(line.size, 1)
        if line.sheet != last.sheet or drop <= 0 or line.left != last.left:
            return self._goes_on_over_break(lines, line)
        if is_tabular(line):
            return drop < 2 * self.leading
        return self._goes_on_below(lines, line, drop)

    def _is_run_in(self, lines: list[Line], line: Line) -> bool:
        """Whether a bold beginning fills its line and runs on into plain text, or the reverse."""
        last = lines[-1]
        is_alike = line.runs[0].look.bold == last.runs[-1].look.bold
        runs_on = not has_ended(last) and _is_full(last, line)
        is_level = abs(last.size - line.size) < 0.5
        return runs_on and is_level and (is_alike or not self._stands_out(last))

    def _goes_on_below(self, lines: list[Line], line: Line, drop: float) -> bool:
        last = lines[-1]
        is_lower = _starts_lower(line.text)
        ended = has_ended(last)
        if drop > 1.3 * max(self.leading, 1.0):
            is_near = drop < 1.8 * max(self.leading, 1.0)
            runs_on = is_lower and not ended and not _MARKER.match(line.text)
            is_clause = last.text.rstrip().endswith((",", "،"))  # of a preamble, a line each
            is_apart = is_clause or self._is_indented(lines, line) or not _is_full(last, line)
            return is_near and runs_on and not is_apart
        if self._stands_out(line):
            return not _NUMERAL.match(line.text) or not is_apart_marker(line)
        if is_apart_marker(line) or (
            _MARKER.match(line.text) and (ended or not _is_full(last, line))
        ):
            return False
        if self._is_indented(lines, line):
            return False
        if is_lower or _is_full(last, line) or _is_centred(line, last):
            return True
        return not ended and last.x1 - last.x0 > 0.6 * (last.right - last.left)

    def _is_indented(self, lines: list[Line], line: Line) -> bool:
        """Whether the line starts elsewhere than the paragraph's lines do."""
        last = lines[-1]
        step = _start(last) - _start(line) if line.is_rtl else _start(line) - _start(last)
        if abs(step) < 0.8 * line.size or _is_centred(line, last):
            return False
        if len(lines) > 1:
            return True
        hangs = bool(_MARKER.match(last.text))  # the text of an item stands beside its number
        runs_on = not has_ended(last) and _is_full(last, line)
        return step > 0 and not hangs and not runs_on

    def _goes_on_over_break(self, lines: list[Line], line: Line) -> bool:
        """Whether a paragraph goes on in the next column or on the next page."""
        last = lines[-1]
        if is_tabular(line):
            return line.sheet != last.sheet
        if self._stands_out(line) and self._stands_out(last):
            return False
        if _MARKER.match(line.text) and (is_apart_marker(line) or has_ended(last)):
            return False
        ended = has_ended(last)
        if _starts_lower(line.text):
            return not ended or self.indents
        step = line.right - line.x1 if line.is_rtl else line.x0 - line.left
        if step > 0.8 * line.size:
            return False
        if ended:
            return self.indents
        return _is_full(last, line)

    def _join_tables(self, found: list[list[Line]]) -> list[list[Line]]:
        """Lines close below a row belong to its table, and single ones to its cells."""
        joined: list[list[Line]] = []
        for lines in found:
            above = joined[-1] if joined else []
            has_rows = len(above) > 1 and is_tabular(above[-1])
            is_next = _is_table(above) and _is_table(lines) and _is_close(above[-1], lines[0])
            if is_next or (has_rows and self._is_cell(above, lines)):
                above.extend(lines)
            else:
                joined.append(lines)
        return joined

    def _is_cell(self, above: list[Line], lines: list[Line]) -> bool:
        first = lines[0]
        is_inner = not first.region and first.x0 > above[0].x0 + 2 * first.size
        is_inner = is_inner and abs(first.size - above[0].size) < 1 and not self.is_heading(lines)
        return is_inner and len(lines) < 4 and _is_close(above[-1], first)


def margin_of(lines: Sequence[Line]) -> Margin:
    """Where the lines of a paragraph begin; from the right where they are written from there."""
    first, *others = lines
    places = [_place(line.x0, line.x1, first) for line in lines]
    if others:
        return Margin(places[0], min(places[1:]))
    if not is_apart_marker(first):
        return Margin(places[0], places[0])
    return Margin(places[0], _place(first.runs[1].x0, first.runs[1].x1, first))


def _place(x0: float, x1: float, line: Line) -> float:
    return (-x1 if line.is_rtl else x0) / max(line.size, 1)


def is_tabular(line: Line) -> bool:
    """Whether a line has cells: wide gaps beside the one after its number."""
    if line.region:
        return False
    if _is_margin_number(line):
        return False
    pieces = line.pieces[1:] if _TABBED.fullmatch(line.pieces[0].text.strip()) else line.pieces
    return len(pieces) > 1


def _is_margin_number(line: Line) -> bool:
    """Whether a line is a paragraph's number in the margin, without a stop, and its text."""
    number, *text = line.pieces
    if len(text) != 1 or not re.fullmatch(r"\d{1,3}", number.text.strip()):
        return False
    is_left = number.x0 < text[0].x0
    return is_left and (len(text[0].text.split()) >= _FEW_WORDS or bool(_END.search(text[0].text)))


def is_numbered(text: str) -> bool:
    """Whether a heading opens with a numeral, letter or number of its own."""
    return bool(_NUMERAL.match(text))


def has_ended(line: Line) -> bool:
    """Whether a sentence ends with the line, whatever footnote marks stand behind it."""
    runs = list(line.runs)
    while len(runs) > 1 and (not runs[-1].text.strip() or line.is_raised(runs[-1])):
        runs.pop()
    text = _SLASHED.sub("", "".join(run.text for run in runs))
    return bool(_END.search(text))


def is_apart_marker(line: Line) -> bool:
    """Whether the line opens with a number that a tab sets apart."""
    if not line.region and _is_margin_number(line):
        return True
    match = _MARKER.match(line.text)
    if not match:
        return False
    first = line.runs[0].text.strip()
    return first == match.group() and (len(line.runs) > 1)


def _is_table(lines: Sequence[Line]) -> bool:
    return any(is_tabular(line) for line in lines)


def _is_close(above: Line, below: Line) -> bool:
    """Whether a line stands a few lines below another of its size."""
    is_near = 0 < above.y - below.y < 3 * max(below.size, 1)
    return above.sheet == below.sheet and is_near and abs(above.size - below.size) < 1


def _is_worded(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def _start(line: Line) -> float:
    return line.x1 if line.is_rtl else line.x0


def _is_centred(line: Line, last: Line) -> bool:
    """Whether two lines stand in the middle of the column, above each other."""
    middles = ((line.x0 + line.x1) / 2, (last.x0 + last.x1) / 2)
    inset = min(line.x0 - line.left, line.right - line.x1)
    if is_apart_marker(last):
        return False
    return abs(middles[0] - middles[1]) < 0.6 * line.size and inset > line.size


def _is_full(last: Line, line: Line) -> bool:
    """Whether the first word of the line would not have fitted on the last one."""
    if last.text.endswith(("-", "‐", "\u00ad")):
        return True
    words = line.text.split()
    if words and is_ideographic(words[0][0]):
        words = [words[0][:_UNBROKEN]]
    width = (line.x1 - line.x0) * len(words[0]) / max(len(line.text), 1) if words else 0.0
    room = last.x0 - last.left if last.is_rtl else last.right - last.x1
    return room < width + 0.6 * line.size


def _starts_lower(text: str) -> bool:
    first = next((sign for sign in text if sign.isalnum()), "")
    return first.islower()
