"""Measures of a run against qrels, by their published names."""

import ir_measures

from eval.collection import Qrels
from eval.runs import Run

NAMES = ("nDCG@10", "RR@10", "Success@1", "Success@3", "Success@5", "R@10")


def measure(run: Run, qrels: Qrels) -> dict[str, float]:
    """Mean of each measure over the judged queries.

    A judged query that the run does not answer counts 0.

    Returns:
        Measure name to mean, in [0, 1], in the order of `NAMES`.
    """
    measures = [ir_measures.parse_measure(name) for name in NAMES]
    totals = dict.fromkeys(measures, 0.0)
    for value in ir_measures.iter_calc(measures, qrels, run):
        totals[value.measure] += value.value
    return {name: totals[m] / len(qrels) for name, m in zip(NAMES, measures, strict=True)}
