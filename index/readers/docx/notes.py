"""Footnotes and endnotes of a Word file: their numbers in the text, and their texts."""

from collections import Counter

from lxml import etree

from index.readers.docx.package import W, WordFile, to_int, value
from index.readers.docx.pages import Pages
from index.readers.numerals import format_number


class Notes:
    """The notes of a document, numbered as their marks come by."""

    def __init__(self, word: WordFile, sections: list[etree._Element], pages: Pages) -> None:
        self._sections = sections
        self._pages = pages
        self._settings = word.part("settings")
        self._counts: Counter[str] = Counter()
        self._places: dict[str, int] = {}  # page or section of the last mark of a kind
        self._texts = {
            kind: {note.get(f"{W}id"): note for note in word.part(f"{kind}s").iter(f"{W}{kind}")}
            for kind in ("footnote", "endnote")
        }
        self.links = {kind: word.links(f"{kind}s") for kind in self._texts}

    def text(self, kind: str, note_id: str) -> etree._Element | None:
        """The element that holds the text of a note."""
        return self._texts[kind].get(note_id)

    def next_label(self, kind: str) -> str:
        """The automatic number of the next note: ``"footnote"`` or ``"endnote"``."""
        restart = self._rule(kind, "numRestart")
        if restart in ("eachSect", "eachPage"):
            place = self._pages.section if restart == "eachSect" else self._pages.number
            if place != self._places.setdefault(kind, place):
                self._counts[kind] = 0
            self._places[kind] = place
        start = to_int(self._rule(kind, "numStart"), 1)
        number = start + self._counts[kind]
        self._counts[kind] += 1
        style = "decimal" if kind == "footnote" else "lowerRoman"
        return format_number(number, self._rule(kind, "numFmt") or style) or str(number)

    def _rule(self, kind: str, name: str) -> str | None:
        """What the section says of its notes, or else the whole document."""
        index = min(self._pages.section, len(self._sections) - 1)
        section = self._sections[index] if self._sections else None
        rules = None if section is None else section.find(f"{W}{kind}Pr")
        found = value(rules, name)
        return found if found is not None else value(self._settings.find(f"{W}{kind}Pr"), name)
