import pytest

from index.report import Footnote, Metadata, Paragraph, Report
from qa.lookup import look_up
from tests.lookups import SUB_87, Case, check_found, make_report, numbers_of

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


@pytest.mark.parametrize("case", _MENTIONS)
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
