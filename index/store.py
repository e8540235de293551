"""The truth on disk: reports, paragraphs and vectors in SQLite.

Every change is one transaction: killed at any moment, the library is as before or as
after.
"""

import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from index.errors import LibraryError, StaleError
from index.report import Footnote, Heading, Link, Metadata, Paragraph, Report, note_prose
from index.tokens import TokenVectors

_FORMAT = "2"  # of the tables below
_BUSY_SECONDS = 30.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS reports (
    report_row INTEGER PRIMARY KEY, report_id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
    language TEXT NOT NULL, metadata TEXT NOT NULL, content BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS headings (
    report_row INTEGER NOT NULL REFERENCES reports ON DELETE CASCADE,
    text TEXT NOT NULL, depth INTEGER NOT NULL, position INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS paragraphs (
    paragraph_row INTEGER PRIMARY KEY AUTOINCREMENT,
    report_row INTEGER NOT NULL REFERENCES reports ON DELETE CASCADE,
    position INTEGER NOT NULL, number TEXT NOT NULL, text TEXT NOT NULL,
    section TEXT NOT NULL, footnotes TEXT NOT NULL, page INTEGER, links TEXT NOT NULL,
    UNIQUE (report_row, position), UNIQUE (report_row, number)
) STRICT;
CREATE TABLE IF NOT EXISTS windows (
    window_row INTEGER PRIMARY KEY AUTOINCREMENT,
    paragraph_row INTEGER NOT NULL REFERENCES paragraphs ON DELETE CASCADE,
    vector BLOB NOT NULL, tokens BLOB NOT NULL, scales BLOB NOT NULL,
    token_ids BLOB NOT NULL, spans BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS headings_by_report ON headings (report_row);
CREATE INDEX IF NOT EXISTS windows_by_paragraph ON windows (paragraph_row);
"""

_PARAGRAPH_COLUMNS = "report_id, number, text, section, position, footnotes, page, links"

Vectors = npt.NDArray[np.float32]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Maker:
    """What the vectors and the numbering in a library were made with."""

    encoder: str
    fingerprint: str
    dim: int
    numbering: str


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """As much of a paragraph as the encoder reads at once.

    Attributes:
        vector: float32, shape (dim,), of length 1.
        tokens: its token vectors.
    """

    vector: Vectors
    tokens: TokenVectors


@dataclass(frozen=True, slots=True)
class IndexedReport:
    """A report as the store takes it.

    Attributes:
        report: the report.
        content: the bytes of the file it was read from.
        windows: of each paragraph.
    """

    report: Report
    content: bytes
    windows: Sequence[Sequence[Window]]


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
        db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
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
            db.execute(
                "UPDATE manifest SET value = ? WHERE key = 'generation'", (uuid.uuid4().hex,)
            )
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise

    @staticmethod
    def _manifest(db: sqlite3.Connection) -> dict[str, str]:
        return dict(db.execute("SELECT key, value FROM manifest"))

    def maker(self) -> Maker | None:
        """What the library was made with; None while it is empty."""
        db = self._db
        return self._read_maker(db)

    def _read_maker(self, db: sqlite3.Connection) -> Maker | None:
        maker = self._manifest(db).get("maker")
        return Maker(**json.loads(maker)) if maker else None

    def check_maker(self, given: Maker) -> None:
        """Refuse vectors of another encoder, and numbers of another way of numbering.

        Raises:
            LibraryError: the library was made with something else than what is given.
        """
        db = self._db
        self._check_maker(db, given)

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

        Raises:
            LibraryError: the library was made with something else.
        """
        with self._transaction() as db:
            self._check_maker(db, maker)
            db.execute("DELETE FROM reports WHERE report_id = ?", (indexed.report.report_id,))
            _insert_report(db, indexed)
            _write_maker(db, maker)

    def replace_all(self, reports: Sequence[IndexedReport], maker: Maker) -> None:
        """Replace everything in the library, in one transaction."""
        with self._transaction() as db:
            db.execute("DELETE FROM reports")
            for indexed in reports:
                _insert_report(db, indexed)
            _write_maker(db, maker)

    def report_ids(self) -> list[str]:
        """Ids of the reports, in alphabetical order."""
        db = self._db
        return [row[0] for row in db.execute("SELECT report_id FROM reports ORDER BY 1")]

    def content(self, report_id: str) -> bytes:
        """The file that a report was read from."""
        db = self._db
        (content,) = db.execute(
            "SELECT content FROM reports WHERE report_id = ?", (report_id,)
        ).fetchone()
        return bytes(content)

    def language(self, report_id: str) -> str:
        """The ISO 639-1 code of a report's language."""
        query = "SELECT language FROM reports WHERE report_id = ?"
        db = self._db
        (language,) = _existing(db.execute(query, (report_id,)).fetchone())
        return str(language)

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
            f"SELECT {_PARAGRAPH_COLUMNS} FROM paragraphs JOIN reports USING (report_row) "
            "WHERE report_row = ? ORDER BY position",
            row[:1],
        )
        return Report(
            report_id,
            _metadata(row[1]),
            language=row[2],
            source=row[3],
            headings=tuple(Heading(*heading) for heading in headings),
            paragraphs=tuple(_paragraph(paragraph) for paragraph in paragraphs),
        )

    def paragraphs(self, keys: Sequence[int]) -> list[Paragraph]:
        """The paragraphs of these keys, in this order.

        Raises:
            StaleError: one of them has gone since the keys were read.
        """
        query = (
            f"SELECT {_PARAGRAPH_COLUMNS} FROM paragraphs JOIN reports USING (report_row) "
            "WHERE paragraph_row = ?"
        )
        db = self._db
        return [_paragraph(_existing(db.execute(query, (int(key),)).fetchone())) for key in keys]

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
            f"SELECT paragraph_row, {_PARAGRAPH_COLUMNS} FROM paragraphs "
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
            [_searched_text(_paragraph(row[1:])) for row in paragraphs],
            np.array([key for key, _, _ in windows], np.int64),
            np.array([key for _, key, _ in windows], np.int64),
            vectors.reshape(len(windows), -1) if windows else vectors.reshape(0, 0),
            _document_frequency(db),
        )


def _write_maker(db: sqlite3.Connection, maker: Maker) -> None:
    db.execute("INSERT OR REPLACE INTO manifest VALUES ('maker', ?)", (json.dumps(asdict(maker)),))


def _insert_report(db: sqlite3.Connection, indexed: IndexedReport) -> None:
    report = indexed.report
    report_row = db.execute(
        "INSERT INTO reports (report_id, source, language, metadata, content) "
        "VALUES (?, ?, ?, ?, ?)",
        (
            report.report_id,
            report.source,
            report.language,
            json.dumps(asdict(report.metadata)),
            indexed.content,
        ),
    ).lastrowid
    db.executemany(
        "INSERT INTO headings VALUES (?, ?, ?, ?)",
        [(report_row, heading.text, heading.depth, heading.order) for heading in report.headings],
    )
    for paragraph, windows in zip(report.paragraphs, indexed.windows, strict=True):
        paragraph_row = db.execute(
            "INSERT INTO paragraphs (report_row, position, number, text, section, footnotes, "
            "page, links) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                report_row,
                paragraph.order,
                paragraph.number,
                paragraph.text,
                json.dumps(paragraph.section),
                json.dumps([asdict(footnote) for footnote in paragraph.footnotes]),
                paragraph.page,
                json.dumps([asdict(link) for link in paragraph.links]),
            ),
        ).lastrowid
        db.executemany(
            "INSERT INTO windows (paragraph_row, vector, tokens, scales, token_ids, spans) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    paragraph_row,
                    window.vector.tobytes(),
                    window.tokens.vectors.tobytes(),
                    window.tokens.scales.tobytes(),
                    window.tokens.token_ids.tobytes(),
                    window.tokens.spans.tobytes(),
                )
                for window in windows
            ],
        )


def _document_frequency(db: sqlite3.Connection) -> npt.NDArray[np.int64]:
    """How many paragraphs hold each word piece in their text, headings left aside."""
    frequency = np.zeros(0, np.int64)
    rows = db.execute("SELECT paragraph_row, token_ids, spans FROM windows ORDER BY paragraph_row")
    for _, windows in groupby(rows, key=lambda row: row[0]):
        pieces = np.unique(
            np.concatenate([_pieces_of_text(ids, spans) for _, ids, spans in windows])
        )
        if len(pieces) and pieces[-1] >= len(frequency):
            frequency = np.pad(frequency, (0, int(pieces[-1]) + 1 - len(frequency)))
        frequency[pieces] += 1
    return frequency


def _pieces_of_text(token_ids: bytes, spans: bytes) -> npt.NDArray[np.int32]:
    offsets = np.frombuffer(spans, np.int32).reshape(-1, 2)
    return np.frombuffer(token_ids, np.int32)[offsets[:, 0] < offsets[:, 1]]


def _existing(row: Row | None) -> Row:
    if row is None:
        raise StaleError("the library has changed since it was searched: ask again")
    return row


def _paragraph(row: tuple[str, str, str, str, int, str, int | None, str]) -> Paragraph:
    report_id, number, text, section, order, footnotes, page, links = row
    return Paragraph(
        report_id,
        number,
        text,
        tuple(json.loads(section)),
        order,
        tuple(_footnote(footnote) for footnote in json.loads(footnotes)),
        page,
        _links(json.loads(links)),
    )


def _searched_text(paragraph: Paragraph) -> str:
    return " ".join([paragraph.text, *note_prose(paragraph)])


def _footnote(fields: dict[str, Any]) -> Footnote:
    return Footnote(**{**fields, "links": _links(fields["links"])})


def _links(rows: list[dict[str, Any]]) -> tuple[Link, ...]:
    return tuple(Link(**row) for row in rows)


def _metadata(text: str) -> Metadata:
    fields = json.loads(text)
    lists = {name: tuple(fields[name]) for name in ("agenda", "notes")}
    return Metadata(**{**fields, **lists})
