"""`make cluster-test`: what a person sees when a query node of a cluster is killed under load.

A cluster of nine Milvus processes (see `eval.servers`) keeps two replicas of a library on three
query nodes. One client adds short reports, slowly, another asks, by turns the bundled report and
the whole library; then the node that leads most of it is killed. Printed are the questions that
failed and with which sentence, the longest wait, when answers came back, how often another
paragraph of the bundled report came first than before, and whether every row that was
acknowledged is there.
"""

import argparse
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import numpy as np

from eval.collection import load_collection
from eval.copies import Copier, LookUpEncoder, file_name
from eval.servers import CLUSTER, Milvus, ServerError, count_rows
from index.errors import LibraryError
from index.library import BUNDLED_REPORT, Library
from index.milvus.address import read_address
from index.milvus.server import Server
from index.models import load_encoder
from index.reading import read_report
from qa.answer import answer_question

_COLLECTION = "cluster_test"
_REPLICAS = 2
_CALM_SECONDS = 20.0  # of questions before the kill
_AFTER_SECONDS = 60.0  # of questions after it: a silent process is given up after 30
_CALM_AFTER_SECONDS = 15.0  # without a failure, then it is over
_RECOVERY_SECONDS = 120.0  # at most
_COLUMNS = ("questions", "failed", "other", "p50 s", "p95 s", "longest s")
# Whoever takes over reads from the last checkpoint on, up to a minute before the kill, and half a
# minute passes until then. The broker keeps 5 MB a topic: so many reports of 0.12 MB.
_PARAGRAPHS = 10  # a report
_LOADING_PAUSE = 2.5  # seconds a report


class Asked(NamedTuple):
    """One question.

    Attributes:
        started: when it was asked, in seconds of a clock that only goes on.
        ended: when there was the answer, or the sentence.
        sentence: what was said instead of an answer; ``""`` where there was one.
        is_other: whether another paragraph came first than before the kill.
    """

    started: float
    ended: float
    sentence: str
    is_other: bool = False

    @property
    def seconds(self) -> float:
        """How long the person waited."""
        return self.ended - self.started


def main() -> None:
    """Start a cluster, kill a query node of it, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=60, help="before questions are asked")
    parser.add_argument("--session-seconds", type=int, default=30, help="Milvus' session.ttl")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that servers are stopped
    with tempfile.TemporaryDirectory() as folder:
        cluster = Milvus(Path(folder, "milvus"), CLUSTER, session_seconds=arguments.session_seconds)
        try:
            cluster.start()
            _Trial(cluster, Path(folder, "home"), arguments.reports).run()
        finally:
            cluster.stop()


class _Trial:
    """One kill, and what was seen of it."""

    def __init__(self, cluster: Milvus, home: Path, n_reports: int) -> None:
        self._cluster, self._home, self._n_reports = cluster, home, n_reports
        self._url = f"milvus://{cluster.address}/{_COLLECTION}?tokens=2bit"
        self._encoder = LookUpEncoder(load_encoder())
        self._library = Library(home, self._encoder, self._url)
        self._library.add_bundled()
        bundled = self._library.report(BUNDLED_REPORT)
        self._n_bundled = len(bundled.paragraphs)
        self._copier = Copier(bundled.paragraphs, self._encoder, _PARAGRAPHS)
        self._asker = Library(home, load_encoder(), self._url)
        self._acknowledged: list[str] = []
        self._refusals: Counter[str] = Counter()
        self._questions = list(load_collection("global-compact").queries.values())
        self._firsts: dict[str, str] = {}
        self._asked: list[Asked] = []
        self._is_over = threading.Event()

    def run(self) -> None:
        """Load, ask, kill, ask on, count."""
        for number in range(self._n_reports):
            self._add(number)
        self._replicate()
        self._firsts = {each: self._first(each, [BUNDLED_REPORT]) for each in self._questions}
        threads = [threading.Thread(target=work) for work in (self._load, self._ask)]
        for thread in threads:
            thread.start()
        try:
            time.sleep(_CALM_SECONDS)
            node = self._busiest_node()
            n_before = len(self._acknowledged)
            killed = time.monotonic()
            self._cluster.kill(node)
            while time.monotonic() - killed < _RECOVERY_SECONDS and not self._is_calm(killed):
                time.sleep(0.5)
        finally:  # else the threads would ask and add for ever
            self._is_over.set()
            for thread in threads:
                thread.join()
        self._print(node, killed, n_before)
        self._check_rows()

    def _add(self, number: int) -> None:
        content, encoded = self._copier.copy(number)
        self._encoder.known = dict(encoded)
        self._acknowledged.append(self._library.add_file(content, file_name(number)).report_id)

    def _replicate(self) -> None:
        """Have the cluster keep every row on two query nodes."""
        server = Server(read_address(self._url))
        for name in _collections():
            server.write("flush", name)
            server.write("release_collection", name)
            server.write("load_collection", name, replica_number=_REPLICAS)

    def _busiest_node(self) -> str:
        """The node that leads most replicas: who reads or writes goes through it."""
        server = Server(read_address(self._url))
        replicas = [
            each for name in _collections() for each in server.read("describe_replica", name)
        ]
        leaders = Counter(replica.shards[0].shard_leader for replica in replicas)
        ((number, _),) = leaders.most_common(1)
        return self._cluster.query_node(number)

    def _load(self) -> None:
        """Add reports, each until it is acknowledged."""
        number = self._n_reports
        while not self._is_over.wait(_LOADING_PAUSE):
            try:
                self._add(number)
                number += 1
            except LibraryError as error:
                self._refusals[str(error)] += 1

    def _ask(self) -> None:
        """Ask the bundled questions in turn, without a pause."""
        for number, question in enumerate(cycle(self._questions)):
            if self._is_over.is_set():
                return
            reports = [BUNDLED_REPORT] if number % 2 else []
            started, sentence, is_other = time.monotonic(), "", False
            try:
                first = self._first(question, reports)
                is_other = bool(reports) and first != self._firsts[question]
            except LibraryError as error:
                sentence = str(error)
            self._asked.append(Asked(started, time.monotonic(), sentence, is_other))

    def _first(self, question: str, reports: Sequence[str]) -> str:
        """The number of the paragraph that is cited first; ``""`` if none is."""
        answer = answer_question(question, library=self._asker, reports=reports)
        return answer.hits[0].paragraph.number if answer.hits else ""

    def _is_calm(self, killed: float) -> bool:
        """Whether it has been long enough, and without a failure at the end."""
        if time.monotonic() - killed < _AFTER_SECONDS:
            return False
        failures = [asked.ended for asked in self._asked if asked.sentence]
        return time.monotonic() - max([killed, *failures]) > _CALM_AFTER_SECONDS

    def _print(self, node: str, killed: float, n_before: int) -> None:
        _say(f"\n{node} was killed, of {', '.join(sorted({*self._cluster.processes, node}))}")
        _say(f"reports acknowledged: {n_before} before, {len(self._acknowledged) - n_before} after")
        for line in describe(self._asked, killed):
            _say(line)
        for sentence, n_times in self._refusals.most_common():
            _say(f"  adding, {n_times} x: {sentence}")

    def _check_rows(self) -> None:
        """See that all that was acknowledged is there; if not, whether it is there on disk."""
        if self._is_whole():
            return
        _say(f"times that the broker did not keep what was wanted: {self._cluster.n_forgotten()}")
        _say("loaded anew from disk:")
        self._replicate()
        fate = "found until they were loaded anew" if self._is_whole() else "kept"
        raise ServerError(f"rows that were acknowledged were not {fate}")

    def _is_whole(self) -> bool:
        """Count the rows, and read every report again."""
        expected = self._n_bundled + _PARAGRAPHS * len(self._acknowledged)
        server = Server(read_address(self._url))
        windows = count_rows(server, "window >= 0")
        firsts = count_rows(server, "window == 0")
        tokens = count_rows(server, 'id like "tokens/%"', f"{_COLLECTION}_blobs")
        _say(f"paragraphs: {expected:,} acknowledged, {firsts:,} counted")
        _say(f"windows: {windows:,} counted, {tokens:,} parts of their token vectors")
        library = Library(self._home, self._encoder, self._url)
        n_changed = sum(
            not self._reads_as_added(library, i) for i in range(len(self._acknowledged))
        )
        _say(f"reports that do not read as they were added: {n_changed}")
        return not n_changed and (firsts, windows) == (expected, tokens)

    def _reads_as_added(self, library: Library, number: int) -> bool:
        content, _ = self._copier.copy(number)
        try:
            return library.report(self._acknowledged[number]) == read_report(
                content, file_name(number)
            )
        except LibraryError:
            return False


def describe(asked: Sequence[Asked], killed: float) -> list[str]:
    """A table of the questions before and after the kill, and what the failed ones were told."""
    before = [each for each in asked if each.ended < killed]
    after = list(asked[len(before) :])
    failed = [each for each in after if each.sentence]
    lines = [_line("", _COLUMNS), _row("before", before), _row("after", after)]
    if failed:
        first, last = failed[0].started - killed, failed[-1].ended - killed
        lines.append(f"failures from {first:.1f} s to {last:.1f} s after the kill")
    for sentence, n_times in Counter(each.sentence for each in failed).most_common():
        lines.append(f"  asking, {n_times} x: {sentence}")
    return lines


def _row(name: str, asked: Sequence[Asked]) -> str:
    waits = [each.seconds for each in asked]
    n_failed = sum(bool(each.sentence) for each in asked)
    n_other = sum(each.is_other for each in asked)
    seconds = [*np.percentile(waits, [50, 95]), max(waits)]
    return _line(name, [len(asked), n_failed, n_other, *(f"{each:.2f}" for each in seconds)])


def _line(name: str, cells: Sequence[object]) -> str:
    return f"{name:8} " + " ".join(f"{cell:>9}" for cell in cells)


def _collections() -> list[str]:
    return [_COLLECTION, f"{_COLLECTION}_blobs", f"{_COLLECTION}_reports"]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
