"""What a library keeps its reports in: one seam, whatever stands behind it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from index.covers import Overview
from index.derived import Index, Structures
from index.report import Metadata, Paragraph, Report
from index.rows import IndexedReport, Window
from index.searching import SearchIndex
from index.store import Store
from index.versions import Maker

_SETTLED_EVERY = 2_000  # paragraphs that are added: no question has to wait for more


class Backend(Protocol):
    """Reports with their paragraphs and vectors, and a search over them.

    Many threads and processes may use one at the same time.
    """

    def notice(self) -> str:
        """What a person should know before using it; ``""`` where there is nothing."""

    def one_state(self) -> AbstractContextManager[None]:
        """All that this thread reads inside is of one state, where that can be had."""

    def report_ids(self) -> list[str]:
        """Ids of the reports, in alphabetical order."""

    def overviews(self) -> list[Overview]:
        """What there is of each report without its paragraphs, by id in alphabetical order."""

    def is_there(self, report_id: str) -> bool:
        """Whether there is a report of this id."""

    def holds(self, report_id: str, content: bytes) -> bool:
        """Whether a report was read from just this content."""

    def report(self, report_id: str) -> Report:
        """One report, whole; LibraryError where there is none of that id."""

    def metadata(self, report_id: str) -> Metadata:
        """What its cover says, as corrected; StaleError where there is none of that id."""

    def paragraph(self, report_id: str, number: str) -> Paragraph | None:
        """The paragraph of a number, exactly as it is kept; None where there is none."""

    def encoded(self, report_id: str) -> Sequence[tuple[Paragraph, list[Window]]]:
        """Paragraphs that need not be encoded again if they are to be written anew."""

    def correct(self, report_id: str, metadata: Metadata) -> None:
        """Keep what differs on a cover from what the document says."""

    def put(self, indexed: IndexedReport, maker: Maker) -> None:
        """Add a report, or replace the one of its id; the same file again changes nothing."""

    def remove(self, report_id: str) -> None:
        """Remove a report; LibraryError where there is none of that id."""

    def settle(self) -> None:
        """Make the next question quick after much was added."""

    def maker(self) -> Maker | None:
        """What the library was made with; None while it is empty."""

    def check_maker(self, given: Maker) -> None:
        """LibraryError where the library was made with something else than what is given."""

    def generation(self) -> str:
        """A name for the present state; every change makes a new one."""

    def index(self) -> SearchIndex:
        """The present state, to be searched; LibraryError where it is empty."""


class LocalBackend(Store):
    """SQLite, FAISS and BM25 in a folder of this machine."""

    def __init__(self, home: Path) -> None:
        """Open a library's folder, creating it if need be.

        Raises:
            LibraryError: the folder cannot be used, or another version wrote it.
        """
        super().__init__(home)
        self._structures = Structures(home, self)
        self._n_added = 0  # paragraphs since the search structures were brought up to date

    def notice(self) -> str:
        """Nothing."""
        return ""

    def overviews(self) -> list[Overview]:
        """What there is of each report without its paragraphs, by id in alphabetical order."""
        return self.covers.overviews()

    def metadata(self, report_id: str) -> Metadata:
        """What the cover of a report says, as corrected."""
        return self.covers.metadata(report_id)

    def correct(self, report_id: str, metadata: Metadata) -> None:
        """Keep the title, symbol and date that differ from what the document says."""
        self.covers.correct(report_id, metadata)

    def put(self, indexed: IndexedReport, maker: Maker) -> None:
        """Add a report, or replace the one of its id, in one transaction."""
        super().put(indexed, maker)
        self._n_added += len(indexed.report.paragraphs)
        if self._n_added >= _SETTLED_EVERY:
            self.settle()

    def settle(self) -> None:
        """Bring the search structures up to date."""
        self._n_added = 0
        if self.report_ids():
            self.index()

    def index(self) -> Index:
        """The search structures over the present state."""
        return self._structures.index()


def open_backend(url: str, dim: int) -> Backend:
    """The backend of a URL, for vectors of so many numbers.

    Raises:
        LibraryError: it cannot be used.
    """
    from index.milvus.address import read_address  # there only for who has such a server
    from index.milvus.backend import MilvusBackend
    from index.milvus.server import Server

    return MilvusBackend(Server(read_address(url)), dim)
