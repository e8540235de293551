"""Blocks put together, tables into lines and boxes into one block; and which are headings."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from index.blocks import Block, Kind, Mark
from index.numbering.labels import read_items, read_labels
from index.numbering.outline import annex_name
from index.numbering.scheme import ends_sentence, is_like_heading
from index.report import Link

Cell = list[Block]

_LONE_NUMBER = re.compile(r"[(\[]?(?:\d+(?:\.\d+)*|[a-zа-я]|[ivxlc]+)[.)\]]+|[–—•]", re.IGNORECASE)
_NUMBERED = re.compile(rf"(?:{_LONE_NUMBER.pattern})\s", re.IGNORECASE)
_PROSE_ENDS = (".", ";", ":", ",", " and", " or", "。", "；")
_SENTENCE = 60  # characters: a cell of fewer is an entry of a table rather than prose
_FEW_PARAGRAPHS = 2
MOST_BOLD = 1 / 2  # of the letters: where more are, bold says nothing
_LONGEST_BOLD_HEADING = 150
_LONGEST_FORMULA, _FEWEST_OF_FORMULA = 150, 3  # characters; words that are not yet one


def stack_blocks(
    blocks: Sequence[Block], separator: str = "\n", *, kind: Kind = "text", label: str = ""
) -> Block:
    """Several blocks as one, the separator between them, on the page of the first."""
    text = ""
    marks: list[Mark] = []
    links: list[Link] = []
    for block in blocks:
        text += separator if text else ""
        marks += [Mark(mark.start + len(text), mark.label) for mark in block.marks]
        links += [
            Link(link.start + len(text), link.end + len(text), link.url) for link in block.links
        ]
        text += block.text
    page = blocks[0].page if blocks else None
    return Block(kind, text, tuple(marks), tuple(links), label, page)


def box_block(blocks: Sequence[Block]) -> Block:
    """A text box as one block; its first heading is its title."""
    if len(blocks) > 1 and blocks[0].kind == "heading" and not blocks[0].marks:
        return stack_blocks(blocks[1:], kind="box", label=blocks[0].text.replace("\n", " "))
    return stack_blocks(blocks, kind="box")


def table_blocks(rows: Sequence[Sequence[Cell]]) -> list[Block]:
    """A table as text in reading order.

    Rows of data become lines, their cells set apart by bars. A table that only lays out
    prose (numbers in one column and paragraphs in the next, headings, single columns)
    gives the blocks of its cells, one after another.

    Args:
        rows: the cells of each row, each with its blocks.
    """
    filled = [[cell for cell in row if cell] for row in rows]
    filled = [row for row in filled if row]
    if len(filled) == 1 and len(filled[0]) == 1 and len(rows[0]) == 1 and _is_box(filled[0][0]):
        return [box_block(filled[0][0])]
    is_column = all(len(row) == 1 for row in filled)
    blocks: list[Block] = []
    lines: list[Block] = []
    for row in filled:
        if is_column or _is_layout(row):
            blocks += _data_block(lines) + _prose_blocks(row)
            lines = []
        else:
            cells = [stack_blocks(cell, " ") for cell in row]
            lines.append(stack_blocks(cells, " | "))
    return blocks + _data_block(lines)


def is_formula(text: str) -> bool:
    """Whether a text is a line of capitals that leads on, as headings do in legal texts.

    "HAVE ADOPTED THIS REGULATION:", "FOR THESE REASONS, THE COURT UNANIMOUSLY,"
    """
    is_short = len(text) <= _LONGEST_FORMULA and len(text.split()) > _FEWEST_OF_FORMULA
    return is_short and text.isupper() and text.endswith((",", ":"))


def stands_out(text: str) -> bool:
    """Whether a text is short and unfinished, as headings are."""
    is_short = 0 < len(text) <= _LONGEST_BOLD_HEADING
    return is_short and text[-1] not in ".,;:" and text[0] not in '"“„«‘'


def head_annexes(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, a short line between "Annex" and what it begins with now a heading.

    Lines in brackets may stand between: "[English only]".
    """
    read = list(blocks)
    is_below_annex = False
    for position, (block, below) in enumerate(pairwise(blocks)):
        if is_below_annex and _is_title_of(block, below):
            read[position] = replace(block, kind="heading")
        is_note = is_below_annex and block.text.startswith(("[", "("))
        is_below_annex = is_note or (block.kind != "note" and bool(annex_name(block.text)[0]))
    return read


def _is_title_of(block: Block, below: Block) -> bool:
    """Whether a text is like a heading, and the one below like none."""
    is_title = block.kind == "text" and is_like_heading(block.text) and block.text[:1].isalnum()
    return is_title and not _is_labelled(block.text) and _is_text(below)


def _is_text(block: Block) -> bool:
    return block.kind == "heading" or ends_sentence(block.text) or _is_labelled(block.text)


def _is_labelled(text: str) -> bool:
    return any(read_labels(text)) or bool(read_items(text))


def _data_block(lines: Sequence[Block]) -> list[Block]:
    return [stack_blocks(lines)] if lines else []


def _is_box(cell: Cell) -> bool:
    """Whether a table of one cell is a framed text, not a frame around numbered paragraphs."""
    return not any(
        block.kind != "text" or _NUMBERED.match(block.text) for block in cell[1:]
    ) and not _NUMBERED.match(cell[0].text)


def _is_layout(row: Sequence[Cell]) -> bool:
    if any(block.kind != "text" for cell in row for block in cell):
        return True
    if any(len(cell) > _FEW_PARAGRAPHS for cell in row) or _is_numbered_row(row):
        return True
    return any(
        _NUMBERED.match(block.text) and len(block.text) > _SENTENCE
        for cell in row
        for block in cell
    )


def _is_numbered_row(row: Sequence[Cell]) -> bool:
    """Whether the row is a number and, in the next cell, the prose that it numbers."""
    number, text = row[0][0].text, row[-1][0].text
    return (
        len(row) == 2
        and len(row[0]) == 1
        and bool(_LONE_NUMBER.fullmatch(number))
        and (len(text) > _SENTENCE or text.endswith(_PROSE_ENDS))
    )


def _prose_blocks(row: Sequence[Cell]) -> list[Block]:
    if len(row) > 1 and _is_numbered_row(row):
        first = replace(stack_blocks([row[0][0], row[1][0]], " "), kind=row[1][0].kind)
        return [first, *row[1][1:]]
    return [block for cell in row for block in cell]
