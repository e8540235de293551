"""What is noted of a question while it is answered: how it ended, and where the time went.

Nothing is noted unless someone keeps a record; then a stage costs some two microseconds.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from qa.answer import Answer

Answering = TypeVar("Answering", bound="Callable[..., Answer]")


@dataclass(slots=True)
class Record:
    """A question that is being answered.

    Attributes:
        question: as it was sent; None until one is asked.
        reports: ids of the reports that are to be asked; none for all.
        answer: what was found; None until then, and where it could not be answered.
        seconds: that each stage took.
    """

    question: str | None = None
    reports: tuple[str, ...] = ()
    answer: "Answer | None" = None
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, stage: str, seconds: float) -> None:
        """Add to the time of a stage, which may come more than once."""
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds


_current: ContextVar[Record | None] = ContextVar("record", default=None)


@contextmanager
def keep_record() -> Iterator[Record]:
    """Note what is asked inside."""
    record = Record()
    token = _current.set(record)
    try:
        yield record
    finally:
        _current.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Note how long this takes, as a block or as a decorator."""
    record = _current.get()
    if record is None:
        yield
        return
    started = time.perf_counter()
    try:
        yield
    finally:
        record.add(name, time.perf_counter() - started)


def recorded(ask: Answering) -> Answering:
    """Note the question that a function is asked first, the reports, and its answer."""

    @wraps(ask)
    def noting(question: str, **named: Any) -> "Answer":  # noqa: ANN401 - whatever it takes
        record = _current.get()
        if record is None:
            return ask(question, **named)
        record.question, record.reports = question, tuple(named.get("reports", ()))
        record.answer = ask(question, **named)
        return record.answer

    return cast(Answering, noting)
