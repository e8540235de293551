"""Ray: a cluster that a person has, or one on this machine for as long as it is needed."""

import os
import secrets
import shutil
import socket
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

from index.errors import ReportQaError

_CLIENT_PORT = 10001  # of Ray
_ANSWER_SECONDS = 5.0
_LOOPBACK_ONLY = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"  # "0" works on every system, whatever its name
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0"}  # it would tell its makers who uses it
_FOLDER = "qa-ray-"  # and a process's number
_TOKEN = secrets.token_hex(32)
_OWN = {**_QUIET, _LOOPBACK_ONLY: "0", "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": _TOKEN}


class BulkError(ReportQaError):
    """Ray is not there, or does not do what it should."""


@contextmanager
def connected(address: str) -> Iterator[ModuleType]:
    """Ray, connected until the end of the block.

    Args:
        address: ``ray://HOST:PORT`` of a cluster; ``""`` to start Ray on this machine, where
            nobody but this process reaches it.
    Raises:
        BulkError: Ray is not installed, or does not answer.
    """
    with _environment(_QUIET if address else _OWN):
        try:
            import ray
        except ImportError as error:
            raise BulkError(
                "--encode ray needs Ray, which is not installed: run `pip install -e '.[ray]'`"
            ) from error
        with _joined(ray, address) if address else _started(ray):
            yield ray


@contextmanager
def _started(ray: ModuleType) -> Iterator[None]:
    """Ray on this machine; contents of files may lie in its folder, which goes at the end."""
    short = "/tmp" if os.name == "posix" else None  # a socket's path has 100 characters at most
    if short:
        _clear_after_the_killed(Path(short))
    with tempfile.TemporaryDirectory(
        prefix=f"{_FOLDER}{os.getpid()}-", dir=short, ignore_cleanup_errors=True
    ) as private:
        try:
            ray.init(
                address="local",
                include_dashboard=False,
                log_to_driver=False,
                logging_level="ERROR",
                _temp_dir=os.path.join(private, "ray"),  # Ray opens its folder to everybody
            )
        except (OSError, RuntimeError, ValueError) as error:
            ray.shutdown()
            raise BulkError(
                f"Ray does not start on this machine ({first_line(error)}): add without --encode"
            ) from error
        try:
            yield
        finally:
            ray.shutdown()


def _clear_after_the_killed(parent: Path) -> None:
    """Remove the folders of processes that could not do it themselves."""
    for folder in parent.glob(f"{_FOLDER}*-*"):
        with suppress(ValueError, PermissionError):  # not ours
            try:
                os.kill(int(folder.name.removeprefix(_FOLDER).partition("-")[0]), 0)
            except ProcessLookupError:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _joined(ray: ModuleType, address: str) -> Iterator[None]:
    """A cluster, as a client of it: our workers there end with the connection."""
    try:
        _check_answers(address)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what failed is said once, here
            ray.init(address, log_to_driver=False, logging_level="ERROR")
    except (OSError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
        raise BulkError(
            f"no Ray cluster answers at {address} ({first_line(error)}): expected "
            f"ray://HOST:{_CLIENT_PORT}, its client port, and the same Python and Ray there"
        ) from error
    try:
        yield
    except ConnectionError as error:
        raise BulkError(
            f"the connection to {address} broke off ({first_line(error)}): run the command again, "
            "it goes on with what is left"
        ) from error
    finally:
        ray.shutdown()


def _check_answers(address: str) -> None:
    """Ray itself would try for half a minute."""
    parts = urlsplit(address)
    if not parts.hostname:
        raise ValueError("it names no host")
    port = parts.port or _CLIENT_PORT
    socket.create_connection((parts.hostname, port), _ANSWER_SECONDS).close()


def first_line(error: BaseException) -> str:
    """What an error of Ray's says, short."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(error).__name__


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Variables of this process for a while; Ray and its processes read them at their start."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
