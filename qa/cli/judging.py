"""`qa feedback`."""

import argparse
from dataclasses import asdict
from pathlib import Path

from qa.cli.terminal import NOT_FOUND, OK, Commands, count, note, open_library, to_json
from qa.feedback import FeedbackError, feedback_text
from qa.judged import collect, write_collection

_DESCRIPTION = """\
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


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "feedback",
        help="see, export or delete what people said of citations",
        description=_DESCRIPTION,
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


def _feedback_list(options: argparse.Namespace) -> int:
    judgements = open_library().judgements()
    if options.format == "json":
        print(to_json([asdict(judgement) for judgement in judgements]))
    elif judgements:
        print(feedback_text(judgements), end="")
    else:
        print("no judgements: the thumbs beside a citation on the page (`qa serve`) make them")
    return OK


def _feedback_export(options: argparse.Namespace) -> int:
    library, out = open_library(), options.out
    questions, n_left_out = collect(library, options.report)
    if n_left_out:
        note(
            f"{count(n_left_out, 'verdict')} left out: the library no longer has the "
            "paragraphs as they were shown"
        )
    if not questions:
        note(
            "nothing to export: no judgement stands on a citation of "
            f"{', '.join(options.report) or 'any report'}; `qa feedback list` shows what is kept"
        )
        return NOT_FOUND
    write_collection(questions, library, out)
    n_measured = sum(question.is_measured for question in questions)
    print(f"{count(len(questions), 'question')} in {out}, {n_measured} for `qa eval {out}`")
    if not n_measured:
        note("no question that stands alone has a relevant paragraph: `qa eval` cannot measure")
    return OK


def _feedback_clear(options: argparse.Namespace) -> int:
    library = open_library()
    kept = count(len(library.judgements()), "judgement")
    if not options.yes:
        raise FeedbackError(f"{kept} would be gone for good: add --yes to delete")
    print(f"{count(library.clear_judgements(), 'judgement')} deleted")
    return OK
