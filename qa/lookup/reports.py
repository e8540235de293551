"""Which report a question names: "para 12 of A/75/542", a title, a whole citation."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from index.report import Metadata
from qa.lookup.copied import readings
from qa.lookup.languages import in_english

_PLACE = re.compile(
    r"(?:\bpar|article|\bart|annex|appendi|schedule|section|\bsec|chapter|\bch|page|note|\bfn|clause|"
    r"recital|rule|principle|box|\bpp?\b|\bop\b)\w*\.? ?(?:\d|\(|[ivxlc]+\b|[a-z]\b|[“\"'])|[¶§]|"
    r"\b[po]p\d|preamb|operative|summary|annex|mention|recommend|#\w|\d ?\(\w{1,4}\)|report=",
    re.IGNORECASE,
)
_LETTER = r"[^\W\u3400-\u9fff]"  # Chinese runs on without spaces
_SYMBOL = re.compile(
    rf"(?<!{_LETTER})(?<!/)(?=[\w/.-]*\d)[A-Z]{{1,5}}(?:/(?a:[\w.-]*\w))+(?: \(\d{{4}}\))?",
    re.IGNORECASE,
)
_YEAR = re.compile(r" ?\(\d{4}\)$")
_SHORTEST_NAME = 3  # characters

_NAMED = "\x1a"  # the control character SUBSTITUTE stands where a name of the report stood
_AROUND = r"[\s,;:()“”\"'‘’*#–—-]*"
_JOINED = re.compile(rf"{_NAMED}(?:{_AROUND}{_NAMED})+")
_REPORT = (
    r"(?:the )?(?:present )?(?:U\.?N\.? )?(?:report|resolution|document|doc\.?)"
    r"(?: (?:on|called|entitled|titled))?"
)
_ENCLOSED = rf"[“\"'‘(]*{_NAMED}[”\"'’)]*"
_AT_START = re.compile(
    rf"(?:(?:in|from|see|see also|cf\.?|of) )?(?:{_REPORT}(?: the)? )?{_AROUND}{_NAMED}{_AROUND}",
    re.IGNORECASE,
)
_LATER = re.compile(
    rf"(?:,? (?:of|in|from|to)(?: {_REPORT}(?: the)?)?| ?[,(]) ?{_ENCLOSED}", re.IGNORECASE
)
_BESIDE = re.compile(rf"(?<!\bthe)(?<!\bthe ) ?[:–—-]?(?: {_REPORT})? ?{_ENCLOSED}", re.IGNORECASE)


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
    return bool(_PLACE.search(in_english(question)) or _SYMBOL.search(question))


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
    for text in dict.fromkeys(readings(question)):
        left = {
            report_id: rest
            for report_id, cover in covers.items()
            if (rest := _cut(_mark_names(text, report_id, cover), may_be_place, is_place))
        }
        if left:
            shortest = min(left.values(), key=len)
            return Named(shortest, tuple(id_ for id_, rest in left.items() if rest == shortest))
    text = next(readings(question))
    symbol = _SYMBOL.search(text)
    rest = _cut(text.replace(symbol[0], _NAMED), is_place, is_place) if symbol else ""
    return Named(rest, (), symbol[0]) if symbol and rest else None


def _mark_names(question: str, report_id: str, cover: Metadata) -> str:
    """The question with a mark for each name of the report; ``""`` where it does not name it."""
    lower = question.lower()
    title = " ".join(cover.title.split())
    names = [name for name in _names(report_id, title, cover.symbol) if name.lower() in lower]
    if not names:
        return ""
    symbols = [note.strip("*") for note in cover.notes if _SYMBOL.fullmatch(note.strip("*"))]
    beside = [text for text in (cover.author, cover.date, *symbols) if text.lower() in lower]
    for name in sorted(filter(None, [*names, *beside]), key=len, reverse=True):
        question = _mark(name, question)
    return question


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
    alone = rf"(?<!{_LETTER})(?<![/-]){words}(?!{_LETTER}|/|-\w)"
    return re.sub(alone, _NAMED, question, flags=re.IGNORECASE)


def _cut(marked: str, may_be_place: Callable[[str], bool], is_place: Callable[[str], bool]) -> str:
    """The question without the report and what joins it; ``""`` where it is no look-up then.

    Without a word that joins them, "para 12 A/75/542", the rest must be a place for sure.
    """
    if _NAMED not in marked:
        return ""
    marked = _JOINED.sub(_NAMED, marked)
    versions = dict.fromkeys((marked, in_english(marked)))
    joined = ((_without_joined(text), may_be_place) for text in versions)
    beside = ((_BESIDE.sub(" ", text, count=1), is_place) for text in versions)
    for left, is_look_up in (*joined, *beside):
        rest = " ".join(left.split())
        if rest.count(")") > rest.count("("):  # "A/75/542 (para. 12)"
            rest = rest.removesuffix(")")
        if _NAMED not in rest and is_look_up(rest):
            return rest
    return ""


def _without_joined(text: str) -> str:
    start = _AT_START.match(text)
    return text[start.end() :] if start else _LATER.sub("", text, count=1)
