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
        process: which may be killed.
    """

    url: str
    home: Path
    attempts: Path
    process: "subprocess.Popen[bytes]"


@contextmanager
def serve(folder: Path, *options: str, **environment: str) -> Iterator[Server]:
    """Serve the library in ``folder / "library"`` on a free port, walled in."""
    home, attempts, port = folder / "library", folder / "attempts", free_port()
    attempts.touch()
    command = [
        sys.executable, "-m", "tests.browser.walled", str(attempts),
        "serve", "--no-open", "--port", str(port), *options,
    ]  # fmt: skip
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, "QA_HOME": str(home), **environment},
            stdout=log,
            stderr=log,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url, process, folder / "log")
            yield Server(url, home, attempts, process)
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until a server answers with success."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the server did not start:\n{log.read_text()}")
