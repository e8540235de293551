"""What plots are drawn of, as SVG.

Every mark carries its colour as an attribute, so that a file is right by itself, and a class,
by which the page sets other colours for dark. Colours are of Okabe and Ito's palette, and
shape or dashes always say the same.

Source: Okabe and Ito, Color Universal Design, 2008.
"""

import math
from collections.abc import Callable, Sequence
from html import escape

from eval.tables import short

INK, QUIET, PAPER, RULE = "#1f2a35", "#525d69", "#fffefb", "#dcd6c9"
BLUE, VERMILLION = "#0072B2", "#D55E00"

WIDTH = 400
LEFT, RIGHT = 8, 392  # of what is drawn, in bars and forests


class Scale:
    """Numbers to pixels."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.high, self.start, self.end = low, high, start, end

    def __call__(self, value: float) -> float:
        """Where a number lies."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Whether it is on the axis."""
        return self.low <= value <= self.high

    def ticks(self) -> list[float]:
        """Round numbers, at most seven, none closer than three decimals can tell apart."""
        step = _step(max((self.high - self.low) / 6, 0.001))
        first = math.ceil(self.low / step - 1e-9)
        return [i * step for i in range(first, math.floor(self.high / step + 1e-9) + 1)]


def _step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20 … (or .1, .2, .5 …) that is not less."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * m for m in (1, 2, 5, 10) if power * m >= least * (1 - 1e-9))


def ceiling(value: float) -> float:
    """Where an axis from zero ends: at a tick, and at 1 for anything near it."""
    if value <= 0 or 0.8 < value <= 1:
        return 1.0
    step = _step(value / 5)
    return math.ceil(value / step - 1e-9) * step


def dot(x: float, y: float) -> str:
    """A mark for what is good."""
    return f'<circle class="better" cx="{x:.1f}" cy="{y:.1f}" r="5.5" fill="{BLUE}"/>'


def diamond(x: float, y: float) -> str:
    """A mark for what is neither good nor bad."""
    return (
        f'<path class="hollow" d="M{x:.1f} {y - 7:.1f}l7 7-7 7-7-7z" fill="{PAPER}" '
        f'stroke="{INK}" stroke-width="1.8"/>'
    )


def arrow(x: float, y: float, way: int) -> str:
    """Off the axis, to the left (-1) or the right (1)."""
    return (
        f'<path class="{"better" if way > 0 else "worse"}" d="M{x:.1f} {y:.1f}l{-12 * way} -6v12z" '
        f'fill="{BLUE if way > 0 else VERMILLION}"/>'
    )


def whisker(scale: Scale, y: float, low: float, high: float) -> str:
    """An interval."""
    left, right = scale(low), scale(high)
    path = f"M{left:.1f} {y - 5}v10m0 -5H{right:.1f}m0 -5v10"
    return f'<path class="ink" d="{path}" fill="none" stroke="{INK}" stroke-width="1.8"/>'


def axis(scale: Scale, y: float, written: Callable[[float], str] = short) -> str:
    """An axis at a height, with ticks and their numbers."""
    parts = [line(scale.start, y, scale.end, y, "quiet", QUIET)]
    for tick in scale.ticks():
        x = scale(tick)
        at_edge = "start" if x < LEFT + 12 else "end" if x > RIGHT - 3 else "middle"
        parts.append(line(x, y, x, y + 4, "quiet", QUIET))
        parts.append(text_at(x, y + 17, _tick(tick, written), at_edge, "quiet", QUIET))
    return "".join(parts)


def axis_name(scale: Scale, y: float, name: str) -> str:
    """What the axis at a height measures."""
    return text_at((scale.start + scale.end) / 2, y + 37, name, "middle", "ink", INK)


def _tick(value: float, written: Callable[[float], str] = short) -> str:
    if abs(value) < 1e-9:
        return "0"
    return written(value).rstrip("0").rstrip(".")


def grid(across: Scale, up: Scale, under: str, beside: str) -> str:
    """Both axes with ticks, their names, and faint lines at each height."""
    parts = []
    for tick in up.ticks():
        parts.append(line(across.start, up(tick), across.end, up(tick), "rule", RULE))
        parts.append(text_at(across.start - 6, up(tick) + 4, _tick(tick), "end", "quiet", QUIET))
    parts.append(axis(across, up.start))
    parts.append(axis_name(across, up.start, under))
    parts.append(
        f'<g transform="rotate(-90 12 {(up.start + up.end) / 2})">'
        + text_at(12, (up.start + up.end) / 2, beside, "middle", "ink", INK)
        + "</g>"
    )
    return "".join(parts)


def line(
    x1: float, y1: float, x2: float, y2: float, drawn: str, colour: str, dash: str = ""
) -> str:
    """A line from the first point to the second."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path class="{drawn}" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" fill="none" '
        f'stroke="{colour}"{dashes}/>'
    )


def text_at(x: float, y: float, text: str, anchor: str, drawn: str, colour: str) -> str:
    """Text that starts, ends or has its middle at a point."""
    return (
        f'<text class="{drawn}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
        f'fill="{colour}">{_escaped(text)}</text>'
    )


def image(name: str, title: str, description: str, height: float, marks: Sequence[str]) -> str:
    """The whole plot, with its title and its numbers in words for those who cannot see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'width="{WIDTH}" height="{height:.0f}" role="img" aria-labelledby="{name}-title" '
        f'aria-describedby="{name}-desc" font-family="\'Source Serif 4\', Georgia, serif" '
        f'font-size="14"><title id="{name}-title">{_escaped(title)}</title>'
        f'<desc id="{name}-desc">{_escaped(description)}</desc>'
        f'<rect class="paper" width="100%" height="100%" fill="{PAPER}"/>{"".join(marks)}</svg>'
    )


def _escaped(text: str) -> str:
    """Text that XML allows: system names come from people's files."""
    return escape("".join(sign for sign in text if sign.isprintable()))
