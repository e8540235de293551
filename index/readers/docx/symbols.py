"""Characters of the symbol fonts, as Unicode."""

import re

_SYMBOL_LOW = (  # 0x20 to 0x7E of the font Symbol
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾"
    "αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
)
_SYMBOL_HIGH = (  # 0xA0 to 0xEF
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪"
)
_SYMBOL = dict(enumerate(_SYMBOL_LOW, start=0x20)) | dict(enumerate(_SYMBOL_HIGH, start=0xA0))
_WINGDINGS = {
    0x6C: "●",
    0x6E: "■",
    0x6F: "□",
    0x71: "❑",
    0x76: "❖",
    0xA7: "▪",
    0xA8: "◻",
    0xD8: "➢",
    0xE0: "→",
    0xFB: "✗",
    0xFC: "✓",
    0xFD: "☒",
    0xFE: "☑",
}

_CODE = re.compile(r"[0-9A-Fa-f]{1,4}")


def read_symbol(code: str, font: str) -> str:
    """A character given by its number in a font.

    Args:
        code: four hexadecimal digits; anything else is no character.
        font: symbol fonts keep theirs at 20 to FF, with or without F000 added.
    """
    number = int(code, 16) if _CODE.fullmatch(code) else 0
    if 0x20 <= number <= 0xFF and font.lower().startswith(("symbol", "wingdings")):
        number += 0xF000
    is_character = number >= 0x20 and not 0xD800 <= number <= 0xDFFF
    return symbol_text(chr(number), font) if is_character else ""


def symbol_text(text: str, font: str = "") -> str:
    """The text with the private characters of symbol fonts as what they look like.

    Args:
        text: may hold U+F020 to U+F0FF, where such fonts keep their characters.
        font: the font's name; without one, Symbol. What a font has that Unicode is not
            known to have here goes.
    """
    is_other = bool(font) and font.lower() != "symbol"
    table = _WINGDINGS if font.lower().startswith("wingdings") else {} if is_other else _SYMBOL
    return "".join(
        table.get(ord(character) - 0xF000, "") if "\uf020" <= character <= "\uf0ff" else character
        for character in text
    )
