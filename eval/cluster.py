"""`make cluster-test`: what a person sees when a query node of a cluster is killed under load.

A cluster of nine Milvus processes (see `eval.servers`) keeps two replicas of a library on three
query nodes. One client adds reports, slowly, another asks; then the node that most of the
library is on is killed. Printed are the questions that failed and with which sentence, the
longest wait, when answers came back, and whether every row that was acknowledged is there.
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
from eval.copies import PARAGRAPHS, Copier, LookUpEncoder, file_name
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
_ASKING = f"{'':8} {'questions':>9} {'failed':>7} {'p50 s':>7} {'p95 s':>7} {'longest s':>10}"
_LOADING_PAUSE = 1.0  # seconds a report, so that the broker forgets nothing that is not read


class Asked(NamedTuple):
    """One question.

    Attributes:
        started: when it was asked, in seconds of a clock that only goes on.
        ended: when there was the answer, or the sentence.
        sentence: what was said instead of an answer; ``""`` where there was one.
    """

    started: float
    ended: float
    sentence: str

    @property
    def seconds(self) -> float:
        """How long the person waited."""
        return self.ended - self.started


def main() -> None:
    """Start a cluster, kill a query node of it, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=10, help="copies before the kill")
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
        self._copier = Copier(bundled.paragraphs, self._encoder)
        self._asker = Library(home, load_encoder(), self._url)
        self._acknowledged: list[str] = []
        self._refusals: Counter[str] = Counter()
        self._asked: list[Asked] = []
        self._is_over = threading.Event()

    def run(self) -> None:
        """Load, ask, kill, ask on, count."""
        for number in range(self._n_reports):
            self._add(number)
        self._replicate()
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
        self._print_rows()

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
        """The node that leads a replica of the paragraphs."""
        server = Server(read_address(self._url))
        (replica, *_) = server.read("describe_replica", _COLLECTION)
        return self._cluster.query_node(replica.shards[0].shard_leader)

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
        for question in cycle(load_collection("global-compact").queries.values()):
            if self._is_over.is_set():
                return
            started, sentence = time.monotonic(), ""
            try:
                answer_question(question, library=self._asker)
            except LibraryError as error:
                sentence = str(error)
            self._asked.append(Asked(started, time.monotonic(), sentence))

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

    def _print_rows(self) -> None:
        """Whether all that was acknowledged is there: counted, and read again."""
        expected = self._n_bundled + PARAGRAPHS * len(self._acknowledged)
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
        if n_changed or (firsts, windows) != (expected, tokens):
            raise ServerError("rows that were acknowledged are not there")

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
    lines = [_ASKING, _row("before", before), _row("after", after)]
    if failed:
        first, last = failed[0].started - killed, failed[-1].ended - killed
        lines.append(f"failures from {first:.1f} s to {last:.1f} s after the kill")
    for sentence, n_times in Counter(each.sentence for each in failed).most_common():
        lines.append(f"  asking, {n_times} x: {sentence}")
    return lines


def _row(name: str, asked: Sequence[Asked]) -> str:
    waits = [each.seconds for each in asked]
    p50, p95 = np.percentile(waits, [50, 95])
    n_failed = sum(bool(each.sentence) for each in asked)
    return f"{name:8} {len(asked):9} {n_failed:7} {p50:7.2f} {p95:7.2f} {max(waits):10.2f}"


def _collections() -> list[str]:
    return [_COLLECTION, f"{_COLLECTION}_blobs", f"{_COLLECTION}_reports"]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
