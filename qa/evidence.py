"""The sentence of a paragraph that answers."""

import re
from functools import lru_cache

import numpy as np
from sentencex import get_sentence_boundaries

from index.encoder import Matrix
from index.tokens import Ints

# sentencex ends a sentence after these, even where the number they announce follows.
_REFERENCE = re.compile(
    r"\b(?:paras?|arts?|sects?|chaps?|subparas?|cls?|vols?|nos?|pp?|figs?|eds?|approx|ca|cf|res)"
    r"\.\s+$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[(\[]?(?:\d|[IVXLC]+\b)")

# How little worse a neighbour may score to be quoted too. Chosen on the bundled questions.
_HAIR = 0.02


@lru_cache(maxsize=1024)  # a report's paragraphs are quoted again and again
def split_sentences(text: str, language: str = "en") -> tuple[tuple[int, int], ...]:
    """Cut prose into sentences.

    Args:
        text: clean prose.
        language: its ISO 639-1 code.
    Returns:
        ``start``/``end`` of each sentence without white space around it, in order;
        together they hold every character that is not white space.
    """
    spans: list[tuple[int, int]] = []
    is_joined = False
    for piece in get_sentence_boundaries(language, text):
        start, end = piece["start_index"], piece["end_index"]
        if is_joined and _NUMBER.match(text, start):
            start, _ = spans.pop()
        spans.append((start, end))
        is_joined = bool(_REFERENCE.search(text, start, end))
    return tuple(stripped for start, end in spans if (stripped := _strip(text, start, end)))


def _strip(text: str, start: int, end: int) -> tuple[int, int] | None:
    sentence = text[start:end]
    if not sentence.strip():
        return None
    return start + len(sentence) - len(sentence.lstrip()), start + len(sentence.rstrip())


def best_sentences(
    text: str, language: str, spans: Ints, cosines: Matrix, weights: Matrix
) -> tuple[int, int]:
    """Find the sentence that answers best; two that adjoin where either might.

    A sentence scores by late interaction over its own tokens as they stand in the
    paragraph. The better neighbour of the best sentence is quoted with it where it
    scores almost as well.

    Args:
        text: the paragraph's text.
        language: its ISO 639-1 code.
        spans: of the paragraph's tokens in its text, shape (n_tokens, 2).
        cosines: of these tokens with the query's, shape (n_tokens, n_query_tokens).
        weights: of the query's tokens, shape (n_query_tokens,).
    Returns:
        ``start``/``end`` of the quote; the first sentence where nothing can be compared.
    """
    sentences = split_sentences(text, language)
    starts, ends = spans.T
    scores = []
    for start, end in sentences:
        inside = (starts >= start) & (ends <= end) & (starts < ends)
        best = cosines[inside].max(axis=0, initial=-1.0)
        scores.append(float(weights @ best) / max(float(weights.sum()), 1e-12))
    best_at = int(np.argmax(scores))
    neighbours = [i for i in (best_at - 1, best_at + 1) if 0 <= i < len(sentences)]
    other_at = max(neighbours, key=lambda i: scores[i], default=best_at)
    if scores[best_at] - scores[other_at] > _HAIR:
        other_at = best_at
    return sentences[min(best_at, other_at)][0], sentences[max(best_at, other_at)][1]
