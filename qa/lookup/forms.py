"""The forms of a question that name a place, and what they find in one report."""

import re
from collections.abc import Iterator

from index.report import Report
from qa.lookup import boxes, footnotes, mentions, pages, paragraphs, parts, sections, titles
from qa.lookup.languages import in_english
from qa.lookup.places import Finder, Form, Lookup
from qa.lookup.wording import AROUND

# Compiling every form takes a tenth of a second, so each waits for a word that it needs.
_PLACES = (
    (
        r"\bpar|clause|recital|[¶§(]|\b[po]p|\bart|rule|principle|guideline|annex|schedule|appendi|"
        r"enclosure|attachment|preamble|summary",
        paragraphs.FORMS,
    ),
    (r"\bpp?[. ]*\d|page", pages.FORMS),
    (r"\bbox", boxes.FORMS),
    (r"note|\bfn", footnotes.FORMS),
    (r"\bsec|chap|\bch|\bpart|\b[ivxlc]+\.[a-z]\b", sections.FORMS),
)
_SUBJECTS = (
    (r"\d", paragraphs.ALONE_FORMS),  # first: "preamble/4" would be taken for a symbol
    (r"\bsec|chap|\bch|\bpart|introduction|conclusion", titles.FORMS),
    (r"recommend", parts.FORMS),
    (
        r"mention|nam|cit|quot|refer|para|passage|part|does|about|said|word|phrase|term|acronym|"
        r"expression|objective|resolution|/",
        mentions.FORMS,
    ),
)
_BRACKETS = (
    (re.compile(r"\[(\d+)\]"), r"\1"),  # as judgments are cited: "at [12]"
    (re.compile(r"(?<![\w(])([a-z]|[ivx]{2,4})\)"), r"(\1)"),  # "87 a)"
    (re.compile(r"^\((\w{2,}[ .].*)\)$"), r"\1"),  # "(para. 87 (a))"
)
_FINDERS = {find for _, forms in _PLACES for _, find in forms}
_Forms = tuple[tuple[str, tuple[Form, ...]], ...]


def look_up(question: str, report: Report) -> Lookup | None:
    """Find the place that a question names; ``None`` when it is not a look-up."""
    return next(
        (lookup for match, find in _matches(question) if (lookup := find(match, report))), None
    )


def may_name_a_place(question: str) -> bool:
    """Whether it is worth reading a report to look the question up in it."""
    return any(_matches(question))


def names_a_place(question: str) -> bool:
    """Whether the question's words alone show that it names a place, such as "para. 12"."""
    return any(find in _FINDERS for _, find in _matches(question))


def _matches(question: str) -> Iterator[tuple[re.Match[str], Finder]]:
    """The forms that a question has, each with what finds its place.

    A question without a form of its own is read once more with English words for places.
    """
    text = " ".join(question.split())
    for bracket, written in _BRACKETS:
        text = bracket.sub(written, text)
    text = text.strip(AROUND)
    has_form = False
    for match in _match(text, (*_PLACES, *_SUBJECTS)):
        has_form = True
        yield match
    if not has_form and (in_english_words := in_english(text).strip(AROUND)) != text:
        yield from _match(in_english_words, _PLACES)


def _match(text: str, groups: _Forms) -> Iterator[tuple[re.Match[str], Finder]]:
    for clue, forms in groups:
        if re.search(clue, text, re.IGNORECASE):
            for form, find in forms:
                if match := re.fullmatch(form, text, re.IGNORECASE):
                    yield match, find
