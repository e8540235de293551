"""Where a lettered or roman list inside a paragraph stands, and what may come next in it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from index.blocks import Block
from index.numbering.labels import Item, count_between, read_items
from index.numbering.scheme import is_quoting

_DEEPEST = 3  # lists within lists; documents rarely have more than two
_SMALL_GAP = 2
_FIRST = {
    "latin": "a", "LATIN": "A", "roman": "i", "ROMAN": "I", "cyrillic": "а", "arabic": "أ",
    "digit": "1", "han": "一",
}  # fmt: skip


class Level(NamedTuple):
    """The last item of one list."""

    style: str
    value: int
    number: str


class Items:
    """The lists that are open in one paragraph, outermost first.

    Labels inside a quotation are the quoted text's own, and count for nothing.

    Attributes:
        is_quoting: whether a quotation is open.
    """

    def __init__(self, blocks: Iterable[tuple[int, Block]], numbered: Collection[int]) -> None:
        self._next = _look_ahead(list(blocks), numbered)
        self._levels: list[Level] = []
        self._text = ""
        self.is_quoting = False

    @property
    def are_open(self) -> bool:
        """Whether a list has begun in the paragraph, outside of a quotation."""
        return bool(self._levels) and not self.is_quoting

    def begin(self) -> None:
        """Begin a paragraph: no list is open."""
        self._levels, self._text, self.is_quoting = [], "", False

    def read(self, text: str) -> None:
        """Follow the paragraph's text: it may open a quotation, or hold the list's first item."""
        self._text = text
        self.is_quoting = is_quoting(text, before=self.is_quoting)

    def find(self, position: int, text: str, *, dotted_digits: bool) -> Item | None:
        """The reading of the label of a text that fits the lists, or None: it has none.

        Args:
            position: of its block.
            text: the block's.
            dotted_digits: whether "1." numbers a list here, as in an article.
        """
        if self.is_quoting:
            return None
        readings = read_items(text)
        if not dotted_digits:
            readings = [item for item in readings if item.style != "stop digit"]
        next_ones = {(item.style, item.value) for item in self._next.get(position, ())}
        fitting = [(rank, item) for item in readings if (rank := self._rank(item, next_ones))]
        return min(fitting)[1] if fitting else None

    def opens(self, position: int, text: str) -> Item | None:
        """The label of a list's first item right after a number, "12. (a)", if (b) follows."""
        next_ones = {(item.style, item.value) for item in self._next.get(position, ())}
        opened = {level.style for level in self._levels}
        for item in read_items(text):
            is_new = item.value == 1 and item.style not in opened and item.style != "stop digit"
            if is_new and (item.style, 2) in next_ones:
                return item
        return None

    def place(self, item: Item) -> tuple[str, int]:
        """Take an item in.

        Returns:
            The numbers of the lists it stands in and its own, ``"(b)(ii)"``, and how many
            items its list leaves out before it.
        """
        depth = self._depth(item.style)
        before = self._levels[depth].value if depth < len(self._levels) else item.value - 1
        self._levels[depth:] = [Level(item.style, item.value, item.number)]
        missing = max(0, count_between(item.style, before, item.value))
        return "".join(level.number for level in self._levels), missing

    def path_of(self, text: str) -> str:
        """The numbers down to the open item that a text is; ``""`` where it is none."""
        readings = {(item.style, item.value) for item in read_items(text)}
        depths = (k for k, level in enumerate(self._levels, 1) if level[:2] in readings)
        return "".join(level.number for level in self._levels[: next(depths, 0)])

    def _depth(self, style: str) -> int:
        """The depth of the list of that style; one deeper where there is none."""
        styles = [level.style for level in self._levels]
        return styles.index(style) if style in styles else len(styles)

    def _rank(self, item: Item, next_ones: Collection[tuple[str, int]]) -> int:
        """How well an item fits, 1 for best; 0 where it does not."""
        depth = self._depth(item.style)
        if depth == len(self._levels):
            if item.value == 1 and depth < _DEEPEST:
                return 1 if (item.style, 2) in next_ones else 3  # "(i)" after "(h)", before "(ii)"
            return 5 if item.value == 2 and self._holds_first(item.style) else 0
        between = count_between(item.style, self._levels[depth].value, item.value)
        if between == 0:
            return 2
        if item.value == 1:
            return 4  # the list begins again
        return 6 if 0 < between <= _SMALL_GAP else 0

    def _holds_first(self, style: str) -> bool:
        """Whether the first item of a list stands within the text: "as follows: (a) …"."""
        return f"{_FIRST[style.split()[-1]]})" in self._text


def _look_ahead(
    blocks: Sequence[tuple[int, Block]], numbered: Collection[int]
) -> Mapping[int, list[Item]]:
    """For every block, the readings of the next item before the next number."""
    ahead: dict[int, list[Item]] = {}
    items: list[Item] = []
    for position, block in reversed(blocks):
        ahead[position] = items
        if position in numbered:
            items = []
        elif block.kind == "text" and (found := read_items(block.text)):
            items = found
    return ahead
