"""Candidates from Milvus, scored here exactly as they are in a local library."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from index.encoding import Encoded
from index.errors import StaleError
from index.lexical import query_stems
from index.milvus.blobs import Blobs
from index.milvus.packing import unpack
from index.milvus.rows import (
    PARAGRAPH_FIELDS,
    paragraph_key,
    read_paragraph,
    read_paragraphs,
    report_of,
    version_of,
    window_id,
)
from index.milvus.schema import EF, Collections
from index.milvus.server import GoneError, MilvusError, Row, Server
from index.milvus.statistics import Statistics
from index.milvus.whole import Found, Seen, check_share, read_whole
from index.report import Paragraph
from index.rows import Window, searched_text
from index.searching import Candidates, Key, Query, Ranking, Rows, Scores
from index.tokens import Ints, TokenVectors

# Where the server does not rank words, so many more are found by their vectors.
_DEPTH_WITHOUT_BM25 = 200
_SPARE = 20  # of those that the server finds by their words
_MOST = 16_384  # rows the server finds at once
_KEPT_PARAGRAPHS = 2_000  # their token vectors, at about 35 kB each


@dataclass(frozen=True, slots=True)
class Entry:
    """A report as it is valid.

    Attributes:
        version: of its rows.
        language: its ISO 639-1 code.
        n_paragraphs: how many it has.
    """

    version: str
    language: str
    n_paragraphs: int


class MilvusIndex:
    """One state of a library on a server. Safe to use from several threads."""

    def __init__(
        self,
        generation: str,
        server: Server,
        names: Collections,
        blobs: Blobs,
        entries: Mapping[str, Entry],
        statistics: Statistics,
        read_generation: Callable[[str], str],
        seen: Seen,
    ) -> None:
        self.generation = generation
        self._server = server
        self._names = names
        self._blobs = blobs
        self._entries = entries
        self._statistics = statistics
        self._read_generation = read_generation
        self._seen = seen
        self._kept: OrderedDict[Key, TokenVectors] = OrderedDict()
        self._keeping = threading.Lock()

    def candidates(
        self, queries: Sequence[Query], depth: int, count: int, reports: Sequence[str]
    ) -> Candidates:
        """The `closest` of the best ``depth`` of each query by cosine and of those by BM25."""
        return self._read_whole(partial(self._candidates, queries, depth, count, reports))

    def _candidates(
        self, queries: Sequence[Query], depth: int, count: int, reports: Sequence[str]
    ) -> Candidates:
        found = self._score(queries, self._candidate_keys(queries, depth, reports))
        if not found.keys:
            return found
        kept = found.select(_best_of_each(found, depth)).closest(count)
        n_windows = np.diff(kept.first_windows, append=len(kept.windows)).tolist()
        tokens = self._tokens(dict(zip(kept.keys, n_windows, strict=True)))
        return replace(kept, tokens=TokenVectors.end_to_end([tokens[key] for key in kept.keys]))

    def rank_dense(self, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
        """Rank by cosine with the paragraph's best window."""
        return self._read_whole(partial(self._rank_dense, query, top_k, reports))

    def _rank_dense(self, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
        return self._nearest("vector", query.encoding.vector.tolist(), top_k, reports)[:top_k]

    def rank_bm25(self, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
        """Rank by BM25; paragraphs that share no word with the query are left out.

        Raises:
            MilvusError: the server does not rank words.
        """
        if obstacle := self._names.obstacle():
            raise MilvusError(f"{obstacle}: rank with late or dense")
        found = self._read_whole(
            lambda: self._score([query], sorted(self._find_words(query.text, top_k, reports)))
        )
        shares = found.bm25[0]
        return [(found.keys[row], float(shares[row])) for row in _best(shares, top_k).tolist()]

    def keys(self, reports: Sequence[str]) -> list[Key]:
        """Of all paragraphs, in the order of the library; much, where that is large."""
        return [
            paragraph_key(report_id, entry.version, order)
            for report_id in sorted(set(reports) or self._entries)
            for entry in [self._entry(report_id)]
            for order in range(entry.n_paragraphs)
        ]

    def n_paragraphs(self, reports: Sequence[str]) -> int:
        """How many paragraphs there are."""
        return sum(self._entry(each).n_paragraphs for each in set(reports) or self._entries)

    def paragraphs(self, keys: Sequence[Key]) -> list[Paragraph]:
        """The paragraphs of these keys, in this order.

        Raises:
            StaleError: one of them has gone since the index was opened.
        """
        return self._read_whole(partial(read_paragraphs, self._server, self._names.windows, keys))

    def tokens(self, key: Key) -> TokenVectors:
        """The token vectors of a paragraph's windows, end to end."""
        with self._keeping:
            if key in self._kept:
                return self._kept[key]
        return self._read_whole(partial(self._read_tokens, key))

    def _read_tokens(self, key: Key) -> TokenVectors:
        counts, _ = self._window_rows([key], [])
        return self._tokens(dict(zip([key], counts, strict=True)))[key]

    def encoded(self, report_id: str) -> Encoded:
        """The paragraphs of a report with their windows."""
        keys = self.keys([report_id])
        counts, rows = self._window_rows(keys, [*PARAGRAPH_FIELDS, "vector"])
        ids = [
            [window_id(key, i) for i in range(count)]
            for key, count in zip(keys, counts, strict=True)
        ]
        packed = iter(self._blobs.texts([f"tokens/{each}" for some in ids for each in some]))
        return [
            (
                read_paragraph(rows[some[0]]),
                [
                    Window(np.array(rows[each]["vector"], np.float32), unpack(next(packed)))
                    for each in some
                ],
            )
            for some in ids
        ]

    def idf(self, token_ids: Ints) -> Scores:
        """Inverse document frequency of word pieces: ln(1 + N / (1 + df))."""
        return self._statistics.idf(token_ids)

    def language(self, report_id: str) -> str:
        """The ISO 639-1 code of a report's language.

        Raises:
            StaleError: there is none of that id any more.
        """
        return self._entry(report_id).language

    def _entry(self, report_id: str) -> Entry:
        if report_id not in self._entries:
            raise StaleError("the library has changed since it was searched: ask again")
        return self._entries[report_id]

    def _candidate_keys(
        self, queries: Sequence[Query], depth: int, reports: Sequence[str]
    ) -> list[Key]:
        """More than the candidates, if need be, for `_score` to choose from."""
        limit = depth if self._names.has_bm25 else max(depth, _DEPTH_WITHOUT_BM25)
        keys: set[Key] = set()
        for query in queries:
            keys.update(key for key, _ in self._rank_dense(query, limit, reports))
            if self._names.has_bm25:
                keys.update(self._find_words(query.text, depth, reports))
        return sorted(keys)

    def _find_words(self, text: str, depth: int, reports: Sequence[str]) -> set[Key]:
        words = " ".join(query_stems(text))
        # The server's scores may tie or round otherwise than ours, so a few more are taken.
        found = self._nearest("words", words, depth + _SPARE, reports) if words else []
        return {key for key, _ in found}

    def _nearest(
        self, field: str, data: list[float] | str, count: int, reports: Sequence[str]
    ) -> Ranking:
        """So many paragraphs, each by its best window, best first; fewer if there are no more."""
        limit = min(count, _MOST)
        while True:
            hits = self._search(field, data, limit, reports)
            best: dict[Key, float] = {}
            for hit in filter(self._is_valid, hits):
                best.setdefault(_key_of(hit), float(hit["distance"]))
            if len(best) >= count or len(hits) < limit or limit == _MOST:
                return list(best.items())
            limit = min(2 * limit, _MOST)

    def _search(
        self, field: str, data: list[float] | str, limit: int, reports: Sequence[str]
    ) -> list[Row]:
        """The windows found, best first; those that are not valid among them."""
        condition = f"report in {json.dumps(sorted(reports), ensure_ascii=False)}"
        (hits,) = self._server.read(
            "search",
            self._names.windows,
            data=[data],
            anns_field=field,
            limit=limit,
            filter=condition if reports else "",
            search_params={"params": {"ef": max(EF, limit)} if field == "vector" else {}},
            output_fields=["report", "version", "position"],
            consistency_level=self._server.consistency,
        )
        if not all(map(self._is_valid, hits)):
            self._check_generation()  # else they are what a killed program left behind
        if field == "vector":
            self._check_whole(np.array(data, np.float32), hits, limit, reports)
        return list(hits)

    def _check_whole(
        self, vector: Scores, hits: Sequence[Row], limit: int, reports: Sequence[str]
    ) -> None:
        """See that a search gave as many as there are, and what was read before and is as close.

        Raises:
            GoneError: it did not, by far.
        """
        known = {each: self._entries[each] for each in reports if each in self._entries}
        asked = known if reports else self._entries
        if 2 * len(hits) < min(limit, sum(entry.n_paragraphs for entry in asked.values())):
            raise GoneError(window_id(self.keys(list(asked)[:1])[0], 0))
        furthest = float(hits[-1]["distance"]) if len(hits) == limit else -1.0
        expected = [
            key
            for key in self._seen.closer(vector, furthest)
            for entry in [asked.get(report_of(key))]
            if entry and entry.version == version_of(key)
        ]
        check_share({_key_of(hit) for hit in hits}, expected)

    def _check_generation(self) -> None:
        if self._read_generation("") != self.generation:
            raise StaleError("the library has changed since it was searched: ask again")

    def _is_valid(self, hit: Row) -> bool:
        row = hit["entity"]
        entry = self._entries.get(row["report"])
        return entry is not None and entry.version == row["version"]

    def _score(self, queries: Sequence[Query], keys: Sequence[Key]) -> Candidates:
        """Score paragraphs for each query, by cosine and by BM25."""
        if not keys:
            return Candidates.none(len(queries))
        counts, rows = self._window_rows(keys, [*PARAGRAPH_FIELDS, "vector"])
        vectors = np.array(
            [
                rows[window_id(key, i)]["vector"]
                for key, count in zip(keys, counts, strict=True)
                for i in range(count)
            ],
            np.float32,
        )
        first_windows = np.cumsum([0, *counts])[:-1]
        self._seen.add(keys, vectors[first_windows])
        texts = [searched_text(read_paragraph(rows[window_id(key, 0)])) for key in keys]
        return Candidates(
            list(keys),
            np.arange(len(vectors)),
            first_windows,
            np.array([vectors @ query.encoding.vector for query in queries]),
            self._statistics.bm25_shares([query.text for query in queries], texts),
        )

    def _window_rows(
        self, keys: Sequence[Key], fields: Sequence[str]
    ) -> tuple[list[int], dict[str, Row]]:
        """How many windows each paragraph has, and the rows of all of them by id.

        Raises:
            GoneError: one of them is not there.
        """
        names = [window_id(key, 0) for key in keys]
        rows = self._server.known_rows(self._names.windows, names, [*fields, "n_windows"])
        counts = [int(rows[name]["n_windows"]) for name in names]
        others = [
            window_id(key, i)
            for key, count in zip(keys, counts, strict=True)
            for i in range(1, count)
        ]
        if fields:
            rows |= self._server.known_rows(self._names.windows, others, fields)
        return counts, rows

    def _read_whole(self, read: Callable[[], Found]) -> Found:
        return read_whole(
            read, self._server, lambda: self._read_generation("Strong") == self.generation
        )

    def _tokens(self, counts: Mapping[Key, int]) -> dict[Key, TokenVectors]:
        """The token vectors of paragraphs with so many windows each."""
        with self._keeping:
            kept = {key: self._kept[key] for key in counts if key in self._kept}
        missing = [key for key in counts if key not in kept]
        names = [window_id(key, i) for key in missing for i in range(counts[key])]
        texts = iter(self._blobs.texts([f"tokens/{name}" for name in names]))
        for key in missing:
            windows = [unpack(next(texts)) for _ in range(counts[key])]
            kept[key] = TokenVectors.end_to_end(windows)
        with self._keeping:
            self._kept.update(kept)
            for key in kept:
                self._kept.move_to_end(key)
            while len(self._kept) > _KEPT_PARAGRAPHS:
                self._kept.popitem(last=False)
        return kept


def _key_of(hit: Row) -> Key:
    row = hit["entity"]
    return paragraph_key(row["report"], row["version"], row["position"])


def _best_of_each(found: Candidates, depth: int) -> Rows:
    """The best of each query by cosine, and those by BM25; ascending."""
    cosines = np.maximum.reduceat(found.cosines, found.first_windows, axis=1)
    by_vector = [_best(each, depth) for each in cosines]
    by_words = [rows[each[rows] > 0] for each in found.bm25 for rows in [_best(each, depth)]]
    return np.unique(np.concatenate([*by_vector, *by_words]))


def _best(scores: Scores, depth: int) -> Rows:
    """The rows with the largest scores, best first, ties by row."""
    return np.argsort(-scores, kind="stable")[:depth]
