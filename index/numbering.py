"""Blocks become numbered paragraphs with their sections and footnotes.

Numerals and letters decide, never the look of the source: heading levels lie, rules
separate nothing, and pages break paragraphs wherever they like.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.blocks import Block, cut_prefix, join_blocks
from index.errors import ReadError
from index.report import Footnote, Heading, Paragraph

VERSION = "1"  # raise it when the same file would be cut or numbered differently

_ROMAN = re.compile(r"([IVXLC]+)\.\s")
_LETTER = re.compile(r"([A-Z])\.\s")
_NUMBERED = re.compile(r"(\d+)\.\s+")
_LETTERED = re.compile(r"\(([a-z])\)\s+")


@dataclass(frozen=True, slots=True)
class Body:
    """A document's body, and the blocks before it that tell of the document."""

    front: tuple[Block, ...]
    headings: tuple[Heading, ...]
    paragraphs: tuple[Paragraph, ...]


def number_blocks(blocks: Sequence[Block], report_id: str) -> Body:
    """Cut blocks into the paragraphs that the document itself numbers.

    Text that follows a paragraph without a number of its own continues it: a page
    ended there. Notes go to the paragraph that carries their mark.

    Raises:
        ReadError: a note without a mark, a mark of two notes, or no paragraph at all.
    """
    notes = _collect_notes(blocks)
    numbering = _Numbering()
    for block in blocks:
        if block.kind == "heading":
            numbering.add_heading(block)
        elif block.kind == "text":
            numbering.add_text(block)
    paragraphs = tuple(
        _paragraph(draft, report_id, order, notes) for order, draft in enumerate(numbering.drafts)
    )
    if not paragraphs:
        raise ReadError(f"{report_id} holds no paragraph: expected text below a heading or number")
    _check_notes(notes, paragraphs)
    return Body(tuple(numbering.front), tuple(numbering.headings), paragraphs)


@dataclass(slots=True)
class _Draft:
    """A paragraph that may still go on over the next page."""

    number: str
    section: tuple[str, ...]
    block: Block


class _Numbering:
    """Walks the blocks once, knowing which number, letter and heading may come next."""

    def __init__(self) -> None:
        self.front: list[Block] = []
        self.headings: list[Heading] = []
        self.drafts: list[_Draft] = []
        self._path: list[tuple[int, str]] = []  # (depth, heading), outermost first
        self._chapter = self._section = 0  # the last numeral and letter, as numbers
        self._number = 0
        self._letter = ""  # of the last sub-paragraph
        self._is_open = False  # whether text without a number continues the last draft

    def add_heading(self, block: Block) -> None:
        depth = self._place(block.text)
        if not depth:
            self.front.append(block)
            return
        self._path = [(d, text) for d, text in self._path if d < depth] + [(depth, block.text)]
        self.headings.append(Heading(block.text, depth, len(self.drafts)))
        self._is_open = False

    def add_text(self, block: Block) -> None:
        if (match := _NUMBERED.match(block.text)) and int(match[1]) == self._number + 1:
            self._number, self._letter = int(match[1]), ""
            self._start(match[1], cut_prefix(block, match.end()))
        elif (match := _LETTERED.match(block.text)) and self._is_next_letter(match[1]):
            self._letter = match[1]
            self._start(f"{self._number}({match[1]})", cut_prefix(block, match.end()))
        elif self._is_cover(block):
            self.front.append(block)
        elif self._is_open:
            self.drafts[-1].block = join_blocks(self.drafts[-1].block, block)
        elif self._path and self._path[-1][1] == "Summary":
            self._start("summary", block)
        else:
            self._start(f"¶{sum(d.number[0] == '¶' for d in self.drafts) + 1}", block)

    def _start(self, number: str, block: Block) -> None:
        block = replace(block, text=block.text.replace("\n", " "))
        self.drafts.append(_Draft(number, tuple(text for _, text in self._path), block))
        self._is_open = True

    def _is_cover(self, block: Block) -> bool:
        """Whether the text tells of the document: before the body, or a note to the title."""
        has_begun = bool(self.headings or self.drafts)
        return not has_begun or (block.text.startswith("*") and not self._number)

    def _is_next_letter(self, letter: str) -> bool:
        expected = chr(ord(self._letter) + 1) if self._letter else "a"
        return bool(self._number) and letter == expected

    def _place(self, heading: str) -> int:
        """1 for a chapter, 2 for a section, deeper for the rest; 0 before the body begins.

        "C." is a numeral or a letter: what comes next in its sequence decides.
        """
        roman = _roman_value(match[1]) if (match := _ROMAN.match(heading)) else 0
        letter = ord(match[1]) - ord("A") + 1 if (match := _LETTER.match(heading)) else 0
        if roman and (roman == self._chapter + 1 or not letter):
            self._chapter, self._section = roman, 0
            return 1
        if letter:
            self._section = letter
            return 2
        if heading == "Summary":
            return 1
        if not self.headings and not self.drafts:
            return 0
        return max((depth for depth, text in self._path if _is_numbered(text)), default=0) + 1


def _is_numbered(heading: str) -> bool:
    return bool(_ROMAN.match(heading) or _LETTER.match(heading))


def strip_numbering(heading: str) -> str:
    """The heading without its numeral, letter or number."""
    return re.sub(r"^(?:[IVXLC]+|[A-Z]|\d+)\.\s+", "", heading)


def _roman_value(numeral: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}[sign] for sign in numeral]
    return sum(
        -value if value < after else value
        for value, after in zip(values, [*values[1:], 0], strict=True)
    )


def _collect_notes(blocks: Sequence[Block]) -> dict[str, Block]:
    notes: dict[str, Block] = {}
    for block in blocks:
        if block.kind == "note":
            if block.label in notes:
                raise ReadError(f"footnote {block.label} has two texts: expected one")
            notes[block.label] = block
    return notes


def _paragraph(draft: _Draft, report_id: str, order: int, notes: dict[str, Block]) -> Paragraph:
    block = draft.block
    footnotes = tuple(
        Footnote(mark.label, notes[mark.label].text, mark.start, notes[mark.label].links)
        for mark in block.marks
    )
    return Paragraph(
        report_id,
        draft.number,
        block.text,
        draft.section,
        order,
        footnotes,
        block.page,
        block.links,
    )


def _check_notes(notes: dict[str, Block], paragraphs: Sequence[Paragraph]) -> None:
    marked = [note.number for paragraph in paragraphs for note in paragraph.footnotes]
    for label in notes:
        if marked.count(label) != 1:
            raise ReadError(f"footnote {label} has {marked.count(label)} marks: expected one")
