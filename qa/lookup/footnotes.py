"""Look-ups of the paragraphs that footnotes belong to: "footnote 28", "notes 9 to 12"."""

import re
from collections.abc import Sequence

from index.report import Paragraph, Report
from qa.lookup.places import Form, Lookup, join_names, mark_whole
from qa.lookup.wording import AFTER, AND, BEFORE, TO, split_list

_FEW = 4  # paragraphs that a sentence names one by one

_LABEL = r"(?:\d{1,9}|[a-z])\b"
_LABELS = rf"(?P<list>{_LABEL}(?:(?:{AND}|{TO}){_LABEL})*)"
_FOOTNOTE = (
    rf"(?:paragraph (?:has|does) )?(?:(?:foot)?notes?|fns?\.?) (?:(?:number|no\.?) |#)?{_LABELS}"
)


def _find_footnotes(match: re.Match[str], report: Report) -> Lookup:
    owners = {note.number.lower(): p for p in report.paragraphs for note in p.footnotes}
    if not owners:
        return Lookup("The report has no footnotes.", ())
    parts = split_list(match["list"].lower())
    runs = dict.fromkeys(_labels_between(ends, list(owners)) for ends in parts)
    sentences = [_name_owners(run, [owners[label] for label in run]) for run in runs if run]
    missing = dict.fromkeys(end for ends in parts for end in ends if end not in owners)
    if missing:
        first, *_, last = [*owners, *owners]
        extent = f"its footnotes run from {first} to {last}"
        sentences.append(f"The report has no footnote {join_names(list(missing), 'or')}: {extent}.")
    places = mark_whole(*([owners[label] for label in run] for run in runs))
    return Lookup(" ".join(sentences), places)


def _labels_between(ends: Sequence[str], labels: Sequence[str]) -> tuple[str, ...]:
    """The labels from one end to the other, in the order of the report."""
    keys = sorted(_key(end) for end in ends)
    return tuple(label for label in labels if keys[0] <= _key(label) <= keys[-1])


def _key(label: str) -> tuple[int, str]:
    """Letters come before numbers: they stand in the summary and below tables."""
    return (int(label), "") if label.isdigit() else (0, label)


def _name_owners(labels: Sequence[str], owners: Sequence[Paragraph]) -> str:
    names = list(dict.fromkeys(p.label.replace("summary", "the summary") for p in owners))
    owned_by = f"{len(names)} paragraphs from {names[0]} to {names[-1]}"
    if len(names) <= _FEW:
        owned_by = join_names(names)
    if len(labels) == 1:
        return f"Footnote {labels[0]} belongs to {owned_by}."
    return f"Footnotes {labels[0]} to {labels[-1]} belong to {owned_by}."


FORMS: tuple[Form, ...] = ((f"{BEFORE}{_FOOTNOTE}{AFTER}", _find_footnotes),)
