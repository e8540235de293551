"""Paragraph texts in BM25, with English stopwords and Snowball stemming."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer
from bm25s.stopwords import STOPWORDS_EN

_K1, _B = 1.2, 0.75
_WORD = re.compile(r"\b\w\w+\b")
_STOPWORDS = frozenset(STOPWORDS_EN)

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


def stems(texts: Sequence[str]) -> list[list[str]]:
    """The words that BM25 counts: lower-case stems without stopwords, in order."""
    stemmer = Stemmer.Stemmer("english")
    return [
        stemmer.stemWords([word for word in _WORD.findall(text.lower()) if word not in _STOPWORDS])
        for text in texts
    ]


@lru_cache(maxsize=64)
def _query_stems(text: str) -> tuple[str, ...]:
    """A query's words; ranking asks for them more than once."""
    return tuple(stems([text])[0])


class LexicalIndex:
    """Finds the rows that share the query's rarer words.

    Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and
    Beyond, FnTIR 2009; idf as in Lucene, so that no weight is negative.
    """

    def __init__(self, bm25: bm25s.BM25) -> None:
        self._bm25 = bm25

    @classmethod
    def build(cls, texts: Sequence[str]) -> "LexicalIndex":
        """Index texts; row i is ``texts[i]``."""
        bm25 = bm25s.BM25(method="lucene", k1=_K1, b=_B)
        # A text of nothing but stopwords counts as one empty word: bm25s needs one.
        bm25.index([words or [""] for words in stems(texts)], show_progress=False)
        return cls(bm25)

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Read an index that `save` wrote."""
        return cls(bm25s.BM25.load(folder))

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        self._bm25.save(folder, show_progress=False)

    def search(self, text: str, top_k: int, allowed: Rows | None = None) -> tuple[Rows, Scores]:
        """Rank rows by BM25.

        Args:
            text: the query.
            top_k: how many rows at most.
            allowed: rows to choose from; all by default.
        Returns:
            Rows and their scores, best first, ties by row; a row that shares no word
            with the query is not among them.
        """
        return self.best(self.scores(text), top_k, allowed)

    def best(self, scores: Scores, top_k: int, allowed: Rows | None = None) -> tuple[Rows, Scores]:
        """The rows with the largest of these scores, as `search` returns them."""
        rows = np.flatnonzero(scores > 0) if allowed is None else allowed[scores[allowed] > 0]
        if len(rows) > top_k:
            least = np.partition(scores[rows], -top_k)[-top_k]
            rows = rows[scores[rows] >= least]
        best = rows[np.lexsort((rows, -scores[rows]))][:top_k]
        return best, scores[best]

    def scores(self, text: str) -> Scores:
        """BM25 of every row: float32, shape (n_rows,), 0 where no word is shared."""
        known = [word for word in _query_stems(text) if word in self._bm25.vocab_dict]
        if not known:
            return np.zeros(self._n_rows, np.float32)
        return np.asarray(self._bm25.get_scores(known), np.float32)

    def ceiling(self, text: str) -> float:
        """What no row's BM25 can exceed: the sum of the words' idf.

        idf = ln(1 + (N - n + .5) / (n + .5)); a word that no row holds counts with n = 0.

        Returns:
            Above 0, also for a text without words.
        """
        frequency = np.array([self._document_frequency(word) for word in _query_stems(text)])
        idf = np.log1p((self._n_rows - frequency + 0.5) / (frequency + 0.5))
        return max(float(idf.sum()), 1e-12)

    @property
    def _n_rows(self) -> int:
        return int(self._bm25.scores["num_docs"])

    def _document_frequency(self, word: str) -> int:
        column = self._bm25.vocab_dict.get(word)
        if column is None:
            return 0
        first, end = self._bm25.scores["indptr"][column : column + 2]
        return int(end - first)
