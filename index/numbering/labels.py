"""What may be a number at the start of a text: "12.", "Article 5", "(a)", "第五条"."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

_HEAD = 80  # characters in which a label has room

_SUFFIXES = (
    "bis", "ter", "quater", "quinquies", "sexies", "septies", "octies", "novies", "nonies",
    "decies", "бис", "тер", "مكررا",
)  # fmt: skip
_KINDS = {
    "article": "Article|Art[.]|Artículo|Artigo|Articolo|Artikel|Статья|المادة",
    "rule": "Rule|Règle|Regla|Правило|القاعدة",
    "principle": "Principle|Principe|Principio|Принцип|المبدأ",
    "guideline": "Guideline|Directriz",
}
_HAN = "一二三四五六七八九十百"
_CJK = r"\u3400-\u9fff"
# A label ends with white space; full-width punctuation and Chinese characters need none.
_END = rf"(?:\s+|$|(?<=[．、）])|(?<=[.)])(?=[{_CJK}]))"
_SUFFIX = rf"\s?(?P<suffix>{'|'.join(_SUFFIXES)})(?!\w)|(?P<letter>[A-Z])(?!\w)"
_NUMBER = rf"(?P<path>\d{{1,4}})(?:{_SUFFIX})?"
_MAYBE_STOP = r"(?P<stop>\s?[.:)])?(?:\s+|$)"
_FORMS = {
    "clause": rf"(?P<path>\d{{1,4}}(?:\.\d{{1,3}}){{1,4}})\.?{_END}",
    "dot": rf"{_NUMBER}(?:\.?[º°]\.?|er\.?|\s?[.．、])(?:\s?[-–—])?{_END}",
    "paren": rf"{_NUMBER}\s?[)）]{_END}",
    "brackets": rf"[(（]\s?{_NUMBER}\s?[)）]\.?{_END}",
    "square": rf"\[{_NUMBER}\]{_END}",
    "sign": rf"§\s?{_NUMBER}\.?{_END}",
    "dash": rf"{_NUMBER}\s?[-–—]\s+",
    "han": rf"(?P<han>[{_HAN}]+)[.．、]\s*",
    "bare": rf"{_NUMBER}\s+(?=[^\W\d_]|[“\"«‘])",
    "operative": rf"OP\s?{_NUMBER}{_MAYBE_STOP}",  # of draft resolutions, below PP1 and PP2
    "preambular": rf"PP\s?{_NUMBER}{_MAYBE_STOP}",
    "para": rf"Para(?:graph|\.)?\s{_NUMBER}(?P<stop>\s?[.:])(?:\s+|$)",
    "article": (
        rf"(?:(?P<kind>(?i:{'|'.join(_KINDS.values())}))\s*"
        rf"(?:(?P<first>(?i:premi(?:er|ère)|первая)\b)|(?P<roman>[IVXLC]+)\b|"
        rf"{_NUMBER}(?:\.?[º°]|er\b)?)|第\s?(?:(?P<han>[{_HAN}]+)|(?P<count>\d+))\s?条)"
        r"(?P<stop>\s?[.:：–—-]+)?(?:\s+|$)"
    ),
}
_PATTERNS = {family: re.compile(form) for family, form in _FORMS.items()}
FAMILIES = tuple(_PATTERNS)

_ROMAN = re.compile(r"c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_ITEM = re.compile(
    rf"(?:[(（]\s?(?P<both>[^\W_]{{1,6}})\s?[)）]\.?|(?P<right>[^\W_]{{1,6}})[)）]|"
    rf"(?P<stop>[a-zа-я]{{1,2}}|[ivx]{{1,5}}|\d{{1,3}})\.){_END}"
)
_ALPHABETS = {
    "latin": "abcdefghijklmnñopqrstuvwxyz",
    "cyrillic": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "arabic": "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
}
_OFTEN_SKIPPED = "ñёйъыь"

# Numbers in words, as chapters and annexes have them.
_COUNTED = (
    "one|premi(?:er|ère)|primer[ao]?", "two", "three", "four", "five", "six", "seven", "eight",
    "nine", "ten",
)  # fmt: skip
# "أولا", "الأول", "الأولى", and with "عشر" behind it from eleven on.
_ARABIC_ORDINALS = (
    "أول|حادي", "ثاني", "ثالث", "رابع", "خامس", "سادس", "سابع", "ثامن", "تاسع", "عاشر",
)  # fmt: skip
ARABIC_ORDINAL = (
    rf"(?:ال)?(?:{'|'.join(_ARABIC_ORDINALS)})(?:ى|ة|[ا\u064b]{{1,2}})?(?:\s+عشرة?)?(?!\w)"
)
ARABIC_LETTER = (  # in the order that lists have
    r"(?:ألف|باء|جيم|دال|هاء|واو|زاي|حاء|طاء|ياء|كاف|لام|ميم|نون|سين|عين|فاء|صاد|قاف|راء|شين|تاء|"
    r"ثاء|خاء|ذال|ضاد|ظاء|غين)(?!\w)"
)
NUMBER_WORD = rf"(?i:{'|'.join(_COUNTED)})(?!\w)|{ARABIC_ORDINAL}"


@dataclass(frozen=True, slots=True)
class Label:
    """A number that may be a paragraph's own.

    Attributes:
        family: its form, one of FAMILIES.
        path: ``(12,)``, or ``(5, 1, 1)`` for a clause.
        is_inserted: whether it follows the same number without suffix: "12 bis".
        number: as a paragraph's number: ``"12bis"``, ``"5.1.1"``, ``"article-5"``, ``"§3"``.
        end: offset of what follows it in the text.
    """

    family: str
    path: tuple[int, ...]
    is_inserted: bool
    number: str
    end: int


class Item(NamedTuple):
    """One reading of a sub-paragraph's label; "(i)" has two.

    Attributes:
        style: form and script, such as ``"both latin"``; lists keep to one.
        value: position in the list, 1-based.
        number: ``"(a)"``, whatever its brackets.
        end: offset of what follows it in the text.
    """

    style: str
    value: int
    number: str
    end: int


def read_labels(text: str) -> Iterator[Label]:
    """Every way to read the start of a text as a paragraph's number."""
    head = _fold_digits(text)
    for family, pattern in _PATTERNS.items():
        if (match := pattern.match(head)) and _is_followed_well(family, match, head):
            yield _label(family, match)


def read_items(text: str) -> list[Item]:
    """Every way to read the start of a text as a sub-paragraph's label."""
    match = _ITEM.match(_fold_digits(text))
    if not match:
        return []
    form = str(match.lastgroup)
    return [
        Item(f"{form} {script}", value, f"({value if script in ('digit', 'han') else token})", end)
        for token, end in [(match[form], match.end())]
        for script, value in _readings(token)
    ]


def count_between(style: str, first: int, second: int) -> int:
    """How many values of a list are missing between two; negative where it runs backwards.

    Letters that lists often leave out, "ё" and "й" among them, are not missed.
    """
    between = _ALPHABETS.get(style.split()[-1].lower(), "")[first : second - 1]
    return second - first - 1 - sum(letter in _OFTEN_SKIPPED for letter in between)


def roman_value(numeral: str) -> int:
    """The value of a roman numeral up to 399, in either case; 0 for what is none."""
    if not numeral or not _ROMAN.fullmatch(numeral.lower()):
        return 0
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[sign] for sign in numeral.lower()]
    return sum(
        -value if value < after else value
        for value, after in zip(values, [*values[1:], 0], strict=True)
    )


def letter_value(letter: str) -> int:
    """The place of a letter in its alphabet, "aa" and "ab" after "z"; 0 for what is none."""
    return next((v for script, v in _readings(letter.lower()) if script in _ALPHABETS), 0)


def fold_numeral(numeral: str) -> str:
    """A number in ASCII digits if it is in words or another script's; letters stay."""
    if value := _word_value(numeral):
        return str(value)
    if all(sign in _HAN for sign in numeral):
        return str(_han_value(numeral))
    return str(int(numeral)) if numeral.isdecimal() else numeral


def _word_value(word: str) -> int:
    """The value of a number in words; 0 for what is none."""
    if not re.fullmatch(NUMBER_WORD, word):
        return 0
    for value, (words, arabic) in enumerate(zip(_COUNTED, _ARABIC_ORDINALS, strict=True), start=1):
        if re.fullmatch(words, word, re.IGNORECASE):
            return value
        if re.match(rf"(?:ال)?(?:{arabic})", word):
            return value + 10 * ("عشر" in word)
    return 0


def _fold_digits(text: str) -> str:
    """The start of a text with ASCII digits, at the same offsets."""
    head = text[:_HEAD]
    if head.isascii():
        return head
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in head)


def _is_followed_well(family: str, match: re.Match[str], head: str) -> bool:
    """Whether a number without punctuation starts a sentence: no "12 days", no "Article 5 of"."""
    after = head[match.end() : match.end() + 1]
    if family == "article" and not match["stop"] and "\n" not in match[0]:
        return not head[0].islower() and not after.islower()
    is_bare = family == "bare" or (family in ("operative", "preambular") and not match["stop"])
    return not is_bare or not after.islower()


def _label(family: str, match: re.Match[str]) -> Label:
    found = match.groupdict()
    suffix = found.get("suffix") or found.get("letter") or ""
    path = _path(found)
    number = ".".join(map(str, path)) + suffix
    if family == "article":
        number = f"{_kind(found['kind'])}-{found['roman'] or number}"
    elif family == "sign":
        number = f"§{number}"
    return Label(family, path, bool(suffix), number, match.end())


def _path(found: dict[str, str | None]) -> tuple[int, ...]:
    if han := found.get("han"):
        return (_han_value(han),)
    if roman := found.get("roman"):
        return (roman_value(roman),)
    printed = found.get("path") or found.get("count") or "1"  # "premier" is the first
    return tuple(int(part) for part in printed.split("."))


def _kind(word: str | None) -> str:
    words = (word or "").lower()
    return next((k for k, names in _KINDS.items() if words in names.lower().split("|")), "article")


def _readings(token: str) -> Iterator[tuple[str, int]]:
    if token.isdecimal():
        yield "digit", int(token)
    if all(sign in _HAN for sign in token):
        yield "han", _han_value(token)
    if value := roman_value(token):
        if token.islower():
            yield "roman", value
        elif token.isupper():
            yield "ROMAN", value
    for script, alphabet in _ALPHABETS.items():
        letter = token[-1].lower()
        is_double = len(token) == 2 and token[0].lower() in (alphabet[0], letter)
        if letter in alphabet and (len(token) == 1 or is_double):
            place = alphabet.index(letter) + 1 + (len(alphabet) if is_double else 0)
            yield (script.upper() if token.isupper() else script), place


def _han_value(numeral: str) -> int:
    """The value of 一 to 九百九十九, as 二十三 is written."""
    total = digit = 0
    for sign in numeral:
        if sign in "十百":
            total += max(digit, 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            digit = _HAN.index(sign) + 1
    return total + digit
