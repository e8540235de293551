"""The `qa` command: ask, list, show, export, serve, eval, reindex."""

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Never

from tqdm import tqdm

from index.encoder import Encoder
from index.errors import LibraryError, ReportQaError
from index.library import Library, Progress, library_home
from index.models import load_encoder
from qa import formats
from qa.answer import answer_question

_OK, _NOT_FOUND, _MISTAKE, _INTERRUPTED = 0, 1, 2, 130

_EPILOG = """\
examples:
  qa ask "Which country gives every migrant a social security number?"
  qa ask "What does the report say about children?" --top 3 --format markdown
  qa show global-compact-2020 "87(a)"
  qa eval global-compact --system dense --system bm25

Reports are kept in QA_HOME (default: your user data folder). QA_ENCODER names another
sentence-transformers model. Exit codes: 0 found or weak, 1 not found, 2 a mistake.
"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence instead of printing the usage."""

    def error(self, message: str) -> Never:
        self.exit(_MISTAKE, f"qa: {message}: `{self.prog} --help` shows how\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        The exit code: 0 found or weak, 1 not found, 2 a mistake of the user's.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except ReportQaError as error:
        print(f"qa: {error}", file=sys.stderr)
        return _MISTAKE
    except KeyboardInterrupt:
        print("qa: stopped; nothing was changed by halves", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _OK
    return code


def _parser() -> _Parser:
    parser = _Parser(
        prog="qa",
        description="Ask a long official report a question; get the numbered paragraphs that "
        "answer it, quoted word for word.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    ask = commands.add_parser("ask", help="ask a question")
    ask.add_argument("question", nargs="+", metavar="QUESTION", help="in your own words")
    ask.add_argument("--report", action="append", default=[], metavar="ID", help="ask only this")
    ask.add_argument(
        "--top",
        type=int,
        metavar="N",
        help="how many paragraphs (default: the best and those that score almost as well)",
    )
    ask.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    ask.set_defaults(run=_ask)

    listing = commands.add_parser("list", help="list the reports")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    listing.set_defaults(run=_list)

    show = commands.add_parser("show", help="print a report, or one paragraph with its footnotes")
    show.add_argument("report", metavar="REPORT", help="its id, as `qa list` shows it")
    show.add_argument("number", nargs="?", metavar="NUMBER", help='such as 69, "87(a)" or summary')
    show.set_defaults(run=_show)

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

    serve = commands.add_parser("serve", help="open the page")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serve.add_argument("--port", type=int, default=7860, help="port to listen on (%(default)s)")
    serve.add_argument("--no-open", action="store_true", help="do not open a browser")
    serve.set_defaults(run=_serve)

    evaluate = commands.add_parser("eval", help="measure retrieval on a question collection")
    evaluate.add_argument(
        "collection", metavar="COLLECTION", help="global-compact, or a BEIR folder"
    )
    evaluate.add_argument(
        "--system",
        action="append",
        default=[],
        metavar="NAME",
        help="bm25, dense, rrf or random (default: all)",
    )
    evaluate.add_argument(
        "--report", metavar="ID", help="the report that a folder without corpus.jsonl asks"
    )
    evaluate.add_argument("--runs", type=Path, metavar="DIR", help="write TREC runs here")
    evaluate.add_argument("--format", choices=("text", "json"), default="text")
    evaluate.set_defaults(run=_eval)

    reindex = commands.add_parser("reindex", help="read and encode every report again")
    reindex.set_defaults(run=_reindex)
    return parser


def open_library() -> Library:
    """The person's library, with the bundled report in it at first start."""
    library = Library(library_home(), _encoder())
    with _progress("Indexing the bundled report") as progress:
        library.add_bundled(progress)
    return library


def _encoder() -> Encoder:
    """The encoder, with a word of patience before the first use of one."""
    encoder = load_encoder()
    if not encoder.is_prepared:
        print("Preparing the encoder; this happens once and takes ten seconds.", file=sys.stderr)
    return encoder


class _progress:  # noqa: N801 - reads as a verb where it is used
    """A bar on standard error, drawn once something is reported."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._bar: tqdm[Never] | None = None

    def __enter__(self) -> Progress:
        return self._report

    def _report(self, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = tqdm(desc=self._title, total=total, unit=" paragraphs", file=sys.stderr)
        self._bar.total = total
        self._bar.update(done - self._bar.n)
        if done == total:  # what comes next is not its work
            self._bar.close()

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def _ask(options: argparse.Namespace) -> int:
    answer = answer_question(
        " ".join(options.question),
        library=open_library(),
        reports=options.report,
        top_k=options.top,
    )
    if options.format == "json":
        print(_json(formats.answer_json(answer)))
    else:
        render = formats.answer_text if options.format == "text" else formats.answer_markdown
        print(render(answer), end="")
    return _NOT_FOUND if answer.state == "not_found" else _OK


def _list(options: argparse.Namespace) -> int:
    library = open_library()
    reports = [library.report(report_id) for report_id in library.report_ids()]
    if options.format == "json":
        rows = [
            {
                "report": report.report_id,
                "title": report.metadata.title,
                "paragraphs": len(report.paragraphs),
                "language": report.language,
                "source": report.source,
            }
            for report in reports
        ]
        print(_json(rows))
        return _OK
    for report in reports:
        print(
            f"{report.report_id}  {report.metadata.title}  "
            f"({len(report.paragraphs)} paragraphs, {report.language}, {report.source})"
        )
    return _OK


def _show(options: argparse.Namespace) -> int:
    report = open_library().report(options.report)
    if options.number is None:
        print(formats.report_text(report), end="")
        return _OK
    number = re.sub(r"\s", "", options.number)
    for paragraph in report.paragraphs:
        if paragraph.number == number:
            print(formats.paragraph_text(paragraph), end="")
            return _OK
    first, last = report.paragraphs[0].number, report.paragraphs[-1].number
    raise LibraryError(
        f"{report.report_id} has no paragraph {number!r}: it runs from {first} to {last}"
    )


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
    return _OK


def _serve(options: argparse.Namespace) -> int:
    from app import serve  # Gradio takes seconds to import

    serve(open_library(), host=options.host, port=options.port, open_browser=not options.no_open)
    return _OK


def _eval(options: argparse.Namespace) -> int:
    from eval.command import evaluate

    with _progress("Encoding the collection") as progress:
        print(
            evaluate(
                options.collection,
                open_library=open_library,
                systems=options.system,
                report_id=options.report,
                runs=options.runs,
                as_json=options.format == "json",
                progress=progress,
            )
        )
    return _OK


def _reindex(_: argparse.Namespace) -> int:
    library = Library(library_home(), _encoder())
    with _progress("Encoding the library") as progress:
        library.reindex(progress)
    print(f"{len(library.report_ids())} reports encoded with {library.encoder.name}")
    return _OK


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _write(text: str, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise LibraryError(
            f"cannot write {path} ({error.strerror}): choose another --out"
        ) from error
