"""A process of our own that tells how far it has come."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from threading import Thread
from typing import BinaryIO

Progress = Callable[[int, int], None]  # done, in all

_TOLD = re.compile(rb"\x1e(\d+)/(\d+)\n")


def tell_progress(done: int, total: int) -> None:
    """Tell the process that waits for this one."""
    sys.stderr.write(f"\x1e{done}/{total}\n")
    sys.stderr.flush()


def run_watched(
    command: Sequence[str], given: bytes, seconds: float, progress: Progress | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a command, and wait for as long as it goes on telling.

    Args:
        command: the program and its arguments.
        given: its standard input.
        seconds: that it may work without telling of progress.
        progress: told what it tells.

    Raises:
        subprocess.TimeoutExpired: it told nothing for too long, and was ended.
    """
    receiving, telling = os.pipe()
    with (
        open(receiving, "rb") as errors,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=telling
        ) as process,
    ):
        os.close(telling)
        watch = _Watch(errors, progress)
        watch.start()
        answer = _wait(process, given, seconds, watch)
        watch.join()
    return subprocess.CompletedProcess(command, process.returncode, answer, b"".join(watch.said))


class _Watch(Thread):
    """Reads what a process says, and sorts out what it tells."""

    def __init__(self, errors: BinaryIO, progress: Progress | None) -> None:
        super().__init__(daemon=True)
        self.said: list[bytes] = []
        self.has_told = False
        self._errors, self._progress = errors, progress

    def run(self) -> None:
        for line in self._errors:
            if match := _TOLD.fullmatch(line):
                self.has_told = True
                if self._progress:
                    self._progress(int(match[1]), int(match[2]))
            else:
                self.said.append(line)


def _wait(
    process: subprocess.Popen[bytes], given: bytes | None, seconds: float, watch: _Watch
) -> bytes:
    while True:
        watch.has_told = False
        try:
            return process.communicate(given, timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            if not watch.has_told:
                process.kill()
                raise
        given = None  # it is being handed over already
