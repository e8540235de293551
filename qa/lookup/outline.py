"""The sections of a report, as a look-up names them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from index.numbering import strip_numbering
from index.report import Paragraph, Report


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
    matches = [re.match(r"([IVXLC]+|[A-Z]|\d+)\.\s", heading) for heading in headings]
    return tuple(match[1] if match else "" for match in matches)
