"""The reports a person has: add, list, read, search."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import platformdirs

from index.backend import Backend, LocalBackend, open_backend
from index.covers import Overview
from index.encoder import Encoder
from index.encoding import Encoded, encode_paragraphs, maker_of
from index.encoding import Progress as Progress
from index.errors import LibraryError, ReadError, StaleError
from index.feedback import Judgement
from index.reading import read_report
from index.report import Metadata, Paragraph, Report
from index.rows import IndexedReport
from index.searching import SearchIndex
from index.versions import Maker

BUNDLED_REPORT = "global-compact-2020"

_NAMED = 10  # reports in a sentence


def library_url() -> str:
    """Where the library is, if not in its folder: QA_INDEX."""
    return os.environ.get("QA_INDEX", "")


def library_home() -> Path:
    """The folder of the library: QA_HOME, else the platform's user data folder."""
    home = os.environ.get("QA_HOME")
    return Path(home) if home else platformdirs.user_data_path("report-qa")


class Library:
    """Reports, with the encoder that makes them searchable."""

    def __init__(self, home: Path, encoder: Encoder, url: str = "") -> None:
        """Open a library, creating it if need be.

        Args:
            home: a folder of this machine: of the library, or of what a person says of a
                library elsewhere.
            encoder: of paragraphs and questions.
            url: where the library is elsewhere, see `index.milvus.address`.
        Raises:
            LibraryError: the folder, or the library elsewhere, cannot be used.
        """
        self.encoder = encoder
        self._home = home
        self._local = LocalBackend(home)
        self._backend: Backend = open_backend(url, encoder.dim) if url else self._local

    def notice(self) -> str:
        """What a person should know of the library before asking it; mostly ``""``."""
        return self._backend.notice()

    def one_state(self) -> AbstractContextManager[None]:
        """All that this thread asks inside is of one state, whatever other processes change."""
        return self._backend.one_state()

    def report_ids(self) -> list[str]:
        """Ids of the reports, in alphabetical order."""
        return self._backend.report_ids()

    def report(self, report_id: str) -> Report:
        """One report, whole.

        Raises:
            LibraryError: there is none of that id.
        """
        return self._backend.report(report_id)

    def overviews(self) -> list[Overview]:
        """What there is of each report without its paragraphs, by id in alphabetical order."""
        return self._backend.overviews()

    def metadata(self, report_id: str) -> Metadata:
        """What the cover of a report says, as corrected.

        Raises:
            StaleError: there is none of that id any more.
        """
        return self._backend.metadata(report_id)

    def paragraph(self, report_id: str, number: str) -> Paragraph:
        """One paragraph by its printed number, white space aside: ``"69"``, ``"87 (a)"``.

        Raises:
            LibraryError: the report, or the paragraph in it, is not there.
        """
        wanted = "".join(number.split())
        if found := self._backend.paragraph(report_id, wanted):
            return found
        paragraphs = self.report(report_id).paragraphs
        first, last = paragraphs[0].number, paragraphs[-1].number
        raise LibraryError(
            f"{report_id} has no paragraph {wanted!r}: it runs from {first} to {last}"
        )

    def add_file(self, content: bytes, source: str, progress: Progress | None = None) -> Report:
        """Read a file's bytes into the library; the same file again changes nothing.

        Args:
            content: the whole file.
            source: its name.
            progress: told how far encoding has come.
        Raises:
            ReadError: the file is not a readable report.
            LibraryError: the library was made with another encoder.
        """
        report = read_report(content, source)
        if not self.holds(report.report_id, content):
            self.add(report, content, progress)
        return report

    def holds(self, report_id: str, content: bytes) -> bool:
        """Whether a report was read from just this content."""
        return self._backend.holds(report_id, content)

    def is_there(self, report_id: str) -> bool:
        """Whether there is a report of this id."""
        return self._backend.is_there(report_id)

    def add(self, report: Report, content: bytes, progress: Progress | None = None) -> None:
        """Encode a report and put it in the library, replacing the one of its id.

        A paragraph that reads as it did before is not encoded again.

        Raises:
            LibraryError: the library was made with another encoder.
        """
        self.check_maker(self.maker())
        windows = encode_paragraphs(
            self.encoder,
            report.paragraphs,
            self.encoded(report.report_id),
            self._local.pending,
            progress,
        )
        self.put(IndexedReport(report, content, windows))

    def encoded(self, report_id: str) -> Encoded:
        """Paragraphs of a report that need not be encoded again where it is replaced."""
        return self._backend.encoded(report_id)

    def put(self, indexed: IndexedReport) -> None:
        """Put a report in the library that was encoded with its encoder.

        Raises:
            LibraryError: the library was made with another encoder.
        """
        maker = self.maker()
        self.check_maker(maker)
        self._backend.put(indexed, maker)
        self._local.pending.clear()

    def settle(self) -> None:
        """Make the next question quick, after the last of several reports was added."""
        self._backend.settle()

    def remove(self, report_id: str) -> None:
        """Remove a report; what people said of its paragraphs is kept.

        Raises:
            LibraryError: there is none of that id.
        """
        self._backend.remove(report_id)

    def correct(self, report_id: str, metadata: Metadata) -> None:
        """Keep the title, symbol and date that differ from what the document says.

        They outlive a new reading of the report, and a new file of its name.

        Raises:
            LibraryError: there is no report of that id.
        """
        self._backend.correct(report_id, metadata)

    def disk_bytes(self) -> int:
        """What the library and its search structures take on disk."""
        kept = [*self._home.glob("library.sqlite*"), *self._home.glob("segment-*/*")]
        return sum(path.stat().st_size for path in kept if path.is_file())

    def add_bundled(self, progress: Progress | None = None) -> None:
        """Put the bundled report into a library that never held anything."""
        if self._backend.maker() is None:
            source = f"{BUNDLED_REPORT}.md"
            self.add_file(files("index").joinpath("reports", source).read_bytes(), source, progress)

    def reindex(self, progress: Progress | None = None, recognised: Progress | None = None) -> None:
        """Read, number and encode every report again, from the files kept with them.

        One by one they wait beside the present ones until all are there. Interrupted, the
        library is as before, and the next time this goes on with the reports that are left.

        Args:
            progress: told how far it has come.
            recognised: told of each report how many scanned pages are recognised, of how many.
        Raises:
            ReadError: a report cannot be read any more.
            LibraryError: the library is not on this machine.
        """
        if self._backend is not self._local:
            raise LibraryError(
                "a library in Milvus keeps no files to read again: name a new collection in "
                "QA_INDEX, and add the reports there"
            )
        if self._local.maker() is None:
            return
        versions, maker = self._local.versions, self.maker()
        sizes = {overview.report_id: overview.n_paragraphs for overview in self.overviews()}
        versions.begin(maker)
        while not versions.take_over(maker):  # again where one was added meanwhile
            missing = versions.missing()
            done, total = 0, sum(sizes.get(report_id, 0) for report_id in missing)
            for report_id in missing:
                with suppress(StaleError):  # it was removed meanwhile
                    told = _within(progress, done, total)
                    versions.put(self._read_again(report_id, told, recognised), maker)
                done += sizes.get(report_id, 0)
            if progress and total:
                progress(total, total)
        self._local.pending.clear()
        self.settle()

    def _read_again(
        self, report_id: str, progress: Progress, recognised: Progress | None
    ) -> IndexedReport:
        source, content = self._local.file(report_id)
        try:
            report = replace(read_report(content, source, recognised), report_id=report_id)
        except ReadError as error:
            raise ReadError(
                f"{report_id}: {error}; or leave it out with `qa remove {report_id}`"
            ) from error
        windows = encode_paragraphs(
            self.encoder, report.paragraphs, (), self._local.pending, progress
        )
        return IndexedReport(report, content, windows)

    def index(self) -> SearchIndex:
        """The search structures over the present state of the library.

        Raises:
            LibraryError: the library is empty, or was made with another encoder.
        """
        with self.one_state():
            self.check_maker(self.maker())
            return self._backend.index()

    def generation(self) -> str:
        """A name for the present state of the library; every change of its reports makes one."""
        return self._backend.generation()

    def keep_judgement(self, judgement: Judgement) -> None:
        """Keep what a person said of a citation.

        Raises:
            LibraryError: the disk is full, or another program holds the library.
        """
        self._local.judgements.keep(judgement)

    def judgements(self) -> list[Judgement]:
        """All that people said of citations, oldest first."""
        return self._local.judgements.all()

    def clear_judgements(self) -> int:
        """Delete all that people said, for good; return how many judgements it was."""
        return self._local.judgements.clear()

    def check_reports(self, report_ids: Sequence[str]) -> None:
        """Make sure that reports are there.

        Raises:
            LibraryError: one of them is not.
        """
        for report_id in report_ids:
            if not self._backend.is_there(report_id):
                known = self.report_ids()
                named = ", ".join(known[:_NAMED]) + (", …" if len(known) > _NAMED else "")
                raise LibraryError(
                    f"no report {report_id!r}, expected one of {named}: `qa list` shows what "
                    "there is"
                )

    def maker(self) -> Maker:
        """What this makes libraries with."""
        return maker_of(self.encoder)

    def check_maker(self, given: Maker) -> None:
        """Make sure that what was made so fits what the library holds.

        Raises:
            LibraryError: the library was made with something else.
        """
        self._backend.check_maker(given)


def _within(progress: Progress | None, done: int, total: int) -> Progress:
    """Progress of one report as progress of all, short of the end."""

    def report(done_here: int, _: int) -> None:
        if progress:
            progress(min(done + done_here, total - 1), total)

    return report
