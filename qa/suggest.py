"""What to ask next, taken from the report and never invented.

Every question that leads to a place is looked up before it is suggested, so that its label
can say how much is there.
"""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from index.library import Library
from index.report import Paragraph, Report
from index.searching import SearchIndex
from qa.answer import MAX_QUESTION_LENGTH, MAX_TOP_K, Answer
from qa.lookup import MOST_LOOKED_IN, look_up, may_name_a_place
from qa.lookup.mentions import find_mention, listed_objectives
from qa.lookup.names import find_names
from qa.lookup.outline import read_outline

_MORE = 3  # paragraphs that are shown in addition
_TITLE_WIDTH = 50  # characters of a heading in a label
_COMMON = 1 / 12  # of the paragraphs: a name in more of them leads nowhere in particular
_NEVER_COMMON = 4  # paragraphs, however short the report


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that one click asks.

    Attributes:
        label: what the click promises, with the number of paragraphs.
        question: to be asked word for word, without the questions before it.
        top_k: how many paragraphs to ask for; None where that is up to the answer.
    """

    label: str
    question: str
    top_k: int | None = None


class _Contents(NamedTuple):
    """A report, and what each of its paragraphs says with its footnotes."""

    report: Report
    texts: list[str]


def suggest(
    answer: Answer, library: Library, *, reports: Sequence[str] = ()
) -> tuple[Suggestion, ...]:
    """Suggest what to ask next.

    Args:
        answer: to the last question.
        library: where it was found.
        reports: ids of the reports that were asked, and will be; all by default.
    Returns:
        At most three: more paragraphs, the section around the first, and what else mentions
        an objective or a name that stands in it. Fewer where there is nothing more to see.
    Raises:
        LibraryError: a report is not in the library, or the library cannot be searched.
    """
    if not answer.hits:
        return ()
    index, report_ids = library.index(), reports or library.report_ids()
    suggestions = [_more_paragraphs(answer, index, reports)]
    if answer.state != "not_found" and answer.hits[0].paragraph.report_id in report_ids:
        own = answer.hits[0].paragraph.report_id
        is_named = len(report_ids) > MOST_LOOKED_IN  # a look-up then needs the report's name
        read = [own] if is_named else report_ids
        contents = [_read_contents(library, index.generation, each) for each in read]
        within = f" in {own}" if is_named else ""
        names = _read_names(library, index.generation, own)
        suggestions += [
            _section_around(answer, contents, within),
            _other_mentions(answer, contents, names, within),
        ]
    return tuple(suggestion for suggestion in suggestions if suggestion)


@lru_cache(maxsize=MOST_LOOKED_IN)
def _read_contents(library: Library, generation: str, report_id: str) -> _Contents:
    """A report in one state of the library: to read it takes longer than all the rest."""
    report = library.report(report_id)
    texts = [" ".join([p.text, *(note.text for note in p.footnotes)]) for p in report.paragraphs]
    return _Contents(report, texts)


@lru_cache(maxsize=MOST_LOOKED_IN)
def _read_names(library: Library, generation: str, report_id: str) -> frozenset[str]:
    """The names in a report, in one state of the library."""
    return find_names(_read_contents(library, generation, report_id).report)


def _more_paragraphs(
    answer: Answer, index: SearchIndex, reports: Sequence[str]
) -> Suggestion | None:
    """The same question with more citations, unless all there are have been shown."""
    question = " ".join([*answer.context, answer.question])
    is_ranked = answer.is_understood and not answer.is_exact
    is_place = bool(answer.context) and may_name_a_place(question)
    if not is_ranked or is_place or len(question) > MAX_QUESTION_LENGTH:
        return None
    top_k = min(len(answer.hits) + _MORE, index.n_paragraphs(reports), MAX_TOP_K)
    if top_k <= len(answer.hits):
        return None
    return Suggestion(f"Show more paragraphs ({top_k} in all)", question, top_k)


def _section_around(
    answer: Answer, contents: Sequence[_Contents], within: str
) -> Suggestion | None:
    """The innermost section that the first paragraph stands in."""
    first = answer.hits[0].paragraph
    outline = read_outline(_own_contents(first, contents).report)
    section = next((each for each in outline if each.headings == first.section), None)
    if section is None:
        return None
    place = f"{section.kind} {section.name}: {{}}" if section.name else "section “{}”"
    question = place[0].upper() + place[1:].format(section.title)
    found = _look_up(question, contents)
    if found != _ids(section.paragraphs) or found <= _shown(answer):
        return None
    count = "1 paragraph" if len(found) == 1 else f"{len(found)} paragraphs"
    short = textwrap.shorten(section.title, _TITLE_WIDTH, placeholder=" …")
    return Suggestion(f"Read {place.format(short)} ({count})", question + within)


def _other_mentions(
    answer: Answer, contents: Sequence[_Contents], names: frozenset[str], within: str
) -> Suggestion | None:
    """What else mentions an objective, or else a name, of the first paragraph."""
    shown = _shown(answer)
    own = _own_contents(answer.hits[0].paragraph, contents)
    for target in _targets(answer, own, names):
        question = f"Which paragraphs mention {target}{within}?"
        found = _look_up(f"Which paragraphs mention {target}?", contents)
        if found & shown and found - shown:
            return Suggestion(f"{question} ({len(found)} in all)", question)
    return None


def _targets(answer: Answer, contents: _Contents, names: frozenset[str]) -> list[str]:
    """The objectives and names in the first paragraph, the best to ask about first.

    What the question names comes first, even if only another paragraph holds it, then what
    the quote holds. Of these objectives come first, then names that stand in more than one
    other paragraph, then those in fewest. What stands everywhere is left out.
    """
    question, first = answer.question, answer.hits[0]
    text = first.paragraph.text
    counts = {target: 0 for target in listed_objectives(f"{question} {text}")}
    for name in names:
        if name in text or name.lower() in question.lower():
            counts[name] = sum(name in each for each in contents.texts)
    most = max(_NEVER_COMMON, len(contents.texts) * _COMMON)
    by_interest = sorted(
        (
            not find_mention(target, question),
            not find_mention(target, first.quote),
            0 < count <= 2,
            count,
            text.find(target),
            target if not count else f"“{target}”",
        )
        for target, count in counts.items()
        if count <= most
    )
    return [target for *_, target in by_interest]


def _own_contents(paragraph: Paragraph, contents: Sequence[_Contents]) -> _Contents:
    return next(each for each in contents if each.report.report_id == paragraph.report_id)


def _look_up(question: str, contents: Sequence[_Contents]) -> set[str]:
    """The ids of the paragraphs that a question leads to."""
    lookups = [look_up(question, each.report) for each in contents]
    return _ids(place.paragraph for lookup in lookups if lookup for place in lookup.places)


def _shown(answer: Answer) -> set[str]:
    return _ids(hit.paragraph for hit in answer.hits)


def _ids(paragraphs: Iterable[Paragraph]) -> set[str]:
    return {paragraph.paragraph_id for paragraph in paragraphs}
