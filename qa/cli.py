"""The `qa` command: ask, list, show, export, serve, eval, feedback, reindex."""

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Never

from tqdm import tqdm

from index.encoder import Encoder
from index.errors import LibraryError, ReportQaError
from index.library import Library, Progress, library_home
from index.models import load_encoder
from qa import formats
from qa.answer import answer_question
from qa.feedback import FeedbackError, feedback_text
from qa.judged import collect, write_collection

_OK, _NOT_FOUND, _MISTAKE, _INTERRUPTED = 0, 1, 2, 130

_EPILOG = """\
examples:
  qa ask "Which country gives every migrant a social security number?"
  qa ask "What does the report say about children?" --top 3 --format markdown
  qa show global-compact-2020 "87(a)"
  qa eval global-compact --system dense --system bm25
  qa feedback export --out judged && qa eval judged

Reports are kept in QA_HOME (default: your user data folder). QA_ENCODER names another
sentence-transformers model. Exit codes: 0 found or weak, 1 not found, 2 a mistake.
"""

_FEEDBACK = """\
A thumb up or down on a citation of the page, or "none of these", is kept in your library and
nowhere else: with the time, the question and those before it, the paragraphs that were shown
with their scores, and the versions of library, encoder and ranking. No name is kept.

  qa feedback list                   # one line for each answer that was judged
  qa feedback list --format json     # all that is kept
  qa feedback export --out judged    # a BEIR folder:
    queries.jsonl, qrels/test.tsv      questions; 1 for most thumbs up, 0 for down or a tie
    unanswerable.jsonl                 questions that got "none of these" and no thumb up
    conversations.jsonl                follow-ups, behind the questions they lean on
    corpus.jsonl                       paragraphs, unless all are of the bundled report
  qa eval judged                     # how well each ranking does on them
  qa feedback clear --yes            # delete everything, for good

The last word on a citation counts. Exit codes: 0 done, 1 nothing to export, 2 a mistake.
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
    serve.add_argument(
        "--auth",
        metavar="USER",
        help="let in only this user, with the password in QA_PASSWORD or --password-file",
    )
    serve.add_argument(
        "--password-file", type=Path, metavar="PATH", help="a file with the password in one line"
    )
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

    _add_feedback(commands)

    reindex = commands.add_parser("reindex", help="read and encode every report again")
    reindex.set_defaults(run=_reindex)
    return parser


def _add_feedback(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "feedback",
        help="see, export or delete what people said of citations",
        description=_FEEDBACK,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    listing = actions.add_parser("list", help="one line for each judged answer, oldest first")
    listing.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="json shows all that is kept (default: %(default)s)",
    )
    listing.set_defaults(run=_feedback_list)

    export = actions.add_parser("export", help="write a BEIR folder that `qa eval` reads")
    export.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="where to; it must not exist, or be empty",
    )
    export.add_argument(
        "--report", action="append", default=[], metavar="ID", help="only what was said of this"
    )
    export.set_defaults(run=_feedback_export)

    clear = actions.add_parser("clear", help="delete all that was said, for good")
    clear.add_argument("--yes", action="store_true", help="yes, delete it")
    clear.set_defaults(run=_feedback_clear)


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
    password = _password(options) if options.auth else None
    from app import serve  # Gradio takes seconds to import

    serve(
        open_library(),
        host=options.host,
        port=options.port,
        open_browser=not options.no_open,
        login=(options.auth, password) if password else None,
    )
    return _OK


def _password(options: argparse.Namespace) -> str:
    """The password of the page, from where other users of the machine do not see it."""
    password = os.environ.get("QA_PASSWORD", "")
    if options.password_file:
        try:
            password = options.password_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise LibraryError(
                f"cannot read the password in {options.password_file} ({error}): name a text file"
            ) from error
    if not password:
        raise LibraryError(
            "--auth needs a password: set QA_PASSWORD, or name a file with --password-file"
        )
    return password


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


def _feedback_list(options: argparse.Namespace) -> int:
    judgements = open_library().judgements()
    if options.format == "json":
        print(_json([asdict(judgement) for judgement in judgements]))
    elif judgements:
        print(feedback_text(judgements), end="")
    else:
        print("no judgements: the thumbs beside a citation on the page (`qa serve`) make them")
    return _OK


def _feedback_export(options: argparse.Namespace) -> int:
    library, out = open_library(), options.out
    questions, n_left_out = collect(library, options.report)
    if n_left_out:
        _note(
            f"{_count(n_left_out, 'verdict')} left out: the library no longer has the "
            "paragraphs as they were shown"
        )
    if not questions:
        _note(
            "nothing to export: no judgement stands on a citation of "
            f"{', '.join(options.report) or 'any report'}; `qa feedback list` shows what is kept"
        )
        return _NOT_FOUND
    write_collection(questions, library, out)
    n_measured = sum(question.is_measured for question in questions)
    print(f"{_count(len(questions), 'question')} in {out}, {n_measured} for `qa eval {out}`")
    if not n_measured:
        _note("no question that stands alone has a relevant paragraph: `qa eval` cannot measure")
    return _OK


def _feedback_clear(options: argparse.Namespace) -> int:
    library = open_library()
    kept = _count(len(library.judgements()), "judgement")
    if not options.yes:
        raise FeedbackError(f"{kept} would be gone for good: add --yes to delete")
    print(f"{_count(library.clear_judgements(), 'judgement')} deleted")
    return _OK


def _reindex(_: argparse.Namespace) -> int:
    library = Library(library_home(), _encoder())
    with _progress("Encoding the library") as progress:
        library.reindex(progress)
    print(f"{len(library.report_ids())} reports encoded with {library.encoder.name}")
    return _OK


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _note(sentence: str) -> None:
    print(f"qa: {sentence}", file=sys.stderr)


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
