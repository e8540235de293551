"""Word documents: blocks with the numbers that Word prints, changes accepted."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile

from lxml import etree

from index.blocks import Block, Prose, cut_prefix
from index.errors import ReadError
from index.numbering.closings import Margin, mark_closings
from index.readers.characters import plain_characters, raise_figures
from index.readers.docx.fields import Fields
from index.readers.docx.headings import Headings
from index.readers.docx.notes import Notes
from index.readers.docx.numbering import Numbering
from index.readers.docx.package import R, W, WordFile
from index.readers.docx.pages import Pages
from index.readers.docx.styles import Styles
from index.readers.docx.symbols import read_symbol, symbol_text
from index.readers.docx.tree import (
    ALTERNATE,
    SKIPPED,
    choose_form,
    is_placeholder,
    owner_of,
    paragraph_groups,
    rows_of,
    sections_of,
)
from index.readers.flow import Cell, box_block, head_annexes, stack_blocks, table_blocks
from index.readers.html import read_html
from index.readers.text import read_text
from index.readers.typed_notes import find_typed_notes

_MOST_PARAGRAPHS = 200_000  # table cells and empty lines included
_SIZE, _TAB = 240, 720  # twips: of type as most documents have it, of a default tab
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MATH_SIGNS = {f"{_MATH}den": "/", f"{_MATH}sup": "^", f"{_MATH}sub": "_"}


def read_docx(content: bytes) -> list[Block]:
    """Read a Word document (.docx, .docm) as it prints, with every change accepted.

    Automatic numbers stand at the start of the text. A footnote or endnote follows the
    block that carries its mark. Headers, footers, comments, hidden text, field codes and
    tables of contents are left out.

    Args:
        content: the whole file.
    Returns:
        Blocks in reading order; pages where Word recorded them when it last saved.
    Raises:
        ReadError: an old, encrypted, damaged or oversized file, or another format.
    """
    try:
        return _read(WordFile(content), is_inserted=False)
    except RecursionError as error:
        raise ReadError(
            "expected a Word document, found one nested too deeply:"
            " open it in Word and save it again"
        ) from error


def _read(word: WordFile, *, is_inserted: bool) -> list[Block]:
    reader = _Reader(word, are_fields_balanced=True, is_inserted=is_inserted)
    blocks = reader.read()
    if reader.has_open_field:
        reader = _Reader(word, are_fields_balanced=False, is_inserted=is_inserted)
        blocks = reader.read()
    if reader.knows_pages:
        return blocks
    return [replace(block, page=None) for block in blocks]


def _read_inserted(word: WordFile, content: bytes) -> list[Block]:
    """The blocks of a file inside a Word file.

    Raises:
        ReadError: of a kind that is not read, or with other files in it: it could be itself.
    """
    if content.startswith(b"PK"):
        blocks = _read(word.insert(content), is_inserted=True)
    elif re.match(rb"\s*(?:\{\\rtf|mime-version:)", content, re.IGNORECASE):
        raise ReadError(
            "expected a Word document, found one with rich text or a web archive inserted:"
            " open it in Word and save it again"
        )
    elif re.match(rb"(?:\xef\xbb\xbf)?\s*<", content):
        blocks = read_html(content)
    else:
        blocks = read_text(content)
    return [replace(block, page=None) for block in blocks]


def _check_length(body: etree._Element) -> None:
    n_paragraphs = sum(1 for _ in body.iter(f"{W}p"))
    if n_paragraphs > _MOST_PARAGRAPHS:
        raise ReadError(
            f"expected at most {_MOST_PARAGRAPHS:,} paragraphs in a Word document,"
            f" found {n_paragraphs:,}: split it"
        )


class _Line:
    """A paragraph in the making."""

    def __init__(self) -> None:
        self.prose = Prose()
        self.style_id = ""
        self.boxes: list[Block] = []
        self.page: int | None = None  # of its first text
        self.is_hidden = False  # the present run
        self.is_strong = False
        self.is_raised = False
        self.note_labels: set[str] = set()
        self.custom_note: tuple[str, str] | None = None  # its mark is the next text
        self.letters = self.strong_letters = 0


class _Reader:
    """Walks a document once, counting its lists, notes and pages."""

    def __init__(self, word: WordFile, *, are_fields_balanced: bool, is_inserted: bool) -> None:
        self._word = word
        self._is_inserted = is_inserted
        body = word.document.find(f"{W}body")
        self._body = etree.Element("none") if body is None else body
        _check_length(self._body)
        self._styles = Styles(word.part("styles"))
        self._numbering = Numbering(word.part("numbering"), self._styles)
        sections = sections_of(self._body)
        self._pages = Pages(sections)
        self._notes = Notes(word, sections, self._pages)
        self._links = word.links()
        self._are_balanced = are_fields_balanced
        self._fields = Fields(are_balanced=are_fields_balanced)
        self._waiting: list[Block] = []  # notes whose marks have come by
        self._shown_notes: dict[str, Block] = {}  # the last of each label
        self._margins: dict[Block, Margin] = {}
        self._auto_number = 0
        self._headings = Headings(self._styles, self._body)
        self._run_readers: dict[str, Callable[[etree._Element, _Line], None]] = {
            f"{W}t": lambda element, line: self._add_text(element.text or "", line),
            f"{W}tab": lambda _, line: self._add_text(" ", line),
            f"{W}ptab": lambda _, line: self._add_text(" ", line),
            f"{W}noBreakHyphen": lambda _, line: self._add_text("-", line),
            f"{W}sym": self._add_symbol,
            f"{W}br": self._add_break,
            f"{W}cr": self._add_break,
            f"{W}lastRenderedPageBreak": lambda *_: self._pages.record_break(),
            f"{W}footnoteReference": self._add_note,
            f"{W}endnoteReference": self._add_note,
            f"{W}fldChar": self._add_field_sign,
            f"{W}instrText": lambda element, _: self._fields.add_code(element.text or ""),
            f"{_MATH}t": lambda element, line: self._add_text(element.text or "", line),
        }
        self._readers: dict[str, Callable[[etree._Element, _Line], None]] = {
            f"{W}r": self._add_run,
            f"{W}hyperlink": self._add_link,
            f"{W}fldSimple": self._add_simple_field,
            f"{W}sdt": self._add_control,
            f"{W}txbxContent": lambda element, line: line.boxes.extend(self._box(element)),
            ALTERNATE: lambda element, line: self._add(choose_form(element), line),
            **dict.fromkeys(SKIPPED, lambda *_: None),
            **self._run_readers,
        }

    @property
    def knows_pages(self) -> bool:
        return self._pages.is_known

    @property
    def has_open_field(self) -> bool:
        return self._are_balanced and self._fields.is_open

    def read(self) -> list[Block]:
        blocks: list[Block] = []
        for group in paragraph_groups(self._body):
            blocks += self._read_group(group, in_table=False)
            blocks += self._waiting
            self._waiting = []
        return find_typed_notes(head_annexes(mark_closings(blocks, self._margins)))

    def _story(self, container: etree._Element, *, in_table: bool = False) -> list[Block]:
        """The blocks of a cell, a text box or a note, which has fields of its own."""
        outer, self._fields = self._fields, Fields(are_balanced=self._are_balanced)
        blocks: list[Block] = []
        for group in paragraph_groups(container):
            blocks += self._read_group(group, in_table=in_table)
        self._fields = outer
        return blocks

    def _read_group(self, group: list[etree._Element], *, in_table: bool) -> list[Block]:
        if group[0].tag == f"{W}p":
            return self._paragraph(group, in_table=in_table)
        if self._fields.is_silent:
            return []
        return self._table(group[0]) if group[0].tag == f"{W}tbl" else self._inserted(group[0])

    def _inserted(self, element: etree._Element) -> list[Block]:
        if self._is_inserted:
            raise ReadError(
                "expected a Word document, found files inserted into inserted files:"
                " open it in Word and save it again"
            )
        content = self._word.inserted_file(element.get(f"{R}id", ""))
        return _read_inserted(self._word, content) if content.strip() else []

    def _table(self, table: etree._Element) -> list[Block]:
        rows = rows_of(table)
        is_frame = len(rows) == 1 and len(rows[0]) == 1
        texts: list[list[Cell]] = [
            [self._story(cell, in_table=not is_frame) for cell in row] for row in rows
        ]
        return table_blocks(texts)

    def _box(self, content: etree._Element) -> list[Block]:
        blocks = self._story(content)
        return [box_block(blocks)] if blocks and not self._fields.is_silent else []

    def _paragraph(self, group: list[etree._Element], *, in_table: bool) -> list[Block]:
        """One printed paragraph, of several in the file where the marks between are gone."""
        owner = owner_of(group)
        line = _Line()
        line.style_id = self._styles.style_id(owner)
        if self._styles.paragraph_switch(owner, "pageBreakBefore"):
            self._pages.set_break()
        label = self._label(owner)
        if label:
            line.prose.add(f"{label} ")
        for paragraph in group:
            for child in paragraph:
                self._add(child, line)
        for paragraph in group:
            if paragraph.find(f"{W}pPr/{W}sectPr") is not None:
                self._pages.end_section()
        self._fields.leave_paragraph()
        return self._finish(line, label, owner, in_table=in_table) + line.boxes

    def _label(self, paragraph: etree._Element) -> str:
        place = self._styles.list_place(paragraph)
        return "" if place is None else self._numbering.next_label(place)

    def _finish(
        self, line: _Line, label: str, owner: etree._Element, *, in_table: bool
    ) -> list[Block]:
        block = line.prose.block("text", page=line.page or self._pages.number)
        is_number_only = block.text == label and not block.marks
        is_contents = self._styles.is_contents(line.style_id)
        if not block.text or (is_number_only and not in_table) or is_contents:
            return []
        is_heading = line.letters > 0 and self._headings.is_heading(
            block.text, owner, is_strong=line.strong_letters == line.letters, in_table=in_table
        )
        if is_heading:
            return [replace(block, kind="heading")]
        self._margins[block] = self._margin(owner)
        return [block]

    def _margin(self, owner: etree._Element) -> Margin:
        """Where the lines of a paragraph begin, tabs before its text included."""
        place = self._styles.list_place(owner)
        of_list = None if place is None else self._numbering.properties(place)
        left, first = self._styles.indents(owner, of_list)
        return Margin((left + first + _TAB * _leading_tabs(owner)) / _SIZE, left / _SIZE)

    def _add(self, element: etree._Element, line: _Line) -> None:
        """Add what an element shows; one without a rule of its own is looked into."""
        read = self._readers.get(element.tag)
        if read is not None:
            read(element, line)
            return
        if element.tag in _MATH_SIGNS:
            self._add_text(_MATH_SIGNS[element.tag], line)
        for child in element:
            self._add(child, line)

    def _add_run(self, run: etree._Element, line: _Line) -> None:
        line.is_hidden = self._styles.run_switch(run, "vanish", line.style_id)
        line.is_strong = self._styles.is_strong(run, line.style_id)
        line.is_raised = self._styles.is_raised(run)
        for child in run:
            self._add(child, line)
        line.is_hidden = line.is_raised = False

    def _add_text(self, text: str, line: _Line) -> None:
        if line.is_hidden or self._fields.is_silent:
            return
        text = symbol_text(plain_characters(text.replace("\n", " ")))
        if line.custom_note is not None and text.strip():
            label, space, text = text.lstrip().partition(" ")
            text = space + text
            (kind, note_id), line.custom_note = line.custom_note, None
            self._add_note_text(kind, note_id, label.replace("∗", "*"), line)
        elif (
            line.is_raised and self._fields.is_note_reference and text.strip() in self._shown_notes
        ):
            self._repeat_note(text.strip(), line)
            return
        elif line.is_raised:
            text = raise_figures(text)
        if text.strip():
            line.page = self._pages.number if line.page is None else line.page
            self._pages.add_text(len(text))
        letters = sum(character.isalpha() for character in text)
        line.letters += letters
        line.strong_letters += letters * line.is_strong
        line.prose.add(text)

    def _add_symbol(self, symbol: etree._Element, line: _Line) -> None:
        self._add_text(read_symbol(symbol.get(f"{W}char", ""), symbol.get(f"{W}font", "")), line)

    def _add_break(self, element: etree._Element, line: _Line) -> None:
        if line.is_hidden:
            return
        if element.get(f"{W}type") == "page":
            self._pages.set_break()
        if not self._fields.is_silent and line.page is not None:
            line.prose.break_line()

    def _add_link(self, link: etree._Element, line: _Line) -> None:
        start = len(line.prose)
        for child in link:
            self._add(child, line)
        url = self._links.get(link.get(f"{R}id", ""))
        if url:
            line.prose.add_link(start, url)

    def _add_simple_field(self, field: etree._Element, line: _Line) -> None:
        self._fields.begin()
        self._fields.add_code(field.get(f"{W}instr", ""))
        self._fields.begin_result(len(line.prose))
        for child in field:
            self._add(child, line)
        self._end_field(line)

    def _add_field_sign(self, sign: etree._Element, line: _Line) -> None:
        kind = sign.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.begin()
        elif kind == "separate":
            self._fields.begin_result(len(line.prose))
        elif kind == "end":
            self._end_field(line)

    def _end_field(self, line: _Line) -> None:
        field = self._fields.end()
        if field is None:
            return
        if field.url and not self._fields.is_silent:
            line.prose.add_link(field.start, field.url)
        if line.is_hidden or (field.is_result and len(line.prose) > field.start):
            return
        if field.name == "LISTNUM":
            self._add_text(f"{self._numbering.next_field_label(field.code)} ", line)
        elif field.name.startswith("AUTONUM"):
            self._auto_number += 1
            self._add_text(f"{self._auto_number}. ", line)

    def _add_control(self, control: etree._Element, line: _Line) -> None:
        if not is_placeholder(control):
            for child in control.iterchildren(f"{W}sdtContent"):
                self._add(child, line)

    def _add_note(self, reference: etree._Element, line: _Line) -> None:
        if line.is_hidden or self._fields.is_silent:
            return
        kind = etree.QName(reference).localname.removesuffix("Reference")
        note_id = reference.get(f"{W}id", "")
        if reference.get(f"{W}customMarkFollows") in ("1", "true", "on"):
            line.custom_note = kind, note_id
        else:
            self._add_note_text(kind, note_id, self._notes.next_label(kind), line)

    def _add_note_text(self, kind: str, note_id: str, label: str, line: _Line) -> None:
        """Put the mark here and the note behind the paragraph."""
        element = self._notes.text(kind, note_id)
        if element is None:
            return
        outer, self._links = self._links, self._notes.links[kind]
        blocks = self._story(element, in_table=True)
        self._links = outer
        note = stack_blocks(blocks, kind="note", label=label)
        if not label.isalnum() and note.text.startswith(label):
            note = cut_prefix(note, len(note.text) - len(note.text[len(label) :].lstrip()))
        if note.text:
            note = replace(note, page=line.page or self._pages.number)
            self._shown_notes[label] = note
            self._place_note(note, line)

    def _repeat_note(self, label: str, line: _Line) -> None:
        """Put the note that is referred to again behind this paragraph, once."""
        if label not in line.note_labels:
            page = line.page or self._pages.number
            self._place_note(replace(self._shown_notes[label], page=page), line)

    def _place_note(self, note: Block, line: _Line) -> None:
        line.prose.add_mark(note.label)
        line.note_labels.add(note.label)
        self._waiting.append(note)


def _leading_tabs(paragraph: etree._Element) -> int:
    """How many tabs a paragraph opens with."""
    signs = paragraph.iterfind(f"{W}r/*")
    shown = (sign for sign in signs if sign.tag in (f"{W}tab", f"{W}t"))
    return sum(1 for _ in takewhile(lambda sign: sign.tag == f"{W}tab", shown))
