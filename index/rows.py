"""How reports, paragraphs and windows stand in the tables of SQLite."""

import json
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from index.report import Footnote, Link, Metadata, Paragraph, Report, note_prose
from index.tokens import TokenVectors

SCHEMA = """
CREATE TABLE IF NOT EXISTS manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS reports (
    report_row INTEGER PRIMARY KEY, report_id TEXT NOT NULL, version TEXT NOT NULL,
    stamp INTEGER NOT NULL UNIQUE, source TEXT NOT NULL, language TEXT NOT NULL,
    metadata TEXT NOT NULL, content BLOB NOT NULL, UNIQUE (report_id, version)
) STRICT;
CREATE TABLE IF NOT EXISTS corrections (
    report_id TEXT PRIMARY KEY, title TEXT, symbol TEXT, date TEXT
) STRICT;
CREATE VIEW IF NOT EXISTS present_reports AS SELECT * FROM reports
    WHERE version = (SELECT value FROM manifest WHERE key = 'version');
CREATE TABLE IF NOT EXISTS headings (
    report_row INTEGER NOT NULL REFERENCES reports ON DELETE CASCADE,
    text TEXT NOT NULL, depth INTEGER NOT NULL, position INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS oddities (
    report_row INTEGER NOT NULL REFERENCES reports ON DELETE CASCADE,
    kind TEXT NOT NULL, sentence TEXT NOT NULL, number TEXT NOT NULL, page INTEGER
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
CREATE TABLE IF NOT EXISTS judgements (
    judgement_row INTEGER PRIMARY KEY, time TEXT NOT NULL, answer_id TEXT NOT NULL,
    question TEXT NOT NULL, earlier TEXT NOT NULL, reports TEXT NOT NULL, state TEXT NOT NULL,
    confidence REAL NOT NULL, shown TEXT NOT NULL, paragraph_id TEXT, is_relevant INTEGER,
    generation TEXT NOT NULL, encoder TEXT NOT NULL, encoder_sha256 TEXT NOT NULL,
    numbering TEXT NOT NULL, ranking TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS pending_windows (
    key TEXT NOT NULL, position INTEGER NOT NULL, vector BLOB NOT NULL, tokens BLOB NOT NULL,
    scales BLOB NOT NULL, token_ids BLOB NOT NULL, spans BLOB NOT NULL,
    PRIMARY KEY (key, position)
) STRICT;
CREATE INDEX IF NOT EXISTS headings_by_report ON headings (report_row);
CREATE INDEX IF NOT EXISTS windows_by_paragraph ON windows (paragraph_row);
"""

PARAGRAPH_COLUMNS = "report_id, number, text, section, position, footnotes, page, links"

Vectors = npt.NDArray[np.float32]


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


class SearchRows(NamedTuple):
    """What search structures are built from, of one report.

    Attributes:
        stamp: of the report.
        paragraph_keys: int64, shape (n_paragraphs,), ascending.
        texts: the text of each paragraph with that of its footnotes.
        window_keys: int64, shape (n_windows,).
        window_paragraphs: int64, shape (n_windows,), the paragraph of each window, counted
            from 0, ascending.
        vectors: float32, shape (n_windows, dim), of length 1.
        pieces: of each paragraph the distinct word pieces in its text, int32.
    """

    stamp: int
    paragraph_keys: npt.NDArray[np.int64]
    texts: list[str]
    window_keys: npt.NDArray[np.int64]
    window_paragraphs: npt.NDArray[np.int64]
    vectors: Vectors
    pieces: list[npt.NDArray[np.int32]]


def insert_report(db: sqlite3.Connection, indexed: IndexedReport, version: str) -> None:
    """Write a report with everything that belongs to it, under a stamp never used before."""
    report = indexed.report
    report_row = db.execute(
        "INSERT INTO reports (report_id, version, stamp, source, language, metadata, content) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            report.report_id,
            version,
            secrets.randbits(62),
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
    db.executemany(
        "INSERT INTO oddities VALUES (?, ?, ?, ?, ?)",
        [(report_row, odd.kind, odd.sentence, odd.number, odd.page) for odd in report.oddities],
    )
    for paragraph, windows in zip(report.paragraphs, indexed.windows, strict=True):
        _insert_paragraph(db, report_row, paragraph, windows)


def _insert_paragraph(
    db: sqlite3.Connection, report_row: int | None, paragraph: Paragraph, windows: Sequence[Window]
) -> None:
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
        [(paragraph_row, *window_columns(window)) for window in windows],
    )


def window_columns(window: Window) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    """A window as the tables hold it: vector, tokens, scales, token_ids, spans."""
    tokens = window.tokens
    return (
        window.vector.tobytes(),
        tokens.vectors.tobytes(),
        tokens.scales.tobytes(),
        tokens.token_ids.tobytes(),
        tokens.spans.tobytes(),
    )


def read_paragraph(row: tuple[str, str, str, str, int, str, int | None, str]) -> Paragraph:
    """The paragraph of a row of PARAGRAPH_COLUMNS."""
    report_id, number, text, section, order, footnotes, page, links = row
    return Paragraph(
        report_id,
        number,
        text,
        tuple(json.loads(section)),
        order,
        tuple(read_footnote(footnote) for footnote in json.loads(footnotes)),
        page,
        read_links(json.loads(links)),
    )


def searched_text(paragraph: Paragraph) -> str:
    """What BM25 looks at: the text with what its footnotes say."""
    return " ".join([paragraph.text, *note_prose(paragraph)])


def read_search_rows(db: sqlite3.Connection, stamp: int) -> SearchRows:
    """What search structures are built from, of the report with this stamp."""
    paragraphs = db.execute(
        f"SELECT paragraph_row, {PARAGRAPH_COLUMNS} FROM paragraphs "
        "JOIN reports USING (report_row) WHERE stamp = ? ORDER BY paragraph_row",
        (stamp,),
    ).fetchall()
    keys = np.array([key for key, *_ in paragraphs], np.int64)
    windows = db.execute(
        "SELECT window_row, paragraph_row, vector, token_ids, spans FROM windows "
        "JOIN paragraphs USING (paragraph_row) JOIN reports USING (report_row) "
        "WHERE stamp = ? ORDER BY paragraph_row, window_row",
        (stamp,),
    ).fetchall()
    by_paragraph = groupby(windows, key=lambda row: row[1])
    return SearchRows(
        stamp,
        keys,
        [searched_text(read_paragraph(row[1:])) for row in paragraphs],
        np.array([row[0] for row in windows], np.int64),
        np.searchsorted(keys, np.array([row[1] for row in windows], np.int64)),
        np.frombuffer(b"".join(row[2] for row in windows), np.float32).reshape(len(windows), -1),
        [
            np.unique(np.concatenate([_pieces_of_text(ids, spans) for *_, ids, spans in group]))
            for _, group in by_paragraph
        ],
    )


def _pieces_of_text(token_ids: bytes, spans: bytes) -> npt.NDArray[np.int32]:
    offsets = np.frombuffer(spans, np.int32).reshape(-1, 2)
    return np.frombuffer(token_ids, np.int32)[offsets[:, 0] < offsets[:, 1]]


def read_footnote(fields: dict[str, Any]) -> Footnote:
    """The footnote of its fields."""
    return Footnote(**{**fields, "links": read_links(fields["links"])})


def read_links(rows: list[dict[str, Any]]) -> tuple[Link, ...]:
    """The links of their fields."""
    return tuple(Link(**row) for row in rows)


def read_metadata(text: str) -> Metadata:
    """The metadata of a report's row."""
    fields = json.loads(text)
    lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    return Metadata(**{**fields, **lists})
