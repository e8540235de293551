"""How a question names paragraphs: "annex I, para. 3 (a)", "OP12", "preamble, 4th para."."""

import re
from typing import NamedTuple

from index.numbering.labels import fold_numeral
from qa.lookup.numbers import SUFFIXES
from qa.lookup.wording import AFTER, AND, BEFORE, ON_PAGE, ORDINAL, TO, ordinal_value

_AGAIN = r"\[\d+(?:st|nd|rd|th)\]"
_MARK = r"(?>[ivxlc]+\b|[a-zа-я]\b|\d{1,2}[a-z]?\b)"  # atomic: "I" is a numeral and a letter
_ANNEX = r"(?:annex(?:es|e)?|schedules?|appendi(?:x|ces)|enclosures?|attachments?)\b"
_PLACE = rf"(?:the )?(?:{_ANNEX}(?: (?:no\. )?{_MARK})?|preamble)(?: {_AGAIN})?"
_INWARD = rf"(?P<inward>{_PLACE}(?:,? {_PLACE})*)"
_OUTWARD = rf"(?P<outward>{_PLACE}(?:,? (?:of|to|in) {_PLACE})*)"

_ITEM = r"\(\w{1,6}\)"
_ITEMS = rf"{_ITEM}(?: ?{_ITEM})*"
_NUMBER = rf"\d{{1,9}}(?:\.\d{{1,3}}){{0,5}}(?: ?{SUFFIXES}| ?[a-z]\b)?(?: ?{_ITEM}| ?{_AGAIN})*"
_ROMAN = rf"[ivxlc]+\b(?: ?{_ITEMS})?"


def _listed(number: str) -> str:
    return rf"{number}(?:(?:{AND}|{TO})(?:{number}|{_ITEMS}))*"


_NUMBERS = rf"(?:{_listed(_NUMBER)}|\(\d{{1,4}}\))"  # "recital (4)"
_NO = r"(?: (?:number|no\.?|nr\.?)| ?#)?"
_SORT = r"(?:unnumbered |operative |preambular )?"
_PARA = r"par(?:a?r?a?gr?a?p?h?|a)?s?\.?"  # as it is written in haste, too
_NOUN = rf"(?:{_SORT}(?:sub-?)?{_PARA}|clauses?|recitals?|¶+|§+|[po]ps?(?:\.? ?{_PARA})?){_NO}"
_ARTICLE = rf"(?P<article>articles?|arts?\.?|rules?|principles?|guidelines?){_NO}"
_ARTICLES = rf"{_ARTICLE} ?(?P<articles>{_listed(f'(?:{_NUMBER}|{_ROMAN})')})"
_PARAGRAPHS = rf"(?:(?P<again>{ORDINAL}) )?(?P<noun>{_NOUN}) ?(?P<numbers>{_NUMBERS})"
_INNER = rf"(?:sub-?)?{_PARA} ?(?P<inner>{_listed(_NUMBER)})"
_NTH = rf"(?P<nth>{ORDINAL}) (?P<sort>{_SORT}{_PARA})"
_SUMMARY = rf"(?P<summary>(?:executive )?summary(?: {_AGAIN})?)"
_POINT = rf"(?:(?:sub-?)?{_PARA}|points?|items?) ?(?P<point>{_ITEMS})"
_THING = rf"(?:(?:{_PARAGRAPHS}|{_ARTICLES}(?:,? {_INNER})?)(?:,? {_POINT})?|{_NTH}|{_SUMMARY})"

PATTERNS = (
    rf"(?>{BEFORE}){_THING}(?:,? (?:(?:of|in|to|from) )?{_OUTWARD})?{ON_PAGE}{AFTER}",
    rf"(?>{BEFORE}){_INWARD}(?:[,:]? {_THING})?{ON_PAGE}{AFTER}",
    rf"(?>{BEFORE}){_OUTWARD}{ON_PAGE}{AFTER}",
    rf"(?>{BEFORE}){_INNER} (?:of|in) (?:the )?{_ARTICLES}{ON_PAGE}{AFTER}",
    rf"(?>{BEFORE}){_POINT} (?:of|in) (?:the )?(?:{_PARAGRAPHS}|{_ARTICLES}){ON_PAGE}{AFTER}",
    rf"(?>{BEFORE})(?:(?:sub-?)?{_PARA} |items? )?"
    rf"(?P<items>{_ITEMS}(?: {_AGAIN})?){ON_PAGE}{AFTER}",
)

# Several annexes: what stands around the list is read with each of them.
_AROUND_LIST = re.sub(r"\?P<\w+>", "?:", rf"(?:{_PLACE}|{_THING})")
SEVERAL = (
    rf"(?P<head>(?>{BEFORE})(?:{_AROUND_LIST},? (?:(?:of|in|to|from) )?(?:the )?)?)"
    rf"(?P<kind>{_ANNEX}) (?P<list>{_MARK}(?:(?:{AND}|{TO})(?:(?P=kind) )?{_MARK})+)"
    rf"(?P<tail>(?:[,:]? (?:(?:of|in|to) )?{_AROUND_LIST})*{AFTER})"
)

# A number that is the whole question: "87 (a)", "12-14", "at 12", or as in files, "annex-I/3".
ALONE = (
    rf"(?:at |#)?(?P<numbers>{_NUMBERS})",
    r"(?P<raw>(?=\S*\d)[a-z\d¶§~()./-]+)",
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
    numbers = f"{groups.get('numbers', '')} {groups.get('point', '')}".strip()
    if "nth" in groups:
        if not places and not sort:
            return None  # "the second paragraph" of what?
        numbers = str(ordinal_value(groups["nth"]))
    elif "again" in groups and (again := ordinal_value(groups["again"])) > 1:
        numbers = f"{numbers} [{again}th]"
    if groups.get("noun", "").startswith("pp") and re.search(r"pp[. ]+\d", match.string):
        return None  # "pp. 4-6" are pages
    return Address(places, "paragraph", _KINDS.get(sort, ("", "¶", "§")), numbers, page)


def read_alone(numbers: str) -> Address:
    """What a number means where no word says it: a paragraph, or what the report has instead."""
    kinds = ("", "¶", "§", "article", "rule", "principle", "guideline")
    return Address((), "paragraph", kinds, numbers, 0)


def _read_sort(noun: str) -> str:
    """The key of what a question calls paragraphs, in the table of kinds, or ``""``."""
    return next((sort for sort in _KINDS if noun.lower().startswith(sort)), "")


def _read_places(groups: dict[str, str]) -> tuple[str, ...]:
    """The places, outermost first: "the appendix to annex I" is ("annex-i", "appendix")."""
    named = groups.get("inward") or groups.get("outward") or ""
    places = [
        (
            place_kind(word)
            + (f"-{fold_numeral(mark)}" if mark else "")
            + (f"~{again}" if again else "")
        )
        for word, mark, again in re.findall(
            rf"({_ANNEX}|preamble)(?: (?:no\. )?({_MARK}))?(?: \[(\d+)\w\w\])?", named.lower()
        )
    ]
    return tuple(places if "inward" in groups else places[::-1])


def place_kind(word: str) -> str:
    """The kind of place that a word names: "Annexes" are of the kind "annex"."""
    word = word.lower()
    return re.sub("annex(?:e|es)$", "annex", word).replace("appendices", "appendix").rstrip("s")


def _within_article(groups: dict[str, str]) -> str:
    """The numbers within an article: "article 5, paragraphs 1 and 2" has "5 (1) and (2)"."""
    inner = re.sub(r"(?<![\w(])\d+", r"(\g<0>)", groups.get("inner", ""))
    return " ".join(filter(None, [groups["articles"], inner, groups.get("point")]))
