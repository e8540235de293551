"""Questions in a language that the encoder does not know."""

import re
from collections.abc import Collection

from index.encoder import Encoding

# An encoder cuts words it never learnt into many pieces. Of 1,835 English questions (the
# bundled ones, xquad-en, scifact, cranfield) 14 % have 1.4 pieces a word or more, and
# 5 questions among those are taken for another language; so it is worth asking which
# language it is only there, and the half second that takes is spent on few questions.
_PIECES_A_WORD = 1.4
_FEWEST_WORDS = 3
_LAST_LATIN = "\u024f"


def unknown_language(question: str, encoding: Encoding, known: Collection[str]) -> str:
    """The language of a question that the encoder does not know.

    Args:
        question: as it was asked.
        encoding: of the question.
        known: ISO 639-1 codes of the encoder's languages; empty where nobody says.
    Returns:
        Its ISO 639-1 code; ``""`` where there is no reason to doubt.
    """
    n_words = len(re.findall(r"\w+", question))
    is_broken_up = n_words >= _FEWEST_WORDS and len(encoding.token_ids) >= _PIECES_A_WORD * n_words
    if not known or not (is_broken_up or _is_other_script(question)):
        return ""
    import py3langid  # its model takes half a second to load

    language = str(py3langid.classify(question)[0])
    return "" if language in known else language


def _is_other_script(text: str) -> bool:
    """Whether most letters are not Latin."""
    letters = [sign for sign in text if sign.isalpha()]
    return 2 * sum(letter > _LAST_LATIN for letter in letters) > len(letters)
