"""Answers and reports as HTML for the page. Every text is escaped here, and only here."""

from html import escape, unescape
from importlib.resources import files

from index.report import Footnote, Link, Paragraph, Report
from qa.answer import Answer, CitedHit
from qa.formats import answer_line, report_parts

_WEB = ("http://", "https://")
_QUESTION_OPEN, _QUESTION_CLOSE = '<div class="question">', "</div>"


def asset(name: str) -> str:
    """A style sheet or script of the page."""
    return files("qa").joinpath("page_assets", name).read_text(encoding="utf-8")


def question_html(question: str) -> str:
    """What a person asked, as they typed it."""
    return f"{_QUESTION_OPEN}{escape(question)}{_QUESTION_CLOSE}"


def question_of(html: str) -> str:
    """The question that `question_html` wrapped."""
    return unescape(html.removeprefix(_QUESTION_OPEN).removesuffix(_QUESTION_CLOSE))


def notice_html(sentence: str) -> str:
    """A sentence of ours instead of an answer."""
    return f'<div class="notice" role="status">{escape(sentence)}</div>'


def answer_html(answer: Answer) -> str:
    """What was found in one line, then a card a citation, best first."""
    cards = "".join(_card(hit) for hit in answer.hits)
    return (
        f'<section class="answer {answer.state}"><p class="state" role="status">'
        f'{escape(answer_line(answer))}</p><ol class="citations">{cards}</ol></section>'
    )


def report_html(report: Report) -> str:
    """The whole report: cover, headings, numbered paragraphs, footnotes; each with an anchor."""
    about = report.metadata
    cover = "".join(
        f"<p>{escape(line)}</p>" for line in (about.author, about.date, about.session) if line
    )
    body = "".join(
        _report_paragraph(part)
        if isinstance(part, Paragraph)
        else f"<h{min(part[1] + 2, 6)}>{escape(part[0])}</h{min(part[1] + 2, 6)}>"
        for part in report_parts(report)
    )
    return (
        f'<article class="report" lang="{escape(report.language)}"><header>'
        f"<h2>{escape(about.title)}</h2>{cover}</header>{body}</article>"
    )


def _card(hit: CitedHit) -> str:
    paragraph = hit.paragraph
    text = paragraph.text
    notes = "".join(_note(note) for note in paragraph.footnotes)
    return (
        '<li class="citation"><div class="place">'
        f'<a class="cite" href="#{_anchor(paragraph)}:{hit.start}-{hit.end}">'
        f"{escape(paragraph.label)}</a>"
        f'<span class="section">{escape(" › ".join(paragraph.section))}</span></div>'
        f"<blockquote>{escape(text[: hit.start])}<mark>{escape(hit.quote)}</mark>"
        f'{escape(text[hit.end :])}</blockquote><div class="footnotes">{notes}</div></li>'
    )


def _report_paragraph(paragraph: Paragraph) -> str:
    number = paragraph.number
    if "(" in number:
        number = number[number.index("(") :]
    elif number.isdigit():
        number += "."
    else:
        number = ""
    notes = "".join(_note(note, f"{_anchor(paragraph)}-note-") for note in paragraph.footnotes)
    depth = " sub" if "(" in paragraph.number else ""
    return (
        f'<div class="paragraph{depth}" id="{_anchor(paragraph)}" tabindex="-1">'
        f'<span class="number">{escape(number)}</span>'
        f'<p class="text">{_marked_text(paragraph)}</p></div>{notes}'
    )


def _marked_text(paragraph: Paragraph) -> str:
    """The text with its footnote marks, each a link to its note."""
    pieces, start = [], 0
    for note in paragraph.footnotes:
        anchor = f"{_anchor(paragraph)}-note-{escape(note.number)}"
        pieces.append(escape(paragraph.text[start : note.mark]))
        pieces.append(f'<sup><a href="#{anchor}">{escape(note.number)}</a></sup>')
        start = note.mark
    return "".join(pieces) + escape(paragraph.text[start:])


def _note(note: Footnote, anchor: str = "") -> str:
    identity = f' id="{anchor}{escape(note.number)}"' if anchor else ""
    return (
        f'<p class="footnote"{identity}><sup>{escape(note.number)}</sup> '
        f"{_linked(note.text, note.links)}</p>"
    )


def _linked(text: str, links: tuple[Link, ...]) -> str:
    """A text with its web links; other kinds of link stay plain text."""
    pieces, start = [], 0
    for link in links:
        if not link.url.lower().startswith(_WEB):
            continue
        pieces.append(escape(text[start : link.start]))
        pieces.append(
            f'<a href="{escape(link.url)}" target="_blank" rel="noopener noreferrer">'
            f"{escape(text[link.start : link.end])}</a>"
        )
        start = link.end
    return "".join(pieces) + escape(text[start:])


def _anchor(paragraph: Paragraph) -> str:
    return escape(f"{paragraph.report_id}-{paragraph.number}")
