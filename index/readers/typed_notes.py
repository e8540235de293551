"""Footnotes that a typist wrote as text: "… of 1990. 1/" and, below, "1/ See A/45/1."."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from index.blocks import Block, Mark, cut_prefix
from index.report import Link

_FIGURES = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_RAISED = str.maketrans("0123456789", _FIGURES)
# [1], 1/ or ¹, but not the power in 10⁻².
_SIGN = re.compile(
    rf"\[(?:\d+|\*+)\]|(?<![\w/])(?:\d+|\*+)/(?![\w/])|(?<![⁺⁻{_FIGURES}])[{_FIGURES}]+"
)
_OPENING = re.compile(rf"(?P<sign>{_SIGN.pattern})\s*(?=\S)")
_BARE = re.compile(r"(?P<sign>\d{1,3})\s+(?=[^\W_]|[“\"«‘(])")
_FEWEST_BARE = 2  # notes in a row


class _Opening(NamedTuple):
    """A text that opens with a sign.

    Attributes:
        position: its own.
        sign: as its mark is printed: "1/", "[1]", "¹".
        end: where what follows the sign begins.
        marked: the position of the block with its mark; -1 where there is not just one.
    """

    position: int
    sign: str
    end: int
    marked: int


def find_typed_notes(blocks: Sequence[Block]) -> list[Block]:
    """Make a note of each text that opens with a sign which a block before it shows once.

    Signs may begin again: then one mark stands before each note of a sign. Of each form of
    signs most must be marked so, else they number the paragraphs. A plain "1 See …" is the
    note of a raised figure where such texts stand together, from 1 on.

    Args:
        blocks: in document order.
    Returns:
        The same, the signs of notes now marks.
    """
    openings = list(_read_openings(blocks, set(_bare_notes(blocks))))
    unclear = {opening.sign for opening in openings if opening.marked < 0}
    notes = [opening for opening in openings if opening.sign not in unclear]
    n_openings = Counter(_form(opening.sign) for opening in openings)
    n_notes = Counter(_form(note.sign) for note in notes)
    read = list(blocks)
    for position, sign, end, marked in notes:
        if 2 * n_notes[_form(sign)] >= n_openings[_form(sign)]:
            label = unicodedata.normalize("NFKC", sign.strip("[]/"))
            read[marked] = _take_mark(read[marked], sign, label)
            read[position] = replace(cut_prefix(read[position], end), kind="note", label=label)
    return read


def ends_with_sign(text: str) -> re.Match[str] | None:
    """The sign of a note at the end of a text, with the blank before it."""
    return re.search(rf"\s*(?:{_SIGN.pattern})$", text)


def _bare_notes(blocks: Sequence[Block]) -> Iterator[int]:
    """The positions of the texts "1 …", "2 …" and so on that stand together, once."""
    numbers = [
        int(match["sign"]) if block.kind == "text" and (match := _BARE.match(block.text)) else 0
        for block in blocks
    ]
    if numbers.count(1) != 1:
        return
    start = end = numbers.index(1)
    while end < len(numbers) and numbers[end] == end - start + 1:
        end += 1
    if end - start >= _FEWEST_BARE:
        yield from range(start, end)


def _read_openings(blocks: Sequence[Block], bare: Collection[int]) -> Iterator[_Opening]:
    places: dict[str, list[int]] = defaultdict(list)  # of each sign, since its last note
    for position, block in enumerate(blocks):
        pattern = _BARE if position in bare else _OPENING
        if block.kind == "text" and (match := pattern.match(block.text)):
            sign = match["sign"].translate(_RAISED) if position in bare else match["sign"]
            marked = places.pop(sign, [])
            yield _Opening(position, sign, match.end(), marked[0] if len(marked) == 1 else -1)
            if len(marked) == 1:
                continue
        for mark in _SIGN.finditer(block.text, 1):
            places[mark.group()].append(position)


def _form(sign: str) -> str:
    return sign[0] if sign[0] == "[" else sign[-1] if sign[-1] == "/" else "raised"


def _take_mark(block: Block, sign: str, label: str) -> Block:
    """The block with a mark in place of the sign and of the blank before it."""
    start = next(m.start() for m in _SIGN.finditer(block.text, 1) if m.group() == sign)
    before, after = block.text[:start].rstrip(), block.text[start + len(sign) :]
    text = (before + after).rstrip()

    def move(offset: int) -> int:
        moved = max(len(before), offset - (len(block.text) - len(before) - len(after)))
        return min(offset if offset <= len(before) else moved, len(text))

    marks = [*(Mark(move(mark.start), mark.label) for mark in block.marks)]
    marks = sorted([*marks, Mark(len(before), label)], key=lambda mark: mark.start)
    links = [Link(move(link.start), move(link.end), link.url) for link in block.links]
    kept = tuple(link for link in links if link.start < link.end)  # one may have led to the note
    return replace(block, text=text, marks=tuple(marks), links=kept)
