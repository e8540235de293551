"""The real server, as a person starts it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Attributes:
        url: where the page is.
        home: its library.
        attempts: what it tried to reach beyond this machine, a host a line.
    """

    url: str
    home: Path
    attempts: Path


@contextmanager
def serve(folder: Path, *options: str, **environment: str) -> Iterator[Server]:
    """Serve the library in ``folder / "library"`` on a free port, walled in."""
    server = Server(f"http://127.0.0.1:{_free_port()}", folder / "library", folder / "attempts")
    server.attempts.touch()
    port = server.url.rsplit(":", 1)[1]
    command = [
        sys.executable, "-m", "tests.browser.walled", str(server.attempts),
        "serve", "--no-open", "--port", port, *options,
    ]  # fmt: skip
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, "QA_HOME": str(server.home), **environment},
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(server.url, process, folder / "log")
            yield server
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the server did not start:\n{log.read_text()}")
