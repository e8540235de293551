"""What ranking needs of an index, whatever keeps it: one seam for all backends."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from index.encoder import Encoding
from index.report import Paragraph
from index.tokens import TokenVectors

# Names a paragraph in one state of an index: int or str, the same throughout an index, and
# smaller for what comes earlier in a report. Nothing else may be read from it.
Key = Any
Ranking = list[tuple[Key, float]]  # with scores, best first
Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]

_BM25_TO_COSINE = 2 / 3  # as in the product's ranking


class Query(NamedTuple):
    """What retrieval gets of a question."""

    text: str
    encoding: Encoding


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The paragraphs worth a closer look, in the order of the library.

    Attributes:
        keys: of the paragraphs.
        windows: int64, shape (n_windows,), the index's own numbers of their windows.
        first_windows: int64, shape (n_paragraphs,), where the windows of each begin.
        cosines: float32, shape (n_queries, n_windows), of each query with each window.
        bm25: float32, shape (n_queries, n_paragraphs), as a share of what no paragraph can
            exceed, in [0, 1].
        tokens: the token vectors of the windows, end to end; none before they are read.
    """

    keys: Sequence[Key]
    windows: Rows
    first_windows: Rows
    cosines: Scores
    bm25: Scores
    tokens: TokenVectors = field(default_factory=TokenVectors.none)

    @classmethod
    def none(cls, n_queries: int) -> "Candidates":
        """No paragraph at all."""
        scores, rows = np.zeros((n_queries, 0), np.float32), np.zeros(0, np.int64)
        return cls([], rows, rows, scores, scores)

    def select(self, rows: Rows) -> "Candidates":
        """Some of them, by their places, ascending; their token vectors are to be read."""
        counts = np.diff(self.first_windows, append=len(self.windows))[rows]
        firsts = np.cumsum(counts) - counts
        windows = np.arange(int(counts.sum())) + np.repeat(
            self.first_windows[rows] - firsts, counts
        )
        return Candidates(
            [self.keys[row] for row in rows.tolist()],
            self.windows[windows],
            firsts,
            self.cosines[:, windows],
            self.bm25[:, rows],
        )

    def closest(self, count: int) -> "Candidates":
        """The best by cosine and BM25 together, each for the query that suits it best.

        Reading and comparing token vectors is most of the work of ranking. Of 1,835 questions
        of four collections none loses its first paragraph when the closest 32 of some fifty
        candidates are compared instead of all.
        """
        if len(self.keys) <= count:
            return self
        cosines = np.maximum.reduceat(self.cosines, self.first_windows, axis=1)
        scores = (cosines + np.float32(_BM25_TO_COSINE) * self.bm25).max(axis=0)
        return self.select(np.sort(np.argsort(-scores, kind="stable")[:count]))


class SearchIndex(Protocol):
    """The search structures over one state of a library.

    Everywhere ``reports`` are the ids of the reports to look in; all where there are none.
    """

    @property
    def generation(self) -> str:
        """The name of that state."""

    def candidates(
        self, queries: Sequence[Query], depth: int, count: int, reports: Sequence[str]
    ) -> Candidates:
        """The `closest` of the best ``depth`` of each query by cosine and of those by BM25."""

    def rank_dense(self, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
        """Rank by cosine with the paragraph's best window."""

    def rank_bm25(self, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
        """Rank by BM25; paragraphs that share no word with the query are left out."""

    def keys(self, reports: Sequence[str]) -> list[Key]:
        """Of all paragraphs, in the order of the library; much, where that is large."""

    def n_paragraphs(self, reports: Sequence[str]) -> int:
        """How many paragraphs there are."""

    def paragraphs(self, keys: Sequence[Key]) -> list[Paragraph]:
        """The paragraphs of these keys, in this order.

        Raises:
            StaleError: one of them has gone since the index was opened.
        """

    def tokens(self, key: Key) -> TokenVectors:
        """The token vectors of a paragraph's windows, end to end."""

    def idf(self, token_ids: npt.NDArray[np.int32]) -> Scores:
        """Inverse document frequency of word pieces: ln(1 + N / (1 + df)).

        Returns:
            float32, shape (n_tokens,), above 0; largest for a piece no paragraph holds.
        """

    def language(self, report_id: str) -> str:
        """The ISO 639-1 code of a report's language."""
