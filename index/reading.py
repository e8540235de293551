"""From a report's file to a Report."""

import re
import zipfile
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import PurePath

import py3langid

from index.blocks import Block
from index.errors import ReadError
from index.metadata import read_metadata
from index.numbering import number_blocks
from index.readers.decode import utf_16_order
from index.readers.scanned import odd_scans
from index.report import Report

_LANGUAGE_SAMPLE = 10_000  # characters: more no longer changes the verdict
_MARKDOWN = (".md", ".markdown")
_OTHER_FORMATS = (".doc", ".odt", ".rtf", ".pages", ".pptx", ".xlsx", ".png", ".jpg", ".tif")

SUFFIXES = (*_MARKDOWN, ".pdf", ".docx", ".docm", ".html", ".htm", ".xhtml", ".epub", ".txt")

Reader = Callable[[bytes], list[Block]]
Progress = Callable[[int, int], None]  # pages recognised, pages to recognise


def read_report(content: bytes, source: str, progress: Progress | None = None) -> Report:
    """Read the bytes of a file: PDF, Word, HTML, EPUB, Markdown or plain text.

    What a file is tells its content, and only for text its name.

    Args:
        content: the whole file.
        source: its name, which gives the report its id.
        progress: told how far the recognition of scanned pages has come.

    Raises:
        ReadError: another format, or not a readable report.
    """
    source = plain_name(source)
    name = PurePath(source).stem
    if not content.strip():
        raise ReadError(f"{source} is empty: choose a file with a report in it")
    report_id = report_id_of(source)
    blocks = _reader(content, source, progress)(content)
    body = number_blocks(blocks, report_id)
    sample = " ".join(paragraph.text for paragraph in body.paragraphs)[:_LANGUAGE_SAMPLE]
    return Report(
        report_id=report_id,
        metadata=read_metadata(body.front, name, body.back),
        language=py3langid.classify(sample)[0],
        source=source,
        headings=body.headings,
        paragraphs=body.paragraphs,
        oddities=(*odd_scans(blocks), *body.oddities),
    )


def report_id_of(source: str) -> str:
    """The id that a file's name gives its report.

    Raises:
        ReadError: the name gives none.
    """
    name = plain_name(source)
    report_id = re.sub(r"[^\w]+", "-", PurePath(name).stem.lower()).strip("-")
    if not report_id:
        raise ReadError(f"{name} has no letter or digit to name the report by: rename it")
    return report_id


def plain_name(source: str) -> str:
    """A file's name to show and to keep: on one line, without folders or what shows nothing."""
    shown = source.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")
    name = "".join(sign for sign in " ".join(shown.split()) if sign.isprintable())
    return PurePath(name).name or name


def _reader(content: bytes, source: str, progress: Progress | None) -> Reader:
    """The reader of a format; each brings libraries of its own, loaded where they are used."""
    start = content[:1024].lstrip()
    suffix = PurePath(source).suffix.lower()
    if start.startswith(b"%PDF"):
        from index.readers.pdf import read_pdf

        return partial(read_pdf, progress=progress)
    if start.startswith(b"PK"):
        return _archive_reader(content, source)
    if start.startswith(b"\xd0\xcf\x11\xe0") or suffix in _OTHER_FORMATS:
        raise ReadError(f"{source} is in a format that is not read: save it as DOCX or PDF")
    if suffix in _MARKDOWN:
        return _markdown_reader(source)
    if suffix in (".html", ".htm", ".xhtml") or re.match(rb"(?i)<!doctype html|<html", start):
        from index.readers.html import read_html

        return read_html
    is_utf_16 = start.startswith((b"\xff\xfe", b"\xfe\xff")) or utf_16_order(content)
    if b"\0" in start and not is_utf_16:
        raise ReadError(f"{source} is no document: choose a PDF, Word, HTML, EPUB or text file")
    from index.readers.text import read_text

    return read_text


def _archive_reader(content: bytes, source: str) -> Reader:
    """Word and EPUB files are archives that name what they are inside."""
    try:
        names = zipfile.ZipFile(BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise ReadError(f"{source} is damaged ({error}): save it anew") from error
    if "META-INF/container.xml" in names:
        from index.readers.epub import read_epub

        return read_epub
    if any(name.startswith("word/") for name in names):
        from index.readers.docx import read_docx

        return read_docx
    raise ReadError(f"{source} is an archive without a document: unpack it and add what is inside")


def _markdown_reader(source: str) -> Reader:
    from index.readers.markdown import read_markdown

    def read(content: bytes) -> list[Block]:
        try:
            return read_markdown(content.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise ReadError(
                f"{source} is not UTF-8 text (byte {error.start}): save it as UTF-8"
            ) from error

    return read
