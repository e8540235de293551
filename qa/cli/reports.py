"""`qa list`, `show`, `export` and `reindex`."""

import argparse
import sys
from pathlib import Path

from index.errors import LibraryError
from index.library import Library, library_home
from qa import formats
from qa.account import account_text
from qa.cli.terminal import OK, Bar, Commands, open_library, patient_encoder, to_json


def add_to(commands: Commands) -> None:
    """Add the commands to the parser."""
    _add_list(commands)
    _add_show(commands)
    _add_export(commands)
    reindex = commands.add_parser("reindex", help="read and encode every report again")
    reindex.set_defaults(run=_reindex)


def _add_list(commands: Commands) -> None:
    listing = commands.add_parser("list", help="list the reports")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    listing.set_defaults(run=_list)


def _add_show(commands: Commands) -> None:
    show = commands.add_parser("show", help="print a report, or one paragraph with its footnotes")
    show.add_argument("report", metavar="REPORT", help="its id, as `qa list` shows it")
    show.add_argument("number", nargs="?", metavar="NUMBER", help='such as 69, "87(a)" or summary')
    show.add_argument("--check", action="store_true", help="how it was read, with all oddities")
    show.set_defaults(run=_show)


def _add_export(commands: Commands) -> None:
    export = commands.add_parser("export", help="write a report's paragraphs")
    export.add_argument("report", nargs="?", metavar="REPORT", help="its id (default: all)")
    export.add_argument("--format", choices=("jsonl", "beir", "markdown"), required=True)
    export.add_argument(
        "--out",
        type=Path,
        metavar="PATH",
        help="a file, or for beir a folder (default: standard output)",
    )
    export.set_defaults(run=_export)


def _list(options: argparse.Namespace) -> int:
    library = open_library()
    reports = library.overviews()
    if options.format == "json":
        rows = [
            {
                "report": report.report_id,
                "title": report.metadata.title,
                "paragraphs": report.n_paragraphs,
                "language": report.language,
                "source": report.source,
            }
            for report in reports
        ]
        print(to_json(rows))
        return OK
    for report in reports:
        print(
            f"{report.report_id}  {report.metadata.title}  "
            f"({report.n_paragraphs} paragraphs, {report.language}, {report.source})"
        )
    return OK


def _show(options: argparse.Namespace) -> int:
    library = open_library()
    if options.check:
        print(account_text(library.report(options.report), is_short=False), end="")
    elif options.number is None:
        print(formats.report_text(library.report(options.report)), end="")
    else:
        paragraph = library.paragraph(options.report, options.number)
        print(formats.paragraph_text(paragraph), end="")
    return OK


def _export(options: argparse.Namespace) -> int:
    library = open_library()
    render = {
        "jsonl": formats.report_jsonl,
        "beir": formats.report_beir,
        "markdown": formats.report_markdown,
    }[options.format]
    report_ids = [options.report] if options.report else library.report_ids()
    if options.format == "beir" and len(report_ids) > 1:
        raise LibraryError("a BEIR corpus is one report's: name the report")
    text = "\n".join(render(library.report(report_id)) for report_id in report_ids)
    if options.out is None:
        sys.stdout.write(text)
    else:
        _write(text, options.out / "corpus.jsonl" if options.format == "beir" else options.out)
    return OK


def _write(text: str, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise LibraryError(
            f"cannot write {path} ({error.strerror}): choose another --out"
        ) from error


def _reindex(_: argparse.Namespace) -> int:
    library = Library(library_home(), patient_encoder())
    with Bar("Recognising scans", " pages") as recognised, Bar("Encoding the library") as progress:
        library.reindex(progress, recognised)
    print(f"{len(library.report_ids())} reports encoded with {library.encoder.name}")
    return OK
