import pytest

from index.report import Footnote, Metadata, Paragraph, Report
from qa.lookup import look_up
from tests.lookups import (
    SUB_87,
    Case,
    check_absent,
    check_found,
    make_report,
    numbers_of,
    sentence_of,
)

_KENYA = ["11", "13", "35", "44", "54", "70", "74"]

_MENTIONS = [
    ("which paragraphs mention objective 7", "1 paragraph mentions “objective 7”.", ["46"]),
    (
        "which paragraphs mention objective 17?",
        "2 paragraphs mention “objective 17”.",
        ["26", "34"],
    ),
    (
        "Which paragraphs mention objectives 7 and 13?",
        "3 paragraphs mention “objective 7” or “objective 13”.",
        ["23", "46", "48"],
    ),
    ("paragraphs about objective 13", "3 paragraphs mention “objective 13”.", ["23", "46", "48"]),
    ("objective 13", "3 paragraphs mention “objective 13”.", ["23", "46", "48"]),
    ("which paragraphs mention Kenya", "7 paragraphs mention “Kenya”.", _KENYA),
    ("WHICH PARAGRAPHS MENTION KENYA?", "7 paragraphs mention “kenya”.", _KENYA),
    ("Which paragraph mentions “Kenya”?", "7 paragraphs mention “Kenya”.", _KENYA),
    ("In which paragraphs is Kenya mentioned?", "7 paragraphs mention “Kenya”.", _KENYA),
    ("list the paragraphs that mention Kenya", "7 paragraphs mention “Kenya”.", _KENYA),
    ("How many paragraphs mention Kenya?", "7 paragraphs mention “Kenya”.", _KENYA),
    ("paragraphs about kenya", "7 paragraphs mention “kenya”.", _KENYA),
    ("where is Vanuatu mentioned?", "1 paragraph mentions “Vanuatu”.", ["40"]),
    ("Is Vanuatu mentioned in the report?", "1 paragraph mentions “Vanuatu”.", ["40"]),
    (
        "where does the report mention ILO",
        "6 paragraphs mention “ILO”, 1 of them in a footnote.",
        ["27", "59", "64", "65", "66", "76"],
    ),
    (
        "which paragraphs mention WHO?",  # never "who"
        "4 paragraphs mention “WHO”, 1 of them in a footnote.",
        ["20", "53", "63", "76"],
    ),
    (
        "all mentions of Bolivia",
        "4 paragraphs mention “Bolivia”.",
        ["20", "40", "51", "70"],
    ),
    ("which paragraphs mention Niger", "1 paragraph mentions “Niger”.", ["41"]),
    (
        "which paragraphs mention climate change",
        "3 paragraphs mention “climate change”.",
        ["7", "8", "40"],
    ),
    (
        "which paragraphs mention Vanuatu and Peru",
        "1 paragraph mentions “Vanuatu” or “Peru”.",
        ["40"],
    ),
    (
        "Where else is Portugal mentioned?",
        "4 paragraphs mention “Portugal”, 1 of them in a footnote.",
        ["12", "30", "55", "69"],
    ),
    (
        "what else mentions Portugal?",
        "4 paragraphs mention “Portugal”, 1 of them in a footnote.",
        ["12", "30", "55", "69"],
    ),
    (
        "Which other paragraphs mention the African Union Commission?",
        "3 paragraphs mention “African Union Commission”.",
        ["13", "38", "60"],
    ),
    (
        "Where is “Global Forum on Migration and Development” mentioned?",
        "2 paragraphs mention “Global Forum on Migration and Development”.",
        ["30", "35"],
    ),
    ("where is Sri Lanka mentioned?", "2 paragraphs mention “Sri Lanka”.", ["11", "59"]),
    ("which paragraphs mention Honduras", "1 paragraph mentions “Honduras”.", ["73"]),  # no URL
    ("A/HRC/45/30", "2 paragraphs mention “A/HRC/45/30”.", ["17", "18"]),
    ("a/hrc/45/30", "2 paragraphs mention “a/hrc/45/30”.", ["17", "18"]),
    ("where is A/HRC/45/30 cited?", "2 paragraphs mention “A/HRC/45/30”.", ["17", "18"]),
    (
        "resolution 73/195",
        "3 paragraphs mention “resolution 73/195”, 1 of them in a footnote.",
        ["summary", "1", "36"],
    ),
    (
        "Which paragraphs cite A/RES/73/195?",
        "3 paragraphs mention “A/RES/73/195”, 1 of them in a footnote.",
        ["summary", "1", "36"],
    ),
]

_UK = "3 paragraphs mention “{}” or “United Kingdom”."
_IN_OTHER_FORMS = [
    ("where is the UK mentioned?", _UK.format("UK"), ["44", "47", "48"]),
    ("where is uk mentioned?", _UK.format("uk"), ["44", "47", "48"]),
    ("where is the U.K. mentioned?", _UK.format("UK"), ["44", "47", "48"]),
    (
        "where is the EU mentioned?",
        "2 paragraphs mention “EU” or “European Union”.",
        ["31", "57"],
    ),
    (
        "where is the European Union mentioned?",
        "2 paragraphs mention “European Union”.",
        ["31", "57"],
    ),
    (
        "which paragraphs mention the International Labour Organization?",
        "6 paragraphs mention “International Labour Organization” or “ILO”, "
        "1 of them in a footnote.",
        ["27", "59", "64", "65", "66", "76"],
    ),
    (
        "does the report mention the World Health Organization?",
        "4 paragraphs mention “World Health Organization” or “WHO”, 1 of them in a footnote.",
        ["20", "53", "63", "76"],
    ),
    (
        "does the report mention the SDGs?",
        "3 paragraphs mention “SDGs” or “Sustainable Development Goals”.",
        ["38", "39", "87(a)"],
    ),
    (
        "does the report mention the IMRF?",
        "3 paragraphs mention “IMRF” or “International Migration Review Forum”.",
        ["29", "81", "87(c)"],
    ),
    ("where is Türkiye mentioned?", "1 paragraph mentions “Türkiye” or “Turkey”.", ["71"]),
    (
        "which paragraphs mention Guinea-Bissau?",
        "1 paragraph mentions “Guinea Bissau”, 1 of them in a footnote.",
        ["30"],
    ),
    ("does the report mention Venezuela?", "1 paragraph mentions “Venezuelan”.", ["68"]),
]

_LISTS = [
    (
        "Which paragraphs mention Kenya and Zambia?",
        "8 paragraphs mention “Kenya” or “Zambia”.",
        ["11", "13", "35", "44", "54", "55", "70", "74"],
    ),
    (
        "Which paragraphs mention France, Italy and Portugal?",
        "6 paragraphs mention “France”, “Italy” or “Portugal”, 1 of them in a footnote.",
        ["12", "30", "40", "41", "55", "69"],
    ),
]

_CANADA = (
    "8 paragraphs mention “Canada”, 1 of them in a footnote.",
    ["10", "30", "31", "35", "41", "52", "64", "68"],
)
_OTHERWISE_ASKED = [
    *(
        (question, *_CANADA)
        for question in (
            "how often is Canada mentioned?",
            "how many times is Canada mentioned?",
            "how many times does the report mention Canada?",
        )
    ),
    (
        "does the report contain the word “deportation”?",
        "1 paragraph mentions “deportation”.",
        ["71"],
    ),
    (
        "how many times does the word “deportation” appear?",
        "1 paragraph mentions “deportation”.",
        ["71"],
    ),
    (
        "Is the phrase “forced returns” used in the report?",
        "4 paragraphs mention “forced returns”.",
        ["22", "58", "78", "79"],
    ),
    ("What is objective 4?", "1 paragraph mentions “objective 4”.", ["69"]),
    ("What does objective 7 say?", "1 paragraph mentions “objective 7”.", ["46"]),
    (
        "which paragraphs deal with objective 13?",
        "3 paragraphs mention “objective 13”.",
        ["23", "46", "48"],
    ),
]

_SAID = [
    ("What does the report say about France?", "2 paragraphs mention “France”.", ["40", "55"]),
    ("what does the report say about kenya?", "7 paragraphs mention “kenya”.", _KENYA),
    ("What is said about Kenya?", "7 paragraphs mention “Kenya”.", _KENYA),
    ("Does the report say anything about Peru?", "1 paragraph mentions “Peru”.", ["40"]),
    (
        "What does the document state regarding the United Kingdom?",
        "3 paragraphs mention “United Kingdom”.",
        ["44", "47", "48"],
    ),
    (
        "What is said in the report about objective 13?",
        "3 paragraphs mention “objective 13”.",
        ["23", "46", "48"],
    ),
]

_IN_87 = "The recommendations are in paragraph 87 with its sub-paragraphs."
_PARTS = [
    ("recommendations to Member States", _IN_87, SUB_87),
    ("What are the recommendations to Member States?", _IN_87, SUB_87),
    ("the recommendations of the report", _IN_87, SUB_87),
    ("What does the report recommend to Member States?", _IN_87, SUB_87),
    ("the summary", "The summary.", ["summary"]),
    ("show the summary", "The summary.", ["summary"]),
    ("what does the summary say?", "The summary.", ["summary"]),
]


@pytest.mark.parametrize("case", [*_MENTIONS, *_IN_OTHER_FORMS, *_LISTS, *_OTHERWISE_ASKED, *_SAID])
def test_what_mentions_a_name_is_found(case: Case, report: Report) -> None:
    check_found(case, report)


@pytest.mark.parametrize("case", _PARTS)
def test_recommendations_and_the_summary_are_found(case: Case, report: Report) -> None:
    check_found(case, report)


def test_the_mention_is_marked_and_a_paragraph_without_one_is_marked_whole(report: Report) -> None:
    lookup = look_up("which paragraphs mention bangladesh", report)
    assert lookup is not None
    in_text, in_note = lookup.places
    assert in_text.paragraph.text[in_text.start : in_text.end] == "Bangladesh"
    assert in_note.paragraph.footnotes[1].text.startswith("Bangladesh, Canada")
    assert (in_note.start, in_note.end) == (0, len(in_note.paragraph.text))


def test_objectives_in_lists_count_each() -> None:
    report = make_report(
        ("1", "See objectives 7 and 13."),
        ("2", "See objectives 5, 7, and 17."),
        ("3", "The 7 objectives; objective 17, for 7 reasons."),
        ("4", "Objective 7 matters."),
    )
    assert numbers_of("which paragraphs mention objective 7", report) == ["1", "2", "4"]
    assert numbers_of("which paragraphs mention objective 13", report) == ["1"]
    assert numbers_of("which paragraphs mention objective 17", report) == ["2", "3"]
    assert numbers_of("which paragraphs mention objective 1", report) == []


def test_resolutions_in_lists_and_addenda_are_told_apart() -> None:
    report = make_report(
        ("1", "See resolutions 72/244 and 73/195."),
        ("2", "See A/73/195/Add.1 and A/RES/73/195."),
    )
    assert numbers_of("resolution 73/195", report) == ["1", "2"]
    assert numbers_of("A/73/195", report) == []
    assert numbers_of("A/73/195/Add.1", report) == ["2"]


def test_recommendations_are_found_by_structure() -> None:
    report = make_report(
        ("1", "We recommend nothing here."),
        ("2", "Cities are recommended:"),
        ("2(a)", "To plan;"),
        ("3", "States:"),
        ("3(a)", "Will recommend."),
        ("4", "The following recommendations are offered to States:"),
        ("4(a)", "To act."),
    )
    assert numbers_of("recommendations to States", report) == ["4", "4(a)"]
    assert numbers_of("what are the recommendations?", report) == ["2", "2(a)", "4", "4(a)"]
    assert look_up("recommendations to employers", report) is None
    assert look_up("the recommendations", make_report(("1", "We recommend it."))) is None


def test_an_address_mentions_no_one_unless_it_is_asked_for() -> None:
    note = Footnote("1", "See www.ilo.org/kenya.", 4)
    paragraph = Paragraph("r", "1", "Text.", (), 0, (note,))
    report = Report("r", Metadata("Title"), "en", "r.md", (), (paragraph,))
    assert numbers_of("which paragraphs mention kenya", report) == []
    assert numbers_of("which paragraphs mention www.ilo.org", report) == ["1"]


def test_what_the_report_defines_is_found_by_either_form() -> None:
    report = make_report(
        ("1", "The Intergovernmental Authority on Development (IGAD) met."),
        ("2", "IGAD reports."),
        ("3", "So does the Intergovernmental Authority on Development."),
        ("4", "The Office of the High Commissioner for Human Rights (OHCHR) came."),
        ("5", "The Management Centre (CIGEM) stayed, and OHCHR left."),
        ("6", "The Management Centre is shut."),
    )
    authority = "Which paragraphs mention the Intergovernmental Authority on Development?"
    assert numbers_of(authority, report) == ["1", "2", "3"]
    assert numbers_of("Which paragraphs mention IGAD?", report) == ["1", "2", "3"]
    commissioner = "Which paragraphs mention the High Commissioner for Human Rights?"
    assert numbers_of(commissioner, report) == ["4", "5"]
    assert numbers_of("Which paragraphs mention CIGEM?", report) == ["5"]  # not its letters


def test_an_acronym_is_never_an_ordinary_word() -> None:
    report = make_report(
        ("1", "The World Health Organization (WHO) helps us."),
        ("2", "Those who know."),
        ("3", "The United States paid."),
    )
    assert numbers_of("where is WHO mentioned?", report) == ["1"]
    assert numbers_of("where is the US mentioned?", report) == ["3"]
    assert numbers_of("where is us mentioned?", report) == ["1"]


def test_other_spellings_count_only_where_nothing_is_written_as_asked() -> None:
    report = make_report(
        ("1", "The Organisation of Labour Ministers met."),
        ("2", "A campaign for vaccination; Malian groups, the median age."),
        ("3", "The Timor Leste office; the voters of Niger."),
        ("4", "Nigerien votes."),
    )
    assert numbers_of("where is the Organization of Labor Ministers mentioned?", report) == ["1"]
    assert sentence_of("does the report mention campaigns?", report) == (
        "1 paragraph mentions “campaign”."
    )
    assert look_up("does the report mention vaccines?", report) is None  # it may be meant
    assert numbers_of("where is Mali mentioned?", report) == ["2"]
    assert numbers_of("where is East Timor mentioned?", report) == ["3"]
    assert numbers_of("where is Niger mentioned?", report) == ["3"]
    check_absent("where is media mentioned?", "No paragraph mentions “media”.", report)


def test_a_name_with_and_in_it_is_no_list() -> None:
    report = make_report(
        ("1", "It is led by Trinidad and Tobago."),
        ("2", "In Trinidad and Tobago, and in Chad, it rains."),
        ("3", "Both Chad and Peru agree."),
        ("4", "We thank Peru."),
    )
    question = "which paragraphs mention {}?"
    assert sentence_of(question.format("Trinidad and Tobago"), report) == (
        "2 paragraphs mention “Trinidad and Tobago”."
    )
    assert numbers_of(question.format("Chad and Peru"), report) == ["2", "3", "4"]


def test_what_an_acronym_may_stand_for_is_left_to_the_search() -> None:
    report = make_report(("1", "Victims of gender-based violence."), ("2", "Actions in Mali."))
    assert look_up("does the report mention GBV?", report) is None
    check_absent("does the report mention AIM?", "No paragraph mentions “AIM”.", report)
