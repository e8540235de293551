import dataclasses
import json
import re

import pytest
from markdown_it import MarkdownIt

from index.reading import read_report
from index.report import Metadata, Paragraph, Report
from qa import formats
from qa.answer import Answer, CitedHit
from qa.citation import copied_citation, footnote_text, formal_citation
from tests.hostile import HOSTILE, Markup


def _answer(paragraph: Paragraph) -> Answer:
    return Answer(HOSTILE, "found", 0.5, (CitedHit(paragraph, 1, 0.5, 5, 20),))


def test_markdown_reads_back_as_the_same_report(report: Report) -> None:
    again = read_report(formats.report_markdown(report).encode(), report.source)
    assert [_plain(p) for p in again.paragraphs] == [_plain(p) for p in report.paragraphs]
    assert again.headings == report.headings
    assert again.metadata.title == report.metadata.title
    assert set(again.metadata.agenda) == set(report.metadata.agenda)


def test_markdown_of_hostile_text_is_that_text(hostile: Report) -> None:
    again = read_report(formats.report_markdown(hostile).encode(), "r.md")
    assert again.paragraphs[0].text == HOSTILE
    assert again.paragraphs[0].footnotes[0].text == HOSTILE
    assert "<img" not in re.sub(r"\\<", "", formats.answer_markdown(_answer(hostile.paragraphs[0])))


def _plain(paragraph: Paragraph) -> Paragraph:
    """Without links, which Markdown for reading does not keep apart."""
    notes = tuple(dataclasses.replace(note, links=()) for note in paragraph.footnotes)
    return dataclasses.replace(paragraph, footnotes=notes, links=())


def test_json_of_an_answer_has_the_promised_shape(report: Report) -> None:
    paragraph = next(p for p in report.paragraphs if p.number == "87(a)")
    answer = Answer("Why?", "weak", 0.31, (CitedHit(paragraph, 1, 0.25, 0, 40),))
    assert formats.answer_json(answer) == {
        "question": "Why?",
        "state": "weak",
        "confidence": 0.31,
        "citations": [
            {
                "rank": 1,
                "report": "global-compact-2020",
                "paragraph": "87(a)",
                "label": "para. 87 (a)",
                "section": list(paragraph.section),
                "page": None,
                "quote": "To maintain and strengthen implementatio",
                "start": 0,
                "end": 40,
                "text": paragraph.text,
                "score": 0.25,
                "footnotes": [],
            }
        ],
    }


def test_text_of_an_answer_names_place_quote_and_footnotes(report: Report) -> None:
    paragraph = next(p for p in report.paragraphs if p.number == "36")
    text = formats.answer_text(Answer("Why?", "not_found", 0.1, (CitedHit(paragraph, 1, 1, 0, 9),)))
    assert text.startswith("The report does not seem to answer this; closest paragraphs below.")
    assert "1. para. 36 · V. What progress can be identified? > B. Protecting" in text
    assert "“Minimizin”" in text
    assert "Footnote 26: See General Assembly resolution 73/195, annex, para. 18 (b)." in text


def test_of_a_question_in_another_language_nothing_is_claimed(report: Report) -> None:
    hit = CitedHit(report.paragraphs[0], 1, 1, 0, 9)
    answer = Answer("Quoi ?", "not_found", 0.0, (hit,), "It is French.", is_understood=False)
    assert formats.answer_line(answer) == "It is French. The closest paragraphs are below."


def test_an_answer_without_paragraphs_promises_none() -> None:
    assert formats.answer_line(Answer("Why?", "not_found", 0.0, ())) == "No paragraph was found."


@pytest.mark.parametrize(
    ("number", "page_number", "label"),
    [
        ("69", None, "para. 69"),
        ("69", 7, "para. 69, p. 7"),
        ("87(a)", None, "para. 87 (a)"),
        ("summary", None, "summary"),
        ("¶12", 4, "¶12, p. 4"),
    ],
)
def test_labels_are_how_official_documents_cite(
    number: str, page_number: int | None, label: str
) -> None:
    assert Paragraph("r", number, "t", (), 0, page=page_number).label == label


def test_exports_are_json_lines(report: Report) -> None:
    rows = [json.loads(line) for line in formats.report_jsonl(report).splitlines()]
    assert len(rows) == 98
    assert list(rows[0]) == [
        "report", "paragraph", "label", "section", "page", "text", "footnotes",
    ]  # fmt: skip
    assert rows[69]["paragraph"] == "69"
    assert [note["number"] for note in rows[69]["footnotes"]] == ["50"]
    corpus = [json.loads(line) for line in formats.report_beir(report).splitlines()]
    assert corpus[88] == {
        "_id": "87(a)",
        "title": "A. Implementation of the Global Compact",
        "text": rows[88]["text"],
    }


def test_the_bundled_report_is_cited_as_united_nations_documents_do(
    report: Report, paragraphs: dict[str, Paragraph]
) -> None:
    source = (
        "Report of the Secretary-General, Global Compact for Safe, Orderly and Regular "
        "Migration, 26 October 2020"
    )
    about = report.metadata
    assert formal_citation(about, paragraphs["69"]) == f"{source}, para. 69"
    assert formal_citation(about, paragraphs["87(a)"]) == f"{source}, para. 87 (a)"
    assert formal_citation(about, paragraphs["summary"]) == f"{source}, summary"
    assert footnote_text(about, paragraphs["summary"]) == f"{source}, summary."
    assert footnote_text(about, paragraphs["69"]) == (
        f"{source}, para. 69. Section: V. What progress can be identified? › "
        "E. Improving the social inclusion and integration of migrants."
    )


@pytest.mark.parametrize(
    ("cover", "citation"),
    [
        (Metadata("Title", "Note by X", "1 May 2020"), "Note by X, Title, 1 May 2020, ¶12, p. 4"),
        (Metadata("Title", date="1 May 2020"), "Title, 1 May 2020, ¶12, p. 4"),
        (Metadata("Title", "Note by X"), "Note by X, Title, ¶12, p. 4"),
        (Metadata("Title"), "Title, ¶12, p. 4"),
        (Metadata("A  long\nTitle", " "), "A long Title, ¶12, p. 4"),
        (Metadata(""), "my-report, ¶12, p. 4"),
        (Metadata("", "Note by X"), "Note by X, my-report, ¶12, p. 4"),
        (Metadata("", notes=("A/75/542",)), "A/75/542, ¶12, p. 4"),
        (
            Metadata("Title", date="1 May 2020", notes=("Distr.: General", "A/75/542*")),
            "Title (A/75/542), 1 May 2020, ¶12, p. 4",
        ),
        (Metadata("Title", notes=("United Nations A/HRC/45/30/Add.1",)),
         "Title (A/HRC/45/30/Add.1), ¶12, p. 4"),
        (Metadata("Title", notes=("* A/75/150.", "and/or")), "Title, ¶12, p. 4"),
    ],
)  # fmt: skip
def test_a_citation_leaves_out_what_the_cover_does_not_say(cover: Metadata, citation: str) -> None:
    assert formal_citation(cover, Paragraph("my-report", "¶12", "t", (), 0, page=4)) == citation


def test_a_footnote_ends_with_one_full_stop() -> None:
    paragraph = Paragraph("r", "3", "t", ("V. What now?",), 0)
    assert footnote_text(Metadata("T"), paragraph) == "T, para. 3. Section: V. What now?"


def test_a_copied_citation_is_the_quote_word_for_word_and_its_source() -> None:
    paragraph = Paragraph("r", "3", "So it is.  “Yes”,\the said & <b>.", (), 0)
    hit = CitedHit(paragraph, 1, 1.0, 11, len(paragraph.text))
    assert copied_citation(Metadata("T"), hit) == "““Yes”,\the said & <b>.”\nT, para. 3"


def test_a_conversation_in_markdown_cites_in_footnotes_that_quotes_share() -> None:
    first = Paragraph("r", "1", "One and two.", ("I. Facts", "A. Numbers"), 0)
    second = Paragraph("gone", "2(a)", "Three.", (), 1)
    answers = [
        Answer("How many?", "weak", 0.3, (_cite(first, 0, 3), _cite(second, 0, 6))),
        Answer("para 1", "found", 1.0, (_cite(first, 0, 12),), "Paragraph 1.", True),
        Answer("para 9", "not_found", 0.0, (), "There is no paragraph 9.", True),
    ]
    cover = Metadata("A Title", author="Report of the Secretary-General", date="1 May 2020")
    expected = """\
# Questions and answers

Report of the Secretary-General, A Title, 1 May 2020

gone

## How many?

Weak match: the report may not answer this.

> “One”[^1]

> “Three.”[^2]

## para 1

Paragraph 1.

> “One and two.”[^1]

## para 9

There is no paragraph 9.

[^1]: Report of the Secretary-General, A Title, 1 May 2020, para. 1. Section: I. Facts › A. Numbers.

[^2]: gone, para. 2 (a).
"""
    assert formats.conversation_markdown(answers, {"r": cover}) == expected


def _cite(paragraph: Paragraph, start: int, end: int) -> CitedHit:
    return CitedHit(paragraph, 1, 1.0, start, end)


_TRAPS = [
    HOSTILE,
    "1. first", "12) second", "(a) third", "iv. fourth", "- dash", "+ plus", "* star", ": term",
    "# head # {#id .class}", "---", "===", "~~~", "    indented", "> quoted", "| a | b |",
    "![i](http://a.org/x_y) <http://b.org> [^1] [^1]: x", "see http://a.org/x_y and www.b_c.org",
    "://", "\\://", "\\", "\\* \\begin{x}", "&lt; &#35; ^up^ ~~no~~ $x$ {=html} @key", "one\\",
    "<script>alert(1)</script> ]]>", "=cmd()|' /C calc'!A0", "\u202egnp.exe\u202c \u200fשלום",
]  # fmt: skip


@pytest.mark.parametrize("text", _TRAPS)
def test_a_conversation_in_markdown_shows_hostile_text_as_it_is(text: str) -> None:
    paragraph = Paragraph("r", "1", text, (text,), 0)
    answer = Answer(text, "found", 1.0, (_cite(paragraph, 0, len(text)),), text, True)
    markdown = formats.conversation_markdown([answer], {"r": Metadata(text)})
    markup = Markup(MarkdownIt("commonmark").render(markdown))
    assert markup.tags == {"h1", "h2", "p", "blockquote"}
    title = " ".join(text.split())
    assert markup.shown.split("\n") == [
        "Questions and answers",
        title,
        text.strip(),
        text.strip(),
        "",
        f"“{text}”[^1]",
        "",
        f"[^1]: {footnote_text(Metadata(text), paragraph)}",
        "",
    ]


@pytest.mark.parametrize("text", ["see http://a.org/x_y", "HTTPS://A.org/x_y", "www.b_c.org"])
def test_a_bare_address_is_broken_up_where_a_link_would_show_its_escapes(text: str) -> None:
    paragraph = Paragraph("r", "1", text, (), 0)
    answer = Answer("Why?", "found", 1.0, (_cite(paragraph, 0, len(text)),))
    markdown = formats.conversation_markdown([answer], {"r": Metadata("T")})
    assert not re.search(r"\w://|www\.", markdown)


def test_lines_and_control_characters_cannot_leave_their_paragraph() -> None:
    text = "one\n\n# two\r\n- three\x00\x0b\ud800"
    paragraph = Paragraph("r", "1", text, (), 0)
    answer = Answer(text, "found", 1.0, (_cite(paragraph, 0, len(text)),))
    markdown = formats.conversation_markdown([answer], {"r": Metadata("T")})
    assert "> “one \\# two - three\ufffd\ufffd\ufffd”[^1]" in markdown.split("\n")
    assert "## one \\# two - three\ufffd\ufffd\ufffd" in markdown.split("\n")
    assert markdown.encode()


def test_a_quote_that_looks_like_a_list_stays_a_quote() -> None:
    paragraph = Paragraph("r", "1", "2. Second", (), 0)
    answer = Answer("Why?", "found", 1.0, (_cite(paragraph, 0, 9),))
    markup = Markup(MarkdownIt("commonmark").render(formats.answer_markdown(answer)))
    assert "2. Second" in markup.shown
    assert "ol" not in markup.tags


def test_signs_that_only_pandoc_takes_for_markup_are_escaped_too() -> None:
    assert formats.escape_markdown(": {x} ^y^ @z") == r"\: \{x\} \^y\^ \@z"
