"""The picture of a page becomes runs of text, as if the page had been text.

RapidOCR finds the lines and reads them; `ink` says where their print stands and how it
is set, which the network does not tell: tabs, raised marks, sizes and weights.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate, pairwise
from statistics import median
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from index.readers.pdf.ink import (
    TALL,
    Band,
    Picture,
    Stroke,
    find_band,
    find_gaps,
    find_ink,
    find_raised,
    part_rules,
    straighten,
)

DPI = 200  # of the pictures; more reads no better

_HEIGHT, _WIDTHS = 48, 160  # pixels of a line: as the network was taught

_TAB = 0.8  # of the size: a gap that parts runs
_SPACE = 0.2
_FIGURE = 0.6  # of its height: so narrow is a figure, except 1
_REACH = 3  # heights of a line: so far before it its number may stand
_SIGNS = 1.3  # of a size at least: so wide are capitals
SURE = 0.9  # confidence of a page that lies right and is in a script that is known
_MARK = re.compile(r"\d{1,3}|\*{1,3}|[†‡§]|[a-z]{1,2}")


@dataclass(frozen=True, slots=True)
class Print:
    """A run of recognised text; pixels from the top left of the page.

    Attributes:
        size: of the font; 0 where it cannot be told.
        weight: thickness of its strokes.
    """

    text: str
    x0: int
    x1: int
    base: float
    size: float
    weight: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A page as recognised.

    Attributes:
        width: pixels, upright.
        height: pixels.
        prints: its text.
        rules: drawn lines.
        confidence: 0 to 1; 1 for an empty page.
    """

    width: int
    height: int
    prints: tuple[Print, ...]
    rules: tuple[Stroke, ...]
    confidence: float


def read_picture(picture: Picture) -> Reading:
    """Recognise the text of a page, whichever way up it lies."""
    best = _read_upright(picture)
    for quarters in (2, 1, 3):
        if best.confidence >= SURE:
            break
        other = _read_upright(np.ascontiguousarray(np.rot90(picture, quarters)))
        best = max(best, other, key=lambda reading: reading.confidence)
    return best


def _read_upright(picture: Picture) -> Reading:
    picture = straighten(picture)
    ink, rules = part_rules(find_ink(picture))
    boxes = _find_boxes(picture)
    lines = [line for box in boxes for line in _read_line(picture, ink, box)]
    height, width = picture.shape
    prints = tuple(found for found, _ in lines if found.text)
    return Reading(width, height, prints, tuple(rules), _confidence(lines, boxes))


def _confidence(lines: Sequence[tuple[Print, float]], boxes: Sequence[Stroke]) -> float:
    """How sure the network is of its signs, less the print that it makes no sign of.

    In a script that it does not know, and in lines that stand upright, it leaves most out.
    """
    sides = (sorted((box.x1 - box.x0, box.height)) for box in boxes)
    room = sum(long / max(short, 1) for short, long in sides)  # a line is as high as its size
    signs = sum(_room(found.text) for found, _ in lines)
    sure = sum(sure * _room(found.text) for found, sure in lines) / max(signs, 1e-6)
    return min(1.0, signs / room) * sure if room else 1.0


def _room(text: str) -> float:
    """The least room that a text takes, in sizes."""
    return sum(1.0 if sign >= "\u2e80" else 1 / _SIGNS for sign in text if not sign.isspace())


def _read_line(picture: Picture, ink: Picture, box: Stroke) -> Iterator[tuple[Print, float]]:
    """The runs of one line, each with the confidence of its reading."""
    tall_box = box._replace(y0=max(0, box.y0 - box.height // 8))  # marks stand high
    band = find_band(ink, tall_box)
    if band is None:
        return
    raised = find_raised(band)
    marks = {group: text for group in raised if (text := _read_mark(picture, group))}
    for group, text in marks.items():
        base, height = max(s.y1 for s in group), max(s.height for s in group)
        yield _print(text, group, base, height / TALL, band.weight), 1.0
    if marks:  # they stand higher than capitals: measure again without them
        picture, ink = _without(picture, marks, 255), _without(ink, marks, 0)
        band = find_band(ink, tall_box)
    if band:
        yield from _read_plain(picture, box, band, marks)


def _read_plain(
    picture: Picture, box: Stroke, band: Band, marks: Iterable[Sequence[Stroke]]
) -> Iterator[tuple[Print, float]]:
    """What a line says beside its marks."""
    for strokes in _cut(band.strokes, marks, band):
        start = max(0, strokes[0].x0 - 4)
        crop = picture[box.y0 : box.y1, start : max(s.x1 for s in strokes) + 4]
        text, sure, middles = _read(crop)
        text = _spaced(text, [start + middle for middle in middles], strokes, band.tall / TALL)
        yield _print(text, strokes, band.base, band.size(text), band.weight), sure


def _without(picture: Picture, groups: Iterable[Sequence[Stroke]], ground: int) -> Picture:
    """The picture with bare ground in place of some strokes."""
    picture = picture.copy()
    for stroke in (stroke for group in groups for stroke in group):
        picture[stroke.y0 - 1 : stroke.y1 + 1, stroke.x0 - 1 : stroke.x1 + 1] = ground
    return picture


def _print(text: str, strokes: Sequence[Stroke], base: float, size: float, weight: float) -> Print:
    x0, x1 = min(s.x0 for s in strokes), max(s.x1 for s in strokes)
    return Print(unicodedata.normalize("NFC", text), x0, x1, base, size, weight)


def _cut(
    strokes: Sequence[Stroke], marks: Iterable[Sequence[Stroke]], band: Band
) -> list[list[Stroke]]:
    """Strokes of a line parted at tabs, and where a raised mark stands between."""
    cuts = [group[0].x0 for group in marks]
    pieces: list[list[Stroke]] = []
    edge = 0
    for stroke in strokes:
        is_tab = stroke.x0 - edge > _TAB * band.tall / TALL
        if is_tab or not pieces or any(pieces[-1][0].x0 < cut <= stroke.x0 for cut in cuts):
            pieces.append([])
        pieces[-1].append(stroke)
        edge = max(edge, stroke.x1)
    return pieces


def _spaced(text: str, middles: Sequence[float], strokes: Sequence[Stroke], size: float) -> str:
    """The text with the spaces that the network left out, where the print has a gap.

    Args:
        text: as the network read it.
        middles: of its signs that are no spaces, pixels from the left of the page.
        strokes: of the print.
        size: of the font, pixels.
    """
    words = text.split()
    if sum(len(word) for word in words) != len(middles):
        return text
    ends = [end for end in accumulate(len(word) for word in words)][:-1]
    known = [(middles[end - 1] + middles[end]) / 2 for end in ends]
    widths = sorted((b - a for a, b in find_gaps(strokes, _SPACE * size)), reverse=True)
    least = (
        max(_SPACE * size, 0.55 * median(widths[: len(known)]))
        if known and widths
        else _SPACE * size
    )
    signs = "".join(words)
    for left, right in find_gaps(strokes, least):
        middle = (left + right) / 2
        at = bisect_left(middles, middle)
        is_new = all(abs(middle - other) > 0.5 * size for other in known)
        if is_new and 0 < at < len(signs) and _may_part(signs[at - 1], signs[at]):
            ends.append(at)
    cuts = [0, *sorted(set(ends)), len(signs)]
    return " ".join(signs[start:end] for start, end in pairwise(cuts))


def _may_part(before: str, after: str) -> bool:
    """Whether a space may stand there: not within a number or before a full stop."""
    return not (before + after).isdigit() and after not in ".,;:)"


def _read_mark(picture: Picture, group: Sequence[Stroke]) -> str:
    """What a raised group says if it may be the mark of a note, else ``""``."""
    x0, y0 = min(s.x0 for s in group), min(s.y0 for s in group)
    x1, y1 = max(s.x1 for s in group), max(s.y1 for s in group)
    most = max(1, round((x1 - x0) / (_FIGURE * (y1 - y0))))
    for margin in ((y1 - y0) // 2, y1 - y0):  # what one reading gets wrong another may not
        crop = np.pad(picture[y0 - 1 : y1 + 1, x0 - 1 : x1 + 1], margin, constant_values=255)
        text, sure, _ = _read(np.asarray(crop, np.uint8))
        text = unicodedata.normalize("NFKC", text.strip())
        if sure > 0.5 and len(text) <= most and _MARK.fullmatch(text):
            return text
    return ""


@cache
def _engine() -> Any:  # noqa: ANN401  untyped library
    """The networks that ship with the library: with their paths named it fetches nothing."""
    from rapidocr import EngineType, RapidOCR

    models = files("rapidocr") / "models"
    return RapidOCR(
        params={
            "Det.engine_type": EngineType.OPENVINO,
            "Rec.engine_type": EngineType.OPENVINO,
            "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
            "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"),
            "Global.max_side_len": 10_000,
            "Global.log_level": "error",
        }
    )


def _find_boxes(picture: Picture) -> list[Stroke]:
    found = _engine()(_colours(picture), use_det=True, use_cls=False, use_rec=False)
    if found.boxes is None:
        return []
    corners = [(box.min(axis=0).astype(int), box.max(axis=0).astype(int)) for box in found.boxes]
    boxes = [Stroke(int(a[0]), int(a[1]), int(b[0]), int(b[1])) for a, b in corners]
    return [_widened(box, boxes, picture.shape[1]) for box in boxes]


def _widened(box: Stroke, boxes: Sequence[Stroke], width: int) -> Stroke:
    """The box with what stands beside it and was not found, such as a number before a tab."""
    level = [
        other
        for other in boxes
        if min(box.y1, other.y1) - max(box.y0, other.y0) > 0.5 * min(box.height, other.height)
    ]
    left = max((other.x1 + other.height for other in level if other.x0 < box.x0), default=0)
    right = min((other.x0 for other in level if other.x0 > box.x0), default=width)
    x0 = min(box.x0, max(box.x0 - _REACH * box.height, left))
    return box._replace(x0=x0, x1=min(box.x1 + box.height, right))


def _read(crop: Picture) -> tuple[str, float, list[float]]:
    """The text of a piece of a line, how sure it is, and where the middles of its signs are."""
    fitted = _fitted(crop)
    ask = {"use_det": False, "use_cls": False, "use_rec": True, "return_word_box": True}
    found = _engine()(_colours(fitted), **ask)
    if not found.txts or not found.txts[0]:
        return "", 0.0, []
    words = found.word_results[0]
    step = fitted.shape[1] / words.line_txt_len * crop.shape[0] / _HEIGHT
    middles = [(at + 0.5) * step for columns in words.word_cols for at in columns]
    return found.txts[0], found.scores[0], middles


def _fitted(crop: Picture) -> Picture:
    """As high as the network wants it, and filled up to one of a few widths.

    For every width that it has not met the network is fitted anew, which takes longer than
    reading a line.
    """
    width = max(1, round(crop.shape[1] * _HEIGHT / crop.shape[0]))
    scaled = cv2.resize(crop, (width, _HEIGHT))
    filling = -width % _WIDTHS
    return np.pad(np.asarray(scaled, np.uint8), ((0, 0), (0, filling)), "edge")


def _colours(picture: Picture) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8)
