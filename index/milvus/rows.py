"""How paragraphs, windows and covers stand in the collections."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import NamedTuple

from index.errors import LibraryError
from index.lexical import stems
from index.milvus.packing import pack, to_parts
from index.milvus.server import Row, Server
from index.report import Heading, Metadata, Oddity, Paragraph, Report
from index.rows import (
    IndexedReport,
    Window,
    read_footnote,
    read_links,
    read_metadata,
    searched_text,
)

PARAGRAPH_FIELDS = (
    "report",
    "version",
    "number",
    "position",
    "text",
    "section",
    "footnotes",
    "rest",
)

_FIELD_BYTES = 65_535
_LONGEST_NAME = 2_000  # characters of a title, where a cover is too long for a field
_STEMS_LENGTH = 16_000  # characters, of four bytes at most: only candidates depend on it


class Frame(NamedTuple):
    """A report without its paragraphs, as it was read."""

    metadata: Metadata
    headings: tuple[Heading, ...]
    oddities: tuple[Oddity, ...]


RowMakers = dict[str, Callable[[], Row]]  # makes the row of each id


def paragraph_key(report_id: str, version: str, position: int) -> str:
    """Names a paragraph; in a report, keys are in the order of the paragraphs."""
    return f"{report_id}@{version}/{position:06d}"


def report_of(row_id: str) -> str:
    """The report that a row belongs to: of a window, or of what else is kept of a report."""
    name, _, _ = row_id.partition("@")
    return name.rpartition("/")[2]


def version_of(key: str) -> str:
    """The version of a report that a paragraph's key names."""
    return key.partition("@")[2].rpartition("/")[0]


def window_id(key: str, window: int) -> str:
    """The id of a paragraph's window."""
    return f"{key}/{window}"


def window_rows(indexed: IndexedReport, version: str, has_bm25: bool) -> RowMakers:
    """The rows of all windows of a report.

    Raises:
        LibraryError: a paragraph is longer than a field holds.
    """
    report = indexed.report
    rows: RowMakers = {}
    for paragraph, windows in zip(report.paragraphs, indexed.windows, strict=True):
        key = paragraph_key(report.report_id, version, paragraph.order)
        shared = _paragraph_row(paragraph, version, report.language, len(windows), has_bm25)
        for position, window in enumerate(windows):
            rows[window_id(key, position)] = partial(_window_row, shared, key, position, window)
    return rows


def _paragraph_row(
    paragraph: Paragraph, version: str, language: str, n_windows: int, has_bm25: bool
) -> Row:
    fields = {
        "text": paragraph.text,
        "section": json.dumps(paragraph.section, ensure_ascii=False),
        "footnotes": json.dumps([asdict(n) for n in paragraph.footnotes], ensure_ascii=False),
        "rest": json.dumps(
            {"page": paragraph.page, "links": [asdict(link) for link in paragraph.links]}
        ),
    }
    for name, text in fields.items():
        if len(text.encode()) > _FIELD_BYTES:
            raise LibraryError(
                f"{paragraph.label} of {paragraph.report_id} has {len(text.encode()):,} bytes of "
                f"{name}, a field in Milvus holds {_FIELD_BYTES:,}: keep this report in a local "
                "library"
            )
    words = {"stems": _stems(paragraph)} if has_bm25 else {}
    return {
        "report": paragraph.report_id,
        "version": version,
        "number": paragraph.number,
        "language": language,
        "position": paragraph.order,
        "n_windows": n_windows,
        **fields,
        **words,
    }


def _stems(paragraph: Paragraph) -> str:
    (words,) = stems([searched_text(paragraph)])
    return " ".join(words)[:_STEMS_LENGTH]


def _window_row(shared: Row, key: str, position: int, window: Window) -> Row:
    row = {
        "id": window_id(key, position),
        "window": position,
        "vector": window.vector.tolist(),
        **shared,
    }
    if position and "stems" in row:  # a paragraph's words count once
        row["stems"] = ""
    return row


def token_rows(indexed: IndexedReport, version: str, bits: int) -> RowMakers:
    """The rows that hold the token vectors of all windows, in parts."""
    report_id = indexed.report.report_id
    rows: RowMakers = {}
    for paragraph, windows in zip(indexed.report.paragraphs, indexed.windows, strict=True):
        key = paragraph_key(report_id, version, paragraph.order)
        for position, window in enumerate(windows):
            packed = pack(window.tokens, bits)
            rows |= blob_rows(f"tokens/{window_id(key, position)}", report_id, version, packed)
    return rows


def blob_rows(name: str, report_id: str, version: str, text: str) -> RowMakers:
    """The rows of a text that may be longer than a field; the first says how many there are."""
    parts = to_parts(text)
    parts[0] = f"{len(parts)}:{parts[0]}"
    return {
        f"{name}/{i}": partial(_blob_row, f"{name}/{i}", report_id, version, part)
        for i, part in enumerate(parts)
    }


def _blob_row(row_id: str, report_id: str, version: str, part: str) -> Row:
    return {
        "id": row_id,
        "report": report_id,
        "version": version,
        "data": part,
        "placeholder": [0.0, 1.0],
    }


def read_paragraph(row: Row) -> Paragraph:
    """The paragraph of a window's row, with PARAGRAPH_FIELDS."""
    rest = json.loads(row["rest"])
    return Paragraph(
        row["report"],
        row["number"],
        row["text"],
        tuple(json.loads(row["section"])),
        int(row["position"]),
        tuple(read_footnote(note) for note in json.loads(row["footnotes"])),
        rest["page"],
        read_links(rest["links"]),
    )


def read_paragraphs(server: Server, collection: str, keys: Sequence[str]) -> list[Paragraph]:
    """The paragraphs of these keys, in this order.

    Raises:
        GoneError: one of them is not there.
    """
    ids = [window_id(key, 0) for key in keys]
    rows = server.known_rows(collection, ids, PARAGRAPH_FIELDS)
    return [read_paragraph(rows[row_id]) for row_id in ids]


def cover_text(metadata: Metadata) -> str:
    """What lists and look-ups need of a cover, as text; all of it is in the frame.

    Lists of contents and what stands at the end are left out; of a cover that is still too
    long for a field all but title and symbol.
    """
    text = _to_json(replace(metadata, contents=(), back=()))
    if len(text.encode()) <= _FIELD_BYTES:
        return text
    title, symbol = metadata.title[:_LONGEST_NAME], metadata.symbol[:_LONGEST_NAME]
    return _to_json(Metadata(title, symbol=symbol))


def _to_json(metadata: Metadata) -> str:
    return json.dumps(asdict(metadata), ensure_ascii=False)


def frame_text(report: Report) -> str:
    """A report without its paragraphs, as text."""
    frame = {
        "metadata": asdict(report.metadata),
        "headings": [asdict(heading) for heading in report.headings],
        "oddities": [asdict(oddity) for oddity in report.oddities],
    }
    return json.dumps(frame, ensure_ascii=False)


def read_frame(text: str) -> Frame:
    """What `frame_text` wrote."""
    frame = json.loads(text)
    return Frame(
        read_metadata(json.dumps(frame["metadata"])),
        tuple(Heading(**heading) for heading in frame["headings"]),
        tuple(Oddity(**oddity) for oddity in frame["oddities"]),
    )
