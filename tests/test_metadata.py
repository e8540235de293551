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
        (["No heading"], "file"),
        ([], "file"),
    ],
)  # fmt: skip
def test_the_title_is_found_among_the_headings(lines: list[str], title: str) -> None:
    assert _read(*lines).title == title


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
