"""Copying, downloading and judging what was found."""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import ask, open_page
from tests.browser.serving import Server

pytestmark = [pytest.mark.model, pytest.mark.browser]

_QUESTION = "Which country gives every migrant a social security number?"
_CITATION = (
    "Report of the Secretary-General, Global Compact for Safe, Orderly and Regular Migration, "
    "26 October 2020, para. 69"
)


def test_one_click_copies_the_quote_with_its_citation(page: Page) -> None:
    ask(page, _QUESTION)
    quote = page.locator(".citation mark").inner_text()
    page.get_by_role("button", name="Copy citation").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    expect(page.locator("#conversation [role=status]")).to_have_text(
        "The citation is on the clipboard."
    )
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"“{quote}”\n{_CITATION}"
    expect(page.get_by_role("button", name="Copy citation")).to_be_visible()


def test_a_closed_clipboard_is_gone_around(page: Page) -> None:
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject('closed'); }")
    ask(page, _QUESTION)
    page.get_by_role("button", name="Copy citation").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(_CITATION)


def _download(page: Page, button: str) -> tuple[str, bytes]:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_the_conversation_is_downloaded_in_both_forms(page: Page) -> None:
    expect(page.get_by_role("button", name="Save for Word")).to_be_hidden()
    ask(page, _QUESTION)
    expect(page.locator(".turn")).to_have_count(1)
    ask(page, "<b>para</b> 12?")
    expect(page.locator(".turn")).to_have_count(2)

    name, markdown = _download(page, "Save as Markdown")
    assert name == "report-qa.md"
    assert f"## {_QUESTION}" in markdown.decode()
    assert f"[^1]: {_CITATION}" in markdown.decode()
    assert r"## \<b\>para\</b\> 12?" in markdown.decode()

    name, word = _download(page, "Save for Word")
    assert name == "report-qa.docx"
    parts = zipfile.ZipFile(io.BytesIO(word))
    assert _CITATION in re.sub("<[^>]+>", "", parts.read("word/footnotes.xml").decode())
    assert "&lt;b&gt;para&lt;/b&gt; 12?" in parts.read("word/document.xml").decode()


def _qa(server: Server, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "qa", *arguments],
        env={**os.environ, "QA_HOME": str(server.home)},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


def test_judgements_are_kept_and_become_a_collection(
    context: BrowserContext, server: Server, tmp_path: Path
) -> None:
    _qa(server, "feedback", "clear", "--yes")
    page = open_page(context, server.url)
    ask(page, "How did the pandemic affect remittances?")
    card = page.locator(".citation").first
    up = card.get_by_role("button", name="This paragraph answers", exact=True)
    down = card.get_by_role("button", name="This paragraph does not answer")
    status = page.locator("#conversation [role=status]")
    down.click()
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(status).to_have_text("Kept. Thank you.")
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    expect(down).to_have_attribute("aria-pressed", "false")

    ask(page, "Which planet has rings?")
    expect(page.locator(".turn")).to_have_count(2)
    none = page.get_by_role("button", name="None of these answers my question").last
    expect(status).not_to_have_text("Kept. Thank you.")
    none.click()
    expect(none).to_have_attribute("aria-pressed", "true")
    expect(status).to_have_text("Kept. Thank you.")

    kept = json.loads(_qa(server, "feedback", "list", "--format", "json"))
    assert [(j["question"], j["paragraph_id"], j["is_relevant"]) for j in kept] == [
        ("How did the pandemic affect remittances?", "global-compact-2020#25", False),
        ("How did the pandemic affect remittances?", "global-compact-2020#25", True),
        ("Which planet has rings?", None, False),
    ]
    assert {"generation", "ranking", "encoder_sha256", "shown"} <= kept[0].keys()
    _qa(server, "feedback", "export", "--out", str(tmp_path / "judged"))
    measured = _qa(server, "eval", str(tmp_path / "judged"), "--system", "late")
    assert re.search(r"late\s+1\.000", measured)


def test_a_judgement_is_taken_back_with_a_second_press(page: Page) -> None:
    ask(page, "para 12")
    up = page.get_by_role("button", name="This paragraph answers", exact=True)
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    up.click()
    expect(up).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#conversation [role=status]")).to_have_text("Taken back.")
