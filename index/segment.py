"""A segment: the search structures of some reports, written once and never changed.

A report that is removed stays in its segment, out of sight, until the segment is merged.
"""

import mmap
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.lexical import Counts, Mask, MergedPostings, Postings
from index.rows import SearchRows, Vectors

Rows = npt.NDArray[np.int64]

_VECTORS = "vectors"
_POSTINGS = ("words", "starts", "rows", "counts", "lengths")
_LISTS = (
    "stamps",
    "report_starts",
    "piece_starts",
    "pieces",
    "piece_counts",
    "paragraph_keys",
    "window_keys",
    "window_paragraphs",
)


@dataclass(frozen=True, eq=False)
class Segment:
    """Reports in the order of their keys, which is that in which they were written.

    Attributes:
        stamps: int64, shape (n_reports,), each report's stamp in the store.
        report_starts: int64, shape (n_reports + 1,), the first paragraph row of each report.
        piece_starts: int64, shape (n_reports + 1,), where the word pieces of each begin.
        pieces: int32, shape (n_pieces,), the distinct word pieces of each report.
        piece_counts: int32, shape (n_pieces,), how many of its paragraphs hold each.
        paragraph_keys: int64, shape (n_paragraphs,), ascending, as in the store.
        window_keys: int64, shape (n_windows,), as in the store.
        window_paragraphs: int64, shape (n_windows,), the paragraph row of each window,
            ascending.
        vectors: float32, shape (n_windows, dim), of length 1.
        postings: the words of each paragraph.
    """

    stamps: Rows
    report_starts: Rows
    piece_starts: Rows
    pieces: Counts
    piece_counts: Counts
    paragraph_keys: Rows
    window_keys: Rows
    window_paragraphs: Rows
    vectors: Vectors
    postings: Postings

    @classmethod
    def of(cls, reports: Sequence[SearchRows]) -> "Segment":
        """Of reports in the order of their keys."""
        firsts = _offsets([len(report.texts) for report in reports])
        counts = [
            np.unique(np.concatenate(report.pieces), return_counts=True) for report in reports
        ]
        return cls(
            np.array([report.stamp for report in reports], np.int64),
            firsts,
            _offsets([len(pieces) for pieces, _ in counts]),
            np.concatenate([pieces for pieces, _ in counts]),
            np.concatenate([numbers for _, numbers in counts]).astype(np.int32),
            np.concatenate([report.paragraph_keys for report in reports]),
            np.concatenate([report.window_keys for report in reports]),
            np.concatenate(
                [
                    report.window_paragraphs + first
                    for report, first in zip(reports, firsts, strict=False)
                ]
            ),
            np.concatenate([report.vectors for report in reports]),
            Postings.of([text for report in reports for text in report.texts]),
        )

    @classmethod
    def load(cls, folder: Path) -> "Segment":
        """Map a segment's files into memory; nothing is read before it is needed.

        Raises:
            OSError, ValueError, EOFError: it is not there any more, or broken.
        """
        arrays = {name: _map(folder, name) for name in (*_LISTS, _VECTORS, *_POSTINGS)}
        postings = Postings(*(arrays.pop(name) for name in _POSTINGS))
        return cls(**arrays, postings=postings)

    def save(self, folder: Path) -> None:
        """Write the segment into a folder, and see it to the disk."""
        for name in (*_LISTS, _VECTORS):
            _write(folder, name, [getattr(self, name)])
        for name in _POSTINGS:
            _write(folder, name, [getattr(self.postings, name)])

    def paragraph_mask(self, kept: Mask) -> Mask:
        """Which paragraphs belong to the reports that are kept."""
        return np.repeat(kept, np.diff(self.report_starts))

    def window_slices(self, kept: Mask) -> list[slice]:
        """The runs of windows that belong to the reports that are kept."""
        edges = np.flatnonzero(np.diff(kept, prepend=False, append=False))
        rows = np.searchsorted(self.window_paragraphs, self.report_starts[edges])
        return [slice(a, b) for a, b in rows.reshape(-1, 2).tolist()]

    @cached_property
    def _all_pieces(self) -> Rows:
        return _count(self.pieces, self.piece_counts)

    def document_frequency(self, kept: Mask) -> Rows:
        """How many paragraphs of the reports that are kept hold each word piece."""
        total = self._all_pieces
        if kept.all():
            return total
        gone = np.repeat(~kept, np.diff(self.piece_starts))
        gone_pieces = _count(self.pieces[gone], self.piece_counts[gone])
        return total - np.pad(gone_pieces, (0, len(total) - len(gone_pieces)))


def merge(segments: Sequence[Segment], kept: Sequence[Mask], folder: Path) -> None:
    """Write the reports of several segments that are kept into a folder, as one segment.

    Vectors go from file to file and are never all in memory.
    """
    pairs = list(zip(segments, kept, strict=True))
    lists = [_kept_lists(segment, mask) for segment, mask in pairs]
    paragraphs = _offsets([len(each["paragraph_keys"]) for each in lists])
    pieces = _offsets([len(each["pieces"]) for each in lists])
    for i, each in enumerate(lists):
        each["report_starts"] += paragraphs[i]
        each["window_paragraphs"] += paragraphs[i]
        each["piece_starts"] += pieces[i]
    ends = {"report_starts": paragraphs[-1:], "piece_starts": pieces[-1:]}
    for name in _LISTS:
        _write(folder, name, [*(each[name] for each in lists), ends.get(name, paragraphs[:0])])
    runs = [segment.vectors[run] for segment, mask in pairs for run in segment.window_slices(mask)]
    _write(folder, _VECTORS, runs)
    _merge_postings(
        [segment.postings.select(segment.paragraph_mask(mask)) for segment, mask in pairs], folder
    )


def _merge_postings(parts: Sequence[Postings], folder: Path) -> None:
    merged = MergedPostings.of(parts)
    for name in ("words", "starts", "lengths"):
        _write(folder, name, [getattr(merged, name)])
    n_postings = int(merged.starts[-1])
    with (
        _Writer(folder, "rows", np.dtype(np.int32), (n_postings,)) as rows,
        _Writer(folder, "counts", np.dtype(np.int32), (n_postings,)) as counts,
    ):
        for some_rows, some_counts in merged.blocks():
            rows.add(some_rows)
            counts.add(some_counts)
    for part in parts:
        _let_go(part.rows)
        _let_go(part.counts)


def _kept_lists(segment: Segment, kept: Mask) -> dict[str, npt.NDArray[Any]]:
    """The lists of a segment's kept reports; starts without the end after the last."""
    paragraphs = segment.paragraph_mask(kept)
    windows = paragraphs[segment.window_paragraphs]
    pieces = np.repeat(kept, np.diff(segment.piece_starts))
    new_rows = np.cumsum(paragraphs) - 1
    return {
        "stamps": segment.stamps[kept],
        "report_starts": _offsets(np.diff(segment.report_starts)[kept])[:-1],
        "piece_starts": _offsets(np.diff(segment.piece_starts)[kept])[:-1],
        "pieces": segment.pieces[pieces],
        "piece_counts": segment.piece_counts[pieces],
        "paragraph_keys": segment.paragraph_keys[paragraphs],
        "window_keys": segment.window_keys[windows],
        "window_paragraphs": new_rows[segment.window_paragraphs[windows]],
    }


def _offsets(lengths: Sequence[int] | Rows) -> Rows:
    """Where parts of these lengths begin, and after them where the last one ends."""
    return np.append(0, np.cumsum(np.asarray(lengths, np.int64))).astype(np.int64)


def _count(pieces: Counts, counts: Counts) -> Rows:
    """The sum of the counts of each piece, as far as the largest; exact below 2 ** 53."""
    return np.bincount(pieces, counts).astype(np.int64)


def _map(folder: Path, name: str) -> npt.NDArray[Any]:
    mapped: npt.NDArray[Any] = np.load(folder / f"{name}.npy", mmap_mode="r")
    return np.asarray(mapped)  # slices of the subclass take ten times as long


def _write(folder: Path, name: str, parts: Sequence[npt.NDArray[Any]]) -> None:
    """Write arrays end to end as one."""
    shape = (sum(len(part) for part in parts), *parts[0].shape[1:])
    with _Writer(folder, name, parts[0].dtype, shape) as writer:
        for part in parts:
            writer.add(part)
            _let_go(part)


class _Writer:
    """Writes one array piece by piece, and waits for the disk: a power cut leaves no gap."""

    def __init__(
        self, folder: Path, name: str, dtype: np.dtype[Any], shape: tuple[int, ...]
    ) -> None:
        self._dtype = dtype
        self._file = (folder / f"{name}.npy").open("wb")
        descr = np.lib.format.dtype_to_descr(dtype)
        header = {"descr": descr, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, header)
        self._file.flush()  # what follows goes past the buffer

    def add(self, part: npt.NDArray[Any]) -> None:
        np.ascontiguousarray(part, self._dtype).tofile(self._file)

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, *_: object) -> None:
        os.fsync(self._file.fileno())
        self._file.close()


def _let_go(array: npt.NDArray[Any]) -> None:
    """Take an array that is mapped from a file out of memory, until it is read again."""
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(base, "madvise"):  # not on Windows
        base.madvise(mmap.MADV_DONTNEED)
