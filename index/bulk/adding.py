"""A stream of files into a library, read and encoded on Ray."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.bulk.worker import EncodedReport
from index.bulk.workers import Job, Workers
from index.errors import LibraryError, ReadError, ReportQaError
from index.library import Library
from index.reading import report_id_of
from index.report import Report
from index.rows import IndexedReport
from index.sandbox import read_file

_REFUSALS = 5  # in a row: then it is the library, and not a report

Change = Literal["added", "replaced", "unchanged"]


@dataclass(frozen=True, slots=True)
class Added:
    """A file whose report is in the library now.

    Attributes:
        file: the file.
        change: what that did.
        report: as it was read; None where nothing changed, and the file was not read again.
    """

    file: Path
    change: Change
    report: Report | None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that cannot be added.

    Attributes:
        file: the file.
        error: why.
    """

    file: Path
    error: ReportQaError


Outcome = Added | Skipped


class BulkAdding:
    """Adds files one by one as they come back, each in one transaction.

    Killed at any moment, the library holds the reports that came back; run again, it takes
    their files as read, and goes on with the others.
    """

    def __init__(self, library: Library, workers: Workers) -> None:
        self._library = library
        self._workers = workers
        self._files: dict[str, Path] = {}  # of the reports that are in the library now
        self._fallen: list[Job] = []  # their worker fell: tried once more, each alone
        self._is_last_try = False
        self._n_refused = 0

    def add(self, files: Sequence[Path]) -> Iterator[Outcome]:
        """Add files; what became of each, in the order in which they come back.

        Raises:
            BulkError: the workers cannot work.
            EncoderError: they have no such encoder.
            LibraryError: the library takes nothing.
        """
        for file in files:
            try:
                yield from self._add(file)
            except ReadError as error:
                yield Skipped(file, error)
            except LibraryError as error:
                yield self._refused(file, error)
        yield from self._rest()
        self._is_last_try = True
        for job in self._fallen:
            yield from self._give(job)
            yield from self._rest()

    def _add(self, file: Path) -> Iterator[Outcome]:
        content = read_file(file)
        report_id = report_id_of(file.name)
        while self._workers.is_at(report_id):  # only if that fails is this one read
            yield from self._next()
        if report_id in self._files:
            raise ReadError(
                f"by its name it is {report_id!r}, as {self._files[report_id]} is: "
                "rename one of the two"
            )
        if self._library.holds(report_id, content):
            self._files[report_id] = file
            yield Added(file, "unchanged", None)
        else:
            yield from self._give(Job(file, content, report_id, self._library.encoded(report_id)))

    def _give(self, job: Job) -> Iterator[Outcome]:
        while not self._workers.has_room(len(job.content)):
            yield from self._next()
        self._workers.give(job)

    def _rest(self) -> Iterator[Outcome]:
        while self._workers.is_busy:
            yield from self._next()

    def _next(self) -> Iterator[Outcome]:
        for job, result in self._workers.wait():
            if isinstance(result, EncodedReport):
                yield self._put(job, result)
            elif isinstance(result, ReadError):
                yield Skipped(job.file, result)
            elif self._is_last_try:
                cause = f"its worker fell twice ({result.cause}): split it"
                yield Skipped(job.file, ReadError(cause))
            else:
                self._fallen.append(job)

    def _put(self, job: Job, found: EncodedReport) -> Outcome:
        try:
            is_there = self._library.is_there(job.report_id)
            self._library.put(IndexedReport(found.report, job.content, found.windows))
        except LibraryError as error:
            return self._refused(job.file, error)
        self._n_refused = 0
        self._files[job.report_id] = job.file
        return Added(job.file, "replaced" if is_there else "added", found.report)

    def _refused(self, file: Path, error: LibraryError) -> Skipped:
        """A file that the library did not take; time and again, it takes nothing."""
        self._n_refused += 1
        if self._n_refused >= _REFUSALS:
            raise error
        return Skipped(file, error)
