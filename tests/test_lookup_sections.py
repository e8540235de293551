import pytest

from index.report import Report
from qa.lookup import look_up
from tests.lookups import (
    SUB_87,
    SUB_88,
    Case,
    check_found,
    numbers_between,
    numbers_of,
    sentence_of,
    titled,
)

_SECTIONS = [
    ("section V.B", "Section V.B: paragraphs 36 to 48.", numbers_between(36, 48)),
    ("section V, B", "Section V.B: paragraphs 36 to 48.", numbers_between(36, 48)),
    ("chapter V section B", "Section V.B: paragraphs 36 to 48.", numbers_between(36, 48)),
    ("chapter V, section B", "Section V.B: paragraphs 36 to 48.", numbers_between(36, 48)),
    ("V.B", "Section V.B: paragraphs 36 to 48.", numbers_between(36, 48)),
    (
        "What does section v.b of the report say?",
        "Section V.B: paragraphs 36 to 48.",
        numbers_between(36, 48),
    ),
    ("chapter III", "Chapter III: paragraphs 10 to 15.", numbers_between(10, 15)),
    ("section E of chapter V", "Section V.E: paragraphs 67 to 74.", numbers_between(67, 74)),
    ("section C", "Section V.C: paragraphs 49 to 60.", numbers_between(49, 60)),
    ("chapter V", "Chapter V: paragraphs 28 to 74.", numbers_between(28, 74)),
    (
        "section A",
        "Section V.A: paragraphs 29 to 35. Section VII.A: paragraph 87 with its sub-paragraphs.",
        [*numbers_between(29, 35), *SUB_87],
    ),
    (
        "section B in chapter VII",
        "Section VII.B: paragraph 88 with its sub-paragraphs.",
        SUB_88,
    ),
]

_FIVE_B = ("Section V.B: paragraphs 36 to 48.", numbers_between(36, 48))
_IN_DIGITS = [
    ("chapter 3", "Chapter III: paragraphs 10 to 15.", numbers_between(10, 15)),
    ("section 5", "Chapter V: paragraphs 28 to 74.", numbers_between(28, 74)),
    ("then section 5, please", "Chapter V: paragraphs 28 to 74.", numbers_between(28, 74)),
    ("sec 5.B", *_FIVE_B),
    ("chapter 5, section B", *_FIVE_B),
    ("section B of chapter 5", *_FIVE_B),
]

_TWO_AND_THREE = "Chapter II: paragraphs 7 to 9. Chapter III: paragraphs 10 to 15."
_A_TO_C = (
    "Section V.A: paragraphs 29 to 35. Section V.B: paragraphs 36 to 48. "
    "Section V.C: paragraphs 49 to 60."
)
_A_AND_C = "Section V.A: paragraphs 29 to 35. Section V.C: paragraphs 49 to 60."
_IN_SEVEN = (
    "Section VII.A: paragraph 87 with its sub-paragraphs. "
    "Section VII.B: paragraph 88 with its sub-paragraphs."
)
_SEVERAL_SECTIONS = [
    ("chapters II and III", _TWO_AND_THREE, numbers_between(7, 15)),
    ("chapters II-III", _TWO_AND_THREE, numbers_between(7, 15)),
    ("chapter II and chapter III", _TWO_AND_THREE, numbers_between(7, 15)),
    ("chapter II, chapter III", _TWO_AND_THREE, numbers_between(7, 15)),
    ("Please read chapters III to II of the report", _TWO_AND_THREE, numbers_between(7, 15)),
    ("chapters 2 and 3", _TWO_AND_THREE, numbers_between(7, 15)),
    ("chapters 2 to III", _TWO_AND_THREE, numbers_between(7, 15)),
    ("sections 5.A to C", _A_TO_C, numbers_between(29, 60)),
    ("chapter 5, sections A to C", _A_TO_C, numbers_between(29, 60)),
    ("sections V.A to V.C", _A_TO_C, numbers_between(29, 60)),
    ("sections V.A-V.C", _A_TO_C, numbers_between(29, 60)),
    ("section V.A to section V.C", _A_TO_C, numbers_between(29, 60)),
    ("sections V.A to C", _A_TO_C, numbers_between(29, 60)),
    ("sections A to C of chapter V", _A_TO_C, numbers_between(29, 60)),
    ("chapter V, sections A to C", _A_TO_C, numbers_between(29, 60)),
    ("sections A to C", _A_TO_C, numbers_between(29, 60)),  # chapter VII has no section C
    ("V.A to V.C", _A_TO_C, numbers_between(29, 60)),
    ("What do sections V.A, B and C say?", _A_TO_C, numbers_between(29, 60)),
    ("sections V.A and V.C", _A_AND_C, [*numbers_between(29, 35), *numbers_between(49, 60)]),
    ("V.A and V.C", _A_AND_C, [*numbers_between(29, 35), *numbers_between(49, 60)]),
    ("section V.A, V.C", _A_AND_C, [*numbers_between(29, 35), *numbers_between(49, 60)]),
    ("sections A and B in chapter VII", _IN_SEVEN, [*SUB_87, *SUB_88]),
    (
        "sections V.A and II",
        "Section V.A: paragraphs 29 to 35. Chapter II: paragraphs 7 to 9.",
        [*numbers_between(7, 9), *numbers_between(29, 35)],
    ),
]

_FIVE_E = "Section V.E, “Improving the social inclusion and integration of migrants”: "
_FOUR = (
    "Chapter IV, “Impact of the coronavirus disease on the implementation of the Global "
    "Compact”: paragraphs 16 to 27."
)
_SEVEN = "Chapter VII, “Conclusion and recommendations”: paragraphs 85 to 88 (d)."
_NETWORK = "Section “United Nations Network on Migration”: paragraphs 75 to 84."
_TITLES = [
    (question, f"{_FIVE_E}paragraphs 67 to 74.", numbers_between(67, 74))
    for question in (
        "the section on social inclusion",
        "What does the section on the integration of migrants say?",
        "section 'Improving the social inclusion of migrants'",
        "Show me the section called “Improving the social inclusion and integration of migrants”",
        "the social inclusion section",
        "Which section is about social inclusion?",
        "Section V.E: Improving the social inclusion and integration of migrants",
        "Section E – social inclusion",
    )
]
_TITLES += [
    ("the chapter on the impact of the coronavirus disease", _FOUR, numbers_between(16, 27)),
    ("Which chapter covers the impacts of the coronavirus?", _FOUR, numbers_between(16, 27)),
    ("what are the conclusions?", _SEVEN, ["85", "86", *SUB_87, *SUB_88]),
    ("the chapter on recommendations", _SEVEN, ["85", "86", *SUB_87, *SUB_88]),
    (
        "read the introduction",
        "Chapter I, “Introduction”: paragraphs 1 to 6.",
        numbers_between(1, 6),
    ),
    ("the section on the United Nations Network on Migration", _NETWORK, numbers_between(75, 84)),
    ("Section “United Nations Network on Migration”", _NETWORK, numbers_between(75, 84)),
    (
        "section: Implementation of the Global Compact",  # not II nor IV, which say more
        "Section VII.A, “Implementation of the Global Compact”: paragraph 87 with its "
        "sub-paragraphs.",
        SUB_87,
    ),
    ("the section 'Summary'", "Section “Summary”: the summary.", ["summary"]),
]

_PARTLY = [
    (
        "sections V.E to K",
        "Section V.E: paragraphs 67 to 74. "
        "The report has no section V.K: it has sections V.A to V.E.",
        numbers_between(67, 74),
    ),
    (
        "chapters 0 to I",
        "Chapter I: paragraphs 1 to 6. The report has no chapter 0: it has chapters I to VII.",
        numbers_between(1, 6),
    ),
]


@pytest.mark.parametrize("case", [*_SECTIONS, *_IN_DIGITS, *_SEVERAL_SECTIONS, *_PARTLY])
def test_a_section_is_found_by_its_label(case: Case, report: Report) -> None:
    check_found(case, report)


@pytest.mark.parametrize("case", _TITLES)
def test_a_section_is_found_by_its_title(case: Case, report: Report) -> None:
    check_found(case, report)


def test_a_title_counts_only_where_it_names_one_section_clearly() -> None:
    report = titled(
        ("I. Health",),
        ("I. Health", "A. Health of children"),
        ("I. Health", "B. The other diseases"),
        ("II. Housing and health",),
        ("II. Housing and health", "A. Introduction"),
        ("III. Work", "A. Introduction"),
        ("III. Work", "B. Work for children at home"),
    )
    assert numbers_of("the section on health", report) == ["1", "2", "3"]  # the very title
    assert numbers_of("the section on housing", report) == ["4", "5"]
    assert numbers_of("the section on diseases", report) == ["3"]
    assert numbers_of("the chapter on work", report) == ["6", "7"]
    assert numbers_of("the introduction", report) == ["5", "6"]  # two of one title
    assert look_up("the section on children", report) is None
    assert look_up("the section on the health of old people", report) is None
    assert look_up("what about the other section?", report) is None


def test_a_chapter_is_preferred_where_a_chapter_is_asked_for() -> None:
    report = titled(("I. Children at work",), ("II. Schools", "A. Children in schools"))
    assert numbers_of("the chapter on children", report) == ["1"]
    assert look_up("the section on children", report) is None


def test_a_title_after_a_label_must_be_its_own() -> None:
    report = titled(("I. Health", "A. Children"), ("II. Work", "A. Migrants"))
    assert numbers_of("Section A: Migrants", report) == ["2"]
    assert numbers_of("Section I.A: Children", report) == ["1"]
    assert look_up("Section I.A: Migrants", report) is None


def test_sections_in_lists_stand_beside_the_one_before() -> None:
    report = titled(
        ("I. One", "A. a"),
        ("I. One", "B. b", "1. c"),
        ("I. One", "B. b", "2. d"),
        ("II. Two", "B. e"),
        ("III. Three", "Unnumbered"),
    )
    assert numbers_of("sections I.A and B", report) == ["1", "2", "3"]
    assert numbers_of("sections I.B.1 and 2", report) == ["2", "3"]
    assert numbers_of("sections I.B.1 to I.B.2", report) == ["2", "3"]
    assert numbers_of("sections I.A and II", report) == ["1", "4"]
    assert numbers_of("chapters I to III", report) == ["1", "2", "3", "4", "5"]
    assert numbers_of("sections A and B", report) == ["1", "2", "3", "4"]
    assert numbers_of("the section 'Unnumbered'", report) == ["5"]


def test_digits_are_numerals_only_where_chapters_have_numerals() -> None:
    numerals = titled(("I. One", "A. a"), ("II. Two", "B. b", "1. c"), ("II. Two", "B. b", "2. d"))
    assert numbers_of("chapter 2", numerals) == ["2", "3"]
    assert numbers_of("section 2", numerals) == ["3"]  # its own label comes first
    assert numbers_of("section 2.B", numerals) == ["2", "3"]
    assert sentence_of("sections II.B.1 to 3", numerals) == (
        "Section II.B.1: paragraph 2. Section II.B.2: paragraph 3. "
        "The report has no section II.B.3: it has sections II.B.1 to II.B.2."
    )
    both = titled(("1. One",), ("2. Two",), ("I. Three",), ("II. Four",), ("III. Five",))
    assert numbers_of("chapter 2", both) == ["2"]
    assert sentence_of("chapter 3", both).startswith("The report has no chapter 3")
    letters = titled(*((f"{letter}. Title",) for letter in "ABCDEFGHI"))
    assert sentence_of("chapter 1", letters) == (
        "The report has no chapter 1: it has chapters A to I."
    )
