"""Is a difference between systems more than luck with the queries?"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.errors import ReportQaError

N_RESAMPLES = 10_000

_ALPHA = 0.05
_BLOCK = 500  # resamples at once: what 1,000 queries weigh in float64 stays in the cache
_ROUNDING = 1e-9  # two sums nearer than this are the same sum, added up in another order

Values = npt.NDArray[np.float64]


class SignificanceError(ReportQaError):
    """Systems cannot be compared."""


class Interval(NamedTuple):
    """A mean, and the 95 % interval that it would lie in with other queries of the kind."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A system against the baseline, on the same queries.

    Attributes:
        system: its name.
        baseline: what it is compared with.
        measure: of each query.
        difference: mean of system minus baseline over the queries.
        low: lower end of the 95 % interval of the difference, by the paired bootstrap.
        high: upper end.
        p_value: of the paired permutation test, two-sided.
        p_holm: the same, corrected for the number of systems compared.
        is_distinguishable: whether ``p_holm`` is below 0.05.
        effect_size: the difference in standard deviations of the queries' differences;
            None where every query differs by the same.
    """

    system: str
    baseline: str
    measure: str
    difference: float
    low: float
    high: float
    p_value: float
    p_holm: float
    is_distinguishable: bool
    effect_size: float | None


def bootstrap_mean(values: Sequence[float], *, seed: int, n: int = N_RESAMPLES) -> Interval:
    """The mean of a measure over queries, with its bootstrap percentile interval at 95 %.

    Args:
        values: one a query, in an order that does not depend on the system.
        seed: of the resampling; the same seed gives the same interval.
        n: how often the queries are drawn anew, with replacement.
    Raises:
        SignificanceError: there is no value.
    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
    """
    if not len(values):
        raise SignificanceError("no query has a value: measure at least one")
    row = np.asarray(values, np.float64)
    ((low, high),) = _percentile_intervals(row[np.newaxis], seed, n)
    return Interval(float(row.mean()), low, high)


def compare(
    per_query: Mapping[str, Mapping[str, float]],
    baseline: str,
    *,
    measure: str,
    seed: int,
    n: int = N_RESAMPLES,
) -> dict[str, Comparison]:
    """Compare every system with a baseline, query by query.

    The interval is the percentile interval of the paired bootstrap: queries are drawn with
    replacement, and each keeps the values that all systems have for it. The test permutes
    the two systems within each query, which flips the sign of its difference. Where the
    queries that differ allow at most ``n`` flips, all are tried and p is exact; else p =
    (1 + c) / (1 + n), c the random flips whose mean is as far from 0 as the one seen.
    What a system gets does not depend on the others, but for the correction.

    Args:
        per_query: system to query id to value; the queries of all systems are the same.
        baseline: one of the systems.
        measure: what the values are.
        seed: of the resampling; the same seed gives the same result.
        n: how many resamples, and how many permutations.

    Returns:
        A comparison for each system but the baseline, in their order.
    Raises:
        SignificanceError: there is no such baseline, no query, or systems have other
            queries than it.
    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13;
        Sakai, SIGIR 2006 (bootstrap over topics); Smucker, Allan and Carterette, CIKM 2007
        (randomisation test); Ihemelandu and Ekstrand, SIGIR 2023 (effect size).
    """
    systems = [system for system in per_query if system != baseline]
    differences = _differences(per_query, systems, baseline)
    if not systems:
        return {}
    intervals = _percentile_intervals(differences, seed, n)
    p_values = _permutation_p_values(differences, seed, n)
    return {
        system: Comparison(
            system,
            baseline,
            measure,
            float(row.mean()),
            low,
            high,
            p_value,
            p_holm,
            p_holm < _ALPHA,
            _effect_size(row),
        )
        for system, row, (low, high), p_value, p_holm in zip(
            systems, differences, intervals, p_values, holm(p_values), strict=True
        )
    }


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p-values for being several: the i-th smallest of m times m - i + 1, at most 1.

    None becomes smaller than one that was smaller before.
    Source: Holm, Scandinavian Journal of Statistics 1979.
    """
    corrected = [0.0] * len(p_values)
    floor = 0.0
    for rank, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        floor = max(floor, min(1.0, (len(p_values) - rank) * p_values[i]))
        corrected[i] = floor
    return corrected


def _differences(
    per_query: Mapping[str, Mapping[str, float]], systems: Sequence[str], baseline: str
) -> Values:
    """System minus baseline, shape (n_systems, n_queries)."""
    if baseline not in per_query:
        raise SignificanceError(
            f"no system {baseline!r} to compare with: choose from {', '.join(per_query)}"
        )
    queries = list(per_query[baseline])
    if not queries:
        raise SignificanceError(f"{baseline} has no value for any query: measure at least one")
    for system in systems:
        if per_query[system].keys() != per_query[baseline].keys():
            raise SignificanceError(
                f"{system} and {baseline} have values for different queries: measure both on the "
                "same qrels"
            )
    rows = [[per_query[system][query] for query in queries] for system in (baseline, *systems)]
    values = np.array(rows, np.float64)
    return np.asarray(values[1:] - values[0])


def _percentile_intervals(rows: Values, seed: int, n: int) -> list[tuple[float, float]]:
    """95 % interval of the mean of each row; every row sees the same draws of queries."""
    counts = _draws(rows.shape[1], seed, n)
    means = np.concatenate([rows @ block.T for block in _in_blocks(counts)], axis=1)
    tails = [_ALPHA / 2, 1 - _ALPHA / 2]
    low, high = np.quantile(means / rows.shape[1], tails, axis=1).tolist()
    return list(zip(low, high, strict=True))


def _permutation_p_values(rows: Values, seed: int, n: int) -> list[float]:
    """Two-sided p-value of each row's mean being 0."""
    totals = np.abs(rows.sum(axis=1))[:, np.newaxis] - _ROUNDING
    as_far = np.zeros(len(rows), np.int64)
    for block in _in_blocks(_random_signs(rows.shape[1], seed, n)):
        as_far += (np.abs(rows @ block.T) >= totals).sum(axis=1)
    sampled = ((1 + as_far) / (1 + n)).tolist()
    return [
        _exact_p_value(row[row != 0]) if np.count_nonzero(row) <= math.log2(n) else p_value
        for row, p_value in zip(rows, sampled, strict=True)
    ]


def _exact_p_value(differing: Values) -> float:
    """The share of all flips of signs that are as far from 0."""
    signs = np.array(list(product((1.0, -1.0), repeat=len(differing))))
    return float((np.abs(signs @ differing) >= abs(differing.sum()) - _ROUNDING).mean())


def _effect_size(row: Values) -> float | None:
    deviation = float(row.std(ddof=1)) if len(row) > 1 else 0.0
    return float(row.mean()) / deviation if deviation > _ROUNDING else None


# A table asks for the same draws again for each of its measures and systems.


@lru_cache(maxsize=2)
def _draws(n_queries: int, seed: int, n: int) -> npt.NDArray[np.uint8]:
    """How often each query is drawn: uint8, shape (n, n_queries).

    More than 255 of one query do not happen: of 256 queries or more each is expected once.
    """
    rng = np.random.default_rng([seed, 0])
    counts = np.empty((n, n_queries), np.uint8)
    for row in counts:
        row[:] = np.bincount(rng.integers(n_queries, size=n_queries), minlength=n_queries)
    return counts


@lru_cache(maxsize=2)
def _random_signs(n_queries: int, seed: int, n: int) -> npt.NDArray[np.int8]:
    """1 or -1 by chance: int8, shape (n, n_queries)."""
    rng = np.random.default_rng([seed, 1])
    return rng.integers(2, size=(n, n_queries), dtype=np.int8) * np.int8(2) - np.int8(1)


def _in_blocks(resamples: npt.NDArray[np.uint8] | npt.NDArray[np.int8]) -> Iterator[Values]:
    """Some rows at a time as float64, which the processor multiplies fast."""
    for first in range(0, len(resamples), _BLOCK):
        yield resamples[first : first + _BLOCK].astype(np.float64)
