"""What `qa eval --system` accepts: rankings, ablations, other encoders, run files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from eval.runs import DEPTH, Run, strictly_decreasing
from index.errors import ReportQaError
from index.library import Library, Progress
from index.report import Report
from qa.search import SYSTEMS, Parts, Ranker, encode_queries, rank_late

_SHIPPED = Parts()


class UnknownSystemError(ReportQaError):
    """A name stands for no system."""


@dataclass(frozen=True, slots=True)
class System:
    """Something that ranks paragraphs.

    Attributes:
        name: as the user wrote it; a run file's without its folder, where that is clear.
        description: a line for a table's legend.
        rank: the ranking; None where a run file has it already.
        run_path: the run file; None for what ranks itself.
        encoder_name: for `index.models.load_encoder`; ``""`` is the default encoder, or none.
    """

    name: str
    description: str
    rank: Ranker | None = None
    run_path: Path | None = None
    encoder_name: str = ""


_WITHOUT = {
    "late-without-tokens": (_SHIPPED._replace(late=0.0), "without late interaction of tokens"),
    "late-without-cosine": (_SHIPPED._replace(cosine=0.0), "without paragraph cosine"),
    "late-without-bm25": (_SHIPPED._replace(bm25=0.0), "without BM25"),
    "late-without-idf": (_SHIPPED._replace(has_idf=False), "with all query tokens counting alike"),
}

ABLATION = ("late", *_WITHOUT)  # the product's ranking, and with each part switched off

_DESCRIPTIONS = {
    "late": "the product's ranking: late interaction of tokens, "
    f"{_SHIPPED.cosine:g} paragraph cosine and {_SHIPPED.bm25:g} BM25",
    "bm25": "BM25 over stemmed words",
    "dense": "cosine of query and paragraph vector",
    "rrf": "reciprocal rank fusion of dense and bm25",
    "random": "chance, the floor",
}

# The candidates of an ablation are those of `late`: what changes is their order.
REGISTRY: dict[str, System] = {
    **{name: System(name, _DESCRIPTIONS[name], rank) for name, rank in SYSTEMS.items()},
    **{
        name: System(
            name, f"late {what}, from the same candidates", partial(rank_late, parts=parts)
        )
        for name, (parts, what) in _WITHOUT.items()
    },
}

WITHOUT_ENCODER = ("bm25", "random")


def resolve(names: Sequence[str]) -> list[System]:
    """The systems of these names, each once, in this order.

    Args:
        names: of `REGISTRY`; ``RANKING:ENCODER``, a ranking with a model's name or folder;
            or the path of a run file. A ranking wins over a file of its name.
    Raises:
        UnknownSystemError: a name is none of these.
    """
    systems: dict[str, System] = {}
    for name in dict.fromkeys(names):
        system = _resolve(name)
        if system.name in systems:  # two run files of one name, in two folders
            system = replace(system, name=name)
        systems[system.name] = system
    return list(systems.values())


def _resolve(name: str) -> System:
    if name in REGISTRY:
        return REGISTRY[name]
    ranking, _, encoder_name = name.partition(":")
    if encoder_name and ranking in REGISTRY:
        return _with_encoder(name, REGISTRY[ranking], encoder_name)
    path = Path(name)
    if path.is_file():
        return System(path.name, f"the run file {name}", run_path=path)
    raise UnknownSystemError(
        f"no system {name!r}: choose from {', '.join(REGISTRY)}, or name a run file, or a ranking "
        "with an encoder, as in dense:MODEL"
    )


def _with_encoder(name: str, system: System, encoder_name: str) -> System:
    if system.name in WITHOUT_ENCODER:
        raise UnknownSystemError(
            f"no system {name!r}: {system.name} uses no encoder, name it without one"
        )
    description = f"{system.description}, encoded by {encoder_name}"
    return replace(system, name=name, description=description, encoder_name=encoder_name)


def run_systems(
    library: Library,
    report: Report,
    queries: Mapping[str, str],
    systems: Sequence[System],
    *,
    progress: Progress | None = None,
) -> dict[str, Run]:
    """Rank a report's paragraphs for every query by every system, 100 deep.

    Args:
        library: holds the report, encoded by what all the systems have as their encoder.
        report: whose paragraphs are ranked.
        queries: query id to text.
        systems: those that rank; a run file is read by `eval.runs.read_run`.
        progress: told how many rankings are done, of all systems together.

    Returns:
        System's name to its run, in the order of ``systems``; scores are strictly decreasing.
    """
    rankers = {system.name: system.rank for system in systems if system.rank}
    if not rankers:
        return {}
    index = library.index()
    keys = index.keys([report.report_id])
    numbers = dict(zip(keys, (p.number for p in report.paragraphs), strict=True))
    encoded = encode_queries(library.encoder, list(queries.values()))
    runs: dict[str, Run] = {name: {} for name in rankers}
    asked = [(name, *query) for name in rankers for query in zip(queries, encoded, strict=True)]
    for n_done, (name, query_id, query) in enumerate(asked, start=1):
        ranking = rankers[name](index, query, DEPTH, [report.report_id])
        named = [(numbers[key], score) for key, score in ranking]
        runs[name][query_id] = strictly_decreasing(named)
        if progress:
            progress(n_done, len(asked))
    return runs
