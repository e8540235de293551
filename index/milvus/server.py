"""Calls to the server: each bounded in time, each failure one sentence."""

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from functools import partial
from typing import Any

from index.errors import LibraryError, StaleError, UnavailableError
from index.milvus.address import Address
from index.patience import seconds_left

# A reader waits for a page, a writer for a load. The client's own bound does not hold where a
# query node is gone, so every call runs in a thread that is left behind.
_READ_SECONDS = 4.0
_WRITE_SECONDS = 30.0
_ATTEMPTS = 4  # of a write, with pauses of 1, 2 and 4 s between them
_SESSION_SECONDS = 10.0  # twice what the server's bound of staleness is
_IDS_AT_ONCE = 500
_PAGE = 10_000  # rows; the server gives 16,384 at most
_BATCH_BYTES = 4 << 20  # the server takes 64 MB a message, proxies mostly less

Row = dict[str, Any]


class MilvusError(UnavailableError):
    """The server did not do what was asked."""


class GoneError(StaleError):
    """A row is not there: the library has changed, or the server has lost it."""

    def __init__(self, row_id: str) -> None:
        super().__init__("the library has changed since it was searched: ask again")
        self.row_id = row_id


class Server:
    """A connection to a Milvus server. Safe to use from several threads."""

    def __init__(self, address: Address) -> None:
        """Connect.

        Raises:
            MilvusError: the client is not installed, or the server does not answer.
        """
        self.address = address
        self._wrote = -_SESSION_SECONDS  # when, by a clock that only goes on
        self._client = self._bounded(self._connect, _READ_SECONDS * 2)
        self.version = str(self.read("get_server_version"))

    def _connect(self) -> Any:  # noqa: ANN401  # of a package that need not be there
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # what failed is said once, below
        try:
            from pymilvus import MilvusClient
            from pymilvus.client import entity_helper  # type: ignore[import-untyped]
        except ImportError as error:
            raise MilvusError(
                "QA_INDEX names a Milvus server, but its client is not installed: run "
                "`pip install -e '.[milvus]'`"
            ) from error
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
        # It would look at each character of each text, which took most of a load; the server
        # checks the length itself.
        entity_helper.CHECK_STR_ARRAY = False
        address = self.address
        options = {"token": address.token} if address.token else {}
        if address.certificate:  # `ca_pem_path` counts only beside a certificate of the client
            options["server_pem_path"] = address.certificate
        return MilvusClient(uri=address.uri, timeout=_READ_SECONDS, **options)

    @property
    def consistency(self) -> str:
        """Whoever wrote just now sees what they wrote; else all is seconds old at most.

        Reading only what is certainly the newest takes 200 ms a query, these 3 ms. A session
        knows no bound for what others wrote, so it does not last.
        """
        return "Session" if time.monotonic() - self._wrote < _SESSION_SECONDS else "Bounded"

    def read(self, method: str, *args: object, **options: object) -> Any:  # noqa: ANN401
        """Call a method of the client that changes nothing.

        Raises:
            MilvusError: it failed, or took longer than a reader waits.
        """
        call, seconds = getattr(self._client, method), seconds_left(_READ_SECONDS)
        return self._bounded(lambda: call(*args, timeout=_READ_SECONDS, **options), seconds)

    def write(self, method: str, *args: object, **options: object) -> Any:  # noqa: ANN401
        """Call a method of the client that may be called again where it failed.

        Raises:
            MilvusError: it failed each time.
        """
        call = getattr(self._client, method)
        return self._retried(lambda: self._write_once(partial(call, *args, **options)))

    def _write_once(self, call: Callable[..., Any]) -> Any:  # noqa: ANN401
        try:
            return self._bounded(lambda: call(timeout=_WRITE_SECONDS), _WRITE_SECONDS)
        finally:
            self._wrote = time.monotonic()

    def _retried(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401
        for attempt in range(_ATTEMPTS - 1):
            try:
                return call()
            except MilvusError:
                time.sleep(2**attempt)
        return call()

    def _bounded(self, call: Callable[[], Any], seconds: float) -> Any:  # noqa: ANN401
        try:
            return _in_thread(call).result(seconds)
        except FutureTimeoutError as error:
            raise MilvusError(
                f"{self.address} has not answered in time: try again in a moment, or look whether "
                "the server runs"
            ) from error
        except LibraryError:
            raise
        except Exception as error:
            reason = _reason(error)
            remedy = self.address.remedy(reason) or (
                f"cannot do what was asked ({reason[:200]}): look whether it runs and QA_INDEX "
                "names it rightly, then try again"
            )
            raise MilvusError(f"{self.address} {remedy}") from error

    def rows(
        self, collection: str, ids: Sequence[str], fields: Sequence[str], consistency: str = ""
    ) -> dict[str, Row]:
        """The rows of these ids that are there, by id; as `consistency` says, if not otherwise."""
        found: dict[str, Row] = {}
        for first in range(0, len(ids), _IDS_AT_ONCE):
            some = list(ids[first : first + _IDS_AT_ONCE])
            rows = self.read(
                "get",
                collection,
                ids=some,
                output_fields=["id", *fields],
                consistency_level=consistency or self.consistency,
            )
            found.update((row["id"], row) for row in rows)
        return found

    def known_rows(
        self, collection: str, ids: Sequence[str], fields: Sequence[str]
    ) -> dict[str, Row]:
        """The rows of these ids, by id.

        Raises:
            GoneError: one of them is not there.
        """
        found = self.rows(collection, ids, fields)
        for each in ids:
            if each not in found:
                raise GoneError(each)
        return found

    def matching(
        self, collection: str, condition: str, fields: Sequence[str], consistency: str = ""
    ) -> list[Row]:
        """The rows that meet a condition, ``""`` for all, in the order of their ids."""
        rows: list[Row] = []
        last = ""
        while True:
            after = f"id > {quoted(last)}"
            page = self.read(
                "query",
                collection,
                filter=f"{after} and {condition}" if condition else after,
                output_fields=["id", *fields],
                limit=_PAGE,
                # No page is of a state before the first one's, whichever replica gives it.
                consistency_level="Strong" if rows else consistency or self.consistency,
            )
            rows += page
            if len(page) < _PAGE:
                return rows
            last = max(row["id"] for row in page)

    def missing(self, collection: str, ids: Sequence[str]) -> list[str]:
        """Those of the ids that are not there."""
        there = self.rows(collection, ids, [])
        return [each for each in ids if each not in there]

    def insert(self, collection: str, rows: Mapping[str, Callable[[], Row]]) -> None:
        """Insert rows under ids that were never used, and make sure that they are there.

        An id is never written twice: 2.3 puts upserted rows of a partitioned collection where
        no filter finds them, and inserts of a known id are kept as doubles.

        Args:
            collection: its name.
            rows: makes the row of each id.

        Raises:
            MilvusError: some are still missing after several attempts.
        """
        left = list(rows)
        for attempt in range(_ATTEMPTS):
            if not left:
                return
            if attempt:
                time.sleep(2 ** (attempt - 1))
            try:
                self._insert_all(collection, left, rows)
                left = self.missing(collection, left)
            except MilvusError:
                if attempt == _ATTEMPTS - 1:
                    raise
                left = self._retried(lambda: self.missing(collection, list(rows)))
        if left:
            raise MilvusError(
                f"{self.address} did not keep {len(left)} of {len(rows)} rows, the first "
                f"{left[0]!r}: add the report again"
            )

    def _insert_all(
        self, collection: str, ids: Sequence[str], rows: Mapping[str, Callable[[], Row]]
    ) -> None:
        for batch in _batches(ids, rows):
            self._write_once(partial(self._client.insert, collection, batch))

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        """Delete the rows of these ids; those that are not there are no matter."""
        for first in range(0, len(ids), _IDS_AT_ONCE):
            self.write("delete", collection, ids=list(ids[first : first + _IDS_AT_ONCE]))


def _in_thread(call: Callable[[], Any]) -> Future[Any]:
    """Start a call in a thread of its own, which the program's end does not wait for."""
    future: Future[Any] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001  # whoever waits is told
            future.set_exception(error)

    threading.Thread(target=run, name="milvus", daemon=True).start()
    return future


def quoted(text: str) -> str:
    """A text as a condition has it. Escapes of JSON beyond ASCII would be errors to the server."""
    return json.dumps(text, ensure_ascii=False)


def _reason(error: BaseException) -> str:
    """Why a call failed: what the network said, below what the client makes of it."""
    reason, below = str(getattr(error, "message", error)), error
    while below.__context__ is not None:  # not `__cause__`: the client raises `e from e`
        below = below.__context__
        if details := getattr(below, "details", None):
            reason = f"{below.code().name}: {details()}"  # type: ignore[attr-defined]
    return " ".join(reason.split())


def _batches(ids: Sequence[str], rows: Mapping[str, Callable[[], Row]]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for each in ids:
        row = rows[each]()
        length = sum(4 * len(value) if hasattr(value, "__len__") else 8 for value in row.values())
        if batch and size + length > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += length
    if batch:
        yield batch
