"""Metrics in the format of Prometheus, on an address of their own.

They tell how much the page is used, and each process counts for itself: so they stand on a
port that no proxy before the page leads to, on loopback unless another address is named.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from index.errors import LibraryError, ReportQaError
from index.library import Library
from qa.serving.watch import Asked

_BUCKETS = (
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
)  # fmt: skip


class QueueState(NamedTuple):
    """Gradio's queue at one moment.

    Attributes:
        running: requests that are being answered.
        waiting: for how many seconds each of the others has waited.
    """

    running: int
    waiting: Sequence[float]


class Metrics:
    """Counts questions and times their stages; looks at queue and library when it is asked."""

    def __init__(
        self, library: Library, queue: Callable[[], QueueState], obstacle: Callable[[], str]
    ) -> None:
        """Begin at zero.

        Args:
            library: whose size is told.
            queue: the queue as it is now.
            obstacle: why no question can be answered now; ``""`` if it can.
        """
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.registry.register(_Present(library, queue, obstacle))
        self._questions = Counter(
            "report_qa_questions", "Questions by how they ended.", ["state", "door"],
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "report_qa_stage_seconds",
            "Seconds that a question spent: queue, look_up, encode, rank, cite, suggest; whole is "
            "all but the queue.",
            ["stage"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._uploads = Counter(
            "report_qa_uploads", "Files sent to the page by what became of them.", ["outcome"],
            registry=self.registry,
        )  # fmt: skip

    def __call__(self, asked: Asked) -> None:
        """Count a question."""
        self._questions.labels(asked.state, asked.door).inc()
        for stage, seconds in asked.seconds.items():
            self._seconds.labels(stage).observe(seconds)

    def count_upload(self, outcome: str) -> None:
        """Count a file: ``"added"``, ``"held_back"`` or ``"refused"``."""
        self._uploads.labels(outcome).inc()

    def serve(self, host: str, port: int) -> Callable[[], None]:
        """Answer Prometheus on an address of its own, in a thread.

        Returns:
            what stops it.
        Raises:
            LibraryError: the port is taken, or the address is not this machine's.
        """
        try:
            server, _ = start_http_server(port, host, self.registry)
        except OSError as error:
            raise LibraryError(
                f"cannot listen on {host}:{port} for metrics ({os.strerror(error.errno or 0)}): "
                "choose another --metrics"
            ) from error

        def stop() -> None:
            server.shutdown()
            server.server_close()

        return stop


class _Present(Collector):
    """What is true at the moment it is asked."""

    def __init__(
        self, library: Library, queue: Callable[[], QueueState], obstacle: Callable[[], str]
    ) -> None:
        self._library = library
        self._queue = queue
        self._obstacle = obstacle

    def collect(self) -> Iterator[Metric]:
        """The gauges; those of a library that cannot be asked are left out."""
        queue = self._queue()
        yield _gauge("report_qa_queue_running", "Requests being answered.", queue.running)
        yield _gauge("report_qa_queue_waiting", "Requests waiting.", len(queue.waiting))
        yield _gauge(
            "report_qa_queue_longest_wait_seconds",
            "Seconds that the first of those waiting has waited.",
            max(queue.waiting, default=0.0),
        )
        yield _gauge("report_qa_ready", "1 if questions can be answered.", not self._obstacle())
        try:
            reports = self._library.overviews()
        except ReportQaError:
            return
        yield _gauge("report_qa_library_reports", "Reports in the library.", len(reports))
        yield _gauge(
            "report_qa_library_paragraphs",
            "Paragraphs in the library.",
            sum(report.n_paragraphs for report in reports),
        )


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)
