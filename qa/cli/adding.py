"""`qa add` and `qa remove`."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from index.errors import LibraryError, ReadError, ReportQaError
from index.library import Library
from index.reading import SUFFIXES
from index.report import Metadata, Report
from index.sandbox import read_file as open_file
from qa.account import account_text
from qa.adding import put, read_file
from qa.cli.bulk import add_in_bulk
from qa.cli.terminal import MISTAKE, OK, Bar, Commands, count, note, open_library

_DESCRIPTION = """\
Read files into the library: PDF (scans after `make ocr`), Word, HTML, EPUB, Markdown, text.
A folder is added with everything in it that can be read. The same file again changes nothing;
a changed one replaces the report of its name, and only its changed paragraphs are encoded.
--encode ray is for many: interrupted, the same command goes on with what is left.

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
    add.add_argument(
        "--encode",
        metavar="ray[://HOST:PORT]",
        help="many files at once, on Ray: on this machine, or on a cluster by its client port",
    )
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
    if options.encode:
        if any(corrections):
            raise LibraryError("--encode takes no --title, --symbol or --date: add that file alone")
        return add_in_bulk(files, options.encode)
    library = open_library()
    read: dict[str, Path] = {}  # the file of each report
    skipped: list[str] = []
    for place, file in enumerate(files, start=1):
        counter = f"{place} of {len(files)}: " if len(files) > 1 else ""
        try:
            report = _add_file(library, file, corrections, read, counter)
        except ReportQaError as error:
            skipped.append(f"{file}: {error}")
            note(skipped[-1])
        else:
            read[report.report_id] = file
            print(account_text(report), end="", flush=True)
    if len(files) > 1:
        print(_summary(len(read), skipped), flush=True)
    library.settle()
    return MISTAKE if skipped else OK


def _summary(n_read: int, skipped: Sequence[str]) -> str:
    end = ":" if skipped else ""
    lines = [f"{count(n_read, 'report')} read, {len(skipped)} skipped{end}", *skipped]
    return "\n  ".join(lines)


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


def _add_file(
    library: Library, file: Path, corrections: _Corrections, read: Mapping[str, Path], counter: str
) -> Report:
    content = open_file(file)
    with Bar(f"{counter}Recognising {file.name}", " pages") as recognised:
        reading = read_file(library, content, file.name, recognised)
    report_id = reading.report.report_id
    if report_id in read:
        raise ReadError(
            f"by its name it is {report_id!r}, as {read[report_id]} is: rename one of the two"
        )
    if reading.language_note:
        note(f"{file}: {reading.language_note}")
    with Bar(f"{counter}Encoding {report_id}") as progress:
        put(library, reading, progress)
    if any(corrections):
        library.correct(report_id, corrections.of(library.metadata(report_id)))
    return replace(reading.report, metadata=library.metadata(report_id))


def _remove(options: argparse.Namespace) -> int:
    library = open_library()
    library.check_reports(options.reports)
    for report_id in options.reports:
        library.remove(report_id)
    print(f"{count(len(options.reports), 'report')} removed")
    return OK
