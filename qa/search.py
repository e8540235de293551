"""A query becomes a ranking of paragraphs."""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from index.encoder import Encoder, encode_whole
from index.report import Paragraph
from index.searching import Candidates, Key, Query, Ranking, Scores, SearchIndex

RANKING = "late-1"  # the version of the product's ranking; raised when its order changes

_FUSION_DEPTH = 100  # of each ranking that is fused
_RRF_K = 60

# From each of dense and BM25. Of the 120 bundled questions all keep their first hit and 117
# their first five, against ranking everything; no Success@1 changes on the other three.
_CANDIDATES = 30
_COMPARED = 32  # of these, see `Candidates.closest`; of 160 questions 153 keep their first five


class Hit(NamedTuple):
    """One row of a ranking, best first."""

    paragraph: Paragraph
    score: float  # larger is better; comparable only within one ranking
    rank: int  # 1-based
    key: Key  # of the paragraph in the index


class Evidence(NamedTuple):
    """What speaks for an answer being among the candidates, each in [0, 1].

    The best of any candidate that was compared and of any reading. The cosine sees the
    subject, MS and BM25 the very words, which a footnote may hold too.
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


def encode_queries(encoder: Encoder, texts: Sequence[str]) -> list[Query]:
    """Encode texts as queries, whatever their length."""
    encodings = encode_whole(encoder, texts, "query")
    return [Query(text, encoding) for text, encoding in zip(texts, encodings, strict=True)]


def rank_dense(index: SearchIndex, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
    """Rank by cosine with the paragraph's best window."""
    return index.rank_dense(query, top_k, reports)


def rank_bm25(index: SearchIndex, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
    """Rank by BM25; paragraphs that share no word with the query are left out."""
    return index.rank_bm25(query, top_k, reports)


def rank_rrf(index: SearchIndex, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
    """Rank by reciprocal rank fusion of dense and BM25."""
    depth = max(top_k, _FUSION_DEPTH)
    rankings = [rank(index, query, depth, reports) for rank in (rank_dense, rank_bm25)]
    return fuse_rankings([[key for key, _ in ranking] for ranking in rankings])[:top_k]


def rank_late(
    index: SearchIndex, query: Query, top_k: int, reports: Sequence[str], parts: Parts = _SHIPPED
) -> Ranking:
    """Rank by late interaction, paragraph cosine and BM25 together."""
    return rank_together(index, [query], top_k, reports, parts).ranking


def rank_together(
    index: SearchIndex,
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
    depth, count = max(top_k, _CANDIDATES), max(top_k, _COMPARED)
    found = index.candidates(queries, depth, count, reports)
    if not found.keys:
        return Ranked([], Evidence(0.0, 0.0, 0.0))
    matches = [_late_scores(index, query, found, i, parts) for i, query in enumerate(queries)]
    scores = np.array([scores for scores, _ in matches], np.float32).sum(axis=0)
    best = np.argsort(-scores, kind="stable")[:top_k]
    evidence = Evidence(*map(max, zip(*(evidence for _, evidence in matches), strict=True)))
    return Ranked([(found.keys[i], float(scores[i])) for i in best.tolist()], evidence)


def _late_scores(
    index: SearchIndex, query: Query, found: Candidates, position: int, parts: Parts
) -> tuple[Scores, Evidence]:
    """Score the candidates for the query at a position, and keep the evidence in them.

    score = MS + 0.3 cosine + 0.2 BM25 / sum of idf, where MS is the mean over the query's
    tokens, weighted by idf, of the best cosine among the paragraph's tokens. A paragraph
    in several windows scores as its best one.
    Source: Khattab and Zaharia, ColBERT, SIGIR 2020, with idf weights.
    """
    ids = query.encoding.token_ids
    weights = index.idf(ids) if parts.has_idf else np.ones(len(ids), np.float32)
    late = _late_interaction(query, found, weights)
    cosines, shares = found.cosines[position], found.bm25[position]
    windows = parts.late * late + parts.cosine * cosines
    scores = np.maximum.reduceat(windows, found.first_windows) + parts.bm25 * shares
    return scores, Evidence(*(_best_share(matches) for matches in (cosines, late, shares)))


def _best_share(matches: Scores) -> float:
    return min(1.0, max(0.0, float(matches.max())))


def _late_interaction(query: Query, found: Candidates, weights: Scores) -> Scores:
    """MS of each window: float32, shape (n_windows,), in [-1, 1]; 0 for a query without words."""
    matches = found.tokens.best_cosines(query.encoding.tokens) @ weights
    return np.asarray(matches / max(float(weights.sum()), 1e-12), np.float32)


def rank_random(index: SearchIndex, query: Query, top_k: int, reports: Sequence[str]) -> Ranking:
    """Rank by chance, the same for the same query: the floor of an evaluation."""
    keys = index.keys(reports)
    chosen = random.Random(query.text).sample(keys, min(top_k, len(keys)))
    return [(key, 1 / rank) for rank, key in enumerate(chosen, start=1)]


Ranker = Callable[[SearchIndex, Query, int, Sequence[str]], Ranking]

SYSTEMS: dict[str, Ranker] = {
    "late": rank_late,
    "bm25": rank_bm25,
    "dense": rank_dense,
    "rrf": rank_rrf,
    "random": rank_random,
}


def fuse_rankings(rankings: Sequence[Sequence[Key]], *, k: int = _RRF_K) -> Ranking:
    """Merge rankings: score(p) = sum of 1 / (k + rank(p)), rank 1-based.

    Cosine and BM25 share no unit, so only ranks count. Ties go by key.
    Source: Cormack, Clarke and Buettcher, SIGIR 2009.
    """
    scores: dict[Key, float] = defaultdict(float)
    for ranking in rankings:
        for rank, key in enumerate(ranking, start=1):
            scores[key] += 1 / (k + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def read_hits(index: SearchIndex, ranking: Ranking) -> list[Hit]:
    """The paragraphs of a ranking.

    Raises:
        StaleError: the library has changed since the index was opened.
    """
    paragraphs = index.paragraphs([key for key, _ in ranking])
    return [
        Hit(paragraph, score, rank, key)
        for rank, (paragraph, (key, score)) in enumerate(
            zip(paragraphs, ranking, strict=True), start=1
        )
    ]
