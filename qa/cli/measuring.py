"""`qa eval`."""

import argparse
from pathlib import Path

from qa.cli.terminal import OK, Bar, Commands, open_library


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
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


def _eval(options: argparse.Namespace) -> int:
    from eval.command import evaluate

    with Bar("Encoding the collection") as progress:
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
    return OK
