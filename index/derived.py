"""Search structures derived from the store: rebuilt when stale, and safe to throw away.

Their folder is named after the state of the store they were made from and comes into
being by one rename, so it is never half written and never used for another state.
"""

import shutil
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.dense import DenseIndex
from index.errors import LibraryError
from index.lexical import LexicalIndex
from index.store import Snapshot, Store

_ATTEMPTS = 3
_ABANDONED_SECONDS = 3600.0


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The search structures over one state of the library.

    Attributes:
        generation: the name of that state.
        dense: a row a window.
        lexical: a row a paragraph.
        window_paragraphs: int64, shape (n_windows,), the paragraph row of each window.
        paragraph_keys: int64, shape (n_paragraphs,), each paragraph's key in the store.
        paragraph_reports: str, shape (n_paragraphs,), the report of each paragraph.
    """

    generation: str
    dense: DenseIndex
    lexical: LexicalIndex
    window_paragraphs: npt.NDArray[np.int64]
    paragraph_keys: npt.NDArray[np.int64]
    paragraph_reports: npt.NDArray[np.str_]


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
            return _load(folder, generation)
        except (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile):
            # Another process has moved on, or a power cut left files empty.
            if attempt == _ATTEMPTS:
                raise
            shutil.rmtree(folder, ignore_errors=True)
    raise AssertionError("the last attempt returns or raises")


def _load(folder: Path, generation: str) -> Index:
    with np.load(folder / "rows.npz") as rows:
        return Index(
            generation,
            DenseIndex.load(folder / "dense.faiss"),
            LexicalIndex.load(folder / "bm25"),
            rows["window_paragraphs"],
            rows["paragraph_keys"],
            rows["paragraph_reports"],
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
        window_paragraphs=np.searchsorted(snapshot.paragraph_keys, snapshot.window_keys),
        paragraph_keys=snapshot.paragraph_keys,
        paragraph_reports=np.array(snapshot.report_ids),
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
