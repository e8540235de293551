"""Answers and reports in the forms that leave the product: text, Markdown, JSON."""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from index.report import Metadata, Paragraph, Report
from qa.answer import Answer, CitedHit, State
from qa.citation import footnote_text, formal_source, legible

CONVERSATION_TITLE = "Questions and answers"

_WIDTH = 88  # characters of a line in the terminal


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
    """How the question was read and what was found, in one line."""
    return found_line(answer) if answer.is_exact else f"{answer.note} {found_line(answer)}".strip()


def found_line(answer: Answer) -> str:
    """What was found, in one line."""
    if answer.is_exact:
        return answer.note
    n_cited = len(answer.hits)
    if not n_cited:
        return "No paragraph was found."
    if not answer.is_understood:
        return "The closest paragraphs are below."
    lines: dict[State, str] = {
        "found": f"{n_cited} paragraphs answer this.",
        "weak": "Weak match: the report may not answer this.",
        "not_found": "The report does not seem to answer this; closest paragraphs below.",
    }
    if answer.state == "found" and n_cited == 1:
        return "1 paragraph answers this."
    return lines[answer.state]


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
    blocks = [f"**{escape_markdown(answer.question)}**", _markdown_paragraph(answer_line(answer))]
    for hit in answer.hits:
        blocks.append(f"> {_markdown_paragraph(hit.quote)}")
        blocks.append(f"— {escape_markdown(_place(hit.paragraph))}")
        blocks += [
            f"{escape_markdown(f'Footnote {note.number}: {note.text}')}"
            for note in hit.paragraph.footnotes
        ]
    return "\n\n".join(blocks) + "\n"


def conversation_markdown(answers: Sequence[Answer], reports: Mapping[str, Metadata]) -> str:
    """A conversation to download: each quote with a footnote that cites it formally.

    Footnotes have the syntax of GitHub and Pandoc; quotes of one paragraph share one.

    Args:
        answers: in the order of the conversation.
        reports: the cover of each report by its id; a report without one is cited by its id.
    """
    blocks = [f"# {CONVERSATION_TITLE}"]
    blocks += [_markdown_paragraph(source) for source in cited_sources(answers, reports)]
    notes: dict[str, int] = {}  # what a footnote says, and its number
    for answer in answers:
        blocks.append(f"## {_markdown_paragraph(answer.question)}")
        blocks.append(_markdown_paragraph(answer_line(answer)))
        for hit in answer.hits:
            note = footnote_text(cover_of(hit.paragraph, reports), hit.paragraph)
            number = notes.setdefault(note, len(notes) + 1)
            blocks.append(f"> {_markdown_paragraph(f'“{hit.quote}”')}[^{number}]")
    blocks += [f"[^{number}]: {_markdown_paragraph(note)}" for note, number in notes.items()]
    return "\n\n".join(blocks) + "\n"


def cited_sources(answers: Sequence[Answer], reports: Mapping[str, Metadata]) -> list[str]:
    """The reports that answers cite, each once, in the order of their first citation."""
    paragraphs = [hit.paragraph for answer in answers for hit in answer.hits]
    return list(dict.fromkeys(formal_source(cover_of(p, reports), p.report_id) for p in paragraphs))


def cover_of(paragraph: Paragraph, reports: Mapping[str, Metadata]) -> Metadata:
    """The cover of a paragraph's report; an empty one where the report is not at hand."""
    return reports.get(paragraph.report_id, Metadata(""))


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
            blocks.append(_wrap(f"{printed_number(part)} {part.text}".strip()))
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
            blocks.append(f"{printed_number(part)} {_marked_text(part)}".strip())
            blocks += [
                f"<sup>{note.number}</sup> {escape_markdown(note.text)}" for note in part.footnotes
            ]
        else:
            text, depth = part
            blocks.append(f"{'#' * min(depth + 1, 6)} {escape_markdown(text)}")
    return "\n\n".join(blocks) + "\n"


def escape_markdown(text: str) -> str:
    """Make Markdown show a text as it is, whatever signs it holds."""
    text = re.sub(r"([\\`*_\[\]<>~|&$#^{}@])", r"\\\1", text)
    return re.sub(r"^([+:-])", r"\\\1", text)


def _markdown_paragraph(text: str) -> str:
    """A text as one paragraph: no list, no line break, no bare link to be taken for markup."""
    text = escape_markdown(re.sub(r"\s*[\r\n]+\s*", " ", legible(text)).strip())
    text = re.sub(r"^(\(?(?:\d{1,9}|[A-Za-z]|[ivxlcIVXLC]+))([.)])(?=\s|$)", r"\1\\\2", text)
    return re.sub(r"((?<!\\):(?=//)|(?<=www)\.)", r"\\\1", text, flags=re.IGNORECASE)


def report_parts(report: Report) -> Iterator[Paragraph | tuple[str, int]]:
    """Headings, as text and depth, and paragraphs in document order."""
    headings = list(report.headings)
    for paragraph in report.paragraphs:
        while headings and headings[0].order <= paragraph.order:
            heading = headings.pop(0)
            yield heading.text, heading.depth
        yield paragraph
    yield from ((heading.text, heading.depth) for heading in headings)


def printed_number(paragraph: Paragraph) -> str:
    """What the report prints before the text: ``69.``, ``(a)``, ``§ 3``; ``""`` for nothing."""
    local = re.sub(r"~\d+", "", paragraph.number.rsplit("/", 1)[-1])
    if local.endswith("(cont)"):
        return ""  # a text that closes a list has no number of its own
    if "(" in local:
        return local[local.rindex("(") :]
    if local.startswith("§"):
        return f"§ {local[1:]}"
    return f"{local}." if local[0].isdigit() else ""


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
