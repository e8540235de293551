"""The gold facts of the bundled report."""

import re
from collections import Counter

import pytest

from index.report import Paragraph, Report

_V = "V. What progress can be identified?"
_VI = "VI. Action by the United Nations to support the Global Compact"
_VII = "VII. Conclusion and recommendations"
_SECTIONS = [  # first number, section path
    ("summary", ("Summary",)),
    ("1", ("I. Introduction",)),
    (
        "7",
        (
            "II. What does implementation of the Global Compact mean to the international "
            "community?",
        ),
    ),
    ("10", ("III. How have Member States and others approached implementation?",)),
    (
        "16",
        ("IV. Impact of the coronavirus disease on the implementation of the Global Compact",),
    ),
    ("28", (_V,)),
    (
        "29",
        (_V, "A. Promoting fact-based and data driven migration discourse, policy and planning"),
    ),
    (
        "36",
        (
            _V,
            "B. Protecting safety and well-being of migrants, including through addressing the "
            "drivers and mitigating situations of vulnerability in migration",
        ),
    ),
    (
        "49",
        (
            _V,
            "C. Addressing irregular migration, including by managing borders and combating "
            "transnational crime",
        ),
    ),
    (
        "61",
        (
            _V,
            "D. Facilitating regular migration and decent work and enhancing the positive "
            "development effects of human mobility",
        ),
    ),
    ("67", (_V, "E. Improving the social inclusion and integration of migrants")),
    ("75", (_VI, "United Nations Network on Migration")),
    ("85", (_VII,)),
    ("87", (_VII, "A. Implementation of the Global Compact")),
    ("88", (_VII, "B. Functioning of institutional arrangements")),
]

# Every paragraph that a page break cuts: how it begins, how the halves meet, how it ends.
_BROKEN = {
    "6": ("Overall, the degree", "so too will the United Nations", "in the years to come."),
    "11": ("Other countries have", "dialogues with stakeholders", "the Global Compact."),
    "18": ("Nevertheless, COVID-19", "are aligned with the Global", "in key areas."),
    "24": ("Looking forward, the", "actions vilifying migrants are", "personalized support."),
    "32": ("Collaborative efforts", "Economic Cooperation and", "of Migrants in 2019."),
    "37": ("Objective 2 also calls", "adoption of the Global", "structural factors."),
    "48": ("Prior to COVID-19, the", "migration and child", "detention (objective 13)."),
    "54": ("More technical issues", "assistance (objective 14)", "around the world."),
    "58": ("The pandemic has created", "protection in the context", "an enduring challenge."),
    "65": ("The private sector is", "challenges and practices", "recruitment practices."),
    "70": ("Some other countries", "for example). This", "offer them citizenship."),
    "77": ("Over the past two", "and developed key tools", "stakeholder engagement."),
    "82": ('The "start-up fund", or', "50 requests for funding", "need of Member States."),
    "87(b)": ("To implement measures", "outlined in the policy brief", "decent work standards;"),
}

_FOOTNOTES = {
    "summary": "a", "2": "1", "4": "2", "14": "3", "18": "4", "20": "5", "21": "6", "22": "7",
    "24": "8", "25": "9 10 11 12", "26": "13", "27": "14 15", "30": "16 17 18", "31": "19 20",
    "32": "21 22", "35": "23 24 25", "36": "26", "38": "27", "39": "28", "40": "29", "42": "30",
    "45": "31", "46": "32", "47": "33", "48": "34 35", "53": "36", "55": "37 38", "57": "39 40",
    "58": "41 42 43", "61": "44 45", "65": "46 47 48 49", "69": "50", "71": "51", "76": "52",
    "77": "53", "79": "54 55", "80": "56",
}  # fmt: skip


def test_every_paragraph_has_its_printed_number(report: Report) -> None:
    numbers = ["summary", *map(str, range(1, 88))]
    numbers += [f"87({letter})" for letter in "abcde"]
    numbers += ["88", *(f"88({letter})" for letter in "abcd")]
    assert [paragraph.number for paragraph in report.paragraphs] == numbers
    assert [paragraph.order for paragraph in report.paragraphs] == list(range(98))


def test_every_paragraph_is_in_its_section(report: Report) -> None:
    expected: tuple[str, ...] = ()
    starts = dict(_SECTIONS)
    for paragraph in report.paragraphs:
        expected = starts.get(paragraph.number, expected)
        assert paragraph.section == expected, paragraph.number


@pytest.mark.parametrize("number", _BROKEN)
def test_a_paragraph_broken_over_a_page_is_one(
    number: str, paragraphs: dict[str, Paragraph]
) -> None:
    first, seam, last = _BROKEN[number]
    text = paragraphs[number].text
    assert text.startswith(first)
    assert seam in text
    assert text.endswith(last)


def test_footnotes_are_where_their_marks_are(report: Report) -> None:
    found = {
        paragraph.number: " ".join(note.number for note in paragraph.footnotes)
        for paragraph in report.paragraphs
        if paragraph.footnotes
    }
    assert found == _FOOTNOTES
    assert sum(len(notes.split()) for notes in found.values()) == 57


def test_a_mark_keeps_its_place(paragraphs: dict[str, Paragraph]) -> None:
    note = paragraphs["36"].footnotes[0]
    assert paragraphs["36"].text[: note.mark].endswith("as outlined in objective 2")
    assert note.text == "See General Assembly resolution 73/195, annex, para. 18 (b)."


def test_footnote_links_stay_links(paragraphs: dict[str, Paragraph]) -> None:
    first, second = paragraphs["69"].footnotes[0].links
    text = paragraphs["69"].footnotes[0].text
    assert first.url == "http://www.refworld.org/docid/58cfab014.html"
    assert text[first.start : first.end] == "www.refworld.org/docid/58cfab014.html"
    assert text[second.start : second.end] == second.url
    rapid = paragraphs["65"].footnotes[1]
    assert "labour_recruiter_rapid_assessment_-_executive_summary" in rapid.text


def test_numbers_of_other_documents_are_not_paragraphs(paragraphs: dict[str, Paragraph]) -> None:
    assert "As noted in paragraph 9 of the Global Compact, it is" in paragraphs["85"].text


def test_the_cover_is_metadata(report: Report) -> None:
    about = report.metadata
    assert about.title == "Global Compact for Safe, Orderly and Regular Migration"
    assert about.author == "Report of the Secretary-General"
    assert about.date == "26 October 2020"
    assert about.session == "Seventy-fifth session"
    assert about.agenda[0] == "Agenda items 14 and 122"
    assert about.agenda[2] == "Follow-up to the outcome of the Millennium Summit"
    assert about.notes[-1] == "* Reissued for technical reasons on 24 November 2020."
    assert report.language == "en"


def test_text_is_clean_prose(report: Report) -> None:
    dirt = re.compile(r"\*\*|\\|<sup|</|\]\(|\s\s|\s[,.;:]|\n|^\s|\s$")
    for paragraph in report.paragraphs:
        for text in [paragraph.text, *(note.text for note in paragraph.footnotes)]:
            assert not dirt.search(text), (paragraph.number, dirt.findall(text))
    assert any("approximately $12 million" in p.text for p in report.paragraphs)


def test_no_word_is_lost_and_none_stands_twice(source: str, report: Report) -> None:
    about = report.metadata
    kept = [about.title, about.author, about.date, about.session, *about.agenda, *about.notes]
    kept += [heading.text for heading in report.headings]
    for paragraph in report.paragraphs:
        kept += [_printed(paragraph.number), paragraph.text]
        for note in paragraph.footnotes:
            kept += [note.number, note.number, note.text]  # printed at the mark and at the note
    assert _words(" ".join(kept)) == _words(_without_markup(source))


def _printed(number: str) -> str:
    return "" if number == "summary" else number[-3:] if "(" in number else number


def _without_markup(source: str) -> str:
    """The file's words, by simple substitutions that owe nothing to the reader."""
    text = re.sub(r"\]\([^\s]*?\)+(?=[\s.,;)]|$)", "] ", source)  # targets of links
    text = text.replace("\\", "").replace("[", " ").replace("]", " ")
    text = re.sub(r"<sup>(\w+)</sup>", r" \1 ", text)
    return text


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.replace("_", " ")))
