"""Plots of an experiment as SVG.

Written by hand: four kinds of plot need a dozen kinds of lines between them, and a plotting
library would weigh more than the product.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.svg import (
    BLUE,
    INK,
    LEFT,
    QUIET,
    RIGHT,
    VERMILLION,
    Scale,
    arrow,
    axis,
    axis_name,
    ceiling,
    diamond,
    dot,
    grid,
    image,
    line,
    text_at,
    whisker,
)
from eval.tables import Experiment, difference, interval, number, short, signed

_ROW = 42  # height of a system
_FAR = 3  # a difference of so many times the median one runs off a forest's axis
_NAME_LENGTH = 30  # signs


def plots(experiment: Experiment) -> dict[str, str]:
    """Every plot that the experiment has numbers for, by the name of its file."""
    drawn = {}
    for measure in experiment["measures"]:
        drawn[f"bars-{slug(measure)}"] = bars(experiment, measure)
        if any(measure in system.get("comparison", {}) for system in _systems(experiment)):
            drawn[f"forest-{slug(measure)}"] = forest(experiment, measure)
    abstention = experiment.get("abstention", {})
    if abstention.get("risk_coverage"):
        drawn["risk-coverage"] = risk_coverage(
            abstention["risk_coverage"], abstention.get("coverage_at_risk", {})
        )
    if abstention.get("reliability"):
        drawn["reliability"] = reliability(abstention["reliability"])
    return drawn


def write_svgs(experiment: Experiment, folder: Path) -> list[Path]:
    """Write every plot as ``folder/name.svg``, which opens by itself.

    Returns:
        The files, in the order of the page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, svg in plots(experiment).items():
        path = folder / f"{name}.svg"
        path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{svg}\n', encoding="utf-8")
        paths.append(path)
    return paths


def slug(name: str) -> str:
    """A name as part of a file's or an element's name: ``ndcg-10``."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def bars(experiment: Experiment, measure: str) -> str:
    """One measure of every system: a bar from zero, and its interval."""
    estimates = {
        name: system["measures"][measure]
        for name, system in experiment["systems"].items()
        if measure in system["measures"]
    }
    top = ceiling(max((_high(estimate) for estimate in estimates.values()), default=1.0))
    scale = Scale(0, top, LEFT, RIGHT)
    marks, said, y = [], [], 8.0
    for name, estimate in estimates.items():
        is_baseline = name == experiment["baseline"]
        label = f"{_shortened(name)} (baseline)" if is_baseline else _shortened(name)
        marks.append(_label(label, interval(estimate), y))
        marks.append(_bar(scale, y + 21, estimate["mean"], is_baseline))
        if estimate.get("low") is not None:
            marks.append(whisker(scale, y + 27, estimate["low"], estimate["high"]))
        said.append(f"{name} {interval(estimate)}")
        y += _ROW
    marks.append(axis(scale, y) + axis_name(scale, y, measure))
    title = f"{measure} of each system, with 95% intervals"
    return image(f"bars-{slug(measure)}", title, "; ".join(said) + ".", y + 46, marks)


def forest(experiment: Experiment, measure: str) -> str:
    """One measure's difference of every system to the baseline, and its interval.

    A system that is far from the others is drawn as an arrow at the edge, so that it does
    not flatten them; its numbers stand beside its name.
    """
    baseline = experiment["baseline"]
    compared = {
        name: system["comparison"][measure]
        for name, system in experiment["systems"].items()
        if measure in system.get("comparison", {})
    }
    scale = _forest_scale(compared.values())
    marks, said, y = [], [], 8.0
    for name, found in compared.items():
        marks.append(_label(_shortened(name), difference(found), y))
        marks.append(line(scale(0), y + 17, scale(0), y + _ROW - 4, "ink", INK, dash="4 3"))
        marks.append(_difference(scale, y + 27, found))
        said.append(f"{name} {difference(found)}, {_verdict(found)}")
        y += _ROW
    has_far = any(not scale.holds(found["difference"]) for found in compared.values())
    marks += [
        axis(scale, y, signed),
        axis_name(scale, y, f"{measure}, difference to {_shortened(baseline)}"),
        _forest_key(y + 62, has_far),
    ]
    title = f"{measure}: difference to {baseline}, with 95% intervals"
    return image(f"forest-{slug(measure)}", title, "; ".join(said) + ".", y + 74, marks)


def risk_coverage(
    points: Sequence[tuple[float, float]], coverage_at_risk: Mapping[str, float | None]
) -> str:
    """How often answers are wrong, when only the surest share of questions is answered.

    Args:
        points: coverage and risk, both in [0, 1], by growing coverage.
        coverage_at_risk: the largest coverage at each risk.
    """
    across = Scale(0, 1, 48, 386)
    top = max([risk for _, risk in points] + [float(risk) for risk in coverage_at_risk])
    up = Scale(0, ceiling(top), 262, 14)
    marks = [grid(across, up, "share of questions answered (coverage)", "share wrong (risk)")]
    said = []
    for risk, coverage in coverage_at_risk.items():
        if coverage is None:
            continue
        x, y = across(coverage), up(float(risk))
        marks.append(line(across(0), y, x, y, "quiet", QUIET, dash="2 3"))
        marks.append(line(x, y, x, up(0), "quiet", QUIET, dash="2 3"))
        marks.append(diamond(x, y))
        side, anchor = (8, "start") if x < 300 else (-8, "end")
        label = f"{float(risk):.0%}: {short(coverage)}"
        marks.append(text_at(x + side, min(y + 17, up(0) - 4), label, anchor, "ink", INK))
        said.append(f"at a risk of {float(risk):.0%} it answers {coverage:.0%}")
    path = " ".join(f"{across(coverage):.1f},{up(risk):.1f}" for coverage, risk in points)
    curve = f'<polyline class="line" points="{path}" fill="none" stroke="{BLUE}" stroke-width="2"/>'
    marks.insert(1, curve)
    said.append(f"answering {points[-1][0]:.0%}, {points[-1][1]:.0%} are wrong")
    return image("risk-coverage", "Risk and coverage", _sentence(said), 306, marks)


def reliability(bins: Sequence[Mapping[str, Any]]) -> str:
    """How often answers of each confidence are right, with the number of questions.

    Args:
        bins: ``low``, ``high``, ``mean_confidence``, ``share_right`` and ``n`` of each.
    """
    across, up = Scale(0, 1, 48, 386), Scale(0, 1, 262, 14)
    marks = [
        grid(across, up, "confidence", "share right"),
        line(across(0), up(0), across(1), up(1), "ink", INK, dash="5 4"),
        text_at(44, 318, "n", "end", "quiet", QUIET),
        text_at(48, 340, "n of the bins from left to right", "start", "quiet", QUIET),
        text_at(
            48,
            358,
            "dashed: as often right as sure; bands: the gap",
            "start",
            "quiet",
            QUIET,
        ),
    ]
    said = []
    for position, found in enumerate(bins):
        # Bins may lie too close together for counts beneath each.
        slot = across((position + 0.5) / len(bins))
        marks.append(text_at(slot, 318, f"{found['n']:,}", "middle", "quiet", QUIET))
        if not found["n"]:
            continue
        marks.append(_bin(across, up, found))
        said.append(
            f"confidence {number(float(found['low']))} to {number(float(found['high']))}: "
            f"{found['n']} questions, {found['share_right']:.0%} right"
        )
    return image("reliability", "Reliability of the confidence", _sentence(said), 366, marks)


def _forest_scale(compared: Iterable[Mapping[str, float]]) -> Scale:
    found = list(compared)
    extents = sorted(max(abs(c["low"]), abs(c["high"])) for c in found)
    limit = _FAR * extents[len(extents) // 2] or 1.0
    near = [c for c in found if max(abs(c["low"]), abs(c["high"])) <= limit]
    low = min([0.0, *(c["low"] for c in near)])
    high = max([0.0, *(c["high"] for c in near)])
    margin = (high - low or 0.1) * 0.08
    return Scale(low - margin, high + margin, LEFT, RIGHT)


def _difference(scale: Scale, y: float, found: Mapping[str, Any]) -> str:
    low, high = max(found["low"], scale.low), min(found["high"], scale.high)
    value = found["difference"]
    if not scale.holds(value):
        return arrow(scale.start if value < 0 else scale.end, y, -1 if value < 0 else 1)
    return whisker(scale, y, low, high) + _mark(scale(value), y, _verdict(found))


def _verdict(found: Mapping[str, Any]) -> str:
    if not found["is_distinguishable"]:
        return "not distinguishable"
    return "better" if found["difference"] > 0 else "worse"


def _mark(x: float, y: float, verdict: str) -> str:
    if verdict == "better":
        return dot(x, y)
    if verdict == "worse":
        return (
            f'<rect class="worse" x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" '
            f'fill="{VERMILLION}"/>'
        )
    return diamond(x, y)


def _forest_key(y: float, has_far: bool) -> str:
    parts, x = [], LEFT + 6.0
    for verdict, width in (("better", 70), ("worse", 72), ("not distinguishable", 0)):
        parts.append(
            _mark(x, y - 4, verdict) + text_at(x + 12, y, verdict, "start", "quiet", QUIET)
        )
        x += width
    if has_far:
        parts.append(arrow(RIGHT - 78, y - 4, 1))
        parts.append(text_at(RIGHT, y, "off the axis", "end", "quiet", QUIET))
    return "".join(parts)


def _bin(across: Scale, up: Scale, found: Mapping[str, Any]) -> str:
    """A dot, the confidences it stands for, and a band to where it should be."""
    x, y = across(found["mean_confidence"]), up(found["share_right"])
    return (
        f'<path class="band" d="M{x:.1f} {y:.1f}V{up(found["mean_confidence"]):.1f}" '
        f'stroke="{BLUE}" stroke-width="8" stroke-opacity=".3"/>'
        + line(across(found["low"]), y, across(found["high"]), y, "ink", INK)
        + dot(x, y)
    )


def _bar(scale: Scale, y: float, value: float, is_baseline: bool) -> str:
    width = max(scale(value) - scale.start, 1)
    opacity, dashes = ("0", ' stroke-dasharray="4 3"') if is_baseline else (".3", "")
    return (
        f'<rect class="bar" x="{scale.start}" y="{y}" width="{width:.1f}" height="12" '
        f'fill="{BLUE}" fill-opacity="{opacity}" stroke="{BLUE}" stroke-width="1.5"{dashes}/>'
    )


def _label(name: str, numbers: str, y: float) -> str:
    return text_at(LEFT, y + 12, name, "start", "ink", INK) + text_at(
        RIGHT, y + 12, numbers, "end", "ink", INK
    )


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1]}…"


def _sentence(parts: Sequence[str]) -> str:
    text = "; ".join(parts) + "."
    return text[0].upper() + text[1:]


def _high(estimate: Mapping[str, float]) -> float:
    return estimate.get("high") or estimate["mean"]


def _systems(experiment: Experiment) -> list[Mapping[str, Any]]:
    return list(experiment["systems"].values())
