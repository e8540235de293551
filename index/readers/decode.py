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
_LINE_ENDS = re.compile(r"\r\n|[\r\v\x85\u2028\u2029]")
# UTF-8 read as Windows-1252, and signs in words: another code page read as that.
_GARBLED = re.compile(r"Ã[\x80-¿]|â€|Ð[\x80-¿]|[a-z][¢£¥¯±¹³¼½¾¿‚Ž][a-z]|(?<!\d)½[a-z]")
# Older encodings by script, and the letters that make up most of any text in it: in the
# right encoding at least the share of the foreign letters that stands with them.
_CODE_PAGES = (
    (("cp1251", "koi8-r", "cp866", "iso8859-5"), "оеаинтсрвлкмдпуяыьгз", 0.75),
    (("cp1256", "iso8859-6"), "اليمونرتبةعدأهسفقكح", 0.75),
    (("cp1253", "iso8859-7"), "αοιετσνηυρπκμλςίάόέή", 0.75),
    (("cp1255",), "יוהלאתשרמבנדחכעפק", 0.75),
    (("iso8859-15", "mac_roman", "cp850"), "éèàçêùîôâûëïœæáíóúñüöäßãõ’‘“”«»°–ø", 0.9),
    (("cp1250", "iso8859-2"), "ąćęłńóśźżáčďéěíňřšťúůýžöüőűăâîşţ„”–’", 0.9),
    (
        ("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"),
        "的一是在不了有和人这這中大为為上个個国國我以要他会會于於年及其关關议議报報"
        "のにをはがとたしてでるい이의다에는을를한하고",
        0.1,
    ),
)
_FEWEST_FOREIGN = 8  # letters, to tell an encoding by
_JUDGED = 20_000  # characters
_MOST_CONTROLS = 0.001  # of the characters
_MOST_ACCENTS = 0.4  # of the letters, in any language that Windows-1252 can write
_MOST_DAMAGE = 0.001


def decode_text(content: bytes, declared: str = "") -> str:
    r"""Decode a text file; line ends become ``"\n"``.

    Tried in turn: a byte order mark, the declared encoding, UTF-16 by its zero bytes,
    UTF-8, Windows-1252 where the result looks like a language that it can write, and the
    older encodings of other scripts where most of the letters are the usual ones.

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
    return _LINE_ENDS.sub("\n", _CONTROLS.sub("", text.removeprefix("\ufeff")))


def _decode(content: bytes, declared: str) -> str:
    guesses = [name for bom, name in _BOMS if content.startswith(bom)][:1]
    guesses += [name for name in (_known(declared), utf_16_order(content), "utf-8") if name]
    for name in guesses:
        try:
            return content.decode(name)
        except UnicodeDecodeError as error:
            if guesses[0] == name == "utf-8" and _is_slightly_damaged(content, error):
                return content.decode(name, errors="replace")
    text = content.decode("cp1252", errors="replace")
    if _looks_western(text):
        return text
    if (code_page := _code_page(content)) is None:
        raise ReadError(
            "expected text in UTF-8, UTF-16 or Windows-1252, found another encoding:"
            " save the file as UTF-8"
        )
    return content.decode(code_page)


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


def utf_16_order(content: bytes) -> str:
    """The name of UTF-16 without a mark, or ``""``: signs and blanks have a zero byte.

    Most such bytes stand on one side, and what they make is text.
    """
    sample = content[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if (
        len(content) % 2
        or 2 * min(even, odd) > max(even, odd)
        or 200 * max(even, odd) < len(sample)
    ):
        return ""
    name = "utf-16-be" if even > odd else "utf-16-le"
    text = sample.decode(name, errors="replace")
    is_text = sum(c.isprintable() or c.isspace() for c in text) > 0.99 * len(text)
    return name if text and is_text else ""


def _code_page(content: bytes) -> str | None:
    """The older encoding in which the text has the letters of a language, if there is one."""
    found = [
        (share, name)
        for names, usual, least in _CODE_PAGES
        for name in names
        if (share := _share_of_usual(content, name, usual)) >= least
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _share_of_usual(content: bytes, name: str, usual: str) -> float:
    try:
        text = content.decode(name)[:_JUDGED]
    except UnicodeDecodeError:
        return 0.0
    foreign = [character for character in text if character > "\x7f" and character != "\xa0"]
    if len(foreign) < _FEWEST_FOREIGN:
        return 0.0
    return sum(character in usual for character in foreign) / len(foreign)


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
