"""Search structures derived from the store: brought up to date bit by bit, safe to throw away.

They are segments, each of some reports. What is new in the store becomes a segment of its own,
what has gone from it is left out, and small segments are merged into larger ones, so that a
change costs as much as it changes. The rows are those of a single segment of everything, in
the same order and with the same scores.
"""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.dense import DenseIndex
from index.errors import LibraryError
from index.lexical import LexicalIndex, Mask
from index.report import Paragraph
from index.rows import SearchRows
from index.searching import Candidates, Key, Query, Ranking, Rows, Scores
from index.segment import Segment, merge
from index.store import Stamp, Store
from index.tokens import TokenVectors

_KEPT_WINDOWS = 400  # at about 35 kB each
_BUILT_AT_ONCE = 4_000  # paragraphs, which bounds the memory that building takes
_ATTEMPTS = 10  # to bring segments up to date while other processes do the same
_ABANDONED_SECONDS = 3600.0


@dataclass(frozen=True, eq=False)
class Index:
    """The search structures over one state of the library.

    Attributes:
        generation: the name of that state.
        dense: a row a window.
        lexical: a row a paragraph.
        store: where the rows are read from.
        report_ids: of each report, in the order of its paragraphs' rows.
        report_starts: int64, shape (n_reports + 1,), the first paragraph row of each report.
        window_paragraphs: int64, shape (n_windows,), the paragraph row of each window,
            ascending.
        window_keys: int64, shape (n_windows,), each window's key in the store.
        paragraph_keys: int64, shape (n_paragraphs,), each paragraph's key in the store.
        document_frequency: int64, how many paragraphs hold each word piece.
    """

    generation: str
    dense: DenseIndex
    lexical: LexicalIndex
    store: Store
    report_ids: tuple[str, ...]
    report_starts: Rows
    window_paragraphs: Rows
    window_keys: Rows
    paragraph_keys: Rows
    document_frequency: Rows

    def rows_of(self, report_ids: Sequence[str]) -> Rows:
        """The paragraph rows of these reports, ascending."""
        wanted = set(report_ids)
        spans = [
            np.arange(self.report_starts[i], self.report_starts[i + 1])
            for i, report_id in enumerate(self.report_ids)
            if report_id in wanted
        ]
        return np.concatenate([np.zeros(0, np.int64), *spans])

    def candidates(
        self, queries: Sequence[Query], depth: int, count: int, reports: Sequence[str]
    ) -> Candidates:
        """The `closest` of the best ``depth`` of each query by cosine and of those by BM25."""
        allowed = self._allowed(reports)
        scores = [self.lexical.scores(query.text) for query in queries]
        found = [self._rank_dense(query, depth, allowed)[0] for query in queries]
        found += [self.lexical.best(each, depth, allowed)[0] for each in scores]
        rows = np.unique(np.concatenate(found))
        if not len(rows):
            return Candidates.none(len(queries))
        windows = self.windows_of(rows)
        shares = [
            each[rows] / np.float32(self.lexical.ceiling(query.text))
            for query, each in zip(queries, scores, strict=True)
        ]
        kept = Candidates(
            rows.tolist(),
            windows,
            np.searchsorted(self.window_paragraphs[windows], rows),
            np.array([self.dense.cosines(query.encoding.vector, windows) for query in queries]),
            np.array(shares),
        ).closest(count)
        return replace(kept, tokens=self.window_tokens(kept.windows))

    def rank_dense(self, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
        """Rank by cosine with the paragraph's best window."""
        return _pairs(*self._rank_dense(query, top_k, self._allowed(reports)))

    def _rank_dense(self, query: Query, top_k: int, allowed: Rows | None) -> tuple[Rows, Scores]:
        windows = None if allowed is None else self.windows_of(allowed)
        return self.dense.search_groups(
            query.encoding.vector, top_k, lambda rows: self.window_paragraphs[rows], windows
        )

    def rank_bm25(self, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
        """Rank by BM25; paragraphs that share no word with the query are left out."""
        return _pairs(*self.lexical.search(query.text, top_k, self._allowed(reports)))

    def keys(self, reports: Sequence[str]) -> list[Key]:
        """Of all paragraphs, in the order of the library."""
        allowed = self._allowed(reports)
        return list(range(len(self.paragraph_keys))) if allowed is None else allowed.tolist()

    def n_paragraphs(self, reports: Sequence[str]) -> int:
        """How many paragraphs there are."""
        return len(self.keys(reports))

    def _allowed(self, reports: Sequence[str]) -> Rows | None:
        """The paragraph rows of these reports; None for all."""
        return self.rows_of(reports) if reports else None

    def windows_of(self, paragraphs: Rows) -> Rows:
        """The window rows of these paragraph rows, in the paragraphs' order."""
        firsts = np.searchsorted(self.window_paragraphs, paragraphs, "left")
        ends = np.searchsorted(self.window_paragraphs, paragraphs, "right")
        counts = ends - firsts
        gaps = firsts - np.cumsum(counts) + counts  # from a running number to the row it means
        windows: Rows = np.arange(int(counts.sum())) + np.repeat(gaps, counts)
        return windows

    def tokens(self, key: Key) -> TokenVectors:
        """The token vectors of a paragraph's windows, end to end."""
        return self.window_tokens(self.windows_of(np.array([key])))

    def window_tokens(self, windows: Rows) -> TokenVectors:
        """The token vectors of these window rows, end to end.

        A small library's are read once, since every question looks at all of them.
        """
        if len(self.window_keys) > _KEPT_WINDOWS:
            return self.store.tokens(self.window_keys[windows].tolist())
        return self._all_tokens.select(windows)

    @cached_property
    def _all_tokens(self) -> TokenVectors:
        return self.store.tokens(self.window_keys.tolist())

    def paragraphs(self, keys: Sequence[Key]) -> list[Paragraph]:
        """The paragraphs of these keys, in this order."""
        return self.store.paragraphs(self.paragraph_keys[np.array(keys, np.int64)].tolist())

    def language(self, report_id: str) -> str:
        """The ISO 639-1 code of a report's language."""
        return self.store.language(report_id)

    def idf(self, token_ids: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """Inverse document frequency of word pieces: ln(1 + N / (1 + df)).

        Returns:
            float32, shape (n_tokens,), above 0; largest for a piece no paragraph holds.
        """
        known = token_ids < len(self.document_frequency)
        frequency = np.zeros(len(token_ids))
        frequency[known] = self.document_frequency[token_ids[known]]
        return np.log1p(len(self.paragraph_keys) / (1 + frequency)).astype(np.float32)


class _Member(NamedTuple):
    """A segment in use, and which of its reports are present."""

    folder: Path
    segment: Segment
    kept: Mask
    n_paragraphs: int  # of the reports that are present
    span: tuple[int, int]  # keys of the first and last paragraph, present or not


class Structures:
    """The segments in a library's folder. Safe to use from several threads and processes."""

    def __init__(self, home: Path, store: Store) -> None:
        self._home = home
        self._store = store
        self._lock = threading.Lock()
        self._segments: dict[Path, Segment] = {}  # also those that another process has removed
        self._index: Index | None = None

    def index(self) -> Index:
        """The search structures over the store's present state, built where they are not there.

        Raises:
            LibraryError: the library is empty.
        """
        with self._lock, self._store.one_state():
            generation = self._store.generation()
            if self._index is None or self._index.generation != generation:
                stamps = self._store.stamps()
                if not stamps:
                    raise LibraryError(f"the library in {self._home} is empty: add a report first")
                members = self._bring_up_to_date(stamps)
                self._index = _make_index(generation, self._store, members, stamps)
                self._clear_away(members)
            return self._index

    def _bring_up_to_date(self, stamps: Sequence[Stamp]) -> list[_Member]:
        """Segments that hold each of these reports once, in the order of their keys."""
        for _ in range(_ATTEMPTS):
            self._load_new()
            members = _choose(self._segments, stamps)
            missing, small = _missing(members, stamps), _worth_merging(members)
            for group in missing:
                self._build(group)
            if small and not missing:
                self._merge(small)
            if not missing and not small:
                return members
        raise LibraryError(
            f"the search structures in {self._home} vanish as soon as they are written: end the "
            "program that deletes them"
        )

    def _load_new(self) -> None:
        """Load what other processes wrote; a segment that a power cut broke is removed."""
        for folder in self._home.glob("segment-*"):
            if folder not in self._segments:
                try:
                    self._segments[folder] = Segment.load(folder)
                except (OSError, ValueError, EOFError):
                    self._remove(folder)

    def _build(self, stamps: Sequence[Stamp]) -> None:
        """Write neighbouring reports as segments of bounded size."""
        reports: list[SearchRows] = []
        for stamp in stamps:
            reports.append(self._store.search_rows(stamp))
            if sum(len(report.texts) for report in reports) >= _BUILT_AT_ONCE:
                self._write(Segment.of(reports).save, [report.stamp for report in reports])
                reports = []
        if reports:
            self._write(Segment.of(reports).save, [report.stamp for report in reports])

    def _merge(self, members: Sequence[_Member]) -> None:
        """Write what is present of neighbouring segments as one."""
        segments, kept = [m.segment for m in members], [m.kept for m in members]
        numbers = np.concatenate([m.segment.stamps[m.kept] for m in members])
        self._write(partial(merge, segments, kept), numbers.tolist())

    def _write(self, save: Callable[[Path], None], numbers: Sequence[int]) -> None:
        """Let a segment come into being by one rename, under a name that its reports give it."""
        building = Path(tempfile.mkdtemp(prefix="building-", dir=self._home))
        name = sha256(repr(numbers).encode()).hexdigest()[:24]
        target = self._home / f"segment-{name}"
        try:
            save(building)
            building.rename(target)
        except OSError:
            if not target.is_dir():  # else another process was first, with the same content
                raise
        finally:
            shutil.rmtree(building, ignore_errors=True)

    def _remove(self, folder: Path) -> None:
        """Remove a segment at once for every process that has not loaded it."""
        doomed = Path(tempfile.mkdtemp(prefix="building-", dir=self._home))
        with suppress(OSError):  # another process was first, or has it open on Windows
            folder.rename(doomed / folder.name)
        shutil.rmtree(doomed, ignore_errors=True)

    def _clear_away(self, members: Sequence[_Member]) -> None:
        """Remove the segments that are out of use, and what a killed process left."""
        used = {member.folder for member in members}
        self._segments = {member.folder: member.segment for member in members}
        for folder in self._home.glob("segment-*"):
            if folder not in used:
                self._remove(folder)
        long_ago = time.time() - _ABANDONED_SECONDS
        for folder in self._home.glob("building-*"):
            with suppress(FileNotFoundError):
                if folder.stat().st_mtime < long_ago:
                    shutil.rmtree(folder, ignore_errors=True)
        for folder in self._home.glob("index-*"):  # as versions before 0.4 wrote them
            shutil.rmtree(folder, ignore_errors=True)


def _choose(segments: Mapping[Path, Segment], stamps: Sequence[Stamp]) -> list[_Member]:
    """Segments that do not overlap, preferring large ones, in the order of their keys.

    Where a report is present between the reports of a segment, but not in it, its rows would
    not be in the order of keys: such a segment is out of use.
    """
    numbers = np.array([stamp.number for stamp in stamps], np.int64)
    firsts = np.array([stamp.first_key for stamp in stamps], np.int64)
    usable = []
    for folder, segment in segments.items():
        span = (int(segment.paragraph_keys[0]), int(segment.paragraph_keys[-1]))
        within = numbers[
            np.searchsorted(firsts, span[0]) : np.searchsorted(firsts, span[1], "right")
        ]
        kept = np.isin(segment.stamps, within)
        if kept.any() and kept.sum() == len(within):
            n_paragraphs = int(np.diff(segment.report_starts)[kept].sum())
            usable.append(_Member(folder, segment, kept, n_paragraphs, span))
    usable.sort(key=lambda m: (-m.n_paragraphs, len(m.segment.paragraph_keys), m.folder))
    chosen: list[_Member] = []
    for member in usable:
        first, last = member.span
        if all(last < other.span[0] or other.span[1] < first for other in chosen):
            chosen.append(member)
    return sorted(chosen, key=lambda member: member.span)


def _missing(members: Sequence[_Member], stamps: Sequence[Stamp]) -> list[list[Stamp]]:
    """The reports that no member holds, in groups of neighbours."""
    held = {number for m in members for number in m.segment.stamps[m.kept].tolist()}
    groups = groupby(stamps, key=lambda stamp: stamp.number in held)
    return [list(group) for is_held, group in groups if not is_held]


def _worth_merging(members: Sequence[_Member]) -> Sequence[_Member]:
    """A segment of which most has gone, or all from the first that is not larger than the rest.

    So there are few segments, and a paragraph is rewritten only as often as the library doubles.
    """
    sizes = [member.n_paragraphs for member in members]
    for i, member in enumerate(members):
        if 2 * sizes[i] < len(member.segment.paragraph_keys):
            return [member]
        if i + 1 < len(members) and sizes[i] <= sum(sizes[i + 1 :]):
            return members[i:]
    return []


def _make_index(
    generation: str, store: Store, members: Sequence[_Member], stamps: Sequence[Stamp]
) -> Index:
    """The rows of all members end to end."""
    ids = {stamp.number: stamp.report_id for stamp in stamps}
    masks = [m.segment.paragraph_mask(m.kept) for m in members]
    runs = [(m.segment, run) for m in members for run in m.segment.window_slices(m.kept)]
    lengths = [np.diff(m.segment.report_starts)[m.kept] for m in members]
    owners, n_rows = [], 0
    for member, mask in zip(members, masks, strict=True):
        rows = np.cumsum(mask) - 1 + n_rows
        windows = member.segment.window_paragraphs
        owners.append(rows[windows[mask[windows]]])
        n_rows += int(mask.sum())
    return Index(
        generation,
        DenseIndex([segment.vectors[run] for segment, run in runs]),
        LexicalIndex([member.segment.postings for member in members], masks),
        store,
        tuple(ids[number] for m in members for number in m.segment.stamps[m.kept].tolist()),
        np.append(0, np.cumsum(np.concatenate(lengths))),
        np.concatenate(owners),
        np.concatenate([segment.window_keys[run] for segment, run in runs]),
        np.concatenate(
            [m.segment.paragraph_keys[mask] for m, mask in zip(members, masks, strict=True)]
        ),
        _sum([m.segment.document_frequency(m.kept) for m in members]),
    )


def _sum(counts: Sequence[Rows]) -> Rows:
    """The sum of counts of different lengths."""
    total = np.zeros(max(map(len, counts)), np.int64)
    for each in counts:
        total[: len(each)] += each
    return total


def _pairs(rows: Rows, scores: Scores) -> Ranking:
    return list(zip(rows.tolist(), scores.tolist(), strict=True))
