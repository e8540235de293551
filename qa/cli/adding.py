"""`qa add` and `qa remove`."""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from index.errors import LibraryError, ReadError, ReportQaError
from index.library import Library
from index.reading import SUFFIXES
from index.report import Metadata, Report
from index.sandbox import Limits, read_apart
from qa.account import account_text
from qa.cli.terminal import MISTAKE, OK, Bar, Commands, count, note, open_library

_DESCRIPTION = """\
Read files into the library: PDF with a text layer, Word (.docx), HTML, EPUB, Markdown, text.
A folder is added with everything in it that can be read. The same file again changes nothing;
a changed one replaces the report of its name, and only its changed paragraphs are encoded.

Each report is accounted for: paragraphs, sections, footnotes, pages, and what is odd, such as
a number that breaks the sequence. Look there before you trust the reading.
"""


def add_to(commands: Commands) -> None:
    """Add the commands to the parser."""
    add = commands.add_parser(
        "add",
        help="add reports: PDF, Word, HTML, EPUB, Markdown, text",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add.add_argument("paths", nargs="+", type=Path, metavar="FILE_OR_FOLDER")
    add.add_argument("--title", metavar="TEXT", help="instead of the one on the cover")
    add.add_argument("--symbol", metavar="TEXT", help="such as A/75/542")
    add.add_argument("--date", metavar="TEXT", help='such as "26 October 2020"')
    add.set_defaults(run=_add)

    remove = commands.add_parser("remove", help="remove reports from the library")
    remove.add_argument("reports", nargs="+", metavar="REPORT", help="its id, as in `qa list`")
    remove.set_defaults(run=_remove)


class _Corrections(NamedTuple):
    """What a person says of a cover; None where it is right as read."""

    title: str | None
    symbol: str | None
    date: str | None

    def of(self, metadata: Metadata) -> Metadata:
        return replace(
            metadata,
            title=self.title or metadata.title,
            symbol=self.symbol or metadata.symbol,
            date=self.date or metadata.date,
        )


def _add(options: argparse.Namespace) -> int:
    files = list(_files(options.paths))
    corrections = _Corrections(options.title, options.symbol, options.date)
    if any(corrections) and len(files) != 1:
        raise LibraryError("--title, --symbol and --date are of one report: add one file with them")
    library = open_library()
    skipped = 0
    for file in files:
        try:
            report = _add_file(library, file, corrections)
        except ReportQaError as error:
            note(f"{file}: {error}")
            skipped += 1
        else:
            print(account_text(report), end="", flush=True)
    if len(files) > 1:
        print(f"{count(len(files) - skipped, 'report')} read, {skipped} skipped")
    return MISTAKE if skipped else OK


def _files(paths: list[Path]) -> Iterator[Path]:
    """The files to read: those named, and in folders those of a format that is read."""
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES)
            if not found:
                raise LibraryError(f"{path} holds no file to read: expected {', '.join(SUFFIXES)}")
            yield from found
        elif path.exists():
            yield path
        else:
            raise LibraryError(f"{path} is not there: name a file or a folder")


def _add_file(library: Library, file: Path, corrections: _Corrections) -> Report:
    content = _content(file)
    report = read_apart(content, file.name)
    if library.encoder.languages and report.language not in library.encoder.languages:
        note(
            f"{file}: it seems to be in a language ({report.language}) that "
            f"{library.encoder.name} does not know: set QA_ENCODER to a multilingual model"
        )
    report = replace(report, metadata=corrections.of(report.metadata))
    if library.holds(report.report_id, content):
        if any(corrections):
            library.correct(report.report_id, report.metadata)
        return library.report(report.report_id)
    with Bar(f"Encoding {report.report_id}") as progress:
        library.add(report, content, progress)
    return report


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > Limits().file_bytes:
            raise ReadError(
                f"it has {file.stat().st_size / 2**20:,.0f} MB, at most "
                f"{Limits().file_bytes / 2**20:,.0f} are read: split it"
            )
        return file.read_bytes()
    except OSError as error:
        raise ReadError(f"it cannot be opened ({error.strerror}): check its rights") from error


def _remove(options: argparse.Namespace) -> int:
    library = open_library()
    library.check_reports(options.reports)
    for report_id in options.reports:
        library.remove(report_id)
    print(f"{count(len(options.reports), 'report')} removed")
    return OK
