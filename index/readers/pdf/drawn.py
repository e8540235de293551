"""Lines and rectangles that a page draws: the rules of tables and the frames of boxes."""

import ctypes
from collections.abc import Iterator
from typing import Any, NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

_MAX_DRAWN = 1_500  # drawn stretches of a page; more make a picture, not frames
_PALE = 250  # a fill of at least this in every colour is paper


class Box(NamedTuple):
    """A rectangle in points; y grows upwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    @property
    def width(self) -> float:
        """Points from left to right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Points from bottom to top."""
        return self.y1 - self.y0


def read_drawn(page: pdfium.PdfPage, frame: Box) -> Iterator[tuple[Box, bool]]:
    """The bounds of every drawn stretch, and whether it is filled with more than paper."""
    handle, matrix, count = page.raw, raw.FS_MATRIX(), 0
    for at in range(raw.FPDFPage_CountObjects(handle)):
        thing = raw.FPDFPage_GetObject(handle, at)
        if raw.FPDFPageObj_GetType(thing) != raw.FPDF_PAGEOBJ_PATH:
            continue
        raw.FPDFPageObj_GetMatrix(thing, matrix)
        is_filled = _is_filled(thing)
        for points in _stretches(thing):
            count += 1
            if count > _MAX_DRAWN:
                return
            xs = [matrix.a * x + matrix.c * y + matrix.e for x, y in points]
            ys = [matrix.b * x + matrix.d * y + matrix.f for x, y in points]
            box = Box(min(xs), min(ys), max(xs), max(ys))
            if box.x1 > frame.x0 and box.x0 < frame.x1 and box.height < frame.height * 0.95:
                yield box, is_filled


def _is_filled(thing: Any) -> bool:  # noqa: ANN401  a PDFium object
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    colours = [ctypes.c_uint() for _ in range(4)]
    raw.FPDFPath_GetDrawMode(thing, mode, stroke)
    raw.FPDFPageObj_GetFillColor(thing, *colours)
    red, green, blue, opacity = (colour.value for colour in colours)
    return bool(mode.value and opacity and min(red, green, blue) < _PALE)


def _stretches(thing: Any) -> Iterator[list[tuple[float, float]]]:  # noqa: ANN401
    points: list[tuple[float, float]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for at in range(raw.FPDFPath_CountSegments(thing)):
        segment = raw.FPDFPath_GetPathSegment(thing, at)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO and points:
            yield points
            points = []
        points.append((x.value, y.value))
    if points:
        yield points


def edges_of(box: Box) -> Iterator[Box]:
    """A thin box itself; the four sides of another."""
    if min(box.width, box.height) <= 4:
        yield box
        return
    yield Box(box.x0, box.y0, box.x1, box.y0)
    yield Box(box.x0, box.y1, box.x1, box.y1)
    yield Box(box.x0, box.y0, box.x0, box.y1)
    yield Box(box.x1, box.y0, box.x1, box.y1)
