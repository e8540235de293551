"""`qa eval`: from a collection's name to an experiment, and its files."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from eval.collection import CORPUS_ID, Collection, load_collection
from eval.experiment import Experiment, Plan, Setting, run_experiment
from eval.lines import CollectionError
from eval.measures import NAMES
from eval.page import experiment_html
from eval.plots import write_svgs
from eval.runs import Run, write_run
from eval.systems import ABLATION, resolve
from index import numbering
from index.encoder import Encoder
from index.library import BUNDLED_REPORT, Library, Progress, library_home
from index.models import load_encoder
from index.report import Report
from qa.search import SYSTEMS

_AGAINST = "rrf"  # what the usual stacks do
_OURS = ("AllFound@10",)  # beside the published measures


def evaluate(
    collection_name: str,
    *,
    open_library: Callable[[], Library],
    systems: Sequence[str] = (),
    has_ablation: bool = False,
    against: str = "",
    measures: Sequence[str] = (),
    qrels: str | None = None,
    report_id: str | None = None,
    command: str = "",
    progress: Progress | None = None,
    ranking_progress: Progress | None = None,
) -> tuple[Experiment, dict[str, Run]]:
    """Measure and compare systems on a collection.

    Args:
        collection_name: a bundled collection's name, or a folder.
        open_library: gives the library that a collection without a corpus is asked of.
        systems: as `eval.systems.resolve` takes them; the usual ones by default.
        has_ablation: whether the product's ranking is also tried without each of its parts.
        against: the system that the others are compared with; by default rrf, or the
            product's ranking where its parts are taken away.
        measures: by their published names; `eval.measures.NAMES` by default.
        qrels: name of the judgements, where there are several.
        report_id: the report that a collection without a corpus is asked of.
        command: what a person typed.
        progress: told how far encoding the collection's paragraphs has come.
        ranking_progress: told how many rankings are done.
    Raises:
        CollectionError: the collection is broken, or does not fit the report.
        LibraryError: the report is not in the library.
    """
    names = list(systems) or list(SYSTEMS)
    names += [name for name in ABLATION if has_ablation and name not in names]
    resolved = resolve(names)
    collection = load_collection(collection_name, qrels)
    plan = Plan(
        collection,
        resolved,
        _choose_baseline(against, [system.name for system in resolved], has_ablation),
        list(measures) or [*NAMES, *_OURS],
        _settings(collection, open_library, report_id, progress),
        command,
        progress=ranking_progress,
    )
    return run_experiment(plan)


def asked_report(
    collection: Collection,
    open_library: Callable[[], Library],
    report_id: str | None,
    progress: Progress | None = None,
) -> Setting:
    """The library and report that a collection's questions are asked of."""
    return _settings(collection, open_library, report_id, progress)("")


def write_outputs(experiment: Experiment, runs: dict[str, Run], folder: Path) -> list[Path]:
    """Write everything into a folder: JSON, values a query, TREC runs, plots.

    Raises:
        CollectionError: a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "experiment.json").write_text(to_json(experiment), encoding="utf-8")
        (folder / "per-query.csv").write_text(_per_query_csv(experiment), encoding="utf-8")
        for name, run in runs.items():
            write_run(run, name, folder / "runs")
        return write_svgs(experiment, folder / "plots")
    except OSError as error:
        raise CollectionError(
            f"cannot write into {folder} ({error.strerror}): name another --out"
        ) from error


def write_page(experiment: Experiment, path: Path) -> None:
    """Write the self-contained page.

    Raises:
        CollectionError: the file cannot be written.
    """
    try:
        path.write_text(experiment_html(experiment), encoding="utf-8")
    except OSError as error:
        raise CollectionError(
            f"cannot write {path} ({error.strerror}): name another --html"
        ) from error


def to_json(experiment: Experiment) -> str:
    """The experiment as text."""
    return json.dumps(experiment, ensure_ascii=False, indent=1) + "\n"


def _choose_baseline(against: str, names: Sequence[str], has_ablation: bool) -> str:
    wanted = against or (names[0] if has_ablation else _AGAINST)
    if against and against not in names:
        raise CollectionError(
            f"{against!r} is not among the systems compared: choose from {', '.join(names)}"
        )
    return wanted if wanted in names else names[0]


def _settings(
    collection: Collection,
    open_library: Callable[[], Library],
    report_id: str | None,
    progress: Progress | None,
) -> Callable[[str], Setting]:
    """Of each encoder, the library that holds what is asked."""

    @cache
    def product() -> Setting:
        if collection.corpus is None:
            library = open_library()
            return Setting(library, library.report(report_id or BUNDLED_REPORT))
        return encoded(collection.corpus, load_encoder())

    def encoded(report: Report, encoder: Encoder) -> Setting:
        library = _encoded_library(report, collection.corpus_hash, encoder, progress)
        return Setting(library, library.report(report.report_id))

    @cache
    def setting(encoder: str) -> Setting:
        return product() if not encoder else encoded(product().report, load_encoder(encoder))

    return setting


def _encoded_library(
    report: Report, corpus_hash: str, encoder: Encoder, progress: Progress | None
) -> Library:
    """A library of this report alone, encoded once for each encoder."""
    name = corpus_hash[:16] if report.report_id == CORPUS_ID else report.report_id
    key = f"{name}-{encoder.fingerprint[:16]}-{numbering.VERSION}"
    library = Library(library_home() / "collections" / key, encoder)
    content = json.dumps([paragraph.text for paragraph in report.paragraphs]).encode()
    if not library.holds(report.report_id, content):
        library.add(report, content, progress)
    return library


def _per_query_csv(experiment: Experiment) -> str:
    """A row a system and query, a column a measure."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["system", "query", *experiment["measures"]])
    for name, system in experiment["systems"].items():
        for query_id in experiment["queries"]:
            values: list[Any] = [
                system["per_query"][measure].get(query_id, "") for measure in experiment["measures"]
            ]
            rows.writerow([name, query_id, *values])
    return text.getvalue()
