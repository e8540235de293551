"""`qa serve`."""

import argparse
import os
from pathlib import Path

from index.errors import LibraryError
from qa.cli.terminal import OK, Commands, open_library


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
    serve.set_defaults(run=_serve)


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
