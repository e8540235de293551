"""Pages that are pictures: found, recognised where that is installed, and owned up to."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from index.errors import ReadError
from index.readers.pdf.drawn import Box
from index.readers.pdf.sheets import Look, Run, Sheet, pdfium_lock

if TYPE_CHECKING:  # they import what only the extra `ocr` brings
    from index.readers.pdf.ink import Picture
    from index.readers.pdf.recognise import Print, Reading

_FEW = 50  # characters: a stamp over the picture of a page, no text
_MOST = 0.5  # of a page: what a picture of it covers
_ALIKE = 0.07  # of a size: how far measured sizes of one font lie apart
_SHORT, _ROUGH = 20, 0.1  # characters of a line that is measured roughly, of its size
_BOLDER = 1.12  # than the body's strokes

Progress = Callable[[int, int], None]  # pages recognised, pages to recognise


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the text of a document comes from.

    Attributes:
        sheets: the pages, recognised ones among them.
        recognised: positions of the pages whose text was recognised.
        unread: positions of the pages that are pictures and stay without text.
    """

    sheets: list[Sheet]
    recognised: tuple[int, ...] = ()
    unread: tuple[int, ...] = ()


def is_installed() -> bool:
    """Whether text recognition is there."""
    return find_spec("rapidocr") is not None


def read_scans(
    content: bytes, sheets: Sequence[Sheet], progress: Progress | None = None
) -> Sources:
    """Recognise the text of the pages that are pictures.

    Args:
        content: the whole file.
        sheets: its pages as they read without recognition.
        progress: told how far recognition has come.

    Raises:
        ReadError: no page has text, and none can be recognised.
    """
    pages = _find_scans(content, sheets)
    if not pages:
        return Sources(list(sheets))
    has_text = any(_signs(sheet) for sheet in sheets if sheet.index not in pages)
    if not is_installed():
        if not has_text:
            raise ReadError(
                "the PDF holds pictures of pages and no text: install text recognition with "
                "`make ocr` (pip's extra `ocr`), then add it again"
            )
        return Sources(list(sheets), unread=tuple(pages))
    readings = _recognise(content, pages, progress)
    if not readings and not has_text:
        raise ReadError(
            "the PDF holds pictures of pages in which no text can be recognised: their script is "
            "none of Latin, Chinese and Japanese, or they are too faint, so get a copy with text"
        )
    others = [sheet for sheet in sheets if sheet.index not in readings]
    found = [*others, *_as_sheets(readings, _usual_size(others))]
    return Sources(
        sorted(found, key=lambda sheet: sheet.index),
        tuple(page for page in pages if page in readings),
        tuple(page for page in pages if page not in readings),
    )


def _find_scans(content: bytes, sheets: Sequence[Sheet]) -> list[int]:
    """Pages with hardly a character that a picture covers; all where no page has any."""
    signs: Counter[int] = Counter()
    for sheet in sheets:
        signs[sheet.index] += _signs(sheet)
    few = [page for page, number in sorted(signs.items()) if number < _FEW]
    if not signs.total():
        return few
    with pdfium_lock:
        document = pdfium.PdfDocument(content)
        try:
            return [page for page in few if _is_covered(document[page])]
        finally:
            document.close()


def _signs(sheet: Sheet) -> int:
    return sum(len(run.text.strip()) for run in sheet.runs)


def _is_covered(page: pdfium.PdfPage) -> bool:
    area = 0.0
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = thing.get_bounds()
        area += (right - left) * (top - bottom)
    return bool(area > _MOST * page.get_width() * page.get_height())


def _recognise(
    content: bytes, pages: Sequence[int], progress: Progress | None
) -> "dict[int, Reading]":
    """By page; one that holds no print is there, one that cannot be made out is not."""
    from index.readers.pdf.recognise import DPI, SURE, read_picture

    readings = {}
    for done, page in enumerate(pages):
        if progress:
            progress(done, len(pages))
        reading = read_picture(_render(content, page, DPI))
        if reading.confidence >= SURE:
            readings[page] = reading
    if progress:
        progress(len(pages), len(pages))
    return readings


def _render(content: bytes, page: int, dpi: int) -> "Picture":
    with pdfium_lock:
        document = pdfium.PdfDocument(content)
        try:
            picture = document[page].render(scale=dpi / 72, grayscale=True).to_numpy()
            return np.ascontiguousarray(picture.reshape(picture.shape[:2]))
        finally:
            document.close()


def _usual_size(sheets: Sequence[Sheet]) -> float:
    sizes: Counter[float] = Counter()
    for run in (run for sheet in sheets for run in sheet.runs):
        sizes[run.look.size] += len(run.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _as_sheets(readings: "dict[int, Reading]", usual_size: float) -> list[Sheet]:
    """Readings as pages that look as if they had been set.

    Measured sizes scatter: those close together become one, and the most common one that
    of the pages with text.
    """
    from index.readers.pdf.recognise import DPI

    points = 72 / DPI
    prints = [found for reading in readings.values() for found in reading.prints]
    sizes = _common_sizes(prints)
    body = _body_size(prints, sizes)
    weight = median([p.weight for p in prints if sizes.get(p.size) == body] or [1.0])
    is_near = 0.75 * usual_size < body * points < 1.33 * usual_size
    scale = usual_size / (body * points) if is_near else 1.0

    def run(found: "Print", height: int) -> Run:
        size = sizes.get(found.size, body)
        if len(found.text) < _SHORT and abs(size - body) < _ROUGH * body:
            size = body
        is_bold = found.weight > _BOLDER * weight * (size / body) ** 0.22  # print thins as it grows
        look = Look(round(size * points * scale, 1), is_bold, italic=False)
        places = (found.x0 * points, found.x1 * points, (height - found.base) * points)
        return Run(found.text, *places, look)

    return [
        Sheet(
            page,
            reading.width * points,
            reading.height * points,
            tuple(run(found, reading.height) for found in reading.prints),
            tuple(
                Box(
                    r.x0 * points,
                    (reading.height - r.y1) * points,
                    r.x1 * points,
                    (reading.height - r.y0) * points,
                )
                for r in reading.rules
            ),
        )
        for page, reading in readings.items()
    ]


def _common_sizes(prints: "Sequence[Print]") -> dict[float, float]:
    """For every measured size the most common one near it."""
    signs: Counter[float] = Counter()
    for found in prints:
        if found.size:
            signs[found.size] += len(found.text)
    common: dict[float, float] = {}
    while signs:
        near = {
            middle: [size for size in signs if abs(size - middle) < _ALIKE * middle]
            for middle in signs
        }
        group = max(near.values(), key=lambda sizes: sum(signs[size] for size in sizes))
        total = sum(signs[size] for size in group)
        mean = sum(size * signs[size] for size in group) / total
        common.update(dict.fromkeys(group, mean))
        for size in group:
            del signs[size]
    return common


def _body_size(prints: "Sequence[Print]", sizes: dict[float, float]) -> float:
    signs: Counter[float] = Counter()
    for found in prints:
        signs[sizes.get(found.size, 0.0)] += len(found.text)
    return signs.most_common(1)[0][0] if signs else 0.0
