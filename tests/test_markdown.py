import pytest

from index.blocks import Block, Mark
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
        ("m<sup>2</sup>", "m2"),
        ("rule below\n---", "rule below"),
        ("```\nfenced\n```", "fenced"),
    ],
)
def test_text_is_prose_without_markup(source: str, text: str) -> None:
    assert [block.text for block in read_markdown(source)] == [text]


def test_a_superscript_is_a_mark_only_where_its_note_exists() -> None:
    (text, _) = read_markdown("a<sup>1</sup> m<sup>3</sup>\n\n<sup>1</sup> Note.")
    assert text == Block("text", "a m3", marks=(Mark(1, "1"),))


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
