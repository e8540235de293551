"""Characters that show nothing or stand for others, as the text that a person sees."""

import re

_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_FIGURES = re.compile(r"[+\-−]?[0-9]+")
# Soft hyphens, zero-width blanks and marks of direction; joiners are part of a word.
_UNSEEN = re.compile(r"[\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def plain_characters(text: str) -> str:
    """The text without what shows nothing, its non-breaking hyphens as hyphens."""
    return _UNSEEN.sub("", text).replace("\u2011", "-")


def raise_figures(text: str) -> str:
    """Superscript text as it looks: without its height, 10⁶ would read as 106.

    Figures become raised characters, and anything else stays as it is.
    """
    return text.translate(_RAISED) if _FIGURES.fullmatch(text.strip()) else text
