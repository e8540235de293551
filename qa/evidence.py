"""The sentence of a paragraph that answers."""

import re

import numpy as np
from sentencex import get_sentence_boundaries

from index.encoder import Encoding

# sentencex ends a sentence after these, even where the number they announce follows.
_REFERENCE = re.compile(
    r"\b(?:paras?|arts?|sects?|chaps?|subparas?|cls?|vols?|nos?|pp?|figs?|eds?|approx|ca|cf|res)"
    r"\.\s+$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[(\[]?(?:\d|[IVXLC]+\b)")


def split_sentences(text: str, language: str = "en") -> list[tuple[int, int]]:
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
    return [stripped for start, end in spans if (stripped := _strip(text, start, end))]


def _strip(text: str, start: int, end: int) -> tuple[int, int] | None:
    sentence = text[start:end]
    if not sentence.strip():
        return None
    return start + len(sentence) - len(sentence.lstrip()), start + len(sentence.rstrip())


def best_sentence(
    query: Encoding, paragraph: Encoding, text: str, language: str
) -> tuple[int, int]:
    """Find the sentence that answers best: the one whose own tokens match the query's.

    The score of a sentence is the mean over the query's tokens of the best cosine
    among the tokens of the sentence, as they stand in the paragraph.

    Args:
        query: of the question.
        paragraph: of the whole ``text``.
        text: the paragraph's text.
        language: its ISO 639-1 code.
    Returns:
        ``start``/``end`` of the sentence; the first one where nothing can be compared.
    Source: Khattab and Zaharia, ColBERT, SIGIR 2020.
    """
    sentences = split_sentences(text, language)
    similarity = query.tokens @ paragraph.tokens.T
    starts = paragraph.spans[:, 0]

    def score(sentence: tuple[int, int]) -> float:
        inside = (starts >= sentence[0]) & (starts < sentence[1])
        if not inside.any() or not len(similarity):
            return -np.inf
        return float(similarity[:, inside].max(axis=1).mean())

    return max(sentences, key=score)
