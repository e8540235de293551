"""A report whose every text tries to be markup, and what shows whether it is."""

from html.parser import HTMLParser

from index.report import Footnote, Heading, Link, Metadata, Paragraph, Report

HOSTILE = (
    "<img src=x onerror=alert(1)> \"q\" 'a' & **b** [x](javascript:alert(1)) `c` $d$ ${e} {{f}}"
)

_URL = 'javascript:alert(1)//"onmouseover="alert(1)'
_NOTE = Footnote("1", HOSTILE, 5, (Link(0, 4, _URL), Link(5, 8, 'http://a.org/"><script>')))

HOSTILE_REPORT = Report(
    "r",
    Metadata(HOSTILE, author=HOSTILE),
    "en",
    "r.md",
    (Heading(HOSTILE, 1, 0),),
    (Paragraph("r", "1", HOSTILE, (HOSTILE,), 0, (_NOTE,)),),
)


class Markup(HTMLParser):
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
