"""A PDF file as sheets: pieces of text with place and look, rules, shades and links."""

import ctypes
import math
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from index.errors import ReadError
from index.readers.pdf.drawn import Box, edges_of, read_drawn

_MAX_PAGES = 5_000
# What PDFium makes of hyphens at line ends, and the bullets of the Symbol font.
_SIGNS = {"\x02": "-", "\ufffe": "-", "\uf0b7": "•", "\uf0a7": "▪", "\xa0": " "}
_BOLD = re.compile(r"bold|black|heavy|,b\b|demi", re.IGNORECASE)
_ITALIC = re.compile(r"italic|oblique|,i\b", re.IGNORECASE)
_SPACED = 6  # letters with a guessed space behind each make spaced words
_GUESSED_GAP = 0.16  # of the size: PDFium sees spaces in narrower gaps, between kerned signs

pdfium_lock = threading.Lock()  # PDFium is not thread-safe
_Faces = dict[int, tuple[bool, bool]]  # by font: bold, italic


class Look(NamedTuple):
    """How a piece of text is set; ``size`` in points, ``url`` of the link it lies in."""

    size: float
    bold: bool
    italic: bool
    url: str = ""


@dataclass(slots=True)
class Run:
    """Characters of one look on one baseline ``y``."""

    text: str
    x0: float
    x1: float
    y: float
    look: Look


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on one page in one direction of writing.

    Attributes:
        index: 0-based page of the file.
        width: points.
        height: points.
        runs: in the order of the file.
        rules: drawn lines and the edges of drawn rectangles.
        shades: filled rectangles.
    """

    index: int
    width: float
    height: float
    runs: tuple[Run, ...]
    rules: tuple[Box, ...] = ()
    shades: tuple[Box, ...] = ()


class _Glyph(NamedTuple):
    sign: str
    box: Box  # its y0 is the baseline
    look: Look
    turn: int  # quarter turns of the writing, anticlockwise


def read_sheets(content: bytes) -> list[Sheet]:
    """Read the pages of a file; one that is a picture is a sheet without runs.

    Raises:
        ReadError: encrypted, broken, or of too many pages.
    """
    with pdfium_lock:
        document = _open(content)
        try:
            sheets = [sheet for index in range(len(document)) for sheet in _read(document, index)]
        except pdfium.PdfiumError as error:
            raise ReadError(
                f"a page of the PDF cannot be read ({error}): save the file again, or get it anew"
            ) from error
        finally:
            document.close()
    return sheets


def _open(content: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError(
                "the PDF is encrypted: save a copy without its password, and add that"
            ) from error
        raise ReadError(
            f"not a readable PDF ({error}): it is broken or cut off, so get the file anew"
        ) from error
    if not 0 < (pages := len(document)) <= _MAX_PAGES:
        document.close()
        raise ReadError(f"the PDF has {pages} pages, expected 1 to {_MAX_PAGES}: split it")
    return document


def _read(document: pdfium.PdfDocument, index: int) -> Iterator[Sheet]:
    """The page, upright; text in another direction follows as a sheet of its own."""
    page = document[index]
    textpage = page.get_textpage()
    try:
        left, bottom, right, top = page.get_cropbox()
        frame = Box(left, bottom, right, top)
        glyphs = list(_glyphs(textpage, frame, _links(document, page)))
        turns = Counter(glyph.turn for glyph in glyphs if glyph.sign.strip())
        drawn = list(read_drawn(page, frame))
    finally:
        textpage.close()
        page.close()
    for turn, _ in turns.most_common() or [(0, 0)]:
        upright = [
            _Glyph(glyph.sign, _turned(glyph.box, frame, turn), glyph.look, turn)
            for glyph in glyphs
            if glyph.turn == turn
        ]
        is_main = turn == turns.most_common(1)[0][0] if turns else True
        turned = [(_turned(box, frame, turn), fill) for box, fill in drawn] if is_main else []
        sides = (frame.width, frame.height)
        width, height = sides if turn % 2 == 0 else sides[::-1]
        yield Sheet(
            index,
            width,
            height,
            tuple(_runs(upright)),
            tuple(rule for box, _ in turned for rule in edges_of(box)),
            tuple(box for box, fill in turned if fill and min(box.width, box.height) > 4),
        )


def _turned(box: Box, frame: Box, turn: int) -> Box:
    """The box after turning the page clockwise, its corner at (0, 0)."""
    if turn == 0 and frame.x0 == frame.y0 == 0:
        return box
    x0, y0, x1, y1 = box.x0 - frame.x0, box.y0 - frame.y0, box.x1 - frame.x0, box.y1 - frame.y0
    if turn == 1:
        return Box(y0, frame.width - x1, y1, frame.width - x0)
    if turn == 2:
        return Box(frame.width - x1, frame.height - y0, frame.width - x0, frame.height - y0)
    if turn == 3:
        return Box(frame.height - y1, x0, frame.height - y0, x1)
    return Box(x0, y0, x1, y1)


def _links(document: pdfium.PdfDocument, page: pdfium.PdfPage) -> list[tuple[Box, str]]:
    links = []
    position, link = ctypes.c_int(0), raw.FPDF_LINK()
    while raw.FPDFLink_Enumerate(page, position, link):
        rectangle, action = raw.FS_RECTF(), raw.FPDFLink_GetAction(link)
        if not action or not raw.FPDFLink_GetAnnotRect(link, rectangle):
            continue
        size = raw.FPDFAction_GetURIPath(document, action, None, 0)
        buffer = ctypes.create_string_buffer(size)
        raw.FPDFAction_GetURIPath(document, action, buffer, size)
        if url := buffer.value.decode("utf-8", "replace"):
            edges = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
            links.append((Box(*edges), url))
    return links


def _glyphs(
    textpage: pdfium.PdfTextPage, frame: Box, links: list[tuple[Box, str]]
) -> Iterator[_Glyph]:
    """The characters inside the frame, in PDFium's order."""
    x, y, rectangle = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    looks: dict[int, tuple[Look, int]] = {}
    faces: _Faces = {}
    look, turn = Look(0, False, False), 0
    handle = textpage.raw
    for at in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, at)
        sign = _SIGNS.get(chr(code), chr(code))
        if code == 0 or sign == "\r":
            continue
        if sign in " \n":  # PDFium also sees new lines in the middle of one
            is_guess = raw.FPDFText_IsGenerated(handle, at) == 1
            yield _Glyph("" if is_guess else " ", frame, look, turn)
            continue
        raw.FPDFText_GetCharOrigin(handle, at, x, y)
        raw.FPDFText_GetLooseCharBox(handle, at, rectangle)
        thing = raw.FPDFText_GetTextObject(handle, at)
        key = ctypes.addressof(thing.contents) if thing else 0
        if key not in looks or not key:
            looks[key] = _look(handle, at, thing, faces)
        look, turn = looks[key]
        box = _glyph_box(rectangle, x.value, y.value, turn)
        if not frame.holds((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2):
            continue
        url = ""
        if links:
            middle = (box.x0 + box.x1) / 2, (rectangle.bottom + rectangle.top) / 2
            url = next((url for place, url in links if place.holds(*middle)), "")
        yield _Glyph(sign, box, look._replace(url=url) if url else look, turn)


def _glyph_box(rectangle: Any, x: float, y: float, turn: int) -> Box:  # noqa: ANN401  ctypes
    """As wide as the character and flat, on its baseline."""
    if turn % 2:
        return Box(x, rectangle.bottom, x, rectangle.top)
    return Box(rectangle.left, y, rectangle.right, y)


def _look(textpage: Any, at: int, thing: Any, faces: _Faces) -> tuple[Look, int]:  # noqa: ANN401
    """The look of a character and the quarter turns of its writing."""
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(textpage, at, matrix)
    size = raw.FPDFText_GetFontSize(textpage, at) * (math.hypot(matrix.c, matrix.d) or 1.0)
    font = raw.FPDFTextObj_GetFont(thing) if thing else None
    key = ctypes.addressof(font.contents) if font else 0
    if key not in faces or not key:
        faces[key] = _face(textpage, at)
    turn = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
    return Look(round(size, 1), *faces[key]), turn


def _face(textpage: Any, at: int) -> tuple[bool, bool]:  # noqa: ANN401
    """Whether the font of a character is bold, and whether italic."""
    name, flags = ctypes.create_string_buffer(256), ctypes.c_int()
    raw.FPDFText_GetFontInfo(textpage, at, name, 256, flags)
    font = name.value.decode("utf-8", "replace")
    weight = raw.FPDFText_GetFontWeight(textpage, at)
    is_bold = bool(_BOLD.search(font)) or weight >= 600 or bool(flags.value & 1 << 18)
    return is_bold, bool(_ITALIC.search(font)) or bool(flags.value & 1 << 6)


def _runs(glyphs: list[_Glyph]) -> Iterator[Run]:
    """Neighbouring characters of one look; a jump or a wide gap ends a run.

    On a page of right-to-left text every character is a run, for the lines to order.
    """
    run: Run | None = None
    signs = Counter(unicodedata.bidirectional(glyph.sign[:1]) for glyph in glyphs if glyph.sign)
    apart = signs["R"] + signs["AL"] > 0.1 * signs.total()  # PDFium's order cannot be trusted
    widest = math.inf  # gap that is no space: printed and guessed spaces narrow it
    for glyph in _close_letters(glyphs):
        if not glyph.sign.strip():
            widest = -math.inf if glyph.sign else min(widest, _GUESSED_GAP)
            continue
        box, look = glyph.box, glyph.look
        if run and not apart and _gap(run, box) > widest * look.size:
            run.text += " "
        widest = math.inf
        if run and not apart and _continues(run, box, look):
            run.text += glyph.sign
            run.x0, run.x1 = min(run.x0, box.x0), max(run.x1, box.x1)
            continue
        if run:
            yield _clean(run)
        run = Run(glyph.sign, box.x0, box.x1, box.y0, look)
    if run:
        yield _clean(run)


def _close_letters(glyphs: list[_Glyph]) -> Iterator[_Glyph]:
    """The characters without the spaces that are guessed between the letters of spaced words."""
    row: list[_Glyph] = []  # characters and guesses by turns
    for glyph in glyphs:
        if bool(glyph.sign) == bool(row and row[-1].sign):
            yield from _unspaced(row)
            row = []
        row.append(glyph)
    yield from _unspaced(row)


def _unspaced(row: list[_Glyph]) -> list[_Glyph]:
    """A row of characters with guesses between them: these stay only where a word ends."""
    letters = [glyph for glyph in row if glyph.sign]
    if len(letters) < _SPACED:
        return row
    gaps = [second.box.x0 - first.box.x1 for first, second in pairwise(letters)]
    widest = 1.6 * abs(median(gaps))
    return [
        glyph
        for before, glyph, after in zip([None, *row], row, [*row[1:], None], strict=False)
        if glyph.sign or not (before and after and 0 <= after.box.x0 - before.box.x1 < widest)
    ]


def _continues(run: Run, box: Box, look: Look) -> bool:
    size = max(look.size, 1)
    gap = _gap(run, box)
    is_back = box.x1 < run.x1 - size and box.x0 > run.x0  # a second text over the first
    return (
        look == run.look and abs(box.y0 - run.y) < 0.1 * size and gap < 0.8 * size and not is_back
    )


def _gap(run: Run, box: Box) -> float:
    """Points between a run and a character on either side of it."""
    return max(box.x0 - run.x1, run.x0 - box.x1)


def _clean(run: Run) -> Run:
    """Ligatures and presentation forms as letters; halves of a pair of surrogates as one."""
    text = run.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = "".join(
        unicodedata.normalize("NFKC", sign) if "\ufb00" <= sign <= "\ufefc" else sign
        for sign in text
    )
    return replace(run, text=unicodedata.normalize("NFC", re.sub(r"[\x00-\x1f\ufeff]", "", text)))
