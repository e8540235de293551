"""Look-ups of paragraphs by their numbers: "para. 87 (b)", "paras 3, 5 to 7"."""

import re
from collections.abc import Sequence

from index.report import Paragraph, Report
from qa.lookup.places import Form, Lookup, join_names, mark_whole, name_runs
from qa.lookup.wording import AFTER, AND, BEFORE, TO, split_list

_Key = tuple[int, str]  # "87(a)" is (87, "a")
_Range = tuple[_Key, _Key]

_NUMBER = r"\d{1,9}(?: ?\([a-z]\)| ?[a-z]\b)?"
_NUMBERS = rf"(?P<list>{_NUMBER}(?:(?:{AND}|{TO})(?:{_NUMBER}|\([a-z]\)))*)"
_PARAGRAPH = rf"(?:(?:sub-?)?paragraphs?|paras?\.?|¶+) ?(?:(?:number|no\.?) )?{_NUMBERS}"


def _find_paragraphs(match: re.Match[str], report: Report) -> Lookup | None:
    known = _numbered(report, has_sign="¶" in match.string)
    ranges = _read_ranges(match["list"])
    missing = [
        key for key in dict.fromkeys(end for ends in ranges for end in ends) if key not in known
    ]
    if missing and re.search(r"\d [a-z]\b", match["list"], re.IGNORECASE):
        return None  # "88 d" is meant as 88 (d) only where there is one
    runs = [[p for key, p in known.items() if _is_within(key, ends)] for ends in ranges]
    sentences = [f"{name_runs(runs).capitalize()}."] if any(runs) else []
    if missing:
        sentences.append(_missing_paragraphs(missing, known))
    return Lookup(" ".join(sentences), mark_whole(*runs))


def _numbered(report: Report, *, has_sign: bool) -> dict[_Key, Paragraph]:
    """Paragraphs by number; those counted "¶3" by their sign, or where none is printed."""
    known: dict[str, dict[_Key, Paragraph]] = {"": {}, "¶": {}}
    for paragraph in report.paragraphs:
        if match := re.fullmatch(r"(¶?)(\d+)(?:\(([a-z])\))?", paragraph.number):
            known[match[1]][int(match[2]), match[3] or ""] = paragraph
    return (has_sign and known["¶"]) or known[""] or known["¶"]


def _read_ranges(text: str) -> list[_Range]:
    """Read "3, 5 to 7 and 87 (a)" as the first and last key of each part."""
    ranges = []
    number = 0
    for part in split_list(text.lower()):
        ends = []
        for end in part:
            number = int(re.sub(r"\D", "", end) or number)  # "87 (a) and (b)"
            ends.append((number, re.sub(r"[^a-z]", "", end)))
        ranges.append((min(ends), max(ends)))
    return list(dict.fromkeys(ranges))


def _is_within(key: _Key, ends: _Range) -> bool:
    """Whether a range holds a key; its last paragraph brings its sub-paragraphs."""
    first, (number, letter) = ends
    return first <= key <= (number, letter or "~")


def _missing_paragraphs(missing: Sequence[_Key], known: dict[_Key, Paragraph]) -> str:
    if not known:
        return "The report has no numbered paragraphs."
    names = [f"{number} ({letter})" if letter else str(number) for number, letter in missing]
    letters = [letter for number, letter in known if number == missing[0][0] and letter]
    extent = f"its paragraphs run from {min(known)[0]} to {max(known)[0]}"
    if letters:
        extent = f"its sub-paragraphs run from ({letters[0]}) to ({letters[-1]})"
    return f"The report has no paragraph {join_names(names, 'or')}: {extent}."


FORMS: tuple[Form, ...] = ((f"{BEFORE}{_PARAGRAPH}{AFTER}", _find_paragraphs),)
