"""The words that every form of a look-up shares, as regular expressions."""

import re

AROUND = "?!., \"'“”‘’«»¿¡？！。，؟"  # what may stand before and after a question or a name

AND = r" ?(?:[,;&]|\b(?:and|or)\b)(?: ?\b(?:and|or)\b)? ?"
TO = r" ?(?:[-–—]|\b(?:to|through)\b) ?"

# What a person may put around a place.
BEFORE = (
    r"(?:(?:and|but|now|then|next|ok|okay|how|ibid\.?|cf\.?|also|please|pls|can|could|would|will|"
    r"you|i|want|need|like|to|let|me|show|display|print|bring|explain|"
    r"see|read|open|find|give|quote|list|go|take|look|up|tell|what|what['’]?s|which|where|"
    r"where['’]?s|is|are|was|there|do|does|say|said|written|stands?|in|at|under|on|about|all|the|a|"
    r"an|this|report|document|text|contents?|wording|exact|whole|full|of),? )*"
)
AFTER = (
    r"(?:,? (?:please|pls|verbatim|text|says?|said|read|about|mean|contain|belongs? to|stand|"
    r"found|above|below|again|of|in|the|this|present|report|document|here|full))*"
)
ON_PAGE = r"(?:,? (?:on |at )?(?:p\.|page) ?(?P<page>\d{1,5}))?"
_UNITS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
ORDINAL = rf"(?:\d{{1,3}}(?:st|nd|rd|th)|{'|'.join(_UNITS)})\b"


def ordinal_value(ordinal: str) -> int:
    """The number that "4th" or "fourth" stands for."""
    digits = re.match(r"\d+", ordinal)
    return int(digits[0]) if digits else _UNITS.index(ordinal.lower()) + 1


def split_list(text: str) -> list[list[str]]:
    """Read "3, 5 to 7" as [["3"], ["5", "7"]]: the ends of each part."""
    parts = re.split(AND, text, flags=re.IGNORECASE)
    return [re.split(TO, part, flags=re.IGNORECASE) for part in parts]
