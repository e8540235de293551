"""The PDF reader on layouts of other documents: contents, notes at an end, boxes, columns."""

import re
from collections.abc import Sequence

import pytest

from index.blocks import Block, Mark
from index.numbering import number_blocks
from index.numbering.closings import Closing
from index.readers.pdf import read_pdf
from tests.test_pdf import BODY, LONG, Page, body, make_pdf, paragraph, start, texts

_TITLES = ("I. Introduction", "II. Policy on water", "III. Policy on land")


def _read(*pages: Page) -> list[Block]:
    return read_pdf(make_pdf(pages))


def _rows(page: Page, top: float, rows: Sequence[tuple[str, str]]) -> Page:
    for row, (left, right) in enumerate(rows):
        page.write(100, top - 16 * row, left).write(460 - 5 * len(right), top - 16 * row, right)
    return page


def test_contents_without_dots_go_because_the_headings_say_them_again() -> None:
    first = Page().write(250, 780, "Contents", font="B").write(438, 764, "Page", font="I", size=9)
    _rows(first, 740, list(zip(_TITLES, ("3", "5", "12"), strict=True)))
    second = Page()
    for row, title in enumerate(_TITLES):
        body(second.write(100, 780 - 80 * row, title, font="B"), row + 1, top=760 - 80 * row)
    assert [block.text for block in _read(first, second)] == [
        text for row, title in enumerate(_TITLES) for text in (title, paragraph(row + 1))
    ]


def test_a_table_whose_numbers_rise_is_no_contents() -> None:
    page = _rows(Page(), 740, [("Wheat and rye", "3"), ("Maize", "5"), ("Barley and oats", "12")])
    found = " ".join(text for text in texts(_read(page, body(Page(), 1))))
    assert "Wheat and rye | 3\nMaize | 5\nBarley and oats | 12" in found


def _marked(page: Page, number: int, mark: str, y: float = 760) -> Page:
    return body(page, number, top=y).write(376, y - 8, mark, size=6)


def test_notes_below_a_title_at_the_end_find_their_marks() -> None:
    last = body(Page(), 3).write(100, 700, "Notes", font="B", size=11)
    last.lines(680, "1 See document 1, which goes on", "on a second line.", "2 Ibid.", size=9)
    blocks = _read(_marked(Page(), 1, "1"), _marked(Page(), 2, "2"), last)
    notes = [block for block in blocks if block.kind == "note"]
    assert [(note.label, note.text) for note in notes] == [
        ("1", "See document 1, which goes on on a second line."),
        ("2", "Ibid."),
    ]
    assert [b.marks for b in blocks if b.marks] == [
        (Mark(len(paragraph(1)), "1"),),
        (Mark(len(paragraph(2)), "2"),),
    ]


def test_typewritten_notes_at_the_end_need_no_title() -> None:
    first = Page().lines(760, "The Assembly met 1/ and", "adjourned 2/ on Monday.", font="C")
    last = Page().lines(760, "1/ See document 1.", "2/ See document 2.", font="C")
    blocks = _read(first, last)
    assert [(b.kind, b.text) for b in blocks] == [
        ("text", "The Assembly met and adjourned on Monday."),
        ("note", "See document 1."),
        ("note", "See document 2."),
    ]


def test_a_numbered_list_at_the_end_is_no_notes() -> None:
    last = Page().write(100, 760, "List of members", font="B", size=11)
    last.lines(740, "1. One member of the Committee.", "2. Another member of it.")
    blocks = _read(body(Page(), 1), last)
    assert not [block for block in blocks if block.kind == "note"]
    assert texts(blocks)[1:] == ["1. One member of the Committee.", "2. Another member of it."]


def test_labels_without_marks_are_no_notes() -> None:
    first = Page().lines(760, "The Assembly met 7/ and", "adjourned on Monday.", font="C")
    last = Page().lines(760, "1/ Members of it.", "2/ Observers.", font="C")
    assert not [block for block in _read(first, last) if block.kind == "note"]


def test_the_rest_of_a_typewritten_note_stands_below_the_rule_of_the_next_page() -> None:
    first = Page().lines(760, "The Assembly met. 1/", font="C").lines(120, "_" * 15, font="C")
    first.lines(100, "1/ See document 1, which", font="C")
    second = Page().lines(760, "It adjourned. 2/", font="C").lines(120, "_" * 15, font="C")
    second.lines(100, "goes on here.", "2/ See document 2.", font="C")
    blocks = _read(first, second)
    assert texts(blocks) == ["The Assembly met.", "It adjourned."]
    assert [b.text for b in blocks if b.kind == "note"] == [
        "See document 1, which goes on here.",
        "See document 2.",
    ]


def test_an_item_begins_behind_a_mark_that_fills_the_line() -> None:
    page = Page().lines(
        760, "(a) Adopted the draft resolution as orally revised by the Chair; 1/", font="C"
    )
    page.lines(748, "(b) Took note of the report, as orally revised by the Chair, and", font="C")
    page.lines(736, "adjourned.", font="C")
    page.lines(120, "_" * 15, font="C").lines(100, "1/ See document 1.", font="C")
    assert [text[:14] for text in texts(_read(page))] == ["(a) Adopted th", "(b) Took note "]


def test_a_table_without_rules_below_its_caption_is_a_box() -> None:
    page = body(Page(), 1).write(100, 700, "Table 1. Farms", font="B")
    _rows(page, 684, [("1 Wheat", "31"), ("2 Maize", "12"), ("3 Oats", "24")])
    blocks = _read(body(page, 2, top=600))
    assert [(b.kind, b.label, b.text) for b in blocks] == [
        ("text", "", paragraph(1)),
        ("box", "Table 1. Farms", "1 Wheat | 31\n2 Maize | 12\n3 Oats | 24"),
        ("text", "", paragraph(2)),
    ]


def test_a_box_over_two_pages_is_one() -> None:
    first = body(Page(), 1).frame(90, 90, 450, 150).write(110, 135, "Box 1: Water", font="B")
    first.write(110, 115, BODY[0])
    second = Page().frame(90, 740, 450, 780).write(110, 760, BODY[1])
    blocks = _read(first, body(second, 2, top=700))
    assert [(b.kind, b.label, b.text, b.page) for b in blocks] == [
        ("text", "", paragraph(1), 1),
        ("box", "Box 1: Water", " ".join(BODY), 1),
        ("text", "", paragraph(2), 2),
    ]


def test_a_box_with_a_title_of_its_own_is_another() -> None:
    first = body(Page(), 1).frame(90, 90, 450, 150).write(110, 115, BODY[1])
    second = Page().frame(90, 730, 450, 790).write(110, 770, "Box 2: Land", font="B")
    second.write(110, 750, BODY[1])
    boxes = [block for block in _read(first, body(second, 2, top=700)) if block.kind == "box"]
    assert [box.label for box in boxes] == ["", "Box 2: Land"]


def test_the_heads_of_a_table_that_goes_on_are_read_once() -> None:
    pages = []
    for at, (y, crop) in enumerate(((100, "Wheat"), (740, "Maize"))):
        page = Page() if at else body(Page(), 1)
        for row, cells in enumerate((("Crop", "Farms"), (crop, "twelve of them"))):
            top = y + 30 - 30 * row
            page.frame(90, top, 200, top + 30).frame(200, top, 450, top + 30)
            page.write(95, top + 10, cells[0]).write(205, top + 10, cells[1])
        pages.append(page)
    (table,) = (block for block in _read(*pages) if block.kind == "box")
    assert table.text == "Crop | Farms\nWheat | twelve of them\nMaize | twelve of them"


def test_three_narrow_columns_that_are_not_level_are_read_one_after_the_other() -> None:
    page = Page()
    printed = []
    for column in range(3):
        lines = [f"column {column} line {row} of narrow text" for row in range(12)]
        page.lines(750 - 5 * column, *lines, x=60 + 145 * column)
        printed += lines
    assert " ".join(block.text for block in _read(page)) == " ".join(printed)


def test_words_right_of_wide_spaces_are_no_column() -> None:
    page = Page()
    rows = (
        ("The Committee notes with some,", "concern that it is still not the"),
        ("all the laws of every land and", "of the people that are there and"),
        ("water and of the air as it was", "they were and will be for years."),
    )
    for row, (left, right) in enumerate(rows):
        y = 760 - 12 * row
        page.write(100, y, f"{left:30}", font="C").write(291.5 + 1.7 * row, y, right, font="C")
    assert " ".join(texts(_read(page))) == " ".join(" ".join(row) for row in rows)


def test_a_heading_of_one_column_takes_no_small_print_of_the_next() -> None:
    page = Page()
    left = [f"left line {row} of the first column" for row in range(8)]
    right = [f"right line {row} of the second one" for row in range(8)]
    page.write(60, 761, "Policy on water", size=15, font="B").lines(740, *left, x=60)
    page.lines(769, *right, x=230, size=9)
    (heading, *rest) = _read(page)
    assert heading.text == "Policy on water"
    assert " ".join(block.text for block in rest) == " ".join(left + right)


def test_clauses_that_begin_with_a_small_letter_stand_apart() -> None:
    page = Page()
    for row in range(3):
        words = f"ссылаясь на свою резолюцию номер {row} о воде и о людях и"
        page.write(100, 760 - 30 * row, words, font="U")
        page.write(100, 748 - 30 * row, "на свою резолюцию о земле и о людях, и о воде,", font="U")
    page.lines(670, "постановляет провести совещание по воде и земле", "и о людях.", font="U")
    assert [text.split()[0] for text in texts(_read(page))] == ["ссылаясь"] * 3 + ["постановляет"]


def test_a_line_of_capitals_is_a_heading_though_it_ends_with_a_comma() -> None:
    page = body(Page(), 1).write(100, 715, "FOR THESE REASONS, THE COURT UNANIMOUSLY,", font="B")
    assert [block.kind for block in _read(body(page, 2, top=690))] == ["text", "heading", "text"]


def test_letters_set_apart_are_words() -> None:
    page = Page()
    for at, sign in enumerate("POLICY ON WATER"):
        if sign != " ":
            page.write(100 + 11 * at, 760, sign, font="C")
    (heading,) = _read(page)
    assert heading.text == "POLICY ON WATER"


@pytest.mark.parametrize("closing", [100, 124])
def test_a_text_on_the_paragraphs_margin_below_a_list_is_of_the_paragraph(closing: int) -> None:
    page = Page().lines(760, "12.").lines(760, LONG, x=124).lines(748, "party decides:", x=closing)
    page.lines(730, "(a)", x=148 - 24 * (closing == 100)).lines(730, "To take note of it;", x=172)
    page.lines(712, "(b)", x=148 - 24 * (closing == 100)).lines(712, "To adjourn on Monday;", x=172)
    page.lines(694, "And requests that all of it be published.", x=closing)
    blocks = _read(page.lines(670, "13.").lines(670, LONG, x=124))
    assert [type(block) for block in blocks] == [Block, Block, Block, Closing, Block]
    assert number_blocks(blocks, "r").paragraphs[3].number == "12(cont)"


def test_the_second_text_of_an_item_closes_no_list() -> None:
    page = Page().lines(760, "12.").lines(760, LONG, x=124).lines(748, "party decides:")
    page.lines(730, "(a)", x=124).lines(730, "To take note of it.", x=148)
    page.lines(712, "It is to do so on Monday.", x=148)
    assert not [block for block in _read(page) if isinstance(block, Closing)]


def _with_margin_numbers(page: Page, *numbers: int) -> Page:
    for row, number in enumerate(numbers):
        page.write(70, 760 - 36 * row, str(number), size=8)
        page.lines(760 - 36 * row, start(number), BODY[1])
    return page


def test_bare_numbers_in_the_margin_are_the_paragraphs() -> None:
    blocks = _read(_with_margin_numbers(Page(), 1, 2, 3), _with_margin_numbers(Page(), 4, 5))
    assert texts(blocks) == [f"{n} {start(n)} {BODY[1]}" for n in range(1, 6)]
    numbered = number_blocks(blocks, "r").paragraphs
    assert [(p.number, p.page) for p in numbered] == [
        ("1", 1), ("2", 1), ("3", 1), ("4", 2), ("5", 2),
    ]  # fmt: skip


def test_chinese_articles_and_items_begin_lines_of_their_own() -> None:
    page = Page()
    lines = ("第一条", "各国应当遵守以下各项义务：", "（一）保护水源，并采取各种措施；",
             "（二）保护土地。", "第二条", "本条规定适用于所有会员国的义务。")  # fmt: skip
    for row, line in enumerate(lines):
        page.write(100, 760 - 14 * row, line, font="U")
    assert texts(_read(page)) == list(lines)
    numbers = [p.number for p in number_blocks(_read(page), "r").paragraphs]
    assert numbers == ["article-1", "article-1(1)", "article-1(2)", "article-2"]


def _arabic(page: Page, y: float, text: str) -> None:
    """A line that ends at the right margin, sign by sign from its end as such files hold it."""
    seen = re.sub(r"[\u0660-\u0669]+", lambda digits: digits[0][::-1], text[::-1])
    page.write(480 - 5 * len(text), y, seen, font="U")


def test_arabic_indic_numbers_at_the_right_margin_are_the_paragraphs() -> None:
    page = Page()
    for row, number in enumerate(("٩", "١٠", "١١", "١٢")):
        _arabic(page, 760 - 36 * row, f"{number} - تلاحظ اللجنة مع القلق أن القانون لا يشمل الأسس")
        _arabic(page, 748 - 36 * row, "وتوصي بتعديله في أقرب وقت ممكن.")
    paragraphs = number_blocks(_read(page), "r").paragraphs
    assert [p.number for p in paragraphs] == ["9", "10", "11", "12"]
    assert {p.text for p in paragraphs} == {
        "تلاحظ اللجنة مع القلق أن القانون لا يشمل الأسس وتوصي بتعديله في أقرب وقت ممكن."
    }


def test_clauses_keep_their_numbers_and_the_notes_that_begin_again_on_every_page() -> None:
    pages = []
    for chapter in (1, 2):
        page = Page().write(100, 800, "WT/DS1/R", size=9).write(280, 800, f"- {chapter} -", size=9)
        page.write(100, 770, f"{chapter}.1  {('Complaint', 'Facts')[chapter - 1]}", font="B")
        for row in (1, 2):
            y = 720 - 40 * row
            page.write(100, y, f"{chapter}.1.{row}.").write(140, y, f"{start(10 * chapter + row)}")
            page.write(100, y - 12, BODY[1]).write(376, y - 8, str(row), size=6)
            page.write(100, 114 - 14 * row, str(row), size=6)
            page.write(106, 110 - 14 * row, f"See exhibit {chapter}{row} of it.", size=8)
        pages.append(page.rule(100, 112, 200))
    paragraphs = number_blocks(_read(*pages), "r").paragraphs
    assert [(p.number, p.footnotes[0].text) for p in paragraphs] == [
        ("1.1.1", "See exhibit 11 of it."), ("1.1.2", "See exhibit 12 of it."),
        ("2.1.1", "See exhibit 21 of it."), ("2.1.2", "See exhibit 22 of it."),
    ]  # fmt: skip
    assert all(len(p.footnotes) == 1 and p.text.endswith(BODY[1]) for p in paragraphs)


def test_inserted_numbers_stand_between_the_others() -> None:
    page = Page()
    for row, number in enumerate(("1.", "2.", "2 bis.", "2 ter.", "3.")):
        page.lines(760 - 36 * row, number).lines(760 - 36 * row, start(row)[:60], x=140)
        page.lines(748 - 36 * row, BODY[1])
    numbers = [p.number for p in number_blocks(_read(page), "r").paragraphs]
    assert numbers == ["1", "2", "2bis", "2ter", "3"]


def test_sentences_that_end_with_rising_numbers_are_no_contents() -> None:
    page = Page()
    printed = []
    for number in range(1, 6):
        opening = f"{number}. The Committee notes the report on law no. {number}"
        page.lines(796 - 36 * number, opening, "and on the laws of the land.")
        printed.append(f"{opening} and on the laws of the land.")
    assert texts(_read(page)) == printed
