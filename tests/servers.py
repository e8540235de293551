"""Milvus servers that tests start, kill and start again: Milvus Lite and a real one."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.errors import LibraryError
from index.milvus.address import read_address
from index.milvus.server import Server

_READY_SECONDS = 180
_PROGRAMS = {"lite": "milvus-lite", "milvus": "milvus-server"}


class TestServer:
    """A server of a kind on a free port, with its data in a folder."""

    __test__ = False

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self._folder = folder
        self._log = folder.with_suffix(".log")
        self._ports = _free_ports(11)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self._ports[0]}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            # It ends at once while the system still holds the port of the one that was killed.
            if self._process is None or self._process.poll() is not None:
                self._launch()
            try:
                Server(read_address(f"milvus://{self.address}/t")).read("list_collections")
                return
            except LibraryError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def _launch(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _command(self) -> list[str]:
        program = str(Path(sys.executable).with_name(_PROGRAMS[self.kind]))
        port = str(self._ports[0])
        if self.kind == "lite":
            return [
                program, "server", "--data-dir", str(self._folder),
                "--host", "127.0.0.1", "--port", port,
            ]  # fmt: skip
        names = (
            "proxy", "etcd", "root-coord", "proxy-internal", "query-coord", "query-node",
            "index-coord", "index-node", "data-coord", "data-node",
        )  # fmt: skip
        ports = [
            argument
            for name, number in zip(names, self._ports, strict=False)
            for argument in (f"--{name}-port", str(number))
        ]
        return [program, "--data", str(self._folder), *ports]


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def require(kind: str) -> None:
    """Skip a test whose server is not installed; in CI that is a failure."""
    program = Path(sys.executable).with_name(_PROGRAMS[kind])
    if not program.is_file() and not shutil.which(program.name):
        reason = f"{program.name} is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
