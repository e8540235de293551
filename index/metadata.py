"""What a document says about itself: title, author, date, symbol, session, agenda."""

import re
from collections.abc import Sequence

from index.blocks import Block
from index.numbering.outline import is_contents
from index.report import Metadata

# On covers in the languages of the United Nations; what is not recognised stays a note.
_FIELDS = {
    "author": re.compile(
        r"(?:Report|Note|Letter|Rapport|Informe|Nota|Lettre|Carta) "
        r"(?:of|by|from|du|de|des|del|présent).*|"
        r"(?:Доклад|Записка|Письмо) .*|.{2,30}的(?:报告|说明)"
    ),
    "date": re.compile(
        r"\d{1,2}(?:er|º)? (?:de )?\w+ (?:de )?\d{4}(?: года)?|\d{4} ?年 ?\d+ ?月 ?\d+ ?日"
    ),
    "session": re.compile(
        r"[\w-]+(?: \w+)? session|[\w ]+ período de sesiones|[\w ]+ сессия|第.{1,5}届会议",
        re.IGNORECASE,
    ),
    "symbol": re.compile(
        r"(?:[A-Z]{1,5}(?:/[\w.()-]*\d[\w.()-]*|/[A-Z][\w.-]*)+)(?: \(\d{4}\))?\**"
    ),
}
_LINES = re.compile(r"\n| \| ")  # a cover may be laid out as a table
_CASE = re.compile(r"[A-Z].* (?:v\.?|c\.) [A-Z].*")
_AGENDA = re.compile(
    r"(?:Agenda items? |Items? \d.* of the .*(?:list|agenda)|Points? .*ordre du jour|"
    r"Temas? .*programa|Пункт.* повестки дня|议程项目)"
)


def read_metadata(
    front: Sequence[Block], fallback_title: str, back: Sequence[Block] = ()
) -> Metadata:
    """Sort the lines of the cover.

    The title is the heading before "Report of …", else the case, "A v B", else the
    first of the last headings that stand together; the agenda runs from its own line to
    the title; what fits nowhere is kept as a note.

    Args:
        front: the blocks before the body, and lists of contents.
        fallback_title: for a document whose cover has no heading.
        back: the blocks after the last paragraph.
    """
    printed = [(line, b.kind == "heading") for b in front for line in _LINES.split(b.text)]
    contents = tuple(line for line, _ in printed if is_contents(line))
    lines = [(line, is_heading) for line, is_heading in printed if not is_contents(line)]
    title_at = _title_position(lines)
    found: dict[str, str] = {}
    agenda: list[str] = []
    notes: list[str] = []
    for position, (line, _) in enumerate(lines):
        field = _field_of(line)
        if position == title_at:
            continue
        if field and field not in found:
            found[field] = line.rstrip("*") if field == "symbol" else line
        elif _AGENDA.match(line) or (agenda and position < title_at):
            agenda.append(line)
        else:
            notes.append(line)
    return Metadata(
        title=lines[title_at][0] if title_at >= 0 else fallback_title,
        agenda=tuple(agenda),
        notes=tuple(notes),
        contents=contents,
        back=tuple(line for block in back for line in block.text.split("\n")),
        **found,
    )


def _field_of(line: str) -> str:
    return next((name for name, pattern in _FIELDS.items() if pattern.fullmatch(line)), "")


def _title_position(lines: Sequence[tuple[str, bool]]) -> int:
    """Where the title stands, or -1."""
    author = next(
        (position for position, (line, _) in enumerate(lines) if _field_of(line) == "author"), None
    )
    headings = [p for p, (_, is_heading) in enumerate(lines[:author]) if is_heading]
    if author is not None or not headings:
        return headings[-1] if headings else -1
    case = next((p for p, (line, _) in enumerate(lines) if _CASE.fullmatch(line)), None)
    if case is not None:
        return case
    last = headings[-1]
    while last - 1 in headings:
        last -= 1
    return last
