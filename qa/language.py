"""Questions in a language that the encoder does not know."""

import re
from collections.abc import Collection

from index.encoder import Encoding

# An encoder cuts words it never learnt into many pieces. Of 1,835 English questions (the
# bundled ones, xquad-en, scifact, cranfield) 14 % have 1.4 pieces a word or more, and
# 5 questions among those are taken for another language; so it is worth asking which
# language it is only there, and the half second that takes is spent on few questions.
_PIECES_A_WORD = 1.4
_FOREIGN_PIECES_A_WORD = 3.0  # another script, however few words
_FEWEST_WORDS = 3


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
    if not known or not n_words:
        return ""
    pieces_a_word = len(encoding.token_ids) / n_words
    is_foreign = pieces_a_word >= _FOREIGN_PIECES_A_WORD
    if not is_foreign and (n_words < _FEWEST_WORDS or pieces_a_word < _PIECES_A_WORD):
        return ""
    import py3langid  # its model takes half a second to load

    language = str(py3langid.classify(question)[0])
    return "" if language in known else language
