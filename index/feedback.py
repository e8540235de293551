"""What people said of the citations they were shown, and how it stands in SQLite."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from index.database import Database
from index.report import Paragraph


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of the ranking that a person saw.

    Attributes:
        paragraph_id: the paragraph.
        score: larger is better; comparable only within one answer.
        text_sha256: of the paragraph's text, which tells whether it is still the same.
    """

    paragraph_id: str
    score: float
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person said of one citation, or of all that an answer showed.

    A later judgement on the same paragraph of the same answer replaces this one.

    Attributes:
        time: when, in UTC, ISO 8601.
        answer_id: names the answer that was shown.
        question: as it was asked.
        earlier: the conversation's questions before it, oldest first.
        reports: ids of the reports that were asked; none where all were.
        state: of the answer.
        confidence: of the answer, in [0, 1].
        shown: its paragraphs, best first.
        paragraph_id: the paragraph that was judged; None for all that was shown.
        is_relevant: None takes back what was said before.
        generation: of the library when it was judged.
        encoder: the encoder's name.
        encoder_sha256: of the encoder's weights.
        numbering: version of the way of numbering paragraphs.
        ranking: version of the ranking.
    """

    time: str
    answer_id: str
    question: str
    earlier: tuple[str, ...]
    reports: tuple[str, ...]
    state: str
    confidence: float
    shown: tuple[Shown, ...]
    paragraph_id: str | None
    is_relevant: bool | None
    generation: str
    encoder: str
    encoder_sha256: str
    numbering: str
    ranking: str


_COLUMNS = [field.name for field in fields(Judgement)]
_AS_JSON = ("earlier", "reports", "shown")


def text_sha256(paragraph: Paragraph) -> str:
    """The SHA-256 of a paragraph's text, in hexadecimal."""
    return hashlib.sha256(paragraph.text.encode()).hexdigest()


class Judgements:
    """What people said, in a table of its own; the library's generation stays."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, judgement: Judgement) -> None:
        """Keep what a person said.

        Raises:
            LibraryError: the disk is full, or another program holds the library.
        """
        row = asdict(judgement)
        row |= {name: json.dumps(row[name]) for name in _AS_JSON}
        places = ", ".join(f":{name}" for name in _COLUMNS)
        statement = f"INSERT INTO judgements ({', '.join(_COLUMNS)}) VALUES ({places})"
        with self._database.transaction() as db:
            db.execute(statement, row)

    def all(self) -> list[Judgement]:
        """All that was said, oldest first."""
        rows = self._database.connection.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM judgements ORDER BY judgement_row"
        )
        return [_read_judgement(dict(zip(_COLUMNS, row, strict=True))) for row in rows]

    def clear(self) -> int:
        """Delete all that was said, down to the bytes in the files; return how much it was."""
        db = self._database.connection
        db.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        with self._database.transaction():
            n_deleted = db.execute("DELETE FROM judgements").rowcount
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the log held copies
        return n_deleted


def _read_judgement(row: dict[str, Any]) -> Judgement:
    earlier, reports, shown = (json.loads(row[name]) for name in _AS_JSON)
    row |= {"earlier": tuple(earlier), "reports": tuple(reports)}
    row["shown"] = tuple(Shown(**hit) for hit in shown)
    if row["is_relevant"] is not None:
        row["is_relevant"] = bool(row["is_relevant"])
    return Judgement(**row)
