"""The database in a library's folder: connections, transactions, and the form of its tables."""

import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from index.errors import LibraryError, StaleError
from index.rows import SCHEMA

Row = TypeVar("Row")

_FORMAT = "3"  # of the tables

# Format 2 had one version of a report, and no stamps.
_FROM_2 = """
CREATE TABLE reports_3 (
    report_row INTEGER PRIMARY KEY, report_id TEXT NOT NULL, version TEXT NOT NULL,
    stamp INTEGER NOT NULL UNIQUE, source TEXT NOT NULL, language TEXT NOT NULL,
    metadata TEXT NOT NULL, content BLOB NOT NULL, UNIQUE (report_id, version)
) STRICT;
INSERT INTO reports_3 SELECT report_row, report_id, 'first', random() >> 2, source, language,
    metadata, content FROM reports;
DROP TABLE reports;
ALTER TABLE reports_3 RENAME TO reports;
INSERT INTO manifest VALUES ('version', 'first');
UPDATE manifest SET value = '3' WHERE key = 'format';
"""


class Database:
    """SQLite in a folder. Safe to use from several threads and processes."""

    def __init__(self, home: Path, busy_seconds: float) -> None:
        """Open the database of a library, creating it if need be.

        Args:
            home: the library's folder.
            busy_seconds: how long to wait for another program's change to end.
        Raises:
            LibraryError: the folder cannot be used, or a newer version wrote it.
        """
        self.home = home
        self._busy_seconds = busy_seconds
        self._connections = threading.local()
        try:
            home.mkdir(parents=True, exist_ok=True)
            self._create()
        except (OSError, sqlite3.Error) as error:
            raise LibraryError(
                f"cannot use the library in {home} ({error}): set QA_HOME to another folder"
            ) from error

    def _create(self) -> None:
        db = self.connection
        db.execute("PRAGMA journal_mode = WAL")
        self._migrate(db)
        db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
        start = {"format": _FORMAT, "generation": new_name(), "version": new_name()}
        db.executemany("INSERT OR IGNORE INTO manifest VALUES (?, ?)", start.items())
        found = self.manifest()["format"]
        if found != _FORMAT:
            raise LibraryError(
                f"the library in {self.home} has format {found}, this version reads {_FORMAT}: "
                "set QA_HOME to another folder and add the reports there"
            )

    def _migrate(self, db: sqlite3.Connection) -> None:
        """Give tables of format 2 their present form, all at once or not at all."""
        db.execute("PRAGMA foreign_keys = OFF")  # else dropping a table empties others
        with self.transaction():
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
            if "manifest" in tables and self.manifest().get("format") == "2":
                for statement in filter(str.strip, _FROM_2.split(";")):
                    db.execute(statement)
        db.execute("PRAGMA foreign_keys = ON")

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, kept open: opening one costs as much as a question's reads."""
        if not hasattr(self._connections, "db"):
            self._connections.db = sqlite3.connect(
                self.home / "library.sqlite", self._busy_seconds, isolation_level=None
            )
            self._connections.db.execute("PRAGMA foreign_keys = ON")
        db: sqlite3.Connection = self._connections.db
        return db

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing: an error, or a kill, leaves the library as it was.

        Raises:
            LibraryError: the disk is full, or another program holds the library.
        """
        db = self.connection
        try:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise LibraryError(
                f"cannot change the library in {self.home} ({error}): make room there, or wait "
                "until other programs are done, and try again"
            ) from error
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """All that this thread reads inside is of one state, whatever others write meanwhile."""
        db = self.connection
        if db.in_transaction:
            yield
            return
        db.execute("BEGIN")
        try:
            yield
        finally:
            db.execute("COMMIT")

    def manifest(self) -> dict[str, str]:
        """What the library says of itself."""
        return dict(self.connection.execute("SELECT key, value FROM manifest"))

    def write_manifest(self, **values: str) -> None:
        """Change what the library says of itself."""
        statement = "INSERT OR REPLACE INTO manifest VALUES (?, ?)"
        self.connection.executemany(statement, values.items())


def new_name() -> str:
    """A name that was never used before."""
    return uuid.uuid4().hex


def existing(row: Row | None) -> Row:
    """A row that was there a moment ago.

    Raises:
        StaleError: it has gone.
    """
    if row is None:
        raise StaleError("the library has changed since it was searched: ask again")
    return row


def unknown_report(report_id: str) -> LibraryError:
    """The mistake of naming a report that is not there."""
    return LibraryError(f"no report {report_id!r}: `qa list` shows what there is")
