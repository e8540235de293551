"""`qa serve`."""

import argparse
import os
from pathlib import Path

from index.errors import LibraryError
from qa.cli.terminal import OK, Commands, open_library
from qa.serving.log import QuestionLog


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
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
    serve.add_argument(
        "--read-only", action="store_true", help="let nobody add or remove reports on the page"
    )
    serve.add_argument(
        "--metrics",
        type=_address,
        metavar="[HOST:]PORT",
        help="metrics for Prometheus on a port of their own (HOST: 127.0.0.1)",
    )
    serve.add_argument(
        "--log",
        metavar="PATH",
        help="write a line of JSON a question, without its words; - for standard output",
    )
    serve.add_argument("--log-questions", action="store_true", help="write the words as well")
    serve.set_defaults(run=_serve)


def _address(text: str) -> tuple[str, int]:
    """The address and port of a server."""
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 2**16:
        raise argparse.ArgumentTypeError(f"{text!r} is no port, and no address with one")
    return host.strip("[]") or "127.0.0.1", int(port)


def _serve(options: argparse.Namespace) -> int:
    password = _password(options) if options.auth else None
    if options.log_questions and not options.log:
        raise LibraryError("--log-questions needs a log: name one with --log")
    log = QuestionLog(options.log, has_questions=options.log_questions) if options.log else None
    from app import serve  # Gradio takes seconds to import

    serve(
        open_library(),
        host=options.host,
        port=options.port,
        open_browser=not options.no_open,
        login=(options.auth, password) if password else None,
        is_read_only=options.read_only,
        metrics_at=options.metrics,
        log=log,
    )
    return OK


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
