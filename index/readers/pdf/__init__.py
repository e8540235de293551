"""PDF: lines, sizes and places become blocks.

`sheets` and `drawn` read the file, `scans` has pictures of pages recognised, `lines` puts
characters in lines, `edges` takes running heads off, `layout` finds columns, frames and tables,
`notes` what stands at the foot of a page, `contents` the table of contents, `flow` the
paragraphs and headings, `prose` their words.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.blocks import Block, Kind, Mark
from index.numbering.closings import Margin, mark_closings
from index.readers.pdf.contents import drop_contents
from index.readers.pdf.edges import drop_edges
from index.readers.pdf.endnotes import find_end_notes
from index.readers.pdf.flow import Flow, is_numbered, is_tabular, margin_of
from index.readers.pdf.layout import join_regions, order_lines
from index.readers.pdf.lines import Line, Region, cut_pieces
from index.readers.pdf.notes import Notes, body_size
from index.readers.pdf.prose import Words, write_prose
from index.readers.pdf.scans import Progress, Sources, read_scans
from index.readers.pdf.sheets import read_sheets

_CELL = " | "


def read_pdf(content: bytes, progress: Progress | None = None) -> list[Block]:
    """Read a PDF into headings, text, notes and boxes.

    Args:
        content: the whole file.
        progress: told how far the recognition of scanned pages has come.

    Returns:
        Blocks in the order of reading, after one for every scanned page; each note right behind
        the block that carries its mark: labels are as printed, and so may be those of other notes
        on other pages. A framed table is a box whose rows are lines and whose cells are parted by
        " | ".

    Raises:
        ReadError: encrypted, broken, or without text that can be read.
    """
    sources = read_scans(content, read_sheets(content), progress)
    sheets = sources.sheets
    pieces, pages = drop_edges(sheets, [cut_pieces(sheet) for sheet in sheets])
    columns = [order_lines(sheet, pieces[at], at, pages[at]) for at, sheet in enumerate(sheets)]
    for column in (column for found in columns for column in found):
        _set_margins(column)
    size = body_size([column for found in columns for column in found])
    notes = Notes()
    printed = [line for found in columns for column in found for line in column]
    taken = notes.take_ends(find_end_notes(printed, Flow.of(printed, size)))
    lines = [
        line
        for sheet, found in zip(sheets, columns, strict=True)
        for column in found
        for line in notes.take_from(sheet, [li for li in column if id(li) not in taken], size)
    ]
    lines = drop_contents(lines)
    scans = _scans(sources, pages)
    return [*scans, *_Writer(list(join_regions(lines)), notes, size).blocks()]


def _scans(sources: Sources, pages: Sequence[int]) -> list[Block]:
    """A block without text for every page that is a picture, to be accounted for."""
    printed = {sheet.index: page for sheet, page in zip(sources.sheets, pages, strict=True)}
    kinds: dict[int, Kind] = dict.fromkeys(sources.recognised, "recognised")
    kinds |= dict.fromkeys(sources.unread, "unread")
    return [Block(kind, "", page=printed[index]) for index, kind in sorted(kinds.items())]


def _set_margins(column: Sequence[Line]) -> None:
    """Let the lines know where their column begins and ends, whatever stands out of it."""
    lines = [line for line in column if not line.region]
    if not lines:
        return
    is_rtl = sum(line.is_rtl for line in lines) > len(lines) / 2
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    starts = Counter(round(line.x1 if is_rtl else line.x0) for line in lines)
    often = [x for x, times in starts.items() if times > 0.3 * max(starts.values())]
    for line in lines:
        line.left = left if is_rtl else float(min(often))
        line.right = float(max(often)) if is_rtl else right


class _Writer:
    """Writes paragraphs as blocks, each note once, behind its mark."""

    def __init__(self, lines: list[Line], notes: Notes, size: float) -> None:
        self._lines, self._notes = lines, notes
        self._flow = Flow.of(lines, size)
        noted = (line for note in notes.notes for line in note.lines)
        self._words = Words([*_all_lines(lines), *noted])
        self._pending = {note.label: note for note in notes.notes}
        self._margins: dict[Block, Margin] = {}

    def blocks(self) -> list[Block]:
        found: list[Block] = []
        above: list[Line] = []
        for lines in self._flow.split(self._lines):
            region = lines[0].region
            if found and self._is_caption(above, lines[0]) and (region or _is_table(lines)):
                caption = found.pop()
                inside = self._region(lines[0], region) if region else [self._loose_table(lines)]
                found += _with_caption(caption, inside)
            elif region:
                found += self._region(lines[0], region)
            elif found and above and self._is_source(above[-1], lines[0]):
                found[-1] = _join([found[-1], self._prose(lines)])
            else:
                found += self._paragraphs(lines)
            above = lines
        found = mark_closings([block for block in found if block.text], self._margins)
        return list(self._with_notes(found))

    def _is_caption(self, above: Sequence[Line], region: Line) -> bool:
        """Whether a short heading or line of italics stands close above a frame or a table."""
        if not above or len(above) > 2 or above[0].region or above[0].sheet != region.sheet:
            return False
        is_close = 0 < above[-1].y - region.top < 2.5 * self._flow.size
        is_set_apart = _is_italic(above) or self._flow.is_heading(above)
        is_small = above[0].size < 1.1 * self._flow.size
        return is_close and is_set_apart and is_small and not is_numbered(above[0].text)

    def _is_source(self, region: Line, line: Line) -> bool:
        """Whether small print stands close below a frame."""
        is_close = 0 < region.y - line.y < 2.5 * self._flow.size
        is_below = bool(region.region) and not line.region and region.sheet == line.sheet
        return is_below and is_close and line.size < 0.93 * self._flow.size

    def _paragraphs(self, lines: Sequence[Line]) -> list[Block]:
        """A paragraph, a table without rules, or the scattered lines of a cover."""
        if not is_tabular(lines[0]):
            kind: Kind = "heading" if self._flow.is_heading(lines) else "text"
            prose = write_prose(lines, self._notes, self._words)
            block = prose.block(kind, page=lines[0].page)
            self._margins[block] = margin_of(lines)
            return [block]
        if _is_table(lines):
            return [replace(self._loose_table(lines), kind="text")]
        parts = [replace(line, pieces=[piece]) for line in lines for piece in line.pieces]
        return [block for part in parts for block in self._paragraphs([part])]

    def _loose_table(self, lines: Sequence[Line]) -> Block:
        rows = []
        for line in lines:
            cells = [replace(line, pieces=[piece]) for piece in line.pieces]
            rows.append([self._prose([cell]) for cell in cells])
        return replace(_join(_join_cells(row) for row in rows), kind="box")

    def _prose(self, lines: Sequence[Line]) -> Block:
        return write_prose(lines, self._notes, self._words).block("text", page=lines[0].page)

    def _region(self, line: Line, region: Region) -> list[Block]:
        if region.rows:
            rows = [[self._prose(cell) for cell in row if cell] for row in region.rows]
            return [replace(_join(_join_cells(row) for row in rows if row), kind="box")]
        parts = [
            (part, block)
            for part in self._flow.split(region.lines)
            for block in self._paragraphs(part)
        ]
        if any(block.text[:1].isdigit() and block.kind == "text" for _, block in parts):
            return [block for _, block in parts]  # a frame around numbered paragraphs
        lines, first = parts[0]
        is_title = len(parts) > 1 and (first.kind == "heading" or _is_italic(lines))
        title = first.text if is_title else ""
        body = [block for _, block in parts[is_title:]]
        return [replace(_join(body), kind="box", label=title, page=line.page)]

    def _with_notes(self, blocks: list[Block]) -> Iterator[Block]:
        for block in blocks:
            yield _as_printed(block)
            for mark in block.marks:
                if mark.label in self._pending:
                    yield from self._note(mark.label)
        for label in list(self._pending):
            yield from self._note(label)

    def _note(self, label: str) -> Iterator[Block]:
        note = self._pending.pop(label)
        page = note.lines[0].page
        prose = write_prose(note.lines, self._notes, self._words)
        yield prose.block("note", label=note.printed, page=page)


def _is_table(lines: Sequence[Line]) -> bool:
    """Whether lines are rows of cells, rather than two pieces that share a line."""
    rows = [line for line in lines if is_tabular(line)]
    return len(rows) > 2 or any(len(line.pieces) > 2 for line in rows)


def _as_printed(block: Block) -> Block:
    marks = tuple(replace(mark, label=mark.label.partition("@")[0]) for mark in block.marks)
    return replace(block, marks=marks)


def _is_italic(lines: Sequence[Line]) -> bool:
    runs = [run for line in lines for run in line.runs if run.text.strip()]
    return len(lines) < 3 and all(run.look.italic for run in runs)


def _with_caption(caption: Block, blocks: list[Block]) -> list[Block]:
    """The first block of a frame with its caption as its title; a title inside stays text."""
    first, *others = blocks
    if first.kind != "box":
        return [caption, *blocks]
    if first.label and first.label != caption.text:
        first = _join([Block("box", first.label), first])
    marks = tuple(Mark(0, mark.label) for mark in caption.marks)
    return [replace(first, label=caption.text, marks=marks + first.marks), *others]


def _join_cells(cells: Sequence[Block]) -> Block:
    return _join(cells, _CELL)


def _join(blocks: "Iterator[Block] | Sequence[Block]", between: str = "\n") -> Block:
    """Blocks as one, marks and links moved along."""
    first, *others = blocks
    for block in others:
        shift = len(first.text) + len(between)
        first = replace(
            first,
            text=first.text + between + block.text,
            marks=first.marks + tuple(Mark(m.start + shift, m.label) for m in block.marks),
            links=first.links
            + tuple(replace(li, start=li.start + shift, end=li.end + shift) for li in block.links),
        )
    return first


def _all_lines(lines: Sequence[Line]) -> Iterator[Line]:
    for line in lines:
        if line.region:
            yield from line.region.lines
            yield from (li for row in line.region.rows for cell in row for li in cell)
        else:
            yield line
