"""Qrels, what is relevant to each query: BEIR's three columns and TREC's four."""

import re
from collections.abc import Container
from pathlib import Path
from typing import NamedTuple

from eval.lines import CollectionError, Line, read_lines

Qrels = dict[str, dict[str, int]]  # query -> paragraph -> relevance, 1 or more is relevant

HEADER = "query-id\tcorpus-id\tscore"

_GRADE = re.compile(r"[+-]?[0-9]+")
_REMEDY = "name a file of judgements"


class Judgement(NamedTuple):
    """A line of qrels.

    Attributes:
        line: where it stands.
        query_id: the query.
        number: the paragraph.
        grade: 1 or more is relevant; 0 or less is not.
    """

    line: Line
    query_id: str
    number: str
    grade: int


def find_qrels(folder: Path) -> list[Path]:
    """The files of qrels in a folder: BEIR's ``qrels/*.tsv``, then TREC's, each by name."""
    beir = sorted((folder / "qrels").glob("*.tsv"))
    trec = [folder / "qrels.txt"] if (folder / "qrels.txt").is_file() else []
    return [*beir, *trec, *sorted(folder.glob("*.qrels"))]


def choose_qrels(folder: Path, name: str | None) -> Path:
    """The file of qrels of this name; without one ``test``, or the only one.

    Args:
        folder: of the collection.
        name: with or without its ending, ``dev`` or ``dev.tsv``.
    Raises:
        CollectionError: no file, or more than one, fits.
    """
    found = find_qrels(folder)
    if not found:
        raise CollectionError(
            f"{folder / 'qrels'} holds 0 *.tsv, expected test.tsv: add it, or qrels.txt in TREC's "
            "four columns"
        )
    wanted = name or "test"
    fitting = [path for path in found if wanted in (path.stem, path.name)]
    if len(fitting) == 1:
        return fitting[0]
    if name is None and len(found) == 1:
        return found[0]
    names = ", ".join(path.name for path in fitting or found)
    asked = "several qrels" if name is None or fitting else f"no qrels {name!r}"
    raise CollectionError(f"{folder} has {asked}: choose {names} with --qrels")


def read_judgements(path: Path, query_ids: Container[str]) -> list[Judgement]:
    """The judgements of a file, in its order: tabs in ``*.tsv``, else TREC's columns.

    Args:
        path: the file.
        query_ids: those that there are; a first line without one may be a header.
    Raises:
        CollectionError: the file is missing, or a line is broken.
    """
    is_beir = path.suffix == ".tsv"
    lines = read_lines(path, _REMEDY)
    if is_beir and lines and _is_header(lines[0], query_ids):
        lines = lines[1:]
    return [_beir(line) if is_beir else _trec(line) for line in lines]


def _is_header(line: Line, query_ids: Container[str]) -> bool:
    fields = line.text.split("\t")
    return (
        len(fields) == 3 and not _GRADE.fullmatch(fields[2].strip()) and fields[0] not in query_ids
    )


def _beir(line: Line) -> Judgement:
    fields = [field.strip() for field in line.text.split("\t")]
    if len(fields) != 3 or not all(fields) or not _GRADE.fullmatch(fields[2]):
        raise CollectionError(
            f"{line.place}: expected query id, paragraph id and grade between tabs, "
            f"found {line.text!r}: mend it"
        )
    return Judgement(line, fields[0], fields[1], int(fields[2]))


def _trec(line: Line) -> Judgement:
    fields = line.text.split()
    if len(fields) != 4 or not _GRADE.fullmatch(fields[3]):
        raise CollectionError(
            f"{line.place}: expected query id, 0, paragraph id and grade, "
            f"found {line.text!r}: mend it"
        )
    return Judgement(line, fields[0], fields[2], int(fields[3]))


def read_qrels(
    path: Path,
    query_ids: Container[str],
    numbers: Container[str] | None = None,
    *,
    queries_name: str = "queries.jsonl",
) -> Qrels:
    """Read the qrels of a collection.

    Args:
        path: the file.
        query_ids: those of the collection.
        numbers: ids of its paragraphs, where it brings its own.
        queries_name: the file that the query ids come from.
    Raises:
        CollectionError: a line is broken, names an id that is not there, or takes back
            another.
    """
    qrels: Qrels = {}
    for line, query_id, number, grade in read_judgements(path, query_ids):
        if query_id not in query_ids:
            raise CollectionError(
                f"{line.place} judges {query_id!r}, not in {queries_name}: add it"
            )
        if numbers is not None and number not in numbers:
            raise CollectionError(
                f"{line.place} judges paragraph {number!r} for {query_id}, not in corpus.jsonl: "
                "add it or remove the line"
            )
        before = qrels.setdefault(query_id, {}).setdefault(number, grade)
        if before != grade:
            raise CollectionError(
                f"{line.place} gives paragraph {number!r} grade {grade} for {query_id}, an earlier "
                f"line {before}: remove one"
            )
    return qrels


def qrels_text(qrels: Qrels) -> str:
    """Qrels as BEIR's file has them."""
    lines = [
        f"{query_id}\t{number}\t{grade}"
        for query_id, judged in qrels.items()
        for number, grade in judged.items()
    ]
    return "\n".join([HEADER, *lines]) + "\n"
