"""Markdown, as converters of official documents write it: CommonMark to blocks."""

import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.blocks import Block, Prose

# Printed numbers must stay text ("18.", "(a)"), and a rule under a line does not make
# it a heading, so the list, code and underlined-heading syntaxes are left out.
_PARSER = MarkdownIt("commonmark").disable(["list", "code", "lheading"])
_PARSER.normalizeLinkText = lambda link: link  # type: ignore[method-assign]  # as printed

# Converters escape twice, "\\_" for "_"; left so, the underscore would open emphasis.
_DOUBLE_ESCAPE = re.compile(r"\\\\(?=[!-/:-@\[-`{-~])")

_SUPERSCRIPT_OPEN, _SUPERSCRIPT_CLOSE = "<sup>", "</sup>"


def read_markdown(text: str) -> list[Block]:
    """Read Markdown into headings, body text and notes.

    A block that opens with a superscript is a note. A superscript elsewhere is a
    footnote mark where a note of that label exists, and text where none does.

    Args:
        text: the whole file.
    Returns:
        Blocks in document order. Bold, italics, escapes and rules are gone; links
        without a target ("#") are plain text.
    """
    tokens = _PARSER.parse(_DOUBLE_ESCAPE.sub(r"\\", text))
    labels = {label for token in tokens if (label := _note_label(token))}
    return [block for block in _blocks(tokens, labels) if block.text]


def _blocks(tokens: list[Token], labels: set[str]) -> Iterator[Block]:
    in_heading = False
    for token in tokens:
        in_heading = token.type == "heading_open" or (in_heading and token.type == "inline")
        label = _note_label(token)
        children = token.children or []
        if label:
            yield _prose(children[3:], labels).block("note", label=label)
        elif token.type == "inline":
            yield _prose(children, labels).block("heading" if in_heading else "text")
        elif token.type in ("fence", "html_block"):
            prose = Prose()
            prose.add(re.sub(r"<[^<>]*>|\n", " ", token.content))
            yield prose.block("text")


def _note_label(token: Token) -> str:
    """The label of the note that this token opens with, or ``""``."""
    children = token.children or []
    if len(children) > 3 and [c.content for c in children[:3:2]] == [
        _SUPERSCRIPT_OPEN,
        _SUPERSCRIPT_CLOSE,
    ]:
        return children[1].content
    return ""


def _prose(children: Iterable[Token], labels: set[str]) -> Prose:
    prose = Prose()
    link_start, url, in_superscript = 0, "", False
    for token in children:
        if token.type == "html_inline":
            in_superscript = token.content == _SUPERSCRIPT_OPEN
            if token.content.startswith("<br"):
                prose.break_line()
        elif in_superscript and token.content in labels:
            prose.add_mark(token.content)
        elif token.type in ("text", "code_inline", "image"):
            prose.add(token.content)
        elif token.type == "softbreak":
            prose.add(" ")
        elif token.type == "hardbreak":
            prose.break_line()
        elif token.type == "link_open":
            link_start, url = len(prose), str(token.attrs["href"])
        elif token.type == "link_close" and not url.startswith("#"):
            prose.add_link(link_start, url)
    return prose
