"""The `qa` command. Each room adds its commands to the parser and runs them."""

import argparse
import os
import sys
from collections.abc import Sequence

from index.errors import ReportQaError
from qa.cli import adding, asking, judging, measuring, reports, serving
from qa.cli.terminal import INTERRUPTED, MISTAKE, OK, Parser, open_library

__all__ = ["main", "open_library"]

_EPILOG = """\
examples:
  qa ask "Which country gives every migrant a social security number?"
  qa ask "What does the report say about children?" --top 3 --format markdown
  qa add my-report.pdf
  qa show global-compact-2020 "87(a)"
  qa eval global-compact --system dense --system bm25
  qa feedback export --out judged && qa eval judged

Reports are kept in QA_HOME (default: your user data folder). QA_ENCODER names another
sentence-transformers model. Exit codes: 0 found or weak, 1 not found, 2 a mistake.
"""


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
        return MISTAKE
    except KeyboardInterrupt:
        print("qa: stopped; nothing was changed by halves", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    return code


def _parser() -> Parser:
    parser = Parser(
        prog="qa",
        description="Ask a long official report a question; get the numbered paragraphs that "
        "answer it, quoted word for word.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for room in (asking, adding, reports, serving, measuring, judging):
        room.add_to(commands)
    return parser
