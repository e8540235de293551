"""Look-ups in a library: in the report that a question names, or in all that are asked."""

from collections.abc import Sequence
from functools import lru_cache

from index.library import Library
from index.report import Metadata, Report
from qa.lookup.forms import look_up, may_name_a_place, names_a_place
from qa.lookup.mentions import asks_for_mentions, asks_what_is_said
from qa.lookup.places import Lookup
from qa.lookup.reports import Named, may_name_a_report, name_reports

MOST_LOOKED_IN = 50  # reports: to read so many for the first time takes 50 ms
_MOST_SAID = 12  # paragraphs: of more, who asks what is said wants the best
_FEW = 3  # sentences that are read out one by one


def look_up_in(library: Library, question: str, reports: Sequence[str]) -> Lookup | None:
    """Find the places that a question names, in the reports that are asked.

    A question that names one of the reports is looked up in that one. Where more than
    MOST_LOOKED_IN are asked, what surely names a place is answered by a sentence that says
    what to do, and the rest is left to the search.

    Args:
        library: where the reports are.
        question: in a person's own words.
        reports: ids of the reports that are asked.
    Returns:
        None where the question is no look-up.
    """
    if named := _named(question, library):
        question = named.question
        asked = [report_id for report_id in reports if report_id in named.report_ids]
        if not asked:
            return Lookup(_describe_absent(named), ())
        reports = asked
    if not may_name_a_place(question):
        return None
    if len(reports) > MOST_LOOKED_IN:
        return Lookup(_describe_many(reports, library), ()) if names_a_place(question) else None
    generation = library.generation()
    lookups = [look_up(question, _read(library, generation, each)) for each in reports]
    joined = _join([lookup for lookup in lookups if lookup])
    return joined if joined and _is_told_by(joined, question, is_sure=all(lookups)) else None


def _is_told_by(lookup: Lookup, question: str, *, is_sure: bool) -> bool:
    """Whether a look-up is the answer: "nothing mentions it" only if no report has doubts."""
    if not lookup.places and not is_sure:
        return not (asks_for_mentions(question) or asks_what_is_said(question))
    return len(lookup.places) <= _MOST_SAID or not asks_what_is_said(question)


def warn_of_unlisted(question: str, reports: Sequence[str]) -> str:
    """What to say where a question asks for all mentions in too many reports, or ``""``."""
    if len(reports) <= MOST_LOOKED_IN or not asks_for_mentions(question):
        return ""
    return (
        f"Not every mention is listed in as many as {len(reports):,} reports, only the best "
        "matches: choose a report to see all in it."
    )


def _named(question: str, library: Library) -> Named | None:
    """The question without the reports that it names; None where it names none."""
    if names_a_place(question) or not may_name_a_report(question):
        return None  # "para. 12" and no more leaves no room for a name
    covers = _covers(library, library.generation())
    return name_reports(question, covers, may_be_place=may_name_a_place, is_place=names_a_place)


@lru_cache(maxsize=1)
def _covers(library: Library, generation: str) -> dict[str, Metadata]:
    """What all reports say of themselves in one state of the library, by id."""
    return {overview.report_id: overview.metadata for overview in library.overviews()}


@lru_cache(maxsize=MOST_LOOKED_IN)
def _read(library: Library, generation: str, report_id: str) -> Report:
    """A report in one state of the library: to read it takes longer than to look in it."""
    return library.report(report_id)


def _join(lookups: Sequence[Lookup]) -> Lookup | None:
    """One of several; reports without the place go unsaid if another has it."""
    having = [lookup for lookup in lookups if lookup.places] or lookups
    if not having:
        return None
    places = tuple(place for lookup in having for place in lookup.places)
    return Lookup(_describe(having, len(places)), places)


def _describe(lookups: Sequence[Lookup], n_places: int) -> str:
    sentences = list(dict.fromkeys(lookup.sentence for lookup in lookups))
    n_reports = len(lookups)
    if n_reports == 1 or (n_reports <= _FEW and len(sentences) == n_reports):
        return " ".join(sentences)
    if not n_places and len(sentences) == 1 and sentences[0].startswith("No "):
        return sentences[0]
    if not n_places:
        return f"None of {n_reports:,} reports has such a place."
    found = f"{n_places:,} paragraphs in {n_reports:,} reports."
    return f"{sentences[0].removesuffix('.')}: {found}" if len(sentences) == 1 else found


def _describe_absent(named: Named) -> str:
    if named.unknown:
        return f"No report here has the symbol {named.unknown}: `qa list` shows what there is."
    return f"{named.report_ids[0]} is not among the reports that are asked: choose it, or all."


def _describe_many(reports: Sequence[str], library: Library) -> str:
    covers = _covers(library, library.generation())
    symbols = (covers[report_id].symbol for report_id in reports)
    name = next(filter(None, symbols), reports[0])
    return (
        f"A place is looked up in at most {MOST_LOOKED_IN} reports, and {len(reports):,} are "
        f"asked: choose a report, or name it, as in “para. 12 of {name}”."
    )
