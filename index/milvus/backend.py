"""Reports in Milvus: written whole or not at all, by many programs at once.

The server has no transactions. Each writing of a report is a version of its own; the row that
names this version makes it valid, in one request with a new generation of the library, and only
then the rows of the version before go. Killed at any moment, a report is as it was or as it is
to be; of two who write it at once the last one counts. What was left behind is never cited, and
cleared away when the report is written again after an hour.
"""

import threading
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from index.covers import Overview, correction_of
from index.database import unknown_report
from index.encoding import Encoded
from index.errors import StaleError
from index.milvus.blobs import Blobs
from index.milvus.reports import (
    ReportRows,
    corrected,
    correction_row,
    is_abandoned,
    is_made_of,
    new_version,
    read_cover,
    removed_rows,
    report_row,
)
from index.milvus.rows import (
    PARAGRAPH_FIELDS,
    Frame,
    RowMakers,
    blob_rows,
    cover_text,
    frame_text,
    paragraph_key,
    read_frame,
    read_paragraph,
    read_paragraphs,
    token_rows,
    window_id,
    window_rows,
)
from index.milvus.schema import Collections
from index.milvus.search import Entry, MilvusIndex
from index.milvus.server import GoneError, Row, Server, quoted
from index.milvus.statistics import Statistics
from index.milvus.whole import Seen, read_whole
from index.patience import unhurried
from index.report import Metadata, Paragraph, Report
from index.rows import IndexedReport
from index.versions import Maker


class MilvusBackend:
    """The reports of a library on a server. Safe to use from several threads and processes."""

    def __init__(self, server: Server, dim: int) -> None:
        """Open a library on a server, creating its collections if need be.

        Raises:
            MilvusError: the server does not answer.
        """
        self._server = server
        self._names = Collections(server, dim)
        self._blobs = Blobs(server, self._names.blobs)
        self._reports = ReportRows(server, self._names.reports)
        self._seen = Seen(dim)
        self._index: MilvusIndex | None = None
        self._is_checked = False  # whether what it was made with was read for certain
        self._opening = threading.Lock()

    def notice(self) -> str:
        """What this server cannot do; ``""`` where nothing is missing."""
        obstacle = self._names.obstacle()
        return f"{obstacle}: candidates are found by their vectors alone" if obstacle else ""

    def report_ids(self) -> list[str]:
        """Ids of the reports, in alphabetical order."""
        return list(self._reports.state().reports)

    def is_there(self, report_id: str) -> bool:
        """Whether there is a report of this id."""
        return self._reports.row(report_id) is not None

    def overviews(self) -> list[Overview]:
        """What there is of each report, by id in alphabetical order; see `cover_text`."""
        return [
            Overview(
                report_id, read_cover(row), row["language"], row["source"], row["n_paragraphs"]
            )
            for report_id, row in self._reports.state().reports.items()
        ]

    def holds(self, report_id: str, content: bytes) -> bool:
        """Whether a report was read from just this content."""
        row = self._reports.row(report_id)
        return row is not None and is_made_of(row["version"], content)

    def report(self, report_id: str) -> Report:
        """One report, whole.

        Raises:
            LibraryError: there is none of that id.
        """
        return read_whole(partial(self._report, report_id), self._server)

    def _report(self, report_id: str) -> Report:
        row, _ = self._known(report_id)
        metadata, headings, oddities = self._frame(report_id, row["version"])
        keys = [
            paragraph_key(report_id, row["version"], order) for order in range(row["n_paragraphs"])
        ]
        return Report(
            report_id,
            corrected(metadata, row),
            row["language"],
            row["source"],
            headings,
            tuple(read_paragraphs(self._server, self._names.windows, keys)),
            oddities,
        )

    def metadata(self, report_id: str) -> Metadata:
        """What the cover of a report says, as corrected.

        Raises:
            StaleError: there is none of that id any more.
        """
        return read_whole(partial(self._metadata, report_id), self._server)

    def _metadata(self, report_id: str) -> Metadata:
        row = self._reports.row(report_id)
        if row is None:
            raise StaleError("the library has changed since it was searched: ask again")
        metadata, _, _ = self._frame(report_id, row["version"])
        return corrected(metadata, row)

    def correct(self, report_id: str, metadata: Metadata) -> None:
        """Keep the title, symbol and date that differ from what the document says.

        Raises:
            LibraryError: there is none of that id.
        """
        row, maker = self._known(report_id)
        read, _, _ = self._frame(report_id, row["version"])
        self._reports.write([correction_row(report_id, correction_of(read, metadata))], maker)

    def paragraph(self, report_id: str, number: str) -> Paragraph | None:
        """The paragraph of a number, exactly as it is kept; None where there is none."""
        return read_whole(partial(self._paragraph, report_id, number), self._server)

    def _paragraph(self, report_id: str, number: str) -> Paragraph | None:
        row = self._reports.row(report_id)
        if row is None:
            return None
        version = row["version"]
        # The first is asked for too: where it is not found, the report is not.
        wanted = f"(number == {quoted(number)} or position == 0) and window == 0"
        found = self._server.read(
            "query",
            self._names.windows,
            filter=f"report == {quoted(report_id)} and version == {quoted(version)} and {wanted}",
            output_fields=list(PARAGRAPH_FIELDS),
            consistency_level=self._server.consistency,
        )
        if not found:
            raise GoneError(window_id(paragraph_key(report_id, version, 0), 0))
        return next((read_paragraph(each) for each in found if each["number"] == number), None)

    def encoded(self, report_id: str) -> Encoded:
        """The paragraphs of a report with their windows; none where those are kept in two bits."""
        if self._names.bits < 8 or not self.is_there(report_id):
            return []
        try:
            return self.index().encoded(report_id)
        except StaleError:  # another program has just replaced it
            return []

    def generation(self) -> str:
        """A name for the present state of the library; every change makes a new one."""
        return self._reports.generation()

    def maker(self) -> Maker | None:
        """What the library was made with; None while it is empty."""
        return self._reports.maker()

    def check_maker(self, given: Maker) -> None:
        """Refuse vectors of another encoder, and numbers of another way of numbering.

        Raises:
            LibraryError: the library was made with something else than what is given.
        """
        if made := self.maker():
            self._check(made, given)

    def _check(self, made: Maker, given: Maker) -> None:
        address = self._server.address
        library = f"the collection {address.collection} in {address}"
        made.check(given, library, "name a new collection in QA_INDEX, and add the reports")

    def one_state(self) -> AbstractContextManager[None]:
        """Nothing to hold on to: an `index` is of one state, and says where it has gone."""
        return nullcontext()

    def put(self, indexed: IndexedReport, maker: Maker) -> None:
        """Add a report, or replace the one of its id; the same file again changes nothing.

        Raises:
            MilvusError: the server did not keep all of it; the report is as before.
        """
        self._check_maker_once(maker)
        report = indexed.report
        before = self._reports.row(report.report_id)
        if before and is_made_of(before["version"], indexed.content, maker):
            return
        version = new_version(indexed.content, maker)
        self._server.insert(
            self._names.windows, window_rows(indexed, version, self._names.has_bm25)
        )
        self._server.insert(self._names.blobs, self._blobs_of(indexed, version))
        valid = report_row(
            report.report_id,
            version=version,
            language=report.language,
            cover=cover_text(report.metadata),
            source=report.source,
            n_paragraphs=len(report.paragraphs),
        )
        self._reports.write([valid], maker)
        self._sweep(report.report_id, version, before["version"] if before else "")

    def _check_maker_once(self, maker: Maker) -> None:
        """Look at what is certainly the newest before the first report, which takes 200 ms."""
        if not self._is_checked:
            if made := self._reports.maker("Strong"):
                self._check(made, maker)
            self._is_checked = True

    def _blobs_of(self, indexed: IndexedReport, version: str) -> RowMakers:
        report = indexed.report
        name = f"{report.report_id}@{version}"
        counted = Statistics.of(report.paragraphs, indexed.windows)
        rows = blob_rows(f"frame/{name}", report.report_id, version, frame_text(report))
        rows |= blob_rows(f"counts/{name}", report.report_id, version, counted.to_text())
        return rows | token_rows(indexed, version, self._names.bits)

    def remove(self, report_id: str) -> None:
        """Remove a report with everything that belongs to it.

        Raises:
            LibraryError: there is none of that id.
        """
        row, maker = self._known(report_id)
        self._reports.write(removed_rows(row), maker)
        self._sweep(report_id, "", row["version"])

    def settle(self) -> None:
        """Let the server build its index over what was added, so that searches find all of it."""
        for name in (self._names.windows, self._names.blobs, self._names.reports):
            self._server.write("flush", name)

    def index(self) -> MilvusIndex:
        """The library's present state, to be searched."""
        with self._opening:
            generation, reports, _ = self._reports.state()
            if self._index is None or self._index.generation != generation:
                with unhurried():
                    statistics = read_whole(
                        partial(self._statistics, reports),
                        self._server,
                        lambda: self._reports.generation("Strong") == generation,
                    )
                self._index = MilvusIndex(
                    generation,
                    self._server,
                    self._names,
                    self._blobs,
                    {report_id: _entry(row) for report_id, row in reports.items()},
                    statistics,
                    self._reports.generation,
                    self._seen,
                )
            return self._index

    def _statistics(self, reports: dict[str, Row]) -> Statistics:
        return self._blobs.statistics(
            {
                f"{report_id}@{row['version']}": row["n_paragraphs"]
                for report_id, row in reports.items()
            }
        )

    def _known(self, report_id: str) -> tuple[Row, Maker]:
        row, maker = self._reports.row(report_id), self.maker()
        if row is None or maker is None:
            raise unknown_report(report_id)
        return row, maker

    def _frame(self, report_id: str, version: str) -> Frame:
        return read_frame(self._blobs.text(f"frame/{report_id}@{version}"))

    def _sweep(self, report_id: str, valid: str, before: str) -> None:
        """Delete the rows of the version before, and those that killed programs left behind.

        Another version may be one that another program is just writing.
        """
        condition = f"report == {quoted(report_id)} and version != {quoted(valid)}"
        for collection in (self._names.windows, self._names.blobs):
            rows = self._server.matching(collection, condition, ["version"])
            gone = [
                row["id"]
                for row in rows
                if row["version"] == before or is_abandoned(row["version"])
            ]
            self._server.delete(collection, gone)


def _entry(row: Row) -> Entry:
    return Entry(row["version"], row["language"], row["n_paragraphs"])
