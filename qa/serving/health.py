"""Whether this process is alive and ready, for whoever sends people to it."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError

import anyio.to_thread
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from index.errors import ReportQaError

ALIVE, READY = "/healthz", "/readyz"
_READY_WITHIN = 2.0  # seconds in which a library that can be asked says so
_AGAIN_SECONDS = "2"  # after which to try again
_STARTING = "not ready: the encoder and the library are being loaded"
_NO_LIBRARY = "not ready: the library cannot be asked"
_NO_ANSWER = "not ready: the library does not answer"


class Readiness:
    """Whether questions can be answered. Its sentences tell nothing of what there is to ask."""

    def __init__(self, ask_library: Callable[[], object]) -> None:
        """Begin unready.

        Args:
            ask_library: asks the library for something small, and raises where it cannot.
        """
        self.is_started = False
        self._ask_library = ask_library
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="readiness")
        self._asked: Future[object] | None = None  # one at a time, should it hang

    def start(self) -> None:
        """From now on the library is asked."""
        self.is_started = True

    def obstacle(self) -> str:
        """Why no question can be answered, in one sentence; ``""`` if it can."""
        if not self.is_started:
            return _STARTING
        if self._asked is None or self._asked.done():
            self._asked = self._asker.submit(self._ask_library)
        try:
            self._asked.result(_READY_WITHIN)
        except LateError:
            return _NO_ANSWER
        except (ReportQaError, OSError):
            return _NO_LIBRARY
        return ""


class HealthDoor:
    """Answers the two addresses before Gradio's queue and log-in; the page waits until ready."""

    def __init__(self, app: ASGIApp, readiness: Readiness) -> None:
        """Stand before an app.

        Args:
            app: what is behind the door.
            readiness: of this process.
        """
        self._app = app
        self._readiness = readiness

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        path, method = scope.get("path", ""), scope.get("method", "")
        if path == ALIVE:
            await _say("alive", 200)(scope, receive, send)
        elif path == READY:
            obstacle = await anyio.to_thread.run_sync(self._readiness.obstacle)
            await _say(obstacle or "ready", 503 if obstacle else 200)(scope, receive, send)
        elif path == "/" and method == "GET" and not self._readiness.is_started:
            await _say(_STARTING, 503)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _say(sentence: str, status: int) -> PlainTextResponse:
    headers = {"Cache-Control": "no-store"}
    if status == 503:  # a browser that came early looks again by itself
        headers |= {"Retry-After": _AGAIN_SECONDS, "Refresh": _AGAIN_SECONDS}
    return PlainTextResponse(f"{sentence}\n", status, headers)
