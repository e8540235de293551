"""`make load`: twenty people asking the page together, beside one person alone.

Prints how long an answer takes each, and how many answers were not right. The people are in
`eval/people.py`.
"""

import csv
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from eval.collection import load_collection
from index.library import Library
from index.models import load_encoder
from qa.answer import answer_question
from qa.conversation import leans_on_earlier

_PEOPLE = 20
_RUN_SECONDS = 60
_START_SECONDS = 120.0


class _Times(NamedTuple):
    """Of the answers of one run, milliseconds."""

    median: float
    p95: float
    n_answers: int
    n_wrong: int


def main() -> None:
    """Measure both on this machine, one after the other, and print them."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "library"
        environment = {
            **os.environ,
            "QA_HOME": str(home),
            "HF_HUB_OFFLINE": "1",
            "FIRST_LABELS": json.dumps(_first_labels(home)),
        }
        with _server(environment) as url:
            runs = {n: _run(n, url, Path(folder), environment) for n in (1, _PEOPLE)}
    print(f"{'people':>6}  {'answers':>8}  {'wrong':>6}  {'median ms':>10}  {'p95 ms':>8}")
    for n_people, times in runs.items():
        print(
            f"{n_people:6}  {times.n_answers:8}  {times.n_wrong:6}  {times.median:10.0f}  "
            f"{times.p95:8.0f}"
        )
    ratio = runs[_PEOPLE].p95 / runs[1].median
    print(f"\np95 of {_PEOPLE} people / median of one: {ratio:.1f}")


def _first_labels(home: Path) -> dict[str, str]:
    """What each bundled question that stands alone cites first when nobody else asks."""
    library = Library(home, load_encoder())
    library.add_bundled()
    questions = load_collection("global-compact").queries.values()
    alone = [question for question in questions if not leans_on_earlier(question)]
    answers = [answer_question(question, library=library) for question in alone]
    return {answer.question: answer.hits[0].paragraph.label for answer in answers}


@contextmanager
def _server(environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "qa", "serve", "--no-open", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _run(n_people: int, url: str, folder: Path, environment: dict[str, str]) -> _Times:
    """Let so many people ask for a minute."""
    prefix = folder / f"people-{n_people}"
    command = [
        sys.executable, "-m", "locust", "--locustfile", "eval/people.py", "--headless",
        "--users", str(n_people), "--spawn-rate", str(n_people), "--host", url,
        "--run-time", f"{_RUN_SECONDS}s", "--csv", str(prefix), "--only-summary",
        "--exit-code-on-error", "0", "--loglevel", "WARNING",
    ]  # fmt: skip
    subprocess.run(command, env=environment, check=True, capture_output=True)
    with Path(f"{prefix}_stats.csv").open(encoding="utf-8") as rows:
        answer = next(row for row in csv.DictReader(rows) if row["Name"] == "answer")
    return _Times(
        float(answer["Median Response Time"]),
        float(answer["95%"]),
        int(answer["Request Count"]),
        int(answer["Failure Count"]),
    )


if __name__ == "__main__":
    main()
