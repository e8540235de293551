"""Growing a collection: asking for grades, and adding them to the qrels.

Judgements are a file of qrels to which every grade is added as it is given; where a
paragraph was judged twice the last grade counts.
"""

import os
import textwrap
from collections.abc import Callable, Container, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.collection import Collection
from eval.lines import CollectionError, listed, unwritable, write_new
from eval.pooling import PoolRow, read_pool
from eval.qrels import HEADER, Judgement, Qrels, choose_qrels, qrels_text, read_judgements
from eval.questions import read_queries
from index.report import Report

_GRADES = ("0", "1", "2")
_PROMPT = "0, 1, 2, or s, b, q, ?: "
_WIDTH = 88  # characters of a line in the terminal
_EXPLANATION = """\
2  answers the question
1  helps, or answers in part
0  does not help
s  skip it: it is asked the next time
b  back to the one before
q  quit; every grade is kept, and the same command goes on from here"""


class Merged(NamedTuple):
    """What came of adding judgements.

    Attributes:
        n_added: judgements that are new.
        n_kept: those that contradict the collection, whose own grade stays.
        left_out: ids of queries that have no relevant paragraph yet.
    """

    n_added: int
    n_kept: int
    left_out: tuple[str, ...]


def judge(
    pool_path: Path,
    judgements_path: Path,
    ask: Callable[[str], str],
    show: Callable[[str], None],
) -> int:
    """Ask for the grade of every paragraph of a pool that has none yet.

    A grade is on the disk before the next question; the end of the input and Ctrl-C end the
    session as ``q`` does.

    Args:
        pool_path: from `write_pool`.
        judgements_path: a ``*.tsv``, made where it is missing, else continued.
        ask: shows a prompt and returns what was typed.
        show: prints a text.
    Returns:
        How many paragraphs are left to judge.
    Raises:
        CollectionError: a file is missing or broken, or cannot be written.
    """
    rows = read_pool(pool_path)
    grades = _open_judgements(judgements_path, {row.query_id for row in rows})
    show(_EXPLANATION)
    try:
        _judge_all(rows, grades, judgements_path, ask, show)
    except (EOFError, KeyboardInterrupt):
        show("")
    n_left = sum(_grade(grades, row) is None for row in rows)
    show(f"{len(rows) - n_left} of {len(rows)} judged, in {judgements_path}")
    return n_left


def _judge_all(
    rows: Sequence[PoolRow],
    grades: Qrels,
    path: Path,
    ask: Callable[[str], str],
    show: Callable[[str], None],
) -> None:
    """Until every paragraph was judged or skipped, or the person quits."""
    done = [row for row in rows if _grade(grades, row) is not None]
    waiting = [row for row in reversed(rows) if _grade(grades, row) is None]
    while waiting:
        row = waiting[-1]
        show(_card(row, _grade(grades, row), f"{len(done) + 1} of {len(rows)}"))
        command = _command(ask, show)
        if command == "q":
            return
        if command == "b" and done:
            waiting.append(done.pop())
        elif command == "b":
            show("This is the first one.")
        else:
            if command in _GRADES:
                _append(path, row, command)
                grades.setdefault(row.query_id, {})[row.number] = int(command)
            done.append(waiting.pop())


def _command(ask: Callable[[str], str], show: Callable[[str], None]) -> str:
    while (typed := ask(_PROMPT).strip().lower()) not in (*_GRADES, "s", "b", "q"):
        show(_EXPLANATION)
    return typed


def _card(row: PoolRow, grade: int | None, position: str) -> str:
    """What a judge sees: the query, then the paragraph."""
    heading = f"[{row.number}] {row.section}".rstrip()
    lines = ["", f"{position}: {row.query}", "", heading, *textwrap.wrap(row.text, _WIDTH)]
    if grade is not None:
        lines.append(f"(so far: {grade})")
    # A document's control characters must not steer the terminal.
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)


def _grade(grades: Qrels, row: PoolRow) -> int | None:
    return grades.get(row.query_id, {}).get(row.number)


def _open_judgements(path: Path, query_ids: Container[str]) -> Qrels:
    """What was judged so far; the file is there afterwards, its last line whole."""
    _check_name(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(f"{HEADER}\n", encoding="utf-8")
        elif not path.read_bytes().endswith(b"\n"):
            _write_line(path, "")
    except OSError as error:
        raise unwritable(path, error) from error
    return _latest(read_judgements(path, query_ids))


def _latest(judgements: Iterable[Judgement]) -> Qrels:
    """The last grade of each paragraph."""
    qrels: Qrels = {}
    for judgement in judgements:
        qrels.setdefault(judgement.query_id, {})[judgement.number] = judgement.grade
    return qrels


def _append(path: Path, row: PoolRow, grade: str) -> None:
    try:
        _write_line(path, f"{row.query_id}\t{row.number}\t{grade}")
    except OSError as error:
        raise unwritable(path, error) from error


def _write_line(path: Path, line: str) -> None:
    """Add a line in one write, and wait until the disk has it."""
    with path.open("ab", buffering=0) as file:
        file.write(f"{line}\n".encode())
        os.fsync(file.fileno())


def merge_judgements(
    collection: Collection, report: Report, judgements_path: Path, out: Path
) -> Merged:
    """Write new qrels: a collection's and what was judged since.

    A query none of whose paragraphs is relevant measures no ranking and stays out, unless
    the collection judges it already.

    Args:
        collection: from `load_for_judging`.
        report: its paragraphs.
        judgements_path: from `judge`, or a folder from `qa feedback export`, whose queries
            are found in the collection by their text.
        out: a new ``*.tsv``, in the collection's ``qrels`` folder to be chosen by name.
    Raises:
        CollectionError: a file is missing or broken, names a query or a paragraph that is
            not there, or ``out`` is there already.
    """
    _check_name(out)
    merged = {query_id: dict(grades) for query_id, grades in collection.qrels.items()}
    n_added = n_kept = 0
    for query_id, grades in _new_judgements(collection, report, judgements_path).items():
        known = merged.setdefault(query_id, {})
        n_added += len(grades.keys() - known.keys())
        n_kept += sum(known.get(number, grade) != grade for number, grade in grades.items())
        merged[query_id] = grades | known
    left_out = [
        query_id
        for query_id, grades in merged.items()
        if query_id not in collection.qrels and max(grades.values()) < 1
    ]
    measured = {q: merged[q] for q in collection.queries if q in merged and q not in left_out}
    write_new(out, qrels_text(measured))
    return Merged(n_added, n_kept, tuple(left_out))


def _new_judgements(collection: Collection, report: Report, path: Path) -> Qrels:
    """Grades by the collection's own ids."""
    names = {query_id: query_id for query_id in collection.queries}
    if path.is_dir():
        names = _names(collection, path)
        path = choose_qrels(path, None)
    judgements = read_judgements(path, names)
    unknown = list(dict.fromkeys(j.query_id for j in judgements if j.query_id not in names))
    if unknown:
        raise CollectionError(
            f"{path} judges queries that {collection.name} has not, {listed(unknown)}: add them "
            "to its queries.jsonl"
        )
    renamed = [
        judgement._replace(
            query_id=names[judgement.query_id],
            number=judgement.number.removeprefix(f"{report.report_id}#"),
        )
        for judgement in judgements
    ]
    known = {paragraph.number for paragraph in report.paragraphs}
    gone = list(dict.fromkeys(j.number for j in renamed if j.number not in known))
    if gone:
        raise CollectionError(
            f"{path} judges paragraphs that {report.report_id} has not, {listed(gone)}: name the "
            "report that was judged"
        )
    return _latest(renamed)


def _names(collection: Collection, folder: Path) -> dict[str, str]:
    """Another folder's query ids to the collection's, where the text is the same."""
    ours = {_key(text): query_id for query_id, text in collection.queries.items()}
    theirs = read_queries(folder / "queries.jsonl")
    return {
        query_id: ours[_key(query.text)]
        for query_id, query in theirs.items()
        if _key(query.text) in ours
    }


def _key(text: str) -> str:
    return " ".join(text.casefold().split())


def _check_name(path: Path) -> None:
    if path.suffix != ".tsv":
        raise CollectionError(f"{path} is no name for qrels: end it in .tsv")
