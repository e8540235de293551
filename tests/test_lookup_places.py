"""Annexes, preambles, articles, dotted numbers, boxes and pages; labels pasted back."""

from dataclasses import replace
from pathlib import Path

import pytest

from index.reading import read_report
from index.report import Paragraph, Report
from qa.lookup import look_up
from tests.lookups import make_report, numbered, numbers_of, sentence_of

_SAMPLES = Path(__file__).parents[2] / "shared" / "documents"

_RESOLUTION = numbered(
    *("preamble/¶1", "preamble/¶2", "preamble/¶3", "preamble/¶4"),
    *("1", "2", "2(a)", "2(a)(i)", "2(a)(ii)", "2(b)", "3"),
    *("annex-I/1", "annex-I/2", "annex-I/2(a)", "annex-I/appendix/1", "annex-II/¶1", "annex-II/1"),
)
_TREATY = numbered(
    *("preamble/1", "preamble/2", "article-1(1)", "article-1(2)", "article-1(2)(a)", "article-2"),
    *("article-2bis", "article-3", "annex/article-1", "annex/article-4"),
)
_RULES = numbered("1.1.1", "1.1.2", "1.2.1", "2.1.1")
_INSERTED = numbered("12", "12bis", "12ter", "13", "14A", "14(a)", "14(A)", "15")
_TWICE = numbered("11", "12", "12(a)", "13", "12~2", "12~2(a)")
_TWO_PREAMBLES = numbered("preamble/¶1", "1", "preamble~2/¶1", "preamble~2/¶2", "1~2", "annex-1A/1")


_FOURTH = [
    (question, "Preamble, 4th para.", ["preamble/¶4"])
    for question in (
        "preamble, 4th para.",
        "4th paragraph of the preamble",
        "preamble, para. 4",
        "PP4",
        "PP 4",
        "pp4",
        "fourth preambular paragraph",
        "preambular paragraph 4",
        "preambular para. 4",
        "recital 4",
    )
]
_THIRD = [
    (question, "Paragraph 3.", ["3"])
    for question in (
        "OP3",
        "OP 3",
        "operative paragraph 3",
        "third operative paragraph",
        "op. para. 3",
        "§ 3",
        "clause 3",
    )
]


@pytest.mark.parametrize(
    ("question", "sentence", "numbers"),
    [
        (
            "annex I, para. 2",
            "Annex I, paragraph 2 with its sub-paragraphs.",
            ["annex-I/2", "annex-I/2(a)"],
        ),
        ("What does annex I paragraph 1 say?", "Annex I, paragraph 1.", ["annex-I/1"]),
        ("paragraph 1 of annex II", "Annex II, paragraph 1.", ["annex-II/1"]),
        (
            "paras 1 and 2 of annex I",
            "Annex I, paragraphs 1 and 2 with its sub-paragraphs.",
            ["annex-I/1", "annex-I/2", "annex-I/2(a)"],
        ),
        ("annex 1, para. 1", "Annex I, paragraph 1.", ["annex-I/1"]),
        ("annexe I, paragraph 1", "Annex I, paragraph 1.", ["annex-I/1"]),
        ("annex II, ¶1", "Annex II, ¶1.", ["annex-II/¶1"]),
        (
            "annex I, appendix, para. 1",
            "Annex I, appendix, paragraph 1.",
            ["annex-I/appendix/1"],
        ),
        (
            "para 1 of the appendix to annex I",
            "Annex I, appendix, paragraph 1.",
            ["annex-I/appendix/1"],
        ),
        ("annex II", "Annex II: ¶1 and paragraph 1.", ["annex-II/¶1", "annex-II/1"]),
        ("the appendix", "Annex I, appendix: paragraph 1.", ["annex-I/appendix/1"]),
        (
            "what is in the preamble?",
            "Preamble: 1st para. to 4th para.",
            [f"preamble/¶{number}" for number in (1, 2, 3, 4)],
        ),
        *_FOURTH,
        *_THIRD,
        (
            "PPs 2-3",
            "Preamble, 2nd para. to 3rd para.",
            ["preamble/¶2", "preamble/¶3"],
        ),
        ("para 2 (a) (ii)", "Paragraph 2 (a) (ii).", ["2(a)(ii)"]),
        ("OP2(a)(i)", "Paragraph 2 (a) (i).", ["2(a)(i)"]),
        (
            "paras 2 (a) (i) and (ii)",
            "Paragraphs 2 (a) (i) and 2 (a) (ii).",
            ["2(a)(i)", "2(a)(ii)"],
        ),
        (
            "para 2 (a)",
            "Paragraph 2 (a) with its sub-paragraphs.",
            ["2(a)", "2(a)(i)", "2(a)(ii)"],
        ),
        ("unnumbered paragraph 2", "Preamble, 2nd para.", ["preamble/¶2"]),
        ("annex III", "The report has no annex III: it has annex I and annex II.", []),
        (
            "annex II, para. 9",
            "Annex II has no paragraph 9: its paragraphs run from 1 to 1.",
            [],
        ),
        (
            "preamble, 9th para.",
            "The preamble has no paragraph 9: its paragraphs run from 1 to 4.",
            [],
        ),
        (
            "para 2 (a) (x)",
            "The report has no paragraph 2 (a) (x): its sub-paragraphs run from (i) to (ii).",
            [],
        ),
        (
            "para 3 bis",
            "The report has no paragraph 3 bis: its paragraphs run from 1 to 3.",
            [],
        ),
        ("article 5", "The report has no articles of its own.", []),
        ("box 2", "The report has no boxes.", []),
        ("page 7", "The report gives no pages.", []),
    ],
)
def test_annexes_and_preambles_number_by_themselves(
    question: str, sentence: str, numbers: list[str]
) -> None:
    assert sentence_of(question, _RESOLUTION) == sentence
    assert numbers_of(question, _RESOLUTION) == numbers


def test_an_annex_is_shown_with_what_is_in_it() -> None:
    assert numbers_of("annex I", _RESOLUTION) == [
        "annex-I/1", "annex-I/2", "annex-I/2(a)", "annex-I/appendix/1",
    ]  # fmt: skip
    assert sentence_of("annex I", _RESOLUTION) == (
        "Annex I: paragraphs 1 to 2 (a). Annex I, appendix: paragraph 1."
    )
    assert len(numbers_of("the annexes", _RESOLUTION)) == 6


_ANNEXES = numbered(
    "1", "annex-I/1", "annex-I/2", "annex-I/appendix-A/1", "annex-I/appendix-B/1",
    "annex-II/1", "annex-III/1", "annex-IV/1",
)  # fmt: skip
_SECOND_TO_THIRD = "Annex II: paragraph 1. Annex III: paragraph 1."


@pytest.mark.parametrize(
    ("question", "sentence", "numbers"),
    [
        *(
            (question, _SECOND_TO_THIRD, ["annex-II/1", "annex-III/1"])
            for question in (
                "annexes II and III",
                "annex II and III",
                "annex II and annex III",
                "annexes II & III",
                "annexes II-III",
                "annexes II to III",
                "What do annexes 2 and 3 say?",
                "anexos II y III",
                "annexes II et III",
                "приложения II и III",
                "附件二和附件三",
            )
        ),
        (
            "annexes II to IV",
            f"{_SECOND_TO_THIRD} Annex IV: paragraph 1.",
            ["annex-II/1", "annex-III/1", "annex-IV/1"],
        ),
        (
            "annexes III to IX",
            "Annex III: paragraph 1. Annex IV: paragraph 1. The report has no annex IX: it has "
            "annex I, annex II, annex III and annex IV.",
            ["annex-III/1", "annex-IV/1"],
        ),
        (
            "appendices A and B",
            "Annex I, appendix A: paragraph 1. Annex I, appendix B: paragraph 1.",
            ["annex-I/appendix-A/1", "annex-I/appendix-B/1"],
        ),
        (
            "appendices A and B to annex I",
            "Annex I, appendix A: paragraph 1. Annex I, appendix B: paragraph 1.",
            ["annex-I/appendix-A/1", "annex-I/appendix-B/1"],
        ),
        (
            "paragraph 1 of annexes III and II",
            "Annex III, paragraph 1. Annex II, paragraph 1.",
            ["annex-II/1", "annex-III/1"],
        ),
    ],
)
def test_several_annexes_are_each_looked_in(
    question: str, sentence: str, numbers: list[str]
) -> None:
    assert sentence_of(question, _ANNEXES) == sentence
    assert numbers_of(question, _ANNEXES) == numbers


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("article 1 (2), point (a)", ["article-1(2)(a)"]),
        ("point (a) of article 1 (2)", ["article-1(2)(a)"]),
        ("article 1, paragraph 2, point (a)", ["article-1(2)(a)"]),
        ("article 1", ["article-1(1)", "article-1(2)", "article-1(2)(a)"]),
        ("Art. 1 (2)", ["article-1(2)", "article-1(2)(a)"]),
        ("article 1, paragraph 1", ["article-1(1)"]),
        ("paragraph 1 of article 1", ["article-1(1)"]),
        ("article 1, paras 1 and 2", ["article-1(1)", "article-1(2)", "article-1(2)(a)"]),
        ("articles 2 to 3", ["article-2", "article-2bis", "article-3"]),
        ("arts. 2 and 3", ["article-2", "article-3"]),
        ("article 2 bis", ["article-2bis"]),
        ("recital 2", ["preamble/2"]),
        ("annex, article 4", ["annex/article-4"]),
        ("article 4 of the annex", ["annex/article-4"]),
        ("article 4", ["annex/article-4"]),  # the body has none
        ("article 9", []),
    ],
)
def test_articles(question: str, numbers: list[str]) -> None:
    assert numbers_of(question, _TREATY) == numbers


def test_an_article_without_numbers_of_its_own_is_a_heading_or_a_mention() -> None:
    headed = make_report(("1", "Text."), section=("Article 5. Scope",))
    assert sentence_of("article 5", headed) == "“Article 5. Scope”: paragraph 1."
    assert numbers_of("artículo 5", headed) == ["1"]
    mentioning = make_report(("1", "See article 5 of the Charter."), ("2", "Article 51."))
    assert numbers_of("article 5", mentioning) == ["1"]
    assert sentence_of("article 5", mentioning).startswith("The report has no articles of its own")
    assert look_up("rule 5", mentioning) is None


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("paragraph 1.1.2", ["1.1.2"]),
        ("section 1.1", ["1.1.1", "1.1.2"]),
        ("section 1", ["1.1.1", "1.1.2", "1.2.1"]),
        ("clauses 1.1.2 to 2.1.1", ["1.1.2", "1.2.1", "2.1.1"]),
        ("paragraph 1.9", []),
    ],
)
def test_dotted_numbers(question: str, numbers: list[str]) -> None:
    assert numbers_of(question, _RULES) == numbers


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("para 12", ["12"]),
        ("para 12 bis", ["12bis"]),
        ("para 12ter", ["12ter"]),
        ("paras 12 to 13", ["12", "12bis", "12ter", "13"]),
        ("para 14A", ["14A"]),
        ("para 14 (A)", ["14(A)"]),
        ("para 14 (a)", ["14(a)"]),
    ],
)
def test_inserted_numbers_and_large_letters_are_told_apart(
    question: str, numbers: list[str]
) -> None:
    assert numbers_of(question, _INSERTED) == numbers


def test_a_number_that_is_printed_twice_is_shown_twice() -> None:
    assert sentence_of("paragraph 12 (a)", _TWICE) == (
        "Paragraphs 12 (a) and 12 [2nd] (a). The report prints this number twice."
    )
    assert numbers_of("paragraph 12", _TWICE) == ["12", "12(a)", "12~2", "12~2(a)"]
    assert numbers_of("para. 12 [2nd]", _TWICE) == ["12~2", "12~2(a)"]
    assert numbers_of("the second paragraph 12", _TWICE) == ["12~2", "12~2(a)"]
    assert numbers_of("the first paragraph 11", _TWICE) == ["11"]
    assert numbers_of("paragraph 12 [3rd]", _TWICE) == []


def test_signs_and_letters_alone_are_numbers_where_a_report_has_such() -> None:
    law = numbered("§1", "§2(1)", "§2(2)")
    assert numbers_of("§ 2", law) == ["§2(1)", "§2(2)"]
    assert numbers_of("paragraph 1", law) == numbers_of("section 1", law) == ["§1"]
    letters = numbered("(a)", "(b)", "(a)~2")
    assert numbers_of("(b)", letters) == numbers_of("item (b)", letters) == ["(b)"]
    assert numbers_of("(a) [2nd]", letters) == ["(a)~2"]
    assert look_up("(c)", letters) is None
    assert look_up("(b)", law) is None


def _paged(*pages: int | None) -> Report:
    report = numbered(*map(str, range(1, len(pages) + 1)))
    paragraphs = [replace(p, page=page) for p, page in zip(report.paragraphs, pages, strict=True)]
    return replace(report, paragraphs=tuple(paragraphs))


@pytest.mark.parametrize(
    ("question", "sentence", "numbers"),
    [
        ("page 2", "Paragraphs 2 to 3 begin on page 2.", ["2", "3"]),
        ("What is on page 2?", "Paragraphs 2 to 3 begin on page 2.", ["2", "3"]),
        ("p. 5", "Paragraph 4 begins on page 5.", ["4"]),
        ("pp. 1-2", "Paragraphs 1 to 3 begin on pages 1 to 2.", ["1", "2", "3"]),
        ("page 4", "No paragraph begins on page 4: paragraph 3 goes on there from page 2.", ["3"]),
        (
            "page 9",
            "The report has nothing on page 9: its paragraphs stand on pages 1 to 5.",
            [],
        ),
        ("para. 3, p. 2", "Paragraph 3.", ["3"]),
        ("para. 3, p. 5", "Paragraph 3. It stands on page 2.", ["3"]),
        ("paragraph 3 on page 2", "Paragraph 3.", ["3"]),
    ],
)
def test_pages(question: str, sentence: str, numbers: list[str]) -> None:
    report = _paged(1, 2, 2, 5)
    assert sentence_of(question, report) == sentence
    assert numbers_of(question, report) == numbers


def test_a_page_tells_apart_what_is_printed_twice() -> None:
    paged = zip(_TWICE.paragraphs, (1, 1, 1, 2, 3, 3), strict=True)
    report = replace(_TWICE, paragraphs=tuple(replace(p, page=page) for p, page in paged))
    assert numbers_of("para. 12, p. 3", report) == ["12~2", "12~2(a)"]
    assert numbers_of("para. 12, p. 1", report) == ["12", "12(a)"]


def _boxes() -> Report:
    titles = ["Box 4: Trade in Peru’s fish", "A second case"]
    boxes = [Paragraph("r", f"box-{n}", "Text.", (t,), n) for n, t in enumerate(titles, start=1)]
    report = numbered("1")
    return replace(report, paragraphs=(*report.paragraphs, *boxes))


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("box 'A second case'", ["box-2"]),
        ("box “Box 4: Trade in Peru’s fish”", ["box-1"]),
        ("box 4", ["box-1"]),  # as it is printed
        ("box 2", ["box-2"]),
        ("the box on trade", ["box-1"]),
        ("the boxes", ["box-1", "box-2"]),
        ("box 9", []),
    ],
)
def test_boxes(question: str, numbers: list[str]) -> None:
    assert numbers_of(question, _boxes()) == numbers


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("párrafo 3", "3"),
        ("¿Qué dice el apartado 3?", "3"),
        ("paragraphe 3", "3"),
        ("que dit le paragraphe 3 ?", "3"),
        ("пункт 3", "3"),
        ("Что говорится в пункте 3?", "3"),
        ("第3段", "3"),
        ("第三段说什么？", "3"),
        ("الفقرة ٣", "3"),
        ("párrafo 1 del anexo II", "annex-II/1"),
        ("paragraphe 1 de l’annexe II", "annex-II/1"),
        ("пункт 1 приложения II", "annex-II/1"),
        ("附件一第1段", "annex-I/1"),
        ("preámbulo, párrafo 4", "preamble/¶4"),
    ],
)
def test_places_in_the_languages_of_the_united_nations(question: str, number: str) -> None:
    assert numbers_of(question, _RESOLUTION) == [number]


def test_articles_in_other_languages() -> None:
    for question in ("artículo 3", "статья 3", "第三条", "المادة 3"):
        assert numbers_of(question, _TREATY) == ["article-3"]
    assert numbers_of("artículos 2 a 3", _TREATY) == ["article-2", "article-2bis", "article-3"]


_NUMBERED = (
    *(_RESOLUTION, _TREATY, _RULES, _INSERTED, _TWICE, _TWO_PREAMBLES),
    *(_paged(1, 2, 2, 5), _boxes()),
)


@pytest.mark.parametrize("report", _NUMBERED)
def test_a_label_leads_back_to_its_paragraph(report: Report) -> None:
    _check_labels(report)


def test_every_label_of_the_bundled_report_leads_back(report: Report) -> None:
    _check_labels(report)


@pytest.mark.skipif(not _SAMPLES.exists(), reason="the sample documents are not here")
@pytest.mark.parametrize(
    "name",
    [
        "pdf/A_80_75.en.pdf",
        "pdf/S_RES_2776_2025.en.pdf",
        "pdf/ECE_TRADE_C_CEFACT_2018_6E.pdf",
        "pdf/plan_1_en.pdf",
        "pdf/plan_1_es.pdf",
        "docx/tna_test5.docx",
    ],
)
def test_every_label_of_the_samples_leads_back(name: str) -> None:
    path = _SAMPLES / name
    _check_labels(read_report(path.read_bytes(), path.name))


def _check_labels(report: Report) -> None:
    """A label finds its paragraph with its sub-paragraphs, and what is printed alike after it."""
    for paragraph in report.paragraphs:
        places = look_up(paragraph.label, report)
        assert places is not None, paragraph.label
        found = [place.paragraph for place in places.places]
        assert found[0] == paragraph
        own = paragraph.number.replace("~2", "")
        for other in (other.number for other in found[1:]):
            assert other.replace("~2", "").removeprefix(own)[:1] in ("", "(", ".")
            assert "~2" not in paragraph.number or "~2" in other
