"""Markdown, as converters of official documents write it: CommonMark to blocks."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.blocks import Block, Prose
from index.readers.characters import raise_figures
from index.readers.flow import MOST_BOLD, Cell, head_annexes, stands_out, table_blocks
from index.readers.html import read_fragment
from index.readers.text import is_heading_text, opens_item, text_blocks, wrap_width
from index.readers.typed_notes import find_typed_notes

# Printed numbers must stay text ("18.", "(a)"), so the list and code syntaxes are left out.
_PARSER = MarkdownIt("commonmark").disable(["list", "code"]).enable("table")
_PARSER.normalizeLinkText = lambda link: link  # type: ignore[method-assign]  # as printed

# Converters escape twice, "\\_" for "_"; left so, the underscore would open emphasis.
_DOUBLE_ESCAPE = re.compile(r"\\\\(?=[!-/:-@\[-`{-~])")

_SUPERSCRIPT_OPEN, _SUPERSCRIPT_CLOSE = "<sup>", "</sup>"
# "[^1]: A note." with its further lines set in, and the mark "[^1]".
_NOTE = re.compile(
    r"^ {0,3}\[\^(?P<label>[\w.:-]+)\]:[ \t]*(?P<text>.*(?:\n(?:[ \t]*\n)*(?: {4}|\t).*)*)", re.M
)
_MARK = re.compile(r"\[\^(?P<label>[\w.:-]+)\]")
_TAG = re.compile(r"<[^<>]*>")
_LINE_END = re.compile(r"\r\n?")
_NUMBER = re.compile(r"(\d{1,4})([.)])\s+")
_BREAKS = ("softbreak", "hardbreak")
_PRINTED = ("text", "code_inline", "image")


@dataclass(frozen=True, slots=True)
class _Source:
    """What the whole file says of its parts.

    Attributes:
        lines: of the file.
        labels: of its notes.
        width: of its full lines, 0 where none is wrapped.
        does_bold_tell: whether bold lines are headings.
    """

    lines: Sequence[str]
    labels: frozenset[str]
    width: int
    does_bold_tell: bool


def read_markdown(text: str) -> list[Block]:
    """Read Markdown into headings, body text and notes.

    A block that opens with a superscript is a note, and so is "[^1]: …". A superscript
    elsewhere is a footnote mark where a note of that label exists, and text where none
    does. A line that opens with a number begins a block; a bold line is a heading.

    Args:
        text: the whole file.
    Returns:
        Blocks in document order. Bold, italics, escapes and rules are gone; links
        without a target ("#") are plain text.
    """
    text = _raise_footnotes(_DOUBLE_ESCAPE.sub(r"\\", _LINE_END.sub("\n", text)))
    tokens = _PARSER.parse(text)
    source = _describe(text.split("\n"), tokens)
    return find_typed_notes(head_annexes(_blocks(iter(tokens), source)))


def _raise_footnotes(text: str) -> str:
    """Write notes "[^1]: …" and their marks as superscripts, which have a place of their own."""
    labels = {note["label"] for note in _NOTE.finditer(text)}

    def raise_note(note: re.Match[str]) -> str:
        lines = re.sub(r"\n[ \t]*\n\s*", "  \n", note["text"])
        return f"\n{_SUPERSCRIPT_OPEN}{note['label']}{_SUPERSCRIPT_CLOSE} {lines}\n"

    def raise_mark(mark: re.Match[str]) -> str:
        label = mark["label"]
        is_mark = label in labels
        return f"{_SUPERSCRIPT_OPEN}{label}{_SUPERSCRIPT_CLOSE}" if is_mark else mark[0]

    return _MARK.sub(raise_mark, _NOTE.sub(raise_note, text)) if labels else text


def _describe(lines: Sequence[str], tokens: Sequence[Token]) -> _Source:
    paragraphs = [b for a, b in pairwise(tokens) if a.type == "paragraph_open"]
    printed = [piece for paragraph in paragraphs for piece in _pieces(paragraph.children or [])]
    n_letters = sum(len(text) for text, _, _ in printed)
    n_bold = sum(len(text) for text, is_bold, _ in printed if is_bold)
    return _Source(
        lines,
        frozenset(label for paragraph in paragraphs if (label := _note_label(paragraph))),
        wrap_width(lines),
        n_bold <= MOST_BOLD * n_letters,
    )


def _blocks(tokens: Iterator[Token], source: _Source) -> list[Block]:
    blocks: list[Block] = []
    for token in tokens:
        if token.type in ("heading_open", "paragraph_open"):
            content = next(tokens)
            if _is_heading(token, content, source.lines):
                blocks.append(_prose(content.children or [], source.labels).block("heading"))
            else:
                blocks += _paragraph(content, blocks[-1].text if blocks else "", source)
        elif token.type == "table_open":
            blocks += _table(tokens, source.labels)
        elif token.type == "fence":
            blocks += text_blocks(token.content)
        elif token.type == "html_block" and _TAG.sub("", token.content).strip():
            blocks += read_fragment(token.content, does_bold_tell=source.does_bold_tell)
    return [block for block in blocks if block.text]


def _is_heading(token: Token, content: Token, lines: Sequence[str]) -> bool:
    """Whether a heading is one: not a text above a rule, which is shorter than a title's."""
    if token.markup not in ("-", "=") or token.map is None:
        return token.type == "heading_open"
    title, rule = (line.strip("> ") for line in lines[token.map[1] - 2 : token.map[1]])
    return stands_out(content.content) and (token.markup == "=" or len(rule) >= len(title))


def _paragraph(content: Token, before: str, source: _Source) -> Iterator[Block]:
    """A note, a heading, or the texts that a paragraph's lines begin.

    A list from 1 that completes a paragraph with a number stays whole: its numbers are
    not the document's.
    """
    children = content.children or []
    if label := _note_label(content):
        yield _prose(children[3:], source.labels).block("note", label=label)
        return
    texts = [children] if _leads_to(before, content.content) else list(_split(children, source))
    is_heading = len(texts) == 1 and _is_emphasised(children, source)
    for lines in texts:
        yield _prose(lines, source.labels).block("heading" if is_heading else "text")


def _leads_to(before: str, text: str) -> bool:
    """Whether a paragraph with a number leads to a list that begins at 1."""
    is_led = bool(_NUMBER.match(before)) and before.endswith((":", "："))
    return is_led and text.startswith(("1. ", "1) "))


def _split(children: Sequence[Token], source: _Source) -> Iterator[list[Token]]:
    """Cut a paragraph before each line that opens with a number of its own."""
    lines: list[Token] = []
    first = above = ""
    for line in _lines(children):
        text = _prose(line, source.labels).block("text").text
        opens = opens_item(text, above, source.width) if text and above else False
        if opens or _counts_on(first, text):
            yield lines
            lines, first = [], text
        lines += line
        first, above = first or text, text or above
    yield lines


def _counts_on(first: str, text: str) -> bool:
    """Whether a line has the number after that of a text's first line."""
    before, number = _NUMBER.match(first), _NUMBER.match(text)
    if not before or not number or text[number.end() :][:1].islower():
        return False
    return int(number[1]) == int(before[1]) + 1 and before[2] == number[2]


def _lines(children: Sequence[Token]) -> Iterator[list[Token]]:
    """The lines of a paragraph, each with the break at its end."""
    line: list[Token] = []
    for token in children:
        line.append(token)
        if token.type in _BREAKS:
            yield line
            line = []
    yield line


def _is_emphasised(children: Sequence[Token], source: _Source) -> bool:
    """Whether a short line is bold, or, if it looks like a heading besides, in italics."""
    pieces = list(_pieces(children))
    text = _prose(children, source.labels).block("text").text
    is_bold = source.does_bold_tell and all(bold for _, bold, _ in pieces)
    is_slanted = all(slanted for _, _, slanted in pieces) and is_heading_text(text)
    return bool(pieces) and stands_out(text) and (is_bold or is_slanted)


def _pieces(children: Iterable[Token]) -> Iterator[tuple[str, bool, bool]]:
    """The printed pieces of a paragraph, and whether each is bold, and in italics."""
    bold = slanted = 0
    for token in children:
        bold += token.nesting * (token.type in ("strong_open", "strong_close"))
        slanted += token.nesting * (token.type in ("em_open", "em_close"))
        if token.type in _PRINTED and token.content.strip():
            yield token.content, bold > 0, slanted > 0


def _table(tokens: Iterator[Token], labels: frozenset[str]) -> list[Block]:
    """The blocks of a table, its tokens taken up to its end."""
    rows: list[list[Cell]] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            cell = _prose(token.children or [], labels).block("text")
            rows[-1].append([cell] if cell.text else [])
    return table_blocks(rows)


def _note_label(token: Token) -> str:
    """The label of the note that this token opens with, or ``""``."""
    children = token.children or []
    if len(children) > 3 and [c.content for c in children[:3:2]] == [
        _SUPERSCRIPT_OPEN,
        _SUPERSCRIPT_CLOSE,
    ]:
        return children[1].content
    return ""


def _prose(children: Iterable[Token], labels: frozenset[str]) -> Prose:
    prose = Prose()
    link_start, url, in_superscript = 0, "", False
    for token in children:
        if token.type == "html_inline":
            in_superscript = token.content == _SUPERSCRIPT_OPEN
            if token.content.startswith("<br"):
                prose.break_line()
        elif in_superscript and token.content in labels:
            prose.add_mark(token.content)
        elif token.type in _PRINTED:
            prose.add(raise_figures(token.content) if in_superscript else token.content)
        elif token.type == "softbreak":
            prose.add(" ")
        elif token.type == "hardbreak":
            prose.break_line()
        elif token.type == "link_open":
            link_start, url = len(prose), str(token.attrs["href"])
        elif token.type == "link_close" and url and not url.startswith("#"):
            prose.add_link(link_start, url)
    return prose
