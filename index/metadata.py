"""The cover of a document: title, author, date, session, agenda."""

import re
from collections.abc import Sequence

from index.blocks import Block
from index.report import Metadata

_FIELDS = {
    "author": re.compile(r"(?:Report|Note|Letter) (?:of|by|from) .*"),
    "date": re.compile(r"\d{1,2} \w+ \d{4}"),
    "session": re.compile(r"[\w-]+ session"),
}
_AGENDA = re.compile(r"Agenda items? ")


def read_metadata(front: Sequence[Block], fallback_title: str) -> Metadata:
    """Sort the lines of the cover.

    The title is the heading before "Report of …", else the last heading; the agenda
    runs from its own line to the title; what fits nowhere is kept as a note.

    Args:
        front: the blocks before the body.
        fallback_title: for a document whose cover has no heading.
    """
    lines = [(line, b.kind == "heading") for b in front for line in b.text.split("\n")]
    title_at = _title_position(lines)
    found: dict[str, str] = {}
    agenda: list[str] = []
    notes: list[str] = []
    for position, (line, _) in enumerate(lines):
        field = _field_of(line)
        if position == title_at:
            continue
        if field and field not in found:
            found[field] = line
        elif _AGENDA.match(line) or (agenda and position < title_at):
            agenda.append(line)
        else:
            notes.append(line)
    title = lines[title_at][0] if title_at >= 0 else fallback_title
    return Metadata(title, agenda=tuple(agenda), notes=tuple(notes), **found)


def _field_of(line: str) -> str:
    return next((name for name, pattern in _FIELDS.items() if pattern.fullmatch(line)), "")


def _title_position(lines: Sequence[tuple[str, bool]]) -> int:
    """Where the title stands, or -1."""
    author = next(
        (position for position, (line, _) in enumerate(lines) if _field_of(line) == "author"),
        len(lines),
    )
    return max((p for p, (_, is_heading) in enumerate(lines[:author]) if is_heading), default=-1)
