"""What a process sees that asks a large library: how long it waits, and what it finds."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from eval.collection import load_collection
from eval.copies import PARAGRAPHS, success_at_1
from eval.servers import peak_bytes
from index.errors import LibraryError
from index.library import BUNDLED_REPORT, Library
from index.models import load_encoder
from index.report import Paragraph
from qa.answer import answer_question
from qa.search import encode_queries

_CLIENTS = 8
_DEPTH = 100
_BLOCK = 50_000  # vectors that are compared at once
_PATIENCE_SECONDS = 600.0


class Asked(NamedTuple):
    """What was seen.

    Attributes:
        opening_seconds: until the first answer.
        p50_ms: of a whole answer, one client.
        p95_ms: of the same.
        p50_of_eight_ms: with eight clients at once, threads of one process.
        p95_of_eight_ms: of the same.
        answers_a_second: of the eight together.
        dense_p50_ms: of the search by vector alone.
        recall: of the best 100 by cosine, how many were found.
        success_at_1: a copy of a right paragraph is right.
        peak_mb: of the process while it answered.
    """

    opening_seconds: float
    p50_ms: float
    p95_ms: float
    p50_of_eight_ms: float
    p95_of_eight_ms: float
    answers_a_second: float
    dense_p50_ms: float
    recall: float
    success_at_1: float
    peak_mb: float


def ask_in_process(home: Path, url: str, vectors: Path) -> Asked:
    """Ask all bundled questions in a process of its own.

    Args:
        home: of the library.
        url: of the library, see `index.library.Library`.
        vectors: a file of the vectors of all copies' paragraphs, in their order.
    """
    command = [sys.executable, "-m", "eval.scale_asking", str(home), url, str(vectors)]
    output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return Asked(*json.loads(output))


def main() -> None:
    """Be that process."""
    home, url, vectors = sys.argv[1:]
    library = Library(Path(home), load_encoder(), url)
    questions = bundled_questions()
    opening = seconds_to_open(library, questions[0])
    _ask_all(library, questions)
    alone = _ask_all(library, questions)
    together, answers_a_second = _ask_together(library, questions)
    peak_mb = peak_bytes(os.getpid()) / 2**20
    dense_p50, recall = search(library, questions, np.load(vectors, mmap_mode="r"))
    p50, p95 = np.percentile(alone, [50, 95]).tolist()
    p50_of_eight, p95_of_eight = np.percentile(together, [50, 95]).tolist()
    asked = Asked(
        opening,
        p50,
        p95,
        p50_of_eight,
        p95_of_eight,
        answers_a_second,
        dense_p50,
        recall,
        success_at_1(library),
        peak_mb,
    )
    sys.stdout.write(json.dumps(asked))


def seconds_to_open(library: Library, question: str) -> float:
    """Seconds until the first answer; a server that was just loaded may refuse for a while."""
    started = time.perf_counter()
    while True:
        try:
            answer_question(question, library=library)
        except LibraryError:
            if time.perf_counter() - started > _PATIENCE_SECONDS:
                raise
            time.sleep(1)
        else:
            return time.perf_counter() - started


def bundled_questions() -> list[str]:
    """That have an answer in the bundled report."""
    return list(load_collection("global-compact").queries.values())


def _ask_all(library: Library, questions: Sequence[str]) -> list[float]:
    """Milliseconds of each answer."""
    waits = []
    for question in questions:
        started = time.perf_counter()
        answer_question(question, library=library)
        waits.append(1000 * (time.perf_counter() - started))
    return waits


def _ask_together(library: Library, questions: Sequence[str]) -> tuple[list[float], float]:
    """Milliseconds of each answer to several clients, and answers a second."""
    started = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as clients:
        shares = [list(questions[i::_CLIENTS]) * 2 for i in range(_CLIENTS)]
        waits = list(clients.map(lambda share: _ask_all(library, share), shares))
    n_answers = sum(map(len, waits))
    return [wait for each in waits for wait in each], n_answers / (time.perf_counter() - started)


def search(
    library: Library, questions: Sequence[str], vectors: npt.NDArray[np.float32]
) -> tuple[float, float]:
    """Milliseconds of a search by vector, p50, and the share of the best 100 it finds."""
    queries = encode_queries(library.encoder, questions)
    best = exact_best(np.array([query.encoding.vector for query in queries]), vectors, _DEPTH)
    index = library.index()
    waits, recalls = [], []
    for query, rows in zip(queries, best, strict=True):
        started = time.perf_counter()
        ranking = index.rank_dense(query, _DEPTH, [])
        waits.append(1000 * (time.perf_counter() - started))
        paragraphs = index.paragraphs([key for key, _ in ranking])
        found = [copied_row(each) for each in paragraphs if each.report_id != BUNDLED_REPORT]
        recalls.append(len({*found} & {*rows[: len(found)]}) / len(found))
    return float(np.median(waits)), float(np.mean(recalls))


def exact_best(
    queries: npt.NDArray[np.float32], vectors: npt.NDArray[np.float32], depth: int
) -> list[list[int]]:
    """The rows of the vectors with the largest products, best first, for each query."""
    scores = np.concatenate(
        [queries @ vectors[i : i + _BLOCK].T for i in range(0, len(vectors), _BLOCK)], axis=1
    )
    # One query at a time: the places of a million vectors take as much room as their scores.
    return [np.argsort(-each, kind="stable")[:depth].tolist() for each in scores]


def copied_row(paragraph: Paragraph) -> int:
    """The place of a copy's paragraph among those of all copies."""
    return int(paragraph.report_id.removeprefix("copy-")) * PARAGRAPHS + paragraph.order


if __name__ == "__main__":
    main()
