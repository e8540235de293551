"""The workers on Ray, each with a model, and the files that are on their way through them."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

from index.bulk.cluster import BulkError, first_line
from index.bulk.worker import EncodedReport, Worker
from index.encoder import Encoder
from index.encoding import Encoded
from index.errors import EncoderError, ReadError
from index.versions import Maker

_BYTES = 2**30  # of files on their way: what the driver keeps of them
_WORKER_BYTES = 2**30  # that a model and the reading of a file take
_START_SECONDS = 120.0  # a model may have to be converted first
_HANDS, _GPU_HANDS = 2, 8  # files a worker: it reads some while it encodes one


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A file to be read and encoded.

    Attributes:
        file: where it is.
        content: the whole file.
        report_id: that its name gives it.
        known: paragraphs that were encoded before, of the report that it replaces.
    """

    file: Path
    content: bytes
    report_id: str
    known: Encoded


@dataclass(frozen=True, slots=True)
class Fallen:
    """What became of a job whose worker has fallen.

    Attributes:
        cause: in a few words.
    """

    cause: str


Result = EncodedReport | ReadError | Fallen


class Workers:
    """As many as there is room for on Ray; one that falls is replaced.

    A job is given to a worker that has a hand free, and to no other, so that what is on its
    way is bounded by the number of hands.
    """

    def __init__(
        self, ray: ModuleType, load: Callable[[], Encoder], maker: Maker, most: int
    ) -> None:
        """Start the workers, without waiting for them.

        Args:
            ray: connected.
            load: the encoder of a worker, called there.
            maker: what the library is made with; a worker must be the same.
            most: workers that make sense.
        """
        self._ray, self._load, self._maker = ray, load, maker
        resources = ray.cluster_resources()
        n_gpus = int(resources.get("GPU", 0))
        self._hands = _GPU_HANDS if n_gpus else _HANDS
        room = min(resources.get("CPU", 1), resources.get("memory", 0) // _WORKER_BYTES)
        needs = {"num_gpus": 1} if n_gpus else {"num_cpus": 1, "memory": _WORKER_BYTES}
        self._actor = ray.remote(
            max_concurrency=self._hands, scheduling_strategy="SPREAD", **needs
        )(Worker)
        self._workers: dict[int, Any] = {}  # by a number never used before
        self._numbers = count()
        self._starting: dict[Any, int] = {}  # what it will say first -> worker
        self._free: deque[int] = deque()  # a worker for each of its free hands
        self._jobs: dict[Any, tuple[int, Job]] = {}  # what will come of it -> worker and job
        for _ in range(max(1, min(n_gpus or int(room), most))):
            self._start()

    @property
    def is_busy(self) -> bool:
        """Whether a job is on its way."""
        return bool(self._jobs)

    def is_at(self, report_id: str) -> bool:
        """Whether a job of this report is on its way."""
        return any(job.report_id == report_id for _, job in self._jobs.values())

    def has_room(self, n_bytes: int) -> bool:
        """Whether a file of so many bytes can be given to a worker now."""
        on_way = sum(len(job.content) for _, job in self._jobs.values())
        return bool(self._free) and (not self._jobs or on_way + n_bytes <= _BYTES)

    def give(self, job: Job) -> None:
        """Give a job to a worker that has a hand free."""
        worker = self._free.popleft()
        result = self._workers[worker].read_and_encode.remote(job.content, job.file.name, job.known)
        self._jobs[result] = worker, job

    def wait(self) -> list[tuple[Job, Result]]:
        """Wait until a job is done, or a worker has started.

        Returns:
            The job and what came of it, or nothing.
        Raises:
            BulkError: no worker starts.
            EncoderError: a worker cannot load the encoder.
        """
        refs = [*self._starting, *self._jobs]
        done, _ = self._ray.wait(refs, num_returns=1, timeout=_START_SECONDS)
        if not done and not self._jobs:
            raise BulkError(
                f"no worker has started within {_START_SECONDS:.0f} seconds: the cluster needs a "
                f"free processor with {_WORKER_BYTES / 2**30:.0f} GB of memory"
            )
        if not done:
            return []  # a long report
        if done[0] in self._starting:
            self._admit(done[0])
            return []
        return [self._take(done[0])]

    def _start(self) -> None:
        number = next(self._numbers)
        self._workers[number] = self._actor.remote(self._load)
        self._starting[self._workers[number].maker.remote()] = number

    def _admit(self, said: Any) -> None:  # noqa: ANN401  # of a package that need not be there
        """Let a worker work that encodes as the library does."""
        worker = self._starting.pop(said)
        try:
            maker = self._ray.get(said)
        except self._ray.exceptions.RayError as error:
            del self._workers[worker]
            if self._workers:  # one machine of several
                return
            raise BulkError(
                f"no worker starts ({first_line(error)}): every machine of the cluster needs "
                "report-qa as it is here"
            ) from error
        if isinstance(maker, EncoderError):
            raise maker
        if maker != self._maker:
            raise BulkError(
                f"a worker encodes with {maker.encoder} ({maker.fingerprint[:8]}, numbering "
                f"{maker.numbering}), this machine with {self._maker.encoder} "
                f"({self._maker.fingerprint[:8]}, numbering {self._maker.numbering}): install the "
                "same report-qa and the same model there"
            )
        self._free.extend([worker] * self._hands)

    def _take(self, result: Any) -> tuple[Job, Result]:  # noqa: ANN401
        worker, job = self._jobs.pop(result)
        try:
            found: Result = self._ray.get(result)
        except self._ray.exceptions.RayTaskError as error:  # the worker goes on
            self._free.append(worker)
            return job, Fallen(first_line(error.cause))
        except self._ray.exceptions.RayError as error:
            self._replace(worker)
            return job, Fallen(type(error).__name__)
        self._free.append(worker)
        return job, found

    def _replace(self, worker: int) -> None:
        """Start another for a worker that has fallen, once for all of its jobs."""
        if self._workers.pop(worker, None) is not None:
            self._free = deque(number for number in self._free if number != worker)
            self._start()
