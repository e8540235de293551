"""Nothing that a report or a person writes is run; nothing else is served; doors can be shut."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest
from gradio_client import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from index.encoder import Encoder
from index.library import Library
from tests.browser.conftest import ask, open_page
from tests.browser.serving import Server, serve

pytestmark = [pytest.mark.model, pytest.mark.browser]

_HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) "
    "${alert(1)} {{alert}} \"a\" 'b' &lt;i&gt; `c` $$d$$ **e**"
)


@pytest.mark.parametrize("question", ["<img src=x onerror=alert(1)>", _HOSTILE])
def test_a_question_is_shown_as_typed_and_never_run(page: Page, question: str) -> None:
    ask(page, question)
    expect(page.locator(".question")).to_have_text(question)
    expect(page.locator(".citation").first).to_be_visible()
    expect(page.locator("img[src=x]")).to_have_count(0)


def test_a_question_in_the_address_is_never_run(context: BrowserContext, page: Page) -> None:
    address = f"{page.url}?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&report=%22%3E%3Cscript%3E"
    other = open_page(context, address)
    expect(other.locator(".question")).to_have_text("<img src=x onerror=alert(1)>")
    expect(other.locator("img[src=x]")).to_have_count(0)


def test_a_hostile_report_is_only_text(
    context: BrowserContext, encoder: Encoder, tmp_path: Path
) -> None:
    library = Library(tmp_path / "library", encoder)
    text = _HOSTILE.replace("<", "\\<").replace("[", "\\[").replace("&", "\\&")
    text = text.replace("`", "\\`").replace("*", "\\*").replace("$", "\\$")
    note = f"<sup>1</sup> {text} [y](javascript:alert(1))"
    source = f"# {text}\n\n## I. {text}\n\n1. {text}\n\n2. Evil <sup>1</sup>\n\n{note}\n"
    report = library.add_file(source.encode(), '"><script>alert(1)</script>.md')
    assert report.paragraphs[0].text == _HOSTILE
    with serve(tmp_path) as server:
        page = open_page(context, server.url)
        expect(page.locator(".report .text").first).to_have_text(_HOSTILE)
        expect(page.locator(".welcome")).to_be_visible()
        expect(page.locator(".examples button")).to_have_count(0)  # they ask another report
        ask(page, "script alert")
        expect(page.locator(".citation blockquote").first).to_contain_text(
            "<script>alert(1)</script>"
        )
        page.locator(".cite").first.click()
        expect(page.locator(".report mark")).to_be_visible()
        page.get_by_role("button", name="Contents").click()
        expect(page.locator("#contents a")).to_have_text(f"I. {_HOSTILE}")
        expect(page.locator("a[href^='javascript']")).to_have_count(0)
        expect(page.locator("img[src=x]")).to_have_count(0)


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file={home}/library.sqlite",
        "/gradio_api/file={home}/../log",
        "/gradio_api/file=app.py",
        "/gradio_api/file=http://127.0.0.1/",
        "/monitoring/summary",
    ],
)
def test_nothing_else_is_served(server: Server, path: str) -> None:
    url = server.url + path.format(home=server.home)
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            status = response.status
    except urllib.error.HTTPError as error:
        status = error.code
    assert status in (403, 404)


def test_a_password_is_asked_for_where_one_is_set(browser: Browser, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("open sesame\n")
    with serve(tmp_path, "--auth", "ali", "--password-file", str(secret)) as server:
        context = browser.new_context()
        page = context.new_page()
        page.goto(server.url)
        page.get_by_label("username").fill("ali")
        page.get_by_label("password").fill("wrong")
        page.get_by_role("button", name="Login").click()
        expect(page.get_by_text("Incorrect Credentials")).to_be_visible()
        expect(page.locator(".report")).to_have_count(0)
        with pytest.raises(Exception, match="credentials were not provided"):
            Client(server.url, verbose=False)
        with pytest.raises(urllib.error.HTTPError, match=r"HTTP Error 40[14]"):
            urllib.request.urlopen(f"{server.url}/gradio_api/mcp/", timeout=10)
        page.get_by_label("username").fill("ali")
        page.get_by_label("password").fill("open sesame")
        page.get_by_role("button", name="Login").click()
        expect(page.locator(".report h2")).to_be_visible()
        ask(page, "para 12")
        expect(page.locator(".cite")).to_have_text("para. 12")
        context.close()


def test_a_full_queue_is_said_and_the_question_kept(browser: Browser, tmp_path: Path) -> None:
    with serve(tmp_path, SLOW_QUEUE="1") as server:
        pages = [open_page(browser.new_context(), server.url) for _ in range(3)]
        for page in pages[:2]:
            ask(page, "para 12")
            expect(page.locator(".pending")).to_be_visible()
        ask(pages[2], "para 13")
        expect(pages[2].get_by_text("This application is currently busy")).to_be_visible()
        expect(pages[2].get_by_label("Your question")).to_have_value("para 13")
        expect(pages[2].locator(".pending")).to_be_hidden()
        for page in pages[:2]:
            expect(page.locator(".cite")).to_have_text("para. 12", timeout=20_000)
            expect(page.locator(".pending")).to_be_hidden()
        for page in pages:
            page.context.close()


def test_what_is_typed_while_a_question_is_answered_stays_in_the_box(
    browser: Browser, tmp_path: Path
) -> None:
    with serve(tmp_path, SLOW_QUEUE="1") as server:
        page = open_page(browser.new_context(), server.url)
        ask(page, "para 12")
        expect(page.locator(".pending")).to_contain_text("can be sent when this one is answered")
        ask(page, "para 13")
        expect(page.locator(".cite")).to_have_text("para. 12", timeout=20_000)
        expect(page.locator(".pending")).to_be_hidden()
        box = page.get_by_label("Your question")
        expect(box).to_have_value("para 13")
        expect(box).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".cite").nth(1)).to_have_text("para. 13", timeout=20_000)
        expect(box).to_have_value("")
        expect(page.locator(".question")).to_have_text(["para 12", "para 13"])
        page.context.close()
