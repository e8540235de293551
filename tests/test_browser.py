"""The whole product as a person sees it: the real server in a real browser."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

pytestmark = [pytest.mark.model, pytest.mark.browser]

_START_SECONDS = 120.0
_CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
_QUESTION = "Which country gives every migrant a social security number?"
_QUOTE = re.compile("^The Government of Portugal has moved to provide all migrants .* support.$")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        assert "CI" not in os.environ, "no chromium: install Debian's package chromium"
        pytest.skip("no chromium on this machine: install it to run the browser tests")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=_CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on a free port, with a library of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path_factory.mktemp("served")
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "qa", "serve", "--no-open", "--port", str(port)],
            env={**os.environ, "QA_HOME": str(home / "library")},
            stdout=log,
            stderr=log,
        )
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, server, home / "log")
        yield url
        server.terminate()
        server.wait()


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the server did not start:\n{log.read_text()}")


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, freshly opened; every request must stay on this machine, every script be ours."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    outside: list[str] = []
    errors: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            outside.append(request.url)

    page.on("request", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(f"dialog: {dialog.message}"))
    page.goto(address)
    expect(page.get_by_label("Your question")).to_be_visible()
    yield page
    assert outside == []
    assert errors == []
    page.close()


def _ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def test_a_question_is_answered_and_the_citation_opens_the_report(page: Page) -> None:
    _ask(page, _QUESTION)
    card = page.locator(".citation").first
    expect(card.locator(".cite")).to_have_text("para. 69")
    expect(card.locator(".section")).to_contain_text("E. Improving the social inclusion")
    expect(card.locator("mark")).to_have_text(_QUOTE)
    expect(card.locator(".footnote")).to_contain_text("50 See www.refworld.org")
    expect(page.locator(".state")).to_have_text("The report answers this.")
    expect(page.get_by_label("Your question")).to_have_value("")

    marked = page.locator(".report .paragraph mark")
    expect(marked).to_have_count(0)
    card.locator(".cite").click()
    expect(marked).to_have_text(_QUOTE)
    expect(marked).to_be_in_viewport()
    assert page.evaluate("document.activeElement.id") == "global-compact-2020-69"

    _ask(page, "para 12")
    expect(page.locator(".state").last).to_have_text("Paragraph 12.")
    page.locator(".citation .cite").last.click()
    expect(page.locator("#global-compact-2020-12 mark")).to_have_count(1)
    expect(page.locator("#global-compact-2020-69 mark")).to_have_count(0)


def test_a_follow_up_is_read_with_the_question_before(page: Page) -> None:
    _ask(page, "How many actions are in Portugal's implementation plan?")
    expect(page.locator(".citation .cite").first).to_have_text("para. 12")
    _ask(page, "is it one of the champions?")
    expect(page.locator(".state").last).to_contain_text(
        "Read as a follow-up to “How many actions are in Portugal's implementation plan?”."
    )


def test_a_quote_that_holds_footnote_marks_is_marked_without_them(page: Page) -> None:
    _ask(page, "How did the pandemic affect remittances?")
    card = page.locator(".citation").first
    expect(card.locator(".cite")).to_have_text("para. 25")
    quote = card.locator("mark").inner_text()
    card.locator(".cite").click()
    marked = page.locator(".report .paragraph mark")
    expect(marked).to_have_count(2)
    assert "".join(marked.all_inner_texts()).replace("\u200b", "") == quote
    expect(page.locator("#global-compact-2020-25 sup").last).to_have_text("12")


def test_an_example_is_asked_with_one_click(page: Page) -> None:
    page.get_by_text("How did the pandemic affect remittances?").click()
    expect(page.locator(".citation .cite").first).to_have_text("para. 25")


@pytest.mark.parametrize(
    "question", ["<img src=x onerror=alert(1)>", "**b** `c` $$d$$ [e](javascript:alert(1))"]
)
def test_a_question_is_shown_as_typed_and_never_run(page: Page, question: str) -> None:
    _ask(page, question)
    expect(page.locator(".question")).to_have_text(question)
    expect(page.locator(".citation").first).to_be_visible()
    expect(page.locator("img[src=x]")).to_have_count(0)


def test_what_cannot_be_asked_gets_a_sentence(page: Page) -> None:
    _ask(page, "   ")
    expect(page.locator(".notice")).to_have_text(
        "the question is empty: type what you want to know"
    )
    _ask(page, "who runs it?")  # leans on nothing: the question before was none
    expect(page.locator(".state")).not_to_contain_text("follow-up")


def test_another_subject_is_said_not_to_be_in_the_report(page: Page) -> None:
    _ask(page, "How do I bake sourdough bread?")
    expect(page.locator(".state")).to_have_text(
        "The report does not seem to answer this; the closest paragraphs:"
    )


def test_a_footnote_mark_leads_to_its_note(page: Page) -> None:
    page.locator("#global-compact-2020-80 sup a").click()
    expect(page.locator("#global-compact-2020-80-note-56")).to_be_in_viewport()


def test_a_taken_port_is_one_sentence(address: str, tmp_path: Path) -> None:
    port = address.rsplit(":", 1)[1]
    process = subprocess.run(
        [sys.executable, "-m", "qa", "serve", "--no-open", "--port", port],
        capture_output=True, text=True, check=False, timeout=_START_SECONDS,
    )  # fmt: skip
    assert process.returncode == 2
    assert process.stderr.splitlines()[-1].startswith(f"qa: cannot listen on 127.0.0.1:{port} (")
