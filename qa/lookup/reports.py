"""Which report a question names: "para 12 of A/75/542", a title, a whole citation."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from index.report import Metadata

_PLACE = re.compile(
    r"(?:para|article|\bart|annex|appendi|schedule|section|\bsec|chapter|\bch|\bpart|page|note|clause|"
    r"recital|rule|principle|box|\bpp?\b|\bop\b)\w*\.? ?(?:\d|\(|[ivxlc]+\b|[a-z]\b|[“\"'])|[¶§]|"
    r"\b[po]p\d|preamb|operative|summary|annex|mention|recommend",
    re.IGNORECASE,
)
_SYMBOL = re.compile(r"(?<![\w/])(?=\S*\d)[A-Z]{1,5}(?:/[\w.-]*\w)+(?: \(\d{4}\))?", re.IGNORECASE)
_YEAR = re.compile(r" ?\(\d{4}\)$")
_SHORTEST_NAME = 3  # characters

_NAMED = "\N{SYMBOL FOR SUBSTITUTE FORM TWO}"  # stands where a name of the report stood
_AROUND = r"[\s,;:()“”\"'‘’*]*"
_JOINED = re.compile(rf"{_NAMED}(?:{_AROUND}{_NAMED})+")
_REPORT = r"(?:the )?(?:present )?(?:report|resolution|document)(?: (?:on|called|entitled|titled))?"
_AT_START = re.compile(
    rf"(?:(?:in|from|see|of) )?(?:{_REPORT}(?: the)? )?{_AROUND}{_NAMED}{_AROUND}", re.IGNORECASE
)
_LATER = re.compile(
    rf"(?:,? (?:of|in|from|to)(?: {_REPORT}(?: the)?)?| ?[,(]) ?[“\"'‘(]*{_NAMED}[”\"'’)]*",
    re.IGNORECASE,
)


class Named(NamedTuple):
    """A question taken apart.

    Attributes:
        question: what is left of it: "para 12".
        report_ids: the reports that it names; none where no report has the symbol.
        unknown: the symbol that no report has, or ``""``.
    """

    question: str
    report_ids: tuple[str, ...]
    unknown: str = ""


def may_name_a_report(question: str) -> bool:
    """Whether it is worth reading the covers: for most questions it is not."""
    return bool(_PLACE.search(question))


def name_reports(
    question: str,
    covers: Mapping[str, Metadata],
    *,
    may_be_place: Callable[[str], bool],
    is_place: Callable[[str], bool],
) -> Named | None:
    """Find the reports whose symbol, whole title or id a question names beside a place.

    "Paragraph 9 of the Global Compact" names none: the Compact is another document than
    the report on it, so a title counts only word for word and without "the".

    Args:
        question: in a person's own words, or a citation as it is copied.
        covers: by the ids of the reports.
        may_be_place: whether what is left of a question may be a look-up.
        is_place: whether it names a place for sure; a symbol that no report has counts there.
    Returns:
        None where the question names no report, or no place in it.
    """
    text = " ".join(question.split())
    versions = [text, text[text.rfind("”") + 1 :].strip()] if text[:1] == "“" else [text]
    for version in versions:
        left = {id_: rest for id_, cover in covers.items() if (rest := _cut(version, id_, cover))}
        left = {report_id: rest for report_id, rest in left.items() if may_be_place(rest)}
        if left:
            shortest = min(left.values(), key=len)
            return Named(shortest, tuple(id_ for id_, rest in left.items() if rest == shortest))
    if symbol := _SYMBOL.search(text):
        rest = _without_marks(text.replace(symbol[0], _NAMED))
        if rest and is_place(rest):
            return Named(rest, (), symbol[0])
    return None


def _cut(question: str, report_id: str, cover: Metadata) -> str:
    """The question without what it says of a report; ``""`` where it does not name it."""
    lower = question.lower()
    title = " ".join(cover.title.split())
    names = [name for name in _names(report_id, title, cover.symbol) if name.lower() in lower]
    if not names:
        return ""
    symbols = [note.strip("*") for note in cover.notes if _SYMBOL.fullmatch(note.strip("*"))]
    beside = [text for text in (cover.author, cover.date, *symbols) if text.lower() in lower]
    for name in sorted(filter(None, [*names, *beside]), key=len, reverse=True):
        question = _mark(name, question)
    return _without_marks(question) if _NAMED in question else ""


@lru_cache(maxsize=4_096)
def _names(report_id: str, title: str, symbol: str) -> frozenset[str]:
    """What a report is called by; symbols also without their year, "A/80/75-E/2025/55" by each."""
    names = {report_id} if len(report_id) >= _SHORTEST_NAME else set()
    if " " in title:
        names.add(title)
    for each in filter(None, {symbol, *re.split(r"-(?=[A-Z]+/)", symbol)}):
        dateless = _YEAR.sub("", each)
        resolution = dateless.partition("/RES/")[2]
        names |= {each, dateless} | ({f"resolution {resolution}"} if resolution else set())
    return frozenset(names)


def _mark(name: str, question: str) -> str:
    words = r"\s+".join(map(re.escape, name.split()))
    return re.sub(rf"(?<![\w/-]){words}(?![\w/]|-\w)", _NAMED, question, flags=re.IGNORECASE)


def _without_marks(question: str) -> str:
    """The question without the report and what joins it; ``""`` where it stands otherwise."""
    question = _JOINED.sub(_NAMED, question)
    start = _AT_START.match(question)
    rest = question[start.end() :] if start else _LATER.sub("", question, count=1)
    return "" if _NAMED in rest else " ".join(rest.split())
