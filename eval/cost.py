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
from qa.search import Ranker, encode_queries

_TIMED_QUERIES = 100
_TIMED_PARAGRAPHS = 64
_TOP_K = 10


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one system, the encoding of the query included."""

    p50_ms: float
    p95_ms: float
    queries_per_second: float


@dataclass(frozen=True, slots=True)
class IndexCost:
    """Of the index that the systems share."""

    paragraphs_per_second: float
    index_bytes_per_paragraph: float
    peak_memory_mb: float


def time_system(library: Library, report: Report, queries: Sequence[str], rank: Ranker) -> Cost:
    """Time up to a hundred queries one by one, after all were ranked once."""
    index = library.index()

    def ask(text: str) -> None:
        (query,) = encode_queries(library.encoder, [text])
        rank(index, query, _TOP_K, [report.report_id])

    sample = list(queries)[:_TIMED_QUERIES]
    for text in sample:
        ask(text)
    milliseconds = [1000 * _seconds(partial(ask, text)) for text in sample]
    p50, p95 = np.percentile(milliseconds, [50, 95]).tolist()
    return Cost(p50, p95, 1000 * len(sample) / sum(milliseconds))


def measure_index(library: Library, report: Report) -> IndexCost:
    """Encode some of the report's paragraphs again, and weigh the library on disk."""
    texts = [paragraph.text for paragraph in report.paragraphs[:_TIMED_PARAGRAPHS]]
    seconds = _seconds(lambda: library.encoder.encode(texts, "paragraph"))
    bytes_each = library.disk_bytes() / len(library.index().paragraph_keys)
    return IndexCost(len(texts) / seconds, bytes_each, _peak_memory_mb())


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _peak_memory_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
