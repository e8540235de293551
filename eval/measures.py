"""Measures of a run against qrels, by their published names."""

import re
from collections.abc import Mapping, Sequence
from statistics import fmean

import ir_measures
import numpy as np

from eval.collection import Qrels
from eval.runs import Run
from index.errors import ReportQaError

NAMES = (
    "nDCG@10", "RR@10", "AP", "R@10", "R@100",
    "Success@1", "Success@3", "Success@5", "P@5", "Judged@10",
)  # fmt: skip

PerQuery = dict[str, dict[str, float]]  # measure -> query -> value

_ALL_FOUND = re.compile(r"AllFound@([1-9][0-9]*)")

# The others of ir_measures need Perl or packages that are not here, or cannot be trusted.
_PROVIDER = ir_measures.providers.FallbackProvider(  # type: ignore[no-untyped-call]
    [ir_measures.pytrec_eval, ir_measures.judged, ir_measures.msmarco]
)


class MeasureError(ReportQaError):
    """A measure cannot be computed."""


def measure(run: Run, qrels: Qrels, names: Sequence[str] = NAMES) -> dict[str, float]:
    """Mean of each measure over the queries it is defined for, see `measure_per_query`.

    Returns:
        Measure name to mean, in the order of ``names``.
    Raises:
        MeasureError: a name stands for no measure.
    """
    return means(measure_per_query(run, qrels, names))


def means(per_query: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Mean of each measure; one that is defined for no query is left out."""
    return {name: fmean(values.values()) for name, values in per_query.items() if values}


def measure_per_query(run: Run, qrels: Qrels, names: Sequence[str] = NAMES) -> PerQuery:
    """Each measure for each judged query, 0 where the run has no hit for it.

    Ties are broken as trec_eval does, for every measure: scores are read as float32, and
    of equal ones the larger id comes first.

    Args:
        run: query to paragraph to score; queries that are not judged are ignored.
        qrels: query to paragraph to grade; 1 or more is relevant.
        names: as ir_measures spells them (``nDCG@10``, ``RR(rel=2)@10``), or
            ``AllFound@k``, ours: 1 where every relevant paragraph is among the first k,
            else 0. It has values for queries with several relevant paragraphs only, since
            with one it is Success@k; where the qrels have no such query it is empty.

    Returns:
        Measure name to query id to value, in the order of ``names`` and of ``qrels``.
    Raises:
        MeasureError: a name stands for no measure.
    """
    published = {name: _parse(name) for name in names if not _ALL_FOUND.fullmatch(name)}
    ranked = {query_id: _in_order(run[query_id]) for query_id in qrels if run.get(query_id)}
    values: dict[ir_measures.Measure, dict[str, float]] = {
        measure: {} for measure in published.values()
    }
    if published:
        for metric in _PROVIDER.iter_calc(list(values), qrels, ranked):
            values[metric.measure][metric.query_id] = float(metric.value)
    return {
        name: {query_id: values[published[name]].get(query_id, 0.0) for query_id in qrels}
        if name in published
        else _all_found(ranked, qrels, int(name.partition("@")[2]))
        for name in names
    }


def _parse(name: str) -> ir_measures.Measure:
    """The measure of a name, which is checked here since trec_eval crashes on odd cutoffs."""
    try:
        measure = ir_measures.parse_measure(name)
        is_computed = _PROVIDER.supports(measure)  # type: ignore[no-untyped-call]
    except (ArithmeticError, AssertionError, AttributeError, NameError, TypeError, ValueError):
        is_computed = False
    if not is_computed or not all(_is_count(measure.params.get(p, 1)) for p in ("cutoff", "rel")):
        raise MeasureError(
            f"no measure {name!r}: name one as ir_measures does, such as {', '.join(NAMES)}, "
            "or AllFound@5"
        )
    return measure


def _is_count(parameter: object) -> bool:
    return isinstance(parameter, int) and not isinstance(parameter, bool) and 0 < parameter < 2**31


def _in_order(scores: Mapping[str, float]) -> dict[str, float]:
    """The paragraphs as trec_eval ranks them, with scores that no reader can take for ties."""
    with np.errstate(over="ignore"):
        as_read = np.array(list(scores.values()), np.float32).tolist()
    ranking = sorted(zip(as_read, scores, strict=True), reverse=True)
    return {number: float(-rank) for rank, (_, number) in enumerate(ranking, start=1)}


def _all_found(ranked: Run, qrels: Qrels, k: int) -> dict[str, float]:
    relevant = {
        query_id: {number for number, grade in grades.items() if grade >= 1}
        for query_id, grades in qrels.items()
    }
    return {
        query_id: float(numbers <= set(list(ranked.get(query_id, ()))[:k]))
        for query_id, numbers in relevant.items()
        if len(numbers) > 1
    }
