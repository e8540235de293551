"""Where reports are added on the page, and the account of each, as HTML. All text is escaped."""

from html import escape

from index.reading import SUFFIXES
from index.report import Oddity
from qa.account import account_line
from qa.adding import Change, Reading
from qa.page_uploads import FILE_BYTES, SIZE_SENTENCE

_MOST_ODDITIES = 100  # of one card
_CHANGES: dict[Change, str] = {
    "added": "Added.",
    "replaced": "Replaced the report of this name.",
    "unchanged": "Nothing changed: this very file was there.",
}
_REMOVAL = (
    '<button type="button" class="quiet" data-remove aria-label="Remove “{title}”">Remove</button>'
    '<div class="confirm" role="group" aria-label="Remove the report" hidden>'
    "<p>Remove it for everyone who uses this page?</p>"
    '<button type="button" data-confirm="{report}">Yes, remove it</button>'
    '<button type="button" data-keep>Keep it</button></div>'
)


def dialog_html() -> str:
    """Where files are chosen or dropped.

    The page evaluates this as a template: no text of a report or a person may go in here.
    """
    return (
        '<dialog class="adding" aria-labelledby="adding-title"><div class="head">'
        '<h2 id="adding-title">Add reports</h2>'
        '<button type="button" class="close" aria-label="Close">×</button></div>'
        '<div class="drop"><input type="file" id="files" class="visually-hidden" multiple '
        f'autofocus accept="{",".join(SUFFIXES)}" data-limit="{FILE_BYTES}" '
        f'data-too-large="{escape(SIZE_SENTENCE)}" aria-describedby="files-kinds">'
        '<label for="files">Choose files</label><span class="or">or drop them here</span>'
        '<p id="files-kinds">PDF, Word (.docx), HTML, EPUB, Markdown or plain '
        f"text, up to {FILE_BYTES // 2**20} MB each. Everyone who uses this page can ask them."
        '</p></div><p class="sum"></p><ul class="files" aria-label="Files"></ul>'
        '<p class="visually-hidden" role="status" aria-live="polite"></p></dialog>'
    )


def card_html(reading: Reading, *, is_removable: bool) -> str:
    """The account of a report: what was found, and what a person should look at.

    Args:
        reading: of its file.
        is_removable: whether a button removes it.
    """
    report = reading.report
    title, report_id = escape(report.metadata.title), escape(report.report_id)
    note = reading.language_note
    return (
        f'<li class="card" data-report="{report_id}"><p class="change">'
        f"{_CHANGES[reading.change]}</p><h3>{title}</h3>"
        f'<p class="account">{escape(account_line(report))}.</p>'
        f"{_warning(note[0].upper() + note[1:] + '.') if note else ''}{_oddities(report.oddities)}"
        f'<div class="actions"><button type="button" data-read="{report_id}">Read it</button>'
        f"{_REMOVAL.format(title=title, report=report_id) if is_removable else ''}</div></li>"
    )


def _oddities(oddities: tuple[Oddity, ...]) -> str:
    if not oddities:
        return '<p class="fine">Nothing odd was found.</p>'
    items = [f"<li>{_place(oddity)}{escape(oddity.sentence)}</li>" for oddity in oddities]
    if len(items) > _MOST_ODDITIES:
        more = f"<li>{len(items) - _MOST_ODDITIES} more: `qa show REPORT --check` tells all</li>"
        items = [*items[:_MOST_ODDITIES], more]
    found = "1 thing looks odd" if len(oddities) == 1 else f"{len(oddities):,} things look odd"
    return f"<details><summary>{found}</summary><ul>{''.join(items)}</ul></details>"


def _place(oddity: Oddity) -> str:
    return "" if oddity.page is None else f"<b>p. {oddity.page}</b> "


def _warning(sentence: str) -> str:
    return f'<p class="warning">{escape(sentence)}</p>'
