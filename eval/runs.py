"""Rankings of every query by a system, as TREC runs."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.library import Library
from index.report import Report
from qa.search import SYSTEMS, encode_queries

Run = dict[str, dict[str, float]]  # query -> paragraph -> score

DEPTH = 100


def make_runs(
    library: Library, report: Report, queries: dict[str, str], systems: Sequence[str]
) -> dict[str, Run]:
    """Rank a report's paragraphs for every query by every system, 100 deep."""
    index = library.index()
    rows = np.flatnonzero(index.paragraph_reports == report.report_id)
    number = dict(zip(rows.tolist(), (p.number for p in report.paragraphs), strict=True))
    encoded = encode_queries(library.encoder, list(queries.values()))
    return {
        system: {
            query_id: _strictly_decreasing(
                [
                    (number[row], score)
                    for row, score in SYSTEMS[system](index, query, DEPTH, [report.report_id])
                ]
            )
            for query_id, query in zip(queries, encoded, strict=True)
        }
        for system in systems
    }


def _strictly_decreasing(ranking: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Scores without ties, which trec_eval would break by id instead of by rank.

    float32, as trec_eval reads them.
    """
    scores: dict[str, float] = {}
    ceiling = np.float32(np.inf)
    for number, score in ranking:
        ceiling = min(np.float32(score), np.nextafter(ceiling, np.float32(-np.inf)))
        scores[number] = float(ceiling)
    return scores


def write_run(run: Run, system: str, folder: Path) -> None:
    """Write ``folder/system.run``: query, Q0, paragraph, rank, score, system."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        f"{query_id} Q0 {number} {rank} {score:.9g} {system}\n"
        for query_id, scores in run.items()
        for rank, (number, score) in enumerate(scores.items(), start=1)
    ]
    (folder / f"{system}.run").write_text("".join(lines), encoding="utf-8")
