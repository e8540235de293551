"""Word's automatic numbering: the numbers that a reader sees and the file does not hold."""

import re
from dataclasses import dataclass, replace

from lxml import etree

from index.readers.docx.listnum import BUILT_IN, read_list_number
from index.readers.docx.package import W, switch, to_int, value
from index.readers.docx.styles import ListPlace, Styles
from index.readers.numerals import format_number

_LEVELS = 9


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a list counts and prints.

    Attributes:
        pattern: what is printed, ``"%1.%2"`` for the numbers of the first two levels.
        restart: the level, 1-based, whose numbers start this one again; 0 for none,
            None for every level above.
    """

    start: int = 1
    style: str = "decimal"
    pattern: str = ""
    restart: int | None = None
    is_legal: bool = False
    linked_style: str = ""
    properties: etree._Element | None = None  # of its paragraphs


class Numbering:
    """Counts through every list of a document.

    Lists that share a definition share its counters, except where one of them says at
    which number it starts: that holds when it is first used.
    """

    def __init__(self, root: etree._Element, styles: Styles) -> None:
        self._styles = styles
        self._definitions = {
            definition.get(f"{W}abstractNumId", ""): definition
            for definition in root.iter(f"{W}abstractNum")
        }
        self._lists = {num.get(f"{W}numId", ""): num for num in root.iter(f"{W}num")}
        self._levels: dict[str, list[_Level]] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()
        self._names = {
            (value(definition, "name") or "").lower(): definition_id
            for definition_id, definition in self._definitions.items()
        }

    def next_label(self, place: ListPlace) -> str:
        """Count one paragraph and return what Word prints before it; ``""`` for a bullet."""
        definition_id = self._definition_id(place.list_id)
        if definition_id is None:
            return ""
        levels = self._levels_of(place.list_id, definition_id)
        level = min(max(_level_of(place, levels), 0), _LEVELS - 1)
        counters = self._counters.setdefault(definition_id, {})
        self._start_list(place.list_id, level, counters)
        return _count(level, levels, counters)

    def properties(self, place: ListPlace) -> etree._Element | None:
        """What the list says of the paragraphs of a level, such as where they begin."""
        definition_id = self._definition_id(place.list_id)
        if definition_id is None:
            return None
        levels = self._levels_of(place.list_id, definition_id)
        return levels[min(max(_level_of(place, levels), 0), _LEVELS - 1)].properties

    def next_field_label(self, code: str) -> str:
        """Count one LISTNUM field and return what Word prints in its place."""
        asked = read_list_number(code)
        definition_id = self._names.get(asked.name)
        if definition_id is None:
            built_in = BUILT_IN.get(asked.name, BUILT_IN["numberdefault"])
            levels = [_Level(style=style, pattern=pattern) for style, pattern in built_in]
        else:
            levels = _defined_levels(self._definitions[definition_id])
        counters = self._counters.setdefault(definition_id or f" {asked.name}", {})
        if asked.start is not None:
            counters[asked.level] = asked.start - 1
        return _count(asked.level, levels, counters)

    def _definition_id(self, list_id: str, hops: int = 3) -> str | None:
        """The definition behind a list, also where it is kept in a numbering style."""
        definition_id = value(self._lists.get(list_id), "abstractNumId")
        definition = self._definitions.get(definition_id or "")
        if definition is None:
            return None
        style_id = value(definition, "numStyleLink")
        linked = self._styles.list_of_style(style_id) if style_id and hops else None
        return self._definition_id(linked, hops - 1) if linked else definition_id

    def _levels_of(self, list_id: str, definition_id: str) -> list[_Level]:
        if list_id not in self._levels:
            levels = _defined_levels(self._definitions[definition_id])
            for override in self._lists[list_id].iterchildren(f"{W}lvlOverride"):
                for level in override.iterchildren(f"{W}lvl"):
                    _set_level(levels, level)
                start, index = value(override, "startOverride"), _index(override)
                if start is not None and index is not None:
                    levels[index] = replace(levels[index], start=to_int(start, 1))
            self._levels[list_id] = levels
        return self._levels[list_id]

    def _start_list(self, list_id: str, level: int, counters: dict[int, int]) -> None:
        """Start again where this list says so and this level of it is new."""
        if (list_id, level) in self._started:
            return
        self._started.add((list_id, level))
        for override in self._lists[list_id].iterchildren(f"{W}lvlOverride"):
            if _index(override) == level and value(override, "startOverride") is not None:
                counters.pop(level, None)


def _count(level: int, levels: list[_Level], counters: dict[int, int]) -> str:
    for higher in range(level):  # one that was skipped counts as shown: after "1.1" comes "2."
        counters.setdefault(higher, levels[higher].start)
    counters[level] = counters.get(level, levels[level].start - 1) + 1
    _restart_deeper(level, levels, counters)
    return _label(level, levels, counters)


def _defined_levels(definition: etree._Element) -> list[_Level]:
    levels = [_Level(style="none")] * _LEVELS
    for level in definition.iterchildren(f"{W}lvl"):
        _set_level(levels, level)
    return levels


def _level_of(place: ListPlace, levels: list[_Level]) -> int:
    """The stated level, or the one that the paragraph's style is linked to."""
    linked = [n for n, level in enumerate(levels) if level.linked_style == place.style_id]
    if place.style_id and linked:
        return linked[0]
    return place.level or 0


def _restart_deeper(level: int, levels: list[_Level], counters: dict[int, int]) -> None:
    for deeper in [index for index in counters if index > level]:
        restart = levels[deeper].restart
        if restart is None or level < restart:
            del counters[deeper]


def _label(level: int, levels: list[_Level], counters: dict[int, int]) -> str:
    if levels[level].style == "bullet":
        return ""

    def number(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        if index < 0 or index > level:
            return ""
        style = levels[index].style
        if levels[level].is_legal and style not in ("none", "bullet"):
            style = "decimal"
        return format_number(counters.get(index, levels[index].start), style)

    return re.sub(r"%(\d)", number, levels[level].pattern).strip()


def _set_level(levels: list[_Level], element: etree._Element) -> None:
    index = _index(element)
    if index is None:
        return
    restart = value(element, "lvlRestart")
    levels[index] = _Level(
        start=to_int(value(element, "start"), 0),
        style=_number_style(element),
        pattern=value(element, "lvlText") or "",
        restart=None if restart is None else to_int(restart),
        is_legal=bool(switch(element, "isLgl")),
        linked_style=value(element, "pStyle") or "",
        properties=element.find(f"{W}pPr"),
    )


def _number_style(level: etree._Element) -> str:
    """The format; a newer one stands in a choice beside what older programs can show."""
    for number_format in level.iter(f"{W}numFmt"):
        style = number_format.get(f"{W}val", "decimal")
        if style == "custom":
            pattern = number_format.get(f"{W}format", "")
            return "decimalZero" if pattern.startswith("01") else "decimal"
        return str(style)
    return "decimal"


def _index(element: etree._Element) -> int | None:
    index = to_int(element.get(f"{W}ilvl"), -1)
    return index if 0 <= index < _LEVELS else None
