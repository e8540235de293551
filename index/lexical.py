"""Paragraph texts in BM25, with English stopwords and Snowball stemming."""

from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer

_K1, _B = 1.2, 0.75


def stems(texts: Sequence[str]) -> list[list[str]]:
    """The words that BM25 counts: lower-case stems without stopwords, in order."""
    tokenized = bm25s.tokenize(
        list(texts),
        stopwords="en",
        stemmer=Stemmer.Stemmer("english"),
        return_ids=False,
        show_progress=False,
    )
    return [list(words) for words in tokenized]


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

    def search(
        self, text: str, top_k: int, allowed: npt.NDArray[np.int64] | None = None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Rank rows by BM25.

        Args:
            text: the query.
            top_k: how many rows at most.
            allowed: rows to choose from; all by default.
        Returns:
            Rows and their scores, best first, ties by row; a row that shares no word
            with the query is not among them.
        """
        words = [word for word in stems([text])[0] if word in self._bm25.vocab_dict]
        if not words:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        scores = self._bm25.get_scores(words)
        rows = np.arange(len(scores)) if allowed is None else allowed
        rows = rows[scores[rows] > 0]
        best = rows[np.lexsort((rows, -scores[rows]))][:top_k]
        return best, scores[best]
