"""The parts of a document that number their paragraphs from 1: body, annexes, preamble."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from index.blocks import Block
from index.numbering.labels import read_items, read_labels
from index.numbering.outline import (
    OUTER_ANNEXES,
    annex_name,
    is_chapter,
    is_contents,
    is_first,
    is_numbered,
    is_sign,
    is_summary,
)
from index.numbering.runs import restarts
from index.numbering.scheme import (
    Positioned,
    Scheme,
    choose_scheme,
    count_words,
    ends_sentence,
    ends_with_comma,
    is_like_heading,
)
from index.numbering.titles import mark_titles

_PROSE_WORDS = 25  # a text that tells of the document's subject, on no cover
_SHORT_PROSE_WORDS = 8  # the same where the document has no numbers to begin with
_BACK_BLOCKS, _BACK_WORDS = 8, 25
# What a court's judgment says last before it begins, in the languages of such courts.
_DELIVERS = re.compile(
    r"(?:deliver|give|make|render)s? the following (?:judgment|order|(?:advisory )?opinion|"
    r"decision|ruling|award)|rend (?:l[’']|la |le )(?:présente? )?(?:arrêt|ordonnance|avis|"
    r"décision|jugement|sentence)|(?:dicta|pronuncia) (?:la|el) siguiente (?:sentencia|auto)|"
    r"вынес(?:ла?)? следующее (?:постановление|решение)",
    re.IGNORECASE,
)
_DONE = re.compile(r"Done (?:in|at) |Fait (?:à|en) |Hecho en |Совершено ")


@dataclass(frozen=True)  # without slots, for the cache
class Part:
    """Blocks that are numbered together.

    Attributes:
        name: ``"annex-I"``, ``"annex-I/appendix"``; ``""`` for the body.
        blocks: its own, with their positions in the document; its title is the first.
        restarts: whether it begins again at 1 without a name of its own.
    """

    name: str
    blocks: tuple[Positioned, ...]
    restarts: bool = False

    @cached_property
    def scheme(self) -> Scheme:
        """How it numbers its paragraphs."""
        return choose_scheme(self.blocks)


def split_parts(blocks: Sequence[Positioned]) -> Iterator[Part]:
    """Split a document at its annexes, and where its numbers begin again below a heading."""
    for name, found in _split_annexes(blocks):
        own = mark_titles(found, choose_scheme(found))
        cuts = [0, *_find_restarts(own, choose_scheme(own)), len(own)]
        for start, end in pairwise(cuts):
            yield from _split_recitals(Part(name, tuple(own[start:end]), restarts=start > 0))


def _split_recitals(part: Part) -> Iterator[Part]:
    """A part, or, where numbers stand before its first article or OP1, these and the rest."""
    if part.scheme.family in ("article", "operative"):
        first = part.scheme.run[0].position
        before = _without_headings([block for block in part.blocks if block[0] < first])
        preamble = Part(f"{part.name}/preamble".strip("/"), before, part.restarts)
        if len(preamble.scheme.run) > 1:
            yield preamble
            part = Part(part.name, part.blocks[len(before) :])
    yield part


def _without_headings(blocks: Sequence[Positioned]) -> tuple[Positioned, ...]:
    """The blocks without the headings at their end, which what follows stands under."""
    end = len(blocks)
    while end and (blocks[end - 1][1].kind == "heading" or is_chapter(blocks[end - 1][1].text)):
        end -= 1
    return tuple(blocks[:end])


def find_body(part: Part) -> int:
    """How many of the first part's blocks are the cover: those before the body begins."""
    titles = {candidate.position for candidate in part.scheme.titles}
    run_start = part.scheme.run[0].position if part.scheme.run else None
    if delivered := _find_delivery(part):
        return delivered
    opening = find_preamble(part)
    words = _SHORT_PROSE_WORDS if run_start is None else _PROSE_WORDS
    for index, (position, block) in enumerate(part.blocks):
        if position == run_start:
            return _with_sign(part.blocks, _with_heading(part.blocks, index))
        if position == opening:
            is_below_opening = _is_opening_heading(part.blocks[index - 1][1])
            return _with_sign(part.blocks, index - is_below_opening)
        if position in titles or block.kind == "box":
            return index
        is_outline = is_numbered(block.text) and not is_sign(block.text)
        if block.kind == "heading" and (is_summary(block.text) or is_outline):
            return index
        if is_chapter(block.text):
            return index
        if block.kind == "text" and _is_prose(block.text, words):
            return _with_heading(part.blocks, index)
    sentences = (index for index, (_, b) in enumerate(part.blocks) if _is_prose(b.text, 1))
    return next(sentences, len(part.blocks))


def find_preamble(part: Part) -> int | None:
    """The position where unnumbered preambular paragraphs begin, or None.

    They stand before the first number, and most of them end with a comma.
    """
    if not part.scheme.run or _find_delivery(part):
        return None
    before = [
        (position, block.text)
        for position, block in part.blocks
        if position < part.scheme.run[0].position and block.kind == "text"
    ]
    commas = [ends_with_comma(text) for _, text in before]
    left = sum(commas)
    for index, (position, _) in enumerate(before):
        if commas[index] and left > 1 and 2 * left >= len(before) - index:
            return position
        left -= commas[index]
    return None


def find_starred(part: Part) -> frozenset[int]:
    """The positions of the notes to the title, "* Reissued …", printed before the first number."""
    before = part.scheme.run[0].position if part.scheme.run and not part.name else 0
    return frozenset(
        position
        for position, block in part.blocks
        if position < before and block.kind == "text" and block.text.startswith("*")
    )


def _find_delivery(part: Part) -> int:
    """How many blocks a court begins with: its composition, up to "delivers the following …"."""
    first = part.scheme.run[0].position if part.scheme.run else -1
    return max(
        (
            index
            for index, (position, block) in enumerate(part.blocks, start=1)
            if position < first and block.kind == "text" and _DELIVERS.search(block.text)
        ),
        default=0,
    )


def _is_opening_heading(block: Block) -> bool:
    """Whether a heading names who speaks: "THE EUROPEAN PARLIAMENT AND THE COUNCIL …,"."""
    return block.kind == "heading" and ends_with_comma(block.text)


def find_back(part: Part) -> int:
    """How many of a part's first blocks are not its back matter: place, date, signature.

    Back matter is short, ends like no sentence, and follows one that has ended.
    """
    numbered = {candidate.position for candidate in part.scheme.run}
    end = len(part.blocks)
    while end and _is_back(part.blocks[end - 1], numbered):
        end -= 1
    before = next((b for _, b in reversed(part.blocks[:end]) if b.kind == "text"), None)
    is_credible = before and before.text.rstrip()[-1:] in ".。!?”»)"
    return end if is_credible and len(part.blocks) - end <= _BACK_BLOCKS else len(part.blocks)


def _split_annexes(blocks: Sequence[Positioned]) -> Iterator[tuple[str, list[Positioned]]]:
    """The blocks before the first annex, then each annex; what is inside one names both."""
    path: list[tuple[str, str]] = []  # (kind, name), outermost first
    own: list[Positioned] = []
    has_begun = False
    for position, block in blocks:
        kind, name = annex_name(block.text) if block.kind in ("heading", "text") else ("", "")
        if kind and has_begun:
            yield "/".join(part for _, part in path), own
            kinds = [k for k, _ in path]
            inside = 0 if kind in OUTER_ANNEXES else len(path)
            keep = kinds.index(kind) if kind in kinds else inside
            path, own = [*path[:keep], (kind, name)], []
        has_begun = has_begun or (block.kind == "text" and _is_of_body(block.text))
        own.append((position, block))
    yield "/".join(part for _, part in path), own


def _find_restarts(blocks: Sequence[Positioned], scheme: Scheme) -> Iterator[int]:
    """Where numbers begin again at 1, 2 below a heading, and the old ones do not go on.

    Yields:
        Offsets into ``blocks`` of the headings.
    """
    labels = sorted([*scheme.run, *scheme.others], key=lambda candidate: candidate.position)
    headings = [i for i, (_, block) in enumerate(blocks) if block.kind == "heading"]
    places = [blocks[i][0] for i in headings]
    for last, first in restarts(labels):
        below = bisect_right(places, last.position)
        is_below = below < len(places) and places[below] < first.position
        if is_below and first.weight == 1.0:
            yield headings[below]


def _with_heading(blocks: Sequence[Positioned], index: int) -> int:
    """Where the body begins that begins with a text: at its heading, if that is no title.

    The title of a document is its only heading, or stands below no prose.
    """
    kinds = [block.kind for _, block in blocks[:index]]
    if kinds[-1:] != ["heading"] or kinds.count("heading") == 1:
        return index
    is_number = any(read_labels(blocks[index][1].text))
    is_below_prose = _is_prose(blocks[index - 2][1].text, _SHORT_PROSE_WORDS)
    return index - 1 if is_below_prose or not is_number else index


def _with_sign(blocks: Sequence[Positioned], index: int) -> int:
    """Where the body begins that has a lone "I" or "A" over its first title, or no title."""
    for start in range(max(0, index - 2), index):
        above = [block for _, block in blocks[start:index]]
        is_signed = is_sign(above[0].text) and is_first(above[0].text)
        if is_signed and all(block.kind == "heading" for block in above):
            return start
    return index


def _is_prose(text: str, words: int) -> bool:
    is_note = text.startswith(("*", "[", "("))
    return count_words(text) >= words and ends_sentence(text) and not is_note


def _is_of_body(text: str) -> bool:
    """Whether a text shows that contents and cover are over."""
    is_numbered_text = any(read_labels(text)) and ends_sentence(text) and not is_contents(text)
    return is_numbered_text or _is_prose(text, _SHORT_PROSE_WORDS)


def _is_back(positioned: Positioned, numbered: set[int]) -> bool:
    position, block = positioned
    if position in numbered or block.kind == "box" or read_items(block.text):
        return False
    if block.kind == "heading" and (is_numbered(block.text) or annex_name(block.text)[0]):
        return False
    lines = block.text.split("\n")
    is_short = all(count_words(line) <= _BACK_WORDS for line in lines)
    is_end = _DONE.match(block.text) or all(is_like_heading(line) for line in lines)
    return is_short and bool(is_end)
