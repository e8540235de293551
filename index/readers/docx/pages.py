"""Which page a Word paragraph is on, as far as the file remembers its last layout."""

from collections.abc import Sequence

from lxml import etree

from index.readers.docx.package import W, to_int, value

_LONGEST_PAGE = 6_000  # characters: between two breaks of a file that nobody has laid out


class Pages:
    """Counts page breaks: those that Word recorded when it last laid out the document.

    Where it recorded none, breaks that the author set are trusted as long as no page
    between them is longer than a page can be.
    """

    def __init__(self, sections: Sequence[etree._Element]) -> None:
        self._sections = list(sections)
        self.section = 0
        self.number = self._first_page(0) or 1
        self._is_recorded = self._is_broken = self._is_too_long = False
        self._after_set_break = False
        self._length = 0

    @property
    def is_known(self) -> bool:
        """Whether the page numbers can be believed."""
        return self._is_recorded or (self._is_broken and not self._is_too_long)

    def add_text(self, length: int) -> None:
        """Note that text stands on the present page."""
        self._after_set_break = False
        self._length += length
        self._is_too_long = self._is_too_long or self._length > _LONGEST_PAGE

    def record_break(self) -> None:
        """A break where Word last ended a page; beside one that was set it is the same."""
        self._is_recorded = True
        if not self._after_set_break:
            self.number += 1
        self._after_set_break = False
        self._length = 0

    def set_break(self) -> None:
        """A break that the author asked for."""
        self._is_broken = self._after_set_break = True
        self.number += 1
        self._length = 0

    def end_section(self) -> None:
        """Go on to the next section, which may start a page and the numbers anew."""
        self.section += 1
        if self.section < len(self._sections):
            kind = value(self._sections[self.section], "type") or "nextPage"
            if kind not in ("continuous", "nextColumn"):
                self.set_break()
                self.number = self._first_page(self.section) or self.number

    def _first_page(self, section: int) -> int:
        if section >= len(self._sections):
            return 0
        numbers = self._sections[section].find(f"{W}pgNumType")
        return 0 if numbers is None else max(0, to_int(numbers.get(f"{W}start")))
