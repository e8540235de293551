import pytest

from index.blocks import Block, Mark
from index.errors import ReadError
from index.readers.text import read_text, text_blocks
from index.reading import read_report


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
        ("S/RES/2500 (2020)", "text"),
        ("I. INTRODUCTION ....... 1 - 6 2", "text"),
        ("1. Introduction", "text"),
        ("THE ASSEMBLY DECIDES.", "text"),
        ("Short line", "text"),
        ("第一章", "text"),
    ],
)
def test_headings(text: str, kind: str) -> None:
    (block,) = text_blocks(text)
    assert (block.kind, block.text) == (kind, text.split("\n")[0])


_MASTHEAD = """\
                                                    Distr.
                                                    GENERAL

                                                    S/1994/674
                                                    27 May 1994
                                                    ORIGINAL: ENGLISH

                                                    ORIGINAL: FRENCH

LETTER DATED 24 MAY 1994 FROM THE SECRETARY-GENERAL TO THE
PRESIDENT OF THE SECURITY COUNCIL

1.  The Commission of Experts was established pursuant to Security
Council resolution 780 (1992) of 6 October 1992.
"""


def test_a_masthead_at_the_right_keeps_its_lines_and_heads_nothing() -> None:
    blocks = text_blocks(_MASTHEAD)
    assert [block.text for block in blocks[:3]] == [
        "Distr.\nGENERAL", "S/1994/674\n27 May 1994\nORIGINAL: ENGLISH", "ORIGINAL: FRENCH",
    ]  # fmt: skip
    assert [block.kind for block in blocks] == ["text"] * 3 + ["heading", "text"]
    about = read_report(_MASTHEAD.encode(), "letter.txt").metadata
    assert (about.symbol, about.date) == ("S/1994/674", "27 May 1994")
    assert about.title.startswith("LETTER DATED 24 MAY 1994 FROM THE SECRETARY-GENERAL TO THE PRES")


_CONTENTS = """\
REPORT OF THE COMMITTEE

CONTENTS

                                               Paragraphs  Page
I.  INTRODUCTION ............................     1 - 3      2
    A.  Opening of the session . . . . . . .        1        2
II. WORK ....................................     4–9      xii

I.  INTRODUCTION

A.  Opening of the session

1.  The Committee met in New York from 1 to 5 May, and elected a chair.

II. WORK

2.  The Committee adopted its agenda and went to its work in good time.
"""


def test_contents_that_name_paragraphs_and_pages_are_no_headings() -> None:
    report = read_report(_CONTENTS.encode(), "r.txt")
    assert report.metadata.contents == (
        "CONTENTS",
        "I. INTRODUCTION ............................ 1 - 3 2",
        "A. Opening of the session . . . . . . . 1 2",
        "II. WORK .................................... 4–9 xii",
    )
    assert [paragraph.section for paragraph in report.paragraphs] == [
        ("I. INTRODUCTION", "A. Opening of the session"),
        ("II. WORK",),
    ]


_TITLES = [
    ("Annex", "Draft terms", "1. The Panel is of five."),
    ("Annex II", "[English only]\n\nResolution 1267 (1999)", "The Security Council,"),
    ("Annexe", "Déclaration", "1. Nous sommes réunis."),
    ("Anexo", "Declaración", "1. Nos hemos reunido."),
    ("Приложение I", "Декларация", "1. Мы собрались здесь."),
    ("附件", "宣言", "1. 我们聚集在此。"),
    ("المرفق", "إعلان", "1 - نحن اجتمعنا هنا."),
]


@pytest.mark.parametrize(("annex", "title", "text"), _TITLES)
def test_a_title_below_an_annex_is_a_heading(annex: str, title: str, text: str) -> None:
    blocks = text_blocks(f"1. One is of the body.\n\n{annex}\n\n{title}\n\n{text}")
    assert [b.text for b in blocks if b.kind == "heading"][-1] == title.split("\n")[-1]


@pytest.mark.parametrize(
    ("title", "text"),
    [("Peru", "Chad"), ("(a) Peru", "(b) Chad;"), ("1. Peru", "2. Chad."), ("It is so.", "1. A.")],
)
def test_what_is_listed_below_an_annex_is_no_title(title: str, text: str) -> None:
    blocks = text_blocks(f"Annexe\n\n{title}\n\n{text}\n\nMali")
    assert {block.kind for block in blocks} == {"text"}


def test_a_note_sign_does_not_keep_a_sentence_from_ending() -> None:
    text = "1. The work that was begun in the year of the decade goes on. 2/\n2. It is the second."
    assert texts(text) == text.split("\n")


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
