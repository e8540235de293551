import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from index.blocks import Block, Kind, Mark
from index.errors import ReadError
from index.metadata import read_metadata
from index.numbering import Body, number_blocks, strip_numbering
from index.numbering.closings import Margin, mark_closings
from index.numbering.outline import annex_name
from index.reading import read_report
from index.report import Link


def _text(text: str, *marks: Mark, page: int | None = None) -> Block:
    return Block("text", text, marks, page=page)


def _heading(text: str) -> Block:
    return Block("heading", text)


def _note(label: str, text: str = "A note.") -> Block:
    return Block("note", text, label=label)


def _body(*blocks: Block | str) -> Body:
    """Number blocks; a string is a text, or after "# " a heading."""
    return number_blocks([_block(block) for block in blocks], "r")


def _block(block: Block | str) -> Block:
    if isinstance(block, Block):
        return block
    return _heading(block[2:]) if block.startswith("# ") else _text(block)


def _texts(body: Body) -> list[tuple[str, str]]:
    return [(paragraph.number, paragraph.text) for paragraph in body.paragraphs]


def _numbers(*blocks: Block | str) -> list[str]:
    return [paragraph.number for paragraph in _body(*blocks).paragraphs]


def _labels(*blocks: Block | str) -> list[str]:
    return [paragraph.label for paragraph in _body(*blocks).paragraphs]


def _oddities(*blocks: Block | str) -> list[tuple[str, str]]:
    return [(oddity.kind, oddity.number) for oddity in _body(*blocks).oddities]


def test_text_without_a_number_continues_the_paragraph() -> None:
    body = number_blocks(
        [_heading("I. One"), _text("1. First"), Block("note", "n", label="1"),
         _text("half.", Mark(5, "1")), _text("2. Next.")],
        "r",
    )  # fmt: skip
    assert _texts(body) == [("1", "First half."), ("2", "Next.")]
    assert [(n.number, n.mark) for n in body.paragraphs[0].footnotes] == [("1", 11)]


def test_a_number_on_a_line_of_its_own_begins_the_next_text() -> None:
    body = _body("1. One.", "2.", Block("text", "Two.", (Mark(4, "1"),)), _note("1"))
    assert _texts(body) == [("1", "One."), ("2", "Two.")]
    assert body.paragraphs[1].footnotes[0].mark == 4


def test_a_number_moves_links_and_marks_along() -> None:
    block = Block("text", "1. See A/1.", (Mark(11, "1"),), (Link(7, 10, "http://a"),))
    (paragraph,) = _body(block, _note("1")).paragraphs
    assert [paragraph.text[link.start : link.end] for link in paragraph.links] == ["A/1"]
    assert paragraph.footnotes[0].mark == 8


@pytest.mark.parametrize(
    ("blocks", "numbers"),
    [
        (["1. One.", "2. Two.", "3. Three."], ["1", "2", "3"]),
        (["1) One.", "2) Two.", "3) Three."], ["1", "2", "3"]),
        (["(1) One.", "(2) Two.", "(3) Three."], ["1", "2", "3"]),
        (["[1] One.", "[2] Two.", "[3] Three."], ["1", "2", "3"]),
        (["1 This is one.", "2 It is two.", "3 So is three."], ["1", "2", "3"]),
        (["§ 1 One.", "§ 2. Two.", "§ 3 Three."], ["§1", "§2", "§3"]),
        (["1. One.", "1 bis. More.", "2. Two.", "2bis. More.", "2 ter. Yet more.", "3. Three."],
         ["1", "1bis", "2", "2bis", "2ter", "3"]),
        (["1. One.", "1A. More.", "2. Two."], ["1", "1A", "2"]),
        (["1.1 One.", "1.2 Two.", "2.1 Three.", "2.1.1 Four.", "2.1.2 Five.", "3.1 Six."],
         ["1.1", "1.2", "2.1", "2.1.1", "2.1.2", "3.1"]),
        (["1. One is this.", "1.1. Two.", "1.2. Three.", "2. Four is that.", "2.1. Five."],
         ["1", "1.1", "1.2", "2", "2.1"]),
        (["Article 1. The one.", "Article 2. The two.", "Article 3. The three."],
         ["article-1", "article-2", "article-3"]),
        (["Article premier. Un.", "Article 2. Deux.", "Article 2 bis. Deux.", "Article 3. Trois."],
         ["article-1", "article-2", "article-2bis", "article-3"]),
        (["Article I. One.", "Article II. Two.", "Article III. Three."],
         ["article-I", "article-II", "article-III"]),
        (["Artículo 1º Uno es.", "Artículo 2.º Dos son.", "Artículo 3º. Tres son."],
         ["article-1", "article-2", "article-3"]),
        (["1er Un.", "2 bis. Deux.", "3. Trois."], ["1", "2bis", "3"]),
        (["1º Uno.", "2º Dos.", "3º Tres."], ["1", "2", "3"]),
        (["§ 3 Trois.", "§ 4 Quatre.", "§ 5 Cinq."], ["§3", "§4", "§5"]),
        (["Статья 1. Раз.", "Статья 2. Два.", "Статья 3. Три."],
         ["article-1", "article-2", "article-3"]),
        (["第九条 一是。", "第十条 二是。", "第十一条 三是。"],
         ["article-9", "article-10", "article-11"]),
        (["一、一是。", "二、二是。", "三、三是。"], ["1", "2", "3"]),
        (["１．一是。", "２．二是。", "３．三是。"], ["1", "2", "3"]),
        (["1.一是。", "2.二是。", "3.三是。"], ["1", "2", "3"]),
        (["1、一是。", "2、二是。"], ["1", "2"]),
        (["（1）一是。", "（2）二是。"], ["1", "2"]),
        (["١- واحد.", "٢ - اثنان.", "٣ - ثلاثة."], ["1", "2", "3"]),
        (["١. واحد.", "٢. اثنان."], ["1", "2"]),
        (["Rule 1. One.", "Rule 2. Two."], ["rule-1", "rule-2"]),
        (["OP1 Decides one;", "OP2. Decides two;", "OP2 bis Decides more;", "OP 3: Ends three."],
         ["1", "2", "2bis", "3"]),
        (["Para 5. Five is.", "Para 5 bis. More is.", "Para. 6: Six is.", "Paragraph 7. Seven is."],
         ["5", "5bis", "6", "7"]),
    ],
)  # fmt: skip
def test_every_form_of_number_is_read(blocks: list[str], numbers: list[str]) -> None:
    body = _body(*blocks)
    assert [paragraph.number for paragraph in body.paragraphs] == numbers
    words = [block.split()[-1].split("、")[-1][-3:] for block in blocks]
    assert [paragraph.text[-3:] for paragraph in body.paragraphs] == words


@pytest.mark.parametrize(
    ("blocks", "numbers"),
    [
        (["1. It began in", "2018. And so on.", "2. Then."], ["1", "2"]),
        (["1. As said in paragraph", "12. The same is true.", "2. Then."], ["1", "2"]),
        (["1. There were", "2.5 million people.", "2. Then."], ["1", "2"]),
        (["1. Under", "Article 5 of the Covenant, so.", "2. Then."], ["1", "2"]),
        (["1. They came", "(a few at least) here.", "2. Then."], ["1", "2"]),
        (["1. It took", "12 days to get there.", "2. Then."], ["1", "2"]),
        (["1. Named", "A. Smith and", "i.e. him.", "2. Then."], ["1", "2"]),
        (["1. One.", "2. Two.", "1. Policy on migration", "3. Three."], ["1", "2", "3"]),
        (["1. One.", "# 1. Policy on migration", "2. Two.", "# 2. Finance", "3. Three."],
         ["1", "2", "3"]),
        (["1. These are:", "1. pears and apples;", "2. plums;", "2. Two.", "3. Three."],
         ["1", "2", "3"]),
        (["1. One.", "2. Two.", "4. Out of place it is.", "3. Three."], ["1", "2", "3"]),
        (["1. One.", "2. Two under article", "4. The same is true."], ["1", "2"]),
        (["1. One is in", "OP2 of the text.", "2. Two is in", "Para 3 of it.", "3. Three."],
         ["1", "2", "3"]),
        (["# I. A", "5. Odd it is.", "1. One."], ["¶1", "1"]),
        (["1. One.", "2. Two.", "# 3. Is remembered by everybody who was there.", "4. Four."],
         ["1", "2", "3", "4"]),
    ],
)  # fmt: skip
def test_a_number_out_of_sequence_is_text(blocks: list[str], numbers: list[str]) -> None:
    assert _numbers(*blocks) == numbers


def test_the_text_of_a_number_out_of_sequence_is_kept() -> None:
    body = _body("1. In the year", "2018. And so on.")
    assert _texts(body) == [("1", "In the year 2018. And so on.")]


def test_body_headings_numbered_like_paragraphs_are_headings() -> None:
    body = _body(
        "1. One.", "2. Two.", "1. Policy on migration", "3. Three.", "2. Money", "4. Four."
    )
    assert [(heading.text, heading.order) for heading in body.headings] == [
        ("1. Policy on migration", 2),
        ("2. Money", 3),
    ]
    assert body.paragraphs[2].section == ("1. Policy on migration",)


def test_numbered_headings_over_unnumbered_text_are_no_paragraphs() -> None:
    prose = "Nothing of this has a number, and there is quite enough of it to see that."
    body = _body("1. Introduction", prose, "2. Scope", prose, "3. End", prose)
    assert [p.number for p in body.paragraphs] == ["¶1", "¶2", "¶3"]
    assert [p.section for p in body.paragraphs] == [
        ("1. Introduction",),
        ("2. Scope",),
        ("3. End",),
    ]


def test_titles_over_clauses_are_headings() -> None:
    body = _body("1. Terms", "1.1 One.", "1.2 Two:", "(a) A.", "2. Payment", "2.1 Three.")
    assert [p.number for p in body.paragraphs] == ["1.1", "1.2", "1.2(a)", "2.1"]
    assert body.paragraphs[3].section == ("2. Payment",)
    assert not body.oddities


def test_lettered_paragraphs_carry_their_parent_number() -> None:
    assert _numbers("1. Lead:", "(a) A;", "(b) B.", "2. Lead:", "(a) C.") == [
        "1", "1(a)", "1(b)", "2", "2(a)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("blocks", "numbers"),
    [
        (["(a) A:", "(i) One;", "(ii) Two;", "(b) B."], ["(a)", "(a)(i)", "(a)(ii)", "(b)"]),
        (["a) A:", "i) One;", "ii) Two;", "b) B."], ["(a)", "(a)(i)", "(a)(ii)", "(b)"]),
        (["a. A:", "i. One;", "ii. Two;", "b. B."], ["(a)", "(a)(i)", "(a)(ii)", "(b)"]),
        (["(i) One;", "(ii) Two:", "(a) A;", "(iii) Three."], ["(i)", "(ii)", "(ii)(a)", "(iii)"]),
        ([f"({x}) X;" for x in "abcdefghij"], [f"({x})" for x in "abcdefghij"]),
        ([f"({x}) X:" for x in "abcdefgh"] + ["(i) One;", "(ii) Two;", "(i) I."],
         [f"({x})" for x in "abcdefgh"] + ["(h)(i)", "(h)(ii)", "(i)"]),
        (["(y) Y;", "(a) A;"], ["(a)"]),
        ([f"({x}) X;" for x in "abcdefghijklmnñopqrstuvwxyz"] + ["(aa) Y;", "(bb) Z."],
         [f"({x})" for x in "abcdefghijklmnñopqrstuvwxyz"] + ["(aa)", "(bb)"]),
        ([f"({x}) Х;" for x in "абвгдежзик"], [f"({x})" for x in "абвгдежзик"]),
        ([f"{x}) Х;" for x in "абвгде"], [f"({x})" for x in "абвгде"]),
        ([f"({x}) س؛" for x in "أبجد"], [f"({x})" for x in "أبجد"]),
        (["（一）一；", "（二）二；"], ["(1)", "(2)"]),
        (["（a）一；", "（b）二；"], ["(a)", "(b)"]),
        (["1) One;", "2) Two."], ["(1)", "(2)"]),
        (["(1) One;", "(2) Two:", "(a) A."], ["(1)", "(2)", "(2)(a)"]),
        (["(a) A;", "(b) B.", "Again:", "(a) C;", "(b) D."], ["(a)", "(b)", "(a)~2", "(b)~2"]),
        (["(a) A;", "(c) C."], ["(a)", "(c)"]),
        (["(a) A;", "(m) of the Act."], ["(a)"]),
    ],
)  # fmt: skip
def test_sub_paragraphs_nest(blocks: list[str], numbers: list[str]) -> None:
    found = _numbers("1. One.", "2. Lead:", *blocks, "3. Three.")
    assert found == ["1", "2", *(f"2{number}" for number in numbers), "3"]


def test_a_list_that_opens_with_the_number_is_that_list() -> None:
    body = _body("1. (a) A;", "(b) B.", "2. (a) Only this.", "3. Three.")
    assert _texts(body) == [
        ("1(a)", "A;"), ("1(b)", "B."), ("2", "(a) Only this."), ("3", "Three."),
    ]  # fmt: skip


def test_a_list_whose_first_item_stands_in_the_text_goes_on() -> None:
    assert _numbers("1. Lead: (a) A;", "(b) B;", "(c) C.") == ["1", "1(b)", "1(c)"]


def test_labels_within_a_quotation_are_quoted_text() -> None:
    body = _body("1. The Act says:", "“No data unless —", "(a) one, or", "(b) two.”", "So it is.",
                 "2. But:", "(a) Mine.")  # fmt: skip
    assert _texts(body)[0] == (
        "1",
        "The Act says: “No data unless — (a) one, or (b) two.” So it is.",
    )
    assert [number for number, _ in _texts(body)[1:]] == ["2", "2(a)"]


def test_an_article_has_paragraphs_of_its_own() -> None:
    body = _body(
        "# Article 1 Terms", "1. One.", "2. Two:", "(a) A;", "# Article 2 Scope", "All of it.",
        "# Article 3", "1. One.", "2. Two.", "# Article 4", "(1) One.", "(2) Two.",
    )  # fmt: skip
    assert [p.number for p in body.paragraphs] == [
        "article-1(1)", "article-1(2)", "article-1(2)(a)", "article-2",
        "article-3(1)", "article-3(2)", "article-4(1)", "article-4(2)",
    ]  # fmt: skip
    assert body.paragraphs[2].section == ("Article 1 Terms",)
    assert body.paragraphs[2].label == "article 1 (2) (a)"


def test_articles_as_headings_of_numbered_paragraphs_stay_headings() -> None:
    blocks = [
        block
        for number in range(1, 9)
        for block in [f"# Article {number}", f"{2 * number - 1}. Odd.", f"{2 * number}. Even."]
    ]
    assert _numbers(*blocks) == [str(number) for number in range(1, 17)]


def test_recitals_before_articles_are_a_preamble() -> None:
    recitals = [f"({number}) It is so." for number in range(1, 6)]
    articles = ["Article 1. One.", "Article 2. Two.", "Article 3. Three."]
    assert _labels("# Directive", "Whereas:", *recitals, *articles) == [
        *(f"preamble, para. {number}" for number in range(1, 6)),
        "article 1", "article 2", "article 3",
    ]  # fmt: skip


_RESOLUTION: Sequence[Block | str] = (
    "# Resolution 1 (2025)",
    "Adopted at its 9872nd meeting",
    "The Security Council,",
    "Recalling its resolutions,",
    "Reaffirming its respect for",
    "sovereignty,",
    "# Threats",
    "Commending progress,",
    "Acting under the Charter,",
    "1. Decides so;",
    "2. Requests:",
    "(a) This;",
    "3. Remains seized.",
)


def test_preambular_paragraphs_are_counted() -> None:
    body = _body(*_RESOLUTION)
    assert [p.number for p in body.paragraphs] == [
        "preamble/¶1", "preamble/¶2", "preamble/¶3", "preamble/¶4", "1", "2", "2(a)", "3",
    ]  # fmt: skip
    assert body.paragraphs[1].text == "Reaffirming its respect for sovereignty,"
    assert [p.label for p in body.paragraphs[:4]] == [
        "preamble, 1st para.", "preamble, 2nd para.", "preamble, 3rd para.", "preamble, 4th para.",
    ]  # fmt: skip
    assert body.headings[0].text == "The Security Council,"
    assert [block.text for block in body.front] == [
        "Resolution 1 (2025)", "Adopted at its 9872nd meeting",
    ]  # fmt: skip


def test_annexes_begin_again_under_their_names() -> None:
    blocks = [
        *_RESOLUTION, "# Annex I", "# Measures", "1. One:", "(a) A;", "2. Two.",
        "# Appendix", "1. Deep.", "2. Deeper.", "Annex II", "1. Again.", "附件四",
        "Nothing here is numbered at all.",
    ]  # fmt: skip
    body = _body(*blocks)
    assert [p.number for p in body.paragraphs][8:] == [
        "annex-I/1", "annex-I/1(a)", "annex-I/2", "annex-I/appendix/1", "annex-I/appendix/2",
        "annex-II/1", "annex-4/¶1",
    ]  # fmt: skip
    assert [p.label for p in body.paragraphs][8:] == [
        "annex I, para. 1", "annex I, para. 1 (a)", "annex I, para. 2",
        "annex I, appendix, para. 1", "annex I, appendix, para. 2",
        "annex II, para. 1", "annex 4, ¶1",
    ]  # fmt: skip
    assert body.paragraphs[9].section == ("Annex I", "Measures")
    assert body.paragraphs[11].section == ("Annex I", "Appendix")
    assert not body.oddities


@pytest.mark.parametrize(
    "line",
    [
        "Annex I contains the list of them.",
        "Annex I ........ 12",
        "annex I",
        "Annexes are odd",
        "Annex I contains the list",
        "Annex I (see above) has it",
        "[Annex I] and others",
    ],
)
def test_a_line_about_an_annex_begins_none(line: str) -> None:
    prose = "1. This is the first paragraph of the report."
    assert _numbers(prose, line, "2. Two.") == ["1", "2"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Annex I [English only]", "annex-I"),
        ("Annex II* [Original: French]", "annex-II"),
        ("Annex 1*", "annex-1"),
        ("Annex*", "annex"),
        ("[Annex]", "annex"),
        ("[Annex IV]", "annex-IV"),
        ("Annex 1A", "annex-1A"),
        ("Annex No. 3", "annex-3"),
        ("ANNEX ONE", "annex-1"),
        ("Annexe première", "annex-1"),
        ("Annexe I: Liste", "annex-I"),
        ("Annex Members of the Committee", "annex"),
        ("Приложение № 1", "annex-1"),
        ("Добавление I", "appendix-I"),
        ("المرفق الأول", "annex-1"),
        ("المرفق الثاني - القائمة", "annex-2"),
        ("المرفق الثاني عشر", "annex-12"),
        ("الضميمة الأولى", "enclosure-1"),
        ("الضميمة", "enclosure"),
        ("Annex I (continued)", ""),
        ("Annexe II (suite)", ""),
        ("Annex I (continued) holds", ""),
    ],
)
def test_an_annex_is_named_by_its_line(line: str, name: str) -> None:
    assert annex_name(line)[1] == name


def test_an_annex_that_goes_on_over_the_page_is_no_other_annex() -> None:
    body = _body("1. This is the first paragraph of it.", "# Annex I [English only]",
                 "1. One goes", "# Annex I (continued)", "on to here.", "2. Two.",
                 "# Annex II [English only]", "1. Again.")  # fmt: skip
    assert _texts(body)[1:] == [
        ("annex-I/1", "One goes on to here."), ("annex-I/2", "Two."), ("annex-II/1", "Again."),
    ]  # fmt: skip
    assert [block.text for block in body.front] == ["Annex I (continued)"]
    assert read_metadata(body.front, "r").title == "r"


def test_each_part_has_a_scheme_of_its_own() -> None:
    assert _numbers(
        "1. The first paragraph of the report is this.", "2. Two.",
        "# Annex", "# Article 1", "1. One.", "2. Two.", "# Article 2", "1. One.",
    ) == ["1", "2", "annex/article-1(1)", "annex/article-1(2)", "annex/article-2(1)"]  # fmt: skip


def test_two_annexes_of_one_name_keep_their_numbers_apart() -> None:
    first = "1. The first paragraph of the report is this."
    assert _numbers(first, "# Annex", "1. A.", "# Annex", "1. B.") == [
        "1", "annex/1", "annex~2/1",
    ]  # fmt: skip


def test_a_document_without_numbers_is_counted() -> None:
    body = _body(
        "# On migration", "# Why it matters",
        _text("It matters to a great many people who live there.", page=4), "And to others.",
        "The list", "goes on: 1. Not a number.", "# End", "This is the end of it.",
    )  # fmt: skip
    assert _texts(body) == [
        ("¶1", "It matters to a great many people who live there."),
        ("¶2", "And to others."),
        ("¶3", "The list goes on: 1. Not a number."),
        ("¶4", "This is the end of it."),
    ]
    assert body.paragraphs[0].label == "¶1, p. 4"
    assert [p.section for p in body.paragraphs][2:] == [("Why it matters",), ("End",)]


def test_a_short_list_in_a_long_text_numbers_no_paragraphs() -> None:
    prose = [f"This is the paragraph with the letter {letter} in it." for letter in "abcdefghijk"]
    numbers = _numbers(*prose, "1. Apples are red.", "2. Pears are green.", *prose, *prose)
    assert numbers == [f"¶{number}" for number in range(1, 36)]


def test_short_lists_one_after_another_number_no_paragraphs() -> None:
    lists = [f"{number % 3 + 1}. Item {number} is this." for number in range(60)]
    assert _numbers("# Lists", "# Here", *lists)[-3:] == ["¶58", "¶59", "¶60"]


def test_a_few_articles_in_a_long_text_number_no_paragraphs() -> None:
    prose = [f"This is the paragraph with the letter {letter} in it." for letter in "abcdefghijk"]
    articles = ["Article 1. This is it.", "Article 2. And this."]
    numbers = _numbers(*prose, *articles, *prose, *prose, *prose)
    assert numbers == [f"¶{number}" for number in range(1, 47)]


def test_a_list_longer_than_the_run_around_it_is_a_list() -> None:
    items = [f"({number}) Item." for number in range(1, 7)]
    assert _numbers("1. One.", "2. Two:", *items, "3. Three.") == [
        "1", "2", *(f"2({number})" for number in range(1, 7)), "3",
    ]  # fmt: skip


def test_a_list_below_a_heading_does_not_end_the_run() -> None:
    numbers = [f"{number}. Is here." for number in range(1, 5)]
    body = _body(*numbers, "# Note", "1. A is.", "2. B is.", "5. Five.")
    assert [p.number for p in body.paragraphs] == ["1", "2", "3", "4", "¶1", "¶2", "5"]
    assert body.paragraphs[4].text == "1. A is."


def test_a_box_stands_by_itself() -> None:
    body = _body(
        "# I. One", "1. The first half of", Block("box", "Of a box.", label="A title", page=9),
        "the sentence.", "2. Two.", Block("box", "Here is a box that has no title."),
    )  # fmt: skip
    assert _texts(body) == [
        ("1", "The first half of the sentence."), ("box-1", "Of a box."), ("2", "Two."),
        ("box-2", "Here is a box that has no title."),
    ]  # fmt: skip
    assert body.paragraphs[1].section == ("I. One", "A title")
    assert body.paragraphs[2].section == ("I. One",)
    assert [p.label for p in body.paragraphs] == [
        "para. 1", "box 'A title', p. 9", "para. 2", "box 'Here is a box that has…'",
    ]  # fmt: skip


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
        ([f"{letter}. x" for letter in "ABCDEFGHIJ"], list("ABCDEFGHIJ")),
        (["1. One", "1.1 Sub", "1.1.1 Deep", "1.2 Sub", "2. Two"],
         ["1", "1/1", "1/1/1", "1/1", "2"]),
        (["A. One", "(1) Sub", "(a) Deep", "(2) Sub", "B. Two"],
         ["A", "A/(1) Sub", "A/(1) Sub/(a) Deep", "A/(2) Sub", "B"]),
        (["Chapter I", "Section 1", "Chapter II"],
         ["Chapter I", "Chapter I/Section 1", "Chapter II"]),
        (["PART I", "I. One", "A. x", "PART II"], ["PART I", "PART I/I", "PART I/I/A", "PART II"]),
        (["B. Two", "(h) x", "(i) y", "(i) z", "(ii) w"],
         ["B", "B/(h) x", "B/(i) y", "B/(i) y/(i) z", "B/(i) y/(ii) w"]),
        (["第一章 总", "第一节 一", "第二章"], ["第一章 总", "第一章 总/第一节 一", "第二章"]),
        (["一、导言", "（一）背景", "二、结论"], ["一、导言", "一、导言/（一）背景", "二、结论"]),
        (["I. Раз", "А. Два", "В. Три", "II. Четыре"], ["I", "I/А", "I/В", "II"]),
        (["أولا - مقدمة", "ألف - خلفية", "باء - أخرى", "ثانيا - نتائج"],
         ["أولا - مقدمة", "أولا - مقدمة/ألف - خلفية", "أولا - مقدمة/باء - أخرى", "ثانيا - نتائج"]),
        (["الفصل الأول", "أولا - مقدمة", "الفصل الحادي عشر"],
         ["الفصل الأول", "الفصل الأول/أولا - مقدمة", "الفصل الحادي عشر"]),
        (["I", "Plan", "A. Sub", "II", "Costs"], ["I", "I/Plan", "I/A", "II", "II/Costs"]),
        (["I. One", "II. Two", "III. Three", "I. Uno", "II. Dos"], ["I", "II", "III", "I", "II"]),
    ],
)  # fmt: skip
def test_numerals_and_letters_decide_the_section(headings: list[str], paths: list[str]) -> None:
    blocks = []
    for number, heading in enumerate(headings, start=1):
        blocks += [_heading(heading), _text(f"{number}. Text.")]
    sections = [p.section for p in number_blocks(blocks, "r").paragraphs]
    assert ["/".join(h.split(".")[0] for h in section) for section in sections] == paths


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("IV. Four", "Four"), ("A. Four", "Four"), ("4. Four", "Four"), ("1.2 Scope", "Scope"),
        ("1.2.3. Scope", "Scope"), ("一、导言", "导言"), ("U.S. policy", "U.S. policy"),
        ("2024 in figures", "2024 in figures"), ("Plain", "Plain"), ("ثانيا - نتائج", "نتائج"),
        ("باء - أخرى", "أخرى"),
    ],
)  # fmt: skip
def test_a_heading_without_its_numbering_is_its_title(heading: str, title: str) -> None:
    assert strip_numbering(heading) == title


def test_contents_with_dot_leaders_are_no_paragraphs() -> None:
    contents = ["# Contents", "1. Introduction ........ 3", "2. Scope . . . . . . . 12"]
    body = _body("# Report", *contents, "Annex I …… 14", "1. One.", "2. Two.")
    assert _texts(body) == [("1", "One."), ("2", "Two.")]
    assert len(body.front) == 5


def test_contents_without_leaders_are_no_paragraphs() -> None:
    assert _texts(_body("1. Introduction 3", "2. Scope 12", "1. It begins.", "2. It ends.")) == [
        ("1", "It begins."), ("2", "It ends."),
    ]  # fmt: skip


def test_a_chapter_that_the_source_shows_as_text_is_a_heading() -> None:
    body = _body(
        "# Law", "第一章 总则", "第一条 一是。", "第二条 二是。", "第二章 分则", "第三条 三是。"
    )
    assert [p.section for p in body.paragraphs] == [("第一章 总则",)] * 2 + [("第二章 分则",)]
    assert _numbers("1. One is in", "Part I of the report.", "2. Two.") == ["1", "2"]


def test_a_heading_below_prose_is_no_title() -> None:
    body = _body("# Case", "This is a case that is about a great deal.", "# FACTS", "1. One.")
    assert body.paragraphs[0].section == ("FACTS",)
    assert _body("# Assembly", "Item 7", "# Title", "1. One.").paragraphs[0].section == ()


def test_what_follows_the_last_paragraph_is_no_part_of_it() -> None:
    body = _body(
        "1. One.", "2. It ends.", "101st plenary meeting\n5 April 1994", "(Signed) A. Name"
    )
    assert _texts(body)[-1] == ("2", "It ends.")
    assert [b.text for b in body.back] == [
        "101st plenary meeting\n5 April 1994", "(Signed) A. Name",
    ]  # fmt: skip


def test_an_unfinished_last_paragraph_keeps_its_rest() -> None:
    body = _body("1. One.", "2. It names:", "pears", "plums")
    assert _texts(body)[-1] == ("2", "It names: pears plums")
    assert not body.back


@pytest.mark.parametrize(
    ("blocks", "oddities"),
    [
        (["1. One.", "2. Two.", "4. Four.", "5. Five."], [("gap", "4")]),
        (["1. One.", "2. Two.", "30. X.", "31. Y.", "32. Z.", "33. W.", "34. V."], [("gap", "30")]),
        (["7. Seven.", "8. Eight.", "9. Nine."], [("gap", "7")]),
        (["1. One.", "2. Two.", "2. Again.", "3. Three."], [("repeat", "2~2")]),
        (["1. One.", "2. Two:", "(a) A;", "(c) C."], [("gap", "2(c)")]),
        (["1. One.", "2. Two.", "3. Three.", "1. Out of place it is.", "4. Four."],
         [("jump back", "3")]),
        (["1. One.", "2.", "3. Three."], [("empty", "2")]),
        (["1. One.", "2. " + 1001 * "word " + "."], [("long", "2")]),
    ],
)  # fmt: skip
def test_what_is_odd_is_kept_and_flagged(
    blocks: list[str], oddities: list[tuple[str, str]]
) -> None:
    assert _oddities(*blocks) == oddities


def test_a_gap_is_named() -> None:
    (oddity,) = _body("1. One.", "2. Two.", _text("6. Six.", page=3), "7. Seven.").oddities
    assert oddity.sentence == "Paragraph 6 follows 2: 3 to 5 not found."
    assert oddity.page == 3


def test_a_repeated_number_begins_a_paragraph() -> None:
    body = _body("1. One.", "2. Two.", "2. Again:", "(a) A.", "3. Three.")
    assert [p.number for p in body.paragraphs] == ["1", "2", "2~2", "2~2(a)", "3"]
    assert body.paragraphs[3].label == "para. 2 [2nd] (a)"


def test_numbers_that_begin_again_below_a_heading_are_kept_and_flagged() -> None:
    body = _body("# I. A", "1. One.", "2. Two.", "3. Three.", "# II. B", "1. Yes.", "2. No.")
    assert [p.number for p in body.paragraphs] == ["1", "2", "3", "1~2", "2~2"]
    assert [(o.kind, o.number) for o in body.oddities] == [("jump back", "1~2")]
    assert body.paragraphs[3].section == ("II. B",)


def test_footnotes_find_their_marks_though_labels_begin_again() -> None:
    body = _body(
        _text("1. One.", Mark(7, "1")), _note("1", "First."),
        _text("2. Two.", Mark(7, "1")), _note("1", "Second."),
        _text("3. Three.", Mark(9, "1")), "4. Four.", _text("5. Five.", Mark(8, "1")),
        _note("1", "Last."),
    )  # fmt: skip
    notes = [[note.text for note in p.footnotes] for p in body.paragraphs]
    assert notes == [["First."], ["Second."], [], [], ["Last."]]
    assert [(o.kind, o.number) for o in body.oddities] == [("mark without note", "3")]


def test_as_many_endnotes_as_marks_pair_in_order() -> None:
    body = _body(_text("1. One.", Mark(7, "1")), _text("2. Two.", Mark(7, "1")), _note("1", "A."),
                 _note("1", "B."))  # fmt: skip
    assert [p.footnotes[0].text for p in body.paragraphs] == ["A.", "B."]
    assert not body.oddities


def test_a_footnote_without_a_mark_stays_with_the_paragraph_before_it() -> None:
    body = _body("1. One.", "2. Two.", _note("7", "Lost."), "3. Three.")
    assert [(n.number, n.text, n.mark) for n in body.paragraphs[1].footnotes] == [("7", "Lost.", 4)]
    assert [(o.kind, o.number) for o in body.oddities] == [("note without mark", "2")]


def test_notes_to_the_cover_tell_of_the_document() -> None:
    body = _body(Block("heading", "Title", (Mark(5, "*"),)), _note("*", "A/80/50."),
                 "1. One.", _note("**", "Late."))  # fmt: skip
    assert [b.text for b in body.front] == ["Title", "* A/80/50.", "** Late."]
    assert not body.oddities


def test_the_note_of_a_heading_is_with_its_first_paragraph() -> None:
    body = _body("1. One.", Block("heading", "Scope", (Mark(5, "1"),)), "2. Two.", _note("1"))
    assert [(n.number, n.mark) for n in body.paragraphs[1].footnotes] == [("1", 0)]


def test_a_document_of_short_sentences_is_no_cover() -> None:
    body = _body("# Title", "It is so.", "It ends.")
    assert _texts(body) == [("¶1", "It is so."), ("¶2", "It ends.")]


def test_a_document_without_a_paragraph_is_refused() -> None:
    with pytest.raises(ReadError, match="r holds no paragraph: expected text"):
        _body("cover only")


@pytest.mark.parametrize(
    ("content", "source", "message"),
    [
        (b"1. \xff", "a.md", r"a.md is not UTF-8 text \(byte 3\): save it as UTF-8"),
        (b"", "a.md", "a.md is empty"),
        (b"# Title", "a.md", "a holds no paragraph"),
    ],
)
def test_a_file_that_is_no_report_is_refused(content: bytes, source: str, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_report(content, source)


_FORMS = (
    "{0}. ", "{0}) ", "({0}) ", "[{0}] ", "{0} ", "§ {0} ", "1.{0} ", "Article {0}. ",
    "Статья {0}. ", "第{0}条 ", "{0}、", "（{0}）", "{0} - ", "{0}º ", "Rule {0}. ", "",
)  # fmt: skip
_ITEMS = (
    ("(a) ", "(b) ", "(c) "), ("i) ", "ii) ", "iii) "), ("а) ", "б) ", "в) "),
    ("（一）", "（二）", "（三）"),
)  # fmt: skip


class _Document:
    """A document at random, every word of which is another."""

    def __init__(self, form: str, seed: int) -> None:
        self._random = Random(seed)
        self._form = form
        self._n_words = self._n_notes = 0
        self.blocks: list[Block] = []
        for part in range(self._random.randint(1, 3)):
            self._add_part(part)
        self._add("text", self._words(3))

    def _add_part(self, part: int) -> None:
        title = f"Annex {part} " if part else "Report "
        self._add("heading", title + self._words(4))
        self._add(
            "text", self._words(self._random.choice([3, 30])) + self._random.choice([".", ""])
        )
        for number in range(1, self._random.randint(3, 12)):
            if not self._random.randint(0, 5):
                self._add(
                    "heading", self._random.choice(["I. ", "A. ", "1. ", ""]) + self._words(3)
                )
            if self._random.randint(0, 9):  # else a number is missing
                self._add("text", self._form.format(number) + self._words(12) + ".")
            self._add_more()

    def _add_more(self) -> None:
        """Now and then: items, a box, a note, a stray number, half a sentence, a short line."""
        what = self._random.randint(0, 8)
        if what == 0:
            for label in self._random.choice(_ITEMS):
                self._add("text", label + self._words(5) + ";")
        elif what == 1:
            self._add("box", self._words(9), label=self._random.choice(["", self._words(2)]))
        elif what == 2:
            self._n_notes += 1
            label = str(self._n_notes % 3)
            if self._random.randint(0, 3):
                last = self.blocks[-1]
                self.blocks[-1] = replace(last, marks=(Mark(len(last.text), label),))
            self._add("note", self._words(4) + ".", label=label)
        elif what == 3:
            sign = self._random.choice(
                ["II", "B. ", "II\n", "I. ", "OP1 ", "[Annex]", "Annex I (continued)"]
            )
            self._add("text", sign + (self._words(3) if sign[-1].isspace() else ""))
        elif what < 6:
            start = self._random.choice(["1. ", "2018. ", "(d) ", "7 ", "", "“(a) ", "Annex I "])
            end = self._random.choice([".", ",", ":", "", " ...... 7"])
            self._add("text", start + self._words(self._random.choice([2, 14])) + end)

    def _words(self, count: int) -> str:
        words = [f"W{self._n_words + k:x}w".replace("1", "g") for k in range(count)]
        self._n_words += count
        return " ".join(words)

    def _add(self, kind: Kind, text: str, label: str = "") -> None:
        self.blocks.append(Block(kind, text, label=label))


def _printed(body: Body) -> str:
    """All that a body and its metadata print, each thing once."""
    about = read_metadata(body.front, "", body.back)
    kept = [about.title, about.author, about.date, about.session, about.symbol]
    kept += [*about.agenda, *about.notes, *about.contents, *about.back]
    kept += [heading.text for heading in body.headings]
    for paragraph in body.paragraphs:
        kept += [paragraph.text, *(note.text for note in paragraph.footnotes)]
    return " ".join(kept)


@pytest.mark.parametrize("form", _FORMS)
def test_no_word_is_lost_and_none_stands_twice(form: str) -> None:
    for seed in range(60):
        blocks = _Document(form, seed).blocks
        places = Random(seed)
        margins = {
            block: Margin(places.choice([0, 2, 4]), places.choice([0, 4])) for block in blocks
        }
        body = number_blocks(mark_closings(blocks, margins), "r")
        titles = [block.label for block in blocks if block.kind == "box"]
        source = " ".join([*(block.text for block in blocks), *titles])
        assert _words(_printed(body)) == _words(source), (form, seed)
        numbers = [paragraph.number for paragraph in body.paragraphs]
        assert len(set(numbers)) == len(numbers), (form, seed)
        assert not any(character.isspace() for character in "".join(numbers))
        assert [paragraph.order for paragraph in body.paragraphs] == list(range(len(numbers)))
        assert all(0 <= heading.order <= len(numbers) for heading in body.headings)


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"W[0-9a-g]+w", text))


def test_a_long_document_takes_a_moment() -> None:
    hostile = ["# Summary", *(f"half {n}" for n in range(5_000))]
    lists = [f"{n % 3 + 1}. Item number {n} of very many." for n in range(5_000)]
    heads = [f"# {n}" if n % 3 else "1. One is here." for n in range(5_000)]
    counted = [f"Sentence {n} of a text without numbers is this." for n in range(5_000)]
    start = time.process_time()
    for blocks in (hostile, lists, heads, counted):
        _body(*blocks)
    assert time.process_time() - start < 10


def test_a_number_inside_a_quotation_is_not_the_paragraphs() -> None:
    quoted = ["“2. The quoted law begins here.", "3. And it ends with this sentence.”"]
    body = _body("1. One is this.", "2. The law reads:", *quoted, "3. Three is this.", "4. Four.")
    assert [number for number, _ in _texts(body)] == ["1", "2", "3", "4"]
    assert body.paragraphs[1].text == " ".join(["The law reads:", *quoted])
    assert not body.oddities


def test_a_lettered_title_between_two_paragraphs_is_a_heading() -> None:
    body = _body("1. One is this.", "(a) General principles", "2. Two is this.",
                 "(b) Application to the case", "3. Three: (a) is first.")  # fmt: skip
    assert [number for number, _ in _texts(body)] == ["1", "2", "3"]
    assert [heading.text for heading in body.headings] == [
        "(a) General principles",
        "(b) Application to the case",
    ]


def test_the_last_item_of_a_list_is_no_title() -> None:
    assert _numbers("1. Two things:", "(a) Water;", "(b) Land", "2. Two is this.") == [
        "1", "1(a)", "1(b)", "2",
    ]  # fmt: skip


def test_a_mark_that_is_repeated_means_the_same_note_and_is_not_odd() -> None:
    body = _body(_text("1. One.", Mark(4, "2")), _note("2"), _text("2. Two.", Mark(4, "2")))
    assert [len(paragraph.footnotes) for paragraph in body.paragraphs] == [1, 0]
    assert not body.oddities


def test_a_text_that_closes_a_list_is_of_the_paragraph_around_it() -> None:
    margins = {"1": (0, 2), "(": (2, 4), "T": (2, 2), "A": (4, 4), "B": (0, 0), "2": (0, 2)}
    blocks = [
        _text(text)
        for text in ("1. Requests him:", "(a) To write;", "And to send it.", "(b) To read;",
                     "These he shall sign.", "Twice.", "(c) To rest.", "But then to work.",
                     "2. Two is this.", "But no list is here.")
    ]  # fmt: skip
    marked = mark_closings(blocks, {b: Margin(*margins[b.text[0]]) for b in blocks})
    assert _texts(number_blocks(marked, "r")) == [
        ("1", "Requests him:"),
        ("1(a)", "To write; And to send it."),
        ("1(b)", "To read;"),
        ("1(cont)", "These he shall sign. Twice."),
        ("1(c)", "To rest."),
        ("1(cont)~2", "But then to work."),
        ("2", "Two is this. But no list is here."),
    ]


def test_a_text_closes_the_list_whose_margin_it_shares() -> None:
    places = {"1. One:": 0, "(a) A:": 2, "(i) I;": 4, "(ii) II;": 4, "Of a.": 2, "Of one.": 0}
    blocks = [_text(text) for text in places]
    marked = mark_closings(blocks, {b: Margin(places[b.text], places[b.text]) for b in blocks})
    assert _texts(number_blocks(marked, "r"))[4:] == [
        ("1(a)(cont)", "Of a."),
        ("1(cont)", "Of one."),
    ]


def test_a_text_closes_nothing_where_a_sentence_goes_on_or_no_margin_tells() -> None:
    blocks = [_text("1. One:"), _text("(a) The first half"), _text("Of a sentence.")]
    margins = {blocks[0]: Margin(0, 0), blocks[1]: Margin(2, 2), blocks[2]: Margin(0, 0)}
    assert mark_closings(blocks, margins) == blocks
    ended = [blocks[0], _text("(a) All of it."), blocks[2]]
    assert mark_closings(ended, {}) == ended
    assert mark_closings(ended, dict.fromkeys(ended, Margin(0, 0))) == ended


def test_the_title_of_an_article_is_a_heading_and_the_chapters_stay_above_it() -> None:
    body = _body("The Union,", "Having regard to it,", "Whereas:", "(1) Water is wet.",
                 "(2) Land is dry.", "# CHAPTER I", "# General provisions", "# Article 1",
                 "# Subject", "This is the subject.", "# CHAPTER II", "# Principles",
                 "# Article 2", "# Aims", "1. One aim.", "2. Two aims.")  # fmt: skip
    found = [(p.label, p.section) for p in body.paragraphs]
    assert [label for label, _ in found] == [
        "preamble, 1st para.", "preamble, 2nd para.", "preamble, para. 1", "preamble, para. 2",
        "article 1", "article 2 (1)", "article 2 (2)",
    ]  # fmt: skip
    assert found[4][1] == ("CHAPTER I", "General provisions", "Article 1", "Subject")
    assert found[5][1] == ("CHAPTER II", "Principles", "Article 2", "Aims")
    assert not body.back


def _outline(body: Body) -> list[tuple[str, int]]:
    return [(heading.text, heading.order) for heading in body.headings]


def test_titles_of_a_judgment_that_the_source_shows_as_text_are_headings() -> None:
    body = _body(
        "# CASE OF DOE", "Delivers the following judgment, adopted on that date:", "PROCEDURE",
        "1. It began.", "THE FACTS", "I. THE CIRCUMSTANCES OF THE CASE", "2. He was born.",
        "A. Background", "3. He grew.", "FOR THESE REASONS, THE COURT", "1. Declares it;",
        "2. Holds it.", "Done in English on 12 May 2015.", "Anna Bruni\nPresident",
        "CONCURRING OPINION OF JUDGE DOE", "1. I agree.", "2. I do.",
    )  # fmt: skip
    assert [number for number, _ in _texts(body)] == [
        "1", "2", "3", "1~2", "2~2", "1~3", "2~3",
    ]  # fmt: skip
    assert _outline(body) == [
        ("PROCEDURE", 0), ("THE FACTS", 1), ("I. THE CIRCUMSTANCES OF THE CASE", 1),
        ("A. Background", 2), ("FOR THESE REASONS, THE COURT", 3),
        ("CONCURRING OPINION OF JUDGE DOE", 5),
    ]  # fmt: skip
    assert [text for _, text in _texts(body)][2:5] == ["He grew.", "Declares it;", "Holds it."]
    assert [block.text for block in body.back] == [
        "Done in English on 12 May 2015.", "Anna Bruni\nPresident",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        ["A. Water", "B. Land"],
        ["A. Water;", "B. Land"],
        ["A. Water is wet.", "B. Land"],
        ["I. Water is wet.", "II. Land"],
        ["FRANCE", "PERU and others are"],
        ["Land and water"],
        ["C. difficile"],
        ["I agree with it"],
        ["A/HRC/45/1"],
        ["“OF WATER"],
    ],
)
def test_what_may_be_of_a_list_or_a_sentence_is_no_title(lines: list[str]) -> None:
    body = _body("1. One is this.", *lines, "2. Two is this.", "3. Three.")
    assert _texts(body)[0] == ("1", " ".join(["One is this.", *lines]))
    assert not body.headings


@pytest.mark.parametrize("above", ["1. There are two:", "1. They came from", "1. One,"])
def test_a_line_below_an_unfinished_text_is_no_title(above: str) -> None:
    for line in ("FRANCE AND PERU", "A. Background", "II. METHODS"):
        body = _body(above, line, "2. Two is this.", "3. Three.")
        assert _texts(body)[0] == ("1", f"{above[3:]} {line}")


def test_a_title_within_a_quotation_or_a_list_that_begins_at_1_stays_text() -> None:
    quoted = ["“The law is this.", "II. METHODS", "2. Quoted it is.”"]
    assert not _body("1. The law reads:", *quoted, "2. Two is this.", "3. Three.").headings
    inner = ["MAIN POINTS", "1. pears are one;", "2. plums are two;"]
    body = _body("1. One.", "2. Two.", "3. It says this.", *inner, "4. Four.", "5. Five.")
    assert _texts(body)[2] == ("3", " ".join(["It says this.", *inner]))


def test_the_first_title_may_stand_below_the_cover() -> None:
    body = _body("Report of the Secretary", "I. Introduction", "1. One.", "2. Two.")
    assert _outline(body) == [("I. Introduction", 0)]
    assert [block.text for block in body.front] == ["Report of the Secretary"]
    contents = ["I. Introduction", "A. Opening", "II. Conclusions"]
    body = _body("# Report", *contents, *contents[:2], "1. One.", "2. Two.")
    assert _outline(body) == [("I. Introduction", 0), ("A. Opening", 0)]
    assert not _body("# Report", *contents, "1. One.", "2. Two.").headings


def test_titles_in_other_scripts_are_headings() -> None:
    for first, second, stop in (
        ("一、导言", "二、结论", "。"),
        ("أولا - مقدمة", "ثانيا - استنتاجات", "."),
        ("I. Введение", "Б. Общие сведения", "."),
    ):
        body = _body("# R", first, f"1. a{stop}", second, f"2. b{stop}", f"3. c{stop}")
        assert _outline(body) == [(first, 0), (second, 1)]


def test_an_annex_line_that_is_text_may_have_a_title_below_it() -> None:
    body = _body("1. This is the first paragraph of it.", "Annex I", "Draft terms", "1. One.")
    assert _outline(body) == [("Annex I", 1), ("Draft terms", 1)]
    assert body.paragraphs[1].section == ("Annex I", "Draft terms")


_SECTIONS: Sequence[str] = (
    "The General Assembly,", "Recalling this,", "Having considered that,", "{}I{}Plan",
    "1. Takes note;", "2. Requests it.", "{}II{}Estimates of costs", "1. Approves;",
    "2. Decides so;", "{}III", "1. Notes it;", "2. Decides.",
)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "between"), [("", "|"), ("", "\n"), ("# ", "|# "), ("# ", "|"), ("", "|# ")]
)
def test_sections_that_a_lone_numeral_heads_begin_again(before: str, between: str) -> None:
    blocks = "|".join(_SECTIONS).format(before, between, before, between, before).split("|")
    body = _body(*blocks)
    assert [number for number, _ in _texts(body)] == [
        "preamble/¶1", "preamble/¶2", "1", "2", "1~2", "2~2", "1~3", "2~3",
    ]  # fmt: skip
    assert [p.section for p in body.paragraphs][2::2] == [
        ("I", "Plan"), ("II", "Estimates of costs"), ("III",),
    ]  # fmt: skip
    assert body.oddities[0].sentence.startswith("Numbers begin again below “II")


def test_every_resolution_of_a_file_has_a_preamble_of_its_own() -> None:
    text = ["The General Assembly,", "Recalling this,", "Noting that,", "1. Decides;", "2. Ends."]
    body = _body("# 75/63. Weapons", "A", "Dangers", *text, "37th plenary meeting",
                 "7 December 2020", "B", "Follow-up", *text)  # fmt: skip
    assert [p.label for p in body.paragraphs] == [
        "preamble, 1st para.", "preamble, 2nd para.", "para. 1", "para. 2",
        "preamble [2nd], 1st para.", "preamble [2nd], 2nd para.", "para. 1 [2nd]", "para. 2 [2nd]",
    ]  # fmt: skip
    assert body.paragraphs[0].section == ("A", "Dangers", "The General Assembly,")
    assert body.paragraphs[7].section == ("B", "Follow-up", "The General Assembly,")
    assert [block.text for block in body.back] == ["37th plenary meeting", "7 December 2020"]
    assert [block.text for block in body.front] == ["75/63. Weapons"]


def test_a_lone_letter_on_the_cover_begins_no_body() -> None:
    body = _body("# UNITED", "# A", "# NATIONS", "General Assembly", "# On water", "1. One.")
    assert [block.text for block in body.front][:3] == ["UNITED", "A", "NATIONS"]
    assert _body("# R", "1. One.", "2. Two.").front[0].text == "R"


def test_numbers_of_a_draft_resolution_are_read() -> None:
    body = _body("The Council,", "PP1 Guided by this,", "PP2. Recalling that,",
                 "PP2 bis Noting it,", "OP1. Takes note;", "OP2. Invites them;", "(a) Here;",
                 "(b) There;", "OP 3 Ends.")  # fmt: skip
    assert [p.label for p in body.paragraphs] == [
        "preamble, para. 1", "preamble, para. 2", "preamble, para. 2 bis",
        "para. 1", "para. 2", "para. 2 (a)", "para. 2 (b)", "para. 3",
    ]  # fmt: skip
    assert not body.oddities
