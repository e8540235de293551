"""The truth on disk: reports, paragraphs and vectors in SQLite.

Every change is one transaction: killed at any moment, the library is as before or as
after.
"""

import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from index.errors import LibraryError, StaleError
from index.feedback import Judgement, insert_judgement, select_judgements
from index.report import Heading, Metadata, Oddity, Paragraph, Report
from index.rows import (
    PARAGRAPH_COLUMNS,
    SCHEMA,
    IndexedReport,
    Vectors,
    Window,
    count_documents,
    insert_pending,
    insert_report,
    read_metadata,
    read_paragraph,
    searched_text,
    select_pending,
)
from index.tokens import TokenVectors

_FORMAT = "2"  # of the tables
_BUSY_SECONDS = 30.0

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Maker:
    """What the vectors and the numbering in a library were made with."""

    encoder: str
    fingerprint: str
    dim: int
    numbering: str


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What search structures are built from, all of one state of the library.

    Attributes:
        generation: the name of that state.
        paragraph_keys: int64, shape (n_paragraphs,), ascending.
        report_ids: the report of each paragraph.
        texts: the text of each paragraph with that of its footnotes.
        window_keys: int64, shape (n_windows,), ascending.
        window_paragraphs: int64, shape (n_windows,), the paragraph's key of each window.
        vectors: float32, shape (n_windows, dim), of length 1.
        document_frequency: int64, shape (n_pieces,), how many paragraphs hold each word
            piece in their text.
    """

    generation: str
    paragraph_keys: npt.NDArray[np.int64]
    report_ids: list[str]
    texts: list[str]
    window_keys: npt.NDArray[np.int64]
    window_paragraphs: npt.NDArray[np.int64]
    vectors: Vectors
    document_frequency: npt.NDArray[np.int64]


class Store:
    """The database in a library's folder. Safe to use from several threads and processes."""

    def __init__(self, home: Path) -> None:
        """Open a library's folder, creating it if need be.

        Raises:
            LibraryError: the folder cannot be used, or another version wrote it.
        """
        self._home = home
        self._path = home / "library.sqlite"
        self._connections = threading.local()
        try:
            home.mkdir(parents=True, exist_ok=True)
            self._create()
        except (OSError, sqlite3.Error) as error:
            raise LibraryError(
                f"cannot use the library in {home} ({error}): set QA_HOME to another folder"
            ) from error

    def _create(self) -> None:
        db = self._db
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
        db.execute("INSERT OR IGNORE INTO manifest VALUES ('format', ?)", (_FORMAT,))
        db.execute("INSERT OR IGNORE INTO manifest VALUES ('generation', ?)", (uuid.uuid4().hex,))
        found = self._manifest(db)["format"]
        if found != _FORMAT:
            raise LibraryError(
                f"the library in {self._home} has format {found}, this version reads {_FORMAT}: "
                "set QA_HOME to another folder and add the reports there"
            )

    @property
    def _db(self) -> sqlite3.Connection:
        """This thread's connection, kept open: opening one costs as much as a question's reads."""
        if not hasattr(self._connections, "db"):
            self._connections.db = sqlite3.connect(self._path, _BUSY_SECONDS, isolation_level=None)
            self._connections.db.execute("PRAGMA foreign_keys = ON")
        db: sqlite3.Connection = self._connections.db
        return db

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing: an error, or a kill, leaves the library as it was."""
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise

    @staticmethod
    def _manifest(db: sqlite3.Connection) -> dict[str, str]:
        return dict(db.execute("SELECT key, value FROM manifest"))

    def maker(self) -> Maker | None:
        """What the library was made with; None while it is empty."""
        return self._read_maker(self._db)

    def _read_maker(self, db: sqlite3.Connection) -> Maker | None:
        maker = self._manifest(db).get("maker")
        return Maker(**json.loads(maker)) if maker else None

    def check_maker(self, given: Maker) -> None:
        """Refuse vectors of another encoder, and numbers of another way of numbering.

        Raises:
            LibraryError: the library was made with something else than what is given.
        """
        self._check_maker(self._db, given)

    def _check_maker(self, db: sqlite3.Connection, given: Maker) -> None:
        made = self._read_maker(db)
        if made is None or made == given:
            return
        if made.numbering != given.numbering:
            raise LibraryError(
                f"the library in {self._home} was numbered by version {made.numbering}, this is "
                f"version {given.numbering}: run `qa reindex` to number its reports again"
            )
        raise LibraryError(
            f"the library in {self._home} was encoded with {made.encoder} "
            f"({made.fingerprint[:8]}, {made.dim} dimensions), the encoder now is {given.encoder} "
            f"({given.fingerprint[:8]}, {given.dim}): run `qa reindex` to encode it again, or set "
            f"QA_ENCODER={made.encoder}"
        )

    def put(self, indexed: IndexedReport, maker: Maker) -> None:
        """Add a report, or replace the one of its id, in one transaction.

        The same file again changes nothing: another process may have been first.

        Raises:
            LibraryError: the library was made with something else.
        """
        report_id = indexed.report.report_id
        with self._transaction() as db:
            self._check_maker(db, maker)
            row = db.execute("SELECT content FROM reports WHERE report_id = ?", (report_id,))
            if row.fetchone() == (indexed.content,):
                return
            db.execute("DELETE FROM reports WHERE report_id = ?", (report_id,))
            insert_report(db, indexed)
            _write_manifest(db, maker)

    def replace_all(self, reports: Sequence[IndexedReport], maker: Maker) -> None:
        """Replace everything in the library, in one transaction."""
        with self._transaction() as db:
            db.execute("DELETE FROM reports")
            for indexed in reports:
                insert_report(db, indexed)
            _write_manifest(db, maker)

    def report_ids(self) -> list[str]:
        """Ids of the reports, in alphabetical order."""
        return [row[0] for row in self._db.execute("SELECT report_id FROM reports ORDER BY 1")]

    def content(self, report_id: str) -> bytes:
        """The file that a report was read from."""
        (content,) = self._db.execute(
            "SELECT content FROM reports WHERE report_id = ?", (report_id,)
        ).fetchone()
        return bytes(content)

    def language(self, report_id: str) -> str:
        """The ISO 639-1 code of a report's language."""
        query = "SELECT language FROM reports WHERE report_id = ?"
        (language,) = _existing(self._db.execute(query, (report_id,)).fetchone())
        return str(language)

    def metadata(self, report_id: str) -> Metadata:
        """What the cover of a report says."""
        query = "SELECT metadata FROM reports WHERE report_id = ?"
        (metadata,) = _existing(self._db.execute(query, (report_id,)).fetchone())
        return read_metadata(metadata)

    def report(self, report_id: str) -> Report:
        """One report, whole.

        Raises:
            LibraryError: there is none of that id.
        """
        db = self._db
        row = db.execute(
            "SELECT report_row, metadata, language, source FROM reports WHERE report_id = ?",
            (report_id,),
        ).fetchone()
        if row is None:
            raise LibraryError(f"no report {report_id!r}: `qa list` shows what there is")
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
            read_metadata(row[1]),
            language=row[2],
            source=row[3],
            headings=tuple(Heading(*heading) for heading in headings),
            paragraphs=tuple(read_paragraph(paragraph) for paragraph in paragraphs),
            oddities=tuple(Oddity(*oddity) for oddity in oddities),
        )

    def keep_pending(self, windows: Mapping[str, Sequence[Window]]) -> None:
        """Keep what was encoded of a report that is not whole yet, by a key of each text."""
        with self._transaction() as db:
            for key, of_key in windows.items():
                insert_pending(db, key, of_key)

    def pending(self, keys: Sequence[str]) -> dict[str, list[Window]]:
        """What was kept of these keys."""
        found = {key: select_pending(self._db, key) for key in keys}
        return {key: windows for key, windows in found.items() if windows}

    def remove(self, report_id: str) -> None:
        """Remove a report with everything that belongs to it, in one transaction.

        Raises:
            LibraryError: there is none of that id.
        """
        with self._transaction() as db:
            gone = db.execute("DELETE FROM reports WHERE report_id = ?", (report_id,)).rowcount
            if not gone:
                raise LibraryError(f"no report {report_id!r}: `qa list` shows what there is")
            _renew_generation(db)

    def correct(self, report_id: str, metadata: Metadata) -> None:
        """Put other words on the cover of a report."""
        with self._transaction() as db:
            db.execute(
                "UPDATE reports SET metadata = ? WHERE report_id = ?",
                (json.dumps(asdict(metadata)), report_id),
            )

    def encoded(self, report_id: str) -> list[tuple[Paragraph, list[Window]]]:
        """The paragraphs of a report with their windows; none for an unknown id."""
        db = self._db
        keys = db.execute(
            "SELECT paragraph_row FROM paragraphs JOIN reports USING (report_row) "
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
        return [
            read_paragraph(_existing(db.execute(query, (int(key),)).fetchone())) for key in keys
        ]

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
        rows = [_existing(by_key.get(key)) for key in keys]
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
        db = self._db
        return self._manifest(db)["generation"]

    def keep_judgement(self, judgement: Judgement) -> None:
        """Keep what a person said; the library's generation stays.

        Raises:
            LibraryError: the disk is full, or another program holds the library.
        """
        try:
            insert_judgement(self._db, judgement)
        except sqlite3.OperationalError as error:
            raise LibraryError(
                f"cannot keep the judgement in {self._home} ({error}): make room there, or wait "
                "until other programs are done, and judge again"
            ) from error

    def judgements(self) -> list[Judgement]:
        """All that was said, oldest first."""
        return select_judgements(self._db)

    def clear_judgements(self) -> int:
        """Delete all that was said, down to the bytes in the files; return how much it was."""
        db = self._db
        db.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        n_deleted = db.execute("DELETE FROM judgements").rowcount
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the log held copies
        return n_deleted

    def snapshot(self) -> Snapshot:
        """What search structures are built from."""
        db = self._db
        db.execute("BEGIN")  # one state, whatever other processes write meanwhile
        try:
            return self._read_snapshot(db)
        finally:
            db.execute("COMMIT")

    def _read_snapshot(self, db: sqlite3.Connection) -> Snapshot:
        paragraphs = db.execute(
            f"SELECT paragraph_row, {PARAGRAPH_COLUMNS} FROM paragraphs "
            "JOIN reports USING (report_row) ORDER BY paragraph_row"
        ).fetchall()
        windows = db.execute(
            "SELECT window_row, paragraph_row, vector FROM windows ORDER BY window_row"
        ).fetchall()
        vectors = np.frombuffer(b"".join(vector for _, _, vector in windows), np.float32)
        return Snapshot(
            self._manifest(db)["generation"],
            np.array([key for key, *_ in paragraphs], np.int64),
            [report_id for _, report_id, *_ in paragraphs],
            [searched_text(read_paragraph(row[1:])) for row in paragraphs],
            np.array([key for key, _, _ in windows], np.int64),
            np.array([key for _, key, _ in windows], np.int64),
            vectors.reshape(len(windows), -1) if windows else vectors.reshape(0, 0),
            count_documents(db),
        )


def _write_manifest(db: sqlite3.Connection, maker: Maker) -> None:
    """Say what the library was made with, that its state is a new one, and nothing pending."""
    db.execute("DELETE FROM pending_windows")
    db.execute("INSERT OR REPLACE INTO manifest VALUES ('maker', ?)", (json.dumps(asdict(maker)),))
    _renew_generation(db)


def _renew_generation(db: sqlite3.Connection) -> None:
    db.execute("UPDATE manifest SET value = ? WHERE key = 'generation'", (uuid.uuid4().hex,))


def _existing(row: Row | None) -> Row:
    if row is None:
        raise StaleError("the library has changed since it was searched: ask again")
    return row
