import pytest

from index.blocks import Block, Mark
from index.errors import ReadError
from index.numbering import number_blocks
from index.reading import read_report


def _text(text: str, *marks: Mark) -> Block:
    return Block("text", text, marks)


def _heading(text: str) -> Block:
    return Block("heading", text)


def test_text_without_a_number_continues_the_paragraph() -> None:
    body = number_blocks(
        [_heading("I. One"), _text("1. First"), Block("note", "n", label="1"),
         _text("half.", Mark(5, "1")), _text("2. Next.")],
        "r",
    )  # fmt: skip
    assert [(p.number, p.text) for p in body.paragraphs] == [("1", "First half."), ("2", "Next.")]
    assert [(n.number, n.mark) for n in body.paragraphs[0].footnotes] == [("1", 11)]


def test_a_number_out_of_sequence_is_text() -> None:
    body = number_blocks([_text("1. In the year"), _text("2018. And so on.")], "r")
    assert [p.text for p in body.paragraphs] == ["In the year 2018. And so on."]


def test_lettered_paragraphs_carry_their_parent_number() -> None:
    body = number_blocks(
        [_text("1. Lead:"), _text("(a) A;"), _text("(b) B."), _text("2. Lead:"), _text("(a) C.")],
        "r",
    )
    assert [p.number for p in body.paragraphs] == ["1", "1(a)", "1(b)", "2", "2(a)"]


@pytest.mark.parametrize(
    ("headings", "paths"),
    [
        (["I. One", "A. Sub", "B. Sub", "II. Two"], ["I", "I/A", "I/B", "II"]),
        (["I. One", "A. a", "B. b", "C. c", "D. d"], ["I", "I/A", "I/B", "I/C", "I/D"]),
        (["IV. Four", "V. Five", "A. a"], ["IV", "V", "V/A"]),
        (
            ["I. One", "Plain", "A. Sub", "Plain", "II. Two"],
            ["I", "I/Plain", "I/A", "I/A/Plain", "II"],
        ),
    ],
)  # fmt: skip
def test_numerals_and_letters_decide_the_section(headings: list[str], paths: list[str]) -> None:
    blocks = []
    for number, heading in enumerate(headings, start=1):
        blocks += [_heading(heading), _text(f"{number}. Text.")]
    sections = [p.section for p in number_blocks(blocks, "r").paragraphs]
    assert ["/".join(h.split(".")[0] for h in section) for section in sections] == paths


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([_text("cover only")], "r holds no paragraph: expected text"),
        ([_text("1. a"), Block("note", "n", label="7")], "footnote 7 has 0 marks: expected one"),
        (
            [_text("1. a"), Block("note", "n", label="7"), Block("note", "m", label="7")],
            "footnote 7 has two texts: expected one",
        ),
    ],
)
def test_what_cannot_be_right_is_refused(blocks: list[Block], message: str) -> None:
    with pytest.raises(ReadError, match=message):
        number_blocks(blocks, "r")


@pytest.mark.parametrize(
    ("content", "source", "message"),
    [
        (b"1. a", "a.xyz", "a.xyz is not Markdown"),
        (b"1. \xff", "a.md", r"a.md is not UTF-8 text \(byte 3\): save it as UTF-8"),
        (b"", "a.md", "a holds no paragraph"),
    ],
)
def test_a_file_that_is_no_report_is_refused(content: bytes, source: str, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_report(content, source)
