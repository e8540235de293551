"""Gradio's queue as an operator sees it. Gradio has no public way to look at it."""

import time
from typing import Any

from qa.serving.metrics import QueueState


def queue_state(queue: Any) -> QueueState:  # noqa: ANN401 - Gradio's own
    """How many requests are being answered, and how long the others have waited."""
    now = time.monotonic()
    waiting = [
        now - event.enqueue_time
        for same_kind in list(queue.event_queue_per_concurrency_id.values())
        for event in list(same_kind.queue)
    ]
    return QueueState(len(_running(queue)), waiting)


def waited_seconds(request: Any) -> float | None:  # noqa: ANN401 - likewise
    """How long a request that is being answered waited; None if it did not queue."""
    now, queue = time.monotonic(), request.request.app.get_blocks()._queue
    waits = [
        now - event.enqueue_time
        for event in _running(queue)
        if event.session_hash == request.session_hash
    ]
    return min(waits, default=None)


def _running(queue: Any) -> list[Any]:  # noqa: ANN401 - likewise
    return [event for job in list(queue.active_jobs) if job for event in job]
