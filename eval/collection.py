"""Question collections: BEIR folders, TREC folders and the bundled one.

Our paragraph is BEIR's document and the passage of the literature.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from eval.corpus import CORPUS_ID as CORPUS_ID
from eval.corpus import read_corpus
from eval.lines import CollectionError as CollectionError
from eval.lines import listed
from eval.qrels import Qrels as Qrels
from eval.qrels import choose_qrels, find_qrels, read_qrels
from eval.questions import Conversation as Conversation
from eval.questions import Turn as Turn
from eval.questions import Unanswerable as Unanswerable
from eval.questions import read_conversations, read_queries, read_unanswerable
from eval.trec import find_topics
from index.report import Report

_BUNDLED = files("eval").joinpath("collections")
_MANY_WORDS = 4  # an answer of fewer words may stand anywhere


@dataclass(frozen=True, slots=True)
class Collection:
    """Queries with their relevant paragraphs.

    Attributes:
        name: of its folder.
        queries: query id to text; only those that are judged.
        qrels: what is relevant to each.
        corpus: the paragraphs, where the collection brings its own.
        corpus_hash: SHA-256 of the corpus file, ``""`` without one.
        metadata: query id to what is said of it, ``{}`` where nothing is.
        unanswerable: questions without an answer.
        conversations: questions that lean on others.
        content_hash: SHA-256 of everything that was read.
        qrels_name: of the file of qrels, without its ending.
        unjudged: query id to text, of the queries that the qrels leave out.
    """

    name: str
    queries: dict[str, str]
    qrels: Qrels
    corpus: Report | None
    corpus_hash: str
    metadata: dict[str, dict[str, Any]] = field(default_factory=dict)
    unanswerable: tuple[Unanswerable, ...] = ()
    conversations: tuple[Conversation, ...] = ()
    content_hash: str = ""
    qrels_name: str = ""
    unjudged: dict[str, str] = field(default_factory=dict)


def load_collection(name: str, qrels: str | None = None) -> Collection:
    """Load a bundled collection by name, or a folder by path.

    BEIR: ``queries.jsonl``, ``qrels/test.tsv`` and, for a collection with paragraphs of its
    own, ``corpus.jsonl``. TREC: topics (``topics.tsv``, ``topics.txt``, ``*.topics``) and
    qrels of four columns (``qrels.txt``, ``*.qrels``). ``unanswerable.jsonl`` and
    ``conversations.jsonl`` beside them are read where they are.

    Args:
        name: of a bundled collection, or a folder.
        qrels: which qrels, by name; ``test`` by default, or the only ones.
    Raises:
        CollectionError: a file is missing or broken, or names an id that is not there.
    """
    folder = find_collection(name)
    return _load(folder, choose_qrels(folder, qrels))


def load_for_judging(name: str, qrels: str | None = None) -> Collection:
    """Load a collection that is still growing, with all of its queries, judged or not.

    Args:
        name: as for `load_collection`; the collection may have no qrels yet.
        qrels: as for `load_collection`.
    Raises:
        CollectionError: as `load_collection`.
    """
    folder = find_collection(name)
    has_qrels = qrels is not None or find_qrels(folder)
    return _load(folder, choose_qrels(folder, qrels) if has_qrels else None, with_unjudged=True)


def find_collection(name: str) -> Path:
    """The folder of a collection.

    Raises:
        CollectionError: there is none of this name.
    """
    if Path(name).is_dir():
        return Path(name)
    bundled = sorted(entry.name for entry in _BUNDLED.iterdir() if entry.is_dir())
    if name in bundled:
        return Path(str(_BUNDLED.joinpath(name)))
    raise CollectionError(
        f"no collection {name!r}: name a folder with queries.jsonl and qrels/, or one of "
        f"{', '.join(bundled)}"
    )


def _load(folder: Path, qrels_path: Path | None, *, with_unjudged: bool = False) -> Collection:
    queries_path = folder / "queries.jsonl"
    if not queries_path.is_file():
        queries_path = find_topics(folder) or queries_path
    corpus_path, unanswerable_path, conversations_path = (
        folder / f"{name}.jsonl" for name in ("corpus", "unanswerable", "conversations")
    )
    queries = read_queries(queries_path)
    corpus = read_corpus(corpus_path) if corpus_path.is_file() else None
    numbers = None if corpus is None else {paragraph.number for paragraph in corpus.paragraphs}
    qrels: Qrels = {}
    if qrels_path is not None:
        qrels = read_qrels(qrels_path, queries, numbers, queries_name=queries_path.name)
    if not qrels and not with_unjudged:
        raise CollectionError(f"{qrels_path} judges no query: add lines")
    kept = queries if with_unjudged else {query_id: queries[query_id] for query_id in qrels}
    return Collection(
        name=folder.resolve().name,
        queries={query_id: query.text for query_id, query in kept.items()},
        qrels=qrels,
        corpus=corpus,
        corpus_hash="" if corpus is None else _sha256(corpus_path),
        metadata={query_id: query.metadata for query_id, query in kept.items()},
        unanswerable=read_unanswerable(unanswerable_path, queries),
        conversations=read_conversations(conversations_path, numbers),
        content_hash=_content_hash(
            folder,
            [queries_path, qrels_path, corpus_path, unanswerable_path, conversations_path],
        ),
        qrels_name="" if qrels_path is None else qrels_path.stem,
        unjudged={name: query.text for name, query in queries.items() if name not in kept},
    )


def _content_hash(folder: Path, paths: Iterable[Path | None]) -> str:
    """SHA-256 over the name and the SHA-256 of each file that is there."""
    there = [path for path in paths if path is not None and path.is_file()]
    lines = [f"{_sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in there]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_judged(collection: Collection, report: Report) -> None:
    """Make sure that the collection was made for the paragraphs that are asked.

    Raises:
        CollectionError: judged paragraphs are gone, or an answer stands elsewhere by now:
            the numbering is not the one that was judged.
    """
    texts = {paragraph.number: paragraph.text for paragraph in report.paragraphs}
    gone = [number for number in _judged_numbers(collection) if number not in texts]
    if gone:
        raise CollectionError(
            f"{collection.name} judges {_counted(gone)} not in {report.report_id}: name the report "
            "it was made for with --report, or judge anew if its numbering changed"
        )
    moved = [query_id for query_id in collection.queries if _is_moved(collection, query_id, texts)]
    if moved:
        raise CollectionError(
            f"the numbering of {report.report_id} is not the one that {collection.name} was made "
            f"for (the answer stands in another paragraph for {listed(moved)}): judge anew, or "
            "name another report with --report"
        )


def _judged_numbers(collection: Collection) -> list[str]:
    """Each once, in the order in which they are judged."""
    judged = list(collection.qrels.values())
    judged += [turn.relevant for talk in collection.conversations for turn in talk.turns]
    return list(dict.fromkeys(number for numbers in judged for number in numbers))


def _is_moved(collection: Collection, query_id: str, texts: dict[str, str]) -> bool:
    """Whether the answer that the collection quotes is in another paragraph than it says."""
    metadata = collection.metadata.get(query_id, {})
    answer, number = metadata.get("answer"), metadata.get("answer_paragraph")
    if not isinstance(answer, str) or len(answer.split()) < _MANY_WORDS or number is None:
        return False
    quote = " ".join(answer.split())
    return quote not in texts.get(str(number), "") and any(quote in t for t in texts.values())


def _counted(numbers: Sequence[str]) -> str:
    noun = "paragraph" if len(numbers) == 1 else f"{len(numbers)} paragraphs"
    return f"{noun} {listed(numbers)}"
