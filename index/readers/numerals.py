"""Numbers as lists print them, by the names that Word's numbering formats have."""

from collections.abc import Callable
from itertools import pairwise

_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)

_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"  # the letters that number: no ё, й, ъ, ь

# One sign a number; past the last, Latin letters double (aa, bb) and so do the others.
_SIGNS = {
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
    "russianLower": _RUSSIAN,
    "arabicAlpha": "أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "arabicAbjad": "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
    "hebrew2": "אבגדהוזחטיכלמנסעפצקרשת",
    "ganada": "가나다라마바사아자차카타파하",
    "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "thaiLetters": "กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ",
    "aiueoFullWidth": (
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
    ),
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "chicago": "*†‡§",
}
_ENCLOSED = ("decimalEnclosedCircle", "decimalEnclosedParen", "decimalEnclosedFullstop")
_DIGITS = {
    "decimalFullWidth": "０１２３４５６７８９",
    "hindiNumbers": "०१२३४५६७८९",
    "thaiNumbers": "๐๑๒๓๔๕๖๗๘๙",
    "ideographDigital": "〇一二三四五六七八九",
    "japaneseDigitalTenThousand": "〇一二三四五六七八九",
    "taiwaneseDigital": "○一二三四五六七八九",
    "koreanDigital": "영일이삼사오육칠팔구",
}
_COUNTING = {
    "chineseCounting": "零一二三四五六七八九十百千",
    "chineseCountingThousand": "零一二三四五六七八九十百千",
    "taiwaneseCounting": "零一二三四五六七八九十百千",
    "taiwaneseCountingThousand": "零一二三四五六七八九十百千",
    "japaneseCounting": "〇一二三四五六七八九十百千",
    "koreanCounting": "영일이삼사오육칠팔구십백천",
    "chineseLegalSimplified": "零壹贰叁肆伍陆柒捌玖拾佰仟",
    "ideographLegalTraditional": "零壹貳參肆伍陸柒捌玖拾佰仟",
}
_ALIASES = {"hebrew1": "hebrew2", "aiueo": "aiueoFullWidth", "numberInDash": "decimal"}

_SMALL = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth"} | {
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def format_number(number: int, style: str) -> str:
    """A list's number in one of the formats of Office Open XML (ST_NumberFormat).

    Args:
        number: 0 or more.
        style: ``"decimal"``, ``"lowerLetter"``, ``"chineseCounting"`` and so on; what
            has no rule here is written in decimal digits.
    Returns:
        ``""`` for the styles without numbers, bullet and none.
    """
    style = _ALIASES.get(style, style)
    if style in ("bullet", "none"):
        return ""
    if style.startswith("upper") or style == "russianUpper":
        return format_number(
            number, style.replace("upper", "lower").replace("Upper", "Lower")
        ).upper()
    if style in _SIGNS:
        return _repeat_sign(number, style)
    if style in _DIGITS:
        return "".join(_DIGITS[style][int(digit)] for digit in str(number))
    if style in _COUNTING:
        return _count(number, _COUNTING[style])
    return _RULES.get(style, str)(number)


def _repeat_sign(number: int, style: str) -> str:
    signs = _SIGNS[style]
    if number < 1 or (number > len(signs) and style in _ENCLOSED):
        return str(number)
    repeats, index = divmod(number - 1, len(signs))
    return signs[index] * min(repeats + 1, 20)


def _roman(number: int) -> str:
    if not 0 < number < 5000:
        return str(number)
    letters = ""
    for value, numeral in _ROMAN:
        letters += numeral * (number // value)
        number %= value
    return letters


def _count(number: int, signs: str) -> str:
    """Multiplicative counting: 21 is two-ten-one, 101 hundred-zero-one, 10 to 19 ten-n."""
    if not 0 < number < 10_000:
        return signs[0] if number == 0 else str(number)
    digits = [int(digit) for digit in str(number)]
    units = [*reversed(signs[10 : 9 + len(digits)]), ""]
    parts = [
        signs[digit] + unit if digit else signs[0]
        for digit, unit in zip(digits, units, strict=True)
    ]
    kept = [
        part for part, after in pairwise([*parts, signs[0]]) if (part, after) != (signs[0],) * 2
    ]
    text = "".join(kept).rstrip(signs[0])
    return text[1:] if 10 <= number < 20 else text


def _cardinal(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_SMALL[ones]}" if ones else "")
    return str(number)


def _ordinal_word(number: int) -> str:
    words = _cardinal(number)
    head, dash, last = words.rpartition("-")
    if not last.isalpha():
        return _ordinal(number)
    last = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return head + dash + last


def _ordinal(number: int) -> str:
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


_RULES: dict[str, Callable[[int], str]] = {
    "lowerRoman": _roman,
    "decimalZero": lambda number: f"{number:02}",
    "ordinal": _ordinal,
    "cardinalText": lambda number: _cardinal(number).capitalize(),
    "ordinalText": lambda number: _ordinal_word(number).capitalize(),
    "hex": lambda number: f"{number:X}",
}
