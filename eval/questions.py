"""The questions of a collection: queries, those without an answer, and conversations."""

from collections.abc import Container
from pathlib import Path
from typing import Any, NamedTuple

from eval.lines import CollectionError, Line, Row, read_rows, text_field
from eval.trec import read_topics

_NO_KIND = "unspecified"
_REMEDY = "a BEIR folder has it, a TREC folder topics.tsv or topics.txt"


class Query(NamedTuple):
    """What is asked, and what is said of it."""

    text: str
    metadata: dict[str, Any]


class Unanswerable(NamedTuple):
    """A question that the paragraphs do not answer; its kind says why."""

    query_id: str
    text: str
    kind: str


class Turn(NamedTuple):
    """A question of a conversation, with its graded paragraphs; none where not judged."""

    text: str
    relevant: dict[str, int]


class Conversation(NamedTuple):
    """Questions that lean on the ones before, in order."""

    conversation_id: str
    turns: tuple[Turn, ...]


def read_queries(path: Path) -> dict[str, Query]:
    """Read queries by id: a file of TREC topics, or ``queries.jsonl``.

    Raises:
        CollectionError: the file is missing or broken, or an id is there twice.
    """
    if path.suffix != ".jsonl":
        return {t.query_id: Query(t.text, dict(t.metadata)) for t in read_topics(path)}
    rows = read_rows(path, "queries", _REMEDY)
    return {row.row_id: Query(text_field(row.line, row.values), _metadata(row)) for row in rows}


def _metadata(row: Row) -> dict[str, Any]:
    metadata = row.values.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise CollectionError(f"{row.line.place} has metadata {metadata!r}: make it an object")
    return metadata


def read_unanswerable(path: Path, queries: Container[str]) -> tuple[Unanswerable, ...]:
    """Read the questions without an answer; none where the file is not there.

    Args:
        path: ``unanswerable.jsonl``.
        queries: ids of those that have an answer.
    Raises:
        CollectionError: the file is broken, or an id is there twice or one of ``queries``.
    """
    if not path.is_file():
        return ()
    rows = read_rows(path, "questions", _REMEDY)
    for row in rows:
        if row.row_id in queries:
            raise CollectionError(
                f"{row.line.place} has {row.row_id!r}, an id of a query that is answered: rename it"
            )
    return tuple(
        Unanswerable(
            row.row_id,
            text_field(row.line, row.values),
            str(_metadata(row).get("kind") or _NO_KIND),
        )
        for row in rows
    )


def read_conversations(path: Path, numbers: Container[str] | None) -> tuple[Conversation, ...]:
    """Read the conversations; none where the file is not there.

    Args:
        path: ``conversations.jsonl``.
        numbers: ids of the paragraphs, where the collection brings its own.
    Raises:
        CollectionError: the file is broken, or grades a paragraph that is not there.
    """
    if not path.is_file():
        return ()
    rows = read_rows(path, "conversations", _REMEDY)
    return tuple(Conversation(row.row_id, _turns(row, numbers)) for row in rows)


def _turns(row: Row, numbers: Container[str] | None) -> tuple[Turn, ...]:
    turns = row.values.get("turns")
    if not isinstance(turns, list) or not turns or not all(isinstance(t, dict) for t in turns):
        raise CollectionError(f"{row.line.place} has no 'turns': add a list of objects with a text")
    return tuple(
        Turn(text_field(row.line, turn), _relevant(row.line, turn, numbers)) for turn in turns
    )


def _relevant(line: Line, turn: dict[str, Any], numbers: Container[str] | None) -> dict[str, int]:
    relevant = turn.get("relevant") or {}
    if not isinstance(relevant, dict) or not all(type(g) is int for g in relevant.values()):
        raise CollectionError(
            f"{line.place} has relevant {relevant!r}: make it an object, paragraph id to grade"
        )
    for number in relevant:
        if numbers is not None and number not in numbers:
            raise CollectionError(
                f"{line.place} judges paragraph {number!r}, not in corpus.jsonl: add it or remove "
                "the grade"
            )
    return relevant
