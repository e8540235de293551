"""Scanned PDFs, which the tests make: pages rendered, turned and speckled, without their text."""

import io
import socket
import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from index.blocks import Block
from index.errors import ReadError
from index.readers.pdf import read_pdf, scans
from index.readers.scanned import odd_scans
from index.sandbox import read_apart
from index.watched import run_watched
from tests.test_pdf import Page, body, make_pdf, paragraph, texts

needs_ocr = pytest.mark.skipif(not scans.is_installed(), reason="the extra `ocr` is not there")


def scan(content: bytes, *, slant: float = 0.0, noise: float = 0.0, turns: int = 0) -> bytes:
    """The same pages as pictures."""
    random = np.random.default_rng(42)
    pages = []
    for page in pdfium.PdfDocument(content):
        picture = page.render(scale=200 / 72).to_pil().convert("L")
        picture = picture.rotate(slant, Image.Resampling.BICUBIC, fillcolor=255)
        spots = np.asarray(picture, np.float32) + random.normal(0, noise, picture.size[::-1])
        whole = np.rot90(np.clip(spots, 0, 255).astype(np.uint8), turns)
        pages.append(Image.fromarray(np.ascontiguousarray(whole)))
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=200)
    return out.getvalue()


def _joined(*parts: bytes) -> bytes:
    whole, out = pdfium.PdfDocument.new(), io.BytesIO()
    for part in parts:
        whole.import_pages(pdfium.PdfDocument(part))
    whole.save(out)
    return out.getvalue()


def _kinds(blocks: Sequence[Block]) -> list[tuple[str, int | None]]:
    return [(block.kind, block.page) for block in blocks if block.kind in ("recognised", "unread")]


REPORT = make_pdf([body(Page(), 1, 2, top=600), body(Page(), 3, 4, top=600)])


def test_a_scan_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "is_installed", lambda: False)
    with pytest.raises(ReadError, match=r"pictures of pages and no text: .* `make ocr`"):
        read_pdf(scan(REPORT))


def test_a_scanned_page_among_others_is_told_where_nothing_recognises_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scans, "is_installed", lambda: False)
    blocks = read_pdf(_joined(REPORT, scan(make_pdf([body(Page(), 5, top=600)]))))
    assert _kinds(blocks) == [("unread", 3)]
    assert texts(blocks) == [paragraph(n) for n in (1, 2, 3, 4)]


def test_a_page_without_text_or_picture_is_no_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "is_installed", lambda: False)
    assert _kinds(read_pdf(_joined(REPORT, make_pdf([Page()])))) == []


def test_what_is_told_of_scans() -> None:
    pages = [("unread", 2), ("recognised", 3), ("recognised", 5), ("recognised", 6)]
    pages += [("recognised", 7), ("text", 8)]
    unread, recognised = odd_scans([Block(kind, "", page=page) for kind, page in pages])  # type: ignore[arg-type]
    assert (unread.kind, recognised.kind) == ("unread", "recognised")
    assert "No text was read on page 2," in unread.sentence
    assert recognised.sentence == (
        "The text of pages 3, 5 to 7 was recognised from pictures: check quotes from there "
        "against the paper."
    )


@needs_ocr
def test_a_slanted_and_speckled_scan_reads_as_the_text_does() -> None:
    blocks = read_pdf(scan(REPORT, slant=1.0, noise=12))
    assert texts(blocks) == [paragraph(n) for n in (1, 2, 3, 4)]
    assert _kinds(blocks) == [("recognised", 1), ("recognised", 2)]


@needs_ocr
@pytest.mark.parametrize("turns", [1, 2])
def test_a_page_that_lies_wrong_is_turned(turns: int) -> None:
    page = make_pdf([body(Page(), 1, 2, 3, top=600)])
    assert texts(read_pdf(scan(page, turns=turns))) == [paragraph(n) for n in (1, 2, 3)]


@needs_ocr
def test_headings_notes_and_page_numbers_come_out_as_with_text() -> None:
    pages = []
    for number in (1, 2, 3):
        page = Page().write(100, 800, "A/99/1", font="B").write(470, 800, f"{number}/3", size=9)
        page.write(100, 760, f"{'ABC'[number - 1]}. Policy on water", font="B")
        body(page, number, top=700).write(124, 660, "The last word has a mark.")
        page.write(226, 664, str(number), size=6)
        page.rule(100, 80, 200).write(104, 66, str(number), size=5)
        page.write(110, 62, "See the map of the region.", size=8)
        pages.append(page)
    content = make_pdf(pages)
    assert read_pdf(scan(content))[3:] == read_pdf(content)


@needs_ocr
def test_only_the_scanned_page_is_recognised() -> None:
    told: list[tuple[int, int]] = []
    blocks = read_pdf(
        _joined(REPORT, scan(make_pdf([body(Page(), 5, top=600)]))), lambda *done: told.append(done)
    )
    assert texts(blocks) == [paragraph(n) for n in range(1, 6)]
    assert _kinds(blocks) == [("recognised", 3)]
    assert told == [(0, 1), (1, 1)]


@needs_ocr
def test_a_script_that_is_not_known_is_refused() -> None:
    words = "Генеральная Ассамблея ссылаясь на свои резолюции о помощи"
    font = pytest.importorskip("PIL.ImageFont")
    face = next(
        (name for name in ("DejaVuSerif.ttf", "LiberationSerif-Regular.ttf") if _has_face(name)), ""
    )
    if not face:
        pytest.skip("no font with Cyrillic letters")
    from PIL import ImageDraw

    picture = Image.new("L", (1654, 2339), 255)
    for row in range(20):
        place = (150, 150 + 50 * row)
        ImageDraw.Draw(picture).text(place, words, fill=0, font=font.truetype(face, 28))
    out = io.BytesIO()
    picture.save(out, "PDF", resolution=200)
    with pytest.raises(ReadError, match="no text can be recognised: their script is none of"):
        read_pdf(out.getvalue())


def _has_face(name: str) -> bool:
    from PIL import ImageFont

    try:
        ImageFont.truetype(name, 28)
    except OSError:
        return False
    return True


@needs_ocr
def test_recognition_asks_nothing_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    from index.readers.pdf.recognise import _engine

    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    _engine.cache_clear()
    assert texts(read_pdf(scan(make_pdf([body(Page(), 1, top=600)])))) == [paragraph(1)]


@needs_ocr
def test_a_process_apart_recognises_and_tells_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    report = read_apart(scan(REPORT), "scan.pdf", progress=lambda *done: told.append(done))
    assert report.paragraphs == read_apart(REPORT, "scan.pdf").paragraphs
    assert [oddity.kind for oddity in report.oddities] == ["recognised"]
    assert told == [(0, 2), (1, 2), (2, 2)]


_SLOW = """
import sys, time
from index.watched import tell_progress
for done in range(4):
    tell_progress(done, 4)
    time.sleep(0.6)
sys.stdout.write(sys.stdin.read().upper())
"""


def test_a_process_that_goes_on_telling_is_waited_for() -> None:
    told: list[tuple[int, int]] = []
    done = run_watched(
        [sys.executable, "-c", _SLOW], b"paper", 2.0, lambda *so_far: told.append(so_far)
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"PAPER", b"")
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4)]


def test_a_process_that_falls_silent_is_ended() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with pytest.raises(subprocess.TimeoutExpired):
        run_watched(command, b"", 0.5)
