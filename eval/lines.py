"""The files that people bring, read so that every error names its line."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from index.errors import ReportQaError

_FEW = 5  # ids that an error names


class CollectionError(ReportQaError):
    """A collection, a run or a file of judgements cannot be used."""


def listed(ids: Sequence[str]) -> str:
    """The first few ids, and how many there are beside them."""
    named = ", ".join(map(repr, ids[:_FEW]))
    return named if len(ids) <= _FEW else f"{named} and {len(ids) - _FEW} more"


class Line(NamedTuple):
    """A line that is not blank; its number is 1-based."""

    path: Path
    number: int
    text: str

    @property
    def place(self) -> str:
        """Where it stands, as an error begins."""
        return f"{self.path}, line {self.number}"


class Row(NamedTuple):
    """A line of JSON that has an id.

    Attributes:
        line: where it stands.
        row_id: its ``_id``.
        values: the whole object.
    """

    line: Line
    row_id: str
    values: dict[str, Any]


def read_text(path: Path, remedy: str) -> str:
    """The text of a file, every line end a newline, without a byte order mark.

    Args:
        path: the file.
        remedy: what the error says where the file is missing.
    Raises:
        CollectionError: the file is missing, cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CollectionError(f"{path} is missing: {remedy}") from error
    except OSError as error:
        raise CollectionError(f"{path} cannot be read ({error.strerror}): name a file") from error
    except UnicodeDecodeError as error:
        raise CollectionError(
            f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8"
        ) from error


def read_lines(path: Path, remedy: str) -> list[Line]:
    """The lines of a file, blank ones left out; arguments and errors as in `read_text`."""
    # Not splitlines: U+2028 and its like are part of a JSON string, not the end of a line.
    lines = enumerate(read_text(path, remedy).split("\n"), start=1)
    return [Line(path, number, text) for number, text in lines if text.strip()]


def read_objects(path: Path, remedy: str) -> list[tuple[Line, dict[str, Any]]]:
    """The JSON objects of a file, one a line.

    Raises:
        CollectionError: as `read_text`, or a line is not a JSON object.
    """
    return [(line, _parse(line)) for line in read_lines(path, remedy)]


def _parse(line: Line) -> dict[str, Any]:
    try:
        values = json.loads(line.text)
    except json.JSONDecodeError as error:
        raise CollectionError(f"{line.place} is not JSON ({error.msg}): mend it") from error
    if not isinstance(values, dict):
        raise CollectionError(f"{line.place} is not a JSON object: put {{…}} there")
    return values


def read_rows(path: Path, plural: str, remedy: str) -> list[Row]:
    """The JSON objects of a file, each with an id of its own.

    Args:
        path: the file.
        plural: what the rows are, as an error calls them.
        remedy: what the error says where the file is missing.
    Raises:
        CollectionError: as `read_objects`, or an id is missing or there twice.
    """
    rows: dict[str, Row] = {}
    for line, values in read_objects(path, remedy):
        row = Row(line, id_field(line, values, "_id"), values)
        first = rows.setdefault(row.row_id, row)
        if first is not row:
            raise CollectionError(
                f"{path} has two {plural} {row.row_id!r}: rename one "
                f"(lines {first.line.number} and {line.number})"
            )
    return list(rows.values())


def id_field(line: Line, values: dict[str, Any], field: str) -> str:
    """An id, which may be written as a whole number.

    Raises:
        CollectionError: it is missing, empty or anything else.
    """
    value = values.get(field)
    if value is None or value == "":
        raise CollectionError(f"{line.place} has no {field!r}: add it")
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise CollectionError(f"{line.place} has {field} {value!r}: make it a string")
    return str(value)


def text_field(line: Line, values: dict[str, Any], field: str = "text") -> str:
    """A text.

    Raises:
        CollectionError: it is missing, blank or not a string.
    """
    value = values.get(field)
    if value is None:
        raise CollectionError(f"{line.place} has no {field!r}: add it")
    if not isinstance(value, str):
        raise CollectionError(f"{line.place} has {field} {value!r}: make it a string")
    if not value.strip():
        raise CollectionError(f"{line.place} has an empty {field!r}: write it or remove the line")
    return value


def write_new(path: Path, text: str) -> None:
    """Write a file whole or not at all, and never over another.

    Raises:
        CollectionError: the file is there already, or cannot be written.
    """
    if path.exists():
        raise CollectionError(f"{path} is there already: choose another name")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".writing-", dir=path.parent) as scratch:
            building = Path(scratch) / path.name
            building.write_text(text, encoding="utf-8")
            building.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> CollectionError:
    """What to say where a file cannot be written."""
    return CollectionError(f"cannot write {path} ({error.strerror}): choose another place")
