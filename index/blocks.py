"""What every reader makes of a file: blocks of clean prose in document order."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from index.report import Link

Kind = Literal["heading", "text", "note", "box", "recognised", "unread"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A footnote mark that stood at offset ``start`` of a block's text."""

    start: int
    label: str


@dataclass(frozen=True, slots=True)
class Block:
    r"""A heading, a run of body text, the text of a footnote, or a text box.

    Attributes:
        kind: what the source shows it to be; a box stands by itself between paragraphs.
            "recognised" and "unread" have no text: they tell of a page that is a picture.
        text: clean prose; ``"\n"`` only where the source forces a line break.
        marks: footnote marks taken out of the text.
        links: hyperlinks on slices of the text.
        label: for a note, the mark it explains; for a box, its title.
        page: printed page, 1-based, where the source gives it.
    """

    kind: Kind
    text: str
    marks: tuple[Mark, ...] = ()
    links: tuple[Link, ...] = ()
    label: str = ""
    page: int | None = None


class Prose:
    """Text built piece by piece with single spaces, its marks and links at the right offsets."""

    def __init__(self) -> None:
        self._text = ""
        self._marks: list[Mark] = []
        self._links: list[Link] = []

    def add(self, piece: str) -> None:
        """Append text, folding white space into single spaces."""
        piece = re.sub(r"[^\S\n]+", " ", piece)
        if not self._text or self._text[-1].isspace():
            piece = piece.lstrip()
        self._text += piece

    def break_line(self) -> None:
        """Append a line break that the source forces."""
        self._text = self._text.rstrip() + "\n"

    def add_mark(self, label: str) -> None:
        """Record a footnote mark at the end of the text so far."""
        self._marks.append(Mark(len(self._text.rstrip()), label))

    def add_link(self, start: int, url: str) -> None:
        """Record a link from ``start`` to the end of the text so far."""
        if start < len(self._text):
            self._links.append(Link(start, len(self._text), url))

    def __len__(self) -> int:
        return len(self._text)

    def block(self, kind: Kind, *, label: str = "", page: int | None = None) -> Block:
        """The block written so far."""
        text = self._text.rstrip()
        links = tuple(replace(link, end=min(link.end, len(text))) for link in self._links)
        return Block(kind, text, tuple(self._marks), links, label, page)


def cut_prefix(block: Block, length: int) -> Block:
    """The block without its first ``length`` characters, offsets moved along."""
    return replace(
        block,
        text=block.text[length:],
        marks=tuple(Mark(max(0, mark.start - length), mark.label) for mark in block.marks),
        links=_moved(block.links, lambda offset: max(0, offset - length)),
    )


def join_blocks(*blocks: Block) -> Block:
    """The pieces of one paragraph as one block, with a single space between them.

    The first may be empty: its number stood on a line of its own.
    """
    marks: list[Mark] = []
    links: list[Link] = []
    shift = 0
    pieces = [block for block in blocks if block.text]
    for block in pieces:
        marks += [Mark(mark.start + shift, mark.label) for mark in block.marks]
        links += [Link(k.start + shift, k.end + shift, k.url) for k in block.links]
        shift += len(block.text) + 1
    text = " ".join(block.text for block in pieces)
    return replace(blocks[0], text=text, marks=tuple(marks), links=tuple(links))


def _moved(links: tuple[Link, ...], move: Callable[[int], int]) -> tuple[Link, ...]:
    return tuple(Link(move(link.start), move(link.end), link.url) for link in links)
