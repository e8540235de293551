import numpy as np

from index.encoder import Encoding
from index.searching import Query
from qa.reasons import Reason, find_reason


def _query(text: str, *words: str) -> Query:
    starts = [text.index(word) for word in words]
    spans = np.array([(a, a + len(w)) for a, w in zip(starts, words, strict=True)], np.int32)
    ids = np.arange(len(words), dtype=np.int32)
    return Query(
        text, Encoding(np.ones(2, np.float32), np.zeros((len(words), 2), np.float32), ids, spans)
    )


def _spans(text: str, *pieces: str) -> np.ndarray:
    return np.array([(text.index(p), text.index(p) + len(p)) for p in pieces], np.int32)


def test_words_are_shared_in_any_form_and_others_by_meaning() -> None:
    text = "Employers must not hold a migrant's papers."
    query = _query("Can bosses of migrants keep it?", "bosses", "migrants", "keep")
    spans = np.vstack([_spans(text, "Employ", "ers", "hold"), [[0, 0]]])
    cosines = np.array([[0.5, 0, 0], [0.3, 0, 0], [0.1, 0, 0.4], [0.99, 0, 0.99]], np.float32)
    assert find_reason(query, text, spans, cosines) == Reason(
        ("migrants",), (("bosses", "Employers"),)
    )


def test_words_without_a_subject_are_no_reason() -> None:
    text = "It is what it is."
    query = _query("what is rain", "what", "is", "rain")
    cosines = np.ones((1, 3), np.float32)
    assert find_reason(query, text, _spans(text, "what"), cosines) == Reason()


def test_a_paragraph_without_tokens_has_no_reason_by_meaning() -> None:
    query = _query("bosses", "bosses")
    none = find_reason(query, "🙂", np.zeros((0, 2), np.int32), np.zeros((0, 1), np.float32))
    assert none == Reason()
