import pytest

from index.blocks import Block, Mark
from index.numbering import number_blocks
from index.readers.markdown import read_markdown
from index.report import Link


def test_headings_text_and_notes_come_in_order() -> None:
    blocks = read_markdown("# **One**\n\nText.<sup>1</sup> More.\n\n<sup>1</sup> A note.\n")
    assert blocks == [
        Block("heading", "One"),
        Block("text", "Text. More.", marks=(Mark(5, "1"),)),
        Block("note", "A note.", label="1"),
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("18. a\nb", "18. a b"),
        ("**bold *both*** _it_ `code`", "bold both it code"),
        (r"\$12 a\_b a\\_b \\_c\\_- d", "$12 a_b a_b _c_- d"),
        ("[73/195](#) of", "73/195 of"),
        ("one  \ntwo", "one\ntwo"),
        ("a   b\tc", "a b c"),
        ("m<sup>2</sup>, 5<sup>th</sup>", "m², 5th"),
        ("rule below\n---", "rule below"),
        ("rule below\nthree lines of it\n-----", "rule below three lines of it"),
        ("```\n<fenced> text\n```", "<fenced> text"),
    ],
)
def test_text_is_prose_without_markup(source: str, text: str) -> None:
    assert [block.text for block in read_markdown(source)] == [text]


def test_a_superscript_is_a_mark_only_where_its_note_exists() -> None:
    (text, _) = read_markdown("a<sup>1</sup> m<sup>3</sup>\n\n<sup>1</sup> Note.")
    assert text == Block("text", "a m³", marks=(Mark(1, "1"),))


def test_links_keep_their_place_and_their_printed_text() -> None:
    (block,) = read_markdown("See [here](http://a.org/x_y) and <https://b.org/%20c>.")
    assert block.text == "See here and https://b.org/%20c."
    assert block.links == (
        Link(4, 8, "http://a.org/x_y"),
        Link(13, 31, "https://b.org/%20c"),
    )


def test_a_script_link_is_no_link() -> None:
    (block,) = read_markdown("[x](javascript:alert(1))")
    assert block.links == ()


def _blocks(source: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in read_markdown(source)]


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("1. One.\n2. Two.\n3. Three.", ["1. One.", "2. Two.", "3. Three."]),
        ("1) One;\n2) Two.", ["1) One;", "2) Two."]),
        ("1. One is:\n   (a) This;\n   (b) That.", ["1. One is:", "(a) This;", "(b) That."]),
        ("1. One.<sup>1</sup>\n2. Two.\n\n<sup>1</sup> N.", ["1. One.", "2. Two.", "N."]),
        ("1. One.  \n2. Two.", ["1. One.", "2. Two."]),
        ("1. 一；\n2. 二。", ["1. 一；", "2. 二。"]),
        ("1. Trade\nand tax\n2. Finance", ["1. Trade and tax", "2. Finance"]),
    ],
)
def test_a_line_that_opens_with_a_number_begins_a_block(source: str, texts: list[str]) -> None:
    assert [block.text for block in read_markdown(source)] == texts


def test_a_number_that_wrapping_put_first_begins_nothing() -> None:
    source = "The matter is set out in full in the resolution and in paragraph\n12. of the report."
    assert [block.text for block in read_markdown(source)] == [source.replace("\n", " ")]


def test_a_list_that_completes_a_paragraph_stays_in_it() -> None:
    source = "1. One.\n\n2. States should:\n\n1. Ratify it;\n2. Report.\n\n3. Three."
    body = number_blocks(read_markdown(source), "r")
    assert [(paragraph.number, paragraph.text) for paragraph in body.paragraphs] == [
        ("1", "One."), ("2", "States should: 1. Ratify it; 2. Report."), ("3", "Three."),
    ]  # fmt: skip


_NOTES = """\
1. One.[^1] And [^none].
2. Two[^b], and [link][1].

[^1]: https://un.org/a
[^b]: See *B*,
    its annex[^1]

    and more.

3. Three.

[1]: https://un.org
"""


def test_footnotes_are_notes_and_their_signs_are_marks() -> None:
    assert read_markdown(_NOTES) == [
        Block("text", "1. One. And [^none].", marks=(Mark(7, "1"),)),
        Block(
            "text",
            "2. Two, and link.",
            marks=(Mark(6, "b"),),
            links=(Link(12, 16, "https://un.org"),),
        ),
        Block("note", "https://un.org/a", label="1"),
        Block("note", "See B, its annex\nand more.", marks=(Mark(16, "1"),), label="b"),
        Block("text", "3. Three."),
    ]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("**A. Background**", "heading"),
        ("**Background**[^1]", "text"),
        ("***B. Recent developments***", "heading"),
        ("*B. Recent developments*", "heading"),
        ("*The Human Rights Council*", "text"),
        ("**The Council,**", "text"),
        ("**Recalling** its resolution", "text"),
    ],
)
def test_a_line_that_stands_out_is_a_heading(line: str, kind: str) -> None:
    blocks = _blocks(f"1. One is a paragraph of this.\n\n{line}\n\n2. Two is one of this.")
    assert blocks[1][0] == kind


def test_bold_says_nothing_where_most_is_bold() -> None:
    assert _blocks("**A. Background**\n\n**1. One.**\n\nTwo.")[0] == ("text", "A. Background")


def test_underlined_titles_are_headings() -> None:
    source = "A title\n===\n\nPart one\n--------\n\nA text that ends.\n====="
    assert _blocks(source) == [
        ("heading", "A title"), ("heading", "Part one"), ("text", "A text that ends."),
    ]  # fmt: skip


def test_tables_are_lines_and_their_marks_find_their_notes() -> None:
    source = "1. One:\n\n| Land | Year |\n|---|:--:|\n| *Peru*<sup>a</sup> | |\n| Chad | 2 |\n"
    assert read_markdown(f"{source}\n<sup>a</sup> In part.") == [
        Block("text", "1. One:"),
        Block("text", "Land | Year\nPeru\nChad | 2", marks=(Mark(16, "a"),)),
        Block("note", "In part.", label="a"),
    ]


def test_html_is_read_as_html() -> None:
    table = "<table><tr><td>A<td>1<tr><td>B<td>2</table>"
    parts = ["<div>2. R&amp;D&nbsp;and <b>more</b>.</div>", "<!-- hidden -->",
             "<div>", "In it.", "</div>", table]  # fmt: skip
    assert _blocks("\n\n".join(parts)) == [
        ("text", "2. R&D and more."), ("text", "In it."), ("text", "A | 1\nB | 2"),
    ]  # fmt: skip


def test_line_ends_of_every_kind_are_lines() -> None:
    assert _blocks("Title\r=====\r\rOne.\r\nTwo.\n----\n") == [
        ("heading", "Title"), ("text", "One. Two."),
    ]  # fmt: skip
