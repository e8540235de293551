"""Where confidence turns an answer into a weak one, or into none.

The numbers are chosen by `python -m eval.thresholds`, which writes the file beside this.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidence below which an answer is not found, or weak; both in [0, 1]."""

    not_found_below: float
    weak_below: float


@cache
def thresholds() -> Thresholds:
    """The thresholds that ship."""
    chosen = json.loads(files("qa").joinpath("thresholds.json").read_text(encoding="utf-8"))
    return Thresholds(chosen["not_found_below"], chosen["weak_below"])
