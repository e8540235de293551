"""The conversation as HTML. Every text is escaped here; none becomes markup."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files

from index.report import Metadata
from qa.answer import Answer, CitedHit
from qa.citation import copied_citation
from qa.formats import found_line
from qa.page_report import address, anchor, note_html
from qa.reasons import Reason
from qa.suggest import Suggestion

# So much of a long paragraph is shown around its quote until it is unfolded.
_AROUND_QUOTE = 160  # characters
_OF_LONG_QUOTE = 480

_FONTS = {
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,"
    "U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
    "latin-ext": "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB,"
    "U+2C60-2C7F,U+A720-A7FF",
}
_THUMB = (
    '<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="M7 11v9H4v-9h3zm'
    "2 9h8.2a2 2 0 0 0 2-1.6l1.3-6.5a1.6 1.6 0 0 0-1.6-1.9H14l.9-4.1a1.7 1.7 0 0 0-3.1-1.3L9 10.4V"
    '20z"/></svg>'
)


def asset(name: str) -> str:
    """A style sheet or script of the page."""
    return files("qa").joinpath("page_assets", name).read_text(encoding="utf-8")


def head_html() -> str:
    """What goes into the page's head: its typeface, style sheet and scripts."""
    scripts = "".join(asset(name) for name in ("reading.js", "conversation.js", "adding.js"))
    return f"<style>{font_faces()}{asset('page.css')}</style><script>{scripts}</script>"


def font_faces() -> str:
    """The style rules that bring the page's typeface along."""
    return "".join(_font_face(name, signs) for name, signs in _FONTS.items())


def _font_face(name: str, signs: str) -> str:
    font = files("qa").joinpath("page_assets", "fonts", f"source-serif-4-{name}.woff2")
    return (
        "@font-face{font-family:'Source Serif 4';font-weight:200 900;font-display:block;"
        f"src:url(data:font/woff2;base64,{b64encode(font.read_bytes()).decode()});"
        f"unicode-range:{signs}}}"
    )


def privacy_line(host: str, url: str) -> str:
    """Where what a person sends stays. True also where a proxy or a tunnel leads to the page.

    Args:
        host: address that the page listens on.
        url: where the library is, if not on this machine; else ``""``.
    """
    if url:
        return "What you send stays on this page’s server and database."
    if host in ("localhost", "::1") or host.startswith("127."):
        return "Nothing leaves the machine it runs on."
    return "What you send stays on the server of this page."


def masthead_html(privacy: str, *, can_add: bool = True) -> str:
    """The page's title, and on a phone the choice between conversation and report.

    The page evaluates this as a template: no text of a report or a person may go in here.

    Args:
        privacy: where what a person sends stays.
        can_add: whether reports can be added on the page.
    """
    add = '<button type="button" class="add" aria-haspopup="dialog">Add reports</button>'
    return (
        '<header class="masthead"><h1>Ask the report</h1><p>Answers are numbered paragraphs, '
        f"quoted word for word. {privacy}</p>{add if can_add else ''}</header>"
        '<div class="tabs" role="tablist" aria-label="What to show">'
        '<button type="button" role="tab" id="tab-asking" aria-controls="asking" '
        'aria-selected="true">Conversation</button>'
        '<button type="button" role="tab" id="tab-reading" aria-controls="reading" '
        'aria-selected="false" tabindex="-1">Report</button></div>'
    )


def conversation_html(examples: Sequence[str]) -> str:
    """The conversation before the first question.

    The page evaluates this as a template: no text of a report or a person may go in here.
    """
    questions = "".join(f"<li>{_ask_button(question, question)}</li>" for question in examples)
    return (
        '<div class="tools" role="toolbar" aria-label="Conversation" hidden>'
        '<button type="button" data-export="docx">Save for Word</button>'
        '<button type="button" data-export="markdown">Save as Markdown</button>'
        '<button type="button" data-restart>New conversation</button></div>'
        '<div class="log" role="region" aria-label="Conversation" tabindex="0">'
        '<div class="welcome"><h2>What do you want to know?</h2><p>Ask in your own words, or name '
        "a place: <em>para 12</em>, <em>footnote 28</em>, <em>section V.B</em>, <em>where is "
        f'Portugal mentioned?</em></p><ul class="examples">{questions}</ul></div></div>'
        '<p class="pending">Searching … The next question can be sent when this one is '
        "answered.</p>"
        '<p class="visually-hidden" role="status" aria-live="polite"></p>'
    )


def scope_html(titles: Mapping[str, str], chosen: Sequence[str] = ()) -> str:
    """Which reports to ask, where there are several.

    Args:
        titles: of each report, by its id.
        chosen: ids of those that are asked; all where it is empty.
    """
    if len(titles) < 2:
        return ""
    boxes = "".join(
        f'<li><label><input type="checkbox"{" checked" * (not chosen or report_id in chosen)} '
        f'value="{escape(report_id)}"> {escape(title)}</label></li>'
        for report_id, title in titles.items()
    )
    asked = f"{len(chosen)} of" if chosen else "all"
    return (
        f"<details><summary>Asking {asked} {len(titles)} reports</summary>"
        f'<fieldset><legend class="visually-hidden">Reports to ask</legend><ul>{boxes}</ul>'
        "</fieldset></details>"
    )


def turn_html(
    turn_id: str,
    answer: Answer,
    reports: Mapping[str, Metadata],
    suggestions: Sequence[Suggestion] = (),
    *,
    names_reports: bool = False,
    told: str = "",
) -> str:
    """A question and what was found: one line, then a card a citation, best first.

    Args:
        turn_id: identifies the answer on the page.
        answer: what to show.
        reports: the cover of each report that is cited.
        suggestions: questions to go on with.
        names_reports: whether a card says which report it is of.
        told: what the browser keeps of it, to tell later.
    """
    cards = "".join(_card(hit, reports, names_reports) for hit in answer.hits)
    return (
        f'<article class="turn" id="turn-{escape(turn_id)}" data-turn="{escape(turn_id)}" '
        f'data-told="{escape(told)}">{_question(answer.question)}'
        f'<section class="answer {answer.state}"><p class="state">{escape(found_line(answer))}</p>'
        f'{_reading(answer)}<ol class="citations">{cards}</ol>'
        f"{_none_of_these(answer)}{_suggestions(suggestions)}</section></article>"
    )


def notice_html(turn_id: str, question: str, sentence: str) -> str:
    """A question that could not be answered, and why."""
    return (
        f'<article class="turn" id="turn-{escape(turn_id)}">{_question(question)}'
        f'<p class="notice">{escape(sentence)}</p></article>'
    )


def reason_line(reason: Reason) -> str:
    """Why a paragraph matched, in one line."""
    parts = []
    if reason.shared:
        parts.append(f"Same words: {', '.join(reason.shared)}.")
    if reason.alike:
        pairs = ", ".join(f"{asked} → {found}" for asked, found in reason.alike)
        parts.append(f"Close in meaning: {pairs}.")
    return " ".join(parts) or "Close in meaning as a whole, in other words."


def _question(question: str) -> str:
    return f'<h2 class="question">{escape(question)}</h2>'


def _reading(answer: Answer) -> str:
    """How the question was read, with the way back to its letter."""
    if not answer.note or answer.is_exact:
        return ""
    literally = ""
    if answer.context:
        literally = (
            f'<button type="button" class="quiet" data-ask="{escape(answer.question)}" '
            "data-literal>Ask it literally instead</button>"
        )
    return f'<p class="reading">{escape(answer.note)} {literally}</p>'


def _card(hit: CitedHit, reports: Mapping[str, Metadata], names_report: bool) -> str:
    paragraph = hit.paragraph
    metadata = reports[paragraph.report_id]
    section = " › ".join(
        [metadata.title, *paragraph.section] if names_report else paragraph.section
    )
    notes = "".join(note_html(note) for note in paragraph.footnotes)
    why = "" if hit.reason is None else f'<p class="reason">{escape(reason_line(hit.reason))}</p>'
    return (
        f'<li class="citation" data-paragraph="{escape(paragraph.paragraph_id)}">'
        f'<div class="place"><a class="cite" href="{address(paragraph)}" '
        f'data-report="{escape(paragraph.report_id)}" data-anchor="{anchor(paragraph)}" '
        f'data-start="{hit.start}" data-end="{hit.end}">{escape(paragraph.label)}</a>'
        f'<span class="section">{escape(section)}</span></div>'
        f'{_quoted(hit)}{why}<div class="footnotes">{notes}</div>'
        f"{_actions(copied_citation(metadata, hit))}</li>"
    )


def _quoted(hit: CitedHit) -> str:
    """The paragraph with its quote marked; a long one folded around the quote."""
    text = hit.paragraph.text
    before, after = text[: hit.start], text[hit.end :]
    shown, rest = _split(hit.quote, _OF_LONG_QUOTE) if hit.quote == text else (hit.quote, "")
    far, near = ("", before) if rest else _split_from_end(before, _AROUND_QUOTE)
    behind, beyond = _split(after, _AROUND_QUOTE)
    is_folded = bool(far or rest or beyond)
    is_place = hit.quote == text and hit.reason is None  # the paragraph itself was asked for
    mark = "span" if is_place else "mark"
    unfold = (
        '<button type="button" class="unfold quiet" aria-expanded="false">'
        "Show the whole paragraph</button>"
    )
    name = "folded" if is_folded else "whole"
    return (
        f'<blockquote dir="auto" class="{name}">{_rest(far)}{escape(near)}'
        f"<{mark}>{escape(shown)}{_rest(rest)}</{mark}>{escape(behind)}{_rest(beyond)}</blockquote>"
        f"{unfold if is_folded else ''}"
    )


def _rest(text: str) -> str:
    """What is hidden while a paragraph is folded."""
    return f'<span class="rest"><span>{escape(text)}</span></span>' if text else ""


def _split(text: str, room: int) -> tuple[str, str]:
    """Cut a text behind a word, where it does not fit."""
    if len(text) <= room * 1.5:  # folding away a few words is no gain
        return text, ""
    cut = text.rfind(" ", 0, room) + 1 or room
    return text[:cut], text[cut:]


def _split_from_end(text: str, room: int) -> tuple[str, str]:
    """Cut a text before a word, so that its end fits."""
    if len(text) <= room * 1.5:
        return "", text
    cut = text.find(" ", len(text) - room) + 1 or len(text) - room
    return text[:cut], text[cut:]


def _actions(copied: str) -> str:
    return (
        '<div class="actions">'
        f'<button type="button" class="copy" data-copy="{escape(copied)}">Copy citation</button>'
        '<span class="thumbs"><button type="button" class="thumb up" data-judge="up" '
        f'aria-pressed="false" aria-label="This paragraph answers">{_THUMB}</button>'
        '<button type="button" class="thumb down" data-judge="down" aria-pressed="false" '
        f'aria-label="This paragraph does not answer">{_THUMB}</button></span></div>'
    )


def _none_of_these(answer: Answer) -> str:
    if answer.is_exact or not answer.hits:
        return ""
    return (
        '<button type="button" class="quiet none" data-judge="none" aria-pressed="false">'
        "None of these answers my question</button>"
    )


def _suggestions(suggestions: Sequence[Suggestion]) -> str:
    if not suggestions:
        return ""
    items = "".join(
        f"<li>{_ask_button(item.label, item.question, item.top_k)}</li>" for item in suggestions
    )
    return f'<ul class="suggestions" aria-label="Go on with">{items}</ul>'


def _ask_button(label: str, question: str, top_k: int | None = None) -> str:
    top = "" if top_k is None else f' data-top="{top_k}"'
    return (
        f'<button type="button" class="suggestion" data-ask="{escape(question)}"{top}'
        f" data-literal>{escape(label)}</button>"
    )
