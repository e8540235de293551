"""The types that every stage speaks: Report, Paragraph, Footnote and their parts."""

import re
from dataclasses import dataclass
from typing import Literal

_FEW_WORDS = 6


@dataclass(frozen=True, slots=True)
class Link:
    """A hyperlink on ``text[start:end]`` of the text it belongs to."""

    start: int
    end: int
    url: str


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note, kept with the paragraph that carries its mark.

    Attributes:
        number: as printed, ``"17"`` or ``"a"``.
        text: clean prose.
        mark: offset in the paragraph's text where the mark stood, in
            ``[0, len(text)]``.
        links: hyperlinks on slices of ``text``.
    """

    number: str
    text: str
    mark: int
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The citable unit of a report, whole however its pages were broken.

    Digits of every script are ASCII digits in a number, letters stay as printed, and each
    list inside adds a bracket. The forms, and their labels:

    - ``69``, ``12bis``, ``87(b)(ii)``: "para. 87 (b) (ii)"; ``5.1.1``: "para. 5.1.1".
    - ``87(cont)`` for a text of 87 behind its lettered sub-paragraphs: "para. 87 (cont)".
    - ``article-5(1)``, ``rule-12``, ``§3``: "article 5 (1)", "rule 12", "§ 3".
    - ``summary``; ``¶3`` for the third paragraph without a number: "¶3".
    - ``box-1``: "box 'Title'", the title being the last heading of its section.
    - ``annex-I/3``, ``annex-I/appendix/3``: "annex I, appendix, para. 3".
    - ``preamble/¶4`` and, where it has numbers, ``preamble/4``: "preamble, 4th para.",
      "preamble, para. 4".
    - ``12~2`` for the second 12 of a report that prints it twice: "para. 12 [2nd]".
    - ``preamble~2/¶1`` where the next resolution begins: "preamble [2nd], 1st para.".

    Attributes:
        report_id: the report it belongs to.
        number: as printed, ``"69"`` or ``"87(a)"``, in one of the forms below;
            unique in the report and without white space.
        text: clean prose: no Markdown, no footnote mark, no double space.
        section: headings from the outermost to the innermost.
        order: 0-based position in the report.
        footnotes: in the order of their marks.
        page: printed page, 1-based, where the source gives it.
        links: hyperlinks on slices of ``text``.
    """

    report_id: str
    number: str
    text: str
    section: tuple[str, ...]
    order: int
    footnotes: tuple[Footnote, ...] = ()
    page: int | None = None
    links: tuple[Link, ...] = ()

    @property
    def paragraph_id(self) -> str:
        """Identifier across reports, ``global-compact-2020#69``."""
        return f"{self.report_id}#{self.number}"

    @property
    def label(self) -> str:
        """How a citation names it: ``para. 87 (a)``, ``annex I, para. 3``, ``¶12, p. 4``."""
        *places, local = self.number.split("/") if _IN_PLACES.match(self.number) else [self.number]
        names = [place.replace("-", " ", 1) for place in places]
        if self.number.startswith("box-") and self.section:
            names.append(f"box '{self.section[-1]}'")
        else:
            in_preamble = bool(places) and places[-1].partition("~")[0] == "preamble"
            names.append(_local_label(local, in_preamble=in_preamble))
        label = re.sub(r"~(\d+)", lambda again: f" [{_ordinal(again[1])}]", ", ".join(names))
        return label if self.page is None else f"{label}, p. {self.page}"


_PLACE = r"(?:annex|schedule|appendix|enclosure|attachment|preamble)(?:-[^/~]+)?(?:~\d+)?"
_IN_PLACES = re.compile(rf"(?:{_PLACE}/)+[^/]+$")


def _local_label(number: str, *, in_preamble: bool) -> str:
    """The label of a number that names no place around it."""
    spaced = re.sub(r"(?<=[^\s(])\(", " (", number)
    if in_preamble and (counted := re.match(r"¶(\d+)(.*)", spaced)):
        return f"{_ordinal(counted[1])} para.{counted[2]}"
    if number[0].isdigit():
        return "para. " + re.sub(r"^(\d+)(?=[^\W\d_]{2})", r"\1 ", spaced)
    if re.match(r"(?:article|rule|principle|guideline)-|§", number):
        return re.sub(r"^(§|\w+-)(\d*)(?=(\w{2})?)", _spaced_article, spaced)
    return number if number[0] != "¶" else spaced


def _spaced_article(match: re.Match[str]) -> str:
    suffix = " " if match[2] and match[3] else ""
    return f"{match[1].rstrip('-')} {match[2]}{suffix}"


def _ordinal(number: str) -> str:
    ends = {"1": "st", "2": "nd", "3": "rd"}
    return number + ("th" if number[-2:-1] == "1" else ends.get(number[-1], "th"))


def note_prose(paragraph: Paragraph) -> list[str]:
    """What a paragraph's footnotes say beside naming a source: their text without links.

    Notes of a few words, such as "See, for example," before a link, say nothing.
    """
    texts = []
    for note in paragraph.footnotes:
        text = note.text
        for link in reversed(note.links):
            text = text[: link.start] + text[link.end :]
        if len(text.split()) > _FEW_WORDS:
            texts.append(" ".join(text.split()))
    return texts


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the body.

    Attributes:
        text: as printed, with its numeral or letter.
        depth: 1 for a chapter.
        order: order of the paragraph that it stands before.
    """

    text: str
    depth: int
    order: int


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says about itself, as printed; ``""`` where it does not.

    Attributes:
        title: of the cover.
        author: "Report of the Secretary-General".
        date: of the cover.
        session: "Seventy-fifth session".
        agenda: its lines of the cover.
        notes: what else stands on the cover.
        symbol: ``"A/75/542"``, without the mark of a note.
        contents: the lines of its lists of contents.
        back: what stands after the last paragraph: place, date, signature.
    """

    title: str
    author: str = ""
    date: str = ""
    session: str = ""
    agenda: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    symbol: str = ""
    contents: tuple[str, ...] = ()
    back: tuple[str, ...] = ()


OddityKind = Literal[
    "gap",
    "repeat",
    "jump back",
    "note without mark",
    "mark without note",
    "empty",
    "long",
    "recognised",
    "unread",
]


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something in a document that a person should look at before trusting the reading.

    Attributes:
        kind: what it is.
        sentence: the same for a person.
        number: of the paragraph where it stands; ``""`` before the first.
        page: printed page, 1-based, where the source gives it.
    """

    kind: OddityKind
    sentence: str
    number: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A document read into paragraphs, in document order.

    What was odd about the reading is in ``oddities``, in no order that matters.
    """

    report_id: str
    metadata: Metadata
    language: str
    source: str
    headings: tuple[Heading, ...]
    paragraphs: tuple[Paragraph, ...]
    oddities: tuple[Oddity, ...] = ()
