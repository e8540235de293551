"""Blocks become numbered paragraphs with their sections and footnotes.

What the document prints decides, never the look of the source: heading levels lie, rules
separate nothing, and pages break paragraphs wherever they like. In turn: `notes` gives
each footnote its mark; `parts` splits off annexes and preamble; `titles` finds the headings
that the source shows as text; `scheme` finds the longest consistent run of the numbers that
`labels` reads; `walk` goes through the blocks once.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from index.blocks import Block, join_blocks
from index.errors import ReadError
from index.numbering.notes import attach_notes, pair_notes
from index.numbering.outline import strip_numbering
from index.numbering.parts import split_parts
from index.numbering.scheme import count_words
from index.numbering.walk import Draft, Walk
from index.report import Footnote, Heading, Oddity, Paragraph

__all__ = ["VERSION", "Body", "number_blocks", "strip_numbering"]

VERSION = "5"  # raise it when the same file would be cut or numbered differently

_LONG = 1_000  # words that hardly any paragraph has


@dataclass(frozen=True, slots=True)
class Body:
    """A document's body, and the blocks around it that tell of the document.

    Attributes:
        front: the cover, lists of contents, and notes to either.
        headings: in order.
        paragraphs: in order, each number once.
        back: what stands after the last paragraph of the body or of an annex.
        oddities: what a person should look at before trusting the reading.
    """

    front: tuple[Block, ...]
    headings: tuple[Heading, ...]
    paragraphs: tuple[Paragraph, ...]
    back: tuple[Block, ...] = ()
    oddities: tuple[Oddity, ...] = ()


def number_blocks(blocks: Sequence[Block], report_id: str) -> Body:
    """Cut blocks into the paragraphs that the document itself numbers.

    Text that follows a numbered paragraph without a number of its own continues it: a
    page ended there. Notes go to the paragraph that carries their mark.

    Raises:
        ReadError: no paragraph at all.
    """
    notes = pair_notes(blocks)
    body = [(i, b) for i, b in enumerate(notes.blocks) if b.kind != "note" and b.text.strip()]
    walk = Walk()
    for order, part in enumerate(split_parts(body)):
        walk.walk_part(part, is_first=order == 0)
    texts = [join_blocks(*draft.pieces) for draft in walk.drafts]
    kept = [row for row, text in enumerate(texts) if text.text]
    if not kept:
        raise ReadError(f"{report_id} holds no paragraph: expected text below a heading or number")
    drafts = [
        Draft(draft.number, draft.section, [text], draft.position)
        for draft, text in zip(walk.drafts, texts, strict=True)
    ]
    whole = [drafts[row] for row in kept]
    footnotes, notes_to_cover, note_oddities = attach_notes(whole, notes)
    return Body(
        (*walk.front, *notes_to_cover),
        tuple(_moved(heading, kept) for heading in walk.outline.headings),
        tuple(
            _paragraph(draft, report_id, order, footnotes[order])
            for order, draft in enumerate(whole)
        ),
        tuple(walk.back),
        (*walk.oddities, *note_oddities, *_odd_lengths(drafts)),
    )


def _moved(heading: Heading, kept: Sequence[int]) -> Heading:
    """The heading before the same paragraph, now that the empty ones are gone."""
    return Heading(heading.text, heading.depth, bisect_left(kept, heading.order))


def _paragraph(
    draft: Draft, report_id: str, order: int, footnotes: tuple[Footnote, ...]
) -> Paragraph:
    block = draft.pieces[0]
    return Paragraph(
        report_id,
        draft.number,
        block.text,
        draft.section,
        order,
        footnotes,
        block.page,
        block.links,
    )


def _odd_lengths(drafts: Sequence[Draft]) -> list[Oddity]:
    oddities = []
    for draft in drafts:
        n_words, page = count_words(draft.pieces[0].text), draft.pieces[0].page
        if not n_words:
            sentence = f"{draft.number} has no text: it is left out."
            oddities.append(Oddity("empty", sentence, draft.number, page))
        elif n_words > _LONG:
            sentence = f"{draft.number} has {n_words:,} words: are numbers missing in it?"
            oddities.append(Oddity("long", sentence, draft.number, page))
    return oddities
