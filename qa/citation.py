"""Citations in the form that United Nations documents use."""

import re

from index.report import Metadata, Paragraph
from qa.answer import CitedHit

# A cover line that is a symbol; "* A/75/150." on a cover is another document, the agenda.
_SYMBOL = re.compile(r"(?:United Nations )?([A-Z]+(?:/[\w.()-]+)+)\**")


def formal_citation(metadata: Metadata, paragraph: Paragraph) -> str:
    """A paragraph as a United Nations document cites it, without a full stop.

    For example "Report of the Secretary-General, Global Compact for Safe, Orderly and
    Regular Migration, 26 October 2020, para. 69". What the cover does not say is left out;
    a document symbol stands in brackets after the title.

    Source: United Nations Editorial Manual, Footnotes and other references, III.A.
    """
    return f"{formal_source(metadata, paragraph.report_id)}, {paragraph.label}"


def formal_source(metadata: Metadata, report_id: str) -> str:
    """A whole report as `formal_citation` names it: by its id if its cover says nothing."""
    symbol = _symbol(metadata)
    title = " ".join(metadata.title.split())
    if title and symbol:
        title = f"{title} ({symbol})"
    parts = [metadata.author, title or symbol or report_id, metadata.date]
    return ", ".join(folded for part in parts if (folded := " ".join(part.split())))


def copied_citation(metadata: Metadata, hit: CitedHit) -> str:
    """A quote, word for word, and its citation on a line below: what "copy" copies."""
    return f"“{hit.quote}”\n{formal_citation(metadata, hit.paragraph)}"


def footnote_text(metadata: Metadata, paragraph: Paragraph) -> str:
    """The footnote of a quote: its citation, then the headings that the paragraph stands under."""
    sentences = [formal_citation(metadata, paragraph)]
    headings = [heading for heading in paragraph.section if heading.lower() != paragraph.number]
    if headings:
        sentences.append(f"Section: {' › '.join(headings)}")
    return " ".join(s if s.endswith((".", "?", "!")) else f"{s}." for s in sentences)


def legible(text: str) -> str:
    """The text with � for what no XML file may hold: control characters, lone surrogates."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


def _symbol(metadata: Metadata) -> str:
    """The document's own symbol, such as ``A/75/542``, or ``""``."""
    matches = (_SYMBOL.fullmatch(line.strip()) for line in metadata.notes)
    return metadata.symbol or next((match[1] for match in matches if match), "")
