"""Which footnote belongs to which mark: printed labels repeat from page to page."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.blocks import Block, Mark
from index.numbering.walk import Draft
from index.report import Footnote, Oddity

_Place = tuple[int, int]  # a block's position, and which of its marks


@dataclass(frozen=True, slots=True)
class Notes:
    """The footnotes of a document.

    Attributes:
        blocks: those of the document, the label of every mark that has a note now being
            the position of its note among them.
        marked: the positions of the notes that have a mark.
    """

    blocks: tuple[Block, ...]
    marked: frozenset[int]


def pair_notes(blocks: Sequence[Block]) -> Notes:
    """Give every note the mark that is its own.

    As many marks as notes of a label pair in order. Else a note takes the last mark
    before it, as at a page's foot, or the next one after it.
    """
    marks: dict[str, list[_Place]] = defaultdict(list)
    notes: dict[str, list[int]] = defaultdict(list)
    for position, block in enumerate(blocks):
        if block.kind == "note":
            notes[block.label].append(position)
        for index, mark in enumerate(block.marks):
            marks[mark.label].append((position, index))
    owners = {place: note for label in notes for place, note in _pair(marks[label], notes[label])}
    marked = tuple(_with_owners(position, block, owners) for position, block in enumerate(blocks))
    return Notes(marked, frozenset(owners.values()))


def attach_notes(
    drafts: Sequence[Draft], notes: Notes
) -> tuple[list[tuple[Footnote, ...]], list[Block], list[Oddity]]:
    """Put every note on a paragraph.

    A note without a mark goes to the paragraph nearest before it; one before all, one
    whose mark is on the cover, and one marked by asterisks tell of the document. A note
    stands once, with the first of its marks, though others may repeat it.

    Args:
        drafts: in one piece each.
        notes: as `pair_notes` made them.
    Returns:
        The footnotes of each draft, the notes that tell of the document, and the oddities.
    """
    attached: list[list[Footnote]] = [[] for _ in drafts]
    oddities: list[Oddity] = []
    taken: set[int] = set()
    explained: set[str] = set()
    labels = Counter(note.label for note in notes.blocks if note.kind == "note")
    for draft, footnotes in zip(drafts, attached, strict=True):
        for mark in draft.pieces[0].marks:
            if mark.label.startswith("#"):
                taken.add(int(mark.label[1:]))
                footnotes.append(_footnote(notes.blocks[int(mark.label[1:])], mark.start))
                explained.add(footnotes[-1].number)
            elif mark.label not in explained or labels[mark.label] > 1:  # else "2/" again
                sentence = f"Footnote mark {mark.label} in {draft.number} has no note of its own."
                oddities.append(
                    Oddity("mark without note", sentence, draft.number, draft.pieces[0].page)
                )
    front = []
    starts = [draft.position for draft in drafts]
    for position, note in enumerate(notes.blocks):
        if note.kind != "note" or position in taken:
            continue
        row = bisect_right(starts, position) - 1
        if row < 0 or position in notes.marked or not note.label.strip("*"):
            front.append(Block("text", f"{note.label} {note.text}", page=note.page))
        else:
            draft = drafts[row]
            attached[row].append(_footnote(note, len(draft.pieces[0].text)))
            sentence = f"Footnote {note.label} has no mark: it is kept with {draft.number}."
            oddities.append(Oddity("note without mark", sentence, draft.number, note.page))
    return [tuple(footnotes) for footnotes in attached], front, oddities


def _pair(marks: Sequence[_Place], notes: Sequence[int]) -> Iterator[tuple[_Place, int]]:
    if len(marks) == len(notes):
        yield from zip(marks, notes, strict=True)
        return
    first = 0  # of the marks not yet given away
    for note in notes:
        before = bisect_right(marks, (note, -1))
        chosen = before - 1 if before > first and len(notes) > 1 else first
        if chosen < len(marks):
            yield marks[chosen], note
            first = chosen + 1


def _with_owners(position: int, block: Block, owners: dict[_Place, int]) -> Block:
    if not block.marks:
        return block
    labels = (owners.get((position, index)) for index in range(len(block.marks)))
    marks = tuple(
        mark if owner is None else Mark(mark.start, f"#{owner}")
        for mark, owner in zip(block.marks, labels, strict=True)
    )
    return replace(block, marks=marks)


def _footnote(note: Block, mark: int) -> Footnote:
    return Footnote(note.label, note.text, mark, note.links)
