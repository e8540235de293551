"""Reading a file that may be broken or hostile: in a process of its own, with limits.

A file can make a parser loop, or swell to more memory than there is. Then its process ends,
and ours goes on.
"""

import contextlib
import pickle
import subprocess
import sys
from dataclasses import dataclass

from index.errors import ReadError
from index.report import Report


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take."""

    seconds: int = 300
    memory_bytes: int = 4 * 2**30
    file_bytes: int = 256 * 2**20


_LIMITS = Limits()


def read_apart(content: bytes, source: str, limits: Limits = _LIMITS) -> Report:
    """Read the bytes of a file as `index.reading.read_report` does, in another process.

    Raises:
        ReadError: the file is not a readable report, or takes more than the limits.
    """
    if len(content) > limits.file_bytes:
        raise ReadError(
            f"{source} has {len(content) / 2**20:,.0f} MB, at most "
            f"{limits.file_bytes / 2**20:,.0f} are read: split it"
        )
    command = [sys.executable, "-m", "index.sandbox", source, str(limits.memory_bytes)]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=limits.seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ReadError(
            f"{source} was not read within {limits.seconds} seconds: split it, or save it anew"
        ) from error
    if done.returncode:
        raise ReadError(
            f"{source} could not be read ({_last_line(done.stderr)}): save it anew from the "
            "program that made it"
        )
    found = pickle.loads(done.stdout)  # what our own process below has written
    if isinstance(found, ReadError):
        raise found
    assert isinstance(found, Report)
    return found


def _last_line(errors: bytes) -> str:
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "its reading was ended for want of memory"


def _main() -> None:
    """Read standard input under the limits, and write the report or the error."""
    source, memory_bytes = sys.argv[1], int(sys.argv[2])
    with contextlib.suppress(ImportError):  # not every platform can limit a process
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    from index.reading import read_report

    try:
        found: Report | ReadError = read_report(sys.stdin.buffer.read(), source)
    except ReadError as error:
        found = error
    except MemoryError:
        found = ReadError(f"{source} takes more memory to read than a report should: split it")
    except RecursionError:
        found = ReadError(f"{source} is nested too deeply to be a report: save it anew")
    sys.stdout.buffer.write(pickle.dumps(found))


if __name__ == "__main__":
    _main()
