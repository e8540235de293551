"""What a ranking costs: time a query, and the index it needs."""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from index.library import Library
from index.report import Report
from index.searching import Query
from qa.search import Ranker, encode_queries

_TIMED_QUERIES = 100
_TIMED_PARAGRAPHS = 64
_TOP_K = 10


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one system; encoding the query is included where it needs that."""

    p50_ms: float
    p95_ms: float
    queries_per_second: float


@dataclass(frozen=True, slots=True)
class IndexCost:
    """Of the index that the systems share."""

    paragraphs_per_second: float
    index_bytes_per_paragraph: float
    peak_memory_mb: float


def time_system(
    library: Library, report: Report, texts: Sequence[str], rank: Ranker, *, encodes: bool
) -> Cost:
    """Time up to a hundred queries one by one, after all were ranked once.

    Args:
        library: holds the report.
        report: whose paragraphs are ranked.
        texts: of the queries.
        rank: the ranking.
        encodes: whether it needs the queries encoded; then that is timed too.
    """
    index = library.index()
    sample = encode_queries(library.encoder, list(texts)[:_TIMED_QUERIES])

    def ask(query: Query) -> None:
        if encodes:
            (query,) = encode_queries(library.encoder, [query.text])
        rank(index, query, _TOP_K, [report.report_id])

    for query in sample:
        ask(query)
    milliseconds = [1000 * _seconds(partial(ask, query)) for query in sample]
    p50, p95 = np.percentile(milliseconds, [50, 95]).tolist()
    return Cost(p50, p95, 1000 * len(sample) / sum(milliseconds))


def measure_index(library: Library, report: Report) -> IndexCost:
    """Encode some of the report's paragraphs again, and weigh the library on disk."""
    texts = [paragraph.text for paragraph in report.paragraphs[:_TIMED_PARAGRAPHS]]
    seconds = _seconds(lambda: library.encoder.encode(texts, "paragraph"))
    bytes_each = library.disk_bytes() / library.index().n_paragraphs([])
    return IndexCost(len(texts) / seconds, bytes_each, _peak_memory_mb())


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _peak_memory_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
