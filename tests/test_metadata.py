import time

import pytest

from index.blocks import Block
from index.metadata import read_metadata
from index.report import Metadata, Paragraph


def _read(*lines: str, back: tuple[str, ...] = ()) -> Metadata:
    """Read a cover; a line after "# " is a heading."""
    return read_metadata(_blocks(lines), "file", _blocks(back))


def _blocks(lines: tuple[str, ...]) -> list[Block]:
    return [
        Block("heading", line[2:]) if line.startswith("# ") else Block("text", line)
        for line in lines
    ]


def test_the_cover_of_a_report_is_sorted() -> None:
    about = _read(
        "United Nations\nA/75/542*", "# General Assembly", "Distr.: General\n26 October 2020",
        "Seventy-fifth session\nAgenda item 14", "Follow-up to the Summit", "# Migration",
        "# Report of the Secretary-General", "* Reissued.",
    )  # fmt: skip
    assert about == Metadata(
        "Migration",
        author="Report of the Secretary-General",
        date="26 October 2020",
        session="Seventy-fifth session",
        agenda=("Agenda item 14", "Follow-up to the Summit"),
        notes=("United Nations", "General Assembly", "Distr.: General", "* Reissued."),
        symbol="A/75/542",
    )


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("A/HRC/45/30/Add.1", "symbol", "A/HRC/45/30/Add.1"),
        ("S/RES/2776 (2025)*", "symbol", "S/RES/2776 (2025)"),
        ("A/80/75-E/2025/55", "symbol", "A/80/75-E/2025/55"),
        ("ECE/TRADE/C/CEFACT/2018/6", "symbol", "ECE/TRADE/C/CEFACT/2018/6"),
        ("United Nations | A/75/542", "symbol", "A/75/542"),
        ("and/or", "symbol", ""),
        ("See A/75/542", "symbol", ""),
        ("A/75/1–S/2020/2", "symbol", "A/75/1–S/2020/2"),
        ("A/RES/2625 (XXV)", "symbol", "A/RES/2625 (XXV)"),
        ("Distr.: General A/75/542", "symbol", "A/75/542"),
        ("A/75/542 26 October 2020", "symbol", "A/75/542"),
        ("A/75/542 26 October 2020", "date", "26 October 2020"),
        ("* A/75/150.", "symbol", ""),
        ("[on the report of the Fifth Committee (A/48/826)]", "symbol", ""),
        ("26 October 2020*", "date", "26 October 2020"),
        ("October 26, 2020", "date", "October 26, 2020"),
        ("2020-10-26", "date", "2020-10-26"),
        ("New York, 26 October 2020", "date", "26 October 2020"),
        ("of 27 April 2016", "date", "27 April 2016"),
        ("Le 26 octobre 2020", "date", "26 octobre 2020"),
        ("Adopted by the Security Council at its 870th meeting, on 28 May 2020", "date",
         "28 May 2020"),
        ("# Resolution adopted by the Council on 6 October 2020", "date", "6 October 2020"),
        ("for the year ended 31 December 2020", "date", ""),
        ("Forty-fifth session 14 September–2 October 2020", "date", ""),
        ("New York, 1–5 May 2020", "date", ""),
        ("from 1 May 2020 to 5 May 2020", "date", ""),
        ("Regulation No 7 of 2020", "date", ""),
        ("26 تشرين الأول/أكتوبر 2020", "date", "26 تشرين الأول/أكتوبر 2020"),
        ("قرار اتخذته الجمعية العامة في 21 أيلول/سبتمبر 2020", "date", "21 أيلول/سبتمبر 2020"),
        ("الدورة الخامسة والسبعون", "session", "الدورة الخامسة والسبعون"),
        ("البند 128 من جدول الأعمال", "agenda", ("البند 128 من جدول الأعمال",)),
        ("تقرير الأمين العام", "author", "تقرير الأمين العام"),
        ("Forty-fifth session 14 September–2 October 2020", "session", "Forty-fifth session"),
        ("General Assembly Eightieth session", "session", "Eightieth session"),
        ("11 de mayo de 1994", "date", "11 de mayo de 1994"),
        ("1er avril 1994", "date", "1er avril 1994"),
        ("26 октября 2020 года", "date", "26 октября 2020 года"),
        ("2020年10月26日", "date", "2020年10月26日"),
        ("Quarante-huitième session", "session", "Quarante-huitième session"),
        ("Cuadragésimo octavo período de sesiones", "session",
         "Cuadragésimo octavo período de sesiones"),
        ("Rapport du Secrétaire général", "author", "Rapport du Secrétaire général"),
        ("Informe del Secretario General", "author", "Informe del Secretario General"),
        ("Доклад Генерального секретаря", "author", "Доклад Генерального секретаря"),
        ("秘书长的报告", "author", "秘书长的报告"),
        ("Tema 165 del programa", "agenda", ("Tema 165 del programa",)),
    ],
)  # fmt: skip
def test_a_line_of_the_cover_is_known_by_its_form(
    line: str, field: str, value: str | tuple[str, ...]
) -> None:
    assert getattr(_read(line), field) == value


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["# Assembly", "# Title", "Report of X"], "Title"),
        (["# Assembly", "Distr.: General", "# Title", "# Subtitle"], "Title"),
        (["# Resolution 1 (2025)", "# Adopted on 3 March 2025"], "Resolution 1 (2025)"),
        (["# JUDGMENT", "# Lloyd (Respondent) v Google LLC (Appellant)", "# LORD X"],
         "Lloyd (Respondent) v Google LLC (Appellant)"),
        (["# Title", "# Contents"], "Title"),
        (["# A/RES/75/1", "# 75/1. Title", "# 26 October 2020"], "75/1. Title"),
        (["# United Nations", "# S/PRST/2020/1", "# Security Council",
          "# Statement by the President of the Security Council"],
         "Statement by the President of the Security Council"),
        (["# United Nations", "Security Council", "Resolution 2500 (2020)", "Adopted today"],
         "Resolution 2500 (2020)"),
        (["Agenda item 5", "75/1. Title of it"], "75/1. Title of it"),
        (["# General Assembly"], "General Assembly"),
        (["No heading"], "file"),
        ([], "file"),
    ],
)  # fmt: skip
def test_the_title_is_found_among_the_headings(lines: list[str], title: str) -> None:
    assert _read(*lines).title == title


def test_a_field_inside_a_line_leaves_the_line_a_note_and_yields_to_a_line_of_its_own() -> None:
    about = _read("New York, 1 May 2020", "5 May 2020", "A/75/1 2 May 2020", "A/75/2")
    assert (about.date, about.symbol) == ("5 May 2020", "A/75/2")
    assert about.notes == ("New York, 1 May 2020", "A/75/1 2 May 2020")


def test_the_agenda_ends_where_the_adoption_is_dated() -> None:
    about = _read("Agenda item 5", "Water", "Adopted by the Assembly on 3 May 2020", "# Title")
    assert about.agenda == ("Agenda item 5", "Water")
    assert about.date == "3 May 2020"


def test_hostile_lines_take_no_time() -> None:
    started = time.perf_counter()
    for line in ("A" + "/A1" * 60 + "!", "A/1 " * 29 + "!", "Distr. a " * 13, "9 May " * 20):
        _read(line)
    assert time.perf_counter() - started < 1


def test_contents_and_back_matter_are_kept_apart() -> None:
    about = _read("# Title", "# Contents", "I. One ....... 3", back=("New York\n5 April 1994",))
    assert about.contents == ("Contents", "I. One ....... 3")
    assert about.back == ("New York", "5 April 1994")
    assert about.notes == ()


@pytest.mark.parametrize(
    ("number", "label"),
    [
        ("69", "para. 69"),
        ("87(b)(ii)", "para. 87 (b) (ii)"),
        ("12bis", "para. 12 bis"),
        ("12A", "para. 12A"),
        ("12bis(a)", "para. 12 bis (a)"),
        ("5.1.1", "para. 5.1.1"),
        ("12~2", "para. 12 [2nd]"),
        ("12~3(a)", "para. 12 [3rd] (a)"),
        ("12(a)~11", "para. 12 (a) [11th]"),
        ("article-5(1)(a)", "article 5 (1) (a)"),
        ("article-12bis", "article 12 bis"),
        ("article-IV", "article IV"),
        ("rule-12", "rule 12"),
        ("§3", "§ 3"),
        ("summary", "summary"),
        ("¶12", "¶12"),
        ("¶12(a)", "¶12 (a)"),
        ("annex-I/3", "annex I, para. 3"),
        ("annex/¶3", "annex, ¶3"),
        ("annex~2/3", "annex [2nd], para. 3"),
        ("annex-I/appendix-A/3(a)", "annex I, appendix A, para. 3 (a)"),
        ("annex-I/preamble/¶22", "annex I, preamble, 22nd para."),
        ("preamble/4", "preamble, para. 4"),
        ("box-1", "box 'A title'"),
        ("some/other-id", "some/other-id"),
    ],
)
def test_a_label_names_the_place_as_a_citation_does(number: str, label: str) -> None:
    assert Paragraph("r", number, "t", ("A title",), 0).label == label
    assert Paragraph("r", number, "t", ("A title",), 0, page=7).label == f"{label}, p. 7"
