"""Paragraph vectors in FAISS: exact inner product over unit vectors."""

from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


class DenseIndex:
    """Finds the rows whose vectors have the largest cosine with a query's."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: npt.NDArray[np.float32]) -> "DenseIndex":
        """Index unit vectors, float32, shape (n_rows, dim)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> "DenseIndex":
        """Read an index that `save` wrote."""
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        """Write the index to one file."""
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(
        self, vector: npt.NDArray[np.float32], top_k: int, allowed: Rows | None = None
    ) -> tuple[Rows, Scores]:
        """Rank rows by cosine.

        Args:
            vector: float32, shape (dim,), of length 1.
            top_k: how many rows at most.
            allowed: rows to choose from; all by default.
        Returns:
            Rows and their cosines, best first; fewer than ``top_k`` where there are
            fewer rows.
        """
        params = None
        if allowed is not None:
            params = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]
        scores, rows = self._index.search(vector[np.newaxis], min(top_k, len(self)), params=params)
        found = rows[0] >= 0  # FAISS fills up with -1
        return rows[0][found], scores[0][found]

    def cosines(self, vector: npt.NDArray[np.float32], rows: Rows) -> Scores:
        """The cosine of a query vector with each of these rows, float32, shape (n_rows,)."""
        return np.asarray(self._index.reconstruct_batch(rows) @ vector, np.float32)

    def search_groups(
        self,
        vector: npt.NDArray[np.float32],
        top_k: int,
        group_of: Callable[[Rows], Rows],
        allowed: Rows | None = None,
    ) -> tuple[Rows, Scores]:
        """Rank groups of rows by their best row: paragraphs by their best window.

        Args:
            vector: float32, shape (dim,), of length 1.
            top_k: how many groups at most.
            group_of: the group of each row.
            allowed: rows to choose from; all by default.
        Returns:
            Groups and their best cosines, best first.
        """
        depth = top_k
        while True:
            rows, scores = self.search(vector, depth, allowed)
            groups, first = np.unique(group_of(rows), return_index=True)
            if len(groups) >= top_k or len(rows) < depth or depth >= len(self):
                best = np.sort(first)[:top_k]
                return group_of(rows[best]), scores[best]
            depth *= 2
