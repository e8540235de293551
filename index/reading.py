"""From a report's file to a Report."""

import re
from pathlib import PurePath

import py3langid

from index.blocks import Block
from index.errors import ReadError
from index.metadata import read_metadata
from index.numbering import number_blocks
from index.readers.markdown import read_markdown
from index.report import Report

_LANGUAGE_SAMPLE = 10_000  # characters: more no longer changes the verdict


def read_report(content: bytes, source: str) -> Report:
    """Read the bytes of a file.

    Args:
        content: the whole file.
        source: its name, which tells the format and gives the report its id.

    Raises:
        ReadError: another format than Markdown, not UTF-8, or not a readable report.
    """
    blocks = _read_blocks(content, source)
    name = PurePath(source).stem
    report_id = re.sub(r"[^\w]+", "-", name.lower()).strip("-")
    body = number_blocks(blocks, report_id)
    sample = " ".join(paragraph.text for paragraph in body.paragraphs)[:_LANGUAGE_SAMPLE]
    return Report(
        report_id=report_id,
        metadata=read_metadata(body.front, fallback_title=name),
        language=py3langid.classify(sample)[0],
        source=source,
        headings=body.headings,
        paragraphs=body.paragraphs,
    )


def _read_blocks(content: bytes, source: str) -> list[Block]:
    if PurePath(source).suffix.lower() not in (".md", ".markdown"):
        raise ReadError(f"{source} is not Markdown (.md): convert it first")
    try:
        return read_markdown(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ReadError(
            f"{source} is not UTF-8 text (byte {error.start}): save it as UTF-8"
        ) from error
