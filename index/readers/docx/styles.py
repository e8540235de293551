"""What Word's styles say of a paragraph or a run, inheritance included."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from index.readers.docx.package import W, switch, to_int, value

_CONTENTS = ("toc heading", "index heading", "table of figures", "table of authorities")


class ListPlace(NamedTuple):
    """A paragraph's list, its level if stated (0 is outermost), and the style that sets it."""

    list_id: str
    level: int | None
    style_id: str


class Styles:
    """The style sheet: paragraph and character styles by id."""

    def __init__(self, root: etree._Element) -> None:
        self._styles = {style.get(f"{W}styleId", ""): style for style in root.iter(f"{W}style")}
        defaults = [
            style.get(f"{W}styleId", "")
            for style in self._styles.values()
            if style.get(f"{W}type") == "paragraph"
            and style.get(f"{W}default") in ("1", "true", "on")
        ]
        self._default = defaults[0] if defaults else ""

    def style_id(self, paragraph: etree._Element) -> str:
        """The paragraph's style, or the default one."""
        return value(paragraph.find(f"{W}pPr"), "pStyle") or self._default

    def name(self, style_id: str) -> str:
        """The style's name in lower case; built-in names are English in every Word."""
        return (value(self._styles.get(style_id), "name") or "").lower()

    def is_contents(self, style_id: str) -> bool:
        """Whether the style is one of a table of contents or an index."""
        name = self.name(style_id)
        return name in _CONTENTS or bool(re.fullmatch(r"(?:toc|index) \d", name))

    def is_heading(self, paragraph: etree._Element) -> bool:
        """Whether the paragraph's style or its outline level makes it a heading."""
        name = self.name(self.style_id(paragraph))
        is_named = name in ("title", "subtitle") or (
            name.startswith("heading ") and name[8:].isdigit()
        )
        return is_named or self._has_outline(paragraph)

    def is_strong(self, run: etree._Element, paragraph_style: str) -> bool:
        """Whether the run is bold or underlined."""
        is_underlined = bool(switch(run.find(f"{W}rPr"), "u"))
        return is_underlined or self.run_switch(run, "b", paragraph_style)

    def is_raised(self, run: etree._Element) -> bool:
        """Whether the run is superscript."""
        properties = run.find(f"{W}rPr")
        place = value(properties, "vertAlign")
        if place is None:
            styles = self._chain(value(properties, "rStyle") or "")
            found = (value(style.find(f"{W}rPr"), "vertAlign") for _, style in styles)
            place = next((place for place in found if place is not None), None)
        return place == "superscript"

    def _has_outline(self, paragraph: etree._Element) -> bool:
        """Whether the paragraph is in the document's outline; level 9 means body text."""
        for properties in self._paragraph_properties(paragraph):
            level = value(properties, "outlineLvl")
            if level is not None:
                return 0 <= to_int(level, 9) < 9
        return False

    def paragraph_switch(self, paragraph: etree._Element, name: str) -> bool:
        """Whether a property such as ``keepNext`` is on for the paragraph."""
        for properties in self._paragraph_properties(paragraph):
            if (is_on := switch(properties, name)) is not None:
                return is_on
        return False

    def paragraph_value(self, paragraph: etree._Element, name: str) -> str | None:
        """The value of a property such as ``jc`` for the paragraph."""
        for properties in self._paragraph_properties(paragraph):
            if (found := value(properties, name)) is not None:
                return found
        return None

    def indents(self, paragraph: etree._Element, of_list: etree._Element | None) -> tuple[int, int]:
        """Where the paragraph's lines begin, and how much further in its first line does.

        Twips. What its list says counts where the paragraph itself says nothing.
        """
        own, *inherited = self._paragraph_properties(paragraph)
        found = [p.find(f"{W}ind") for p in (own, of_list, *inherited) if p is not None]
        given = [indent for indent in found if indent is not None]
        left = next((v for i in given for v in _measures(i, "left", "start")), 0)
        first = next((v for i in given for v in _first_line(i)), 0)
        return left, first

    def run_switch(self, run: etree._Element, name: str, paragraph_style: str) -> bool:
        """Whether a property such as ``b`` or ``vanish`` is on for the run.

        Source: ECMA-376 part 1, 17.7.3: paragraph and character styles toggle each other.
        """
        properties = run.find(f"{W}rPr")
        if (is_on := switch(properties, name)) is not None:
            return is_on
        in_run = self._style_switch(value(properties, "rStyle") or "", name)
        return in_run != self._style_switch(paragraph_style, name)

    def list_place(self, paragraph: etree._Element) -> ListPlace | None:
        """The list that numbers the paragraph; None where numbering is off."""
        list_id, level, owner = None, None, ""
        direct = paragraph.find(f"{W}pPr/{W}numPr")
        if direct is not None:
            list_id, level = value(direct, "numId"), value(direct, "ilvl")
        for style_id, style in self._chain(self.style_id(paragraph)):
            numbering = style.find(f"{W}pPr/{W}numPr")
            if list_id is not None or numbering is None:
                continue
            list_id, owner = value(numbering, "numId"), style_id
            level = level if level is not None else value(numbering, "ilvl")
        if list_id in (None, "0"):
            return None
        return ListPlace(list_id or "", None if level is None else to_int(level), owner)

    def list_of_style(self, style_id: str) -> str | None:
        """The list that a numbering style stands for."""
        style = self._styles.get(style_id)
        return None if style is None else value(style.find(f"{W}pPr/{W}numPr"), "numId")

    def _style_switch(self, style_id: str, name: str) -> bool:
        for _, style in self._chain(style_id):
            if (is_on := switch(style.find(f"{W}rPr"), name)) is not None:
                return is_on
        return False

    def _paragraph_properties(self, paragraph: etree._Element) -> Iterator[etree._Element | None]:
        """The paragraph's own properties, then those of its style and the styles behind it."""
        yield paragraph.find(f"{W}pPr")
        for _, style in self._chain(self.style_id(paragraph)):
            yield style.find(f"{W}pPr")

    def _chain(self, style_id: str) -> Iterator[tuple[str, etree._Element]]:
        """A style and the styles it is based on, without going in circles."""
        seen: set[str] = set()
        while style_id in self._styles and style_id not in seen:
            seen.add(style_id)
            yield style_id, self._styles[style_id]
            style_id = value(self._styles[style_id], "basedOn") or ""


def _measures(indent: etree._Element, *names: str) -> list[int]:
    stated = (indent.get(f"{W}{name}") for name in names)
    return [to_int(measure) for measure in stated if measure is not None]


def _first_line(indent: etree._Element) -> list[int]:
    hanging = _measures(indent, "hanging")
    return [-measure for measure in hanging] or _measures(indent, "firstLine")
