"""Reading a file that may be broken or hostile: in a process of its own, with limits.

A file can make a parser loop, or swell to more memory than there is. Then its process ends,
and ours goes on.
"""

import contextlib
import json
import os
import pickle
import stat
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import ReadError
from index.reading import plain_name
from index.report import Report
from index.watched import Progress, run_watched, tell_progress


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take, and what a report may hold.

    The largest official reports have some 10,000 paragraphs and five million characters.
    """

    seconds: int = 120
    memory_bytes: int = 3 * 2**30
    file_bytes: int = 256 * 2**20
    text_bytes: int = 64 * 2**20  # of a file that holds no pictures and is not packed
    paragraphs: int = 50_000
    characters: int = 25_000_000


_LIMITS = Limits()


def read_file(path: Path, limits: Limits = _LIMITS) -> bytes:
    """The bytes of a file; a pipe or a device, which may never end, is not waited for.

    Raises:
        ReadError: it cannot be opened, is no ordinary file, or is too large.
    """
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ReadError("it is no ordinary file: name a file with a report in it")
            _check_size("it", status.st_size, limits.file_bytes)
            return file.read(limits.file_bytes)
    except OSError as error:
        raise ReadError(f"it cannot be opened ({error.strerror}): check its rights") from error


def read_apart(
    content: bytes, source: str, limits: Limits = _LIMITS, progress: Progress | None = None
) -> Report:
    """Read the bytes of a file as `index.reading.read_report` does, in another process.

    Every page of a scan that is recognised may take the time anew.

    Args:
        content: the whole file.
        source: its name.
        limits: what it may take.
        progress: told how many scanned pages are recognised, of how many.

    Raises:
        ReadError: the file is not a readable report, or takes more than the limits.
    """
    name = plain_name(source)
    is_packed = content[:1024].lstrip().startswith((b"%PDF", b"PK"))
    most_bytes = limits.file_bytes if is_packed else min(limits.file_bytes, limits.text_bytes)
    _check_size(name, len(content), most_bytes)
    request = json.dumps([source, asdict(limits)]).encode() + b"\n"
    try:
        done = run_watched(
            [sys.executable, "-m", "index.sandbox"], request + content, limits.seconds, progress
        )
    except subprocess.TimeoutExpired as error:
        raise ReadError(
            f"{name} was not read within {limits.seconds} seconds: split it, or save it anew"
        ) from error
    if done.returncode:
        raise ReadError(f"{name} could not be read ({_cause(done)}): split it, or save it anew")
    found = pickle.loads(done.stdout)  # what our own process below has written
    if isinstance(found, ReadError):
        raise found
    assert isinstance(found, Report)
    return found


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _check_size(name: str, n_bytes: int, most_bytes: int) -> None:
    if n_bytes > most_bytes:
        raise ReadError(
            f"{name} has {n_bytes / 2**20:,.0f} MB, at most "
            f"{most_bytes / 2**20:,.0f} are read: split it"
        )


def _cause(done: subprocess.CompletedProcess[bytes]) -> str:
    """Why the process ended, from what it said last."""
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    said = lines[-1][:200] if lines else ""
    if done.returncode == -9 or "memory" in said.lower() or "bad_alloc" in said:
        return "its reading took too much memory"
    return said or "its reading broke off, most often for want of memory"


def _check_report(report: Report, limits: Limits) -> None:
    n_paragraphs = len(report.paragraphs)
    notes = (note for paragraph in report.paragraphs for note in paragraph.footnotes)
    n_characters = sum(len(paragraph.text) for paragraph in report.paragraphs)
    n_characters += sum(len(note.text) for note in notes)
    for number, most, what in (
        (n_paragraphs, limits.paragraphs, "paragraphs"),
        (n_characters, limits.characters, "characters"),
    ):
        if number > most:
            raise ReadError(
                f"{report.source} has {number:,} {what}, at most {most:,} are read: split it"
            )


def _main() -> None:
    """Read standard input under the limits, and write the report or the error."""
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    source, values = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**values)
    with contextlib.suppress(ImportError):  # not every platform can limit a process
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from index.reading import read_report

    name = plain_name(source)
    found: Report | ReadError
    try:
        found = read_report(sys.stdin.buffer.read(), source, tell_progress)
        _check_report(found, limits)
    except ReadError as error:
        found = error
    except MemoryError:
        found = ReadError(f"{name} takes more memory to read than a report should: split it")
    except RecursionError:
        found = ReadError(f"{name} is nested too deeply to be a report: save it anew")
    answer.write(pickle.dumps(found))
    answer.close()


if __name__ == "__main__":
    _main()
