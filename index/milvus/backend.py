"""Reports in Milvus: written whole or not at all, by many programs at once.

The server has no transactions. Rows are written under a version of the report, the row in
`reports` that names this version makes them valid, and only then the rows of earlier versions
go. Killed at any moment, a report is as it was or as it is to be; what was left behind is
never cited, and cleared away when the report is written again.
"""

import json
import threading
import uuid
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from hashlib import sha256

from index.covers import Overview, correction_of
from index.database import unknown_report
from index.encoding import Encoded
from index.errors import StaleError
from index.milvus.blobs import Blobs
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
    window_rows,
)
from index.milvus.schema import Collections
from index.milvus.search import Entry, MilvusIndex
from index.milvus.server import Row, Server, quoted
from index.milvus.statistics import Statistics
from index.report import Metadata, Paragraph, Report
from index.rows import IndexedReport, read_metadata
from index.versions import Maker

_LIBRARY = "@library"  # the id of the row that stands for the library itself
_REPORT_FIELDS = ("version", "language", "cover", "source", "correction", "n_paragraphs")
_BITS = {"int8": 8, "2bit": 2}


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
        self._index: MilvusIndex | None = None
        self._kept: tuple[str, dict[str, Row]] | None = None  # a generation, and its reports
        self._is_checked = False  # whether what it was made with was read for certain
        self._opening = threading.Lock()

    def notice(self) -> str:
        """What this server cannot do; ``""`` where nothing is missing."""
        if self._names.has_bm25:
            return ""
        return (
            f"{self._server.address} is version {self._server.version}, which does not rank words "
            "(that needs 2.5): candidates are found by their vectors alone"
        )

    def report_ids(self) -> list[str]:
        """Ids of the reports, in alphabetical order."""
        return list(self._rows())

    def is_there(self, report_id: str) -> bool:
        """Whether there is a report of this id."""
        return self._row(report_id) is not None

    def overviews(self) -> list[Overview]:
        """What there is of each report, by id in alphabetical order; see `cover_text`."""
        return [
            Overview(
                report_id,
                _corrected(read_metadata(row["cover"]), row),
                row["language"],
                row["source"],
                row["n_paragraphs"],
            )
            for report_id, row in self._rows().items()
        ]

    def holds(self, report_id: str, content: bytes) -> bool:
        """Whether a report was read from just this content."""
        row = self._row(report_id)
        return row is not None and row["version"].startswith(_content_name(content))

    def report(self, report_id: str) -> Report:
        """One report, whole.

        Raises:
            LibraryError: there is none of that id.
        """
        row = self._known_row(report_id)
        metadata, headings, oddities = self._frame(report_id, row["version"])
        keys = [
            paragraph_key(report_id, row["version"], order) for order in range(row["n_paragraphs"])
        ]
        return Report(
            report_id,
            _corrected(metadata, row),
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
        row = self._row(report_id)
        if row is None:
            raise StaleError("the library has changed since it was searched: ask again")
        metadata, _, _ = self._frame(report_id, row["version"])
        return _corrected(metadata, row)

    def correct(self, report_id: str, metadata: Metadata) -> None:
        """Keep the title, symbol and date that differ from what the document says.

        Raises:
            LibraryError: there is none of that id.
        """
        row = self._known_row(report_id)
        read, _, _ = self._frame(report_id, row["version"])
        correction = json.dumps(correction_of(read, metadata), ensure_ascii=False)
        self._write_row({**row, "correction": correction})
        if maker := self.maker():
            self._renew(maker)

    def paragraph(self, report_id: str, number: str) -> Paragraph | None:
        """The paragraph of a number, exactly as it is kept; None where there is none."""
        row = self._row(report_id)
        if row is None:
            return None
        found = self._server.read(
            "query",
            self._names.windows,
            filter=f"report == {quoted(report_id)} and number == {quoted(number)} "
            f"and version == {quoted(row['version'])} and window == 0",
            output_fields=list(PARAGRAPH_FIELDS),
            consistency_level=self._server.consistency,
        )
        return read_paragraph(found[0]) if found else None

    def encoded(self, report_id: str) -> Encoded:
        """The paragraphs of a report with their windows; none where those are kept in two bits."""
        if self._server.address.tokens == "2bit" or not self.is_there(report_id):
            return []
        return self.index().encoded(report_id)

    def generation(self) -> str:
        """A name for the present state of the library; every change makes a new one."""
        row = self._row(_LIBRARY)
        return row["version"] if row else ""

    def maker(self) -> Maker | None:
        """What the library was made with; None while it is empty."""
        row = self._row(_LIBRARY)
        return Maker.from_json(row["source"]) if row else None

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
        version = _content_name(indexed.content) + _name(maker.to_json())
        before = self._row(report.report_id)
        if before and before["version"] == version:
            return
        self._server.insert(
            self._names.windows, window_rows(indexed, version, self._names.has_bm25)
        )
        self._server.insert(self._names.blobs, self._blobs_of(indexed, version))
        self._write_row(
            {
                "id": report.report_id,
                "version": version,
                "language": report.language,
                "cover": cover_text(report.metadata),
                "source": report.source,
                "correction": before["correction"] if before else "",
                "n_paragraphs": len(report.paragraphs),
            }
        )
        self._renew(maker)
        self._sweep(report.report_id, version)

    def _check_maker_once(self, maker: Maker) -> None:
        """Look at what is certainly the newest before the first report, which takes 200 ms."""
        if not self._is_checked:
            if row := self._row(_LIBRARY, "Strong"):
                self._check(Maker.from_json(row["source"]), maker)
            self._is_checked = True

    def _blobs_of(self, indexed: IndexedReport, version: str) -> RowMakers:
        report, tokens = indexed.report, self._server.address.tokens
        name = f"{report.report_id}@{version}"
        counted = Statistics.of(report.paragraphs, indexed.windows)
        rows = blob_rows(f"frame/{name}", report.report_id, version, frame_text(report))
        rows |= blob_rows(f"counts/{name}", report.report_id, version, counted.to_text())
        return rows | token_rows(indexed, version, _BITS[tokens])

    def remove(self, report_id: str) -> None:
        """Remove a report with everything that belongs to it.

        Raises:
            LibraryError: there is none of that id.
        """
        maker = self.maker()
        if maker is None or self._row(report_id) is None:
            raise unknown_report(report_id)
        self._server.delete(self._names.reports, [report_id])
        self._renew(maker)
        self._sweep(report_id, "")

    def settle(self) -> None:
        """Let the server build its index over what was added, so that searches find all of it."""
        for name in (self._names.windows, self._names.blobs, self._names.reports):
            self._server.write("flush", name)

    def index(self) -> MilvusIndex:
        """The library's present state, to be searched."""
        generation = self.generation()
        with self._opening:
            if self._index is None or self._index.generation != generation:
                entries = self._entries()
                self._index = MilvusIndex(
                    generation,
                    self._server,
                    self._names,
                    self._blobs,
                    entries,
                    self._statistics(entries),
                    self.generation,
                )
            return self._index

    def _statistics(self, entries: dict[str, Entry]) -> Statistics:
        return self._blobs.statistics(
            {
                f"{report_id}@{entry.version}": entry.n_paragraphs
                for report_id, entry in entries.items()
            }
        )

    def _entries(self) -> dict[str, Entry]:
        return {
            report_id: Entry(row["version"], row["language"], row["n_paragraphs"])
            for report_id, row in self._rows().items()
        }

    def _rows(self) -> dict[str, Row]:
        """The reports of the present state, by id in alphabetical order."""
        generation = self.generation()
        if self._kept is None or self._kept[0] != generation:
            rows = self._server.all_rows(self._names.reports, _REPORT_FIELDS)
            by_id = {row["id"]: row for row in sorted(rows, key=lambda row: row["id"])}
            by_id.pop(_LIBRARY, None)
            self._kept = generation, by_id
        return self._kept[1]

    def _row(self, row_id: str, consistency: str = "") -> Row | None:
        rows = self._server.rows(self._names.reports, [row_id], _REPORT_FIELDS, consistency)
        return rows.get(row_id)

    def _known_row(self, report_id: str) -> Row:
        row = self._row(report_id)
        if row is None:
            raise unknown_report(report_id)
        return row

    def _write_row(self, row: Row) -> None:
        self._server.write("upsert", self._names.reports, [{**row, "placeholder": [0.0, 1.0]}])

    def _renew(self, maker: Maker) -> None:
        self._write_row(
            {
                "id": _LIBRARY,
                "version": uuid.uuid4().hex,
                "language": "",
                "cover": "",
                "source": maker.to_json(),
                "correction": "",
                "n_paragraphs": 0,
            }
        )

    def _frame(self, report_id: str, version: str) -> Frame:
        return read_frame(self._blobs.text(f"frame/{report_id}@{version}"))

    def _sweep(self, report_id: str, version: str) -> None:
        """Delete the rows of a report's other versions."""
        condition = f"report == {quoted(report_id)} and version != {quoted(version)}"
        for collection in (self._names.windows, self._names.blobs):
            self._server.delete(collection, self._server.ids(collection, condition))


def _corrected(metadata: Metadata, row: Row) -> Metadata:
    return replace(metadata, **json.loads(row["correction"])) if row["correction"] else metadata


def _content_name(content: bytes) -> str:
    return _name(content) + "-"


def _name(content: bytes | str) -> str:
    data = content.encode() if isinstance(content, str) else content
    return sha256(data).hexdigest()[:20]
