"""Answers and reports in the forms that leave the product: text, Markdown, JSON."""

import json
import re
import textwrap
from collections.abc import Iterator
from typing import Any

from index.report import Paragraph, Report
from qa.answer import Answer, CitedHit, State

_WIDTH = 88  # characters of a line in the terminal

STATE_LINES: dict[State, str] = {
    "found": "The report answers this.",
    "weak": "Weak match: the report may not answer this.",
    "not_found": "The report does not seem to answer this; the closest paragraphs:",
}


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as JSON holds it, one object a citation."""
    return {
        "question": answer.question,
        "state": answer.state,
        "confidence": round(answer.confidence, 4),
        **({"note": answer.note} if answer.note else {}),
        "citations": [_citation_json(hit) for hit in answer.hits],
    }


def _citation_json(hit: CitedHit) -> dict[str, Any]:
    fields = paragraph_json(hit.paragraph)
    return {
        "rank": hit.rank,
        **{name: fields[name] for name in ("report", "paragraph", "label", "section", "page")},
        "quote": hit.quote,
        "start": hit.start,
        "end": hit.end,
        "text": fields["text"],
        "score": round(hit.score, 6),
        "footnotes": fields["footnotes"],
    }


def paragraph_json(paragraph: Paragraph) -> dict[str, Any]:
    """A paragraph as JSON holds it."""
    return {
        "report": paragraph.report_id,
        "paragraph": paragraph.number,
        "label": paragraph.label,
        "section": list(paragraph.section),
        "page": paragraph.page,
        "text": paragraph.text,
        "footnotes": [{"number": n.number, "text": n.text} for n in paragraph.footnotes],
    }


def answer_line(answer: Answer) -> str:
    """What was found, in one line."""
    if answer.is_exact:
        return answer.note
    return f"{answer.note} {STATE_LINES[answer.state]}".strip()


def answer_text(answer: Answer) -> str:
    """An answer for the terminal."""
    blocks = [answer_line(answer)]
    for hit in answer.hits:
        lines = [f"{hit.rank}. {_place(hit.paragraph)}", _wrap(f"“{hit.quote}”", "   ")]
        lines += [
            _wrap(f"Footnote {note.number}: {note.text}", "   ") for note in hit.paragraph.footnotes
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def answer_markdown(answer: Answer) -> str:
    """An answer to paste: each quote with its citation and footnotes."""
    blocks = [f"**{escape_markdown(answer.question)}**", escape_markdown(answer_line(answer))]
    for hit in answer.hits:
        blocks.append(f"> {escape_markdown(hit.quote)}")
        blocks.append(f"— {escape_markdown(_place(hit.paragraph))}")
        blocks += [
            f"{escape_markdown(f'Footnote {note.number}: {note.text}')}"
            for note in hit.paragraph.footnotes
        ]
    return "\n\n".join(blocks) + "\n"


def paragraph_text(paragraph: Paragraph) -> str:
    """One paragraph with its footnotes, for the terminal."""
    blocks = [_place(paragraph), _wrap(paragraph.text)]
    blocks += [_wrap(f"Footnote {note.number}: {note.text}") for note in paragraph.footnotes]
    return "\n\n".join(blocks) + "\n"


def report_text(report: Report) -> str:
    """A whole report, for the terminal."""
    blocks = [report.metadata.title]
    for part in report_parts(report):
        if isinstance(part, Paragraph):
            blocks.append(_wrap(_printed_number(part) + part.text))
            blocks += [_wrap(f"[{note.number}] {note.text}", "    ") for note in part.footnotes]
        else:
            blocks.append(part[0])
    return "\n\n".join(blocks) + "\n"


def report_jsonl(report: Report) -> str:
    """One JSON object a paragraph, in document order."""
    return "".join(
        json.dumps(paragraph_json(paragraph), ensure_ascii=False) + "\n"
        for paragraph in report.paragraphs
    )


def report_beir(report: Report) -> str:
    """The paragraphs as a BEIR corpus; ``_id`` is the printed number."""
    return "".join(
        json.dumps(
            {"_id": p.number, "title": p.section[-1] if p.section else "", "text": p.text},
            ensure_ascii=False,
        )
        + "\n"
        for p in report.paragraphs
    )


def report_markdown(report: Report) -> str:
    """The report as clean Markdown, which reads back as the same report."""
    about = report.metadata
    cover = [*about.notes, about.date, about.session, *about.agenda]
    blocks = [escape_markdown(line) for line in cover if line]
    blocks.append(f"# {escape_markdown(about.title)}")
    if about.author:
        blocks.append(escape_markdown(about.author))
    for part in report_parts(report):
        if isinstance(part, Paragraph):
            blocks.append(_printed_number(part) + _marked_text(part))
            blocks += [
                f"<sup>{note.number}</sup> {escape_markdown(note.text)}" for note in part.footnotes
            ]
        else:
            text, depth = part
            blocks.append(f"{'#' * min(depth + 1, 6)} {escape_markdown(text)}")
    return "\n\n".join(blocks) + "\n"


def escape_markdown(text: str) -> str:
    """Make Markdown show a text as it is, whatever signs it holds."""
    text = re.sub(r"([\\`*_\[\]<>~|&$])", r"\\\1", text)
    return re.sub(r"^([#+-])", r"\\\1", text)


def report_parts(report: Report) -> Iterator[Paragraph | tuple[str, int]]:
    """Headings, as text and depth, and paragraphs in document order."""
    headings = list(report.headings)
    for paragraph in report.paragraphs:
        while headings and headings[0].order <= paragraph.order:
            heading = headings.pop(0)
            yield heading.text, heading.depth
        yield paragraph
    yield from ((heading.text, heading.depth) for heading in headings)


def _printed_number(paragraph: Paragraph) -> str:
    """What the report prints before the text: ``69. ``, ``(a) ``, nothing."""
    if "(" in paragraph.number:
        return paragraph.number[paragraph.number.index("(") :] + " "
    return f"{paragraph.number}. " if paragraph.number.isdigit() else ""


def _marked_text(paragraph: Paragraph) -> str:
    """The text with its footnote marks put back where they stood."""
    pieces, start = [], 0
    for note in paragraph.footnotes:
        pieces.append(escape_markdown(paragraph.text[start : note.mark]))
        pieces.append(f"<sup>{note.number}</sup>")
        start = note.mark
    return "".join(pieces) + escape_markdown(paragraph.text[start:])


def _place(paragraph: Paragraph) -> str:
    """Where a paragraph stands: report, label and section."""
    return " · ".join([paragraph.label, " > ".join(paragraph.section), paragraph.report_id])


def _wrap(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
