"""Several servers behind one address: nginx, with the example that the documents give."""

import asyncio
import json
import re
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from gradio_client import Client
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import TextContent
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.balancing import balance
from tests.browser.conftest import ask, open_page
from tests.browser.serving import Server, free_port, serve

pytestmark = [pytest.mark.model, pytest.mark.browser]

_QUESTION = "How many actions are in Portugal's implementation plan?"
_FOLLOW_UP = "is it one of the champions?"
_READ_AS = f"Read as a follow-up to “{_QUESTION}”."
_AFTER_A_RELOAD = 30_000  # milliseconds: Gradio looks every two seconds for its server


@contextmanager
def _two_servers(folder: Path, first: dict[str, str]) -> Iterator[list[Server]]:
    """Two servers over one library, each with a log."""
    with ExitStack() as running:
        servers = []
        for name, environment in (("a", first), ("b", {})):
            (folder / name).mkdir()
            options = ["--log", str(folder / name / "questions"), "--log-questions"]
            home = {"QA_HOME": str(folder / "library"), **environment}
            servers.append(running.enter_context(serve(folder / name, *options, **home)))
        (folder / "nginx").mkdir()
        yield servers
    for server in servers:
        assert server.attempts.read_text() == ""


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[Server]]:
    with _two_servers(tmp_path, {}) as servers:
        yield servers


@pytest.fixture
def slow_first(tmp_path: Path) -> Iterator[list[Server]]:
    """The first needs seconds for a question, in which it can be killed."""
    with _two_servers(tmp_path, {"SLOW_QUEUE": "1"}) as servers:
        yield servers


def _logged(server: Server) -> list[dict[str, Any]]:
    log = server.attempts.with_name("questions")
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def _visitor(browser: Browser, url: str, server: Server, question: str) -> Page:
    """Someone whom nginx has sent to this server, and who has asked a question."""
    for _ in range(16):
        context = browser.new_context()
        page = open_page(context, url)
        ask(page, question)
        expect(page.locator(".turn .citation").first).to_be_visible(timeout=_AFTER_A_RELOAD)
        if any(line["question"] == question for line in _logged(server)):
            return page
        context.close()
    pytest.fail("nginx sends nobody to one of the servers")


@contextmanager
def _visit(browser: Browser, folder: Path, servers: list[Server]) -> Iterator[Page]:
    """Someone whom nginx has sent to the first of the servers, and who has asked a question."""
    with balance(folder / "nginx", servers) as url:
        page = _visitor(browser, url, servers[0], _QUESTION)
        yield page
        page.context.close()


def test_each_has_a_conversation_of_their_own(
    browser: Browser, servers: list[Server], tmp_path: Path
) -> None:
    with balance(tmp_path / "nginx", servers) as url:
        questions = ["what does footnote 9 say?", "what does footnote 10 say?"]
        pages = [
            _visitor(browser, url, server, question)
            for server, question in zip(servers, questions, strict=True)
        ]
        for page in pages:
            ask(page, "and who says so?")
        for page, question in zip(pages, questions, strict=True):
            expect(page.locator(".question")).to_have_text([question, "and who says so?"])
            expect(page.locator(".turn").nth(1).locator(".reading")).to_contain_text(
                f"“{question}”"
            )
        for server, question in zip(servers, questions, strict=True):
            asked = [line["question"] for line in _logged(server)]
            assert question in asked
            assert asked.count("and who says so?") == 1
        stages = {tuple(line["milliseconds"]) for server in servers for line in _logged(server)}
        looked_up = ("queue", "look_up", "suggest", "whole")
        assert stages == {looked_up, ("queue", "look_up", "encode", "rank", "cite", *looked_up[2:])}
        requests = [line["request"] for server in servers for line in _logged(server)]
        assert all(re.fullmatch("[0-9a-f]{32}", request) for request in requests)
        assert len(set(requests)) == len(requests)
        for page in pages:
            page.context.close()


def test_a_conversation_goes_on_where_its_server_has_died(
    browser: Browser, servers: list[Server], tmp_path: Path
) -> None:
    with _visit(browser, tmp_path, servers) as page:
        servers[0].process.kill()
        servers[0].process.wait()
        ask(page, _FOLLOW_UP)
        expect(page.locator(".turn").nth(1).locator(".reading")).to_contain_text(_READ_AS)
        page.get_by_role("button", name="This paragraph answers", exact=True).first.click()
        expect(page.locator("#conversation [role=status]")).to_have_text("Kept. Thank you.")
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as Markdown").click()
        text = Path(download.value.path()).read_text(encoding="utf-8")
        assert _QUESTION in text
        assert _FOLLOW_UP in text
        assert [line["question"] for line in _logged(servers[1])][-1] == _FOLLOW_UP


def test_a_question_that_dies_with_its_server_is_one_sentence_and_can_be_asked_again(
    browser: Browser, slow_first: list[Server], tmp_path: Path
) -> None:
    with _visit(browser, tmp_path, slow_first) as page:
        ask(page, _FOLLOW_UP)
        expect(page.locator(".pending")).to_be_visible()
        slow_first[0].process.kill()
        notice = page.locator(".turn .notice")
        expect(notice).to_have_text(
            "The connection was lost before this was answered: press Ask to ask it again.",
            timeout=_AFTER_A_RELOAD,
        )
        expect(page.locator(".question")).to_have_text([_QUESTION, _FOLLOW_UP])
        expect(page.locator(".turn").first.locator(".cite").first).to_have_text("para. 12")
        expect(page.get_by_label("Your question")).to_have_value(_FOLLOW_UP)
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator(".turn").nth(2).locator(".reading")).to_contain_text(_READ_AS)
        page.reload()  # by hand: a fresh start, as ever
        expect(page.locator(".turn")).to_have_count(1)


def test_a_file_is_sent_through_and_one_that_dies_with_its_server_is_one_sentence(
    browser: Browser, servers: list[Server], tmp_path: Path
) -> None:
    with _visit(browser, tmp_path, servers) as page:
        page.get_by_role("button", name="Add reports").click()
        page.locator("#files").set_input_files(_file("storks.md"))
        expect(page.locator("#adding .card")).to_contain_text("Storks", timeout=_AFTER_A_RELOAD)
        other = open_page(browser.contexts[-1], servers[1].url)
        expect(other.locator("#scope summary")).to_have_text("Asking all 2 reports")

        page.locator("#files").set_input_files(_file("cranes.md", n_paragraphs=3000))
        step = page.locator("#adding .row .step")
        expect(step).to_contain_text("paragraphs encoded", timeout=_AFTER_A_RELOAD)
        servers[0].process.kill()
        row = page.locator("#adding .row.failed", has_text="cranes.md")
        expect(row.locator(".step")).to_have_text(
            "The connection was lost: send it again if it is not listed here.",
            timeout=_AFTER_A_RELOAD,
        )
        expect(page.locator(".question")).to_have_text(_QUESTION)
        page.locator("#files").set_input_files(_file("cranes.md"))
        card = page.locator("#adding .card", has_text="Cranes")
        expect(card).to_contain_text("2 paragraphs", timeout=_AFTER_A_RELOAD)
        page.keyboard.press("Escape")
        ask(page, _FOLLOW_UP)
        expect(page.locator(".turn .reading")).to_contain_text(_READ_AS)


def _file(name: str, n_paragraphs: int = 2) -> FilePayload:
    title = Path(name).stem.capitalize()
    lines = (f"{n}. {title} number {n} leave in August.\n\n" for n in range(1, n_paragraphs + 1))
    text = f"# {title}\n\n## I. Flight\n\n{''.join(lines)}"
    return {"name": name, "mimeType": "text/markdown", "buffer": text.encode()}


def test_programs_need_no_cookie_for_what_is_one_request(
    servers: list[Server], tmp_path: Path
) -> None:
    with balance(tmp_path / "nginx", servers, is_sticky=False) as url:
        for _ in range(4):
            (answer,) = _post(f"{url}/gradio_api/run/ask", {"data": [_QUESTION, "", 0]})["data"]
            assert answer["citations"][0]["label"] == "para. 12"
        with ThreadPoolExecutor() as thread:  # the browser's own loop runs in this one
            labels = thread.submit(lambda: asyncio.run(_ask_as_tool(url, 4))).result()
        assert labels == ["para. 12"] * 4
    doors = [[line["door"] for line in _logged(server)] for server in servers]
    assert [lines.count("api") for lines in doors] == [2, 2]
    assert sum(lines.count("mcp") for lines in doors) == 4  # three requests each, in turn


def test_a_program_with_the_cookie_uses_the_queue(servers: list[Server], tmp_path: Path) -> None:
    with balance(tmp_path / "nginx", servers) as url:
        for _ in range(3):
            client = Client(url, verbose=False)
            answers = [client.predict(_QUESTION, api_name="/ask") for _ in range(3)]
            assert [answer["state"] for answer in answers] == ["found"] * 3


def test_health_is_told_without_a_password_and_metrics_not_at_all(tmp_path: Path) -> None:
    port = free_port()
    options = ["--auth", "ada", "--metrics", str(port)]
    with serve(tmp_path, *options, QA_PASSWORD="a long one") as server:
        assert _get(f"{server.url}/healthz") == (200, "alive\n")
        assert _get(f"{server.url}/readyz") == (200, "ready\n")
        status, page = _get(f"{server.url}/metrics")
        assert (status, "report_qa" in page) == (404, False)
        status, metrics = _get(f"http://127.0.0.1:{port}/metrics")
        assert status == 200
        assert "report_qa_ready 1.0\n" in metrics
        assert "report_qa_library_paragraphs 98.0\n" in metrics


def _get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def _post(url: str, content: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        url, json.dumps(content).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


async def _ask_as_tool(url: str, times: int) -> list[str]:
    """What is cited first, each time as another client."""
    labels = []
    for _ in range(times):
        async with (
            streamable_http_client(f"{url}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as tools,
        ):
            await tools.initialize()
            result = await tools.call_tool("ask", {"question": _QUESTION})
            (content,) = result.content
            assert isinstance(content, TextContent)
            labels.append(json.loads(content.text)["citations"][0]["label"])
    return labels
