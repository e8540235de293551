"""A library that grows to 1,000 reports: what adding costs, and what a question then costs.

The reports are perturbed copies of the bundled one, see `eval.copies`. They go in as files of
a person do: read, numbered, split, written, indexed. Only their vectors are looked up. One
process adds, with pauses in which another one asks.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from eval.collection import load_collection
from eval.copies import PARAGRAPHS, Copier, LookUpEncoder, file_name, success_at_1
from index.library import BUNDLED_REPORT, Library
from index.models import load_encoder
from qa.answer import answer_question

_MILESTONES = (10, 100, 1_000)  # reports
_ONE_MORE = b"1. Storks nest on chimneys."

_ADDING = f"{'reports':>8} {'added a s':>10} {'peak MB':>8} {'bytes a par.':>13}"
_ASKING = f"{'p50 ms':>7} {'p95 ms':>7} {'after one more':>15} {'peak MB':>8} {'Success@1':>10}"


class _Added(NamedTuple):
    """What adding the reports since the last milestone took."""

    reports_a_second: float
    peak_mb: float
    bytes_a_paragraph: float


class _Asked(NamedTuple):
    """What a process that asks saw."""

    p50_ms: float
    p95_ms: float
    after_one_more_ms: float  # the first question after another report came
    peak_mb: float
    success_at_1: float  # a copy of a right paragraph is right


def main() -> None:
    """Print a table of the library's growth; with arguments, be one of its processes."""
    if len(sys.argv) == 3:
        role, home = sys.argv[1], Path(sys.argv[2])
        {"add": _add, "ask": _ask}[role](home)
    else:
        with tempfile.TemporaryDirectory() as folder:
            grow(Path(folder))


def grow(home: Path) -> None:
    """Add reports to an empty library, and ask it at milestones."""
    _say(f"\nA library that grows: reports of {PARAGRAPHS} paragraphs, perturbed copies of the")
    _say("bundled one, their vectors looked up instead of encoded")
    _say(f"{_ADDING} {_ASKING}")
    adding = subprocess.Popen(
        [sys.executable, "-m", "eval.growth", "add", str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert adding.stdin is not None
    assert adding.stdout is not None
    with adding:
        for n_reports in _MILESTONES:
            added = _Added(*json.loads(adding.stdout.readline()))
            asking = [sys.executable, "-m", "eval.growth", "ask", str(home)]
            output = subprocess.run(asking, capture_output=True, text=True, check=True).stdout
            _print_row(n_reports, added, _Asked(*json.loads(output)))
            adding.stdin.write("go on\n")
            adding.stdin.flush()


def _print_row(n_reports: int, added: _Added, asked: _Asked) -> None:
    _say(
        f"{n_reports:8,} {added.reports_a_second:10.1f} {added.peak_mb:8.0f} "
        f"{added.bytes_a_paragraph:13,.0f} {asked.p50_ms:7.1f} {asked.p95_ms:7.1f} "
        f"{asked.after_one_more_ms:15.0f} {asked.peak_mb:8.0f} {asked.success_at_1:10.3f}"
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def percentiles(ask: Callable[[str], object]) -> tuple[float, float]:
    """Milliseconds a bundled question, p50 and p95, after all were asked once to warm up."""
    questions = list(load_collection("global-compact").queries.values())
    for question in questions:
        ask(question)
    milliseconds = [_milliseconds(partial(ask, question)) for question in questions]
    p50, p95 = np.percentile(milliseconds, [50, 95]).tolist()
    return p50, p95


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def _add(home: Path) -> None:
    """Add reports; at each milestone print what it took, and wait for a line."""
    encoder = LookUpEncoder(load_encoder())
    library = Library(home, encoder)
    library.add_bundled()
    copier = Copier(library.report(BUNDLED_REPORT).paragraphs, encoder)
    done = 0
    for n_reports in _MILESTONES:
        seconds = 0.0
        for number in tqdm(range(done, n_reports), f"Adding to {n_reports:,}", leave=False):
            content, encoded = copier.copy(number)
            encoder.known = dict(encoded)
            started = time.perf_counter()
            library.add_file(content, file_name(number))
            seconds += time.perf_counter() - started
        bytes_each = library.disk_bytes() / (n_reports * PARAGRAPHS)
        added = _Added((n_reports - done) / seconds, _peak_mb(), bytes_each)
        _say(json.dumps(added))
        sys.stdin.readline()
        done = n_reports


def _ask(home: Path) -> None:
    """Ask the bundled questions; print what was seen."""
    library = Library(home, load_encoder())
    answer_question("warm up", library=library)
    p50, p95 = percentiles(lambda question: answer_question(question, library=library))
    Library(home, library.encoder).add_file(_ONE_MORE, "one-more.md")
    question = "Where do storks nest?"
    after = _milliseconds(lambda: answer_question(question, library=library))
    assert answer_question(question, library=library).hits[0].paragraph.report_id == "one-more"
    library.remove("one-more")
    _say(json.dumps(_Asked(p50, p95, after, _peak_mb(), success_at_1(library))))


if __name__ == "__main__":
    main()
