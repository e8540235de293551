"""Why a paragraph matched, in words that a person understands."""

import re
from dataclasses import dataclass

import numpy as np

from index.encoder import Matrix
from index.lexical import stems
from index.searching import Query
from index.stopwords import FUNCTION_WORDS
from index.tokens import Ints

_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_NO_SUBJECT = FUNCTION_WORDS

# From this cosine on, two words mean nearly the same where they stand: "bosses" and
# "employers" have 0.50, "warming" and "climate" 0.61; below, pairs by chance set in. Read
# off the first hits of the bundled questions.
_ALIKE = 0.47
_AT_MOST = 6  # of either kind


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a paragraph matched.

    Attributes:
        shared: words of the question that the paragraph holds in some form, as asked.
        alike: words of the question, each with the paragraph's word nearest in meaning.
    """

    shared: tuple[str, ...] = ()
    alike: tuple[tuple[str, str], ...] = ()


def find_reason(query: Query, text: str, spans: Ints, cosines: Matrix) -> Reason:
    """Find the words of a question that a paragraph answers to.

    Args:
        query: of the question.
        text: the paragraph's.
        spans: of the paragraph's tokens in its text, shape (n_tokens, 2); empty for those
            of a heading or footnote.
        cosines: of these tokens with the query's, shape (n_tokens, n_query_tokens).
    """
    words = [word for word in _WORD.finditer(query.text) if _has_subject(word.group())]
    own, *roots = stems([text, *(word.group() for word in words)])
    known = set(own)
    shared = [
        word.group() for word, root in zip(words, roots, strict=True) if known.issuperset(root)
    ]
    in_text = np.flatnonzero(spans[:, 0] < spans[:, 1])
    alike = []
    for word in words:
        piece = int(np.searchsorted(query.encoding.spans[:, 0], word.start()))
        if word.group() in shared or piece == cosines.shape[1] or not len(in_text):
            continue
        nearest = in_text[cosines[in_text, piece].argmax()]
        if cosines[nearest, piece] >= _ALIKE:
            alike.append((word.group(), _word_around(text, int(spans[nearest, 0]))))
    alike = [pair for pair in alike if _has_subject(pair[1])]
    return Reason(tuple(dict.fromkeys(shared))[:_AT_MOST], tuple(dict.fromkeys(alike))[:_AT_MOST])


def _has_subject(word: str) -> bool:
    return word != "" and word.lower() not in _NO_SUBJECT


def _word_around(text: str, start: int) -> str:
    """The whole word of a text that a token at ``start`` is a piece of."""
    return next((word.group() for word in _WORD.finditer(text) if word.end() > start), "")
