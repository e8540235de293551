"""A query becomes a ranking of paragraphs."""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.derived import Index
from index.encoder import Encoder, Encoding, encode_whole
from index.report import Paragraph
from index.tokens import TokenVectors

RANKING = "late-1"  # the version of the product's ranking; raised when its order changes

_FUSION_DEPTH = 100  # of each ranking that is fused
_RRF_K = 60

# From each of dense and BM25. Of the 120 bundled questions all keep their first hit and 117
# their first five, against ranking everything; no Success@1 changes on the other three.
_CANDIDATES = 30

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Ranking = list[tuple[int, float]]  # paragraph row of an Index, score; best first


class Hit(NamedTuple):
    """One row of a ranking, best first."""

    paragraph: Paragraph
    score: float  # larger is better; comparable only within one ranking
    rank: int  # 1-based
    row: int  # of the paragraph in the index, 0-based


class Evidence(NamedTuple):
    """What speaks for an answer being among the candidates, each in [0, 1].

    The best of any candidate and of any reading. The cosine sees the subject, MS and BM25
    the very words, which a footnote may hold too.
    """

    cosine: float
    late: float  # MS, see `_late_scores`
    bm25: float  # share of what no paragraph can exceed


class Ranked(NamedTuple):
    """A ranking, best first, and the evidence in it, all 0 where it is empty."""

    ranking: Ranking
    evidence: Evidence


class Parts(NamedTuple):
    """How much each part of the ranking counts, see `_late_scores`.

    The weights that ship were chosen on the bundled questions, xquad-en, cranfield and
    scifact, and lie on a plateau: 0.3 to 0.5 and 0.1 to 0.5.
    """

    late: float = 1.0
    cosine: float = 0.3
    bm25: float = 0.2
    has_idf: bool = True  # whether rare words count more in late interaction


_SHIPPED = Parts()


class Query(NamedTuple):
    """What retrieval gets of a question."""

    text: str
    encoding: Encoding


def encode_queries(encoder: Encoder, texts: Sequence[str]) -> list[Query]:
    """Encode texts as queries, whatever their length."""
    encodings = encode_whole(encoder, texts, "query")
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


def rank_late(
    index: Index, query: Query, top_k: int, reports: Sequence[str], parts: Parts = _SHIPPED
) -> Ranking:
    """Rank by late interaction, paragraph cosine and BM25 together."""
    return rank_together(index, [query], top_k, reports, parts).ranking


def rank_together(
    index: Index,
    queries: Sequence[Query],
    top_k: int,
    reports: Sequence[str],
    parts: Parts = _SHIPPED,
) -> Ranked:
    """Rank by the sum of what each reading of one question scores.

    Args:
        index: where to look.
        queries: the readings; mostly one.
        top_k: how many paragraphs at most.
        reports: ids of the reports to look in; all where there are none.
        parts: how much each part of the ranking counts.
    """
    bm25 = [index.lexical.scores(query.text) for query in queries]
    rows = _candidates(index, queries, bm25, max(top_k, _CANDIDATES), reports)
    if not len(rows):
        return Ranked([], Evidence(0.0, 0.0, 0.0))
    windows = index.windows_of(rows)
    tokens = index.tokens(windows)
    matches = [
        _late_scores(index, query, lexical, rows, windows, tokens, parts)
        for query, lexical in zip(queries, bm25, strict=True)
    ]
    scores = np.array([scores for scores, _ in matches], np.float32).sum(axis=0)
    best = np.lexsort((rows, -scores))[:top_k]
    evidence = Evidence(*map(max, zip(*(found for _, found in matches), strict=True)))
    return Ranked(_pairs(rows[best], scores[best]), evidence)


def _late_scores(
    index: Index,
    query: Query,
    bm25: Scores,
    rows: Rows,
    windows: Rows,
    tokens: TokenVectors,
    parts: Parts,
) -> tuple[Scores, Evidence]:
    """Score paragraphs for a query, each by itself, and keep the evidence in them.

    score = MS + 0.3 cosine + 0.2 BM25 / sum of idf, where MS is the mean over the query's
    tokens, weighted by idf, of the best cosine among the paragraph's tokens. A paragraph
    in several windows scores as its best one.
    Source: Khattab and Zaharia, ColBERT, SIGIR 2020, with idf weights.
    """
    late = _late_interaction(index, query, tokens, parts.has_idf)
    cosines = index.dense.cosines(query.encoding.vector, windows)
    first_windows = np.searchsorted(index.window_paragraphs[windows], rows)
    scores = np.maximum.reduceat(parts.late * late + parts.cosine * cosines, first_windows)
    shares = bm25[rows] / np.float32(index.lexical.ceiling(query.text))
    scores += parts.bm25 * shares
    return scores, Evidence(*(_best_share(matches) for matches in (cosines, late, shares)))


def _best_share(matches: Scores) -> float:
    return min(1.0, max(0.0, float(matches.max())))


def _late_interaction(index: Index, query: Query, tokens: TokenVectors, has_idf: bool) -> Scores:
    """MS of each window: float32, shape (n_windows,), in [-1, 1]; 0 for a query without words."""
    ids = query.encoding.token_ids
    weights = index.idf(ids) if has_idf else np.ones(len(ids), np.float32)
    matches = tokens.best_cosines(query.encoding.tokens) @ weights
    return np.asarray(matches / max(float(weights.sum()), 1e-12), np.float32)


def _candidates(
    index: Index,
    queries: Sequence[Query],
    bm25: Sequence[Scores],
    depth: int,
    reports: Sequence[str],
) -> Rows:
    """The paragraph rows worth a closer look, ascending."""
    allowed = _allowed(index, reports)
    dense = [[row for row, _ in rank_dense(index, q, depth, reports)] for q in queries]
    lexical = [index.lexical.best(scores, depth, allowed)[0] for scores in bm25]
    return np.unique(np.concatenate([*dense, *lexical]).astype(np.int64))


def rank_random(index: Index, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
    """Rank by chance, the same for the same query: the floor of an evaluation."""
    allowed = _allowed(index, reports)
    rows = range(len(index.paragraph_keys)) if allowed is None else allowed.tolist()
    chosen = random.Random(query.text).sample(rows, min(top_k, len(rows)))
    return [(row, 1 / rank) for rank, row in enumerate(chosen, start=1)]


Ranker = Callable[[Index, Query, int, Sequence[str]], Ranking]

SYSTEMS: dict[str, Ranker] = {
    "late": rank_late,
    "bm25": rank_bm25,
    "dense": rank_dense,
    "rrf": rank_rrf,
    "random": rank_random,
}


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


def read_hits(index: Index, ranking: Ranking) -> list[Hit]:
    """The paragraphs of a ranking.

    Raises:
        StaleError: the library has changed since the index was opened.
    """
    paragraphs = index.paragraphs(np.array([row for row, _ in ranking], np.int64))
    return [
        Hit(paragraph, score, rank, row)
        for rank, (paragraph, (row, score)) in enumerate(
            zip(paragraphs, ranking, strict=True), start=1
        )
    ]


def _allowed(index: Index, reports: Sequence[str]) -> Rows | None:
    """The paragraph rows of these reports; None for all."""
    return np.flatnonzero(np.isin(index.paragraph_reports, reports)) if reports else None


def _pairs(rows: Rows, scores: Scores) -> Ranking:
    return list(zip(rows.tolist(), scores.tolist(), strict=True))
