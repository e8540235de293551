"""A gate: what a ranking measured once may not be lost.

The baseline is a file with every query's value, so that the comparison is paired: a measure
has fallen where the whole 95 % interval of its mean difference lies below 0.
"""

import json
from pathlib import Path
from typing import Any

from eval.lines import CollectionError
from eval.significance import compare

_NOW, _THEN = "now", "then"
_DECIMALS = 6


def write_baseline(experiment: dict[str, Any], path: Path) -> None:
    """Write what an experiment measured, a value a query.

    Raises:
        CollectionError: the file cannot be written.
    """
    baseline = {
        "command": experiment["command"],
        "collection_sha256": experiment["collection"]["content_sha256"],
        "provenance": experiment["provenance"],
        "systems": {
            name: {measure: _rounded(values) for measure, values in found["per_query"].items()}
            for name, found in experiment["systems"].items()
        },
    }
    try:
        path.write_text(json.dumps(baseline, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise CollectionError(
            f"cannot write {path} ({error.strerror}): name another file"
        ) from error


def find_falls(experiment: dict[str, Any], path: Path) -> list[str]:
    """What has fallen since the baseline, a sentence a measure; none where all holds.

    Raises:
        CollectionError: the file is not a baseline, or was made on another collection, or
            has none of the systems and measures.
    """
    baseline = _read(path)
    if baseline["collection_sha256"] != experiment["collection"]["content_sha256"]:
        raise CollectionError(
            f"{path} was made on another collection than {experiment['collection']['name']}: "
            "make it anew with --write-baseline"
        )
    compared = [
        (system, measure)
        for system, found in experiment["systems"].items()
        for measure in found["per_query"]
        if measure in baseline["systems"].get(system, {})
    ]
    if not compared:
        raise CollectionError(
            f"{path} has none of these systems and measures: make it anew with --write-baseline"
        )
    sentences = (_fall(experiment, baseline, system, measure) for system, measure in compared)
    return [sentence for sentence in sentences if sentence]


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {query_id: round(value, _DECIMALS) for query_id, value in values.items()}


def _fall(experiment: dict[str, Any], baseline: dict[str, Any], system: str, measure: str) -> str:
    values = {
        _NOW: experiment["systems"][system]["per_query"][measure],
        _THEN: baseline["systems"][system][measure],
    }
    found = compare(values, _THEN, measure=measure, seed=experiment["seed"])[_NOW]
    if found.high >= 0:
        return ""
    return (
        f"{measure} of {system} has fallen by {-found.difference:.3f} "
        f"[{-found.high:.3f}, {-found.low:.3f}]"
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        baseline: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if {"collection_sha256", "systems"} <= baseline.keys():
            return baseline
    except FileNotFoundError as error:
        raise CollectionError(f"{path} is missing: make it with --write-baseline") from error
    except (ValueError, AttributeError) as error:
        raise CollectionError(f"{path} is not a baseline ({error})") from error
    raise CollectionError(f"{path} is not a baseline: make it with --write-baseline")
