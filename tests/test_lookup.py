import json
import time
from importlib.resources import files

import pytest

from index.report import Footnote, Metadata, Paragraph, Report
from qa.lookup import look_up

_SUB_87 = ["87", "87(a)", "87(b)", "87(c)", "87(d)", "87(e)"]
_SUB_88 = ["88", "88(a)", "88(b)", "88(c)", "88(d)"]
_KENYA = ["11", "13", "35", "44", "54", "70", "74"]


def _run(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last + 1)]


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
    ("paras 61-63", "Paragraphs 61 to 63.", _run(61, 63)),
    ("paragraphs 61 to 63", "Paragraphs 61 to 63.", _run(61, 63)),
    ("paragraphs 61–63", "Paragraphs 61 to 63.", _run(61, 63)),
    ("paragraphs 63 to 61", "Paragraphs 61 to 63.", _run(61, 63)),
    ("paragraphs 61 and 63", "Paragraphs 61 and 63.", ["61", "63"]),
    ("paras. 3, 5 and 7", "Paragraphs 3, 5 and 7.", ["3", "5", "7"]),
    ("paras. 7, 5, and 3", "Paragraphs 7, 5 and 3.", ["3", "5", "7"]),
    ("paragraphs 3, 5 to 7", "Paragraphs 3 and 5 to 7.", ["3", "5", "6", "7"]),
    ("paragraphs 5 and 5", "Paragraph 5.", ["5"]),
    ("paragraph 87", "Paragraph 87 with its sub-paragraphs.", _SUB_87),
    ("paragraphs 86-88", "Paragraphs 86 to 88 (d).", ["86", *_SUB_87, *_SUB_88]),
    ("paragraphs 87(a)-(c)", "Paragraphs 87 (a) to 87 (c).", ["87(a)", "87(b)", "87(c)"]),
    ("paragraphs 87 (a) and (e)", "Paragraphs 87 (a) and 87 (e).", ["87(a)", "87(e)"]),
]

_FOOTNOTES = [
    ("what does footnote 28 say?", "Footnote 28 belongs to para. 39.", ["39"]),
    ("footnote a", "Footnote a belongs to the summary.", ["summary"]),
    ("FOOTNOTE A", "Footnote a belongs to the summary.", ["summary"]),
    ("note 17", "Footnote 17 belongs to para. 30.", ["30"]),
    ("Where is footnote 28?", "Footnote 28 belongs to para. 39.", ["39"]),
    ("Which paragraph has footnote 28?", "Footnote 28 belongs to para. 39.", ["39"]),
    ("What paragraph does note 28 belong to?", "Footnote 28 belongs to para. 39.", ["39"]),
    (
        "footnotes 51 and 28",
        "Footnote 51 belongs to para. 71. Footnote 28 belongs to para. 39.",
        ["39", "71"],
    ),
    ("footnotes 9-12", "Footnotes 9 to 12 belong to para. 25.", ["25"]),
    ("What do notes 9 to 12 say?", "Footnotes 9 to 12 belong to para. 25.", ["25"]),
    ("footnotes 12 through 9", "Footnotes 9 to 12 belong to para. 25.", ["25"]),
    (
        "footnotes 8–13",
        "Footnotes 8 to 13 belong to para. 24, para. 25 and para. 26.",
        ["24", "25", "26"],
    ),
    (
        "footnotes a to 2 and 28",
        "Footnotes a to 2 belong to the summary, para. 2 and para. 4. "
        "Footnote 28 belongs to para. 39.",
        ["summary", "2", "4", "39"],
    ),
    (
        "footnotes 50-56",
        "Footnotes 50 to 56 belong to 6 paragraphs from para. 69 to para. 80.",
        ["69", "71", "76", "77", "79", "80"],
    ),
]

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

_SECTIONS = [
    ("section V.B", "Section V.B: paragraphs 36 to 48.", _run(36, 48)),
    ("section V, B", "Section V.B: paragraphs 36 to 48.", _run(36, 48)),
    ("chapter V section B", "Section V.B: paragraphs 36 to 48.", _run(36, 48)),
    ("chapter V, section B", "Section V.B: paragraphs 36 to 48.", _run(36, 48)),
    ("V.B", "Section V.B: paragraphs 36 to 48.", _run(36, 48)),
    ("What does section v.b of the report say?", "Section V.B: paragraphs 36 to 48.", _run(36, 48)),
    ("chapter III", "Chapter III: paragraphs 10 to 15.", _run(10, 15)),
    ("section E of chapter V", "Section V.E: paragraphs 67 to 74.", _run(67, 74)),
    ("section C", "Section V.C: paragraphs 49 to 60.", _run(49, 60)),
    ("chapter V", "Chapter V: paragraphs 28 to 74.", _run(28, 74)),
    (
        "section A",
        "Section V.A: paragraphs 29 to 35. Section VII.A: paragraph 87 with its sub-paragraphs.",
        [*_run(29, 35), *_SUB_87],
    ),
    (
        "section B in chapter VII",
        "Section VII.B: paragraph 88 with its sub-paragraphs.",
        _SUB_88,
    ),
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
    ("chapters II and III", _TWO_AND_THREE, _run(7, 15)),
    ("chapters II-III", _TWO_AND_THREE, _run(7, 15)),
    ("chapter II and chapter III", _TWO_AND_THREE, _run(7, 15)),
    ("chapter II, chapter III", _TWO_AND_THREE, _run(7, 15)),
    ("Please read chapters III to II of the report", _TWO_AND_THREE, _run(7, 15)),
    ("sections V.A to V.C", _A_TO_C, _run(29, 60)),
    ("sections V.A-V.C", _A_TO_C, _run(29, 60)),
    ("section V.A to section V.C", _A_TO_C, _run(29, 60)),
    ("sections V.A to C", _A_TO_C, _run(29, 60)),
    ("sections A to C of chapter V", _A_TO_C, _run(29, 60)),
    ("chapter V, sections A to C", _A_TO_C, _run(29, 60)),
    ("sections A to C", _A_TO_C, _run(29, 60)),  # chapter VII has no section C
    ("V.A to V.C", _A_TO_C, _run(29, 60)),
    ("What do sections V.A, B and C say?", _A_TO_C, _run(29, 60)),
    ("sections V.A and V.C", _A_AND_C, [*_run(29, 35), *_run(49, 60)]),
    ("V.A and V.C", _A_AND_C, [*_run(29, 35), *_run(49, 60)]),
    ("section V.A, V.C", _A_AND_C, [*_run(29, 35), *_run(49, 60)]),
    ("sections A and B in chapter VII", _IN_SEVEN, [*_SUB_87, *_SUB_88]),
    (
        "sections V.A and II",
        "Section V.A: paragraphs 29 to 35. Chapter II: paragraphs 7 to 9.",
        [*_run(7, 9), *_run(29, 35)],
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
    (question, f"{_FIVE_E}paragraphs 67 to 74.", _run(67, 74))
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
    ("the chapter on the impact of the coronavirus disease", _FOUR, _run(16, 27)),
    ("Which chapter covers the impacts of the coronavirus?", _FOUR, _run(16, 27)),
    ("what are the conclusions?", _SEVEN, ["85", "86", *_SUB_87, *_SUB_88]),
    ("the chapter on recommendations", _SEVEN, ["85", "86", *_SUB_87, *_SUB_88]),
    ("read the introduction", "Chapter I, “Introduction”: paragraphs 1 to 6.", _run(1, 6)),
    ("the section on the United Nations Network on Migration", _NETWORK, _run(75, 84)),
    ("Section “United Nations Network on Migration”", _NETWORK, _run(75, 84)),
    (
        "section: Implementation of the Global Compact",  # not II nor IV, which say more
        "Section VII.A, “Implementation of the Global Compact”: paragraph 87 with its "
        "sub-paragraphs.",
        _SUB_87,
    ),
    ("the section 'Summary'", "Section “Summary”: the summary.", ["summary"]),
]

_IN_87 = "The recommendations are in paragraph 87 with its sub-paragraphs."
_PARTS = [
    ("recommendations to Member States", _IN_87, _SUB_87),
    ("What are the recommendations to Member States?", _IN_87, _SUB_87),
    ("the recommendations of the report", _IN_87, _SUB_87),
    ("What does the report recommend to Member States?", _IN_87, _SUB_87),
    ("the summary", "The summary.", ["summary"]),
    ("show the summary", "The summary.", ["summary"]),
    ("what does the summary say?", "The summary.", ["summary"]),
]

_ABSENT = [
    ("paragraph 90", "The report has no paragraph 90: its paragraphs run from 1 to 88."),
    ("paragraph 0", "The report has no paragraph 0: its paragraphs run from 1 to 88."),
    ("paras 90-95", "The report has no paragraph 90 or 95: its paragraphs run from 1 to 88."),
    (
        "para 88 (z)",
        "The report has no paragraph 88 (z): its sub-paragraphs run from (a) to (d).",
    ),
    ("para 12 (a)", "The report has no paragraph 12 (a): its paragraphs run from 1 to 88."),
    ("footnote 99", "The report has no footnote 99: its footnotes run from a to 56."),
    ("chapter IX", "The report has no chapter IX: it has chapters I to VII."),
    ("chapter A", "The report has no chapter A: it has chapters I to VII."),
    ("chapter 5", "The report has no chapter 5: it has chapters I to VII."),
    ("section V.K", "The report has no section V.K: it has sections V.A to V.E."),
    ("chapter VI, section A", "The report has no section VI.A: it has chapters I to VII."),
    ("section K", "The report has no section K: it has chapters I to VII."),
    ("chapters IX and X", "The report has no chapter IX or X: it has chapters I to VII."),
    ("sections V.K to V.M", "The report has no section V.K or V.M: it has sections V.A to V.E."),
    ("footnotes 60-70", "The report has no footnote 60 or 70: its footnotes run from a to 56."),
    ("which paragraphs mention Australia", "No paragraph mentions “Australia”."),
    ("paragraphs about Australia", "No paragraph mentions “Australia”."),
    ("does the report mention australia?", "No paragraph mentions “australia”."),
    (
        "which paragraphs mention the United States of America?",
        "No paragraph mentions “United States of America”.",
    ),
    (
        "which paragraphs mention Bosnia and Herzegovina?",
        "No paragraph mentions “Bosnia and Herzegovina”.",
    ),
    ("which paragraphs mention objective 20", "No paragraph mentions “objective 20”."),
    ("A/HRC/45/3", "No paragraph mentions “A/HRC/45/3”."),  # the report cites A/HRC/45/30
    ("HRC/45/30", "No paragraph mentions “HRC/45/30”."),
    ("resolution 73/19", "No paragraph mentions “resolution 73/19”."),
]

_NEAR_MISSES = [
    "",
    "paragraph",
    "the report",
    "para 88 z",
    "the 23 objectives",
    "what are the 23 objectives?",
    "paragraphs on the 23 objectives",
    "What does paragraph 9 of the Global Compact say?",
    "What does paragraph 9 of resolution 73/195 say?",
    "paragraph 9 of the Convention",
    "section B of the Convention",
    "footnote 2 of the policy brief",
    "How many Member States sent in material for the report?",
    "What has Kenya done on migration?",
    "What does the report say about Kenya?",
    "Does objective 13 help children?",
    "What is objective 13?",
    "What does resolution 73/195 say?",
    "summary of what was done on remittances",
    "What does the summary say about children?",
    "Summarise the section on detention",
    "What recommendations does IOM make to employers?",
    "recommendations to employers",
    "How many paragraphs are there?",
    "Does paragraph 12 mention Kenya?",
    "Why does paragraph 12 name Greece?",
    "Why mention climate change?",
    "paragraphs about detention",
    "paragraphs about children in detention",
    "which paragraphs mention help for stranded migrants?",
    "Which paragraphs mention Kenya and what it did for stateless people?",
    "Does the report name the champion countries?",
    "where is it mentioned?",
    "does the report mention that people drowned?",
    "Which places are dangerous?",
    "note that migrants travel",
    "i.e.",
    "V.K",
    "V.K and V.M",
    "sections A and B of the Convention",
    "parts I and II of the Covenant",
    "footnotes 9-12 of the policy brief",
    "footnotes to the policy brief",
    "what is in the section on fishing quotas?",
    "the section on health",
    "the section on social security",
    "the section on the impact of climate change",
    "the section on migration",
    "the chapter on the Global Compact",
    "section A of the Global Compact",
    "section V.E: fishing quotas",
    "What does the section on social inclusion say about children?",
    "the other section",
    "What is in the section?",
    "section by section",
    "Summarise the section on social inclusion",
    "social inclusion",
    "Improving the social inclusion and integration of migrants",
    "What progress can be identified?",
    "What are the conclusions of the policy brief?",
    "the introduction of new laws",
    "where else is it mentioned?",
    "what else mentions help for stranded migrants?",
    "Who won the 2018 football World Cup?",
]


@pytest.mark.parametrize(
    ("question", "sentence", "numbers"),
    [
        *_PARAGRAPHS,
        *_FOOTNOTES,
        *_MENTIONS,
        *_SECTIONS,
        *_SEVERAL_SECTIONS,
        *_TITLES,
        *_PARTS,
    ],
)
def test_a_place_is_found_by_its_name(
    question: str, sentence: str, numbers: list[str], report: Report
) -> None:
    lookup = look_up(question, report)
    assert lookup is not None
    assert lookup.sentence == sentence
    assert [place.paragraph.number for place in lookup.places] == numbers
    for place in lookup.places:
        assert place.paragraph == report.paragraphs[place.paragraph.order]
        assert 0 <= place.start < place.end <= len(place.paragraph.text)
    orders = [place.paragraph.order for place in lookup.places]
    assert orders == sorted(set(orders))


@pytest.mark.parametrize(("question", "sentence"), _ABSENT)
def test_a_place_that_does_not_exist_is_said_to_be_missing(
    question: str, sentence: str, report: Report
) -> None:
    lookup = look_up(question, report)
    assert lookup is not None
    assert (lookup.sentence, lookup.places) == (sentence, ())


@pytest.mark.parametrize(
    ("question", "sentence", "numbers"),
    [
        (
            "paragraphs 12 and 90",
            "Paragraph 12. The report has no paragraph 90: its paragraphs run from 1 to 88.",
            ["12"],
        ),
        (
            "paragraphs 86-95",
            "Paragraphs 86 to 88 (d). "
            "The report has no paragraph 95: its paragraphs run from 1 to 88.",
            ["86", *_SUB_87, *_SUB_88],
        ),
        (
            "footnotes 28 and 99",
            "Footnote 28 belongs to para. 39. "
            "The report has no footnote 99: its footnotes run from a to 56.",
            ["39"],
        ),
        (
            "footnotes 56 to 60",
            "Footnote 56 belongs to para. 80. "
            "The report has no footnote 60: its footnotes run from a to 56.",
            ["80"],
        ),
        (
            "sections V.E to K",
            "Section V.E: paragraphs 67 to 74. "
            "The report has no section V.K: it has sections V.A to V.E.",
            _run(67, 74),
        ),
        (
            "chapters 0 to I",
            "Chapter I: paragraphs 1 to 6. The report has no chapter 0: it has chapters I to VII.",
            _run(1, 6),
        ),
    ],
)
def test_what_there_is_of_a_list_is_shown_and_the_rest_said(
    question: str, sentence: str, numbers: list[str], report: Report
) -> None:
    lookup = look_up(question, report)
    assert lookup is not None
    assert lookup.sentence == sentence
    assert [place.paragraph.number for place in lookup.places] == numbers


@pytest.mark.parametrize("question", _NEAR_MISSES)
def test_an_ordinary_question_is_no_look_up(question: str, report: Report) -> None:
    assert look_up(question, report) is None


@pytest.mark.parametrize(
    ("name", "count"),
    [("queries.jsonl", 120), ("unanswerable.jsonl", 40), ("conversations.jsonl", 34)],
)
def test_no_question_of_the_collection_is_a_look_up(name: str, count: int, report: Report) -> None:
    path = files("eval").joinpath("collections", "global-compact", name)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    questions = [turn["text"] for line in lines for turn in line.get("turns", [line])]
    assert len(questions) == count
    assert [question for question in questions if look_up(question, report)] == []


def test_the_mention_is_marked_and_a_paragraph_without_one_is_marked_whole(report: Report) -> None:
    lookup = look_up("which paragraphs mention bangladesh", report)
    assert lookup is not None
    in_text, in_note = lookup.places
    assert in_text.paragraph.text[in_text.start : in_text.end] == "Bangladesh"
    assert in_note.paragraph.footnotes[1].text.startswith("Bangladesh, Canada")
    assert (in_note.start, in_note.end) == (0, len(in_note.paragraph.text))


def test_every_paragraph_footnote_and_section_can_be_looked_up(report: Report) -> None:
    for paragraph in report.paragraphs[1:]:
        lookup = look_up(paragraph.label, report)
        assert lookup is not None
        assert lookup.places[0].paragraph == paragraph
        for note in paragraph.footnotes:
            lookup = look_up(f"footnote {note.number}", report)
            assert lookup is not None
            assert [place.paragraph for place in lookup.places] == [paragraph]


def _report(*paragraphs: tuple[str, str]) -> Report:
    made = [
        Paragraph("r", number, text, ("I. One",), order)
        for order, (number, text) in enumerate(paragraphs)
    ]
    return Report("r", Metadata("Title"), "en", "r.md", (), tuple(made))


def _titled(*headings: tuple[str, ...]) -> Report:
    """A report with one paragraph below each of these paths of headings."""
    made = [
        Paragraph("r", str(order + 1), "Text.", path, order) for order, path in enumerate(headings)
    ]
    return Report("r", Metadata("Title"), "en", "r.md", (), tuple(made))


def _numbers(question: str, report: Report) -> list[str]:
    lookup = look_up(question, report)
    assert lookup is not None
    return [place.paragraph.number for place in lookup.places]


def test_objectives_in_lists_count_each() -> None:
    report = _report(
        ("1", "See objectives 7 and 13."),
        ("2", "See objectives 5, 7, and 17."),
        ("3", "The 7 objectives; objective 17, for 7 reasons."),
        ("4", "Objective 7 matters."),
    )
    assert _numbers("which paragraphs mention objective 7", report) == ["1", "2", "4"]
    assert _numbers("which paragraphs mention objective 13", report) == ["1"]
    assert _numbers("which paragraphs mention objective 17", report) == ["2", "3"]
    assert _numbers("which paragraphs mention objective 1", report) == []


def test_resolutions_in_lists_and_addenda_are_told_apart() -> None:
    report = _report(
        ("1", "See resolutions 72/244 and 73/195."),
        ("2", "See A/73/195/Add.1 and A/RES/73/195."),
    )
    assert _numbers("resolution 73/195", report) == ["1", "2"]
    assert _numbers("A/73/195", report) == []
    assert _numbers("A/73/195/Add.1", report) == ["2"]


def test_recommendations_are_found_by_structure() -> None:
    report = _report(
        ("1", "We recommend nothing here."),
        ("2", "Cities are recommended:"),
        ("2(a)", "To plan;"),
        ("3", "States:"),
        ("3(a)", "Will recommend."),
        ("4", "The following recommendations are offered to States:"),
        ("4(a)", "To act."),
    )
    assert _numbers("recommendations to States", report) == ["4", "4(a)"]
    assert _numbers("what are the recommendations?", report) == ["2", "2(a)", "4", "4(a)"]
    assert look_up("recommendations to employers", report) is None
    assert look_up("the recommendations", _report(("1", "We recommend it."))) is None


def test_paragraphs_without_printed_numbers_are_found_by_their_count() -> None:
    counted = _report(("¶1", "One."), ("¶2", "Two."), ("¶3", "Three."))
    assert _numbers("paragraph 2", counted) == ["¶2"]
    assert _numbers("¶2", counted) == ["¶2"]
    assert _numbers("paragraphs 2-3", counted) == ["¶2", "¶3"]
    mixed = _report(("¶1", "Preface."), ("1", "One."))
    assert _numbers("paragraph 1", mixed) == ["1"]
    assert _numbers("¶1", mixed) == ["¶1"]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("paragraph 1", "The report has no numbered paragraphs."),
        ("footnote 1", "The report has no footnotes."),
        ("the summary", "The report has no summary."),
        ("chapter V", "The report has no chapter V: it has chapters I to I."),
    ],
)
def test_a_report_without_such_places_says_so(question: str, sentence: str) -> None:
    lookup = look_up(question, _report(("intro", "Text.")))
    assert lookup is not None
    assert (lookup.sentence, lookup.places) == (sentence, ())


def test_a_title_counts_only_where_it_names_one_section_clearly() -> None:
    report = _titled(
        ("I. Health",),
        ("I. Health", "A. Health of children"),
        ("I. Health", "B. The other diseases"),
        ("II. Housing and health",),
        ("II. Housing and health", "A. Introduction"),
        ("III. Work", "A. Introduction"),
        ("III. Work", "B. Work for children at home"),
    )
    assert _numbers("the section on health", report) == ["1", "2", "3"]  # the very title
    assert _numbers("the section on housing", report) == ["4", "5"]
    assert _numbers("the section on diseases", report) == ["3"]
    assert _numbers("the chapter on work", report) == ["6", "7"]
    assert _numbers("the introduction", report) == ["5", "6"]  # two of one title
    assert look_up("the section on children", report) is None
    assert look_up("the section on the health of old people", report) is None
    assert look_up("what about the other section?", report) is None


def test_a_chapter_is_preferred_where_a_chapter_is_asked_for() -> None:
    report = _titled(("I. Children at work",), ("II. Schools", "A. Children in schools"))
    assert _numbers("the chapter on children", report) == ["1"]
    assert look_up("the section on children", report) is None


def test_a_title_after_a_label_must_be_its_own() -> None:
    report = _titled(("I. Health", "A. Children"), ("II. Work", "A. Migrants"))
    assert _numbers("Section A: Migrants", report) == ["2"]
    assert _numbers("Section I.A: Children", report) == ["1"]
    assert look_up("Section I.A: Migrants", report) is None


def test_sections_in_lists_stand_beside_the_one_before() -> None:
    report = _titled(
        ("I. One", "A. a"),
        ("I. One", "B. b", "1. c"),
        ("I. One", "B. b", "2. d"),
        ("II. Two", "B. e"),
        ("III. Three", "Unnumbered"),
    )
    assert _numbers("sections I.A and B", report) == ["1", "2", "3"]
    assert _numbers("sections I.B.1 and 2", report) == ["2", "3"]
    assert _numbers("sections I.B.1 to I.B.2", report) == ["2", "3"]
    assert _numbers("sections I.A and II", report) == ["1", "4"]
    assert _numbers("chapters I to III", report) == ["1", "2", "3", "4", "5"]
    assert _numbers("sections A and B", report) == ["1", "2", "3", "4"]
    assert _numbers("the section 'Unnumbered'", report) == ["5"]


def test_an_address_mentions_no_one_unless_it_is_asked_for() -> None:
    note = Footnote("1", "See www.ilo.org/kenya.", 4)
    paragraph = Paragraph("r", "1", "Text.", (), 0, (note,))
    report = Report("r", Metadata("Title"), "en", "r.md", (), (paragraph,))
    assert _numbers("which paragraphs mention kenya", report) == []
    assert _numbers("which paragraphs mention www.ilo.org", report) == ["1"]


@pytest.mark.parametrize(
    "question",
    [
        "paragraph " + "1, " * 650,
        "which paragraphs mention objectives 1" + ", 2" * 600,
        "section " + "V, " * 600 + "?",
        "sections " + "V, " * 600 + "x?y",
        "the section on " + "of the " * 270,
        "🙂",
        "¶",
    ],
)
def test_strange_questions_do_no_harm(question: str, report: Report) -> None:
    start = time.perf_counter()
    lookup = look_up(question, report)
    assert lookup is None or len(lookup.sentence) < 100
    assert time.perf_counter() - start < 1
