"""Alive, ready, and why not."""

import threading
from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from index.errors import LibraryError
from index.library import Library
from qa.serving import health
from qa.serving.health import HealthDoor, Readiness


def _client(readiness: Readiness) -> TestClient:
    page = Route("/", lambda request: PlainTextResponse("the page"))
    call = Route("/call", lambda request: PlainTextResponse("an answer"))
    door = Middleware(HealthDoor, readiness=readiness)
    return TestClient(Starlette(routes=[page, call], middleware=[door]))


def test_a_process_is_alive_before_it_is_ready(library: Library) -> None:
    readiness = Readiness(library.generation)
    client = _client(readiness)
    loading = "not ready: the encoder and the library are being loaded\n"
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "alive\n")
    for address in ("/readyz", "/"):
        answer = client.get(address)
        assert (answer.status_code, answer.text) == (503, loading)
        assert answer.headers["refresh"] == answer.headers["retry-after"] == "2"
    assert client.get("/call").text == "an answer"
    readiness.start()
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ready\n")
    assert client.get("/").text == "the page"
    assert client.get("/readyz").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("error", [LibraryError("/home/ada/secret is gone"), OSError("secret")])
def test_a_library_that_cannot_be_asked_is_one_sentence_without_its_place(error: Exception) -> None:
    readiness = Readiness(_raiser(error))
    readiness.start()
    client = _client(readiness)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready: the library cannot be asked\n")
    assert client.get("/healthz").status_code == 200
    assert client.get("/").text == "the page"  # which says why in its own way


def _raiser(error: Exception) -> Callable[[], None]:
    def ask() -> None:
        raise error

    return ask


def test_a_library_that_hangs_is_asked_once_until_it_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "_READY_WITHIN", 0.05)
    goes_on, asked = threading.Event(), []

    def hang() -> None:
        asked.append(1)
        goes_on.wait()

    readiness = Readiness(hang)
    readiness.start()
    sentences = {readiness.obstacle() for _ in range(3)}
    assert sentences == {"not ready: the library does not answer"}
    assert len(asked) == 1
    goes_on.set()
    assert readiness.obstacle() == ""
    assert len(asked) <= 2  # nobody queued up meanwhile
