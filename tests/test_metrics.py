"""Metrics after known questions, as Prometheus reads them."""

import socket
import urllib.request
from collections.abc import Mapping

import pytest

from index.errors import LibraryError, UnavailableError
from index.library import Library
from qa.answer import QuestionError, answer_question
from qa.serving.gradio_queue import queue_state, waited_seconds
from qa.serving.log import asked_json
from qa.serving.metrics import Metrics, QueueState
from qa.serving.watch import Asked, Watch


def _metrics(library: Library, *, waiting: tuple[float, ...] = (), obstacle: str = "") -> Metrics:
    return Metrics(library, lambda: QueueState(2, waiting), lambda: obstacle)


def _value(metrics: Metrics, name: str, labels: Mapping[str, str] | None = None) -> float | None:
    return metrics.registry.get_sample_value(name, dict(labels or {}))


def test_questions_are_counted_by_state_and_door(library: Library) -> None:
    metrics = _metrics(library)
    watch = Watch([metrics])
    for question in ("para 12", "footnote 28", "para 999"):
        with watch.over("page", {}):
            answer_question(question, library=library)
    with pytest.raises(QuestionError), watch.over("api", {}):
        answer_question(" ", library=library)
    counts = {
        (state, door): _value(
            metrics, "report_qa_questions_total", {"state": state, "door": door}
        )
        for state, door in (
            ("exact", "page"), ("not_found", "page"), ("refused", "api"), ("found", "page"),
        )
    }  # fmt: skip
    assert list(counts.values()) == [2.0, 1.0, 1.0, None]
    looked_up = _value(metrics, "report_qa_stage_seconds_count", {"stage": "look_up"})
    assert looked_up == 3.0


def test_a_server_that_is_down_is_not_the_question_s_fault(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics, seen = _metrics(library), list[Asked]()
    monkeypatch.setattr(library, "report_ids", _gone)
    with pytest.raises(UnavailableError), Watch([metrics, seen.append]).over("page", {}):
        answer_question("para 12", library=library)
    labels = {"state": "unavailable", "door": "page"}
    assert _value(metrics, "report_qa_questions_total", labels) == 1.0
    (line,) = (asked_json(asked, has_question=False) for asked in seen)
    assert (line["state"], line["sentence"]) == ("unavailable", _DOWN)


_DOWN = "Milvus at db:19530 has not answered in time"


def _gone() -> list[str]:
    raise UnavailableError(_DOWN)


def test_seconds_fall_into_buckets(library: Library) -> None:
    metrics = _metrics(library)
    for seconds in (0.004, 0.006, 0.3):
        metrics(Asked("r", "page", "found", {"whole": seconds}, 1, (), "", "why?"))
    buckets = {
        limit: _value(metrics, "report_qa_stage_seconds_bucket", {"stage": "whole", "le": limit})
        for limit in ("0.0025", "0.005", "0.01", "0.25", "0.5", "+Inf")
    }
    assert list(buckets.values()) == [0.0, 1.0, 2.0, 2.0, 3.0, 3.0]
    total = _value(metrics, "report_qa_stage_seconds_sum", {"stage": "whole"})
    assert total == pytest.approx(0.31)


def test_queue_library_and_uploads_are_told(library: Library) -> None:
    metrics = _metrics(library, waiting=(0.5, 3.0, 1.0))
    metrics.count_upload("added")
    assert _value(metrics, "report_qa_queue_running") == 2.0
    assert _value(metrics, "report_qa_queue_waiting") == 3.0
    assert _value(metrics, "report_qa_queue_longest_wait_seconds") == 3.0
    assert _value(metrics, "report_qa_library_reports") == 1.0
    assert _value(metrics, "report_qa_library_paragraphs") == 98.0
    assert _value(metrics, "report_qa_uploads_total", {"outcome": "added"}) == 1.0
    assert _value(metrics, "report_qa_ready") == 1.0


def test_a_library_that_cannot_be_asked_leaves_the_other_metrics(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics = _metrics(library, obstacle="not ready")
    monkeypatch.setattr(library, "overviews", _refuse)
    assert _value(metrics, "report_qa_ready") == 0.0
    assert _value(metrics, "report_qa_queue_longest_wait_seconds") == 0.0
    assert _value(metrics, "report_qa_library_reports") is None


def _refuse() -> None:
    raise LibraryError("the library is gone")


def test_prometheus_reads_them_on_a_port_of_their_own(library: Library) -> None:
    metrics, port = _metrics(library), _free_port()
    stop = metrics.serve("127.0.0.1", port)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        assert "\nreport_qa_library_paragraphs 98.0\n" in text
        assert "# TYPE report_qa_stage_seconds histogram" in text
        with pytest.raises(LibraryError, match=rf"^cannot listen on 127.0.0.1:{port} for metrics"):
            metrics.serve("127.0.0.1", port)
    finally:
        stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Event:
    def __init__(self, session: str, since: float) -> None:
        self.session_hash = session
        self.enqueue_time = since


class _SameKind:
    def __init__(self, *events: _Event) -> None:
        self.queue = list(events)


class _Queue:
    """What is looked at of Gradio's queue."""

    def __init__(self) -> None:
        self.active_jobs = [None, [_Event("ada", 90.0)], [_Event("bob", 99.0)]]
        self.event_queue_per_concurrency_id = {"1": _SameKind(_Event("cy", 94.0)), "2": _SameKind()}


class _Request:
    """A request as Gradio hands it over, which leads to the queue."""

    def __init__(self, session: str, queue: _Queue) -> None:
        self.session_hash = session
        self.request = self.app = self
        self._queue = queue

    def get_blocks(self) -> "_Request":
        return self


def test_the_queue_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.serving.gradio_queue.time.monotonic", lambda: 100.0)
    assert queue_state(_Queue()) == (2, [6.0])
    waits = [waited_seconds(_Request(session, _Queue())) for session in ("ada", "bob", "cy")]
    assert waits == [10.0, 1.0, None]
