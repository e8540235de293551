"""What can be measured on the picture of a page: its slant, its ink, its lines of print."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]  # (height, width), 255 is paper; or ink, where 255 is ink

TALL = 0.67  # of the size of a font: its capitals, figures and ascenders, roughly
_LOW = 0.45  # its letters without ascenders
_IDEOGRAPH = 0.9
_TALL_LETTERS = frozenset("bdfhijkltßþ")
_SLANTS = np.arange(-4.0, 4.01, 0.25)  # degrees: pages lie in scanners no worse
_EDGE = 0.4  # of the height of a line's box: ink that is cut off there is another line's
_RULE = 60  # pixels: no letter has so long a stroke


class Stroke(NamedTuple):
    """A patch of touching ink, in pixels from the top left; x1 and y1 exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class Band:
    """Where the print of one line stands.

    Attributes:
        strokes: from left to right.
        base: baseline, pixels from the top.
        tall: height of capitals above it.
        weight: thickness of the strokes, pixels.
    """

    strokes: tuple[Stroke, ...]
    base: float
    tall: float
    weight: float

    def size(self, text: str) -> float:
        """The size of the font in pixels, 0 where nothing tells it."""
        letters = [sign for sign in text if sign.isalnum()]
        if not letters:
            return self.tall / TALL if not text else 0.0
        if sum(sign >= "\u2e80" for sign in letters) > len(letters) / 2:
            return self.tall / _IDEOGRAPH
        if all(sign.islower() and sign not in _TALL_LETTERS for sign in letters):
            return self.tall / _LOW
        standing = [
            self.base - s.y0 - 1 for s in self.strokes if s.y1 > self.base - 0.1 * self.tall
        ]
        peak = max(standing, default=self.tall)
        is_lone = self.tall < 0.85 * peak  # too few tall letters for the profile to show them
        return (peak if is_lone else self.tall) / TALL


def straighten(picture: Picture) -> Picture:
    """Turn the page so that its lines lie level: then their rows are sharpest."""
    scale = 800 / max(picture.shape)
    shrunk = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = np.asarray(255 - shrunk, np.uint8)
    small[small < small.mean() + 20] = 0

    def sharpness(slant: float) -> float:
        rows = _rotated(small, slant, 0).sum(axis=1, dtype=np.float64)
        return float(np.square(np.diff(rows)).sum())

    near = max(_SLANTS, key=sharpness)
    slant = max(np.arange(near - 0.2, near + 0.21, 0.05), key=sharpness)
    return _rotated(picture, slant, 255) if abs(slant) > 0.04 else picture


def _rotated(picture: Picture, degrees: float, ground: int) -> Picture:
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    turned = cv2.warpAffine(
        picture, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=ground
    )
    return np.asarray(turned, np.uint8)


def find_ink(picture: Picture) -> Picture:
    """Black on white: 255 where a spot is darker than what lies around it."""
    smooth = cv2.GaussianBlur(picture, (3, 3), 0)
    mean, below = cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV
    return np.asarray(cv2.adaptiveThreshold(smooth, 255, mean, below, 51, 20), np.uint8)


def part_rules(ink: Picture) -> tuple[Picture, list[Stroke]]:
    """The ink without long straight lines, and the lines; the edge of the paper is none."""
    height, width = ink.shape
    rules: list[Stroke] = []
    rest = ink.copy()
    for shape in ((_RULE, 1), (1, _RULE)):
        lines = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape[::-1], np.uint8))
        for rule in _strokes(np.asarray(lines, np.uint8)):
            if min(rule.x1 - rule.x0, rule.height) > 12:
                continue  # a black patch
            is_inside = rule.x0 > 0.02 * width and rule.x1 < 0.98 * width
            if is_inside and rule.y0 > 0.02 * height and rule.y1 < 0.98 * height:
                rules.append(rule)
            rest[rule.y0 : rule.y1, rule.x0 : rule.x1] = 0
    return rest, rules


def find_band(ink: Picture, box: Stroke) -> Band | None:
    """Measure the line of print in a box; None where it holds no ink."""
    crop = _without_neighbours(ink[box.y0 : box.y1, box.x0 : box.x1])
    rows = np.convolve((crop > 0).sum(axis=1), [0.25, 0.5, 0.25], "same")
    if not rows.any():
        return None
    level = float(np.median(rows[rows > 0.35 * rows.max()]))
    full = np.flatnonzero(rows > 0.5 * level)
    base = box.y0 + _crossing(rows, full[-1], 1, 0.5 * level) + 0.5
    above = rows[max(0, full[0] - int(0.7 * (full[-1] - full[0]))) : full[0]]
    if len(above) and above.max() > 0.12 * level:
        level = float(np.median(above[above > 0.3 * above.max()]))
        full = full[0] - len(above) + np.flatnonzero(above > 0.5 * level)
    tall = base - (box.y0 + _crossing(rows, full[0], -1, 0.5 * level) + 0.5)
    strokes = [
        Stroke(s.x0 + box.x0, s.y0 + box.y0, s.x1 + box.x0, s.y1 + box.y0)
        for s in _strokes(crop)
        if s.height > 1 and s.y0 + box.y0 < base + 0.1 * tall
    ]
    return Band(tuple(sorted(strokes)), base, tall, _weight(crop)) if strokes else None


def _without_neighbours(crop: Picture) -> Picture:
    """The ink of a line without the feet of the line above and the heads of the one below."""
    height, crop = len(crop), crop.copy()
    for stroke in _strokes(crop):
        is_foot = stroke.y0 == 0 and stroke.y1 < _EDGE * height
        is_head = stroke.y1 == height and stroke.y0 > (1 - _EDGE) * height
        if is_foot or is_head:
            crop[stroke.y0 : stroke.y1, stroke.x0 : stroke.x1] = 0
    return crop


def _crossing(rows: NDArray[np.float64], at: int, step: int, level: float) -> float:
    """Where the profile falls to a level between a row and the next, in rows."""
    after = rows[at + step] if 0 <= at + step < len(rows) else 0.0
    return float(at + step * min(1.0, (rows[at] - level) / max(rows[at] - after, 1e-6)))


def _strokes(ink: Picture) -> list[Stroke]:
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    return [Stroke(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:]]


def _weight(crop: Picture) -> float:
    outlines, _ = cv2.findContours(crop, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    around = sum(cv2.arcLength(outline, True) for outline in outlines)
    return float(2 * int((crop > 0).sum()) / max(around, 1.0))


def find_gaps(strokes: Sequence[Stroke], least: float) -> list[tuple[int, int]]:
    """White stretches between strokes from left to right, at least so wide."""
    gaps, edge = [], strokes[0].x1
    for _, stroke in pairwise(strokes):
        if stroke.x0 - edge >= least:
            gaps.append((edge, stroke.x0))
        edge = max(edge, stroke.x1)
    return gaps


def find_raised(band: Band) -> list[tuple[Stroke, ...]]:
    """Groups of small high strokes with nothing below them, such as the mark of a note."""
    high = [stroke for stroke in band.strokes if _is_raised(stroke, band)]
    groups: list[tuple[Stroke, ...]] = []
    for stroke in high:
        if groups and stroke.x0 - groups[-1][-1].x1 < 0.25 * band.tall:
            groups[-1] = (*groups[-1], stroke)
        else:
            groups.append((stroke,))
    return groups


def _is_raised(stroke: Stroke, band: Band) -> bool:
    over = band.base - stroke.y1
    is_small = 0.42 * band.tall < stroke.height < 0.75 * band.tall
    is_high = over > 0.2 * band.tall and band.base - stroke.y0 > 0.75 * band.tall
    if not (is_small and is_high):
        return False
    return not any(
        min(stroke.x1, other.x1) - max(stroke.x0, other.x0) > 0.3 * (stroke.x1 - stroke.x0)
        for other in band.strokes
        if other.y1 > stroke.y1 + 0.15 * band.tall and other.height > 0.5 * stroke.height
    )
