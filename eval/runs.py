"""Rankings of every query by a system, as TREC runs."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from eval.collection import Collection
from eval.lines import CollectionError, Line, listed, read_lines, read_text
from index.report import Report

Run = dict[str, dict[str, float]]  # query -> paragraph -> score

_RANK = re.compile(r"[0-9]+")
_REMEDY = "name a run in TREC's six columns, or *.json"

DEPTH = 100


def strictly_decreasing(ranking: Sequence[tuple[str, float]]) -> dict[str, float]:
    """A ranking's scores without ties, which trec_eval would break by id instead of by rank.

    They are float32, as trec_eval reads them.
    """
    scores: dict[str, float] = {}
    ceiling = np.float32(np.inf)
    for number, score in ranking:
        ceiling = min(np.float32(score), np.nextafter(ceiling, np.float32(-np.inf)))
        scores[number] = float(ceiling)
    return scores


def write_run(run: Run, system: str, folder: Path) -> None:
    """Write ``folder/system.run``: query, Q0, paragraph, rank, score, system.

    Characters that a file name may not hold become ``_``. `read_run` reads the same scores.

    Raises:
        CollectionError: an id has a space, which the format cannot hold.
    """
    folder.mkdir(parents=True, exist_ok=True)
    column = "_".join(system.split())
    lines = [
        f"{_column(query_id)} Q0 {_column(number)} {rank} {float(score)!r} {column}\n"
        for query_id, scores in run.items()
        for rank, (number, score) in enumerate(_by_score(scores).items(), start=1)
    ]
    name = re.sub(r"[^\w.+-]", "_", column)
    (folder / f"{name}.run").write_text("".join(lines), encoding="utf-8")


def _column(identifier: str) -> str:
    if len(identifier.split()) != 1:
        raise CollectionError(
            f"the id {identifier!r} has a space, which a TREC run cannot hold: rename it"
        )
    return identifier


def _by_score(scores: Mapping[str, float]) -> dict[str, float]:
    """Best first; ties stay in order."""
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def read_run(path: Path) -> tuple[str, Run]:
    """Read a run: TREC's six columns, or ``*.json`` of query to paragraph to score.

    Ties are left as they are: the measures break them as trec_eval does, by id.

    Returns:
        The system (column 6, or the name of a JSON file) and its run, best paragraphs first.
    Raises:
        CollectionError: the file is missing or broken, or its ranks contradict its scores.
    """
    return _read_json(path) if path.suffix == ".json" else _read_trec(path)


class _Ranked(NamedTuple):
    """A line of a TREC run."""

    line: Line
    query_id: str
    number: str
    rank: int
    score: float
    system: str


def _read_trec(path: Path) -> tuple[str, Run]:
    rows = [_ranked(line) for line in read_lines(path, _REMEDY)]
    if not rows:
        raise CollectionError(f"{path} ranks nothing: {_REMEDY}")
    system = rows[0].system
    queries: dict[str, dict[str, _Ranked]] = {}
    for row in rows:
        if row.system != system:
            raise CollectionError(
                f"{row.line.place} is by {row.system}, the lines before by {system}: "
                "put each system into a file of its own"
            )
        first = queries.setdefault(row.query_id, {}).setdefault(row.number, row)
        if first is not row:
            raise CollectionError(
                f"{row.line.place} ranks paragraph {row.number!r} for {row.query_id}, as line "
                f"{first.line.number} does: remove one"
            )
    return system, {query_id: _in_order(found.values()) for query_id, found in queries.items()}


def _ranked(line: Line) -> _Ranked:
    fields = line.text.split()
    if len(fields) != 6:
        raise CollectionError(
            f"{line.place} has {len(fields)} columns, expected 6: query id, Q0, paragraph id, "
            "rank, score and system"
        )
    query_id, _, number, rank, score, system = fields
    if not _RANK.fullmatch(rank):
        raise CollectionError(f"{line.place} has rank {rank!r}: make it a whole number")
    return _Ranked(line, query_id, number, int(rank), _number(line.place, score), system)


def _number(place: str, score: object) -> float:
    try:
        value = float(str(score))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CollectionError(f"{place} has score {score!r}: make it a number")
    return value


def _in_order(rows: Iterable[_Ranked]) -> dict[str, float]:
    """The paragraphs of a query by rank, whose scores must fall with it."""
    ranked = sorted(rows, key=lambda row: row.rank)
    for above, row in pairwise(ranked):
        if above.rank == row.rank:
            raise CollectionError(
                f"{row.line.place} has rank {row.rank} for {row.query_id}, as line "
                f"{above.line.number} does: number the paragraphs 1, 2, 3 by falling score"
            )
        if above.score < row.score:
            raise CollectionError(
                f"{row.line.place} has rank {row.rank} for {row.query_id} and score {row.score:g}, "
                f"more than {above.score:g} at rank {above.rank}: number by falling score"
            )
    return {row.number: row.score for row in ranked}


def _read_json(path: Path) -> tuple[str, Run]:
    def without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = Counter(key for key, _ in pairs)
        for key, count in keys.items():
            if count > 1:
                raise CollectionError(f"{path} has {key!r} {count} times: remove one")
        return dict(pairs)

    try:
        values = json.loads(read_text(path, _REMEDY), object_pairs_hook=without_twins)
    except json.JSONDecodeError as error:
        raise CollectionError(
            f"{path}, line {error.lineno} is not JSON ({error.msg}): mend it"
        ) from error
    if not isinstance(values, dict) or not values:
        raise CollectionError(f"{path} ranks nothing: expected query id to paragraph id to score")
    return path.stem, {query_id: _scores(path, query_id, v) for query_id, v in values.items()}


def _scores(path: Path, query_id: str, values: object) -> dict[str, float]:
    if not isinstance(values, dict):
        raise CollectionError(
            f"{path}: {query_id!r} has {values!r}, expected paragraph id to score"
        )
    place = f"{path}: {query_id!r}"
    return _by_score({number: _number(place, score) for number, score in values.items()})


def check_run(run: Run, collection: Collection, report: Report) -> None:
    """Make sure that a run was made for a collection and its paragraphs.

    Queries that the qrels leave out may be in it, and judged ones may be missing.

    Raises:
        CollectionError: it ranks for queries, or ranks paragraphs, that are not there.
    """
    asked = {question.query_id for question in collection.unanswerable}
    asked |= collection.queries.keys() | collection.unjudged.keys()
    _refuse("queries", [name for name in run if name not in asked], collection.name)
    known = {paragraph.number for paragraph in report.paragraphs}
    ranked = dict.fromkeys(number for scores in run.values() for number in scores)
    _refuse("paragraphs", [name for name in ranked if name not in known], report.report_id)


def _refuse(plural: str, unknown: Sequence[str], name: str) -> None:
    if unknown:
        raise CollectionError(
            f"the run has {len(unknown)} {plural} that {name} has not, {listed(unknown)}: "
            f"name a run over {name}"
        )
