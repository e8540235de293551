"""Milvus servers that tests start, kill and start again: a real one, and Milvus Lite."""

import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import pytest

from eval.servers import STANDALONE, Milvus, answers, free_ports

_READY_SECONDS = 120
_PACKAGES = {"lite": "milvus_lite", "milvus": "milvus"}


class Startable(Protocol):
    """A server on a port of its own, with its data in a folder."""

    @property
    def address(self) -> str:
        """HOST:PORT."""

    def start(self) -> None:
        """Start it, or start it anew, and wait until it answers."""

    def stop(self) -> None:
        """End it as a power cut would."""


class Lite:
    """Milvus Lite as a server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_ports(1)[0]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        program = Path(sys.executable).with_name("milvus-lite")
        command = [str(program), "server", "--data-dir", str(self._folder), "--host", "127.0.0.1"]
        with self._folder.with_suffix(".log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self._port)],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _READY_SECONDS
        while not answers(self.address):
            assert time.monotonic() < deadline
            time.sleep(0.5)

    def stop(self) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def require(kind: str) -> None:
    """Skip the test where a kind of server is not installed, but not in CI."""
    if find_spec(_PACKAGES[kind]) is None:
        reason = f"{_PACKAGES[kind]} is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def make_server(kind: str, folder: Path) -> Startable:
    """A server that is not started; skips the test where it is not installed, but not in CI."""
    require(kind)
    return Lite(folder) if kind == "lite" else Milvus(folder, STANDALONE)
