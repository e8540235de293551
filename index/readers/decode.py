"""Bytes to text, by what the bytes say of themselves."""

import codecs
import re

from index.errors import ReadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LATIN = {"iso8859-1", "ascii"}  # pages that say so mean Windows-1252, and browsers know it
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# UTF-8 read as Windows-1252, and signs in words: another code page read as that.
_GARBLED = re.compile(r"Ã[\x80-¿]|â€|Ð[\x80-¿]|[a-z][¢£¥¯±¹³¼½¾¿][a-z]")
_MOST_CONTROLS = 0.001  # of the characters
_MOST_ACCENTS = 0.4  # of the letters, in any language that Windows-1252 can write
_MOST_DAMAGE = 0.001


def decode_text(content: bytes, declared: str = "") -> str:
    r"""Decode a text file; line ends become ``"\n"``.

    Tried in turn: a byte order mark, the declared encoding, UTF-8, UTF-16 by its zero
    bytes, and Windows-1252 where the result looks like a language that it can write.

    Args:
        content: the whole file.
        declared: the encoding that the file names, if any.

    Raises:
        ReadError: not text, or text in an encoding that cannot be told.
    """
    text = _decode(content, declared)
    if len(_CONTROLS.findall(text)) > _MOST_CONTROLS * len(text):
        raise ReadError(
            "expected text, found a binary file under the name of a text file:"
            " give the file the ending of its format"
        )
    return _CONTROLS.sub("", text.removeprefix("\ufeff")).replace("\r\n", "\n").replace("\r", "\n")


def _decode(content: bytes, declared: str) -> str:
    guesses = [name for bom, name in _BOMS if content.startswith(bom)][:1]
    guesses += [name for name in (_known(declared), "utf-8", _utf_16(content)) if name]
    for name in guesses:
        try:
            return content.decode(name)
        except UnicodeDecodeError as error:
            if guesses[0] == name == "utf-8" and _is_slightly_damaged(content, error):
                return content.decode(name, errors="replace")
    text = content.decode("cp1252", errors="replace")
    if not _looks_western(text):
        raise ReadError(
            "expected text in UTF-8, UTF-16 or Windows-1252, found another encoding:"
            " save the file as UTF-8"
        )
    return text


def _known(declared: str) -> str:
    """The Python name of an encoding, or ``""`` for one that does not exist."""
    try:
        name = codecs.lookup(declared.strip()).name if declared.strip() else ""
    except (LookupError, ValueError):
        return ""
    if name in _LATIN:
        return ""
    is_text = name and codecs.lookup(name)._is_text_encoding
    return name if is_text and not name.startswith(("utf-16", "utf-7")) else ""


def _utf_16(content: bytes) -> str:
    """UTF-16 without a mark: every other byte of Latin text is zero."""
    sample = content[:2000]
    half = len(sample) / 2
    if len(content) % 2 or not half:
        return ""
    even, odd = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if max(even, odd) < 1 / 2:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _is_slightly_damaged(content: bytes, error: UnicodeDecodeError) -> bool:
    """Whether all but a few bytes are UTF-8, and more of it than plain ASCII."""
    text = content.decode("utf-8", errors="replace")
    n_damaged = text.count("\ufffd")
    n_foreign = sum(character > "\x7f" for character in text) - n_damaged
    return n_damaged < max(2, _MOST_DAMAGE * len(text)) and n_foreign > n_damaged


def _looks_western(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    n_accents = sum(character > "\x7f" for character in letters)
    is_accented = n_accents > _MOST_ACCENTS * len(letters)
    return not is_accented and not _GARBLED.search(text) and "\ufffd" not in text
