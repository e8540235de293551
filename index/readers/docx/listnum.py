"""LISTNUM fields: numbers that Word counts in the middle of a text, from lists of its own."""

import re
from typing import NamedTuple

_SUBLISTS = ("decimal", "lowerLetter", "lowerRoman")

# The lists that every Word has: the format and the pattern of each of their nine levels.
BUILT_IN = {
    "numberdefault": [
        (_SUBLISTS[index % 3], pattern.format(index + 1))
        for index, pattern in enumerate(["%{})"] * 3 + ["(%{})"] * 3 + ["%{}."] * 3)
    ],
    "legaldefault": [
        ("decimal", "".join(f"%{higher + 1}." for higher in range(index + 1))) for index in range(9)
    ],
    "outlinedefault": [
        ("upperRoman", "%1."),
        ("upperLetter", "%2."),
        ("decimal", "%3."),
        ("lowerLetter", "%4)"),
        ("decimal", "(%5)"),
        ("lowerLetter", "(%6)"),
        ("lowerRoman", "(%7)"),
        ("lowerLetter", "(%8)"),
        ("lowerRoman", "(%9)"),
    ],
}
_CODE = re.compile(r'\s*LISTNUM\s*(?:"([^"]*)"|([^\s\\"]*))', re.IGNORECASE)


class ListNumber(NamedTuple):
    """What the code of a LISTNUM field asks for.

    Attributes:
        name: of the list, in lower case.
        level: 0 is outermost.
        start: the number to start again with, if any.
    """

    name: str
    level: int
    start: int | None


def read_list_number(code: str) -> ListNumber:
    r"""The list, level and start in a code such as ``LISTNUM NumberDefault \l 4 \s 1``."""
    match = _CODE.match(code)
    name = (match[1] or match[2] or "") if match else ""
    level, start = _switch(code, "l"), _switch(code, "s")
    return ListNumber(name.lower() or "numberdefault", min(max(level or 1, 1), 9) - 1, start)


def _switch(code: str, letter: str) -> int | None:
    match = re.search(rf"\\{letter}\s*(\d{{1,9}})", code, re.IGNORECASE)
    return int(match[1]) if match else None
