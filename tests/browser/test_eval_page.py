"""The page of an experiment, opened as a file."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from eval.page import experiment_html
from tests.toy_experiment import HOSTILE, toy_experiment

pytestmark = pytest.mark.browser

_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "toy.html"
    path.write_text(experiment_html(toy_experiment()), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(context: BrowserContext, file: str) -> Page:
    page = context.new_page()
    page.goto(file)
    return page


def _questions(page: Page) -> list[str]:
    return page.locator(".question > summary").all_inner_texts()


def test_questions_are_sorted_by_how_much_the_systems_differ(page: Page) -> None:
    expect(page.get_by_text("needs JavaScript")).to_have_count(0)
    expect(page.get_by_role("status")).to_have_text(
        "By nDCG@10, late is better than rrf on 2, worse on 0 and the same on 2 of 4 questions."
    )
    assert [text.split("\n")[0] for text in _questions(page)] == [
        "Who gives a number?",
        "Which objectives?",
        f"Why {HOSTILE}?",
        "What is the Compact?",
    ]
    assert _questions(page)[0].endswith("late 1.000 · rrf .200 +.800")


def test_a_question_shows_both_rankings_with_text_section_grade_and_rank(page: Page) -> None:
    question = page.locator(".question").first  # open from the start
    late, rrf = question.locator(".pair > div").all()
    expect(late.locator("h3")).to_have_text("late: first 3")
    first = late.locator(".paragraph").first
    expect(first.locator(".place")).to_have_text("1. para. 69relevant, grade 2")
    expect(first.locator(".under")).to_have_text("V. Progress > E. Inclusion")
    expect(first.locator(".text")).to_have_text("Portugal gives all migrants a number.")
    expect(first.locator("mark")).to_have_text("gives all migrants")
    expect(rrf.locator(".grade")).to_have_text(["not judged", "relevant, grade 2"])
    expect(question.locator(".judged")).to_have_text(
        "para. 69 (relevant, grade 2) late: rank 1, rrf: rank 2"
    )


def test_what_both_missed_is_shown_beneath(page: Page) -> None:
    page.get_by_label("System", exact=True).select_option("bm25")
    question = page.locator(".question", has_text="Who gives a number?")
    expect(question.locator("h3").last).to_have_text("rrf: first 2")
    page.get_by_label("Compared with").select_option("bm25")
    expect(page.get_by_role("status")).to_have_text("4 questions by bm25.")
    question.evaluate("details => { details.open = true; }")
    expect(question.locator("h3")).to_have_text(
        ["bm25: first 2", "Relevant, but not among these first 5"]
    )


def test_systems_measure_order_and_words_are_chosen(page: Page) -> None:
    page.get_by_label("System", exact=True).select_option("bm25")
    page.get_by_label("Compared with").select_option("late")
    page.get_by_label("Measure", exact=True).select_option("RR@10")
    expect(page.get_by_role("status")).to_have_text(
        "By RR@10, bm25 is better than late on 0, worse on 2 and the same on 2 of 4 questions."
    )
    page.get_by_label("Sort by").select_option("as in the collection")
    assert _questions(page)[0].startswith("Who gives a number?")
    page.get_by_label("Sort by").select_option("left is better")
    assert _questions(page)[-1].startswith("Who gives a number?")
    page.get_by_label("Find in questions").fill("FACTOID q3")
    assert len(_questions(page)) == 1
    page.get_by_label("Find in questions").fill("nowhere")
    expect(page.get_by_role("status")).to_have_text("No question has these words.")


def test_many_questions_come_fifty_at_a_time(context: BrowserContext, tmp_path: Path) -> None:
    experiment = toy_experiment()
    experiment["queries"] = {
        f"q{i}": {"text": f"Question {i}?", "relevant": {"69": 1}, "metadata": {}}
        for i in range(120)
    }
    path = tmp_path / "many.html"
    path.write_text(experiment_html(experiment), encoding="utf-8")
    page = context.new_page()
    page.goto(path.as_uri())
    expect(page.locator(".question")).to_have_count(50)
    page.get_by_role("button", name="Show more (70 left)").press("Enter")
    expect(page.locator(".question")).to_have_count(100)
    expect(page.locator(".question > summary").nth(50)).to_be_focused()
    page.get_by_role("button", name="Show more (20 left)").click()
    expect(page.locator(".question")).to_have_count(120)
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()


def test_hostile_texts_do_nothing(page: Page) -> None:
    question = page.locator(".question", has=page.locator("summary", has_text="onerror"))
    question.locator("summary").click()
    expect(question.locator(".text", has_text="onerror").first).to_have_text(HOSTILE)
    assert page.locator("img, main script, .text b").count() == 0
    # The context's fixture fails the test where a dialog opened or something was fetched.


def test_all_but_the_browser_works_without_javascript(browser: Browser, file: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file)
    expect(page.get_by_text("needs JavaScript")).to_be_visible()
    expect(page.get_by_label("Compared with")).to_be_hidden()
    expect(page.get_by_role("img", name="nDCG@10: difference to rrf")).to_be_visible()
    page.get_by_text("RR@10: plots and differences").click()
    expect(page.get_by_role("img", name="RR@10 of each system")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280, 1920])
def test_axe_finds_no_violation_and_nothing_is_cut(
    browser: Browser, file: str, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(file)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    expect(page.locator(".pair")).to_have_count(4)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": _WCAG}}).response
    assert len(found["passes"]) > 10  # axe saw the page
    assert [f"{v['id']}: {v['nodes'][0]['html']}" for v in found["violations"]] == []
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    context.close()


def test_a_wide_table_scrolls_by_itself(browser: Browser, tmp_path: Path) -> None:
    experiment = toy_experiment()
    experiment["measures"] += [f"R@{k}" for k in range(1, 9)]
    for system in experiment["systems"].values():
        for part in {"measures", "comparison"} & set(system):
            system[part] |= dict.fromkeys(experiment["measures"], system[part]["RR@10"])
    path = tmp_path / "wide.html"
    path.write_text(experiment_html(experiment), encoding="utf-8")
    page = browser.new_page(viewport={"width": 400, "height": 900})
    page.goto(path.as_uri())
    table = page.get_by_role("region", name="Other measures")
    assert table.evaluate("e => e.scrollWidth > e.clientWidth")
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    page.close()


def test_the_best_system_is_compared_with_the_baseline_first(
    context: BrowserContext, tmp_path: Path
) -> None:
    experiment = toy_experiment()
    systems = experiment["systems"]
    experiment["systems"] = {name: systems[name] for name in ("bm25", "rrf", "late")}
    path = tmp_path / "best.html"
    path.write_text(experiment_html(experiment), encoding="utf-8")
    page = context.new_page()
    page.goto(path.as_uri())
    expect(page.get_by_label("System", exact=True)).to_have_value("late")
    expect(page.get_by_label("Compared with")).to_have_value("rrf")


def test_everything_is_reached_by_keyboard(page: Page) -> None:
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate(_FOCUSED))
    for name in (
        "Systems", "Systems by nDCG@10", "System", "Compared with", "Measure", "Sort by",
        "Find in questions", "Whole paragraphs", "Which objectives?", "What each system is",
    ):  # fmt: skip
        assert name in seen, name
    summary = page.locator(".question > summary").nth(1)
    summary.press("Enter")
    expect(page.locator(".question").nth(1).locator(".pair")).to_be_visible()


_FOCUSED = """() => {
  const element = document.activeElement;
  const name = element.ariaLabel || element.labels?.[0]?.innerText || element.innerText || "";
  return name.trim().split("\\n")[0];
}"""


def test_the_whole_paragraph_is_shown_on_request(page: Page) -> None:
    page.get_by_label("Whole paragraphs").check()
    text = page.locator(".text").first
    assert text.evaluate("e => getComputedStyle(e).display") == "block"
    page.get_by_label("Whole paragraphs").uncheck()
    assert text.evaluate("e => getComputedStyle(e).display") != "block"


def test_print_is_black_on_white_with_every_plot(browser: Browser, file: str) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(file)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(31, 42, 53)"
    expect(page.get_by_label("Sort by")).to_be_hidden()
    expect(page.get_by_role("img", name="RR@10 of each system")).to_be_visible()  # was folded
    context.close()
