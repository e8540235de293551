import pytest

from index.blocks import Block, Mark
from index.readers.docx import read_docx
from index.readers.html import read_html
from index.readers.markdown import read_markdown
from index.readers.typed_notes import find_typed_notes
from index.report import Link
from tests.test_docx import p, word_file


def _texts(*texts: str) -> list[Block]:
    return [Block("text", text) for text in texts]


_BODY = ["One {} is here.", "Two is here, and ends. {}"]
_FORMS = [("1/", "2/", "1/ ", "2/ "), ("[1]", "[2]", "[1] ", "[2] "), ("¹", "²", "¹ ", "² ")]


@pytest.mark.parametrize(("first", "second", "third", "fourth"), _FORMS)
def test_a_text_that_opens_with_a_marked_sign_is_a_note(
    first: str, second: str, third: str, fourth: str
) -> None:
    body = [text.format(sign) for text, sign in zip(_BODY, (first, second), strict=True)]
    assert find_typed_notes(_texts(*body, f"{third}See A/1.", f"{fourth}See B/2.")) == [
        Block("text", "One is here.", marks=(Mark(3, "1"),)),
        Block("text", "Two is here, and ends.", marks=(Mark(22, "2"),)),
        Block("note", "See A/1.", label="1"),
        Block("note", "See B/2.", label="2"),
    ]


def test_signs_begin_again_in_each_chapter() -> None:
    blocks = _texts("One. 1/", "1/ A.", "Two. 1/", "1/ B.")
    assert [(b.kind, b.text) for b in find_typed_notes(blocks)] == [
        ("text", "One."), ("note", "A."), ("text", "Two."), ("note", "B."),
    ]  # fmt: skip


def test_signs_that_number_the_paragraphs_are_no_notes() -> None:
    blocks = _texts("[1] One, but see [3] below.", "[2] Two.", "[3] Three.", "[4] Four.")
    assert find_typed_notes(blocks) == blocks


def test_a_plain_number_is_a_note_only_in_a_row_from_one_below_raised_figures() -> None:
    blocks = _texts("One.¹ Two.²", "1 See A/1.", "2 See B/2.")
    assert [(b.kind, b.text, b.label) for b in find_typed_notes(blocks)] == [
        ("text", "One. Two.", ""), ("note", "See A/1.", "1"), ("note", "See B/2.", "2"),
    ]  # fmt: skip
    paragraphs = _texts("1 One is a paragraph.¹", "2 And so is two.²", "3 And three.")
    assert find_typed_notes(paragraphs) == paragraphs
    again = _texts("1 One.", "2 Two, of 10 m².¹", "1 The annex begins.", "2 And goes on.")
    assert find_typed_notes(again) == again


def test_a_power_is_no_mark() -> None:
    blocks = _texts("It weighs 10⁻² g.", "¹ A.", "² B.")
    assert find_typed_notes(blocks) == blocks


def test_links_and_other_marks_keep_their_places() -> None:
    block = Block("text", "See 1/ here now.", (Mark(11, "a"),), (Link(0, 6, "u"), Link(7, 11, "v")))
    (read, _) = find_typed_notes([block, *_texts("1/ Note.")])
    assert read.text == "See here now."
    assert read.marks == (Mark(3, "1"), Mark(8, "a"))
    assert [read.text[link.start : link.end] for link in read.links] == ["See", "here"]


_READERS = {
    "html": lambda *texts: read_html("".join(f"<p>{text}</p>" for text in texts).encode()),
    "docx": lambda *texts: read_docx(word_file("".join(p(text) for text in texts))),
    "markdown": lambda *texts: read_markdown("\n\n".join(texts)),
}


@pytest.mark.parametrize("form", _READERS)
def test_every_reader_finds_them(form: str) -> None:
    blocks = _READERS[form]("1. One. 1/", "2. Two [2] is this.", "1/ See A/1.", "[2] See B/2.")
    assert [(b.kind, b.text, b.label) for b in blocks] == [
        ("text", "1. One.", ""),
        ("text", "2. Two is this.", ""),
        ("note", "See A/1.", "1"),
        ("note", "See B/2.", "2"),
    ]


def test_a_raised_mark_without_a_link_finds_a_plain_note() -> None:
    page = "<p>1. One<sup>1</sup> is.<p>2. Two.<sup>2</sup><hr><p>1 See A/1.<p>2 See B/2."
    blocks = read_html(page.encode())
    assert blocks[0] == Block("text", "1. One is.", marks=(Mark(6, "1"),))
    assert [(b.text, b.label) for b in blocks[2:]] == [("See A/1.", "1"), ("See B/2.", "2")]
