"""The PDF reader on small files that the tests write themselves, sign by sign."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from index.blocks import Block, Mark
from index.errors import ReadError
from index.readers.pdf import read_pdf

_SAMPLES = Path(__file__).parents[2] / "shared" / "documents" / "pdf"
_FONTS = {"T": "Times-Roman", "B": "Times-Bold", "I": "Times-Italic", "C": "Courier"}
_WIDTH, _HEIGHT = 595, 842
_MARGIN, _LEADING = 100, 12


@dataclass
class Page:
    """Drawing operators of one page; ``rotate`` is its /Rotate entry."""

    operators: list[str] = field(default_factory=list)
    rotate: int = 0

    def write(
        self, x: float, y: float, text: str, *, size: float = 10, font: str = "T", turn: str = ""
    ) -> "Page":
        """Text with its left end at (x, y); font U takes any sign of the first plane."""
        place = turn or f"1 0 0 1 {x} {y}"
        if font == "U":
            shown = f"<{text.encode('utf-16-be').hex()}>"
        else:
            escaped = re.sub(r"([()\\])", r"\\\1", text)
            shown = f"({escaped})"
        self.operators.append(f"BT /{font} {size} Tf {place} Tm {shown} Tj ET")
        return self

    def lines(self, y: float, *texts: str, x: float = _MARGIN, **look: object) -> "Page":
        """Lines below each other, the first at height y."""
        for row, text in enumerate(texts):
            self.write(x, y - row * _LEADING, text, **look)  # type: ignore[arg-type]
        return self

    def frame(self, x0: float, y0: float, x1: float, y1: float) -> "Page":
        self.operators.append(f"{x0} {y0} {x1 - x0} {y1 - y0} re S")
        return self

    def rule(self, x0: float, y: float, x1: float) -> "Page":
        self.operators.append(f"{x0} {y} m {x1} {y} l S")
        return self


def make_pdf(pages: Sequence[Page], trailer: str = "") -> bytes:
    """A whole file: a catalogue, the fonts, and a content stream for every page."""
    to_unicode = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        "1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"
    )
    fonts = " ".join(
        f"/{key} << /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"
        for key, name in _FONTS.items()
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids "
        f"[{' '.join(f'{6 + 2 * at} 0 R' for at in range(len(pages)))}] >>",
        f"<< /Font << {fonts} /U 4 0 R >> >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /Identity-H /ToUnicode 5 0 R"
        " /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Any /DW 500"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        " /FontDescriptor << /Type /FontDescriptor /FontName /Any /Flags 4 /Ascent 800"
        " /Descent -200 /CapHeight 700 /ItalicAngle 0 /StemV 80 /FontBBox [0 0 500 800] >> >>] >>",
        f"<< /Length {len(to_unicode)} >> stream\n{to_unicode}\nendstream",
    ]
    for at, page in enumerate(pages):
        stream = "\n".join(page.operators)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH} {_HEIGHT}] /Rotate {page.rotate}"
            f" /Resources 3 0 R /Contents {7 + 2 * at} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >> stream\n{stream}\nendstream")
    content = b"%PDF-1.4\n"
    offsets = []
    for number, thing in enumerate(objects, start=1):
        offsets.append(len(content))
        content += f"{number} 0 obj {thing} endobj\n".encode("cp1252")
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    return content + (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer << /Size {size} /Root 1 0 R"
        f" {trailer} >>\nstartxref\n{len(content)}\n%%EOF"
    ).encode("cp1252")


def texts(blocks: Sequence[Block], kind: str = "text") -> list[str]:
    return [block.text for block in blocks if block.kind == kind]


LONG = "The Committee notes with concern that the legislation of the State"  # fills a line
BODY = (LONG, "party does not cover every ground, and recommends that it be amended.")


def start(number: int) -> str:
    """A first line that no other paragraph has."""
    return LONG.replace("legislation", f"legislation no. {number}")


def body(page: Page, *numbers: int, top: float = 760) -> Page:
    """Numbered paragraphs of two lines each."""
    for row, number in enumerate(numbers):
        y = top - row * 36
        page.lines(y, f"{number}.").lines(y, start(number), x=124).lines(y - _LEADING, BODY[1])
    return page


def paragraph(number: int) -> str:
    return f"{number}. {start(number)} {BODY[1]}"


def test_lines_join_into_paragraphs_and_headings_stand_apart() -> None:
    page = body(Page(), 1, 2).write(_MARGIN, 670, "II. Policy on water", size=14, font="B")
    blocks = read_pdf(make_pdf([page]))
    assert [(b.kind, b.text, b.page) for b in blocks] == [
        ("text", paragraph(1), 1),
        ("text", paragraph(2), 1),
        ("heading", "II. Policy on water", 1),
    ]


def test_running_heads_and_page_numbers_go_and_give_the_printed_page() -> None:
    pages = []
    for at in range(4):
        page = body(Page(), 2 * at + 1, 2 * at + 2)
        page.write(_MARGIN + 200 * (at % 2), 800, "A/99/1", font="B")
        page.write(_MARGIN, 30, f"{at + 7}/14").write(400, 30, "25-00001", size=7)
        pages.append(page)
    blocks = read_pdf(make_pdf(pages))
    assert [block.text for block in blocks] == [paragraph(n) for n in range(1, 9)]
    assert [block.page for block in blocks] == [7, 7, 8, 8, 9, 9, 10, 10]


def test_a_number_at_the_top_of_every_page_is_a_paragraphs_where_text_follows() -> None:
    pages = [body(Page(), number, top=800) for number in range(1, 5)]
    assert texts(read_pdf(make_pdf(pages))) == [paragraph(n) for n in range(1, 5)]


def test_the_same_words_inside_the_text_stay() -> None:
    pages = [
        body(Page(), 2 * at + 1)
        .write(_MARGIN, 500, "Reserved by the Committee.")
        .write(_MARGIN, 810, "A/99/1")
        for at in range(3)
    ]
    found = texts(read_pdf(make_pdf(pages)))
    assert found.count("Reserved by the Committee.") == 3
    assert not any("A/99/1" in text for text in found)


def test_paragraphs_go_on_over_the_page() -> None:
    first = Page().lines(100, "1.").lines(100, start(1), x=124)
    second = body(Page().lines(760, BODY[1]), 2, top=724)
    blocks = read_pdf(make_pdf([first, second]))
    assert [(b.text, b.page) for b in blocks] == [(paragraph(1), 1), (paragraph(2), 2)]


def test_columns_are_read_one_after_the_other() -> None:
    page = Page().write(_MARGIN, 780, "Report of the Committee on water and on land", size=12)
    left = [f"left line {n} of the first column" for n in range(1, 9)]
    right = [f"right line {n} of the second one" for n in range(1, 9)]
    page.lines(750, *left, x=60).lines(750, *right, x=310)
    (title, *rest) = read_pdf(make_pdf([page]))
    assert title.text.startswith("Report of")
    assert " ".join(block.text for block in rest) == " ".join(left + right)


def test_hyphens_go_only_where_the_document_writes_the_word_whole() -> None:
    page = Page().lines(
        760,
        "The environmental report is well-managed, as every environ-",
        "mental report should be; a lowland report is no less well-",
        "managed, and covers short- and long-term plans, and medium-",
        "and long-term ones for environmental questions and for low-",
        "land farms, for 2020-",
        "2023.",
    )
    (block,) = read_pdf(make_pdf([page]))
    assert block.text == (
        "The environmental report is well-managed, as every environmental report should be;"
        " a lowland report is no less well-managed, and covers short- and long-term plans, and"
        " medium- and long-term ones for environmental questions and for lowland farms,"
        " for 2020-2023."
    )


def with_note(page: Page, label: str, note: str, y: float = 80) -> Page:
    page.write(_MARGIN, y, label, size=5).write(_MARGIN + 12, y - 3, note, size=8)
    return page


def test_raised_marks_find_the_notes_at_the_foot_of_their_page() -> None:
    pages = []
    for at in range(2):
        page = body(Page(), at + 1).rule(_MARGIN, 95, _MARGIN + 70)
        page.write(_MARGIN + 276, 752, "1", size=6)  # behind "amended."
        with_note(page, "1", f"See document {at}, the first line of a long note that")
        page.write(_MARGIN, 67, "goes on below it.", size=8)
        pages.append(page)
    blocks = read_pdf(make_pdf(pages))
    assert [(b.kind, b.label) for b in blocks] == [("text", ""), ("note", "1")] * 2
    assert blocks[0].text == paragraph(1)
    assert blocks[0].marks == (Mark(len(paragraph(1)), "1"),)
    assert blocks[3].text == (
        "See document 1, the first line of a long note that goes on below it."
    )


def test_a_note_goes_on_at_the_foot_of_the_next_page() -> None:
    first = body(Page(), 1).write(_MARGIN + 276, 752, "1", size=6).rule(_MARGIN, 95, 170)
    with_note(first, "1", "A note that has no room on its page and")
    second = body(Page(), 2).write(_MARGIN + 276, 752, "2", size=6).rule(_MARGIN, 95, 170)
    second.write(_MARGIN + 12, 85, "ends on the next one.", size=8)
    with_note(second, "2", "Ibid.", 70)
    blocks = read_pdf(make_pdf([first, second]))
    assert texts(blocks) == [paragraph(1), paragraph(2)]
    assert [(b.label, b.text) for b in blocks if b.kind == "note"] == [
        ("1", "A note that has no room on its page and ends on the next one."),
        ("2", "Ibid."),
    ]


def test_a_mark_finds_the_note_that_only_the_next_page_has_room_for() -> None:
    first = body(Page(), 1).write(_MARGIN + 276, 752, "1", size=6)
    second = with_note(body(Page(), 2).rule(_MARGIN, 95, 170), "1", "See document 1.")
    blocks = read_pdf(make_pdf([first, second]))
    assert blocks[0].marks == (Mark(len(paragraph(1)), "1"),)
    assert (blocks[1].kind, blocks[1].label, blocks[1].page) == ("note", "1", 2)


def test_where_paragraphs_are_indented_a_flush_line_goes_on_after_a_full_stop() -> None:
    first, second = Page(), Page()
    for row in range(3):
        y = 760 - row * 36
        first.lines(y, f"Item {row} of this report opens with an indented line and", x=124)
        first.lines(y - _LEADING, "ends on the line below.")
    second.lines(760, "It goes on here.").lines(724, "Another one begins here.", x=124)
    found = texts(read_pdf(make_pdf([first, second])))
    assert found[2:] == [
        "Item 2 of this report opens with an indented line and ends on the line below."
        " It goes on here.",
        "Another one begins here.",
    ]


def test_marks_of_typewritten_documents_stand_on_the_line() -> None:
    page = Page().lines(
        760, "The Assembly took note of the report 1/ and of the", "decision, 2/", font="C"
    )
    page.lines(120, "______________", font="C")
    page.lines(100, "1/  A/48/803.", font="C").lines(76, "2/  See A/C.5/48/SR.59.", font="C")
    blocks = read_pdf(make_pdf([page]))
    text = "The Assembly took note of the report and of the decision,"
    assert blocks[0].text == text
    assert blocks[0].marks == (Mark(36, "1"), Mark(len(text), "2"))
    assert [(b.label, b.text) for b in blocks[1:]] == [
        ("1", "A/48/803."),
        ("2", "See A/C.5/48/SR.59."),
    ]


def test_raised_signs_without_a_note_are_text() -> None:
    page = Page().write(_MARGIN, 760, "An area of 40 km").write(171, 764, "2", size=6)
    page.write(176, 760, "was mined.")
    (block,) = read_pdf(make_pdf([page]))
    assert block.text == "An area of 40 km2 was mined."
    assert block.marks == ()


def test_a_framed_text_is_a_box_with_its_title() -> None:
    page = body(Page(), 1).frame(90, 600, 450, 690)
    page.write(110, 670, "Box 1: Water", font="B").lines(650, *BODY, x=110)
    body(page, 2, top=560)
    blocks = read_pdf(make_pdf([page]))
    assert [(b.kind, b.label, b.text) for b in blocks] == [
        ("text", "", paragraph(1)),
        ("box", "Box 1: Water", " ".join(BODY)),
        ("text", "", paragraph(2)),
    ]


def test_a_frame_around_numbered_paragraphs_is_no_box() -> None:
    page = body(Page(), 1, 2).frame(90, 650, 450, 790)
    assert texts(read_pdf(make_pdf([page]))) == [paragraph(1), paragraph(2)]


def test_a_ruled_table_reads_cell_by_cell() -> None:
    page = body(Page(), 1).write(_MARGIN, 705, "Table 1: Farms", font="I")
    for y0 in (640, 670):
        page.frame(100, y0, 200, y0 + 30).frame(200, y0, 450, y0 + 30)
    page.write(105, 685, "Article 7").lines(687, "each member shall provide", "documents", x=205)
    page.write(105, 655, "Article 8").write(205, 655, "no fee is due")
    blocks = read_pdf(make_pdf([page]))
    assert blocks[1] == Block(
        "box",
        "Article 7 | each member shall provide documents\nArticle 8 | no fee is due",
        label="Table 1: Farms",
        page=1,
    )


def test_contents_go_and_headings_numbered_like_them_stay() -> None:
    page = Page().write(250, 780, "Contents", font="B")
    for row, title in enumerate(("Policy on water", "Policy on land", "Policy on air")):
        page.write(_MARGIN, 750 - 14 * row, f"{row + 1}. {title} {'.' * 60} {row + 2}")
    second = Page().write(_MARGIN, 800, "1. Policy on water", size=13, font="B")
    blocks = read_pdf(make_pdf([page, body(second, 1, top=760)]))
    assert [(b.kind, b.text) for b in blocks] == [
        ("heading", "1. Policy on water"),
        ("text", paragraph(1)),
    ]


def test_ligatures_soft_hyphens_and_surrogates_become_plain_letters() -> None:
    page = Page().write(_MARGIN, 760, "of\ufb01ce bene\u00ad\ufb01ts \U0001f30d", font="U")
    (block,) = read_pdf(make_pdf([page]))
    assert block.text == "office benefits \U0001f30d"


def test_chinese_lines_join_without_a_space() -> None:
    page = Page().lines(
        760, "委员会注意到缔约国没有制定全面的反歧视法律，", "并建议尽快通过。", font="U"
    )
    (block,) = read_pdf(make_pdf([page]))
    assert block.text == "委员会注意到缔约国没有制定全面的反歧视法律，并建议尽快通过。"


def test_arabic_is_read_from_the_right_and_numbers_from_the_left() -> None:
    logical = "قرار رقم 1994 بشأن المياه"
    visual = " ".join(word if word.isdigit() else word[::-1] for word in reversed(logical.split()))
    (block,) = read_pdf(make_pdf([Page().write(_MARGIN, 760, visual, font="U")]))
    assert block.text == logical


@pytest.mark.parametrize(("rotate", "turn"), [(90, "0 1 -1 0 {y} {x}"), (270, "0 -1 1 0 {y} {x}")])
def test_turned_pages_are_read_upright(rotate: int, turn: str) -> None:
    page = Page(rotate=rotate)
    for row, text in enumerate(BODY):
        y = 100 + 12 * row if rotate == 90 else 400 - 12 * row
        x = 100 if rotate == 90 else 700
        page.write(0, 0, text, turn=turn.format(x=x, y=y))
    assert texts(read_pdf(make_pdf([page]))) == [" ".join(BODY)]


def test_a_scan_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.readers.pdf.scans.is_installed", lambda: False)
    with pytest.raises(ReadError, match="pictures of pages and no text: install text recognition"):
        read_pdf(make_pdf([Page().frame(100, 100, 200, 200)]))


def test_an_encrypted_file_is_refused() -> None:
    key = "<" + "41" * 32 + ">"
    locked = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O {key} /U {key} /P -4 >> /ID [{key}{key}]"
    with pytest.raises(ReadError, match="the PDF is encrypted: save a copy"):
        read_pdf(make_pdf([body(Page(), 1)], locked))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"no PDF at all", b"PK\x03\x04zip"])
def test_a_broken_file_is_refused(content: bytes) -> None:
    with pytest.raises(ReadError, match="not a readable PDF"):
        read_pdf(content)


def _sample(name: str) -> list[Block]:
    if not (_SAMPLES / name).exists():
        pytest.skip("the sample documents are not on this machine")
    return read_pdf((_SAMPLES / name).read_bytes())


@pytest.mark.parametrize(
    ("name", "last", "notes"),
    [("A_80_75.en.pdf", 106, 39), ("ECE_TRADE_C_CEFACT_2018_6E.pdf", 69, 29)],
)
def test_the_samples_keep_every_paragraph_and_note_in_order(
    name: str, last: int, notes: int
) -> None:
    blocks = _sample(name)
    numbers = [int(m[1]) for text in texts(blocks) if (m := re.match(r"(\d+)\. ", text))]
    assert numbers[:last] == list(range(1, last + 1))
    labels = [block.label for block in blocks if block.kind == "note"]
    assert len(labels) == notes
    assert sorted(labels) == sorted(mark.label for block in blocks for mark in block.marks)
