"""Word's fields: codes that are hidden and results that are shown."""

import re
from dataclasses import dataclass

_CONTENTS = ("TOC", "TOA", "RD", "INDEX")
_LINK = re.compile(r'\s*HYPERLINK\s+"(https?://[^"]+)"', re.IGNORECASE)


@dataclass(slots=True)
class Field:
    """A field that has begun; its code is hidden, its result may be shown."""

    code: str = ""
    is_result: bool = False
    start: int = 0  # offset at which its result begins

    @property
    def name(self) -> str:
        """The first word of the code, in capitals."""
        return (self.code.split() or [""])[0].upper()

    @property
    def url(self) -> str:
        """Where a link leads, if the field is one to the web."""
        match = _LINK.match(self.code)
        return match[1] if match else ""

    @property
    def is_silent(self) -> bool:
        """Whether what stands in it now is not for reading: a code, or a table of contents."""
        return not self.is_result or self.name in _CONTENTS


class Fields:
    """The fields around the present place, outermost first."""

    def __init__(self, *, are_balanced: bool) -> None:
        """Start outside every field.

        Args:
            are_balanced: False in a file whose fields do not all end; their results are
                shown as text then, since nothing tells where they would.
        """
        self._open: list[Field] = []
        self._are_balanced = are_balanced

    @property
    def is_open(self) -> bool:
        """Whether a field has not ended."""
        return bool(self._open)

    @property
    def is_silent(self) -> bool:
        """Whether text here is the code of a field or part of the contents."""
        return self._are_balanced and any(field.is_silent for field in self._open)

    @property
    def is_note_reference(self) -> bool:
        """Whether text here repeats the number of a note."""
        return bool(self._open) and self._open[-1].name == "NOTEREF"

    def begin(self) -> None:
        """Enter a field."""
        self._open.append(Field())

    def add_code(self, code: str) -> None:
        """Read on in the code of the innermost field."""
        if self._open and not self._open[-1].is_result:
            self._open[-1].code += code

    def begin_result(self, start: int) -> None:
        """Pass from the code of the innermost field to its result."""
        if self._open:
            self._open[-1].is_result, self._open[-1].start = True, start

    def end(self) -> Field | None:
        """Leave the innermost field."""
        return self._open.pop() if self._open else None

    def leave_paragraph(self) -> None:
        """Offsets begin again in the next paragraph."""
        for field in self._open:
            field.start = 0
