"""Asking and following up, as a person sees it."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ask, open_page
from tests.browser.serving import START_SECONDS, Server

pytestmark = [pytest.mark.model, pytest.mark.browser]

_QUESTION = "Which country gives every migrant a social security number?"
_QUOTE = re.compile("^The Government of Portugal has moved to provide all migrants .* support.$")


def test_a_question_gets_a_line_and_cards(page: Page) -> None:
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.locator(".masthead p")).to_contain_text("Nothing leaves the machine")
    ask(page, _QUESTION)
    card = page.locator(".citation").first
    expect(card.locator(".cite")).to_have_text("para. 69")
    expect(card.locator(".section")).to_contain_text("E. Improving the social inclusion")
    expect(card.locator("mark")).to_have_text(_QUOTE)
    expect(card.locator(".reason")).to_contain_text(
        "Same words: country, migrant, social, security, number."
    )
    expect(page.locator(".state")).to_have_text("1 paragraph answers this.")
    expect(page.get_by_label("Your question")).to_have_value("")
    expect(page.locator(".welcome")).to_be_hidden()
    expect(page.locator("#conversation [role=status]")).to_have_text("1 paragraph answers this.")


def test_footnotes_have_links_that_open_elsewhere(page: Page) -> None:
    ask(page, _QUESTION)
    note = page.locator(".citation .footnote").first
    expect(note).to_contain_text("50 See www.refworld.org")
    link = note.locator("a").first
    expect(link).to_have_attribute("href", re.compile("^https?://www.refworld.org"))
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("target", "_blank")


def test_a_long_paragraph_is_unfolded_and_folded(page: Page) -> None:
    ask(page, "How did the pandemic affect remittances?")
    card = page.locator(".citation").first
    opening = card.get_by_text("One of the risks of the pandemic")
    expect(opening).to_be_hidden()
    button = card.get_by_role("button", name="Show the whole paragraph")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(opening).to_be_visible()
    less = card.get_by_role("button", name="Show less")
    expect(less).to_have_attribute("aria-expanded", "true")
    less.click()
    expect(opening).to_be_hidden()


def test_each_suggestion_is_asked_with_one_click(page: Page) -> None:
    ask(page, _QUESTION)
    buttons = page.locator(".turn").first.locator(".suggestions button")
    expect(buttons).to_have_count(3)
    for position, button in enumerate(buttons.all(), start=2):
        label = button.inner_text()
        button.click()
        turn = page.locator(".turn").nth(position - 1)
        expect(turn.locator(".citation").first).to_be_visible()
        promised = re.search(r"\((\d+) (?:paragraphs?|in all)\)", label)
        assert promised, label
        expect(turn.locator(".citation")).to_have_count(int(promised[1]))


def test_more_paragraphs_are_shown_on_request(page: Page) -> None:
    ask(page, _QUESTION)
    expect(page.locator(".citation")).to_have_count(1)
    page.get_by_role("button", name=re.compile("next|more", re.IGNORECASE)).first.click()
    turn = page.locator(".turn").nth(1)
    expect(turn.locator(".question")).to_have_text(_QUESTION)
    assert turn.locator(".citation").count() > 1
    expect(turn.locator(".cite").first).to_have_text("para. 69")


def test_a_follow_up_is_read_with_the_question_before_or_literally(page: Page) -> None:
    first = "How many actions are in Portugal's implementation plan?"
    ask(page, first)
    expect(page.locator(".citation .cite").first).to_have_text("para. 12")
    ask(page, "is it one of the champions?")
    reading = page.locator(".turn").nth(1).locator(".reading")
    expect(reading).to_contain_text(f"Read as a follow-up to “{first}”.")
    reading.get_by_role("button", name="Ask it literally instead").click()
    literal = page.locator(".turn").nth(2)
    expect(literal.locator(".question")).to_have_text("is it one of the champions?")
    expect(literal.locator(".reading")).to_have_count(0)


def test_an_example_is_asked_with_one_click(page: Page) -> None:
    page.get_by_role("button", name="How did the pandemic affect remittances?").click()
    expect(page.locator(".citation .cite").first).to_have_text("para. 25")


def test_another_subject_is_said_not_to_be_in_the_report(page: Page) -> None:
    ask(page, "How do I bake sourdough bread?")
    expect(page.locator(".state")).to_have_text(
        "The report does not seem to answer this; closest paragraphs below."
    )
    expect(page.locator(".citation").first).to_be_visible()


def test_a_weak_match_is_said_to_be_one(page: Page) -> None:
    ask(page, "what is the weather like for people on the move")
    expect(page.locator(".state")).to_have_text("Weak match: the report may not answer this.")


def test_what_cannot_be_asked_gets_a_sentence(page: Page) -> None:
    ask(page, "   ")
    expect(page.locator(".notice")).to_have_text(
        "the question is empty: type what you want to know"
    )
    ask(page, "who runs it?")  # leans on nothing: the question before was none
    expect(page.locator(".citation").first).to_be_visible()
    expect(page.locator(".reading")).to_have_count(0)


def test_a_new_conversation_starts_empty(page: Page) -> None:
    ask(page, "How many actions are in Portugal's implementation plan?")
    expect(page.locator(".turn")).to_have_count(1)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_focused()
    ask(page, "is it one of the champions?")
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator(".reading")).to_have_count(0)


def test_several_people_have_conversations_of_their_own(browser: Browser, server: Server) -> None:
    contexts = [browser.new_context() for _ in range(4)]
    pages = [open_page(context, server.url) for context in contexts]
    questions = [f"what does footnote {n} say?" for n in (9, 10, 11, 12)]
    for page, question in zip(pages, questions, strict=True):
        ask(page, question)
    for page in pages:
        expect(page.locator(".turn")).to_have_count(1)
        ask(page, "and who says so?")
    for page, question in zip(pages, questions, strict=True):
        expect(page.locator(".question")).to_have_text([question, "and who says so?"])
        expect(page.locator(".turn").nth(1).locator(".reading")).to_contain_text(f"“{question}”")
    for context in contexts:
        context.close()


def test_a_taken_port_is_one_sentence(server: Server) -> None:
    port = server.url.rsplit(":", 1)[1]
    process = subprocess.run(
        [sys.executable, "-m", "qa", "serve", "--no-open", "--port", port],
        capture_output=True, text=True, check=False, timeout=START_SECONDS,
    )  # fmt: skip
    assert process.returncode == 2
    assert process.stderr.splitlines()[-1].startswith(f"qa: cannot listen on 127.0.0.1:{port} (")
