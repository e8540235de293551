"""Is what a server gives all there is? For seconds after a query node has gone it may not be.

Another node takes over and answers before it has loaded everything; then rows are not found that
are there, and searches give what there is of the rest. Milvus says nothing of it.
"""

import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import numpy as np

from index.encoder import Matrix
from index.milvus.rows import report_of, window_id
from index.milvus.server import GoneError, MilvusError, Server
from index.patience import seconds_left
from index.searching import Key, Scores

_MOMENTS = (0.2, 0.8, 2.0)  # seconds until what was not whole is read again
_KEPT_VECTORS = 2_048
_ROUNDING = 1e-3  # of a cosine, here and at the server

Found = TypeVar("Found")


def read_whole(
    read: Callable[[], Found], server: Server, is_present: Callable[[], bool] = lambda: True
) -> Found:
    """Read, and again after a moment where a row is not there though nobody changed the library.

    Args:
        read: what is done.
        server: where the rows are.
        is_present: whether the state that is read is certainly the present one.
    Raises:
        MilvusError: the server has lost a row, or does not find it for a while.
        StaleError: the library has changed.
    """
    moments = iter(_MOMENTS)
    while True:
        try:
            return read()
        except GoneError as error:
            if not is_present():
                raise
            pause = next(moments, None)
            if pause is None:
                raise _lost(report_of(error.row_id), server) from error
            time.sleep(seconds_left(pause))


def _lost(report_id: str, server: Server) -> MilvusError:
    whose = f"report {report_id!r}" if report_id else "library"
    anew = f", or `qa remove {report_id}` and add it again" if report_id else ""
    return MilvusError(
        f"{server.address} does not find all rows of the {whose}: ask again in a moment; if that "
        f"does not help, have it load its collections anew{anew}"
    )


class Seen:
    """Vectors of paragraphs that were read before: a search must find those that are close.

    Safe to use from several threads.
    """

    def __init__(self, dim: int) -> None:
        self._vectors = np.zeros((_KEPT_VECTORS, dim), np.float32)
        self._keys: list[Key] = []
        self._next = 0
        self._lock = threading.Lock()

    def add(self, keys: Sequence[Key], vectors: Matrix) -> None:
        """Keep vectors, one a paragraph; those kept longest make way."""
        with self._lock:
            known = set(self._keys)
            for key, vector in zip(keys, vectors, strict=True):
                if key not in known:
                    self._vectors[self._next] = vector
                    self._keys[self._next : self._next + 1] = [key]
                    self._next = (self._next + 1) % _KEPT_VECTORS

    def closer(self, vector: Scores, cosine: float) -> list[Key]:
        """The paragraphs that are certainly closer to a vector than this."""
        with self._lock:
            cosines: Scores = self._vectors[: len(self._keys)] @ vector
            return [self._keys[row] for row in np.flatnonzero(cosines > cosine + _ROUNDING)]


def check_share(found: Collection[Key], expected: Sequence[Key]) -> None:
    """See that a search gave most of what it had to give; a graph misses some of it.

    Raises:
        GoneError: it gave less than half.
    """
    missing = [key for key in expected if key not in found]
    if len(missing) > max(1, len(expected) / 2):
        raise GoneError(window_id(missing[0], 0))
