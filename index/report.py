"""The types that every stage speaks: Report, Paragraph, Footnote and their parts."""

import re
from dataclasses import dataclass

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

    Attributes:
        report_id: the report it belongs to.
        number: as printed, ``"69"`` or ``"87(a)"``; ``"summary"`` for the
            front-page summary; ``"¶3"`` for the third paragraph without a number.
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
        """How a citation names it: ``para. 69``, ``para. 87 (a)``, ``summary``, ``¶12, p. 4``."""
        if not self.number[0].isdigit():
            return self.number if self.page is None else f"{self.number}, p. {self.page}"
        label = "para. " + re.sub(r"(?<=[^\s(])\(", " (", self.number)
        return label if self.page is None else f"{label}, p. {self.page}"


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
    """What the cover of a document says about it, as printed; ``""`` where it does not."""

    title: str
    author: str = ""
    date: str = ""
    session: str = ""
    agenda: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A document read into paragraphs, in document order."""

    report_id: str
    metadata: Metadata
    language: str
    source: str
    headings: tuple[Heading, ...]
    paragraphs: tuple[Paragraph, ...]
