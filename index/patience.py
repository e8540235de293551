"""How long who asks will wait, for whatever it is that keeps them waiting."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_end: ContextVar[float] = ContextVar("_end", default=math.inf)  # by a clock that only goes on


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """All that is done inside, in this thread, has so long together; who waits less, less."""
    with _ending(min(_end.get(), time.monotonic() + seconds)):
        yield


@contextmanager
def unhurried() -> Iterator[None]:
    """What is done inside has the time it needs, since whoever asks later needs it too."""
    with _ending(math.inf):
        yield


def seconds_left(most: float) -> float:
    """How long one step may take that by itself would be given so long; 0 if it is too late."""
    return max(0.0, min(most, _end.get() - time.monotonic()))


@contextmanager
def _ending(end: float) -> Iterator[None]:
    before = _end.set(end)
    try:
        yield
    finally:
        _end.reset(before)
