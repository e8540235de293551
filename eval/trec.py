"""TREC topics: ``<top>`` blocks, or an id, a tab and a text a line."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from eval.lines import CollectionError, Line, read_lines, read_text

_NAMES = ("topics.tsv", "topics.txt", "topics.xml")
_REMEDY = "add it, or queries.jsonl"
_TOP = re.compile(r"<top>(.*?)</top>", re.DOTALL | re.IGNORECASE)
_FIELD = re.compile(r"<(num|title|desc|narr)>([^<]*)", re.IGNORECASE)
_LABEL = re.compile(r"\A\s*(?:Number|Topic|Description|Narrative)\s*:", re.IGNORECASE)
_LONG_NAMES = {"desc": "description", "narr": "narrative"}


class Topic(NamedTuple):
    """A query as TREC words it; its metadata are its description and narrative."""

    line: Line
    query_id: str
    text: str
    metadata: dict[str, str]


def find_topics(folder: Path) -> Path | None:
    """The folder's file of topics, where it has one."""
    named = [folder / name for name in _NAMES] + sorted(folder.glob("*.topics"))
    return next((path for path in named if path.is_file()), None)


def read_topics(path: Path) -> list[Topic]:
    """The topics of a file; the title is the query.

    Raises:
        CollectionError: a topic lacks its id or text, or an id is there twice.
    """
    topics: dict[str, Topic] = {}
    for topic in _from_lines(path) if path.suffix == ".tsv" else _from_blocks(path):
        first = topics.setdefault(topic.query_id, topic)
        if first is not topic:
            raise CollectionError(
                f"{path} has two queries {topic.query_id!r}: rename one "
                f"(lines {first.line.number} and {topic.line.number})"
            )
    return list(topics.values())


def _from_lines(path: Path) -> Iterator[Topic]:
    for line in read_lines(path, _REMEDY):
        query_id, _, text = (part.strip() for part in line.text.partition("\t"))
        if not query_id or not text:
            raise CollectionError(
                f"{line.place}: expected query id, tab and text, found {line.text!r}: mend it"
            )
        yield Topic(line, query_id, text, {})


def _from_blocks(path: Path) -> Iterator[Topic]:
    whole = read_text(path, _REMEDY)
    blocks = list(_TOP.finditer(whole))
    if not blocks:
        raise CollectionError(
            f"{path} has no <top>…</top>: write topics so, or as topics.tsv with id, tab and text"
        )
    for block in blocks:
        number = whole.count("\n", 0, block.start()) + 1
        yield _topic(Line(path, number, block.group(1)))


def _topic(line: Line) -> Topic:
    fields = {
        field.group(1).lower(): " ".join(_LABEL.sub("", field.group(2)).split())
        for field in _FIELD.finditer(line.text)
    }
    for name in ("num", "title"):
        if not fields.get(name):
            raise CollectionError(f"{line.place}: the topic has no <{name}>: add it")
    metadata = {long: fields[name] for name, long in _LONG_NAMES.items() if fields.get(name)}
    return Topic(line, fields["num"], fields["title"], metadata)
