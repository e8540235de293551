"""`python -m tests.browser.walled LOG ARGUMENT...`: `qa` in a process that can only reach itself.

Whatever it tries beyond this machine is refused and written to LOG. With SLOW_QUEUE set, a
question takes seconds, and one more may wait.
"""

import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

import app
from qa import session
from qa.cli import main

_LOG = Path(sys.argv[1])
_HERE = ("127.", "::1", "localhost", "0.0.0.0")
_SLOW_SECONDS = 4.0
_connect, _getaddrinfo, _ask = socket.socket.connect, socket.getaddrinfo, session.ask


def _check(host: object) -> None:
    if not str(host).startswith(_HERE):
        with _LOG.open("a") as log:
            log.write(f"{host}\n")
        raise OSError(f"{host} is beyond this machine")


def _connect_here(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - the library's own
    if self.family in (socket.AF_INET, socket.AF_INET6):
        _check(address[0])
    _connect(self, address)


def _resolve_here(host: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401 - likewise
    if host:
        _check(host.decode() if isinstance(host, bytes) else host)
    return _getaddrinfo(host, *rest, **named)


def _ask_slowly(*arguments: Any, **named: Any) -> session.Turn:  # noqa: ANN401 - likewise
    time.sleep(_SLOW_SECONDS)
    return _ask(*arguments, **named)


socket.socket.connect = _connect_here  # type: ignore[assignment]
socket.getaddrinfo = _resolve_here

if "SLOW_QUEUE" in os.environ:
    app._QUEUE_LENGTH = app._AT_ONCE = 1
    session.ask = _ask_slowly
sys.exit(main(sys.argv[2:]))
