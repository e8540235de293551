"""A report as HTML: cover, contents, headings, numbered paragraphs, footnotes.

Every text is escaped here; nothing that a report holds becomes markup.
"""

from collections.abc import Iterator, Mapping
from html import escape
from itertools import count
from urllib.parse import urlencode

from index.errors import ReportQaError
from index.library import Library
from index.report import Footnote, Link, Paragraph, Report
from qa.formats import printed_number, report_parts

_WEB = ("http://", "https://")
_RIGHT_TO_LEFT = ("ar", "fa", "he", "ur", "yi", "ps", "sd")
_CONTENTS_BUTTON = (
    '<button type="button" class="contents-button" aria-expanded="false" '
    'aria-controls="contents">Contents</button>'
)
_WALK = (
    '<div class="walk" hidden>'
    '<button type="button" class="previous" aria-label="Previous citation">‹</button>'
    '<span class="position"></span>'
    '<button type="button" class="next" aria-label="Next citation">›</button></div>'
)


def report_titles(library: Library) -> dict[str, str]:
    """The title of each report, by its id."""
    return {each.report_id: each.metadata.title for each in library.overviews()}


def pane_html(library: Library, named: str = "") -> str:
    """The report to read: the one named, else the first; or why there is none.

    Args:
        library: where the reports are.
        named: id of a report. A caller may write anything here.
    """
    try:
        titles = report_titles(library)
        shown = named if named in titles else next(iter(titles), "")
        return report_html(library.report(shown), titles)
    except ReportQaError as error:  # gone meanwhile, or the library is empty
        return f'<article class="report"><p class="notice">{escape(str(error))}</p></article>'


def report_html(report: Report, titles: Mapping[str, str] | None = None) -> str:
    """The whole report, with an anchor on everything that can be gone to.

    Args:
        report: what to show.
        titles: of the reports to choose from, by their ids.
    """
    about = report.metadata
    cover = "".join(
        f"<p>{escape(line)}</p>" for line in (about.author, about.date, about.session) if line
    )
    choice = _choice(report, titles or {})
    bar = f'<div class="bar">{_CONTENTS_BUTTON}{_contents(report)}{choice}{_WALK}</div>'
    return (
        f'{bar}<article class="report" lang="{escape(report.language)}" dir="{_direction(report)}" '
        f'data-report="{escape(report.report_id)}"><header><h2>{escape(about.title)}</h2>{cover}'
        f"</header>{''.join(_body(report))}</article>"
    )


def anchor(paragraph: Paragraph) -> str:
    """The id of a paragraph's element, escaped."""
    return escape(f"{paragraph.report_id}-{paragraph.number}")


def address(paragraph: Paragraph) -> str:
    """The link that opens a report at a paragraph, escaped."""
    place = {"report": paragraph.report_id, "para": paragraph.number}
    return escape(f"?{urlencode(place)}")


def note_html(note: Footnote, identity: str = "") -> str:
    """A footnote with its links.

    Args:
        note: the footnote.
        identity: id of its element, escaped; none where it is shown a second time.
    """
    attribute = f' id="{identity}" tabindex="-1"' if identity else ""
    return (
        f'<p class="footnote"{attribute}><sup>{escape(note.number)}</sup> '
        f"{_linked(note.text, note.links)}</p>"
    )


def _direction(report: Report) -> str:
    return "rtl" if report.language in _RIGHT_TO_LEFT else "ltr"


def _choice(report: Report, titles: Mapping[str, str]) -> str:
    """A menu of the reports, shown where there are several."""
    options = "".join(
        f'<option value="{escape(report_id)}"{" selected" * (report_id == report.report_id)}>'
        f"{escape(title)}</option>"
        for report_id, title in titles.items()
    )
    hidden = " hidden" * (len(titles) < 2)  # the page shows it when a second one is added
    return f'<select class="choice" aria-label="Report to read"{hidden}>{options}</select>'


def _contents(report: Report) -> str:
    items = "".join(
        f'<li class="depth-{min(heading.depth, 4)}"><a href="#{_heading_anchor(report, position)}">'
        f"{escape(heading.text)}</a></li>"
        for position, heading in enumerate(report.headings)
    )
    return f'<nav id="contents" aria-label="Contents" hidden><ul>{items}</ul></nav>'


def _body(report: Report) -> Iterator[str]:
    positions = count()
    for part in report_parts(report):
        if isinstance(part, Paragraph):
            yield _paragraph(part)
        else:
            text, depth = part
            level = min(depth + 2, 6)
            yield (
                f'<h{level} id="{_heading_anchor(report, next(positions))}" tabindex="-1">'
                f"{escape(text)}</h{level}>"
            )


def _heading_anchor(report: Report, position: int) -> str:
    return escape(f"{report.report_id}-heading-{position}")


def _paragraph(paragraph: Paragraph) -> str:
    notes = "".join(note_html(note, _note_anchor(paragraph, note)) for note in paragraph.footnotes)
    depth = " sub" * paragraph.number.count("(")
    return (
        f'<div class="paragraph{depth}" id="{anchor(paragraph)}" tabindex="-1" '
        f'data-number="{escape(paragraph.number)}">{_number(paragraph)}'
        f'<p class="text">{_marked_text(paragraph)}</p></div>{notes}'
    )


def _number(paragraph: Paragraph) -> str:
    """The printed number, linked to its own place; nothing where none is printed."""
    shown = printed_number(paragraph)
    if not shown:
        return '<span class="number"></span>'
    return (
        f'<a class="number" href="{address(paragraph)}" '
        f'aria-label="Link to {escape(paragraph.label)}">{escape(shown)}</a>'
    )


def _marked_text(paragraph: Paragraph) -> str:
    """The text with its footnote marks, each a link to its note."""
    pieces, start = [], 0
    for note in paragraph.footnotes:
        pieces.append(escape(paragraph.text[start : note.mark]))
        number = escape(note.number)
        pieces.append(
            f'<sup><a href="#{_note_anchor(paragraph, note)}" aria-label="Footnote {number}">'
            f"{number}</a></sup>"
        )
        start = note.mark
    return "".join(pieces) + escape(paragraph.text[start:])


def _note_anchor(paragraph: Paragraph, note: Footnote) -> str:
    return f"{anchor(paragraph)}-note-{escape(note.number)}"


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
