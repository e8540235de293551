"""Web pages: headings, paragraphs, lists with their numbers, tables and footnotes."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urldefrag, urljoin

from lxml import etree

from index.blocks import Block, Kind, Prose, cut_prefix
from index.errors import ReadError
from index.numbering.closings import Margin, mark_closings
from index.readers.characters import plain_characters, raise_figures
from index.readers.decode import decode_text
from index.readers.flow import (
    MOST_BOLD,
    Cell,
    box_block,
    head_annexes,
    is_formula,
    stack_blocks,
    stands_out,
    table_blocks,
)
from index.readers.html_notes import BLOCKS, PageNotes, find_notes
from index.readers.numerals import format_number
from index.readers.text import text_blocks
from index.readers.typed_notes import find_typed_notes

_DROPPED = frozenset(
    (
        *("annotation", "applet", "audio", "button", "canvas", "embed", "head", "iframe"),
        *("input", "map", "nav", "noembed", "noframes", "noscript", "object", "option", "rp"),
        *("rt", "script", "select", "style", "svg", "template", "textarea", "title", "video"),
    )
)
_DROPPED_ROLES = frozenset(
    (
        *("banner", "contentinfo", "doc-index", "doc-pagelist", "doc-toc", "menu", "menubar"),
        *("navigation", "search"),
    )
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_STRONG = frozenset(("b", "strong", "u"))
_NUMBER_STYLES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_CSS_STYLES = {
    "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter",
    "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    "decimal-leading-zero": "decimalZero",
    "cjk-decimal": "ideographDigital",
    "none": "none",
}
_TYPED_NUMBER = re.compile(r"(?:§ ?)?\(?(?:\d+(?:\.\d+)*|[a-zа-я]|[ivxlc]+)[.)]\s", re.IGNORECASE)
_VOID = "area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr"
_SELF_CLOSED = re.compile(rf"<(?!(?:{_VOID})\b)([a-zA-Z][\w:.-]*)((?:\s[^<>]*)?)/>")
_PARAGRAPH_END = re.compile(r"</p\s*>", re.IGNORECASE)  # parts words even where none began
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
# Of the classes that many sites and Word share: what surrounds a text, and what heads it.
_DROPPED_CLASS = re.compile(
    r"(?i)(?:^|\s)(?:toc|msotoc\w*|table-of-contents|breadcrumbs?|cookie[\w-]*|skip-?link)(?:\s|$)"
)
_HEADING_CLASS = re.compile(r"(?i)(?:^|\s|-|mso)(?:sub)?(?:title|heading)(?:\s|-|\d|$)")
# The Official Journal of the European Union: "oj-ti-art", "sti-art", "stitle-article-norm".
_JOURNAL_HEADING = re.compile(
    r"(?:^|\s)(?:oj-)?(?:s?ti-(?:art|section-\d|grseq-\d|annex)|doc-ti|stitle-[\w-]+)(?:\s|$)"
)
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

_STEP = 2.0  # sizes that a list or a table stands further in than the text around it
_SET_IN = frozenset(("blockquote", "dd", "ol", "ul"))

_DEEPEST = 150  # elements within elements; what is deeper is read as plain text


def read_html(content: bytes) -> list[Block]:
    """Read a web page as it shows, without what surrounds its text.

    Numbers of ordered lists are computed and stand at the start of the text. Scripts,
    navigation and hidden parts go; only links to the web are kept.

    Args:
        content: the whole file.
    Returns:
        Blocks in reading order.
    Raises:
        ReadError: not text, in an unknown encoding, or without any element.
    """
    return read_pages([("", content)])


def read_pages(pages: Sequence[tuple[str, bytes]]) -> list[Block]:
    """Read several pages that refer to one another, such as the chapters of a book.

    Args:
        pages: each page's address, as the others' links name it, and its content.

    Raises:
        ReadError: as ``read_html``.
    """
    book = etree.Element("body")
    for address, content in pages:
        root = _parse(_decode(content))
        _qualify_addresses(root, address)
        book.append(root)
    titles = [_text(title) for title in book.iter("title")]
    parts = [_main_part(root) for root in book]
    blocks = _read_parts(book, parts, does_bold_tell=_share_of_bold(book) <= MOST_BOLD)
    is_titled = len(titles) == 1 and " " in titles[0]  # without a blank it is a file's name
    is_untitled = len(pages) == 1 and is_titled and book.find(".//h1") is None
    return [Block("heading", titles[0]), *blocks] if is_untitled and blocks else blocks


def read_fragment(markup: str, *, does_bold_tell: bool) -> list[Block]:
    """Read a piece of a page that stands in another format, such as a table in Markdown.

    Args:
        markup: the piece; its elements need not be closed.
        does_bold_tell: whether bold lines are headings where it stands.
    """
    root = _parse(f"<body>{markup}</body>")
    return _read_parts(root, [root], does_bold_tell=does_bold_tell)


def _read_parts(
    book: etree._Element, parts: Sequence[etree._Element], *, does_bold_tell: bool
) -> list[Block]:
    """The blocks of parts whose notes stand anywhere in the book."""
    notes = find_notes(book)
    _close_up(notes.marks)
    page = _Page(notes, does_bold_tell=does_bold_tell)
    for part in parts:
        page.visit(part, 0)
    blocks = mark_closings(page.take_blocks(), page.margins)
    return find_typed_notes(head_annexes(blocks))


def _decode(content: bytes) -> str:
    declared = _CHARSET.search(content[:2048])
    return decode_text(content, declared[1].decode("ascii") if declared else "")


def _parse(text: str) -> etree._Element:
    if "http://www.w3.org/1999/xhtml" in text[:2048]:
        text = _SELF_CLOSED.sub(r"<\1\2></\1>", text)
    text = _PARAGRAPH_END.sub("</p><hr>", text)
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", errors="replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise _empty_page() from error
    if root is None:
        raise _empty_page()
    etree.strip_elements(root, "script", "style", with_tail=False)
    return root


def _close_up(marks: Iterable[etree._Element]) -> None:
    """Take the blank away between a word and the mark before a comma or a full stop."""
    for mark in marks:
        if (mark.tail or "").lstrip()[:1] not in set(",.;:)"):
            continue
        before, parent = mark.getprevious(), mark.getparent()
        if before is not None:
            before.tail = (before.tail or "").rstrip() or None
        elif parent is not None:
            parent.text = (parent.text or "").rstrip()


def _empty_page() -> ReadError:
    return ReadError("expected a web page, found no text in it: save the whole page again")


def _qualify_addresses(root: etree._Element, address: str) -> None:
    """Make names of places and the links to them the same across all pages."""
    for element in root.iter(etree.Element):
        for key in ("id", "name"):
            if address and element.get(key):
                element.set(key, _UNPRINTABLE.sub("", f"{address}#{element.get(key)}"))
        href = (element.get("href") or "").strip()
        if element.tag == "a" and href and not href.lower().startswith(("http:", "https:")):
            element.set("href", _local_address(href, address))


def _local_address(href: str, address: str) -> str:
    try:
        path, place = urldefrag(urljoin(address, href))
    except ValueError:
        return ""
    return _UNPRINTABLE.sub("", f"#{path}#{place}" if address and path else f"#{place}")


def _main_part(root: etree._Element) -> etree._Element:
    """The page's main part, or its one article, if it holds most of the text."""
    elements = list(root.iter(etree.Element))
    for is_part in (_is_main, _is_article):
        parts = [element for element in elements if is_part(element)]
        if len(parts) == 1 and 2 * len(_text(parts[0])) > len(_text(root)):
            return parts[0]
    return root


def _is_main(element: etree._Element) -> bool:
    return "main" in (element.tag, element.get("role"))


def _is_article(element: etree._Element) -> bool:
    return "article" in (element.tag, element.get("role"))


def _text(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _share_of_bold(root: etree._Element) -> float:
    n_letters = n_bold = n_open = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        n_open += (1 if event == "start" else -1) * (element.tag in _STRONG)
        text = element.text if event == "start" else element.tail
        length = sum(map(len, (text or "").split()))
        n_letters += length
        n_bold += length if n_open else 0
    return n_bold / n_letters if n_letters else 0.0


class _List:
    """An ordered list, counting."""

    def __init__(self, element: etree._Element) -> None:
        items = sum(child.tag == "li" for child in element)
        self._step = -1 if element.get("reversed") is not None else 1
        self._number = _to_int(element.get("start"), items if self._step < 0 else 1)
        self._style = _list_style(element, "decimal")

    def next_label(self, item: etree._Element) -> str:
        """The number that a browser shows before the item."""
        self._number = _to_int(item.get("value"), self._number)
        style = _list_style(item, self._style)
        label = format_number(self._number, style) if self._number >= 0 else str(self._number)
        self._number += self._step
        return f"{label}." if label else ""


def _list_style(element: etree._Element, default: str) -> str:
    css = re.search(r"list-style(?:-type)?\s*:[^;]*?([a-z-]+)\s*(?:;|$)", element.get("style", ""))
    if css and css[1] in _CSS_STYLES:
        return _CSS_STYLES[css[1]]
    return _NUMBER_STYLES.get(element.get("type", ""), default)


def _to_int(text: str | None, default: int) -> int:
    match = re.fullmatch(r"\s*(-?\d{1,9})\s*", text or "")
    return int(match[1]) if match else default


class _Page:
    """Visits the elements of a page and writes blocks.

    Attributes:
        margins: where texts stand, by how deep in lists, quotations and tables they do.
    """

    def __init__(self, notes: PageNotes, *, does_bold_tell: bool) -> None:
        self._notes = notes
        self._does_bold_tell = does_bold_tell
        self._blocks: list[Block] = []
        self._prose = Prose()
        self._kind: Kind = "text"
        self._label = ""  # the number of a list's item whose text is still to come
        self._printed_label = ""
        self._lists: list[_List | None] = []
        self._page: int | None = None
        self._bold = self._letters = self._bold_letters = 0
        self._is_after_break = False
        self._in_table = False
        self.margins: dict[Block, Margin] = {}
        self._steps = 0  # elements around the text that set it further in

    def take_blocks(self) -> list[Block]:
        """The blocks written so far."""
        self._end_block()
        blocks, self._blocks = self._blocks, []
        return blocks

    def visit(self, element: etree._Element, depth: int) -> None:
        """Write an element, without the text behind it."""
        tag = element.tag
        if element in self._notes.marks:
            self._prose.add_mark(self._notes.marks[element])
        elif element in self._notes.notes:
            self._add_note(element, depth)
        elif not _is_dropped(element) and element not in self._notes.returns:
            if depth > _DEEPEST:
                self._add_text(" ".join(element.itertext()))
            elif _is_page_break(element):
                self._page = _to_int(element.get("title") or _text(element), 0) or self._page
            elif tag == "br":
                self._break_line()
            elif tag in BLOCKS:
                self._visit_block(element, depth)
            elif tag == "sup" and not len(element):
                self._add_text(raise_figures(element.text or ""))
            else:
                self._visit_inline(element, depth)

    def _visit_block(self, element: etree._Element, depth: int) -> None:
        self._end_block()
        tag = element.tag
        self._steps += tag in _SET_IN
        if tag == "table":
            self._add_table(element, depth)
        elif tag == "aside":
            inner = self._read_inside(element, depth)
            self._blocks += [box_block(inner)] if inner else []
        elif tag == "pre":
            self._blocks += text_blocks("".join(element.itertext()))
        elif tag in ("ol", "ul"):
            self._lists.append(_List(element) if tag == "ol" else None)
            self._visit_children(element, depth)
            self._lists.pop()
        else:
            self._kind = "heading" if _is_heading(element) else self._kind
            if tag == "li" and self._lists and (counted := self._lists[-1]) is not None:
                self._label = counted.next_label(element)
            self._visit_children(element, depth)
        self._end_block()
        self._steps -= tag in _SET_IN
        self._kind = "text"
        self._label = "" if tag == "li" else self._label

    def _visit_inline(self, element: etree._Element, depth: int) -> None:
        start = len(self._prose)
        prose = self._prose
        self._bold += element.tag in _STRONG
        self._visit_children(element, depth)
        self._bold -= element.tag in _STRONG
        url = (element.get("href") or "").strip() if element.tag == "a" else ""
        if url.lower().startswith(("http://", "https://")):
            self._prose.add_link(start if prose is self._prose else 0, url)

    def _visit_children(self, element: etree._Element, depth: int) -> None:
        self._add_text(element.text or "")
        for child in element:
            self.visit(child, depth + 1)
            self._add_text(child.tail or "")

    def _add_text(self, text: str) -> None:
        text = plain_characters(_UNPRINTABLE.sub("", text).replace("\n", " "))
        if not text.strip():
            self._prose.add(text)
            return
        if self._label and not len(self._prose):
            self._prose.add(f"{self._label} ")
            self._printed_label, self._label = self._label, ""
        self._is_after_break = False
        letters = sum(character.isalpha() for character in text)
        self._letters += letters
        self._bold_letters += letters if self._bold else 0
        self._prose.add(text)

    def _break_line(self) -> None:
        """A line break; two make a paragraph."""
        if self._is_after_break:
            self._end_block()
        elif len(self._prose):
            self._prose.break_line()
            self._is_after_break = True

    def _end_block(self) -> None:
        block = self._prose.block(self._kind, page=self._page)
        label = f"{self._printed_label} "
        if self._printed_label and _TYPED_NUMBER.match(block.text[len(label) :]):
            block = cut_prefix(block, len(label))
        if block.text:
            self._blocks.append(replace(block, kind="heading") if self._is_bold(block) else block)
            self._set_margin(block, self._steps)
        elif block.marks and self._blocks:
            marks = tuple(replace(mark, start=len(self._blocks[-1].text)) for mark in block.marks)
            self._blocks[-1] = replace(self._blocks[-1], marks=self._blocks[-1].marks + marks)
        self._prose = Prose()
        self._printed_label = ""
        self._letters = self._bold_letters = 0
        self._is_after_break = False

    def _set_margin(self, block: Block, steps: int) -> None:
        self.margins.setdefault(block, Margin(_STEP * steps, _STEP * steps))

    def _is_bold(self, block: Block) -> bool:
        """Whether a short line stands out as headings do on pages that have no others."""
        return (
            self._does_bold_tell
            and not self._in_table
            and 0 < self._letters == self._bold_letters
            and stands_out(block.text)
        )

    def _add_note(self, element: etree._Element, depth: int) -> None:
        self._end_block()
        label = self._notes.notes[element]
        note = stack_blocks(self._read_inside(element, depth), kind="note", label=label)
        typed = re.match(
            rf"(?:\[{re.escape(label)}\]|{re.escape(label)}[.):]|\^|\[\])\s*", note.text
        )
        note = cut_prefix(note, typed.end()) if typed else note
        if note.text:
            self._blocks.append(note)

    def _read_inside(
        self, element: etree._Element, depth: int, *, in_table: bool = False
    ) -> list[Block]:
        """The blocks of a part that is read by itself."""
        inner = _Page(self._notes, does_bold_tell=self._does_bold_tell)
        inner._page, inner._in_table = self._page, in_table
        inner.margins, inner._steps = self.margins, self._steps + 1
        inner._visit_children(element, depth)
        self._page = inner._page
        return inner.take_blocks()

    def _add_table(self, table: etree._Element, depth: int) -> None:
        rows: list[list[Cell]] = []
        notes: list[Block] = []
        elements = list(_rows(table))
        is_frame = sum(len(cells) for _, cells in elements) == 1
        for row, cells in elements:
            if row in self._notes.notes:
                self._add_note(row, depth)
                continue
            texts = [self._read_inside(cell, depth + 2, in_table=not is_frame) for cell in cells]
            notes += [block for cell in texts for block in cell if block.kind == "note"]
            rows.append([[block for block in cell if block.kind != "note"] for cell in texts])
        if any(cell for row in rows for cell in row):
            blocks = table_blocks(rows)
            self._blocks += blocks
            for block in blocks:
                self._set_margin(block, self._steps + 1)
        self._blocks += notes


def _rows(table: etree._Element) -> list[tuple[etree._Element, list[etree._Element]]]:
    """The rows of a table with their cells; its caption is the first."""
    rows = []
    for child in table:
        if child.tag == "caption":
            rows.append((child, [child]))
        elif child.tag == "tr":
            rows.append((child, [cell for cell in child if cell.tag in ("td", "th")]))
        elif child.tag in ("tbody", "thead", "tfoot"):
            rows += _rows(child)
    return rows


def _is_heading(element: etree._Element) -> bool:
    if element.tag in _HEADINGS or element.get("role") == "heading":
        return True
    if element.tag != "p":
        return False
    text, classes = _text(element), element.get("class", "")
    is_named = _HEADING_CLASS.search(classes) or _JOURNAL_HEADING.search(classes)
    return bool(is_named and stands_out(text)) or is_formula(text)


def _is_page_break(element: etree._Element) -> bool:
    return "pagebreak" in f"{element.get('epub:type', '')} {element.get('role', '')}"


def _is_dropped(element: etree._Element) -> bool:
    if element.tag in _DROPPED or element.get("role") in _DROPPED_ROLES:
        return True
    if _DROPPED_CLASS.search(element.get("class", "")):
        return True
    if element.get("hidden") is not None or _HIDING.search(element.get("style", "")):
        return True
    parent = element.getparent()
    is_edge = parent is not None and parent.tag == "body" and element.find(".//h1") is None
    return is_edge and element.tag in ("header", "footer")
