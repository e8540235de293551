"""The paragraphs that a collection brings, `corpus.jsonl`, as a report of their own."""

from collections import Counter
from pathlib import Path

from eval.lines import CollectionError, Row, read_rows, text_field
from index.report import Metadata, Paragraph, Report

CORPUS_ID = "corpus"  # the report that a collection's own paragraphs make

_REMEDY = "a collection without paragraphs of its own has none"


def read_corpus(path: Path) -> Report:
    """The paragraphs of a collection as a report of its own.

    BEIR puts a title before its text. A title that several paragraphs share is the
    heading they stand under, and becomes their section instead.

    Raises:
        CollectionError: the file is broken, a paragraph is empty or an id is there twice.
    """
    rows = read_rows(path, "paragraphs", _REMEDY)
    titles = [_title(row) for row in rows]
    uses = Counter(titles)
    paragraphs = tuple(
        _paragraph(row, title, order, is_heading=uses[title] > 1)
        for order, (row, title) in enumerate(zip(rows, titles, strict=True))
    )
    if not paragraphs:
        raise CollectionError(f"{path} has no paragraph: add lines or remove the file")
    return Report(CORPUS_ID, Metadata(path.parent.name), "en", str(path), (), paragraphs)


def _title(row: Row) -> str:
    title = row.values.get("title") or ""
    if not isinstance(title, str):
        raise CollectionError(f"{row.line.place} has title {title!r}: make it a string")
    return title.strip()


def _paragraph(row: Row, title: str, order: int, *, is_heading: bool) -> Paragraph:
    """A paragraph may be all title, as some of BEIR's are, but not empty."""
    is_all_title = bool(title) and row.values.get("text") == ""
    text = "" if is_all_title else text_field(row.line, row.values)
    section = (title,) if title and is_heading and text else ()
    words = text if section else f"{title} {text}"
    return Paragraph(CORPUS_ID, row.row_id, " ".join(words.split()), section, order)
