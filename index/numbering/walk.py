"""One walk over the blocks: each becomes a heading, a paragraph, a part of one, or metadata."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

from index.blocks import Block, Mark, cut_prefix
from index.numbering.closings import Closing
from index.numbering.items import Items
from index.numbering.labels import Item
from index.numbering.outline import (
    ANNEX,
    APPENDIX,
    Outline,
    annex_name,
    is_annex_again,
    is_chapter,
    is_contents,
    is_numbered,
    is_sign,
    is_summary,
)
from index.numbering.parts import (
    Part,
    find_back,
    find_body,
    find_preamble,
    find_starred,
)
from index.numbering.runs import Candidate, missing_between
from index.numbering.scheme import ends_sentence, is_like_heading, is_opening
from index.report import Oddity, OddityKind

_TITLE_WORDS = 6  # that name a box without a title
_NEAR = 100  # how far ahead of the last paragraph a stray number may still be meant as one


@dataclass(slots=True)
class Draft:
    """A paragraph that may still go on over the next page.

    Attributes:
        number: unique in the document.
        section: the headings it stands under.
        pieces: its text so far, as pages broke it.
        position: of its first block in the document.
    """

    number: str
    section: tuple[str, ...]
    pieces: list[Block]
    position: int

    def ends_with(self) -> str:
        """The last of its text so far."""
        return self.pieces[-1].text


class Walk:
    """What the walk has made so far, and where it is.

    Attributes:
        front: blocks that tell of the document: its cover, its lists of contents.
        back: blocks after the last paragraph of a part.
        drafts: the paragraphs.
        outline: the headings.
        oddities: what was odd about the numbers.
    """

    def __init__(self) -> None:
        self.front: list[Block] = []
        self.back: list[Block] = []
        self.drafts: list[Draft] = []
        self.outline = Outline()
        self.oddities: list[Oddity] = []
        self._uses: Counter[str] = Counter()  # of each number
        self._counted: Counter[str] = Counter()  # paragraphs without a number, by place
        self._heading_marks: list[Mark] = []  # for the next paragraph
        self._place = ""  # "annex-I/": what stands before every number of a part
        self._preamble = ""  # "preamble/": the same, up to the first number
        self._stem = ""  # the number that sub-paragraphs add to
        self._is_announced = False  # whether the stem is an article's whose text is to come
        self._open: Draft | None = None  # what text without a number may continue
        self._takes_all = False  # whether all such text does, or only the rest of a sentence
        self._items = Items((), ())
        self._has_articles = False

    def walk_part(self, part: Part, *, is_first: bool) -> None:
        """Walk the blocks of one part; those of the first begin with the cover."""
        start = find_body(part) if is_first else 0
        end = max(start, find_back(part))
        self.front += [block for _, block in part.blocks[:start]]
        self.back += [block for _, block in part.blocks[end:]]
        self._enter(part)
        run = {candidate.position: candidate for candidate in part.scheme.run}
        others = {candidate.position: candidate for candidate in part.scheme.others}
        titles = {candidate.position for candidate in part.scheme.titles}
        if part.name and annex_name(part.blocks[0][1].text)[0]:
            titles.add(part.blocks[0][0])
        preamble, starred = find_preamble(part), find_starred(part)
        for position, block in part.blocks[start:end]:
            if position == preamble and not part.name.endswith("preamble"):
                name = self._unique(f"{self._place}preamble")
                self._preamble = f"{name.removeprefix(self._place)}/"
            opens = position == preamble and is_opening(block.text)
            if position in run:
                self._add_number(position, block, run[position])
            elif block.kind == "box" and not self._is_of_summary(block):
                self._add_box(position, block)
            elif position in starred or is_contents(block.text):
                self.front.append(block)
            elif is_annex_again(block.text):
                self.front.append(replace(block, kind="text"))  # it is no title
            elif block.kind == "heading" or position in titles or opens or is_chapter(block.text):
                self._add_heading(block)
            else:
                self._add_text(position, block, others.get(position))

    def _enter(self, part: Part) -> None:
        """Begin a part: its numbers stand under its name, and are checked for gaps."""
        self._open, self._stem, self._preamble = None, "", ""
        self._is_announced = self._takes_all = False
        self._has_articles = part.scheme.family in ("article", "sign")
        self._items = Items(part.blocks, {candidate.position for candidate in part.scheme.run})
        if not (part.restarts and self._place):
            self._place = f"{self._unique(part.name)}/" if part.name else ""
        if part.restarts:
            heading = part.blocks[0][1]
            number = self._next_number("1")
            sentence = f"Numbers begin again below “{' '.join(heading.text.split())}”"
            self._flag("jump back", sentence, number, heading)
        self._flag_gaps(part)

    def _flag_gaps(self, part: Part) -> None:
        """Flag what a run leaves out or repeats."""
        blocks = dict(part.blocks)
        if part.scheme.run and (first := part.scheme.run[0]).label.path[0] > 1:
            sentence = f"The first paragraph is {first.label.number}"
            number = self._next_number(first.label.number)
            self._flag("gap", sentence, number, blocks[first.position])
        for first, second in pairwise(part.scheme.run):
            number, block = self._next_number(second.label.number), blocks[second.position]
            if first.label.number == second.label.number:
                self._flag("repeat", f"Number {number} stands twice", f"{number}~2", block)
            elif missing := missing_between(first.label, second.label):
                skipped = " to ".join(str(number) for number in sorted(set(missing)))
                after = f"{second.label.number} follows {first.label.number}"
                self._flag("gap", f"Paragraph {after}: {skipped} not found", number, block)

    def _add_heading(self, block: Block) -> None:
        kind, _ = annex_name(block.text)
        rank = None
        if kind and self._place:
            rank = ANNEX if self._place.count("/") == 1 else APPENDIX
        for line in _heading_lines(block.text):
            self.outline.add(line, len(self.drafts), rank=rank)
        self._heading_marks += [Mark(0, mark.label) for mark in block.marks]
        self._open = None
        if self._is_announced and not is_numbered(block.text):
            return  # the title of an article, below its number
        if not self._takes_all or self._is_announced:
            self._stem, self._is_announced = "", False

    def _add_number(self, position: int, block: Block, candidate: Candidate) -> None:
        """Begin a numbered paragraph, or announce the article that a heading names."""
        label = candidate.label
        self._preamble = ""
        if label.family == "article" and _is_title(block, label.end):
            self._add_heading(block)
            self._begin(self._unique(self._place + label.number))
            self._is_announced = True
        else:
            self._begin(self._unique(self._place + label.number))
            self._start(self._stem, position, cut_prefix(block, label.end))

    def _add_text(self, position: int, block: Block, other: Candidate | None) -> None:
        if item := self._find_item(position, block):
            self._add_item(position, block, item)
        elif other and self._is_heading(block, other):
            self._add_heading(block)
        elif isinstance(block, Closing) and self._takes_all and self._items.are_open:
            number = self._unique(f"{self._stem}{self._items.path_of(block.owner)}(cont)")
            self._start(number, position, block)
        elif self._open and (self._takes_all or _goes_on(self._open.ends_with(), block.text)):
            self._flag_stray(block, other)
            self._join(block)
        else:
            self._begin_unnumbered(position, block)

    def _begin_unnumbered(self, position: int, block: Block) -> None:
        """Begin a paragraph that has no number: an article's, the summary, or a counted one."""
        if self._is_announced:
            self._begin(self._stem)
        elif self._is_summary():
            self._begin(self._unique(f"{self._place}summary"))
        else:
            place = self._place + self._preamble
            self._counted[place] += 1
            self._begin(self._unique(f"{place}¶{self._counted[place]}"), takes_all=False)
        self._start(self._stem, position, block)

    def _add_item(self, position: int, block: Block, item: Item) -> None:
        path, missing = self._items.place(item)
        number = self._unique(self._stem + path)
        if missing:
            sentence = f"{number} follows a gap: {missing} before it not found"
            self._flag("gap", sentence, number, block)
        self._start(number, position, cut_prefix(block, item.end))

    def _add_box(self, position: int, block: Block) -> None:
        """A box stands by itself: what it interrupts goes on after it."""
        words = block.text.split()
        opening = " ".join(words[:_TITLE_WORDS]) + "…" * (len(words) > _TITLE_WORDS)
        section = (*self.outline.section, block.label or opening)
        if block.label:
            self.outline.add_beside(block.label, len(self.drafts))
        self._uses["box"] += 1
        number = f"box-{self._uses['box']}"
        self.drafts.append(Draft(number, section, [_one_line(block)], position))

    def _is_of_summary(self, box: Block) -> bool:
        """Whether a box is the summary, or the rest of it; its title becomes a heading."""
        if is_summary(box.label) and not self._is_summary():
            self._add_heading(Block("heading", box.label))
        return self._is_summary() and (not box.label or is_summary(box.label))

    def _begin(self, stem: str, *, takes_all: bool = True) -> None:
        """Begin a paragraph of that number."""
        self._stem, self._takes_all, self._is_announced = stem, takes_all, False
        self._items.begin()

    def _start(self, number: str, position: int, block: Block) -> None:
        """Begin a draft; lists that open right after its number stand in its own."""
        while item := self._items.opens(position, block.text):
            path, _ = self._items.place(item)
            number, block = self._unique(self._stem + path), cut_prefix(block, item.end)
        block = replace(block, marks=(*self._heading_marks, *block.marks))
        self._heading_marks = []
        self._items.read(block.text)
        self._open = Draft(number, self.outline.section, [_one_line(block)], position)
        self.drafts.append(self._open)
        self._is_announced = False

    def _join(self, block: Block) -> None:
        if self._open:
            self._open.pieces.append(_one_line(block))
            self._items.read(block.text)

    def _find_item(self, position: int, block: Block) -> Item | None:
        if not self._stem or self._stem.endswith("summary"):
            return None
        return self._items.find(position, block.text, dotted_digits=self._has_articles)

    def _is_summary(self) -> bool:
        """Whether a text without a number belongs to the summary before the first number."""
        section = self.outline.section
        if not section or not is_summary(section[-1]):
            return False
        return not any(draft.number[0].isdigit() for draft in self.drafts)

    def _is_heading(self, block: Block, other: Candidate) -> bool:
        """Whether a number out of its run is that of a heading: "1. Policy on migration"."""
        before = self._open.ends_with() if self._open else "."
        has_ended = ends_sentence(before) and not before.endswith((":", ",", ";"))
        return has_ended and is_like_heading(block.text[other.label.end :])

    def _flag_stray(self, block: Block, other: Candidate | None) -> None:
        """Flag a number that stays text although it might be a paragraph's."""
        number = re.search(r"\d+", self._stem.removeprefix(self._place))
        last = int(number[0]) if number else 0
        is_credible = other and other.weight == 1 and not self._items.is_quoting
        if other and is_credible and other.label.path[0] <= last + _NEAR:
            sentence = f"“{other.label.number}” after {self._stem} was left in its text"
            self._flag("jump back", sentence, self._stem, block)

    def _next_number(self, number: str) -> str:
        """What `_unique` would make of a printed number here."""
        uses = self._uses[self._place + number]
        return f"{self._place}{number}~{uses + 1}" if uses else self._place + number

    def _unique(self, number: str) -> str:
        """The number, or, where the document has had it, ``"12~2"``."""
        self._uses[number] += 1
        return number if self._uses[number] == 1 else f"{number}~{self._uses[number]}"

    def _flag(self, kind: OddityKind, sentence: str, number: str, block: Block) -> None:
        self.oddities.append(Oddity(kind, f"{sentence}.", number, block.page))


def _is_title(block: Block, end: int) -> bool:
    """Whether an article's label stands alone, or before a title, rather than its text."""
    rest = block.text[end:]
    return block.kind == "heading" or not rest or is_like_heading(rest)


def _heading_lines(text: str) -> list[str]:
    """A heading as one line, or as two where the first is but its numeral or letter."""
    first, _, rest = text.partition("\n")
    lines = [first, rest] if rest and is_sign(first) else [text]
    return [line.replace("\n", " ") for line in lines]


def _goes_on(before: str, text: str) -> bool:
    """Whether a text is the rest of a sentence that a page's end has cut."""
    return not ends_sentence(before) and text[0].isalnum() and not text[0].isupper()


def _one_line(block: Block) -> Block:
    return replace(block, text=block.text.replace("\n", " "))
