"""A library of more than one report: which to ask, which to read, which is cited."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from index.encoder import Encoder
from index.library import Library
from tests.browser.conftest import ask, open_page
from tests.browser.serving import Server, serve

pytestmark = [pytest.mark.model, pytest.mark.browser]

_PETS = "# Pets & <b>cats</b>\n\n## I. Dogs\n\n1. Cats purr.\n\n2. Dogs bark at remittances.\n"
_OTHER = "Global Compact for Safe, Orderly and Regular Migration"


@pytest.fixture(scope="module")
def two_reports(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("two")
    library = Library(folder / "library", encoder)
    library.add_bundled()
    library.add_file(_PETS.encode(), "pets.md")
    with serve(folder) as server:
        yield server


@pytest.fixture
def page(context: BrowserContext, two_reports: Server) -> Page:
    return open_page(context, two_reports.url)


def test_a_citation_names_its_report_and_opens_it(page: Page) -> None:
    expect(page.locator(".report h2")).to_have_text(_OTHER)
    ask(page, "what barks at remittances?")
    card = page.locator(".citation").first
    expect(card.locator(".section")).to_have_text("Pets & cats › I. Dogs")
    card.locator(".cite").click()
    expect(page.locator(".report h2")).to_have_text("Pets & cats")
    expect(page.locator(".report mark")).to_have_text("Dogs bark at remittances.")
    expect(page).to_have_url(re.compile(r"report=pets&para=2$"))
    page.get_by_label("Report to read").select_option(label=_OTHER)
    expect(page.locator(".report h2")).to_have_text(_OTHER)


def test_only_the_chosen_reports_are_asked(page: Page) -> None:
    scope = page.locator("#scope")
    scope.get_by_text("Asking all 2 reports").click()
    scope.get_by_label("Pets & cats").uncheck()
    expect(scope.locator("summary")).to_have_text("Asking 1 of 2 reports")
    ask(page, "what barks at remittances?")
    expect(page.locator(".citation .section").first).to_contain_text(_OTHER)
    expect(page.locator(".citation .section", has_text="Pets")).to_have_count(0)
    scope.get_by_label(_OTHER).click()  # none is left: all are asked again
    expect(scope.locator("summary")).to_have_text("Asking all 2 reports")
    ask(page, "what barks at remittances?")
    expect(page.locator(".turn").last.locator(".section").first).to_contain_text("Pets")


def test_a_report_is_there_at_the_next_visit_and_said_to_be_gone_once_removed(
    page: Page, two_reports: Server, encoder: Encoder
) -> None:
    Library(two_reports.home, encoder).add_file(b"# Birds\n\n## I. Sky\n\n1. Storks fly.\n", "z.md")
    ask(page, "do storks fly?")
    expect(page.locator(".citation .section").first).to_have_text("Birds › I. Sky")
    page.reload()
    expect(page.locator("#scope summary")).to_have_text("Asking all 3 reports")
    expect(page.locator(".citation .section").first).to_have_text("Birds › I. Sky")  # by address
    Library(two_reports.home, encoder).remove("z")
    page.locator(".cite").first.click()
    expect(page.get_by_text("This report is not in the library.")).to_be_visible()
    expect(page.locator(".report h2")).to_be_visible()
