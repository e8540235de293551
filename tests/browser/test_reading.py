"""The report beside the conversation, and addresses that open a place in it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from index.encoder import Encoder
from index.library import Library
from tests.browser.conftest import ask, open_page
from tests.browser.serving import Server, serve

pytestmark = [pytest.mark.model, pytest.mark.browser]

_REPORT = "global-compact-2020"
_HEALTH = "what do migrants need to get health care and other services?"


def test_a_citation_opens_the_paragraph_and_marks_the_quote(page: Page) -> None:
    ask(page, "Which country gives every migrant a social security number?")
    marked = page.locator(".report .paragraph mark")
    expect(marked).to_have_count(0)
    quote = page.locator(".citation mark").inner_text()
    page.locator(".cite").click()
    expect(marked).to_have_text(quote)
    expect(marked).to_be_in_viewport()
    expect(page.locator(f"#{_REPORT}-69")).to_be_focused()
    expect(page).to_have_url(re.compile(rf"\?report={_REPORT}&para=69$"))

    ask(page, "para 12")
    expect(page.locator(".state").last).to_have_text("Paragraph 12.")
    page.locator(".cite").last.click()
    expect(page.locator(f"#{_REPORT}-12 mark")).to_have_count(1)
    expect(page.locator(f"#{_REPORT}-69 mark")).to_have_count(0)


def test_a_quote_that_holds_footnote_marks_is_marked_without_them(page: Page) -> None:
    ask(page, "How did the pandemic affect remittances?")
    quote = page.locator(".citation mark").first.inner_text()
    page.locator(".cite").first.click()
    marked = page.locator(".report .paragraph mark")
    expect(marked).to_have_count(2)
    assert "".join(marked.all_inner_texts()).replace("\u200b", "") == quote
    expect(page.locator(f"#{_REPORT}-25 sup").last).to_have_text("12")


def test_previous_and_next_walk_through_the_citations(page: Page) -> None:
    ask(page, "paras 61-63")
    expect(page.locator(".cite")).to_have_count(3)
    page.locator(".cite").first.click()
    position = page.locator(".walk .position")
    expect(position).to_have_text("Citation 1 of 3")
    expect(page.get_by_role("button", name="Previous citation")).to_be_disabled()
    page.get_by_role("button", name="Next citation").click()
    expect(position).to_have_text("Citation 2 of 3")
    expect(page.locator(f"#{_REPORT}-62 mark")).to_have_count(1)
    expect(page.locator(f"#{_REPORT}-62")).to_be_in_viewport()
    page.get_by_role("button", name="Next citation").click()
    expect(page.get_by_role("button", name="Next citation")).to_be_disabled()
    page.get_by_role("button", name="Previous citation").click()
    expect(position).to_have_text("Citation 2 of 3")


def test_the_contents_lead_to_a_heading(page: Page) -> None:
    button = page.get_by_role("button", name="Contents")
    button.click()
    contents = page.get_by_role("navigation", name="Contents")
    expect(contents).to_be_visible()
    contents.get_by_role("link", name=re.compile("^VII. Conclusion")).click()
    expect(contents).to_be_hidden()
    expect(page.locator(".report h3", has_text="VII. Conclusion")).to_be_in_viewport()
    button.click()
    page.keyboard.press("Escape")
    expect(contents).to_be_hidden()


def test_a_footnote_mark_leads_to_its_note(page: Page) -> None:
    page.locator(f"#{_REPORT}-80 sup a").click()
    expect(page.locator(f"#{_REPORT}-80-note-56")).to_be_in_viewport()
    expect(page.locator(f"#{_REPORT}-80-note-56")).to_be_focused()


def test_a_printed_number_links_to_its_place(page: Page) -> None:
    page.get_by_role("link", name="Link to para. 88 (d)").click()
    expect(page).to_have_url(re.compile(r"para=88%28d%29$"))
    expect(page.locator(f"[id='{_REPORT}-88(d)']")).to_be_focused()


def test_an_address_opens_the_report_there(context: BrowserContext, server: Server) -> None:
    page = open_page(context, f"{server.url}/?report={_REPORT}&para=87(b)")
    paragraph = page.locator(f"[id='{_REPORT}-87(b)']")
    expect(paragraph).to_be_in_viewport()
    expect(paragraph).to_be_focused()


def test_an_address_that_leads_nowhere_shows_the_report(
    context: BrowserContext, server: Server
) -> None:
    page = open_page(context, f"{server.url}/?report=nope&para=1")
    expect(page.locator(f"#{_REPORT}-1")).to_be_attached()
    page = open_page(context, f"{server.url}/?report={_REPORT}&para=999")
    expect(page.locator("#conversation [role=status]")).to_have_text(
        "The report has no such paragraph."
    )


def test_an_address_asks_and_follows_what_is_shown(context: BrowserContext, server: Server) -> None:
    page = open_page(context, f"{server.url}/?q=How+did+the+pandemic+affect+remittances%3F")
    expect(page.locator(".cite").first).to_have_text("para. 25")
    asked = page.url
    page.locator(".cite").first.click()
    expect(page).to_have_url(re.compile("para=25$"))
    ask(page, "para 12 & 13 + more?")
    expect(page).to_have_url(re.compile(r"\?q=para\+12\+%26\+13\+%2B\+more%3F$"))
    page.go_back()
    expect(page.locator(f"#{_REPORT}-25")).to_be_focused()
    page.go_back()
    expect(page).to_have_url(asked)
    expect(page.locator(".question").first).to_be_in_viewport()


def test_a_citation_can_be_opened_in_a_tab_of_its_own(page: Page) -> None:
    ask(page, "para 12")
    with page.context.expect_page() as opened:
        page.locator(".cite").click(modifiers=["ControlOrMeta"])
    expect(opened.value.locator(f"#{_REPORT}-12")).to_be_focused()


def test_an_answer_leaves_the_report_where_it_is(page: Page) -> None:
    page.evaluate("document.querySelector('.report').dataset.same = 'yes'")
    ask(page, _HEALTH)
    expect(page.locator(".citation").first).to_be_visible()
    assert page.evaluate("document.querySelector('.report').dataset.same") == "yes"


def test_the_page_brings_its_own_typeface(page: Page) -> None:
    assert page.evaluate("document.fonts.check('16px \"Source Serif 4\"')")
    assert (
        page.locator(".report .text")
        .first.evaluate("element => getComputedStyle(element).fontFamily")
        .startswith('"Source Serif 4"')
    )


def test_a_long_report_opens_anywhere(
    context: BrowserContext, encoder: Encoder, tmp_path: Path
) -> None:
    library = Library(tmp_path / "library", encoder)
    text = " ".join(["Migrants contribute to the places they live in."] * 12)
    paragraphs = "\n\n".join(f"{n}. Number {n}. {text}" for n in range(1, 401))
    library.add_file(f"# Long\n\n## I. All\n\n{paragraphs}\n".encode(), "long.md")
    with serve(tmp_path) as server:
        page = open_page(context, f"{server.url}/?report=long&para=400")
        expect(page.locator("#long-400")).to_be_in_viewport()
        ask(page, "para 7")
        page.locator(".cite").click()
        expect(page.locator("#long-7 mark")).to_be_in_viewport()


def test_on_a_phone_a_citation_opens_the_second_tab(page: Page) -> None:
    page.set_viewport_size({"width": 400, "height": 850})
    report = page.locator(".report")
    expect(report).to_be_hidden()
    ask(page, "Which country gives every migrant a social security number?")
    page.locator(".cite").click()
    expect(page.locator(".report mark")).to_be_in_viewport()
    expect(page.locator(".log")).to_be_hidden()
    tab = page.get_by_role("tab", name="Conversation")
    expect(page.get_by_role("tab", name="Report")).to_have_attribute("aria-selected", "true")
    tab.click()
    expect(page.locator(".citation")).to_be_visible()
    expect(report).to_be_hidden()
    tab.press("ArrowRight")
    expect(report).to_be_visible()
    expect(page.get_by_role("tab", name="Report")).to_be_focused()
