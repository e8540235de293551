"""`qa ask`."""

import argparse

from qa import formats
from qa.answer import answer_question
from qa.cli.terminal import NOT_FOUND, OK, Commands, open_library, to_json


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
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


def _ask(options: argparse.Namespace) -> int:
    answer = answer_question(
        " ".join(options.question),
        library=open_library(),
        reports=options.report,
        top_k=options.top,
    )
    if options.format == "json":
        print(to_json(formats.answer_json(answer)))
    else:
        render = formats.answer_text if options.format == "text" else formats.answer_markdown
        print(render(answer), end="")
    return NOT_FOUND if answer.state == "not_found" else OK
