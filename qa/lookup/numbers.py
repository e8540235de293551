"""A paragraph's number taken apart, and the same as a question writes it."""

import re
from functools import lru_cache
from typing import NamedTuple

from index.numbering.labels import fold_numeral, roman_value

Path = tuple[str, ...]  # "87(a)(ii)" is ("87", "a", "ii"); the second "12" is ("12~2",)

SUFFIXES = (
    r"(?:bis|ter|quater|quinquies|sexies|septies|octies|novies|nonies|decies|бис|тер|مكررا)(?!\w)"
)
_KIND = re.compile(r"(article|rule|principle|guideline|box)-|([§¶])|(?=(summary|\())")
_STEP = re.compile(r"(?:\(([^)]*)\)|([^.(~]+)\.?)(~\d+)?")
_WRITTEN = re.compile(
    rf"(?P<first>\d+(?:\.\d+)*|[ivxlc]+\b)?[ ]?(?P<suffix>{SUFFIXES}|[a-z]\b)?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_WRITTEN_STEP = re.compile(r"\(([^)]*)\)|\[(\d+)\w\w\]")


class Number(NamedTuple):
    """A paragraph's number.

    Attributes:
        places: what it stands in, outermost first, in lower case: ``("annex-i", "appendix")``.
        kind: ``"article"``, ``"rule"``, ``"principle"``, ``"guideline"``, ``"box"``,
            ``"summary"``, ``"§"``, ``"¶"``, ``"("`` for a letter alone, ``""`` for a plain
            number, or ``"other"``.
        path: the number itself, then each bracket, as printed.
    """

    places: tuple[str, ...]
    kind: str
    path: Path


@lru_cache(maxsize=4_096)  # the same numbers stand in every report
def take_apart(number: str) -> Number:
    """Take a paragraph's number apart: "annex-I/87(a)" stands in an annex."""
    *places, local = number.split("/")
    match = _KIND.match(local)
    kind = next(filter(None, match.groups()), "") if match else ""
    if not kind and not local[:1].isdigit():
        kind = "other"
    steps = _STEP.findall(local[match.end() :] if match else local)
    path = tuple((bracket or plain) + again for bracket, plain, again in steps)
    return Number(tuple(place.lower() for place in places), kind, path)


def read_paths(text: str, before: Path) -> list[Path]:
    """Every way to read "88 (d)", "12 bis", "12 [2nd] (a)" or "88d", the likelier first.

    Args:
        text: one number of a question.
        before: the number before it in a list: "(b)" after "87 (a)" is 87 (b).
    """
    match = _WRITTEN.fullmatch(text.strip())
    assert match, "the pattern takes any text"
    steps: list[str] = (match["first"] or "").split(".") if match["first"] else []
    suffix = match["suffix"] or ""
    rest: list[str] = []
    for bracket, again in _WRITTEN_STEP.findall(match["rest"]):
        if bracket:
            rest.append(fold_numeral(bracket))
        elif steps or rest:
            marked = rest or steps
            marked[-1] += f"~{again}"
    if not steps:
        return [(*before[: max(1, len(before) - len(rest))], *rest)]
    if not suffix:
        return [(*steps, *rest)]
    whole = (*steps[:-1], steps[-1] + suffix, *rest)
    is_letter = len(suffix) == 1
    return [whole, (*steps, suffix, *rest)] if is_letter else [whole]


def leads_to(wanted: Path, path: Path) -> bool:
    """Whether a path is the wanted one, or stands within it; "12" is the second "12" too."""
    return len(path) >= len(wanted) and all(map(_is_step, wanted, path))


def _is_step(wanted: str, own: str) -> bool:
    if "~" not in wanted:
        own = without_repeat(own)
    return wanted.casefold() == own.casefold()


def without_repeat(step: str) -> str:
    """A step without the mark of a number that is printed again."""
    return step.partition("~")[0]


def is_same_place(wanted: str, own: str, *, folds: bool) -> bool:
    """Whether a place is the wanted one: "annex" is any annex, folded "annex-1" is annex I."""
    if _is_step(wanted, own):
        return True
    kind, _, mark = wanted.partition("-")
    own_kind, _, own_mark = without_repeat(own).partition("-")
    if kind != own_kind or not mark:
        return kind == own_kind
    return folds and is_same_mark(mark, own_mark)


def is_same_mark(wanted: str, own: str) -> bool:
    """Whether two marks have one value: "1" and "i"."""
    return str(roman_value(wanted) or wanted) == str(roman_value(own) or own)


def leading_value(path: Path) -> int:
    """The value of the first step: 87, for an article IV 4."""
    digits = re.match(r"\d+", path[0])
    return int(digits[0]) if digits else roman_value(without_repeat(path[0]))
