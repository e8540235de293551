"""Reports that are added on the page: told of, asked, read, taken back; and what is refused."""

import http.client
import io
import json
import re
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from docx import Document
from gradio_client import Client
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Page, expect

from index.encoder import Encoder
from index.library import BUNDLED_REPORT, Library
from tests.browser.conftest import ask, open_page
from tests.browser.serving import Server, serve
from tests.toy import ToyEncoder

pytestmark = [pytest.mark.model, pytest.mark.browser]

_BUNDLED = "Global Compact for Safe, Orderly and Regular Migration"
_STORKS = (
    "# Storks of the north\n\n## I. Flight\n\n1. Storks leave for Africa in August.\n\n"
    "2. They rest on chimneys.\n\n4. Farmers count their nests every spring.\n"
)
_READING_TIMEOUT = 60_000  # milliseconds, on a busy machine


@pytest.fixture(scope="module")
def adding_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: what is added here must not be in other tests' library."""
    folder = tmp_path_factory.mktemp("adding")
    (folder / "tmp").mkdir()
    with serve(folder, TMPDIR=str(folder / "tmp")) as server:
        yield server
    assert server.attempts.read_text() == ""


@pytest.fixture
def page(context: BrowserContext, adding_server: Server) -> Page:
    return open_page(context, adding_server.url)


@pytest.fixture(autouse=True)
def _only_the_bundled_report(adding_server: Server, encoder: Encoder) -> Iterator[None]:
    """No test finds what another has added."""
    yield
    library = Library(adding_server.home, encoder)
    for report_id in set(library.report_ids()) - {BUNDLED_REPORT}:
        library.remove(report_id)


def _file(name: str, content: str | bytes) -> FilePayload:
    data = content.encode() if isinstance(content, str) else content
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def _docx() -> bytes:
    document = Document()
    document.add_heading("Bees of the south", 0)
    document.add_heading("I. Honey", 1)
    document.add_paragraph("1. The beekeepers of Malta harvest thyme honey in July.")
    document.add_paragraph("2. Wax is sold to candle makers.")
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _add(page: Page, *files: FilePayload) -> Locator:
    """Add files, and wait until each is accounted for."""
    if not page.get_by_role("dialog").is_visible():
        page.get_by_role("button", name="Add reports").click()
    page.get_by_label("Choose files").set_input_files(list(files))
    expect(page.locator(".masthead .add")).to_have_text("Add reports", timeout=_READING_TIMEOUT)
    return page.locator(".files > li")


def _remove(page: Page, title: str) -> None:
    page.get_by_role("button", name=f"Remove “{title}”").click()
    page.get_by_role("button", name="Yes, remove it").click()
    expect(page.locator(".files h3", has_text=title)).to_have_count(0)


def _waiting(server: Server) -> list[Path]:
    """The uploaded files that are still on the disk."""
    return [path for path in (server.home.parent / "tmp").rglob("*") if path.is_file()]


def test_a_report_is_added_accounted_for_asked_read_and_removed(
    page: Page, context: BrowserContext, adding_server: Server
) -> None:
    other = open_page(context, adding_server.url)
    rows = _add(page, _file("bees.docx", _docx()))
    card = rows.first
    expect(card.locator(".change")).to_have_text("bees.docx: Added.")
    expect(card.locator("h3")).to_have_text("Bees of the south")
    expect(card.locator(".account")).to_have_text(
        re.compile(r"^2 paragraphs, 1 section, 0 footnotes; from para\. 1.* to para\. 2.*; lang")
    )
    expect(card.get_by_text("Nothing odd was found.")).to_be_visible()
    assert _waiting(adding_server) == []

    card.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".report h2")).to_have_text("Bees of the south")
    expect(page.locator("#scope summary")).to_have_text("Asking all 2 reports")
    ask(page, "who harvests thyme honey?")
    expect(page.locator(".citation .section").first).to_have_text("Bees of the south › I. Honey")
    page.locator(".cite").first.click()
    expect(page.locator(".report mark")).to_contain_text("beekeepers of Malta")

    expect(other.locator("#scope summary")).to_have_count(0)
    ask(other, "who harvests thyme honey?")
    expect(other.locator(".citation .section").first).to_contain_text("Bees of the south")
    expect(other.locator("#scope summary")).to_have_text("Asking all 2 reports")
    other.get_by_label("Report to read").select_option(label="Bees of the south")
    expect(other.locator(".report h2")).to_have_text("Bees of the south")

    page.reload()
    page.get_by_role("button", name="Add reports").click()
    _remove(page, "Bees of the south")
    page.keyboard.press("Escape")
    expect(page.locator("#scope summary")).to_have_count(0)
    expect(page.locator(".report h2")).to_have_text(_BUNDLED)
    ask(page, "who harvests thyme honey?")
    expect(page.locator(".citation").first).to_be_visible()
    expect(page.locator(".citation", has_text="Malta harvest")).to_have_count(0)


def test_a_broken_file_is_one_sentence_and_the_others_are_added(page: Page) -> None:
    rows = _add(
        page,
        _file("broken.pdf", b"%PDF-1.7 and no more"),
        _file("storks.md", _STORKS),
        _file("empty.docx", b""),
    )
    expect(page.locator(".adding .sum")).to_have_text("1 read, 2 not added.")
    expect(rows.filter(has_text="broken.pdf").locator(".step")).to_have_text(
        re.compile(r"^Not added: .*PDF.*[^.]\.$")
    )
    expect(rows.filter(has_text="empty.docx").locator(".step")).to_have_text(
        "Not added: empty.docx is empty: choose a file with a report in it."
    )
    card = page.locator(".card")
    oddities = card.locator("details li")
    expect(oddities).to_be_hidden()
    card.get_by_text("1 thing looks odd").click()
    expect(oddities).to_contain_text("4")

    _add(page, _file("storks.md", _STORKS))
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".card .change")).to_have_text(
        "storks.md: Nothing changed: this very file was there."
    )


def test_another_report_of_the_same_name_is_replaced_only_when_asked_to(page: Page) -> None:
    _add(page, _file("storks.md", _STORKS))
    changed = _file("storks.md", _STORKS.replace("north", "east"))
    rows = _add(page, changed)
    expect(rows.first.locator(".step")).to_have_text(
        "The library has another report by the name of storks: “Storks of the north”. "
        "Replace it, or rename the file to have both."
    )
    expect(page.locator(".card h3")).to_have_text("Storks of the north")
    rows.first.get_by_role("button", name="Replace it").click()
    expect(page.locator(".card h3")).to_have_text("Storks of the east", timeout=_READING_TIMEOUT)
    expect(page.locator(".card .change")).to_contain_text("Replaced the report of this name.")


def test_a_choice_of_reports_holds_what_is_added_to_it(page: Page) -> None:
    _add(page, _file("a.md", "# Apples\n\n1. Apples ripen in autumn.\n"))
    page.keyboard.press("Escape")
    page.locator("#scope summary").click()
    page.get_by_label(_BUNDLED).uncheck()
    _add(page, _file("b.md", "# Berries\n\n1. Berries ripen in summer.\n"))
    expect(page.locator("#scope summary")).to_have_text("Asking 2 of 3 reports")
    page.keyboard.press("Escape")
    page.locator("#scope summary").click()
    boxes = [page.get_by_role("checkbox", name=name) for name in ("Apples", "Berries", _BUNDLED)]
    assert [box.is_checked() for box in boxes] == [True, True, False]


def test_files_are_dropped_anywhere_on_the_page(page: Page) -> None:
    page.evaluate(
        """(text) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text], "storks.md"));
          for (const type of ["dragover", "drop"])
            document.querySelector(".report").dispatchEvent(
              new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        _STORKS,
    )
    expect(page.locator(".card h3")).to_have_text("Storks of the north", timeout=_READING_TIMEOUT)


def test_names_and_texts_of_files_are_only_text(page: Page, adding_server: Server) -> None:
    name = "..\\..\\<img src=x onerror=alert(1)>.md"
    title = "\\<script>alert(1)\\</script> ${alert(1)}"
    rows = _add(page, _file(name, f"# {title}\n\n1. Cats purr.\n\n3. \\<b onclick=x>Dogs.\n"))
    expect(rows.first.locator("h3")).to_have_text("<script>alert(1)</script> ${alert(1)}")
    expect(rows.first.locator(".change")).to_contain_text("<img src=x onerror=alert(1)>.md: Added.")
    rows = _add(page, _file("<img src=x onerror=alert(1)>.zip", b"PK\x03\x04"))
    expect(rows.first.locator(".step")).to_contain_text("<img src=x onerror=alert(1)>.zip is da")
    expect(page.locator("img[src=x]")).to_have_count(0)
    assert not list(adding_server.home.parent.rglob("*onerror*"))


def test_a_file_that_is_too_large_is_not_even_sent(page: Page) -> None:
    page.locator("#files").evaluate("(input) => (input.dataset.limit = 10)")
    rows = _add(page, _file("storks.md", _STORKS))
    expect(rows.first.locator(".step")).to_have_text(
        "Not added: it has more than 256 MB, the most that is read: split it."
    )


def test_why_a_file_was_not_sent_is_said(page: Page) -> None:
    page.route("**/upload*", lambda route: route.fulfill(status=413, body="too many files wait"))
    rows = _add(page, _file("storks.md", _STORKS), _file("bees.docx", _docx()))
    expect(rows.first.locator(".step")).to_have_text("Not added: too many files wait.")
    expect(page.locator(".adding .sum")).to_have_text("0 read, 2 not added.")
    page.unroute("**/upload*")
    page.route("**/upload*", lambda route: route.abort())
    rows = _add(page, _file("storks.md", _STORKS))
    expect(rows.first.locator(".step")).to_have_text(
        "Not added: it could not be sent: choose a file, not a folder, or try again."
    )


def test_questions_are_answered_while_a_long_report_is_encoded(page: Page) -> None:
    long = "# Rain\n\n" + "".join(
        f"{n}. " + f"Rain number {n} falls on hill {n} and on valley {n * 7}. " * 25 + "\n\n"
        for n in range(1, 300)
    )
    page.get_by_role("button", name="Add reports").click()
    page.get_by_label("Choose files").set_input_files(_file("rain.md", long))
    expect(page.locator(".row .step")).to_contain_text("of 299 paragraphs encoded", timeout=60_000)
    bar = page.get_by_role("progressbar", name="rain.md")
    assert 0 < float(bar.get_attribute("value") or 0) < 299
    page.keyboard.press("Escape")
    ask(page, "para 12")
    expect(page.locator(".cite")).to_have_text("para. 12")
    expect(page.locator(".masthead .add")).to_have_text("Adding 1 …")  # it is still at it
    expect(page.locator(".masthead .add")).to_have_text("Add reports", timeout=120_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_axe_finds_no_violation(
    browser: Browser, adding_server: Server, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 850},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(adding_server.url)
    expect(page.locator(".report h2")).to_be_attached()
    _add(page, _file("storks.md", _STORKS), _file("broken.pdf", b"%PDF-1.7"))
    page.get_by_text("1 thing looks odd").click()
    page.get_by_role("button", name="Remove “Storks of the north”").click()
    found = Axe().run(page).response
    assert len(found["passes"]) > 10  # axe saw the page
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    assert page.locator("dialog").evaluate("(e) => e.scrollWidth - e.clientWidth") <= 0
    context.close()


def test_everything_is_done_by_keyboard(page: Page) -> None:
    page.get_by_role("button", name="Add reports").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Choose files")).to_be_focused()  # the browser opens its own choice
    page.locator(":focus").set_input_files([_file("storks.md", _STORKS)])
    expect(page.locator(".card")).to_be_visible(timeout=_READING_TIMEOUT)
    expect(page.locator("dialog [role=status]")).to_contain_text("Added. Storks of the north: 3 p")
    page.get_by_role("button", name="Remove “Storks of the north”").press("Enter")
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove “Storks of the north”")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Yes, remove it").press("Enter")
    expect(page.locator("dialog [role=status]")).to_have_text("“Storks of the north” was removed.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Add reports")).to_be_focused()


def _post_file(url: str, content: bytes, *, announced: int | None = None) -> tuple[int, str]:
    """What the upload door answers to a form with a file in it."""
    boundary = uuid.uuid4().hex
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.md"\r\n\r\n'
    ).encode() + content
    body += f"\r\n--{boundary}--\r\n".encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(body) if announced is None else announced),
    }
    with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)) as connection:
        connection.request("POST", "/gradio_api/upload", body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()


def test_nothing_uploaded_is_handed_out_again(adding_server: Server) -> None:
    status, answer = _post_file(adding_server.url, b"1. Secret.")
    assert status == 200
    (path,) = json.loads(answer)
    assert Path(path).read_text() == "1. Secret."
    assert Path(path).stat().st_mode & 0o777 == 0o600
    with pytest.raises(urllib.error.HTTPError, match="HTTP Error 404"):
        urllib.request.urlopen(f"{adding_server.url}/gradio_api/file={path}", timeout=10)
    Path(path).unlink()


def test_an_upload_that_is_too_large_is_refused_with_the_bound(adding_server: Server) -> None:
    status, sentence = _post_file(adding_server.url, b"1. Cats.", announced=300 * 2**20)
    assert status == 413
    assert sentence == "it has more than 256 MB, the most that is read: split it"


def _trigger(url: str, event: str, **data: object) -> dict[str, Any]:
    """The first message to a script that plays the page, without having sent a file."""
    with urllib.request.urlopen(f"{url}/config", timeout=10) as response:
        events = json.load(response)["dependencies"]
    found = next(e for e in events if [name for _, name in e["targets"]] == [event])
    joined = {
        "data": [None] * len(found["inputs"]),
        "event_data": data,
        "fn_index": found["id"],
        "session_hash": uuid.uuid4().hex,
        "trigger_id": found["targets"][0][0],
    }
    request = urllib.request.Request(
        f"{url}/gradio_api/queue/join",
        json.dumps(joined).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()
    stream = f"{url}/gradio_api/queue/data?session_hash={joined['session_hash']}"
    with urllib.request.urlopen(stream, timeout=30) as lines:
        for line in lines:
            message = json.loads(line.removeprefix(b"data: ")) if line.strip() else {}
            output = message.get("output", {})
            if "error" in output:
                return {"sentence": output["error"]}
            if output.get("data"):
                said: dict[str, Any] = json.loads(output["data"][0])
                return said
    pytest.fail("the server said nothing")


@pytest.mark.parametrize("path", ["/etc/hostname", "{home}/library.sqlite", "", "a/../b"])
def test_only_what_was_uploaded_is_read(adding_server: Server, path: str) -> None:
    path = path.format(home=adding_server.home)
    said = _trigger(adding_server.url, "add_file", key=1, path=path, name="x.md")
    assert re.search(r"cannot be accessed|is no longer here", said["sentence"])
    assert Library(adding_server.home, ToyEncoder()).report_ids() == [BUNDLED_REPORT]


def test_only_what_was_added_here_is_removed_here(adding_server: Server) -> None:
    said = _trigger(adding_server.url, "remove_report", report="global-compact-2020")
    assert "only what was added here is removed here" in said["removed"]["sentence"]


def test_adding_is_nothing_that_other_programs_are_offered(adding_server: Server) -> None:
    named = Client(adding_server.url, verbose=False).view_api(return_format="dict")
    assert isinstance(named, dict)
    assert sorted(named["named_endpoints"]) == ["/ask", "/paragraph", "/reports"]


def test_a_page_to_read_only_adds_nothing(context: BrowserContext, tmp_path: Path) -> None:
    with serve(tmp_path, "--read-only") as server:
        page = open_page(context, server.url)
        ask(page, "para 12")
        expect(page.locator(".cite")).to_have_text("para. 12")
        expect(page.get_by_role("button", name="Add reports")).to_have_count(0)
        expect(page.locator("dialog, input[type=file]")).to_have_count(0)
        assert _post_file(server.url, b"1. Cats.") == (403, "no reports are taken here")
        with pytest.raises(StopIteration):  # there is no such event
            _trigger(server.url, "add_file", key=1, path="", name="")
        with pytest.raises(StopIteration):
            _trigger(server.url, "remove_report", report="global-compact-2020")


def test_who_may_not_come_in_adds_nothing(tmp_path: Path) -> None:
    with serve(tmp_path, "--auth", "ali", QA_PASSWORD="open sesame") as server:
        status, _ = _post_file(server.url, b"1. Cats.")
        assert status == 401
