"""`qa eval`: systems side by side on a question collection."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from eval.collection import (
    CORPUS_ID,
    Collection,
    CollectionError,
    check_judged,
    load_collection,
)
from eval.measures import NAMES, measure
from eval.runs import make_runs, write_run
from index import numbering
from index.encoder import Encoder
from index.library import BUNDLED_REPORT, Library, Progress, library_home
from index.models import load_encoder
from qa.search import SYSTEMS


def evaluate(
    collection_name: str,
    *,
    open_library: Callable[[], Library],
    systems: Sequence[str] = (),
    report_id: str | None = None,
    runs: Path | None = None,
    as_json: bool = False,
    progress: Progress | None = None,
) -> str:
    """Measure systems on a collection.

    Args:
        collection_name: a bundled collection's name or a BEIR folder.
        open_library: gives the library that a collection without a corpus is asked of.
        systems: names of rankings; all by default.
        report_id: the report that a collection without a corpus is asked of.
        runs: a folder to write the runs into.
        as_json: JSON instead of a table.
        progress: told how far encoding the collection's paragraphs has come.
    Raises:
        CollectionError: the collection is broken, or does not fit the report.
        LibraryError: the report is not in the library.
    """
    for system in systems:
        if system not in SYSTEMS:
            raise CollectionError(f"no system {system!r}: choose from {', '.join(SYSTEMS)}")
    collection = load_collection(collection_name)
    if collection.corpus is None:
        library = open_library()
        report = library.report(report_id or BUNDLED_REPORT)
    else:
        library = _collection_library(collection, load_encoder(), progress)
        report = library.report(CORPUS_ID)
    check_judged(collection, report)
    made = make_runs(library, report, collection.queries, list(systems) or list(SYSTEMS))
    if runs is not None:
        for system, run in made.items():
            write_run(run, system, runs)
    results = {system: measure(run, collection.qrels) for system, run in made.items()}
    render = _json if as_json else _table
    return render(collection, report.report_id, library.encoder, results)


def _collection_library(
    collection: Collection, encoder: Encoder, progress: Progress | None
) -> Library:
    """The collection's paragraphs, encoded once for each encoder."""
    assert collection.corpus is not None
    key = f"{collection.corpus_hash[:16]}-{encoder.fingerprint[:16]}-{numbering.VERSION}"
    library = Library(library_home() / "collections" / key, encoder)
    if CORPUS_ID not in library.report_ids():
        library.add(collection.corpus, b"", progress)
    return library


Results = dict[str, dict[str, float]]


def _json(collection: Collection, report_id: str, encoder: Encoder, results: Results) -> str:
    return json.dumps(
        {
            "collection": collection.name,
            "queries": len(collection.queries),
            "report": report_id,
            "encoder": encoder.name,
            "encoder_sha256": encoder.fingerprint,
            "systems": results,
        },
        indent=2,
    )


def _table(collection: Collection, report_id: str, encoder: Encoder, results: Results) -> str:
    width = max(len("system"), *map(len, results))
    lines = [
        f"{collection.name}: {len(collection.queries)} queries over {report_id}, {encoder.name}",
        "  ".join(["system".ljust(width), *(name.rjust(9) for name in NAMES)]),
    ]
    lines += [
        "  ".join([system.ljust(width), *(f"{values[name]:9.3f}" for name in NAMES)])
        for system, values in results.items()
    ]
    return "\n".join(lines)
