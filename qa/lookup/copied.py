"""What a pasted citation says, in each form that the product gives one."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs

_MOST_TRIED = 3  # ends of the quote before the citation
_BEFORE = re.compile(r"^(?:\[\^?\d+\]:?|\d+\.?|[>—-])\s+")  # a footnote's number, a rank, a dash
_LISTED = re.compile(r"(?P<label>[^·]+) · [^·]*· (?P<report>\S+)")
_ADDRESS = re.compile(r"\S*\?(\S*\breport=\S+)")

# "Security Council resolution 2776 (2025)", "UNSCR 2776", "la resolución 48/246", "第2776号决议".
_NOUN = r"(?:resolution|res\.?|résolution|resoluci[óo]n|резолюци[яию]|(?:ال)?قرار)"
_ORGAN = r"(?P<organ>general assembly|security council|(?:UN)?(?:GA|SC))"
_RESOLUTION = re.compile(
    rf"\b(?:the |la )?(?:(?:UN )?{_ORGAN} ?(?:{_NOUN}|R)|{_NOUN}) (?:no\.? ?)?"
    r"(?P<number>\d+(?:/\d+)?)\b"
    r"|第 ?(?P<han>\d+(?:/\d+)?(?: \(\d{4}\))?) ?号决议",
    re.IGNORECASE,
)


def readings(question: str) -> Iterator[str]:
    """The question with its document symbols spelled out, then what a citation comes down to.

    Args:
        question: as typed, or a citation from a card, a file, the terminal or the address bar.
    """
    text = re.sub(r"(?<=\d)[(（](\d{4})[)）]", r" (\1)", " ".join(question.split()))
    text = _RESOLUTION.sub(_spell_out, text)
    yield text
    if address := _ADDRESS.search(text):
        fields = parse_qs(address[1])
        yield f"{fields.get('para', [''])[0]} of {fields['report'][0]}"
    text = re.sub(r"\\([^\w\s]|_)", r"\1", text)  # Markdown's escapes
    if listed := _LISTED.match(text):
        label = listed["label"]
        for start in (0, *_last_ends("— ", label)):
            yield f"{_BEFORE.sub('', label[start:])} of {listed['report']}"
    text = _BEFORE.sub("", text.partition(". Section: ")[0])
    yield text
    if text.startswith("“"):
        yield from (text[end:].strip() for end in _last_ends("”", text))


def _last_ends(sign: str, text: str) -> list[int]:
    """Where a sign ends in a text, the last first: titles may hold it, too."""
    return [match.end() for match in re.finditer(sign, text)][: -_MOST_TRIED - 1 : -1]


def _spell_out(match: re.Match[str]) -> str:
    """As a symbol where the organ is said: "S/RES/2776", or else "resolution 2776"."""
    number = match["number"] or f"{match['han']} "
    organ = (match["organ"] or "").upper().removeprefix("UN")[:1].replace("G", "A")
    return f"{organ}/RES/{number}" if organ else f"resolution {number}"
