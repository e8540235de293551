"""Look-ups of paragraphs by their numbers: "para. 87 (b)", "annex I, paras 3, 5 to 7"."""

import re
from collections.abc import Sequence
from itertools import groupby

from index.report import Report
from qa.lookup.absent import (
    describe_absent_place,
    describe_missing,
    look_elsewhere,
    name_places,
    place_label,
)
from qa.lookup.addresses import (
    ALONE,
    PATTERNS,
    SEVERAL,
    Address,
    place_kind,
    read_address,
    read_alone,
)
from qa.lookup.numbers import is_same_mark, leads_to, without_repeat
from qa.lookup.places import Form, Lookup, as_sentence, mark_whole, name_runs
from qa.lookup.rows import End, Rows, exists, in_places, of_kinds, read_ends, read_rows, runs_of
from qa.lookup.wording import split_list


def _find_paragraphs(match: re.Match[str], report: Report) -> Lookup | None:
    address = read_address(match)
    if address is None:
        return None
    rows = read_rows(report)
    scope = in_places(rows, address)
    if address.places and not scope:
        return describe_absent_place(address, rows, report)
    if not address.numbers:
        return _describe_places(scope)
    own = of_kinds(scope, address)
    if address.kinds == ("summary",):
        return _describe_summary(own, address)
    own, ends = _read_numbers(address, own, rows)
    if not own and address.kinds[0] not in ("", "¶"):
        return look_elsewhere(f"{address.noun} {address.numbers}", address.kinds[0], report)
    return _describe(address, ends, own)


def _read_numbers(address: Address, own: Rows, rows: Rows) -> tuple[Rows, list[tuple[End, End]]]:
    """The numbers as the body has them, or else, where no place is named, as an annex does."""
    ends = read_ends(address.numbers, own)
    if address.places or any(exists(end.path, own) for pair in ends for end in pair):
        return own, ends
    elsewhere = of_kinds([row for row in rows if row[0].places], address)
    ends_there = read_ends(address.numbers, elsewhere)
    if all(exists(end.path, elsewhere) for pair in ends_there for end in pair):
        return elsewhere, ends_there
    return own, ends


def _describe(address: Address, ends: Sequence[tuple[End, End]], own: Rows) -> Lookup | None:
    missing = dict.fromkeys(
        (end.path, end.name) for pair in ends for end in pair if not exists(end.path, own)
    )
    if missing and re.search(r"\d [a-z]\b", address.numbers, re.IGNORECASE):
        return None  # "88 d" is meant as 88 (d) only where there is one
    if missing and address.kinds == ("(",):
        return None
    runs = [
        run
        for first, last in ends
        if len(first.path) == 1 or any(exists(end.path, own) for end in (first, last))
        for run in runs_of(first.path, last.path, own, address.page)
    ]
    sentences = [as_sentence(name_runs(runs))] if runs else []
    heads = [run[0] for run in runs]
    if len(ends) == 1 and len(runs) > 1:
        times = "twice" if len(runs) == 2 else f"{len(runs)} times"
        sentences.append(f"The report prints this number {times}.")
    if address.page and heads and all(head.page != address.page for head in heads):
        page = heads[0].page
        sentences.append(f"It stands on page {page}." if page else "The report gives no pages.")
    if missing:
        sentences.append(describe_missing(list(missing), address, own))
    return Lookup(" ".join(sentences), mark_whole(*runs))


def _describe_places(scope: Rows) -> Lookup:
    """A whole annex or preamble, or several."""
    sentences = []
    for _, group in groupby(scope, key=lambda row: row[0].places):
        rows = list(group)
        name = place_label(rows[0][1])
        runs = [[p for _, p in run] for _, run in groupby(rows, key=lambda row: row[0].kind)]
        sentences.append(as_sentence(f"{name}: {name_runs(runs, within=f'{name}, ')}"))
    return Lookup(" ".join(sentences), mark_whole(p for _, p in scope))


def _describe_summary(own: Rows, address: Address) -> Lookup:
    again = re.search(r"\[(\d+)", address.numbers)
    wanted = f"summary~{again[1]}" if again else "summary"
    found = [p for number, p in own if leads_to((wanted,), number.path)]
    if not found:
        subject = name_places(address.places) if address.places else "the report"
        return Lookup(as_sentence(f"{subject} has no summary"), ())
    return Lookup(as_sentence(name_runs([found])), mark_whole(found))


def _find_in_several(match: re.Match[str], report: Report) -> Lookup | None:
    """Look in each of "annexes I to III" as if it were the only one."""
    kind = place_kind(match["kind"])
    lookups = []
    for mark in _listed_marks(match["list"], kind, report):
        question = f"{match['head']}{kind} {mark}{match['tail']}"
        matches = (re.fullmatch(pattern, question, re.IGNORECASE) for pattern in PATTERNS)
        single = next(filter(None, matches), None)
        lookup = single and _find_paragraphs(single, report)
        if not lookup:
            return None
        lookups.append(lookup)
    places = {place.paragraph.order: place for lookup in lookups for place in lookup.places}
    sentences = dict.fromkeys(lookup.sentence for lookup in lookups)
    return Lookup(" ".join(sentences), tuple(place for _, place in sorted(places.items())))


def _listed_marks(text: str, kind: str, report: Report) -> list[str]:
    """Read "I and III to V" as I, III, what the report has between, and V."""
    own = _own_marks(kind, report)
    marks: list[str] = []
    for part in split_list(text):
        first, last = (_as_printed(part[end].split()[-1], own) for end in (0, -1))
        between: list[str] = []
        if first in own or last in own:  # "I to IX": what there is, though there is no IX
            start = own.index(first) if first in own else 0
            stop = own.index(last) if last in own else len(own) - 1
            between = own[min(start, stop) : max(start, stop) + 1]
        marks += [first, *between, last]
    return list(dict.fromkeys(marks))


def _own_marks(kind: str, report: Report) -> list[str]:
    """The marks of a report's annexes, or of another kind: ["i", "ii"]."""
    places = (place for number, _ in read_rows(report) for place in number.places)
    parts = (without_repeat(place).partition("-") for place in places)
    return list(dict.fromkeys(mark for its_kind, _, mark in parts if mark and its_kind == kind))


def _as_printed(mark: str, own: Sequence[str]) -> str:
    """A mark as the report has it: "1" as "i"."""
    return next((each for each in own if is_same_mark(mark.lower(), each)), mark.lower())


def _find_alone(match: re.Match[str], report: Report) -> Lookup | None:
    """A number alone names a paragraph only where the report has it: "2020" may be a year."""
    address = read_alone(match["numbers"])
    rows = read_rows(report)
    own, ends = _read_numbers(address, of_kinds(in_places(rows, address), address), rows)
    if not all(exists(end.path, own) for pair in ends for end in pair):
        return None
    return _describe(address, ends, own)


def _find_raw(match: re.Match[str], report: Report) -> Lookup | None:
    """A number as files and addresses have it: "annex-I/3"."""
    found = [p for p in report.paragraphs if p.number.casefold() == match["raw"].casefold()]
    return Lookup(as_sentence(name_runs([found])), mark_whole(found)) if found else None


FORMS: tuple[Form, ...] = (
    *((pattern, _find_paragraphs) for pattern in PATTERNS),
    (SEVERAL, _find_in_several),
)
ALONE_FORMS: tuple[Form, ...] = tuple(zip(ALONE, (_find_alone, _find_raw), strict=True))
