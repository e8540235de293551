"""What people add on the page: one file at a time, told step by step, and taken back."""

import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

from index.errors import LibraryError, ReportQaError
from index.library import Library, Progress
from qa.adding import put, read_file
from qa.page_added import card_html

_LONGEST_NAME = 200  # characters

Step = dict[str, Any]
"""One message to the page: ``reading``; how many are ``done`` of a ``total`` of ``what``; and last
``card`` with ``report``, or ``taken`` or ``sentence``, which say why nothing was added."""


class Additions:
    """The reports that were added on this page since it was started. Safe in several threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._cards: dict[str, str] = {}  # by the id of the report
        self._turn = Lock()  # a file may take gigabytes to read: one at a time

    def cards(self) -> list[str]:
        """The account of each report that is still there, in the order of adding."""
        there = self._library.report_ids()
        return [card for report_id, card in list(self._cards.items()) if report_id in there]

    def add(self, content: bytes, name: str, *, replaces: bool = False) -> Iterator[Step]:
        """Add a file, and tell how far it has come; it goes on where nobody listens.

        Args:
            content: the whole file.
            name: what its sender calls it.
            replaces: whether it may replace another report of its name.
        """
        told: SimpleQueue[Step | None] = SimpleQueue()

        def work() -> None:
            try:
                with self._turn:
                    told.put({"reading": True})
                    told.put(self._add(content, plain_name(name), replaces, told))
            except ReportQaError as error:
                told.put({"sentence": str(error)})
            finally:
                told.put(None)

        Thread(target=work, daemon=True).start()
        yield from iter(told.get, None)

    def remove(self, report_id: str) -> str:
        """Take a report back.

        Returns:
            its title.
        Raises:
            LibraryError: it was not added here, or is gone already.
        """
        if report_id not in self._cards:
            raise LibraryError(
                "only what was added here is removed here: `qa remove` removes any report"
            )
        title = self._library.metadata(report_id).title
        self._library.remove(report_id)
        self._cards.pop(report_id, None)
        return title

    def _add(
        self, content: bytes, name: str, replaces: bool, told: "SimpleQueue[Step | None]"
    ) -> Step:
        def count(what: str) -> Progress:
            return lambda done, total: told.put({"done": done, "total": total, "what": what})

        library = self._library
        reading = read_file(library, content, name, count("pages recognised"))
        report_id = reading.report.report_id
        if reading.change == "replaced" and not replaces:
            title = library.metadata(report_id).title
            return {
                "taken": f"The library has another report by the name of {report_id}: “{title}”. "
                "Replace it, or rename the file to have both."
            }
        put(library, reading, count("paragraphs encoded"))
        if reading.change != "unchanged":
            self._cards[report_id] = card_html(reading, is_removable=True)
            with suppress(ReportQaError):  # a question builds it then
                library.index()  # built now, so that no question waits for it
        card = card_html(reading, is_removable=report_id in self._cards)
        return {"card": card, "report": report_id}


def plain_name(name: str) -> str:
    """The last part of a name that a sender may have written with any sign in it."""
    last = name.encode("utf-8", "replace").decode().replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    return printable[-_LONGEST_NAME:]
