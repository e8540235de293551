"""Question collections in BEIR's layout.

Our paragraph is BEIR's document and the passage of the literature.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from index.errors import ReportQaError
from index.report import Metadata, Paragraph, Report

Qrels = dict[str, dict[str, int]]  # query -> paragraph -> relevance, 1 or more is relevant

_BUNDLED = files("eval").joinpath("collections")
CORPUS_ID = "corpus"  # the report that a collection's own paragraphs make


class CollectionError(ReportQaError):
    """A collection cannot be read."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Queries with their relevant paragraphs.

    Attributes:
        name: of its folder.
        queries: query id to text; only those that are judged.
        qrels: what is relevant to each.
        corpus: the paragraphs, where the collection brings its own.
        corpus_hash: SHA-256 of the corpus file, ``""`` without one.
    """

    name: str
    queries: dict[str, str]
    qrels: Qrels
    corpus: Report | None
    corpus_hash: str


def load_collection(name: str) -> Collection:
    """Load a bundled collection by name, or a folder by path.

    Expects ``queries.jsonl``, ``qrels/test.tsv`` (or the one file in ``qrels``) and, for
    a collection with paragraphs of its own, ``corpus.jsonl``.

    Raises:
        CollectionError: a file is missing or broken, or names an id that is not there.
    """
    folder = _find(name)
    queries = {row["_id"]: row["text"] for row in _rows(folder / "queries.jsonl", "_id", "text")}
    qrels_path = _qrels_path(folder)
    qrels = _read_qrels(qrels_path)
    for query_id in qrels:
        if query_id not in queries:
            raise CollectionError(f"{qrels_path} judges {query_id!r}, not in queries.jsonl: add it")
    corpus_path = folder / "corpus.jsonl"
    has_corpus = corpus_path.is_file()
    return Collection(
        folder.resolve().name,
        {query_id: queries[query_id] for query_id in qrels},
        qrels,
        _read_corpus(corpus_path) if has_corpus else None,
        hashlib.sha256(corpus_path.read_bytes()).hexdigest() if has_corpus else "",
    )


def load_unanswerable(name: str) -> list[tuple[str, str]]:
    """The questions of a collection that its paragraphs do not answer, each with its kind.

    Raises:
        CollectionError: ``unanswerable.jsonl`` is missing or broken.
    """
    rows = _rows(_find(name) / "unanswerable.jsonl", "_id", "text", "metadata")
    return [(row["text"], row["metadata"]["kind"]) for row in rows]


def check_judged(collection: Collection, report: Report) -> None:
    """Make sure that the judged paragraphs are in the report that is asked.

    Raises:
        CollectionError: one is not; the first is named.
    """
    known = {paragraph.number for paragraph in report.paragraphs}
    for query_id, judged in collection.qrels.items():
        for number in judged:
            if number not in known:
                raise CollectionError(
                    f"{collection.name} judges paragraph {number!r} for {query_id}, not in "
                    f"{report.report_id}: name the report it was made for with --report"
                )


def _find(name: str) -> Path:
    if Path(name).is_dir():
        return Path(name)
    bundled = sorted(entry.name for entry in _BUNDLED.iterdir() if entry.is_dir())
    if name in bundled:
        return Path(str(_BUNDLED.joinpath(name)))
    raise CollectionError(
        f"no collection {name!r}: name a folder with queries.jsonl and qrels/, or one of "
        f"{', '.join(bundled)}"
    )


def _qrels_path(folder: Path) -> Path:
    found = sorted((folder / "qrels").glob("*.tsv"))
    named_test = [path for path in found if path.name == "test.tsv"]
    if not named_test and len(found) != 1:
        raise CollectionError(
            f"{folder / 'qrels'} holds {len(found)} *.tsv, expected test.tsv: add it or rename one"
        )
    return (named_test or found)[0]


def _read_qrels(path: Path) -> Qrels:
    qrels: Qrels = {}
    for position, line in enumerate(_lines(path), start=1):
        fields = line.split("\t")
        is_judgement = len(fields) == 3 and fields[2].lstrip("-").isdigit()
        if position == 1 and len(fields) == 3 and not is_judgement:
            continue  # the header
        if not is_judgement:
            raise CollectionError(
                f"{path}, line {position}: expected query id, paragraph id and grade between tabs"
            )
        query_id, number, grade = fields
        qrels.setdefault(query_id, {})[number] = int(grade)
    if not qrels:
        raise CollectionError(f"{path} judges no query: add lines")
    return qrels


def _read_corpus(path: Path) -> Report:
    """The paragraphs of a collection as a report of its own.

    BEIR puts a title before its text. A title that several paragraphs share is the
    heading they stand under, and becomes their section instead.
    """
    rows = list(_rows(path, "_id", "text"))
    uses = Counter(row.get("title", "") for row in rows)
    numbers: set[str] = set()
    paragraphs = []
    for order, row in enumerate(rows):
        if row["_id"] in numbers:
            raise CollectionError(f"{path} has two paragraphs {row['_id']!r}: rename one")
        numbers.add(row["_id"])
        title = row.get("title", "")
        section = (title,) if title and uses[title] > 1 else ()
        text = row["text"] if section else f"{title} {row['text']}"
        paragraphs.append(Paragraph(CORPUS_ID, row["_id"], " ".join(text.split()), section, order))
    return Report(CORPUS_ID, Metadata(path.parent.name), "en", str(path), (), tuple(paragraphs))


def _rows(path: Path, *fields: str) -> Iterator[dict[str, Any]]:
    for position, line in enumerate(_lines(path), start=1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise CollectionError(f"{path}, line {position} is not JSON ({error.msg})") from error
        missing = [name for name in fields if not isinstance(row, dict) or not row.get(name)]
        if missing:
            raise CollectionError(f"{path}, line {position} has no {missing[0]!r}: add it")
        yield row


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise CollectionError(f"{path} is missing: a BEIR folder has it") from error
    except UnicodeDecodeError as error:
        raise CollectionError(
            f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8"
        ) from error
