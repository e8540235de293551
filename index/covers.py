"""What reports say of themselves, and what people said is wrong with it."""

from dataclasses import replace
from typing import NamedTuple

from index.database import Database, existing, new_name, unknown_report
from index.report import Metadata
from index.rows import read_metadata

_CORRECTED = ("title", "symbol", "date")

Cover = tuple[str, str | None, str | None, str | None]  # as read, and the corrections


class Overview(NamedTuple):
    """A report without its paragraphs."""

    report_id: str
    metadata: Metadata
    language: str
    source: str
    n_paragraphs: int


class Covers:
    """The metadata of reports. Corrections are kept apart, so that a new reading keeps them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def metadata(self, report_id: str) -> Metadata:
        """What the cover of a report says, as corrected.

        Raises:
            StaleError: there is none of that id any more.
        """
        return _corrected(existing(self._cover(report_id)))

    def correct(self, report_id: str, metadata: Metadata) -> None:
        """Keep the title, symbol and date that differ from what the document says.

        They belong to the id until they are corrected again or the report is removed.

        Raises:
            LibraryError: there is none of that id.
        """
        with self._database.transaction() as db:
            cover = self._cover(report_id)
            if cover is None:
                raise unknown_report(report_id)
            correction = correction_of(read_metadata(cover[0]), metadata)
            values = [correction.get(name) for name in _CORRECTED]
            statement = "INSERT OR REPLACE INTO corrections VALUES (?, ?, ?, ?)"
            db.execute(statement, (report_id, *values))
            self._database.write_manifest(generation=new_name())

    def overviews(self) -> list[Overview]:
        """All reports, by their ids in alphabetical order."""
        rows = self._database.connection.execute(
            "SELECT metadata, title, symbol, date, report_id, language, source, (SELECT COUNT(*) "
            "FROM paragraphs WHERE paragraphs.report_row = present_reports.report_row) "
            "FROM present_reports LEFT JOIN corrections USING (report_id) ORDER BY report_id"
        )
        return [
            Overview(
                report_id, _corrected((metadata, title, symbol, date)), language, source, count
            )
            for metadata, title, symbol, date, report_id, language, source, count in rows
        ]

    def _cover(self, report_id: str) -> Cover | None:
        cover: Cover | None = self._database.connection.execute(
            "SELECT metadata, title, symbol, date FROM present_reports "
            "LEFT JOIN corrections USING (report_id) WHERE report_id = ?",
            (report_id,),
        ).fetchone()
        return cover


def _corrected(cover: Cover) -> Metadata:
    as_read, title, symbol, date = cover
    read = read_metadata(as_read)
    return replace(
        read,
        title=read.title if title is None else title,
        symbol=read.symbol if symbol is None else symbol,
        date=read.date if date is None else date,
    )


def correction_of(read: Metadata, wanted: Metadata) -> dict[str, str]:
    """What a person put right: the title, symbol and date that differ from what was read."""
    return {
        name: getattr(wanted, name)
        for name in _CORRECTED
        if getattr(wanted, name) != getattr(read, name)
    }
