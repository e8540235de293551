"""What to say where a report has no such place, and what it has instead."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.report import Paragraph, Report
from qa.lookup.addresses import Address
from qa.lookup.languages import in_english
from qa.lookup.mentions import count_mentions, find_mentions
from qa.lookup.numbers import Path, leading_value, leads_to, without_repeat
from qa.lookup.outline import read_outline
from qa.lookup.places import Lookup, as_sentence, join_names, mark_whole, name_runs
from qa.lookup.rows import Rows

_OFTEN_ASKED = ("annex", "appendix", "preamble")  # worth saying that there is none


def describe_missing(missing: Sequence[tuple[Path, str]], address: Address, own: Rows) -> str:
    """Say which numbers are not there, and from where to where they run."""
    subject = name_places(address.places) if address.places else "the report"
    if not own:
        sort = "unnumbered" if address.kinds == ("¶",) else "numbered"
        return as_sentence(f"{subject} has no {sort} paragraphs")
    path, _ = missing[0]
    lists = [number.path for number, _ in own if leads_to(path[:-1], number.path)]
    inside = [each for each in lists if len(each) == len(path) > 1]
    noun = f"{address.noun}s"
    values = sorted(own, key=lambda row: leading_value(row[0].path))
    first, last = (without_repeat(row[0].path[0]) for row in (values[0], values[-1]))
    if inside:
        noun = "sub-paragraphs"
        first, last = (f"({without_repeat(each[-1])})" for each in (inside[0], inside[-1]))
    names = join_names(list(dict.fromkeys(name for _, name in missing)), "or")
    extent = f"its {noun} run from {first} to {last}"
    return as_sentence(f"{subject} has no {address.noun} {names}: {extent}")


def name_places(places: Sequence[str]) -> str:
    """How a sentence names places that a question has named: "Annex III", "The preamble"."""
    name = ", ".join(_names(places))
    return name if "-" in places[0] else f"the {name}"


def _names(places: Sequence[str]) -> Iterator[str]:
    for place in places:
        word, _, mark = without_repeat(place).partition("-")
        yield f"{word} {mark.upper()}".strip()


def describe_absent_place(address: Address, rows: Rows, report: Report) -> Lookup | None:
    """Say that there is no such annex or preamble, or find what is headed or mentioned so."""
    kind, _, mark = address.places[0].partition("-")
    own = [p for number, p in rows if number.places and number.places[0].startswith(kind)]
    known = list(dict.fromkeys(place_label(p).split(", ")[0] for p in own))
    if known:
        name = ", ".join(_names(address.places))
        return Lookup(f"The report has no {name}: it has {join_names(known)}.", ())
    if mark and not address.numbers:
        return look_elsewhere(f"{kind} {mark.upper()}", kind, report)
    return Lookup(f"The report has no {kind}.", ()) if kind in _OFTEN_ASKED else None


def look_elsewhere(name: str, kind: str, report: Report) -> Lookup | None:
    """What is headed "Article 5" though it numbers no paragraphs, or else what mentions it."""
    pattern = re.compile(rf"{re.escape(name)}(?!\w)", re.IGNORECASE)
    headed = [s for s in read_outline(report) if pattern.match(in_english(s.headings[-1]))]
    if headed:
        sentences = [f"“{s.headings[-1]}”: {name_runs([s.paragraphs])}." for s in headed]
        return Lookup(" ".join(sentences), mark_whole(*(s.paragraphs for s in headed)))
    places = find_mentions([name], report)
    if not places and kind not in ("article", *_OFTEN_ASKED):
        return None
    absent = f"The report has no {kind}{'s' if kind == 'article' else ''} of its own"
    found = f": {count_mentions(places, [name])}" if places else "."
    return Lookup(absent + found, places)


def place_label(paragraph: Paragraph) -> str:
    """How labels name the places that a paragraph stands in: "annex I, appendix"."""
    label = replace(paragraph, page=None).label
    return ", ".join(label.split(", ")[: paragraph.number.count("/")])
