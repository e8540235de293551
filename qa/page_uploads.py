"""The folder in which uploaded files wait, and the doors for files: bounded in every way."""

import time
from collections.abc import Iterator
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from index.errors import ReadError
from index.sandbox import Limits

FILE_BYTES = Limits().file_bytes
SIZE_SENTENCE = f"it has more than {FILE_BYTES // 2**20} MB, the most that is read: split it"

_ROOM_BYTES = 4 * FILE_BYTES  # of all files that wait
_AROUND_FILE = 4096  # bytes that a form puts around its file
_KEPT_SECONDS = 3600.0  # a file that nobody came back for


class Uploads:
    """Files that were sent and are not yet read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._arriving = 0  # bytes announced by uploads under way

    def take(self, path: str) -> bytes:
        """The content of an uploaded file, which is deleted.

        Args:
            path: where the upload put it. A caller may write anything here.
        Raises:
            ReadError: there is no such upload.
        """
        try:
            file = Path(path).resolve()
            if file.parent.parent != self._folder:
                raise FileNotFoundError(path)
            content = file.read_bytes()
            file.unlink()
        except (OSError, ValueError) as error:
            raise ReadError("the upload is no longer here: send the file again") from error
        return content

    def admit(self, n_bytes: int) -> None:
        """Make room for an upload, and count it as arriving.

        Raises:
            ReadError: it is too large, or too many files wait.
        """
        if not 0 <= n_bytes <= FILE_BYTES + _AROUND_FILE:
            raise ReadError(SIZE_SENTENCE)
        self._sweep()
        waiting = sum(size for size, _, _ in self._files())
        if waiting + self._arriving + n_bytes > _ROOM_BYTES:
            raise ReadError("too many files wait to be read: send it again in a few minutes")
        self._arriving += n_bytes

    def leave(self, n_bytes: int) -> None:
        """Count an upload as arrived, or as given up."""
        self._arriving -= n_bytes

    def _sweep(self) -> None:
        """Delete what was sent long ago, or broke off, and never asked for."""
        for _, sent, file in self._files():
            if time.time() - sent > _KEPT_SECONDS:
                file.unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[int, float, Path]]:
        """Size in bytes, time of sending and path of each file that is there."""
        for file in self._folder.rglob("*"):
            try:
                facts = file.stat()
            except FileNotFoundError:  # taken meanwhile
                continue
            if file.is_file():
                yield facts.st_size, facts.st_mtime, file


class UploadDoor:
    """Lets uploads in while there is room for them, or never."""

    def __init__(self, app: ASGIApp, uploads: Uploads | None) -> None:
        """Stand before an app.

        Args:
            app: what is behind the door.
            uploads: where files go; None where none are taken.
        """
        self._app = app
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a sentence, or pass the request on."""
        if not scope.get("path", "").rstrip("/").endswith("/upload"):
            await self._app(scope, receive, send)
        elif self._uploads is None:
            await PlainTextResponse("no reports are taken here", 403)(scope, receive, send)
        else:
            await self._let_in(self._uploads, scope, receive, send)

    async def _let_in(self, uploads: Uploads, scope: Scope, receive: Receive, send: Send) -> None:
        announced = Headers(scope=scope).get("content-length", "")
        n_bytes = int(announced) if announced.isdecimal() else -1
        try:
            uploads.admit(n_bytes)
        except ReadError as error:
            await PlainTextResponse(str(error), 413)(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            uploads.leave(n_bytes)


class NoFiles:
    """Refuses the addresses under which Gradio serves files: this page has none.

    For an address of another machine Gradio would ask a name server on the internet.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404, or pass the request on."""
        if any(door in scope.get("path", "") for door in ("/file=", "/file/", "/proxy=")):
            await PlainTextResponse("no files are served here", 404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
