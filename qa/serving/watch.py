"""What an operator sees of the questions that people ask, without seeing into them."""

import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from index.errors import ReportQaError, UnavailableError
from qa.record import Record, keep_record

FAILED = "failed: the error stands on standard error"

Door = Literal["page", "api", "mcp"]

_REQUEST_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that has been dealt with.

    Attributes:
        request_id: of the proxy before the page where it gave one.
        door: where it came in.
        state: ``"found"``, ``"weak"``, ``"not_found"``, ``"exact"`` where a place was looked up
            and found, ``"refused"`` where a sentence said why not, ``"unavailable"`` where
            that is the library's server, ``"failed"`` where the program is at fault.
        seconds: that each stage took, and the whole; see `qa.record.stage`.
        n_citations: how many paragraphs are cited.
        reports: ids of the reports that were to be asked; none for all.
        sentence: why it was refused or what the server did not do, or that it failed.
        question: as it was sent.
    """

    request_id: str
    door: Door
    state: str
    seconds: Mapping[str, float]
    n_citations: int
    reports: tuple[str, ...]
    sentence: str
    question: str


Observer = Callable[[Asked], None]


class Watch:
    """Tells observers of each question. Without observers nothing is noted."""

    def __init__(self, observers: Sequence[Observer] = ()) -> None:
        self._observers = tuple(observers)

    @contextmanager
    def over(
        self,
        door: Door,
        headers: Mapping[str, str],
        waited: Callable[[], float | None] = lambda: None,
    ) -> Iterator[None]:
        """Tell of the question that is answered inside, if there is one.

        Args:
            door: where it came in.
            headers: of the request that asks.
            waited: how many seconds the request has waited for its turn; None if unknown.
        """
        if not self._observers:
            yield
            return
        waited_seconds, started, sentence, state = waited(), time.perf_counter(), "", ""
        with keep_record() as record:
            if waited_seconds is not None:
                record.add("queue", waited_seconds)
            try:
                yield
            except ReportQaError as error:
                state, sentence = _state_of(error), str(error)
                raise
            except BaseException:
                state, sentence = "failed", FAILED
                raise
            finally:
                record.add("whole", time.perf_counter() - started)
                self._tell(record, door, headers, state or _state(record), sentence)

    def _tell(
        self,
        record: Record,
        door: Door,
        headers: Mapping[str, str],
        state: str,
        sentence: str,
    ) -> None:
        if record.question is None:  # something else was called
            return
        asked = Asked(
            request_id=_request_id(headers),
            door=door,
            state=state,
            seconds=record.seconds,
            n_citations=len(record.answer.hits) if record.answer else 0,
            reports=record.reports,
            sentence=sentence,
            question=record.question,
        )
        for observe in self._observers:
            observe(asked)


def _state(record: Record) -> str:
    if record.answer is None:
        return ""
    return "exact" if record.answer.is_exact and record.answer.hits else record.answer.state


def _state_of(error: ReportQaError) -> str:
    """Whose part it is: an operator mends the server, and whoever asked their question."""
    return "unavailable" if isinstance(error, UnavailableError) else "refused"


def _request_id(headers: Mapping[str, str]) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
