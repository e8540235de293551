import json
import time
from importlib.resources import files

import pytest

from index.report import Report
from qa.lookup import look_up
from tests.lookups import check_absent, make_report

_ABSENT = [
    ("paragraph 90", "The report has no paragraph 90: its paragraphs run from 1 to 88."),
    ("paragraph 0", "The report has no paragraph 0: its paragraphs run from 1 to 88."),
    ("paras 90-95", "The report has no paragraph 90 or 95: its paragraphs run from 1 to 88."),
    (
        "para 88 (z)",
        "The report has no paragraph 88 (z): its sub-paragraphs run from (a) to (d).",
    ),
    (
        "para 88z",
        "The report has no paragraph 88 (z): its sub-paragraphs run from (a) to (d).",
    ),
    ("para 12 (a)", "The report has no paragraph 12 (a): its paragraphs run from 1 to 88."),
    ("footnote 99", "The report has no footnote 99: its footnotes run from a to 56."),
    ("chapter IX", "The report has no chapter IX: it has chapters I to VII."),
    ("chapter A", "The report has no chapter A: it has chapters I to VII."),
    ("chapter 9", "The report has no chapter 9: it has chapters I to VII."),
    ("section 100", "The report has no section 100: it has chapters I to VII."),
    ("section 5.K", "The report has no section V.K: it has sections V.A to V.E."),
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
        "No paragraph mentions “United States of America”, “US”, “U.S.”, “USA” or “United States”.",
    ),
    (
        "which paragraphs mention Bosnia and Herzegovina?",
        "No paragraph mentions “Bosnia and Herzegovina”.",
    ),
    ("does the report mention NATO?", "No paragraph mentions “NATO”."),
    ("does the report mention the FBI?", "No paragraph mentions “FBI”."),  # "falling back into"
    ("does the report mention seafarers?", "No paragraph mentions “seafarers”."),
    ("which paragraphs mention Syria and Libya?", "No paragraph mentions “Syria and Libya”."),
    (
        "What does the report say about Syria?",
        "No paragraph mentions “Syria” or “Syrian Arab Republic”.",
    ),
    ("What does the report say about Australia?", "No paragraph mentions “Australia”."),
    ("What is said about New Caledonia?", "No paragraph mentions “New Caledonia”."),
    (
        "does the report contain the word “naturalization”?",
        "No paragraph mentions “naturalization”.",
    ),
    ("Is the term “climate refugee” used?", "No paragraph mentions “climate refugee”."),
    ("which paragraphs mention objective 20", "No paragraph mentions “objective 20”."),
    ("What is objective 16?", "No paragraph mentions “objective 16”."),
    ("Is there an objective 24?", "No paragraph mentions “objective 24”."),
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
    "What does the report say about children?",
    "What does the report say about Children?",
    "What does the report say about the impact of COVID-19?",
    "What does the report say about Kenya's diaspora?",
    "What does the report say about Kenya and detention?",
    "What does the report say about Migrant Health?",
    "What does the report say about Migrants in Europe?",
    "What does the report say about GBV?",
    "What does the report say about the Network?",  # networks, too
    "What does the report say social inclusion reflects?",
    "does the report mention GBV?",  # gender-based violence is in it
    "which paragraphs mention both Kenya and Zambia?",
    "Does objective 13 help children?",
    "What is objective 13 of the Convention?",
    "objective 15 access to services",
    "and 14?",
    "and Kenya?",
    "And what did the United Kingdom do about detention?",
    "how about children?",
    "then what mentions Kenya?",
    "next page",
    "explain the 23 objectives",
    "explain social inclusion",
    "How do I print paragraphs?",
    "I need help with paragraphs",
    "Which words are used of migrants?",
    "How often are migrants returned?",
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
    "annex I of the Paris Agreement",
    "article 5 of the Convention",
    "What does article 13 of the Universal Declaration say?",
    "articles 5 to 7 of the Covenant",
    "preamble of the Charter",
    "the fourth preambular paragraph of resolution 73/195",
    "OP12 of resolution 73/195",
    "the second paragraph",
    "What is the schedule?",
    "the attachment of children to their parents",
    "box office receipts",
    "the box on fishing quotas",
    "page 7 of the policy brief",
    "the next page",
    "rule 3",
    "principle 3",
    "Which article protects children?",
    "Which annexes list the inputs?",
    "What is in paragraph 12 that matters to employers?",
    "How many pages are there?",
    "(a)",
    "12 (a)",
    "(e) and (f)",
    "2020",
    "12 to 2020",
    "10,000",
    "9/11",
    "COVID-19",
    "12 countries",
    "in 12",
    "the 12",
    "12 (a) of the Convention",
    "Why do 87 (a) and 88 (d) differ?",
    "How do annexes I and II differ?",
    "annexes I and II of the Paris Agreement",
    "point (a) of paragraph 87 of the Convention",
    "part 12 of the Act",
    "pp",
    "artículo de prensa",
    "el párrafo sobre los niños",
]


@pytest.mark.parametrize(("question", "sentence"), _ABSENT)
def test_a_place_that_does_not_exist_is_said_to_be_missing(
    question: str, sentence: str, report: Report
) -> None:
    check_absent(question, sentence, report)


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


def test_every_paragraph_footnote_and_section_can_be_looked_up(report: Report) -> None:
    for paragraph in report.paragraphs[1:]:
        lookup = look_up(paragraph.label, report)
        assert lookup is not None
        assert lookup.places[0].paragraph == paragraph
        for note in paragraph.footnotes:
            lookup = look_up(f"footnote {note.number}", report)
            assert lookup is not None
            assert [place.paragraph for place in lookup.places] == [paragraph]


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
    lookup = look_up(question, make_report(("intro", "Text.")))
    assert lookup is not None
    assert (lookup.sentence, lookup.places) == (sentence, ())


@pytest.mark.parametrize(
    "question",
    [
        "paragraph " + "1, " * 650,
        "annex I, " * 200,
        "annex I, para. " + "1 (a) " * 300,
        "para. " + "(a)" * 600,
        "paragraph 1" + ".1" * 900,
        "“" + "A/75/542 " * 200 + "” para. 12",
        "第" * 1_900,
        "which paragraphs mention objectives 1" + ", 2" * 600,
        "does the report say anything about " + "Ken of " * 280,
        "does the report contain the word “and”?",
        "which paragraphs mention [a-z]+",
        "section " + "V, " * 600 + "?",
        "sections " + "V, " * 600 + "x?y",
        "the section on " + "of the " * 270,
        "annexes " + "I, " * 600 + "II",
        "annexes I to " * 150 + "II",
        "para 12 " + "resolution " * 150,
        "12, " * 600,
        "“" + "a” b” " * 300 + "A/75/542, para. 12",
        "label · " * 200 + "A/75/542",
        "🙂",
        "¶",
    ],
)
def test_strange_questions_do_no_harm(question: str, report: Report) -> None:
    start = time.perf_counter()
    lookup = look_up(question, report)
    assert lookup is None or len(lookup.sentence) < 100
    assert time.perf_counter() - start < 1
