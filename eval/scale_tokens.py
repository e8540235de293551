"""Three ways to have token vectors of candidates: kept whole, kept small, or made anew.

Late interaction needs the token vectors of about sixty candidates. Kept in a byte a number they
are most of a library; in two bits a quarter of that; encoded again at question time they take
no room at all, but the time of a forward pass of the 32 best.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from eval.collection import load_collection
from eval.measures import measure
from eval.runs import Run, strictly_decreasing
from index.encoder import Encoder
from index.encoding import encode_paragraphs
from index.library import BUNDLED_REPORT, Library
from index.milvus.packing import pack
from index.models import load_encoder
from index.searching import Candidates, Query, SearchIndex
from index.tokens import TokenVectors
from qa.search import encode_queries, rank_together

_TOP_K = 10
_MEASURES = ("Success@1", "nDCG@10")


class Reencoding:
    """An index that keeps no token vectors: it encodes the best candidates of each question."""

    def __init__(self, index: SearchIndex, encoder: Encoder) -> None:
        self._index, self._encoder = index, encoder
        self.generation = index.generation
        self.rank_dense, self.rank_bm25 = index.rank_dense, index.rank_bm25
        self.keys, self.n_paragraphs = index.keys, index.n_paragraphs
        self.paragraphs, self.tokens = index.paragraphs, index.tokens
        self.idf, self.language = index.idf, index.language

    def candidates(
        self, queries: Sequence[Query], depth: int, count: int, reports: Sequence[str]
    ) -> Candidates:
        """Those of the kept index, with new token vectors."""
        found = self._index.candidates(queries, depth, count, reports)
        encoded = encode_paragraphs(self._encoder, self._index.paragraphs(found.keys))
        windows = [window.tokens for each in encoded for window in each]
        return replace(found, tokens=TokenVectors.end_to_end(windows))


def compare_tokens(address: str, home: Path) -> None:
    """Print what each way costs and finds, on the bundled report and questions."""
    encoder = load_encoder()

    def open_library(bits: int) -> Library:
        form = {8: "int8", 2: "2bit"}[bits]
        return Library(home, encoder, f"milvus://{address}/tokens_{form}?tokens={form}")

    for bits in (8, 2):
        library = open_library(bits)
        library.add_bundled()
        library.settle()
    report = library.report(BUNDLED_REPORT)
    windows = encode_paragraphs(encoder, report.paragraphs)
    sizes = {
        bits: sum(len(pack(window.tokens, bits)) for of in windows for window in of)
        for bits in (8, 2)
    }
    ways: list[tuple[str, float, Callable[[], SearchIndex]]] = [
        ("int8", sizes[8], lambda: open_library(8).index()),
        ("2bit", sizes[2], lambda: open_library(2).index()),
        ("made anew", 0, lambda: Reencoding(open_library(8).index(), encoder)),
    ]
    sys.stdout.write(f"{'':>10} {'bytes a par.':>12} {'p50 ms':>7} {'p95 ms':>7} ")
    sys.stdout.write(f"{'Success@1':>9} {'nDCG@10':>8}\n")
    for name, size, open_index in ways:
        run, waits = _run(open_index, encoder)
        p50, p95 = np.percentile(waits, [50, 95])
        found = measure(run, load_collection("global-compact").qrels, _MEASURES)
        sys.stdout.write(
            f"{name:>10} {size / len(report.paragraphs):12,.0f} {p50:7.1f} {p95:7.1f} "
            f"{found['Success@1']:9.4f} {found['nDCG@10']:8.4f}\n"
        )


def _run(open_index: Callable[[], SearchIndex], encoder: Encoder) -> tuple[Run, list[float]]:
    """The ranking of every bundled question by an index that has kept nothing, and the times."""
    questions = load_collection("global-compact").queries
    queries = encode_queries(encoder, list(questions.values()))
    run: Run = {}
    waits = []
    for query_id, query in zip(questions, queries, strict=True):
        index = open_index()
        started = time.perf_counter()
        ranking = rank_together(index, [query], _TOP_K, [BUNDLED_REPORT]).ranking
        waits.append(1000 * (time.perf_counter() - started))
        numbers = [paragraph.number for paragraph in index.paragraphs([key for key, _ in ranking])]
        scored = zip(numbers, (score for _, score in ranking), strict=True)
        run[query_id] = strictly_decreasing(list(scored))
    return run, waits
