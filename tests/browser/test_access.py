"""For everyone, on any screen: axe, keyboard, large text, narrow and wide windows."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ask
from tests.browser.serving import Server

pytestmark = [pytest.mark.model, pytest.mark.browser]

_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
_QUESTION = "How did the pandemic affect remittances?"


def _violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": _WCAG}}).response
    assert len(found["passes"]) > 10  # axe saw the page
    return [f"{v['id']}: {v['nodes'][0]['html']}" for v in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_axe_finds_no_violation(browser: Browser, server: Server, scheme: str, width: int) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 850},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = open_page_at(context.new_page(), server.url)
    assert _violations(page) == []
    ask(page, _QUESTION)
    expect(page.locator(".citation").first).to_be_visible()
    ask(page, "and how do I bake bread?")
    expect(page.locator(".turn")).to_have_count(2)
    page.get_by_role("button", name="This paragraph answers", exact=True).first.click()
    assert _violations(page) == []
    page.locator(".cite").first.click()
    page.get_by_role("button", name="Contents").click()
    expect(page.locator("#contents")).to_be_visible()
    assert _violations(page) == []
    context.close()


def open_page_at(page: Page, url: str) -> Page:
    page.goto(url)
    expect(page.locator(".report h2")).to_be_attached()
    return page


_CONTROLS = (
    "para. 25",
    "Show the whole paragraph",
    "Copy citation",
    "This paragraph answers",
    "None of these answers my question",
    "Your question",
    "Ask",
    "Contents",
)


def test_everything_is_reached_by_keyboard_with_a_visible_focus(page: Page) -> None:
    page.keyboard.type(_QUESTION)  # the box has the focus
    page.keyboard.press("Enter")
    expect(page.locator(".citation").first).to_be_visible()
    page.locator(".log").focus()
    seen = []
    for _ in range(80):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(_FOCUSED))
    names = [name for name, _ in seen]
    for name in _CONTROLS:
        assert any(found.startswith(name) for found in names), name
    assert [name for name, is_visible in seen if not is_visible] == []

    page.locator(".cite").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".report mark").first).to_be_in_viewport()
    page.locator(".suggestions button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(2)


_FOCUSED = """() => {
  const element = document.activeElement;
  const box = element.closest("#question") || element;
  const { outlineStyle, boxShadow } = getComputedStyle(element);
  const isVisible = outlineStyle !== "none" || boxShadow !== "none"
    || getComputedStyle(box).boxShadow !== "none" || element === document.body;
  const name = element.ariaLabel || element.labels?.[0]?.innerText || element.innerText;
  return [(name || element.tagName).trim(), isVisible];
}"""


@pytest.mark.parametrize("width", [360, 400, 768, 1280, 1920, 2560])
def test_every_width_is_readable(browser: Browser, server: Server, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page = open_page_at(context.new_page(), server.url)
    ask(page, _QUESTION)
    expect(page.locator(".citation").first).to_be_visible()
    assert _overflow(page) <= 0
    for column in (".citation blockquote", ".report .text"):
        if column == ".report .text":
            page.locator(".cite").first.click()
        signs = page.locator(column).first.evaluate(_SIGNS_A_LINE)
        assert 30 <= signs <= 80, column
        if width >= 1280:
            assert signs >= 50, column
    assert _overflow(page) <= 0
    context.close()


_SIGNS_A_LINE = """(element) => {
  const lineHeight = parseFloat(getComputedStyle(element).lineHeight);
  const lines = Math.round(element.getBoundingClientRect().height / lineHeight);
  return element.innerText.length / lines;
}"""


def _overflow(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    pixels: int = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    return pixels


@pytest.mark.parametrize("width", [400, 1280])
def test_text_scales_to_twice_its_size(browser: Browser, server: Server, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page = open_page_at(context.new_page(), server.url)
    page.add_style_tag(content="html { font-size: 200% !important; }")
    ask(page, _QUESTION)
    expect(page.locator(".citation blockquote").first).to_be_visible()
    assert (
        page.locator(".citation blockquote").first.evaluate(
            "e => parseFloat(getComputedStyle(e).fontSize)"
        )
        >= 32
    )
    assert _overflow(page) <= 0
    page.get_by_role("button", name="Copy citation").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    page.locator(".cite").first.click()
    expect(page.locator(".report mark").first).to_be_in_viewport()
    context.close()
