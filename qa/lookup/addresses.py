"""How a question names paragraphs: "annex I, para. 3 (a)", "OP12", "preamble, 4th para."."""

import re
from typing import NamedTuple

from index.numbering.labels import fold_numeral
from qa.lookup.numbers import SUFFIXES
from qa.lookup.wording import AFTER, AND, BEFORE, ORDINAL, TO, ordinal_value

_AGAIN = r"(?: \[\d+(?:st|nd|rd|th)\])?"
_MARK = r"(?:[ivxlc]+|[a-zа-я]|\d{1,2})\b"
_ANNEX = r"(?:annex(?:es|e)?|schedules?|appendi(?:x|ces)|enclosures?|attachments?)\b"
_PLACE = rf"(?:the )?(?:{_ANNEX}(?: (?:no\. )?{_MARK})?|preamble){_AGAIN}"
_INWARD = rf"(?P<inward>{_PLACE}(?:,? {_PLACE})*)"
_OUTWARD = rf"(?P<outward>{_PLACE}(?:,? (?:of|to|in) {_PLACE})*)"

_ITEMS = r"\(\w{1,6}\)(?: ?\(\w{1,6}\))*"
_NUMBER = (
    rf"\d{{1,9}}(?:\.\d{{1,3}}){{0,5}}(?: ?{SUFFIXES}| ?[a-z]\b)?"
    r"(?: ?\(\w{1,6}\)| ?\[\d+(?:st|nd|rd|th)\])*"
)
_ROMAN = rf"[ivxlc]+\b(?: ?{_ITEMS})?"


def _listed(number: str) -> str:
    return rf"{number}(?:(?:{AND}|{TO})(?:{number}|{_ITEMS}))*"


_NO = r"(?: (?:number|no\.?))?"
_SORT = r"(?:unnumbered |operative |preambular )?"
_PARAGRAPH = (
    rf"(?:{_SORT}(?:sub-?)?para(?:graph)?s?\.?|clauses?|recitals?|¶+|§+|"
    rf"[po]ps?(?:\.? ?para(?:graph)?s?\.?)?){_NO}"
)
_ARTICLE = rf"(?P<article>articles?|arts?\.?|rules?|principles?|guidelines?){_NO}"
_ARTICLES = rf"{_ARTICLE} ?(?P<articles>{_listed(f'(?:{_NUMBER}|{_ROMAN})')})"
_PARAGRAPHS = rf"(?:(?P<again>{ORDINAL}) )?(?P<noun>{_PARAGRAPH}) ?(?P<numbers>{_listed(_NUMBER)})"
_INNER = rf"(?:sub-?)?para(?:graph)?s?\.? ?(?P<inner>{_listed(_NUMBER)})"
_NTH = rf"(?P<nth>{ORDINAL}) (?P<sort>{_SORT}para(?:graph)?\.?)"
_SUMMARY = rf"(?P<summary>(?:executive )?summary{_AGAIN})"
_THING = rf"(?:{_PARAGRAPHS}|{_ARTICLES}(?:,? {_INNER})?|{_NTH}|{_SUMMARY})"
_PAGE = r"(?:,? (?:on |at )?(?:p\.|page) ?(?P<page>\d{1,5}))?"

PATTERNS = (
    rf"(?>{BEFORE}){_THING}(?:,? (?:(?:of|in|to|from) )?{_OUTWARD})?{_PAGE}{AFTER}",
    rf"(?>{BEFORE}){_INWARD}(?:[,:]? {_THING})?{_PAGE}{AFTER}",
    rf"(?>{BEFORE}){_INNER} (?:of|in) (?:the )?{_ARTICLES}{_PAGE}{AFTER}",
    rf"(?>{BEFORE})(?:sub-?para(?:graph)?s? |items? |para(?:graph)?s? )?"
    rf"(?P<items>{_ITEMS}{_AGAIN}){_PAGE}{AFTER}",
)

_KINDS = {
    "pp": ("", "¶"),
    "preambular": ("", "¶"),
    "recital": ("", "¶"),
    "op": ("",),
    "operative": ("",),
    "unnumbered": ("¶",),
    "¶": ("¶", ""),
    "§": ("§", ""),
}
_PREAMBULAR = ("pp", "preambular", "recital")


class Address(NamedTuple):
    """What a question names.

    Attributes:
        places: outermost first, as numbers have them: ``("annex-i",)``; none for the body.
        noun: what the paragraphs are called, in singular.
        kinds: kinds of numbers that it may mean, the likeliest first.
        numbers: as typed, "87 (a) and (b)"; ``""`` for all that is in the place.
        page: where the question says they stand; 0 where it does not.
    """

    places: tuple[str, ...]
    noun: str
    kinds: tuple[str, ...]
    numbers: str
    page: int


def read_address(match: re.Match[str]) -> Address | None:
    """Read what one of the patterns has matched; None where it names nothing after all."""
    groups = {name: text for name, text in match.groupdict().items() if text}
    page = int(groups.get("page", 0))
    places = _read_places(groups)
    if "article" in groups:
        noun = "article" if groups["article"].lower().startswith("art") else ""
        noun = noun or groups["article"].lower().rstrip("s")
        return Address(places, noun, (noun,), _within_article(groups), page)
    if "summary" in groups:
        return Address(places, "summary", ("summary",), groups["summary"], page)
    if "items" in groups:
        return Address(places, "paragraph", ("(",), groups["items"], page)
    sort = _read_sort(groups.get("noun") or groups.get("sort") or "")
    if sort in _PREAMBULAR and places[-1:] != ("preamble",):
        places = (*places, "preamble")
    numbers = groups.get("numbers", "")
    if "nth" in groups:
        if not places and not sort:
            return None  # "the second paragraph" of what?
        numbers = str(ordinal_value(groups["nth"]))
    elif "again" in groups and (again := ordinal_value(groups["again"])) > 1:
        numbers = f"{numbers} [{again}th]"
    if groups.get("noun", "").startswith("pp") and re.search(r"pp[. ]+\d", match.string):
        return None  # "pp. 4-6" are pages
    return Address(places, "paragraph", _KINDS.get(sort, ("", "¶", "§")), numbers, page)


def _read_sort(noun: str) -> str:
    """The key of what a question calls paragraphs, in the table of kinds, or ``""``."""
    return next((sort for sort in _KINDS if noun.lower().startswith(sort)), "")


def _read_places(groups: dict[str, str]) -> tuple[str, ...]:
    """The places, outermost first: "the appendix to annex I" is ("annex-i", "appendix")."""
    named = groups.get("inward") or groups.get("outward") or ""
    places = [
        (_kind(word) + (f"-{fold_numeral(mark)}" if mark else "") + (f"~{again}" if again else ""))
        for word, mark, again in re.findall(
            rf"({_ANNEX}|preamble)(?: (?:no\. )?({_MARK}))?(?: \[(\d+)\w\w\])?", named.lower()
        )
    ]
    return tuple(places if "inward" in groups else places[::-1])


def _kind(word: str) -> str:
    return re.sub("annex(?:e|es)$", "annex", word).replace("appendices", "appendix").rstrip("s")


def _within_article(groups: dict[str, str]) -> str:
    """The numbers within an article: "article 5, paragraphs 1 and 2" has "5 (1) and (2)"."""
    inner = re.sub(r"(?<![\w(])\d+", r"(\g<0>)", groups.get("inner", ""))
    return f"{groups['articles']} {inner}".strip()
