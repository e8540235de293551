import dataclasses
import json
import re
from html.parser import HTMLParser

import pytest

from index.reading import read_report
from index.report import Footnote, Heading, Link, Metadata, Paragraph, Report
from qa import formats, page
from qa.answer import Answer, CitedHit

_HOSTILE = "<img src=x onerror=alert(1)> \"q\" 'a' & **b** [x](javascript:alert(1)) `c` $d$"


@pytest.fixture
def hostile() -> Report:
    """A report whose every text tries to be markup."""
    url = 'javascript:alert(1)//"onmouseover="alert(1)'
    note = Footnote("1", _HOSTILE, 5, (Link(0, 4, url), Link(5, 8, 'http://a.org/"><script>')))
    paragraph = Paragraph("r", "1", _HOSTILE, (_HOSTILE,), 0, (note,))
    return Report(
        "r", Metadata(_HOSTILE, author=_HOSTILE), "en", "r.md",
        (Heading(_HOSTILE, 1, 0),), (paragraph,),
    )  # fmt: skip


def _answer(paragraph: Paragraph) -> Answer:
    return Answer(_HOSTILE, "found", 0.5, (CitedHit(paragraph, 1, 0.5, 5, 20),))


class _Markup(HTMLParser):
    """Collects what a browser would take for markup, and the text it would show."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.shown = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.shown += data


def test_html_shows_hostile_text_and_runs_none_of_it(hostile: Report) -> None:
    html = page.report_html(hostile) + page.answer_html(_answer(hostile.paragraphs[0]))
    html += page.question_html(_HOSTILE) + page.notice_html(_HOSTILE)
    markup = _Markup(html)
    assert markup.tags.isdisjoint({"img", "script", "b", "code"})
    assert {name for name, _ in markup.attributes}.isdisjoint({"onerror", "onmouseover"})
    urls = [value for name, value in markup.attributes if name == "href"]
    assert not [url for url in urls if url and "javascript" in url]
    assert 'http://a.org/"><script>' in urls
    assert markup.shown.count(_HOSTILE) >= 5
    assert ("rel", "noopener noreferrer") in markup.attributes


def test_a_card_marks_the_quote_and_links_to_it(hostile: Report) -> None:
    html = page.answer_html(_answer(hostile.paragraphs[0]))
    assert 'href="#r-1:5-20"' in html
    assert "<mark>src=x onerror=a</mark>" in html


def test_the_pane_puts_marks_back_and_anchors_every_paragraph(report: Report) -> None:
    html = page.report_html(report)
    assert "this effort" not in html
    assert 'objective 2<sup><a href="#global-compact-2020-36-note-26">26</a></sup> –' in html
    for paragraph in report.paragraphs:
        assert f'id="global-compact-2020-{paragraph.number}"' in html
    assert html.count('class="footnote"') == 57


def test_markdown_reads_back_as_the_same_report(report: Report) -> None:
    again = read_report(formats.report_markdown(report).encode(), report.source)
    assert [_plain(p) for p in again.paragraphs] == [_plain(p) for p in report.paragraphs]
    assert again.headings == report.headings
    assert again.metadata.title == report.metadata.title
    assert set(again.metadata.agenda) == set(report.metadata.agenda)


def test_markdown_of_hostile_text_is_that_text(hostile: Report) -> None:
    again = read_report(formats.report_markdown(hostile).encode(), "r.md")
    assert again.paragraphs[0].text == _HOSTILE
    assert again.paragraphs[0].footnotes[0].text == _HOSTILE
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
    assert text.startswith("The report does not seem to answer this; the closest paragraphs:")
    assert "1. para. 36 · V. What progress can be identified? > B. Protecting" in text
    assert "“Minimizin”" in text
    assert "Footnote 26: See General Assembly resolution 73/195, annex, para. 18 (b)." in text


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
