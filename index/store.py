"""The truth on disk: reports, paragraphs and vectors in SQLite.

Every change is one transaction: killed at any moment, the library is as before or as
after.
"""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index.covers import Covers
from index.database import Database, existing, new_name, unknown_report
from index.feedback import Judgements
from index.pending import PendingWindows
from index.report import Heading, Oddity, Paragraph, Report
from index.rows import (
    PARAGRAPH_COLUMNS,
    IndexedReport,
    SearchRows,
    Window,
    insert_report,
    read_paragraph,
    read_search_rows,
)
from index.tokens import TokenVectors
from index.versions import Maker, Versions

_BUSY_SECONDS = 30.0


class Stamp(NamedTuple):
    """A report as it is present: the same as long as nothing of it has been written anew."""

    report_id: str
    number: int  # never used before
    first_key: int  # of its paragraphs


class Store:
    """Reports and what is searched of them. Safe to use from several threads and processes.

    Attributes:
        covers: what reports say of themselves, with corrections.
        judgements: what people said.
        pending: what was encoded of reports that are not whole yet.
        versions: the reports as they will be once all are read anew.
    """

    def __init__(self, home: Path) -> None:
        """Open a library's folder, creating it if need be.

        Raises:
            LibraryError: the folder cannot be used, or another version wrote it.
        """
        self._database = Database(home, _BUSY_SECONDS)
        self.covers = Covers(self._database)
        self.judgements = Judgements(self._database)
        self.pending = PendingWindows(self._database)
        self.versions = Versions(self._database)

    @property
    def _db(self) -> sqlite3.Connection:
        return self._database.connection

    def one_state(self) -> AbstractContextManager[None]:
        """All that this thread reads inside is of one state, whatever others write meanwhile."""
        return self._database.one_state()

    def maker(self) -> Maker | None:
        """What the library was made with; None while it is empty."""
        maker = self._database.manifest().get("maker")
        return Maker.from_json(maker) if maker else None

    def check_maker(self, given: Maker) -> None:
        """Refuse vectors of another encoder, and numbers of another way of numbering.

        Raises:
            LibraryError: the library was made with something else than what is given.
        """
        if made := self.maker():
            made.check(given, f"the library in {self._database.home}", "run `qa reindex`")

    def put(self, indexed: IndexedReport, maker: Maker) -> None:
        """Add a report, or replace the one of its id, in one transaction.

        The same file again changes nothing: another process may have been first.

        Raises:
            LibraryError: the library was made with something else.
        """
        report_id = indexed.report.report_id
        with self._database.transaction() as db:
            self.check_maker(maker)
            if self.holds(report_id, indexed.content):
                return
            db.execute(
                "DELETE FROM reports WHERE report_row = "
                "(SELECT report_row FROM present_reports WHERE report_id = ?)",
                (report_id,),
            )
            insert_report(db, indexed, self._database.manifest()["version"])
            self._database.write_manifest(maker=maker.to_json(), generation=new_name())

    def remove(self, report_id: str) -> None:
        """Remove a report with everything that belongs to it, in one transaction.

        Raises:
            LibraryError: there is none of that id.
        """
        with self._database.transaction() as db:
            if not self.is_there(report_id):
                raise unknown_report(report_id)
            db.execute("DELETE FROM reports WHERE report_id = ?", (report_id,))
            db.execute("DELETE FROM corrections WHERE report_id = ?", (report_id,))
            self._database.write_manifest(generation=new_name())

    def report_ids(self) -> list[str]:
        """Ids of the reports, in alphabetical order."""
        return [
            row[0] for row in self._db.execute("SELECT report_id FROM present_reports ORDER BY 1")
        ]

    def is_there(self, report_id: str) -> bool:
        """Whether there is a report of this id."""
        found = self._db.execute("SELECT 1 FROM present_reports WHERE report_id = ?", (report_id,))
        return found.fetchone() is not None

    def holds(self, report_id: str, content: bytes) -> bool:
        """Whether a report was read from just this content."""
        query = "SELECT 1 FROM present_reports WHERE report_id = ? AND content = ?"
        return self._db.execute(query, (report_id, content)).fetchone() is not None

    def file(self, report_id: str) -> tuple[str, bytes]:
        """The name and content of the file that a report was read from.

        Raises:
            StaleError: there is none of that id any more.
        """
        query = "SELECT source, content FROM present_reports WHERE report_id = ?"
        source, content = existing(self._db.execute(query, (report_id,)).fetchone())
        return source, bytes(content)

    def language(self, report_id: str) -> str:
        """The ISO 639-1 code of a report's language.

        Raises:
            StaleError: there is none of that id any more.
        """
        query = "SELECT language FROM present_reports WHERE report_id = ?"
        (language,) = existing(self._db.execute(query, (report_id,)).fetchone())
        return str(language)

    def report(self, report_id: str) -> Report:
        """One report, whole.

        Raises:
            LibraryError: there is none of that id.
        """
        with self.one_state():
            return self._read_report(report_id)

    def _read_report(self, report_id: str) -> Report:
        db = self._db
        row = db.execute(
            "SELECT report_row, language, source FROM present_reports WHERE report_id = ?",
            (report_id,),
        ).fetchone()
        if row is None:
            raise unknown_report(report_id)
        headings = db.execute(
            "SELECT text, depth, position FROM headings WHERE report_row = ? ORDER BY rowid",
            row[:1],
        )
        paragraphs = db.execute(
            f"SELECT {PARAGRAPH_COLUMNS} FROM paragraphs JOIN reports USING (report_row) "
            "WHERE report_row = ? ORDER BY position",
            row[:1],
        )
        oddities = db.execute(
            "SELECT kind, sentence, number, page FROM oddities WHERE report_row = ? ORDER BY rowid",
            row[:1],
        )
        return Report(
            report_id,
            self.covers.metadata(report_id),
            language=row[1],
            source=row[2],
            headings=tuple(Heading(*heading) for heading in headings),
            paragraphs=tuple(read_paragraph(paragraph) for paragraph in paragraphs),
            oddities=tuple(Oddity(*oddity) for oddity in oddities),
        )

    def paragraph(self, report_id: str, number: str) -> Paragraph | None:
        """The paragraph of a number, exactly as it is kept; None where there is none."""
        row = self._db.execute(
            f"SELECT {PARAGRAPH_COLUMNS} FROM paragraphs JOIN present_reports USING (report_row) "
            "WHERE report_id = ? AND number = ?",
            (report_id, number),
        ).fetchone()
        return read_paragraph(row) if row else None

    def encoded(self, report_id: str) -> list[tuple[Paragraph, list[Window]]]:
        """The paragraphs of a report with their windows; none for an unknown id."""
        with self.one_state():  # another process may replace it meanwhile
            db = self._db
            keys = db.execute(
                "SELECT paragraph_row FROM paragraphs JOIN present_reports USING (report_row) "
                "WHERE report_id = ? ORDER BY position",
                (report_id,),
            ).fetchall()
            return [(self.paragraphs([key])[0], self._windows(db, key)) for (key,) in keys]

    def _windows(self, db: sqlite3.Connection, paragraph_key: int) -> list[Window]:
        rows = db.execute(
            "SELECT window_row, vector FROM windows WHERE paragraph_row = ? ORDER BY window_row",
            (paragraph_key,),
        ).fetchall()
        return [
            Window(np.frombuffer(vector, np.float32), self.tokens([key])) for key, vector in rows
        ]

    def paragraphs(self, keys: Sequence[int]) -> list[Paragraph]:
        """The paragraphs of these keys, in this order.

        Raises:
            StaleError: one of them has gone since the keys were read.
        """
        query = (
            f"SELECT {PARAGRAPH_COLUMNS} FROM paragraphs JOIN reports USING (report_row) "
            "WHERE paragraph_row = ?"
        )
        db = self._db
        return [read_paragraph(existing(db.execute(query, (int(key),)).fetchone())) for key in keys]

    def tokens(self, keys: Sequence[int]) -> TokenVectors:
        """The token vectors of the windows of these keys, end to end in this order.

        Raises:
            StaleError: one of them has gone since the keys were read.
        """
        found = self._db.execute(
            "SELECT window_row, tokens, scales, token_ids, spans FROM windows "
            "WHERE window_row IN (SELECT value FROM json_each(?))",
            (json.dumps(list(keys)),),
        )
        by_key = {key: columns for key, *columns in found}
        rows = [existing(by_key.get(key)) for key in keys]
        lengths = [len(row[1]) // 4 for row in rows]
        tokens, scales, ids, spans = (b"".join(column) for column in zip(*rows, strict=True))
        n_tokens = sum(lengths)
        return TokenVectors(
            np.frombuffer(tokens, np.int8).reshape(n_tokens, -1),
            np.frombuffer(scales, np.float32),
            np.frombuffer(ids, np.int32),
            np.frombuffer(spans, np.int32).reshape(n_tokens, 2),
            np.cumsum([0, *lengths[:-1]]),
        )

    def generation(self) -> str:
        """A name for the present state of the library; every change makes a new one."""
        return self._database.manifest()["generation"]

    def stamps(self) -> list[Stamp]:
        """The reports that have paragraphs, in the order in which they were written."""
        rows = self._db.execute(
            "SELECT report_id, stamp, (SELECT paragraph_row FROM paragraphs "
            "WHERE paragraphs.report_row = present_reports.report_row ORDER BY position LIMIT 1) "
            "AS first FROM present_reports WHERE first IS NOT NULL ORDER BY first"
        )
        return [Stamp(*row) for row in rows]

    def search_rows(self, stamp: Stamp) -> SearchRows:
        """What search structures are built from, of one report."""
        return read_search_rows(self._db, stamp.number)
