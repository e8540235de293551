import pytest

from index.report import Report
from qa.lookup import look_up
from tests.lookups import (
    SUB_87,
    SUB_88,
    Case,
    check_found,
    make_report,
    numbered,
    numbers_between,
    numbers_of,
    sentence_of,
)

_PARAGRAPHS = [
    ("paragraph 12", "Paragraph 12.", ["12"]),
    ("para 12", "Paragraph 12.", ["12"]),
    ("para. 12", "Paragraph 12.", ["12"]),
    ("¶12", "Paragraph 12.", ["12"]),
    ("¶ 12?", "Paragraph 12.", ["12"]),
    ("PARA. 12", "Paragraph 12.", ["12"]),
    ("paragraph number 12", "Paragraph 12.", ["12"]),
    ("show me paragraph 12", "Paragraph 12.", ["12"]),
    ("what does paragraph 12 say?", "Paragraph 12.", ["12"]),
    ("read para. 12", "Paragraph 12.", ["12"]),
    ("What’s in paragraph 12?", "Paragraph 12.", ["12"]),
    ("What is paragraph 12 about?", "Paragraph 12.", ["12"]),
    ("What does the report say in paragraph 12?", "Paragraph 12.", ["12"]),
    ("Could you show me the full text of  paragraph\n12, please?", "Paragraph 12.", ["12"]),
    ("paragraph 9 of the report", "Paragraph 9.", ["9"]),
    ("What does paragraph 9 of this report say?", "Paragraph 9.", ["9"]),
    ("paragraph 9 in the document", "Paragraph 9.", ["9"]),
    ("para 88 (d)", "Paragraph 88 (d).", ["88(d)"]),
    ("paragraph 87(a)", "Paragraph 87 (a).", ["87(a)"]),
    ("para 88d", "Paragraph 88 (d).", ["88(d)"]),
    ("para 88 d", "Paragraph 88 (d).", ["88(d)"]),
    ("PARA 88 D", "Paragraph 88 (d).", ["88(d)"]),
    ("paras 61-63", "Paragraphs 61 to 63.", numbers_between(61, 63)),
    ("paragraphs 61 to 63", "Paragraphs 61 to 63.", numbers_between(61, 63)),
    ("paragraphs 61–63", "Paragraphs 61 to 63.", numbers_between(61, 63)),
    ("paragraphs 63 to 61", "Paragraphs 61 to 63.", numbers_between(61, 63)),
    ("paragraphs 61 and 63", "Paragraphs 61 and 63.", ["61", "63"]),
    ("paras. 3, 5 and 7", "Paragraphs 3, 5 and 7.", ["3", "5", "7"]),
    ("paras. 7, 5, and 3", "Paragraphs 7, 5 and 3.", ["3", "5", "7"]),
    ("paragraphs 3, 5 to 7", "Paragraphs 3 and 5 to 7.", ["3", "5", "6", "7"]),
    ("paragraphs 5 and 5", "Paragraph 5.", ["5"]),
    ("paragraph 87", "Paragraph 87 with its sub-paragraphs.", SUB_87),
    ("paragraphs 86-88", "Paragraphs 86 to 88 (d).", ["86", *SUB_87, *SUB_88]),
    ("paragraphs 87(a)-(c)", "Paragraphs 87 (a) to 87 (c).", ["87(a)", "87(b)", "87(c)"]),
    ("paragraphs 87 (a) and (e)", "Paragraphs 87 (a) and 87 (e).", ["87(a)", "87(e)"]),
]

_IN_CONVERSATION = [
    (question, "Paragraph 12.", ["12"])
    for question in (
        "and paragraph 12?",
        "but what does para. 12 say?",
        "now show me para 12",
        "then para 12",
        "ok, para 12",
        "how about paragraph 12",
        "I need paragraph 12",
        "display paragraph 12",
        "bring up paragraph 12",
        "explain paragraph 12",
        "para 12 above",
        "paragraph 12 again, please",
    )
]
_IN_CONVERSATION.append(
    ("see also paras 12 and 14 below", "Paragraphs 12 and 14.", ["12", "14"]),
)

_IN_HASTE = [
    (question, "Paragraph 12.", ["12"])
    for question in (
        "pargraph 12",
        "paragaph 12",
        "parargraph 12",
        "paragrah 12",
        "par. 12",
        "paragraph #12",
        "paragraph nr 12",
        "paragraph (12)",
        "para [12]",
        "(para. 12)",
        "Ibid., para. 12",
        "cf. para. 12",
        "at para. 12",
        "para 12 verbatim pls",
        "exact wording of paragraph 12",
        "párr. 12",
        "п. 12",
    )
]
_POINTS = [
    (question, "Paragraph 87 (a).", ["87(a)"])
    for question in (
        "paragraph 87, subparagraph (a)",
        "para. 87 point (a)",
        "subparagraph (a) of paragraph 87",
        "point a) of para. 87",
        "para 87 a)",
        "párrafo 87 a)",
        "apartado a) del párrafo 87",
        "alinéa a) du paragraphe 87",
    )
]
_ALONE = [
    ("12", "Paragraph 12.", ["12"]),
    ("12.", "Paragraph 12.", ["12"]),
    ("#12", "Paragraph 12.", ["12"]),
    ("[12]", "Paragraph 12.", ["12"]),
    ("at [12]", "Paragraph 12.", ["12"]),
    ("87", "Paragraph 87 with its sub-paragraphs.", SUB_87),
    ("87 (a)", "Paragraph 87 (a).", ["87(a)"]),
    ("87(a).", "Paragraph 87 (a).", ["87(a)"]),
    ("87a", "Paragraph 87 (a).", ["87(a)"]),
    ("87 a)", "Paragraph 87 (a).", ["87(a)"]),
    ("87 (a) and (b)", "Paragraphs 87 (a) and 87 (b).", ["87(a)", "87(b)"]),
    ("87 (a)-(c)", "Paragraphs 87 (a) to 87 (c).", ["87(a)", "87(b)", "87(c)"]),
    ("61-63", "Paragraphs 61 to 63.", numbers_between(61, 63)),
    ("3, 5 and 7", "Paragraphs 3, 5 and 7.", ["3", "5", "7"]),
]

_PARTLY = [
    (
        "paragraphs 12 and 90",
        "Paragraph 12. The report has no paragraph 90: its paragraphs run from 1 to 88.",
        ["12"],
    ),
    (
        "paragraphs 86-95",
        "Paragraphs 86 to 88 (d). The report has no paragraph 95: its paragraphs run from 1 to 88.",
        ["86", *SUB_87, *SUB_88],
    ),
]


@pytest.mark.parametrize("case", [*_PARAGRAPHS, *_IN_CONVERSATION, *_IN_HASTE, *_POINTS, *_PARTLY])
def test_a_paragraph_is_found_by_its_number(case: Case, report: Report) -> None:
    check_found(case, report)


@pytest.mark.parametrize("case", _ALONE)
def test_a_number_alone_is_a_paragraph_that_is_there(case: Case, report: Report) -> None:
    check_found(case, report)


def test_a_number_alone_may_count_articles_or_unnumbered_paragraphs() -> None:
    assert numbers_of("2", numbered("article-1", "article-2")) == ["article-2"]
    assert numbers_of("2", numbered("¶1", "¶2")) == ["¶2"]
    assert numbers_of("2", numbered("2", "annex-I/2")) == ["2"]
    assert numbers_of("2", numbered("1", "annex-I/2")) == ["annex-I/2"]
    assert look_up("12.5", numbered("12")) is None


def test_a_number_is_found_as_files_have_it() -> None:
    raw = ["annex-I/3", "preamble/¶4", "article-5(1)", "12~2", "box-1"]
    report = numbered(*raw)
    for number in raw:
        assert numbers_of(number, report) == [number]
    assert numbers_of("ANNEX-i/3", report) == ["annex-I/3"]
    assert look_up("annex-I/4", report) is None


def test_sub_paragraphs_that_are_not_there_do_not_bring_the_whole() -> None:
    report = numbered("12", "13")
    assert numbers_of("paras 12 (a)-(c)", report) == []
    assert sentence_of("paras 12 (a)-(c)", report) == (
        "The report has no paragraph 12 (a) or 12 (c): its paragraphs run from 12 to 13."
    )


def test_paragraphs_without_printed_numbers_are_found_by_their_count() -> None:
    counted = make_report(("¶1", "One."), ("¶2", "Two."), ("¶3", "Three."))
    assert numbers_of("paragraph 2", counted) == ["¶2"]
    assert numbers_of("¶2", counted) == ["¶2"]
    assert numbers_of("paragraphs 2-3", counted) == ["¶2", "¶3"]
    mixed = make_report(("¶1", "Preface."), ("1", "One."))
    assert numbers_of("paragraph 1", mixed) == ["1"]
    assert numbers_of("¶1", mixed) == ["¶1"]
