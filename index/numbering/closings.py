"""Text behind the items of a list that stands on the margin of what the list belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.blocks import Block
from index.numbering.labels import read_items, read_labels
from index.numbering.scheme import ends_sentence

_SAME, _INNER = 0.4, 0.8  # sizes: so far apart margins are one, and so far another's inner one


class Margin(NamedTuple):
    """Where a text begins, in sizes of its type from any edge that texts share.

    Attributes:
        first: its first line.
        rest: the others; of a single line, what stands behind its number.
    """

    first: float
    rest: float


@dataclass(frozen=True, slots=True)
class Closing(Block):
    """A text that closes a list: it goes on with what the list stands in.

    Attributes:
        owner: the text that it goes on with, its number or item first.
    """

    owner: str = ""


class _Open(NamedTuple):
    """A text that others may go on with: of the paragraph, or the last item of a list."""

    text: str
    margin: Margin


def mark_closings(blocks: Sequence[Block], margins: Mapping[Block, Margin]) -> list[Block]:
    """The same blocks, each text a `Closing` whose margin shows it to be one.

    It follows an item that has ended, stands further out than that item, and on the margin
    of a text before: of the paragraph, or of an outer item.

    Args:
        blocks: in document order.
        margins: of those whose place the source tells.
    """
    marked: list[Block] = []
    around: list[_Open] = []  # the paragraph, then an item for every open list
    before = ""
    for block in blocks:
        if block.kind == "heading":
            around = []
        elif block.kind == "text":
            margin = margins.get(block)
            has_ended = margin is not None and ends_sentence(before)
            if _is_labelled(block.text):
                around = _entered(block.text, margin, around)
            elif margin and has_ended and (owner := _owner(margin, around)):
                block, around = _closing(block, owner.text), around[: around.index(owner) + 1]
            before = block.text
        marked.append(block)
    return marked


def _is_labelled(text: str) -> bool:
    return bool(read_items(text)) or any(read_labels(text))


def _entered(text: str, margin: Margin | None, around: Sequence[_Open]) -> list[_Open]:
    """What stands around the text of a number or an item, and that text."""
    if margin is None:
        return []
    is_inner = bool(around) and margin.first > around[0].margin.first + _SAME
    if not around or not read_items(text) or (any(read_labels(text)) and not is_inner):
        return [_Open(text, margin)]
    outer = [around[0], *(o for o in around[1:] if o.margin.first < margin.first - _SAME)]
    return [*outer, _Open(text, margin)]


def _owner(margin: Margin, around: Sequence[_Open]) -> _Open | None:
    """The text that one without a label goes on with, or None where nothing says so."""
    if len(around) < 2 or margin.first > max(around[-1].margin) - _INNER:
        return None
    outer = around[:-1]
    places = [*((o.margin.rest, o) for o in outer), *((o.margin.first, o) for o in outer)]
    return next((o for place, o in places if abs(place - margin.first) < _SAME), None)


def _closing(block: Block, owner: str) -> Closing:
    return Closing(block.kind, block.text, block.marks, block.links, block.label, block.page, owner)
