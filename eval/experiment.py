"""A comparison of systems on a collection: everything that is measured, as one object.

What comes out is what JSON holds; the tables, the page and the gate read nothing else.
"""

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from eval.abstention import measure_abstention
from eval.answers import AnswerQuality, judge_answerable, judge_unanswerable, measure_answers
from eval.collection import Collection, check_judged
from eval.conversations import measure_conversations
from eval.cost import measure_index, time_system
from eval.measures import PerQuery, measure_per_query
from eval.runs import Run, check_run, read_run
from eval.significance import bootstrap_mean, compare
from eval.slices import slice_means
from eval.systems import WITHOUT_ENCODER, System, run_systems
from index import numbering
from index.library import Library, Progress
from index.report import Report
from qa.confidence import shipped_confidence
from qa.search import RANKING

SEED = 42
PRODUCT = "late"  # the system whose answers people see
_SHOWN = 10  # paragraphs of a ranking that are kept to be looked at
_PACKAGES = ("report-qa", "numpy", "faiss-cpu", "openvino", "ir-measures", "scipy")

Experiment = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """Where an encoder's systems look: a library, and the report of it that is asked."""

    library: Library
    report: Report


@dataclass(frozen=True, slots=True)
class Plan:
    """What to compare, and how.

    Attributes:
        collection: the questions.
        systems: the rankings.
        against: name of the system that the others are compared with.
        measures: names that ir_measures knows; the first decides.
        setting: of an encoder by its name; ``""`` is the product's.
        command: what a person typed.
        seed: of the resampling.
        progress: told how many rankings are done.
    """

    collection: Collection
    systems: Sequence[System]
    against: str
    measures: Sequence[str]
    setting: Callable[[str], Setting]
    command: str
    seed: int = SEED
    progress: Progress | None = None


def run_experiment(plan: Plan) -> tuple[Experiment, dict[str, Run]]:
    """Rank, measure and compare.

    Raises:
        CollectionError: the collection does not fit the report, or a run not the collection.
        SignificanceError: there is nothing to compare with.
    """
    collection, product = plan.collection, plan.setting("")
    check_judged(collection, product.report)
    runs = _rank_all(plan)
    per_query = {
        name: measure_per_query(run, collection.qrels, plan.measures) for name, run in runs.items()
    }
    experiment: Experiment = {
        "schema": 1,
        "command": plan.command,
        "seed": plan.seed,
        "baseline": plan.against,
        "collection": _describe(collection, product.report),
        "provenance": _provenance(product.library),
        "measures": [
            name for name in plan.measures if all(of[name] for of in per_query.values())
        ],  # AllFound@k is of questions with several relevant paragraphs: there may be none
        "systems": {
            system.name: _system(system, plan, runs[system.name], per_query[system.name])
            for system in plan.systems
        },
        "index_cost": asdict(measure_index(product.library, product.report)),
        "queries": {
            query_id: {
                "text": text,
                "relevant": collection.qrels[query_id],
                "metadata": collection.metadata.get(query_id, {}),
            }
            for query_id, text in collection.queries.items()
        },
    }
    _add_comparisons(experiment, plan, per_query)
    if PRODUCT in runs:
        experiment |= _product_measures(plan, product)
    experiment["paragraphs"] = _paragraphs(experiment, product.report)
    return experiment, runs


def _rank_all(plan: Plan) -> dict[str, Run]:
    """Every system's run, in the order of the plan; queries are encoded once an encoder."""
    runs: dict[str, Run] = {}
    for encoder_name in dict.fromkeys(system.encoder_name for system in plan.systems):
        setting = plan.setting(encoder_name)
        systems = [s for s in plan.systems if s.encoder_name == encoder_name and s.rank]
        queries = plan.collection.queries
        runs |= run_systems(
            setting.library, setting.report, queries, systems, progress=plan.progress
        )
    for system in plan.systems:
        if system.run_path:
            _, runs[system.name] = read_run(system.run_path)
            check_run(runs[system.name], plan.collection, plan.setting("").report)
    return {system.name: runs[system.name] for system in plan.systems}


def _system(system: System, plan: Plan, run: Run, per_query: PerQuery) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": system.description,
        "measures": {
            name: bootstrap_mean(list(values.values()), seed=plan.seed)._asdict()
            for name, values in per_query.items()
            if values
        },
        "per_query": per_query,
        "slices": {
            name: _slices(values, plan.collection.metadata) for name, values in per_query.items()
        },
        "top": {query_id: list(scores.items())[:_SHOWN] for query_id, scores in run.items()},
    }
    if system.rank:
        setting = plan.setting(system.encoder_name)
        texts = list(plan.collection.queries.values())
        cost = time_system(
            setting.library,
            setting.report,
            texts,
            system.rank,
            encodes=system.name not in WITHOUT_ENCODER,
        )
        found["cost"] = asdict(cost)
    return found


def _slices(
    values: Mapping[str, float], metadata: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, dict[str, float]]]:
    return {
        field: {value: {"n": n, "mean": mean} for value, (n, mean) in of_field.items()}
        for field, of_field in slice_means(values, metadata).items()
    }


def _add_comparisons(experiment: Experiment, plan: Plan, per_query: Mapping[str, PerQuery]) -> None:
    """Compare every system with the one they are held against, measure by measure."""
    if len(per_query) < 2:
        return
    for measure in plan.measures:
        values = {name: measured[measure] for name, measured in per_query.items()}
        if not all(values.values()):
            continue
        compared = compare(values, plan.against, measure=measure, seed=plan.seed)
        for name, comparison in compared.items():
            comparisons = experiment["systems"][name].setdefault("comparison", {})
            comparisons[measure] = asdict(comparison)


def _product_measures(plan: Plan, product: Setting) -> dict[str, Any]:
    """What answers promise, beyond their ranking."""
    collection = plan.collection
    quality = measure_answers(
        product.library, product.report, collection.queries, collection.qrels, collection.metadata
    )
    measured: dict[str, Any] = {"answers": _answers(quality, plan.seed)}
    if collection.unanswerable:
        confidence = shipped_confidence()
        judged = judge_answerable(quality) + judge_unanswerable(
            product.library, product.report, collection.unanswerable
        )
        measured["abstention"] = measure_abstention(
            judged,
            not_found_below=confidence.not_found_below,
            weak_below=confidence.weak_below,
            seed=plan.seed,
        ).as_json()
    if collection.conversations:
        measured["conversations"] = measure_conversations(
            product.library, product.report, collection.conversations
        ).as_json()
    return measured


def _answers(quality: AnswerQuality, seed: int) -> dict[str, Any]:
    """The answers' measures with their intervals."""
    scores = quality.per_query.values()
    held = [float(s.quote_holds_answer) for s in scores if s.quote_holds_answer is not None]
    answers: dict[str, Any] = {
        "citation_precision": _interval([s.citation_precision for s in scores], seed),
        "citation_recall": _interval([s.citation_recall for s in scores], seed),
        "cited_per_answer": quality.n_cited,
        "notes": list(quality.notes()),
        "per_query": {query_id: asdict(score) for query_id, score in quality.per_query.items()},
    }
    if held:
        answers["quote_accuracy"] = {**_interval(held, seed), "n": len(held)}
        answers["quote_token_f1"] = quality.quote_token_f1
    return answers


def _interval(values: Sequence[float], seed: int) -> dict[str, float]:
    return bootstrap_mean(values, seed=seed)._asdict()


def _describe(collection: Collection, report: Report) -> dict[str, Any]:
    return {
        "name": collection.name,
        "report": report.report_id,
        "queries": len(collection.queries),
        "judgements": sum(map(len, collection.qrels.values())),
        "paragraphs": len(report.paragraphs),
        "content_sha256": collection.content_hash,
    }


def _provenance(library: Library) -> dict[str, Any]:
    return {
        **{package: version(package) for package in _PACKAGES},
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "encoder": library.encoder.name,
        "encoder_sha256": library.encoder.fingerprint,
        "ranking": RANKING,
        "numbering": numbering.VERSION,
    }


def _paragraphs(experiment: Experiment, report: Report) -> dict[str, dict[str, str]]:
    """The paragraphs that a ranking or a judgement names."""
    named = {
        number
        for system in experiment["systems"].values()
        for ranking in system["top"].values()
        for number, _ in ranking
    }
    named.update(number for query in experiment["queries"].values() for number in query["relevant"])
    return {
        paragraph.number: {
            "label": paragraph.label,
            "section": " › ".join(paragraph.section),
            "text": paragraph.text,
        }
        for paragraph in report.paragraphs
        if paragraph.number in named
    }
