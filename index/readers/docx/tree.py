"""The elements of a Word document as they stand once every change is accepted."""

from collections.abc import Iterator

from lxml import etree

from index.readers.docx.package import W, switch, value

ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_TEXT = f"{W}txbxContent", f"{W}t"

# What is not text, or no longer: properties, deletions, the readings over characters.
SKIPPED = {
    f"{W}{name}"
    for name in (
        *("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "sectPr"),
        *("del", "moveFrom", "delText", "delInstrText", "rt"),
    )
}


def paragraph_groups(container: etree._Element) -> Iterator[list[etree._Element]]:
    """Tables and inserted files, and paragraphs with those that run on into them."""
    group: list[etree._Element] = []
    for element in children_of(container, f"{W}p", f"{W}tbl", f"{W}altChunk"):
        if element.tag != f"{W}p":
            if group:
                yield group
            group = []
            yield [element]
            continue
        group.append(element)
        if not (_is_mark_deleted(element) or _is_mark_hidden(element)):
            yield group
            group = []
    if group:
        yield group


def children_of(container: etree._Element, *tags: str) -> Iterator[etree._Element]:
    """Children of these kinds, also where controls, changes and custom XML wrap them."""
    for child in container:
        if child.tag in tags:
            yield child
        elif child.tag == ALTERNATE:
            yield from children_of(choose_form(child), *tags)
        elif child.tag == f"{W}sdt":
            if not is_placeholder(child) and not _is_contents_control(child):
                yield from children_of(child, *tags)
        elif child.tag not in SKIPPED:
            yield from children_of(child, *tags)


def rows_of(table: etree._Element) -> list[list[etree._Element]]:
    """The cells of each row of a table."""
    return [
        [cell for cell in children_of(row, f"{W}tc") if cell.find(f"{W}tcPr/{W}cellDel") is None]
        for row in children_of(table, f"{W}tr")
        if row.find(f"{W}trPr/{W}del") is None
    ]


def sections_of(body: etree._Element) -> list[etree._Element]:
    """The properties of the document's sections, without what tracked changes replaced."""
    return [
        section
        for section in body.iter(f"{W}sectPr")
        if section.getparent().tag != f"{W}sectPrChange"
    ]


def _is_mark_deleted(paragraph: etree._Element) -> bool:
    """Whether an accepted change takes away the paragraph's end."""
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    return mark is not None and any(
        mark.find(f"{W}{name}") is not None for name in ("del", "moveFrom")
    )


def _is_mark_hidden(paragraph: etree._Element) -> bool:
    return bool(switch(paragraph.find(f"{W}pPr/{W}rPr"), "vanish"))


def owner_of(group: list[etree._Element]) -> etree._Element:
    """The paragraph whose style and number hold for all: the last, whose end is left.

    Where an end is only hidden, Word prints the next paragraph behind the first.
    """
    for paragraph in group[:-1]:
        runs = paragraph.iter(f"{W}r")
        is_shown = any(not switch(run.find(f"{W}rPr"), "vanish") for run in runs)
        if is_shown and not _is_mark_deleted(paragraph):
            return paragraph
    return group[-1]


def choose_form(alternates: etree._Element) -> etree._Element:
    """The first of several forms of one thing that has text; all say the same."""
    for form in alternates:
        if any(True for _ in form.iter(*_TEXT)):
            return form
    return alternates[0] if len(alternates) else alternates


def is_placeholder(control: etree._Element) -> bool:
    """Whether a control still asks to be filled in."""
    return bool(switch(control.find(f"{W}sdtPr"), "showingPlcHdr"))


def _is_contents_control(control: etree._Element) -> bool:
    gallery = value(control.find(f"{W}sdtPr/{W}docPartObj"), "docPartGallery")
    return gallery == "Table of Contents"
