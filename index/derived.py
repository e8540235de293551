"""Search structures derived from the store: rebuilt when stale, and safe to throw away.

Their folder is named after the state of the store they were made from and comes into
being by one rename, so it is never half written and never used for another state.
"""

import shutil
import tempfile
import time
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.dense import DenseIndex
from index.errors import LibraryError
from index.lexical import LexicalIndex
from index.report import Paragraph
from index.store import Snapshot, Store
from index.tokens import TokenVectors

Rows = npt.NDArray[np.int64]

_KEPT_WINDOWS = 400  # at about 35 kB each
_ATTEMPTS = 3
_ABANDONED_SECONDS = 3600.0


@dataclass(frozen=True, eq=False)
class Index:
    """The search structures over one state of the library.

    Attributes:
        generation: the name of that state.
        dense: a row a window.
        lexical: a row a paragraph.
        store: where the rows are read from.
        window_paragraphs: int64, shape (n_windows,), the paragraph row of each window,
            ascending.
        window_keys: int64, shape (n_windows,), each window's key in the store.
        paragraph_keys: int64, shape (n_paragraphs,), each paragraph's key in the store.
        paragraph_reports: str, shape (n_paragraphs,), the report of each paragraph.
        document_frequency: int64, how many paragraphs hold each word piece.
    """

    generation: str
    dense: DenseIndex
    lexical: LexicalIndex
    store: Store
    window_paragraphs: Rows
    window_keys: Rows
    paragraph_keys: Rows
    paragraph_reports: npt.NDArray[np.str_]
    document_frequency: Rows

    def windows_of(self, paragraphs: Rows) -> Rows:
        """The window rows of these paragraph rows, in the paragraphs' order."""
        firsts = np.searchsorted(self.window_paragraphs, paragraphs, "left")
        ends = np.searchsorted(self.window_paragraphs, paragraphs, "right")
        counts = ends - firsts
        gaps = firsts - np.cumsum(counts) + counts  # from a running number to the row it means
        windows: Rows = np.arange(int(counts.sum())) + np.repeat(gaps, counts)
        return windows

    def tokens(self, windows: Rows) -> TokenVectors:
        """The token vectors of these window rows, end to end.

        A small library's are read once, since every question looks at all of them.
        """
        if len(self.window_keys) > _KEPT_WINDOWS:
            return self.store.tokens(self.window_keys[windows].tolist())
        return self._all_tokens.select(windows)

    @cached_property
    def _all_tokens(self) -> TokenVectors:
        return self.store.tokens(self.window_keys.tolist())

    def paragraphs(self, rows: Rows) -> list[Paragraph]:
        """The paragraphs of these rows, in this order."""
        return self.store.paragraphs(self.paragraph_keys[rows].tolist())

    def idf(self, token_ids: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """Inverse document frequency of word pieces: ln(1 + N / (1 + df)).

        Returns:
            float32, shape (n_tokens,), above 0; largest for a piece no paragraph holds.
        """
        known = token_ids < len(self.document_frequency)
        frequency = np.zeros(len(token_ids))
        frequency[known] = self.document_frequency[token_ids[known]]
        return np.log1p(len(self.paragraph_keys) / (1 + frequency)).astype(np.float32)


def open_index(home: Path, store: Store) -> Index:
    """The search structures over the store's present state, built if they are not there.

    Raises:
        LibraryError: the library is empty.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        generation = store.generation()
        folder = home / f"index-{generation}"
        if not folder.is_dir():
            _build(home, store)
        try:
            return _load(folder, generation, store)
        except (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile):
            # Another process has moved on, or a power cut left files empty.
            if attempt == _ATTEMPTS:
                raise
            shutil.rmtree(folder, ignore_errors=True)
    raise AssertionError("the last attempt returns or raises")


def _load(folder: Path, generation: str, store: Store) -> Index:
    with np.load(folder / "rows.npz") as rows:
        return Index(
            generation,
            DenseIndex.load(folder / "dense.faiss"),
            LexicalIndex.load(folder / "bm25"),
            store,
            rows["window_paragraphs"],
            rows["window_keys"],
            rows["paragraph_keys"],
            rows["paragraph_reports"],
            rows["document_frequency"],
        )


def _build(home: Path, store: Store) -> None:
    snapshot = store.snapshot()
    if not snapshot.texts:
        raise LibraryError(f"the library in {home} is empty: add a report first")
    building = Path(tempfile.mkdtemp(prefix="building-", dir=home))
    _write(snapshot, building)
    folder = home / f"index-{snapshot.generation}"
    try:
        building.rename(folder)
    except OSError:
        shutil.rmtree(building)
        if not folder.is_dir():  # else another process was first, with the same content
            raise
    _clear_away(home, store)


def _write(snapshot: Snapshot, folder: Path) -> None:
    DenseIndex.build(snapshot.vectors).save(folder / "dense.faiss")
    LexicalIndex.build(snapshot.texts).save(folder / "bm25")
    np.savez(
        folder / "rows.npz",
        window_paragraphs=np.searchsorted(snapshot.paragraph_keys, snapshot.window_paragraphs),
        window_keys=snapshot.window_keys,
        paragraph_keys=snapshot.paragraph_keys,
        paragraph_reports=np.array(snapshot.report_ids),
        document_frequency=snapshot.document_frequency,
    )


def _clear_away(home: Path, store: Store) -> None:
    """Remove the structures of earlier states, and what a killed build left."""
    current = f"index-{store.generation()}"
    long_ago = time.time() - _ABANDONED_SECONDS
    for folder in home.glob("index-*"):
        if folder.name != current:
            shutil.rmtree(folder, ignore_errors=True)
    for folder in home.glob("building-*"):
        if folder.stat().st_mtime < long_ago:
            shutil.rmtree(folder, ignore_errors=True)
