"""The sections of a report, as a look-up names them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from index.numbering import strip_numbering
from index.report import Paragraph, Report

_LABEL = re.compile(
    r"(?:(?i:part|chapter|section|title|partie|chapitre|parte|capítulo|раздел|глава)\s+"
    r"([IVXLC]+|[A-Z]|\d+)(?!\w)|([IVXLC]+(?=\.\s|$)|[A-Z](?=\.\s|$)|\d+(?:\.\d+)*(?=\.\s)|"
    r"\d+(?:\.\d+)+(?=\s)))"
)


class Section(NamedTuple):
    """A chapter, or a part of one.

    Attributes:
        headings: its own heading, last, below those of what it belongs to.
        labels: the numeral, letter or number of each heading; ``""`` where it has none.
        paragraphs: all of its paragraphs, those of its parts included.
    """

    headings: tuple[str, ...]
    labels: tuple[str, ...]
    paragraphs: list[Paragraph]

    @property
    def name(self) -> str:
        """What it is called by: ``"V.E"``; ``""`` where its own heading has no label."""
        return ".".join(filter(None, self.labels)) if self.labels[-1] else ""

    @property
    def title(self) -> str:
        """Its own heading, without the label."""
        return strip_numbering(self.headings[-1])

    @property
    def kind(self) -> str:
        """``"chapter"`` for one of the outermost that has a label, or else ``"section"``."""
        return "chapter" if len(self.headings) == 1 and self.name else "section"


def read_outline(report: Report) -> list[Section]:
    """The sections of a report, in its order: a chapter before its parts."""
    sections: dict[tuple[str, ...], Section] = {}
    for paragraph in report.paragraphs:
        for depth in range(1, len(paragraph.section) + 1):
            headings = paragraph.section[:depth]
            if headings not in sections:
                sections[headings] = Section(headings, _labels(headings), [])
            sections[headings].paragraphs.append(paragraph)
    return list(sections.values())


def _labels(headings: Sequence[str]) -> tuple[str, ...]:
    """The label of each heading; "1.1" below "1." is labelled by what it adds, "1"."""
    labels: list[str] = []
    for heading in headings:
        match = _LABEL.match(heading)
        label = (match[1] or match[2]) if match else ""
        above = ".".join(filter(None, labels))
        labels.append(label.removeprefix(f"{above}.") if above else label)
    return tuple(labels)
