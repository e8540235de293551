"""What a document says about itself: title, author, date, symbol, session, agenda."""

import re
from collections.abc import Sequence

from index.blocks import Block
from index.numbering.outline import is_contents
from index.report import Metadata

_MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|"
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre|"
    "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|"
    "[ء-ي]+(?:[ /][ء-ي]+){0,3}"
)
_DATE = re.compile(
    rf"(?<!\d)\d{{1,2}}(?:er|º)? (?:de )?(?:{_MONTH}) (?:del? )?\d{{4}}(?: года)?(?!\d)|"
    rf"(?:{_MONTH}) \d{{1,2}}, \d{{4}}(?!\d)|"
    r"\d{4} ?年 ?\d+ ?月 ?\d+ ?日|(?<!\d)\d{4}-\d\d-\d\d(?!\d)",
    re.IGNORECASE,
)
# On covers in the languages of the United Nations; what is not recognised stays a note.
_FIELDS = {
    "author": re.compile(
        r"(?:Report|Note|Letter|Rapport|Informe|Nota|Lettre|Carta) "
        r"(?:of|by|from|du|de|des|del|présent).*|"
        r"(?:Доклад|Записка|Письмо|تقرير|مذكرة|رسالة) .*|.{2,30}的(?:报告|说明)"
    ),
    "date": re.compile(
        rf"{_DATE.pattern}|\d{{1,2}}(?:er|º)? (?:de )?\w+ (?:de )?\d{{4}}", re.IGNORECASE
    ),
    "session": re.compile(
        r"[\w-]+(?: \w+)? session|[\w ]+ período de sesiones|[\w ]+ сессия|第.{1,5}届会议|"
        r"الدورة [\w ]+",
        re.IGNORECASE,
    ),
    "symbol": re.compile(
        r"[A-Z]{1,5}(?:/(?=[A-Z]|[\w.()–-]*\d)[\w.()–-]+)+(?: \((?:\d{4}|[IVXL]+)\))?"
    ),
}
_LINES = re.compile(r"\n| \| ")  # a cover may be laid out as a table
_CASE = re.compile(r"[A-Z].* (?:v\.?|c\.) [A-Z].*")
_AGENDA = re.compile(
    r"(?:Agenda items? |Items? \d.* of the .*(?:list|agenda)|Points? .*ordre du jour|"
    r"Temas? .*programa|Пункт.* повестки дня|议程项目|(?:البند|البندان|البنود) .*جدول الأعمال)"
)
# Who publishes, at the head of a cover: no title.
_MASTHEAD = re.compile(
    r"United Nations|General Assembly|Security Council|Economic and Social Council|"
    r"Human Rights Council|Nations Unies|Assemblée générale|Conseil de sécurité|"
    r"Conseil économique et social|Conseil des droits de l[’']homme|Naciones Unidas|"
    r"Asamblea General|Consejo de Seguridad|Consejo Económico y Social|"
    r"Consejo de Derechos Humanos|Организация Объединенных Наций|Генеральная Ассамблея|"
    r"Совет Безопасности|Экономический и Социальный Совет|Совет по правам человека|"
    r"联合国|大会|安全理事会|经济及社会理事会|人权理事会|الأمم المتحدة|الجمعية العامة|مجلس الأمن|"
    r"المجلس الاقتصادي والاجتماعي|مجلس حقوق الإنسان",
    re.IGNORECASE,
)
# A title that shows itself: "75/1. Declaration …", "Resolution 2500 (2020)".
_TITLE = re.compile(
    r"\d{1,4}/\d{1,4}(?:\.| [-–]) ?\S.*|"
    r"(?:Resolution|Résolution|Resolución|Резолюция|القرار) \d{1,4} \(\d{4}\)|"
    r"第\d{1,4}\(\d{4}\)号决议|Statement by the President .*|Déclaration d\S+ Président.*|"
    r"Declaración de la Presidencia .*|Заявление Председателя .*|.*主席的?声明|بيان من رئيس.*"
)
_ADOPTED = re.compile(r"adopté?e?d? |aprobad|принят|通过|اتخذ", re.IGNORECASE)

_LONGEST = 120  # characters, of a line that holds a field besides other words
_HEAD = rf"(?:{_MASTHEAD.pattern}|Distr\w*[.:]* \w+\.?|Symbol:)"
_SYMBOL_WITHIN = re.compile(
    rf"(?:(?i:{_HEAD})\s+)*(?P<found>{_FIELDS['symbol'].pattern})\**(?:\s|$)"
)
_SESSION_WITHIN = re.compile(
    rf"(?:(?i:{_HEAD})\s+)*(?P<found>(?i:{_FIELDS['session'].pattern}))(?:[\s,]+[\dA-ZА-Я]|$)"
)
# What may stand before a date that is the document's: "New York, ", "of ", "A/75/1 ".
_BEFORE_DATE = re.compile(
    rf"(?:(?:{_HEAD}|{_FIELDS['symbol'].pattern}\**)(?:\s+|$))*|of|le|du|de|el|от|"
    r"[^\W\d]+(?: [^\W\d]+){0,2} ?[,:]",
    re.IGNORECASE,
)


def read_metadata(
    front: Sequence[Block], fallback_title: str, back: Sequence[Block] = ()
) -> Metadata:
    """Sort the lines of the cover.

    The title is the heading before "Report of …", else the case, "A v B", else the
    first of the last headings that stand together; the agenda runs from its own line to
    the title; what fits nowhere is kept as a note. A field that no line is may stand
    within a note.

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
        field = field_of(line)
        if position == title_at:
            continue
        if field and field not in found:
            found[field] = line.rstrip("*")
        elif _AGENDA.match(line) or (agenda and position < title_at and not _date_within(line)):
            agenda.append(line)
        else:
            notes.append(line)
    title = lines[title_at][0] if title_at >= 0 else fallback_title
    return Metadata(
        title=title,
        agenda=tuple(agenda),
        notes=tuple(notes),
        contents=contents,
        back=tuple(line for block in back for line in block.text.split("\n")),
        **_fields_within([*notes, title]) | found,
    )


def field_of(line: str) -> str:
    """Which field a whole line of a cover is: "symbol", "date", "session", "author" or none."""
    line = line.rstrip("*")
    return next((name for name, pattern in _FIELDS.items() if pattern.fullmatch(line)), "")


def _fields_within(notes: Sequence[str]) -> dict[str, str]:
    """The fields that stand in lines besides other words, each in the first that has it."""
    found: dict[str, str] = {}
    for line in notes:
        if len(line) <= _LONGEST:
            symbol, session = _SYMBOL_WITHIN.match(line), _SESSION_WITHIN.match(line)
            fields = {
                "symbol": symbol["found"] if symbol else "",
                "session": session["found"] if session else "",
                "date": _date_within(line),
            }
            found = {name: value for name, value in fields.items() if value} | found
    return found


def _date_within(line: str) -> str:
    """The one date of a line, if it is the document's own; of "1–5 May 2020" it is not."""
    dates = list(_DATE.finditer(line))
    if len(dates) != 1:
        return ""
    before, after = line[: dates[0].start()].rstrip(), line[dates[0].end() :].strip(" .*")
    is_own = _BEFORE_DATE.fullmatch(before) or (
        _ADOPTED.search(before) and not before.endswith(("–", "-"))
    )
    return dates[0].group() if is_own and not after[:1].islower() else ""


def _title_position(lines: Sequence[tuple[str, bool]]) -> int:
    """Where the title stands, or -1."""
    author = next(
        (position for position, (line, _) in enumerate(lines) if field_of(line) == "author"), None
    )
    titles = _titles(lines[:author])
    if author is not None or not titles:
        return titles[-1] if titles else -1
    case = next((p for p, (line, _) in enumerate(lines) if _CASE.fullmatch(line)), None)
    if case is not None:
        return case
    last = titles[-1]
    while last - 1 in titles:
        last -= 1
    return last


def _titles(lines: Sequence[tuple[str, bool]]) -> list[int]:
    """The positions of what may be the title: headings, or a line that shows itself to be one."""
    headings = [p for p, (line, is_heading) in enumerate(lines) if is_heading]
    titles = [
        p for p in headings if not field_of(lines[p][0]) and not _MASTHEAD.fullmatch(lines[p][0])
    ]
    return titles or [p for p, (line, _) in enumerate(lines) if _TITLE.fullmatch(line)] or headings
