"""Look-ups that name their report, and look-ups in many reports."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from index.library import BUNDLED_REPORT, Library
from index.report import Metadata, Report
from qa.answer import Answer, CitedHit, answer_question, clean_question
from qa.citation import copied_citation, footnote_text, formal_citation
from qa.formats import answer_markdown, answer_text, conversation_markdown, paragraph_text
from qa.lookup import MOST_LOOKED_IN
from qa.lookup.forms import look_up, may_name_a_place, names_a_place
from qa.lookup.reports import Named, may_name_a_report, name_reports
from qa.suggest import suggest
from tests.lookups import numbered
from tests.toy import ToyEncoder

_COVERS = {
    "ga": Metadata("Humanitarian assistance", symbol="A/80/75-E/2025/55"),
    "sc-2776": Metadata("Resolution 2776 (2025)", symbol="S/RES/2776 (2025)"),
    "haiti-en": Metadata("Financing of the Mission", symbol="A/RES/48/246"),
    "haiti-es": Metadata("Financiación de la Misión", symbol="A/RES/48/246"),
    "compact": Metadata("Global Compact for Migration", "Report of the Secretary-General"),
    "compact-add": Metadata("Global Compact for Migration", symbol="A/75/542/Add.1"),
}


def _name(question: str) -> Named | None:
    if not may_name_a_report(question):
        return None
    return name_reports(question, _COVERS, may_be_place=may_name_a_place, is_place=names_a_place)


@pytest.mark.parametrize(
    ("question", "left", "report_ids"),
    [
        ("para 12 of A/80/75-E/2025/55", "para 12", ("ga",)),
        ("para 12 of A/80/75", "para 12", ("ga",)),
        ("What does paragraph 12 of E/2025/55 say?", "What does paragraph 12 say?", ("ga",)),
        ("a/80/75, para. 12", "para. 12", ("ga",)),
        ("In A/80/75, what does paragraph 9 say?", "what does paragraph 9 say?", ("ga",)),
        ("paragraph 5 of S/RES/2776 (2025)", "paragraph 5", ("sc-2776",)),
        ("OP5 of S/RES/2776", "OP5", ("sc-2776",)),
        ("paragraph 5 of resolution 2776 (2025)", "paragraph 5", ("sc-2776",)),
        ("annex A of Security Council resolution 2776", "annex A", ("sc-2776",)),
        ("UNSCR 2776, para 3", "para 3", ("sc-2776",)),
        ("S/RES/2776(2025), para 3", "para 3", ("sc-2776",)),
        ("GA Res 48/246 para 3", "para 3", ("haiti-en", "haiti-es")),
        ("para 3 of Human Rights Council resolution 48/246", None, ()),
        ("párrafo 3 de la resolución 48/246", "paragraph 3", ("haiti-en", "haiti-es")),
        ("пункт 3 резолюции 2776", "пункт 3", ("sc-2776",)),
        ("第2776(2025)号决议第3段", "第3段", ("sc-2776",)),
        ("para 12 A/80/75", "para 12", ("ga",)),
        ("A/80/75 para 12", "para 12", ("ga",)),
        ("A/80/75, paras. 12-14", "paras. 12-14", ("ga",)),
        ("A/80/75 ¶ 12", "¶ 12", ("ga",)),
        ("A/80/75 – para 12", "para 12", ("ga",)),
        ("A/80/75 (para. 12)", "para. 12", ("ga",)),
        ("UN Doc. A/80/75, para. 12", "para. 12", ("ga",)),
        ("A/80/75, 12", "12", ("ga",)),
        ("ga#12", None, ()),  # too short a name
        ("haiti-en#12", "12", ("haiti-en",)),
        ("page 7 A/80/75", "page 7", ("ga",)),
        ("párrafo 12 de A/80/75", "paragraph 12", ("ga",)),
        ("en A/80/75, párrafo 12", "paragraph 12", ("ga",)),
        ("párrafos 12 y 13 del documento A/80/75", "paragraph 12 and 13", ("ga",)),
        ("paragraphe 12 du A/80/75", "paragraph 12", ("ga",)),
        ("dans le document A/80/75, paragraphe 12", "paragraph 12", ("ga",)),
        ("пункт 12 документа A/80/75", "пункт 12 документа", ("ga",)),
        ("الفقرة 12 من A/80/75", "paragraph 12", ("ga",)),
        ("الوثيقة A/80/75، الفقرة 12", "paragraph 12", ("ga",)),
        ("A/80/75第12段", "第12段", ("ga",)),
        ("A/80/75号文件第12至14段", "号文件第12至14段", ("ga",)),
        ("párrafo 3 de Financiación de la Misión", "paragraph 3", ("haiti-es",)),
        ("¿Qué dice A/80/75 sobre 12 países?", None, ()),
        ("paragraph 9 of the report, Global Compact", None, ()),
        ("does A/80/75 contradict paragraph 12?", None, ()),
        ("which paragraphs mention A/80/75 and Kenya", None, ()),
        ("S/RES/2776 (2025), annex A, para. 3", "annex A, para. 3", ("sc-2776",)),
        ("para 3 of A/RES/48/246", "para 3", ("haiti-en", "haiti-es")),
        ("para 3 of resolution 48/246", "para 3", ("haiti-en", "haiti-es")),
        ("para 3 of Financing of the Mission", "para 3", ("haiti-en",)),
        ("para 3 of “Humanitarian assistance”", "para 3", ("ga",)),
        ("para 3 of the report on humanitarian assistance", "para 3", ("ga",)),
        ("page 7 of sc-2776", "page 7", ("sc-2776",)),
        ("where is Kenya mentioned in A/80/75?", "where is Kenya mentioned?", ("ga",)),
        (
            "Report of the Secretary-General, Global Compact for Migration, para. 12",
            "para. 12",
            ("compact",),
        ),
        (
            "Global Compact for Migration (A/75/542/Add.1), para. 12",
            "para. 12",
            ("compact-add",),
        ),
        ("paragraph 9 of the Global Compact", None, ()),
        ("paragraph 9 of the Global Compact for Migration", None, ()),
        ("In the Global Compact for Migration, what does paragraph 9 say?", None, ()),
        ("paragraph 9 of resolution 73/195", None, ()),
        ("A/80/75", None, ()),
        ("which paragraphs mention A/80/75?", None, ()),
        ("What does A/80/75 say about children?", None, ()),
        ("What is said of the Mission in Haiti?", None, ()),
    ],
)
def test_a_question_may_name_its_report(
    question: str, left: str | None, report_ids: tuple[str, ...]
) -> None:
    assert _name(question) == (None if left is None else Named(left, report_ids))


@pytest.mark.parametrize("symbol", ["A/99/1", "A/80/75/Add.1", "A/RES/73/195", "S/2025/1"])
def test_a_symbol_that_no_report_has_is_named(symbol: str) -> None:
    assert _name(f"paragraph 9 of {symbol}.") == Named("paragraph 9.", (), symbol)
    assert _name(f"para 9 {symbol}") == Named("para 9", (), symbol)
    assert _name(f"párrafo 9 de {symbol}") == Named("paragraph 9", (), symbol)
    assert _name(f"which paragraphs mention Peru, {symbol}") is None


def _copied(report: Report, hit: CitedHit) -> list[str]:
    """A citation in each form that the product gives one."""
    paragraph, cover = hit.paragraph, {report.report_id: report.metadata}
    answer = Answer("What?", "found", 1.0, (hit,))
    address = urlencode({"report": report.report_id, "para": paragraph.number})
    return [
        formal_citation(report.metadata, paragraph),
        copied_citation(report.metadata, hit),
        footnote_text(report.metadata, paragraph),
        f"12 {footnote_text(report.metadata, paragraph)}",
        paragraph_text(paragraph).split("\n\n")[0],
        answer_text(answer).split("\n\n", 1)[1],
        "\n\n".join(answer_markdown(answer).split("\n\n")[2:4]),
        conversation_markdown([answer], cover).rstrip().split("\n\n")[-1],
        f"http://127.0.0.1:7860/?{address}",
        paragraph.paragraph_id,
    ]


def test_copied_citations_lead_back(report: Report) -> None:
    _check_copied(report)


@pytest.mark.parametrize(
    "metadata",
    [
        Metadata("A “quoted” title", symbol="A/80/75_E/1"),
        Metadata("Resolution 2776 (2025)", symbol="S/RES/2776 (2025)"),
        Metadata(""),
    ],
)
def test_copied_citations_of_all_numbers_lead_back(metadata: Metadata) -> None:
    numbers = ["summary", "1", "1(a)", "12bis", "annex-I/3", "preamble/¶4", "article-5(1)", "box-1"]
    report = numbered(*numbers)
    paragraphs = [
        replace(p, page=7, report_id="my_report", section=("Box 1: It’s A — B",))
        for p in report.paragraphs
    ]
    _check_copied(
        replace(report, report_id="my_report", metadata=metadata, paragraphs=tuple(paragraphs))
    )


def _check_copied(report: Report) -> None:
    covers = {"other": Metadata("Other title"), report.report_id: report.metadata}
    for paragraph in report.paragraphs:
        hit = CitedHit(paragraph, 1, 1.0, 0, min(200, len(paragraph.text)))
        for copied in _copied(report, hit):
            named = name_reports(
                clean_question(copied),
                covers,
                may_be_place=may_name_a_place,
                is_place=names_a_place,
            )
            assert named is not None, copied
            assert named.report_ids == (report.report_id,)
            lookup = look_up(named.question, report)
            assert lookup is not None, copied
            assert lookup.places[0].paragraph == paragraph, copied


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Library]:
    """Libraries of three reports and of 200, each report of six paragraphs in two chapters."""
    made = {}
    for n_reports in (3, 200):
        library = Library(tmp_path_factory.mktemp("many"), ToyEncoder())
        for row in range(n_reports):
            texts = [f"{n}. Text {n} of report {row} tells of Kenya." for n in range(1, 7)]
            lines = [f"# Report {row}", f"A/75/{row}", "## I. One", *texts[:3], "## II. Two"]
            content = "\n\n".join([*lines, *texts[3:], *(["7. Peru."] if row == 1 else [])])
            library.add_file(content.encode(), f"report-{row}.md")
        made[n_reports] = library
    return made


def test_only_the_named_report_is_looked_in(libraries: dict[int, Library]) -> None:
    for library in libraries.values():
        answer = answer_question("para 2 of A/75/1", library=library)
        assert [hit.paragraph.paragraph_id for hit in answer.hits] == ["report-1#2"]
        assert (answer.note, answer.question) == ("Paragraph 2.", "para 2 of A/75/1")
        answer = answer_question("which paragraphs mention Kenya in report-2?", library=library)
        assert {hit.paragraph.report_id for hit in answer.hits} == {"report-2"}
        assert answer.note == "6 paragraphs mention “Kenya”."


def test_a_report_that_is_not_there_or_not_asked_is_said(libraries: dict[int, Library]) -> None:
    answer = answer_question("para 2 of A/99/1", library=libraries[3])
    assert (answer.state, answer.hits) == ("not_found", ())
    assert answer.note == "No report here has the symbol A/99/1: `qa list` shows what there is."
    answer = answer_question("para 2 of A/75/1", library=libraries[3], reports=["report-0"])
    assert answer.note == ("report-1 is not among the reports that are asked: choose it, or all.")


def test_several_reports_are_summed_up(libraries: dict[int, Library]) -> None:
    def note(question: str) -> str:
        return answer_question(question, library=libraries[3]).note

    assert note("para 2") == "Paragraph 2: 3 paragraphs in 3 reports."
    assert note("para 7") == "Paragraph 7."  # those without it go unsaid
    assert note("para 8") == "None of 3 reports has such a place."
    assert note("which paragraphs mention Peru?") == "1 paragraph mentions “Peru”."


def test_what_is_said_of_a_name_in_many_paragraphs_is_ranked(libraries: dict[int, Library]) -> None:
    question = "What does the report say about {}?"
    answer = answer_question(question.format("Peru"), library=libraries[3])
    assert (answer.is_exact, answer.note) == (True, "1 paragraph mentions “Peru”.")
    answer = answer_question(question.format("Kenya"), library=libraries[3])  # in 19 paragraphs
    assert (answer.is_exact, len(answer.hits)) == (False, 5)
    assert len(answer_question("where is Kenya mentioned?", library=libraries[3]).hits) == 18
    answer = answer_question(question.format("Peru"), library=libraries[200])
    assert (answer.is_exact, answer.note) == (False, "")


def test_what_the_report_says_of_a_subject_is_searched_by_the_subject(library: Library) -> None:
    answer = answer_question("What does the report say about detention?", library=library)
    alone = answer_question("detention?", library=library)
    assert answer.question == "What does the report say about detention?"
    assert answer.hits == alone.hits
    assert answer.confidence == alone.confidence


def test_no_mention_is_denied_that_one_report_may_have(tmp_path: Path) -> None:
    library = Library(tmp_path / "two", ToyEncoder(dim=8))
    library.add_file(b"1. Victims of gender-based violence.", "violence.md")
    library.add_file(b"1. Victims of floods.", "floods.md")
    question = "does the report mention GBV?"
    assert not answer_question(question, library=library).is_exact
    answer = answer_question(question, library=library, reports=["floods"])
    assert (answer.is_exact, answer.note) == (True, "No paragraph mentions “GBV”.")


def test_a_place_in_too_many_reports_asks_to_choose(libraries: dict[int, Library]) -> None:
    library = libraries[200]
    answer = answer_question("What does paragraph 2 say?", library=library)
    assert (answer.state, answer.hits, answer.is_exact) == ("not_found", (), True)
    assert answer.note == (
        "A place is looked up in at most 50 reports, and 200 are asked: choose a report, or name "
        "it, as in “para. 12 of A/75/0”."
    )
    assert answer_question("para. 2 of A/75/0", library=library).note == "Paragraph 2."
    some = library.report_ids()[:MOST_LOOKED_IN]
    assert len(answer_question("paragraph 2", library=library, reports=some).hits) == 50


def test_mentions_in_too_many_reports_are_ranked_with_a_warning(
    libraries: dict[int, Library],
) -> None:
    answer = answer_question("where is Peru mentioned?", library=libraries[200])
    assert not answer.is_exact
    assert answer.hits[0].paragraph.paragraph_id == "report-1#7"
    assert answer.note == (
        "Not every mention is listed in as many as 200 reports, only the best matches: choose a "
        "report to see all in it."
    )
    assert answer_question("paragraphs about children", library=libraries[200]).note == ""


def test_suggestions_in_a_large_library_name_their_report(libraries: dict[int, Library]) -> None:
    library = libraries[200]
    answer = answer_question("What is said of Peru?", library=library, top_k=1)
    answer = replace(answer, state="found")
    section = [each for each in suggest(answer, library) if each.label.startswith("Read")]
    assert [each.question for each in section] == ["Chapter II: Two in report-1"]
    found = answer_question(section[0].question, library=library)
    assert [hit.paragraph.number for hit in found.hits] == ["4", "5", "6", "7"]
    assert {hit.paragraph.report_id for hit in found.hits} == {"report-1"}


def test_a_report_that_was_changed_is_read_again(tmp_path: Path) -> None:
    library = Library(tmp_path / "changing", ToyEncoder(dim=8))
    library.add_file(b"1. Old words.", "r.md")
    assert answer_question("para 1", library=library).hits[0].quote == "Old words."
    library.add_file(b"1. New words.", "r.md")
    assert answer_question("para 1", library=library).hits[0].quote == "New words."


class _CountingLibrary(Library):
    """A library that knows which reports were read whole."""

    def __init__(self, home: Path, encoder: ToyEncoder) -> None:
        super().__init__(home, encoder)
        self.was_read: list[str] = []

    def report(self, report_id: str) -> Report:
        self.was_read.append(report_id)
        return super().report(report_id)


def test_few_reports_are_read_and_each_once(tmp_path: Path) -> None:
    library = _CountingLibrary(tmp_path / "counting", ToyEncoder(dim=8))
    for row in range(MOST_LOOKED_IN + 1):
        library.add_file(f"A/75/{row}\n\n# Report {row}\n\n1. One.".encode(), f"r-{row}.md")
    library.was_read.clear()
    for question in ("para 1", "para 1 of A/99/1", "where is Peru mentioned?", "what is said?"):
        answer_question(question, library=library)
    assert library.was_read == []
    for question in ("para 1 of r-7", "para 1 of r-7", "which paragraphs mention Peru in r-7?"):
        answer_question(question, library=library)
    assert library.was_read == ["r-7"]
    few = library.report_ids()[:3]
    for _ in range(2):
        answer_question("para 1", library=library, reports=few)
    assert library.was_read == ["r-7", *few]


def test_the_bundled_report_is_not_the_compact(library: Library) -> None:
    answer = answer_question("What does paragraph 9 of the Global Compact say?", library=library)
    assert not answer.is_exact
    assert answer_question(f"para 9 of {BUNDLED_REPORT}", library=library).is_exact
