"""Plain text: blank lines, line lengths and number signs tell what its lines are."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.blocks import Block, Kind, Prose
from index.errors import ReadError
from index.metadata import field_of
from index.numbering.outline import is_contents
from index.readers.characters import plain_characters
from index.readers.decode import decode_text
from index.readers.flow import head_annexes
from index.readers.typed_notes import ends_with_sign, find_typed_notes

_MOST_PAGES = 5_000
_WIDEST_WRAP = 120  # characters: a longer line is a paragraph that nobody wrapped
_RAGGED = 0.8  # of the full width: a line that ends before it was ended on purpose
_LONGEST_HEADING = 120
_ENDS = '.;:!?”"»。；：！？؛؟'

_ROMAN = r"[IVXLC]+"
_ITEM = re.compile(
    r"(?:\d+(?:\.\d+)*[.)]|\(\d+\)|\([a-zа-я]\)|[a-zа-я]\)|\([ivxl]+\)|§ ?\d+|"
    r"\[\d+\]|\d+/|[-•*–]|Article \d+|[一二三四五六七八九十]+、)\s",
)
_NUMERAL_HEADING = re.compile(rf"(?:{_ROMAN}|[A-Z])\.\s+\S|(?:Annex|ANNEX|Chapter|Part) {_ROMAN}\b")
_RULE = re.compile(r"\s*([-=_*~])\1{2,}\s*")
# At the edges of typed pages: "go on" and the number of the printer's job.
_PAGE_MARK = re.compile(
    r"\s*(?:/(?:\.{3}|…)|\d\d-\d{5}\*? \([A-Z]\)(?:\s+\d{6})*\s*(?:/\.{3})?)\s*"
)
_EDGE = 4  # lines at each end of a page that may be its running head or foot


def read_text(content: bytes) -> list[Block]:
    """Read plain text into paragraphs, headings and notes.

    Args:
        content: the whole file, in an encoding that `decode_text` can tell.
    Returns:
        Blocks in order; pages where form feeds part them.
    Raises:
        ReadError: not text, in another encoding, or of more pages than a report has.
    """
    text = plain_characters(decode_text(content))
    if (n_pages := text.count("\f") + 1) > _MOST_PAGES:
        raise ReadError(
            f"the text has {n_pages:,} pages, expected at most {_MOST_PAGES:,}: split it"
        )
    return text_blocks(text)


def text_blocks(text: str) -> list[Block]:
    """Cut text into blocks.

    Lines that were wrapped are joined again; a line that ends early keeps its break. A
    line that opens with a number or a letter opens a block. Lines that return at the
    edges of most pages are running heads and go. Capitals, a roman numeral or a rule
    below make a short line a heading. ``[1]`` or ``1/`` before a text is a note where it
    stands once in the text before it.
    """
    pages = _without_running_heads([page.split("\n") for page in text.split("\f")])
    width = wrap_width([line for page in pages for line in page])
    words = set(re.findall(r"\w+", text))
    blocks = []
    for number, page in enumerate(pages, start=1):
        for group in _groups(page):
            for lines in _paragraphs(group, width):
                block = _block(lines, width, words)
                blocks.append(replace(block, page=number if len(pages) > 1 else None))
    return find_typed_notes(head_annexes([block for block in blocks if block.text]))


def wrap_width(lines: Sequence[str]) -> int:
    """The length of a full line, 0 where lines are not wrapped."""
    lengths = sorted(len(line.rstrip()) for line in lines if line.strip())
    if not lengths:
        return 0
    width = lengths[min(int(0.95 * len(lengths)), len(lengths) - 1)]
    return width if width <= _WIDEST_WRAP else 0


def opens_item(line: str, above: str, width: int) -> bool:
    """Whether a line opens with a number, a letter or a bullet, and the text above has ended.

    Args:
        line: not empty.
        above: the line above, not empty.
        width: of full lines, 0 where none is wrapped.
    """
    is_item = bool(_ITEM.match(line.strip()))
    return is_item and (not width or above[-1] == "," or _has_ended(above, line, width))


def is_heading_text(text: str) -> bool:
    """Whether a text is a short line in capitals, or has a numeral as headings do."""
    letters = sum(character.isalpha() for character in text)
    if letters < 2 or len(text) > _LONGEST_HEADING or text.count("\n") > 1:
        return False
    if text[-1] in ".,;:" or _RULE.fullmatch(text):
        return False
    is_capital = text.isupper() and letters > 3 and text.upper() != text.lower()
    return is_capital or bool(_NUMERAL_HEADING.match(text))


def _without_running_heads(pages: Sequence[list[str]]) -> list[list[str]]:
    """The pages without first and last lines that are the same, but for digits, on many.

    A third of them is enough: left and right pages differ, and the first has a cover.
    """
    trimmed = [_trim([line for line in page if not _PAGE_MARK.fullmatch(line)]) for page in pages]
    for end in (0, -1) * _EDGE:
        edges = Counter(_shape(page[end]) for page in trimmed if page)
        running = {shape for shape, count in edges.items() if count > 1 and count * 3 >= len(pages)}
        trimmed = [
            _trim(page[1:] if end == 0 else page[:-1])
            if page and _shape(page[end]) in running
            else page
            for page in trimmed
        ]
    return trimmed


def _trim(page: list[str]) -> list[str]:
    filled = [number for number, line in enumerate(page) if line.strip()]
    return page[filled[0] : filled[-1] + 1] if filled else []


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", " ".join(line.split()))


def _groups(lines: Sequence[str]) -> Iterator[list[str]]:
    """Lines between blank lines."""
    group: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            group.append(line.expandtabs(4).rstrip())
        elif group:
            yield group
            group = []


def _paragraphs(group: Sequence[str], width: int) -> Iterator[list[str]]:
    """Cut a group where a line opens a paragraph of its own."""
    paragraph: list[str] = []
    for line in group:
        if paragraph and _opens(line, paragraph, width):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    yield paragraph


def _opens(line: str, paragraph: Sequence[str], width: int) -> bool:
    above = paragraph[-1]
    if not width or _RULE.fullmatch(above) or is_contents(above):
        return True
    if _RULE.fullmatch(line):
        return False
    is_indented = _indent(line) >= 2 and _indent(line) > _indent(above) and len(paragraph) > 1
    return opens_item(line, above, width) or (is_indented and _has_ended(above, line, width))


def _has_ended(above: str, line: str, width: int) -> bool:
    """Whether the text above a line has come to an end, the sign of its note left aside."""
    if sign := ends_with_sign(above):
        above = above[: sign.start()] or above
    return above[-1] in _ENDS or _ended_early(above, line, width) or is_heading_text(above.strip())


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _ended_early(line: str, below: str, width: int) -> bool:
    """Whether the next word would have found room in the line, or it stands at the right."""
    length = len(line) + 1 + len(below.split()[0])
    return length < _RAGGED * width or _is_at_right(line, width)


def _is_at_right(line: str, width: int) -> bool:
    """Whether a line begins beyond the middle, as the symbol and the date of a cover do."""
    return 0 < width < 2 * _indent(line)


def _block(lines: Sequence[str], width: int, words: set[str]) -> Block:
    is_ruled = len(lines) > 1 and bool(_RULE.fullmatch(lines[-1]))
    lines = [line for line in lines if not _RULE.fullmatch(line)]
    prose = Prose()
    for number, line in enumerate(lines):
        line = line.strip()
        below = lines[number + 1].strip() if number + 1 < len(lines) else ""
        if below and _is_hyphenated(line, below):
            prose.add(_join_hyphen(line, below, words))
            continue
        prose.add(line)
        if below and _ended_early(lines[number], below, width):
            prose.break_line()
        elif below:
            prose.add(" ")
    is_cover = all(_is_at_right(line, width) for line in lines)
    block = prose.block("text")
    kind: Kind = "heading" if is_ruled or (_is_heading(block.text) and not is_cover) else "text"
    return replace(block, kind=kind)


def _is_heading(text: str) -> bool:
    """Whether a text heads others: neither a document's symbol nor a line of its contents."""
    return is_heading_text(text) and field_of(text) != "symbol" and not is_contents(text)


def _is_hyphenated(line: str, below: str) -> bool:
    return bool(re.search(r"\w-$", line)) and below[0].isalpha()


def _join_hyphen(line: str, below: str, words: set[str]) -> str:
    """The line without its hyphen where the joined word is used elsewhere in the text."""
    before, after = re.findall(r"\w+(?=-$)", line), re.findall(r"^\w+", below)
    return line[:-1] if before[0] + after[0] in words else line
