import pytest

from index.blocks import Block, Mark
from index.errors import ReadError
from index.readers.text import read_text, text_blocks


def texts(text: str) -> list[str]:
    return [block.text for block in text_blocks(text)]


_WRAPPED = """\
1.  The Assembly, having considered the report of the Secretary-
General on the inter-
national Decade, decides to go on with its work in the field of
population.
    2.  It asks all States to take part in the international work
that was begun, which is a well-
known and useful one.
(a) An item;
(b) Another item, longer than the first, so that its text reaches
the second line;
"""


def test_wrapped_lines_are_joined_and_numbers_open_paragraphs() -> None:
    assert texts(_WRAPPED) == [
        "1. The Assembly, having considered the report of the Secretary-General on the"
        " international Decade, decides to go on with its work in the field of population.",
        "2. It asks all States to take part in the international work that was begun,"
        " which is a well-known and useful one.",
        "(a) An item;",
        "(b) Another item, longer than the first, so that its text reaches the second line;",
    ]


def test_a_number_that_wrapping_put_first_opens_nothing() -> None:
    text = "The matter is set out in full in the resolution and in paragraph\n12. of the report."
    assert texts(text) == [text.replace("\n", " ")]


def test_lines_that_end_early_keep_their_breaks() -> None:
    address = "The Secretary\nUnited Nations\nNew York\n\n" + "A full line of the text. " * 3
    assert texts(address)[0] == "The Secretary\nUnited Nations\nNew York"


def test_lines_longer_than_pages_are_paragraphs() -> None:
    lines = [f"{number}. " + "word " * 60 for number in (1, 2)]
    assert texts("\n".join(lines)) == [line.strip() for line in lines]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("INTRODUCTION", "heading"),
        ("IV. What comes next", "heading"),
        ("B. Background", "heading"),
        ("Annex II", "heading"),
        ("Methods\n-------", "heading"),
        ("ВВЕДЕНИЕ", "heading"),
        ("A/75/542", "text"),
        ("1. Introduction", "text"),
        ("THE ASSEMBLY DECIDES.", "text"),
        ("Short line", "text"),
        ("第一章", "text"),
    ],
)
def test_headings(text: str, kind: str) -> None:
    (block,) = text_blocks(text)
    assert (block.kind, block.text) == (kind, text.split("\n")[0])


def test_form_feeds_are_pages_and_their_running_heads_go() -> None:
    words = ["apples", "pears", "plums", "grapes"]
    pages = [
        f"A/75/542\n\nThis page tells of {word}.\n\n{20 + n}-1234    {n}/4\n"
        for n, word in enumerate(words, start=1)
    ]
    assert text_blocks("\f".join(pages)) == [
        Block("text", f"This page tells of {word}.", page=n)
        for n, word in enumerate(words, start=1)
    ]


def test_notes_are_found_where_their_sign_stands_once() -> None:
    text = "One [1] and two. 2/\n\nMore [3] and [3].\n\n[1] First.\n2/ Second.\n[3] Third."
    assert text_blocks(text) == [
        Block("text", "One and two.", marks=(Mark(3, "1"), Mark(12, "2"))),
        Block("text", "More [3] and [3]."),
        Block("note", "First.", label="1"),
        Block("note", "Second.", label="2"),
        Block("text", "[3] Third."),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(encoding: str) -> None:
    (block,) = read_text("L’événement a été prévu".encode(encoding))
    assert block.text == "L’événement a été prévu"


def test_a_damaged_byte_does_not_spoil_the_rest() -> None:
    content = "Доклад Генерального секретаря ".encode() * 90 + b"\xd0"
    assert read_text(content)[0].text.startswith("Доклад Генерального секретаря Доклад")


_RUSSIAN = "1. Генеральная Ассамблея в своей резолюции просила Генерального секретаря о докладе."
_FRENCH = (
    "1. L’Assemblée générale a prié le Comité créé à Genève de présenter l’été une œuvre décidée."
)
_ARABIC = "1. طلبت الجمعية العامة في قرارها إلى الأمين العام أن يقدم تقريرا."
_CHINESE = "1. 大会在其决议中请秘书长向大会提出报告,说明该国境内的人权情况和在这一年的工作。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((_RUSSIAN, name) for name in ("cp1251", "koi8-r", "cp866", "utf-16-le", "utf-16-be")),
        (_FRENCH.replace("’", "'"), "iso8859-15"),
        (_FRENCH, "mac_roman"),
        (_ARABIC, "cp1256"),
        (_CHINESE, "gb18030"),
        (_CHINESE, "utf-16-le"),
    ],
)
def test_older_encodings_are_told_by_their_letters(text: str, encoding: str) -> None:
    (block,) = read_text(text.encode(encoding))
    assert block.text == text


def test_every_sign_that_ends_a_line_does() -> None:
    assert texts("a\n\nb") == [block.text for block in read_text(b"a\v\vb")]
    assert [block.text for block in read_text("a\u2029\r\nb\x85\rc".encode())] == ["a", "b", "c"]


def test_what_typed_pages_carry_at_their_edges_goes() -> None:
    lines = [f"{word} asked for a report on the situation of human rights" for word in "ABCDEF"]
    pages = ["\n".join([*lines[:2], "    /...", "", "97-28391 (E)  051197"])]
    pages += [
        "\n".join(["A/52/500", "English", f"Page {number}", "", *lines[start : start + 2], "/..."])
        for number, start in ((2, 2), (3, 4))
    ]
    assert " ".join(texts("\f".join(pages))) == " ".join(lines)


def test_more_pages_than_a_report_has_are_refused() -> None:
    with pytest.raises(ReadError, match="the text has 10,001 pages, expected at most 5,000: split"):
        read_text(b"a\f" * 10_000)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Доклад".encode("cp1251"), "save the file as UTF-8"),
        ("秘书长的报告".encode("gbk"), "save the file as UTF-8"),
        (bytes(range(32)) * 9, "binary"),
    ],
)
def test_other_encodings_and_binary_files_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_text(content)


def test_an_empty_file_has_no_blocks() -> None:
    assert read_text(b" \n\n\f\n") == []
