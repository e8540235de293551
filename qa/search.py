"""A query becomes a ranking of paragraphs."""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.derived import Index
from index.encoder import Encoding, encode_whole
from index.library import Library
from index.report import Paragraph

_FUSION_DEPTH = 100  # of each ranking that is fused
_RRF_K = 60

Rows = npt.NDArray[np.int64]
Ranking = list[tuple[int, float]]  # paragraph row of an Index, score; best first


class Hit(NamedTuple):
    """One row of a ranking, best first."""

    paragraph: Paragraph
    score: float  # larger is better; comparable only within one ranking
    rank: int  # 1-based


class Query(NamedTuple):
    """What retrieval gets of a question."""

    text: str
    encoding: Encoding


def encode_queries(library: Library, texts: Sequence[str]) -> list[Query]:
    """Encode texts as queries, whatever their length."""
    encodings = encode_whole(library.encoder, texts, "query")
    return [Query(text, encoding) for text, encoding in zip(texts, encodings, strict=True)]


def rank_dense(index: Index, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
    """Rank by cosine with the paragraph's best window."""
    allowed = _allowed(index, reports)
    windows = None if allowed is None else np.flatnonzero(np.isin(index.window_paragraphs, allowed))
    rows, scores = index.dense.search_groups(
        query.encoding.vector, top_k, lambda rows: index.window_paragraphs[rows], windows
    )
    return _pairs(rows, scores)


def rank_bm25(index: Index, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
    """Rank by BM25; paragraphs that share no word with the query are left out."""
    return _pairs(*index.lexical.search(query.text, top_k, _allowed(index, reports)))


def rank_rrf(index: Index, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
    """Rank by reciprocal rank fusion of dense and BM25."""
    depth = max(top_k, _FUSION_DEPTH)
    rankings = [rank(index, query, depth, reports) for rank in (rank_dense, rank_bm25)]
    return fuse_rankings([[row for row, _ in ranking] for ranking in rankings])[:top_k]


def rank_random(index: Index, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
    """Rank by chance, the same for the same query: the floor of an evaluation."""
    allowed = _allowed(index, reports)
    rows = range(len(index.paragraph_keys)) if allowed is None else allowed.tolist()
    chosen = random.Random(query.text).sample(rows, min(top_k, len(rows)))
    return [(row, 1 / rank) for rank, row in enumerate(chosen, start=1)]


Ranker = Callable[[Index, Query, int, Sequence[str]], Ranking]

SYSTEMS: dict[str, Ranker] = {
    "bm25": rank_bm25,
    "dense": rank_dense,
    "rrf": rank_rrf,
    "random": rank_random,
}
DEFAULT_SYSTEM = "rrf"


def fuse_rankings(rankings: Sequence[Sequence[int]], *, k: int = _RRF_K) -> Ranking:
    """Merge rankings: score(p) = sum of 1 / (k + rank(p)), rank 1-based.

    Cosine and BM25 share no unit, so only ranks count. Ties go by row.
    Source: Cormack, Clarke and Buettcher, SIGIR 2009.
    """
    scores: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row] += 1 / (k + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def search(
    library: Library,
    query: Query,
    *,
    top_k: int,
    reports: Sequence[str] = (),
    system: str = DEFAULT_SYSTEM,
) -> list[Hit]:
    """Rank the paragraphs of a library.

    Args:
        library: where to look.
        query: what to look for.
        top_k: how many hits at most.
        reports: ids of the reports to look in; all by default.
        system: a name in `SYSTEMS`.
    Returns:
        Hits, best first; fewer than ``top_k`` where fewer paragraphs match at all.
    Raises:
        LibraryError: the library is empty, or was made with another encoder.
    """
    index = library.index()
    ranking = SYSTEMS[system](index, query, top_k, reports)
    paragraphs = library.paragraphs([int(index.paragraph_keys[row]) for row, _ in ranking])
    return [
        Hit(paragraph, score, rank)
        for rank, (paragraph, (_, score)) in enumerate(
            zip(paragraphs, ranking, strict=True), start=1
        )
    ]


def best_cosine(library: Library, query: Query, reports: Sequence[str] = ()) -> float:
    """The largest cosine of the query with any paragraph, in [-1, 1]."""
    return rank_dense(library.index(), query, 1, reports)[0][1]


def _allowed(index: Index, reports: Sequence[str]) -> Rows | None:
    """The paragraph rows of these reports; None for all."""
    return np.flatnonzero(np.isin(index.paragraph_reports, reports)) if reports else None


def _pairs(rows: Rows, scores: npt.NDArray[np.float32]) -> Ranking:
    return list(zip(rows.tolist(), scores.tolist(), strict=True))
