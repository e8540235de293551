"""Look-ups of sections by their titles: "the section on health", "the conclusions"."""

import re
from collections.abc import Sequence

from index.lexical import stems
from index.report import Report
from qa.lookup.outline import Section, read_outline
from qa.lookup.places import Form, Lookup, mark_whole, name_runs
from qa.lookup.sections import LABEL, PATH, read_path
from qa.lookup.wording import AFTER, BEFORE

_NOUN = r"(?P<noun>(?:sub-?)?section|chapter)"
_CALLED = (
    r"(?:(?:that |which )?(?:is )?(?:on|about|concerning|regarding|covering|dealing with|called|"
    r"named|entitled|titled|covers|concerns|deals with))"
)
_TITLE = r"[“\"'‘]?(?P<title>.+?)[”\"'’]?"
_KNOWN = r"(?P<title>introduction|conclusions?(?: and recommendations)?)"

# Words that name no subject, though a heading may hold them: "the other section".
_EMPTY = frozenset(stems(["what which who how why other have do does can"])[0])


def _find_titled(match: re.Match[str], report: Report) -> Lookup | None:
    outline = read_outline(report)
    found = _with_title(match["title"], outline)
    if (match.groupdict().get("noun") or "").lower() == "chapter":
        found = [section for section in found if section.kind == "chapter"] or found
    titles = {section.title for section in found}
    return _describe(found) if len(titles) == 1 else None


def _with_title(title: str, outline: Sequence[Section]) -> list[Section]:
    """The sections with this title, or else those with all of its words in theirs."""
    words = stems([title])[0]
    if _EMPTY.issuperset(words):
        return []
    owned = list(zip(outline, stems([section.title for section in outline]), strict=True))
    same = [section for section, own in owned if own == words]
    return same or [section for section, own in owned if set(words).issubset(own)]


def _find_labelled_and_titled(match: re.Match[str], report: Report) -> Lookup | None:
    path = read_path(match["path"])
    found = [s for s in read_outline(report) if path.leads_to(s)]
    return _describe(_with_title(match["title"], found))


def _describe(found: Sequence[Section]) -> Lookup | None:
    if not found:
        return None
    sentences = [
        f"{section.kind.title()} {section.name and section.name + ', '}“{section.title}”: "
        f"{name_runs([section.paragraphs])}."
        for section in found
    ]
    return Lookup(" ".join(sentences), mark_whole(*(section.paragraphs for section in found)))


FORMS: tuple[Form, ...] = (
    (rf"{BEFORE}{PATH}(?::| [-–—]) {_TITLE}", _find_labelled_and_titled),
    (rf"{BEFORE}{_NOUN}(?! {LABEL})(?: {_CALLED})?:? (?:the )?{_TITLE}{AFTER}", _find_titled),
    (rf"{BEFORE}{_TITLE} {_NOUN}{AFTER}", _find_titled),
    (rf"{BEFORE}{_KNOWN}{AFTER}", _find_titled),
)
