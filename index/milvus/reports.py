"""The rows that say which reports there are: a version that none of them names is not valid."""

import json
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, NamedTuple

from index.milvus.server import GoneError, Row, Server
from index.milvus.whole import read_whole
from index.patience import unhurried
from index.report import Metadata
from index.rows import read_metadata
from index.versions import Maker

_LIBRARY = "@library"  # the id of the row that stands for the library itself
_CORRECTION = "@correction/"  # before the id of the report whose cover was corrected
_FIELDS = ("version", "language", "cover", "source", "n_paragraphs")
_ABANDONED_SECONDS = 3600.0  # nobody takes so long to write one report


class State(NamedTuple):
    """The reports at one moment.

    Attributes:
        generation: its name.
        reports: their rows by id, in alphabetical order; each with its ``correction``.
        row_ids: of all rows, of removed reports too; no row ever goes.
    """

    generation: str
    reports: dict[str, Row]
    row_ids: frozenset[str]


class ReportRows:
    """The collection of these rows. Safe to use from several threads and processes."""

    def __init__(self, server: Server, collection: str) -> None:
        self._server = server
        self._collection = collection
        self._kept = State("", {}, frozenset())

    def generation(self, consistency: str = "") -> str:
        """A name for the present state; every change makes a new one."""
        row = self._library(consistency)
        return row["version"] if row else ""

    def maker(self, consistency: str = "") -> Maker | None:
        """What the library was made with; None while it is empty."""
        row = self._library(consistency)
        return Maker.from_json(row["source"]) if row else None

    def state(self) -> State:
        """The present reports, of the present generation or a later one.

        Raises:
            MilvusError: the server does not find what there was before.
        """
        return read_whole(self._state, self._server)

    def _state(self) -> State:
        generation = self.generation()
        if self._kept.generation != generation:
            self._kept = self._read_state("")
            if self._kept.generation != generation:  # another replica, which is behind
                self._kept = self._read_state("Strong")
        return self._kept

    def _read_state(self, consistency: str) -> State:
        with unhurried():
            found = self._server.matching(self._collection, "", _FIELDS, consistency)
        rows = {row["id"]: row for row in found}
        self._check_known(rows, self._kept.row_ids)
        reports = {each: _report(rows, each) for each in sorted(rows) if each[0] != "@"}
        present = {each: row for each, row in reports.items() if row}
        generation = rows[_LIBRARY]["version"] if _LIBRARY in rows else ""
        return State(generation, present, frozenset(rows))

    def row(self, report_id: str) -> Row | None:
        """A report's row, with its ``correction``; None where there is none of that id."""
        rows = self._rows([report_id, _CORRECTION + report_id])
        return _report(rows, report_id)

    def write(self, rows: Sequence[Row], maker: Maker) -> None:
        """Write rows and a new generation, in one request: all of it or nothing."""
        library = _row(_LIBRARY, version=uuid.uuid4().hex, source=maker.to_json())
        self._server.write("upsert", self._collection, [*rows, library])

    def _library(self, consistency: str) -> Row | None:
        return self._rows([_LIBRARY], consistency).get(_LIBRARY)

    def _rows(self, ids: Sequence[str], consistency: str = "") -> dict[str, Row]:
        """Those rows that there are, by id."""

        def read() -> dict[str, Row]:
            rows = self._server.rows(self._collection, ids, _FIELDS, consistency)
            self._check_known(rows, self._kept.row_ids.intersection(ids))
            return rows

        return read_whole(read, self._server)

    def _check_known(self, rows: Mapping[str, Row], known: Iterable[str]) -> None:
        for row_id in known:
            if row_id not in rows:
                raise GoneError(row_id)


def report_row(
    report_id: str, *, version: str, language: str, cover: str, source: str, n_paragraphs: int
) -> Row:
    """The row that makes a version of a report valid."""
    return _row(
        report_id,
        version=version,
        language=language,
        cover=cover,
        source=source,
        n_paragraphs=n_paragraphs,
    )


def removed_rows(row: Row) -> list[Row]:
    """The rows of a report that is no more, for the row it had.

    They stay: to delete them and to renew the generation would be two steps, and whoever is
    killed between them leaves a report that some see and others don't.
    """
    rows = [_row(row["id"])]
    return [*rows, correction_row(row["id"], {})] if row["correction"] else rows


def correction_row(report_id: str, correction: Mapping[str, str]) -> Row:
    """The row of what a person put right; apart, so that no new reading can undo it."""
    text = json.dumps(correction, ensure_ascii=False) if correction else ""
    return _row(_CORRECTION + report_id, cover=text)


def corrected(metadata: Metadata, row: Row) -> Metadata:
    """What was read of a cover, with what a report's row says was put right."""
    return replace(metadata, **json.loads(row["correction"])) if row["correction"] else metadata


def read_cover(row: Row) -> Metadata:
    """What lists and look-ups need of a report's cover."""
    return corrected(read_metadata(row["cover"]), row)


def new_version(content: bytes, maker: Maker) -> str:
    """Names one writing of a report: what it was made of, when, and by which of two at once."""
    return f"{_made_of(content, maker)}-{int(time.time()):x}-{uuid.uuid4().hex[:8]}"


def is_made_of(version: str, content: bytes, maker: Maker | None = None) -> bool:
    """Whether a version was read from just this content, and by this maker if one is given."""
    return version.startswith(_made_of(content, maker) if maker else _name(content) + "-")


def is_abandoned(version: str) -> bool:
    """Whether this version is so old that nobody can still be writing it."""
    written = int(version.split("-")[-2], 16)
    return time.time() - written > _ABANDONED_SECONDS


def _made_of(content: bytes, maker: Maker) -> str:
    return f"{_name(content)}-{_name(maker.to_json().encode())}"


def _name(data: bytes) -> str:
    return sha256(data).hexdigest()[:20]


def _report(rows: Mapping[str, Row], report_id: str) -> Row | None:
    row = rows.get(report_id)
    if row is None or not row["version"]:
        return None
    correction = rows.get(_CORRECTION + report_id)
    return {**row, "correction": correction["cover"] if correction else ""}


def _row(row_id: str, **values: Any) -> Row:  # noqa: ANN401  # of different types
    empty = {"version": "", "language": "", "cover": "", "source": "", "n_paragraphs": 0}
    return {"id": row_id, **empty, **values, "placeholder": [0.0, 1.0]}
