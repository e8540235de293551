"""Questions that name a place in the report, answered by its structure, not by ranking.

A form accounts for the whole question: one that merely holds a number, or names a
paragraph of another document, is left to the search.
"""

import re
from collections.abc import Iterator

from index.report import Report
from qa.lookup import footnotes, mentions, paragraphs, parts, sections, titles
from qa.lookup.places import Finder, Lookup, Place
from qa.lookup.wording import AROUND

__all__ = ["Lookup", "Place", "look_up", "may_name_a_place"]

_FORMS = (
    *paragraphs.FORMS,
    *footnotes.FORMS,
    *sections.FORMS,
    *titles.FORMS,
    *parts.FORMS,
    *mentions.FORMS,
)


def look_up(question: str, report: Report) -> Lookup | None:
    """Find the place that a question names; ``None`` when it is not a look-up."""
    return next(
        (lookup for match, find in _matches(question) if (lookup := find(match, report))), None
    )


def may_name_a_place(question: str) -> bool:
    """Whether it is worth reading a report to look the question up in it."""
    return any(_matches(question))


def _matches(question: str) -> Iterator[tuple[re.Match[str], Finder]]:
    """The forms that a question has, each with what finds its place."""
    text = " ".join(question.split()).strip(AROUND)
    for form, find in _FORMS:
        if match := re.fullmatch(form, text, re.IGNORECASE):
            yield match, find
