"""Running heads, page numbers and document symbols at the edges of pages.

What repeats from page to page at the same height, or counts with the pages, is no text
of the report; the words do not matter, so it works in every language.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from index.readers.pdf.lines import Piece
from index.readers.pdf.sheets import Sheet

_ZONE = 0.16  # of the height of a page, at the top and at the bottom
_MIN_SYMBOL = 5  # signs: what a longer line at the edge of a cover must share with the others
_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlc]+")
_NUMBERING = re.compile(r"^\(?\w{1,4}[.)]\s*$")  # the number of a paragraph, if text follows
_ALONE = re.compile(r"[\W_]*(\d+)(?:\s*/\s*(\d+))?[\W_]*")

Rows = list[list[Piece]]


def drop_edges(
    sheets: Sequence[Sheet], pieces: Sequence[list[Piece]]
) -> tuple[list[list[Piece]], list[int]]:
    """Take the edges off.

    Args:
        sheets: the pages.
        pieces: of every sheet.

    Returns:
        The pieces that remain, and the page of every sheet: the printed one where it
        counts with the pages, else the page of the file.
    """
    edges = [_edges(sheet, found, _ZONE) for sheet, found in zip(sheets, pieces, strict=True)]
    known = _repeated(sheets, edges)
    shift, counted = _count_pages(sheets, edges)
    last = max((sheet.index for sheet in sheets), default=0) + 1
    kept = []
    for sheet, found in zip(sheets, pieces, strict=True):
        numbers = counted | {
            id(piece) for piece in found if _is_page_number(piece.text, sheet.index + 1, last)
        }
        heads = {id(piece) for piece in found if _key(sheet, piece) in known}
        sides = _edges(sheet, found, 1.5 * _ZONE)  # with the text that stands next to them
        gone = {id(piece) for rows in sides for piece in _outer(rows, heads, numbers)}
        kept.append([piece for piece in found if id(piece) not in gone])
    pages = [sheet.index + 1 for sheet in sheets]
    printed = [page + shift if page + shift > 0 else page for page in pages]
    return _drop_below(sheets, kept, known), printed


def _outer(rows: Rows, heads: set[int], numbers: set[int]) -> list[Piece]:
    """The pieces of an edge that are heads or numbers, from outside up to the first text."""
    outer = []
    for row, inner in zip(rows, [*rows[1:], []], strict=False):
        is_whole = all(id(piece) in heads | numbers for piece in row)
        if not is_whole and _is_numbered_text(row, inner, numbers):
            break
        outer.append([piece for piece in row if _is_edge(piece, heads, numbers, is_whole)])
        if not is_whole:
            break
    full = len(outer) - 1 if outer and len(outer[-1]) < len(rows[len(outer) - 1]) else len(outer)
    while 0 < full < len(rows) and _is_one_text(rows[full - 1], rows[full], numbers):
        full -= 1
        outer = outer[:full]
    return [piece for row in outer for piece in row]


def _is_edge(piece: Piece, heads: set[int], numbers: set[int], is_whole: bool) -> bool:
    """Beside other text, "12." is the number of a paragraph."""
    if id(piece) in heads:
        return True
    return id(piece) in numbers and (is_whole or not _NUMBERING.search(piece.text))


def _edges(sheet: Sheet, pieces: list[Piece], share: float) -> tuple[Rows, Rows]:
    """Rows in a share of the page at its top and at its bottom, the outermost first."""
    limit = sheet.height * share
    top = sorted((p for p in pieces if p.y > sheet.height - limit), key=lambda p: -p.y)
    bottom = sorted((p for p in pieces if p.y < limit), key=lambda p: p.y)
    return _rows(top), _rows(bottom)


def _rows(pieces: list[Piece]) -> Rows:
    rows: Rows = []
    for piece in pieces:
        if rows and abs(rows[-1][0].y - piece.y) < 0.4 * max(piece.size, rows[-1][0].size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows


def _key(sheet: Sheet, piece: Piece) -> tuple[str, int, bool]:
    """What is the same where a head repeats: its words, size, height and half of the page."""
    words = f"{_plain(piece)} {piece.size:.0f}"
    return (words, round(piece.y / 6), piece.y > sheet.height / 2)


def _plain(piece: Piece) -> str:
    return " ".join(piece.text.split()).casefold()


def _repeated(
    sheets: Sequence[Sheet], edges: Sequence[tuple[Rows, Rows]]
) -> set[tuple[str, int, bool]]:
    """Keys that stand on two pages and more, and on a good share of them."""
    places: Counter[tuple[str, int, bool]] = Counter()
    for sheet, (top, bottom) in zip(sheets, edges, strict=True):
        keys = {_key(sheet, piece) for row in top + bottom for piece in row}
        places.update(keys | {(text, height + 1, is_top) for text, height, is_top in keys})
    needed = max(2, len(sheets) * 0.08)
    often = {key for key, times in places.items() if times >= needed}
    return often | {(text, height - 1, is_top) for text, height, is_top in often}


def _count_pages(
    sheets: Sequence[Sheet], edges: Sequence[tuple[Rows, Rows]]
) -> tuple[int, set[int]]:
    """How far printed pages are ahead of the file's, and the pieces that count pages."""
    shifts: dict[tuple[int, str], list[Piece]] = defaultdict(list)
    for sheet, (top, bottom) in zip(sheets, edges, strict=True):
        for piece in (piece for row in top[:3] + bottom[:3] for piece in row):
            for number, frame in _numbers(piece):
                shifts[number - sheet.index - 1, frame].append(piece)
    per_shift: Counter[int] = Counter()
    for (shift, _), found in shifts.items():
        if len(found) > 1:
            per_shift[shift] += len(found)
    if not per_shift:
        return 0, set()
    counted = {
        id(piece)
        for (shift, _), found in shifts.items()
        if len(found) > 1 and per_shift[shift] >= max(2, len(sheets) * 0.1)
        for piece in found
    }
    best, times = per_shift.most_common(1)[0]
    return (best if times >= max(2, len(sheets) * 0.4) else 0), counted


def _numbers(piece: Piece) -> Iterator[tuple[int, str]]:
    """Numbers of a short line, each with the line around it."""
    text = _plain(piece)
    if len(text) > 60 or len(text.split()) > 6:
        return
    for match in _NUMBER.finditer(text):
        if len(match.group()) < 5:
            yield int(match.group()), text[: match.start()] + "#" + text[match.end() :]
    if _ROMAN.fullmatch(text):
        yield _roman(text), "roman"


def _roman(text: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[sign] for sign in text]
    return sum(
        -value if value < after else value
        for value, after in zip(values, [*values[1:], 0], strict=True)
    )


def _is_page_number(text: str, page: int, last: int) -> bool:
    """Whether the line is nothing but the page's number in the file, as "- 2 -" or "2/14"."""
    match = _ALONE.fullmatch(text.strip())
    if not match or int(match[1]) != page:
        return False
    return int(match[2]) == last if match[2] else last > 1


def _is_numbered_text(row: list[Piece], inner: list[Piece], numbers: set[int]) -> bool:
    """Whether a row is a number in the margin and the first line of the text beside it."""
    number, *text = sorted(row, key=lambda piece: piece.x0)
    is_left = id(number) in numbers and not any(id(piece) in numbers for piece in text)
    return is_left and len(text) == 1 and bool(inner) and _is_one_text(text, inner, numbers)


def _is_one_text(row: list[Piece], inner: list[Piece], numbers: set[int]) -> bool:
    """Whether a row stands close to the next one and looks as it does: a line of its text."""
    first = min(row, key=lambda piece: piece.x0)
    if id(first) in numbers or abs(first.y - inner[0].y) > 1.5 * max(first.size, 1):
        return False
    looks = {run.look[:3] for piece in inner for run in piece.runs}
    return first.runs[-1].look[:3] in looks


def _drop_below(
    sheets: Sequence[Sheet], pieces: list[list[Piece]], known: set[tuple[str, int, bool]]
) -> list[list[Piece]]:
    """Take the job number and the bar code off the foot of a cover.

    They stand lower than the text of any other page, or share a symbol with the edges.
    """
    others = [min(p.y for p in found) for found in pieces[1:] if found]
    if len(others) < 2 or not pieces[0]:
        return pieces
    lowest = min(others)
    symbols = [
        words
        for text, _, is_top in known
        if not is_top and len(words := text.rpartition(" ")[0]) >= _MIN_SYMBOL
    ]
    foot = sheets[0].height * _ZONE
    first = [
        piece
        for piece in pieces[0]
        if piece.y >= foot
        or (
            piece.y > lowest - 0.3 * piece.size
            and not any(symbol in _plain(piece) for symbol in symbols)
        )
    ]
    return [first, *pieces[1:]]
