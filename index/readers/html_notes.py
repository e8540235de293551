"""Footnotes of HTML pages: links that lead to a note, and the notes they lead to."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from lxml import etree

BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "details"),
        *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1"),
        *("h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "li", "main", "ol", "p"),
        *("pre", "section", "summary", "table", "ul", "tbody", "thead", "tfoot", "tr", "td"),
        *("th", "caption"),
    )
)
_HOMES = frozenset((*("aside", "dd", "div", "li", "p", "section", "td"),))
_MARK = re.compile(r"[\[(]?\s*(\d{1,4}|[a-z]|[ivxlc]{1,6}|[*†‡§]{1,4})\s*[\])]?", re.IGNORECASE)
_LONGEST_MARK = 40  # characters, blanks included
_LONGEST_NOTE = 10_000  # characters: what is longer is a part of the text
_NOTE_KINDS = ("footnote", "endnote", "rearnote", "doc-footnote", "doc-endnote")
_MARK_KINDS = ("noteref", "doc-noteref")


@dataclass(slots=True)
class PageNotes:
    """The notes of a page.

    Attributes:
        marks: labels by the element that shows the mark.
        notes: labels by the element that holds the note.
        returns: links from a note back to its mark.
    """

    marks: dict[etree._Element, str] = field(default_factory=dict)
    notes: dict[etree._Element, str] = field(default_factory=dict)
    returns: set[etree._Element] = field(default_factory=set)


def find_notes(root: etree._Element) -> PageNotes:
    """Pair marks and notes: by links there and back, or by superscripts of the same sign."""
    found = PageNotes()
    elements = list(root.iter(etree.Element))
    order = {element: number for number, element in enumerate(elements)}
    targets = _targets(elements)
    candidates = []
    for link in elements:
        target = targets.get(link.get("href", "")) if link.tag == "a" else None
        if target is not None and order[target] > order[link] and (label := _label(link)):
            candidates.append((link, target, label))
    goals = _count_inside({target for _, target, _ in candidates}, elements)
    for link, target, label in candidates:
        note = _home(target, goals)
        if _is_too_long(note) or note in link.iterancestors():
            continue
        back = _returns(note, link)
        if back or _is_mark(link) or _kind(note) in _NOTE_KINDS:
            found.marks[_whole_mark(link, label)] = label
            found.notes.setdefault(note, label)
            found.returns.update(back)
    _pair_superscripts(elements, found)
    return found


def _count_inside(
    goals: set[etree._Element], elements: list[etree._Element]
) -> dict[etree._Element, int]:
    """How many of the goals each element holds, itself included."""
    counts = dict.fromkeys(elements, 0)
    for element in reversed(elements):  # the children of an element before it
        counts[element] += element in goals
        parent = element.getparent()
        if parent in counts:
            counts[parent] += counts[element]
    return counts


def _is_too_long(note: etree._Element) -> bool:
    length = 0
    for text in note.itertext():
        length += len(text)
        if length > _LONGEST_NOTE:
            return True
    return False


def _targets(elements: list[etree._Element]) -> dict[str, etree._Element]:
    """Elements by the address that a link to them has."""
    targets: dict[str, etree._Element] = {}
    for element in elements:
        names = [element.get("id"), element.get("name") if element.tag == "a" else None]
        for name in names:
            if name:
                targets.setdefault(f"#{name}", element)
    return targets


def _label(element: etree._Element) -> str:
    match = _MARK.fullmatch(_short_text(element))
    return match[1] if match else ""


def _short_text(element: etree._Element) -> str:
    """The text of an element, or ``""`` if it is too long for a mark."""
    text = ""
    for piece in element.itertext():
        text += piece
        if len(text) > _LONGEST_MARK:
            return ""
    return text.strip()


def _is_mark(link: etree._Element) -> bool:
    """Whether the link looks like a footnote mark: raised, in brackets, or said to be one."""
    text = _short_text(link)
    parent = link.getparent()
    is_raised = link.find(".//sup") is not None or (parent is not None and parent.tag == "sup")
    classes = f"{link.get('class', '')} {parent.get('class', '') if parent is not None else ''}"
    is_named = "footnote" in classes or "noteref" in classes or _kind(link) in _MARK_KINDS
    return is_raised or is_named or (text[:1] == "[" and text[-1:] == "]")


def _kind(element: etree._Element) -> str:
    words = f"{element.get('role', '')} {element.get('epub:type', '')}".split()
    return next((word for word in words if word in _NOTE_KINDS + _MARK_KINDS), "")


def _home(target: etree._Element, goals: dict[etree._Element, int]) -> etree._Element:
    """The whole note: the block around the target, and wider while it holds no other note.

    Args:
        target: where the mark leads.
        goals: how many such places every element holds.
    """
    home = target
    while home.tag not in _HOMES and home.getparent() is not None:
        home = home.getparent()
    while (parent := home.getparent()) is not None and parent.tag in (*_HOMES, "tr"):
        if parent.tag in ("div", "section", "aside") and not _opens_with(parent, home):
            break
        if goals[parent] > 1 or _kind(home) in _NOTE_KINDS:
            break
        home = parent
    return home


def _opens_with(parent: etree._Element, child: etree._Element) -> bool:
    return parent[0] is child and not (parent.text or "").strip()


def _returns(note: etree._Element, link: etree._Element) -> list[etree._Element]:
    """The links in a note that lead back to this mark."""
    names: set[str | None] = set()
    place = link
    while place is not None and place.tag not in BLOCKS:
        names |= {place.get("id"), place.get("name")}
        place = place.getparent()
    names |= {child.get(key) for child in link for key in ("id", "name")}
    before = link.getprevious()
    if before is not None and not (before.tail or "").strip():
        names |= {before.get("id"), before.get("name")}
    addresses = {f"#{name}" for name in names if name}
    return [element for element in note.iter("a") if element.get("href") in addresses]


def _whole_mark(link: etree._Element, label: str) -> etree._Element:
    """The superscript around the link, where it shows nothing else."""
    parent = link.getparent()
    is_whole = parent is not None and parent.tag == "sup" and _label(parent) == label
    return parent if is_whole else link


def _pair_superscripts(elements: list[etree._Element], found: PageNotes) -> None:
    """Superscripts without links: the one that opens a block is the note of the others."""
    raised = [
        element
        for element in elements
        if element.tag == "sup" and _label(element) and element.find(".//a") is None
    ]
    openings = {sup: block for sup in raised if (block := _opened_block(sup)) is not None}
    labels = Counter(_label(sup) for sup in openings)
    marks = defaultdict(list)
    for sup in raised:
        if sup not in openings:
            marks[_label(sup)].append(sup)
    for opening, block in openings.items():
        label = _label(opening)
        is_pair = labels[label] == len(marks[label]) == 1
        if is_pair and block not in found.notes and marks[label][0] not in found.marks:
            found.marks[marks[label][0]] = label
            found.notes[block] = label
            found.returns.add(opening)


def _has_text(element: etree._Element) -> bool:
    return any(piece.strip() for piece in element.itertext())


def _opened_block(element: etree._Element) -> etree._Element | None:
    """The paragraph that the element opens, if it does."""
    while element is not None and element.tag not in BLOCKS:
        parent, before = element.getparent(), element.getprevious()
        text = before.tail if before is not None else parent.text if parent is not None else None
        if (text or "").strip() or (before is not None and _has_text(before)):
            return None
        element = parent
    return element if element is not None and element.tag in ("p", "li", "div") else None
