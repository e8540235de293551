"""How sure an answer is, and where that makes it weak or none.

confidence = 1 / (1 + exp(-(intercept + sum of weight * evidence))), a logistic regression: of
the answers with as much evidence, the share whose first paragraph answers. No weight is below
0, so more evidence never lowers it. `qa eval calibrate` fits it and writes the file beside
this.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from qa.search import Evidence

State = Literal["found", "weak", "not_found"]

CONFIDENCE_FILE = "confidence.json"


@dataclass(frozen=True, slots=True)
class Confidence:
    """From evidence to confidence, and from confidence to a state.

    Attributes:
        weights: of each piece of evidence, 0 or more.
        intercept: the log odds without any evidence.
        not_found_below: confidence below which an answer is not found, in [0, 1].
        weak_below: confidence below which it is weak.
    """

    weights: Evidence
    intercept: float
    not_found_below: float
    weak_below: float

    def of(self, evidence: Evidence) -> float:
        """The confidence that goes with this evidence, in [0, 1]."""
        log_odds = self.intercept + sum(
            weight * found for weight, found in zip(self.weights, evidence, strict=True)
        )
        return 1 / (1 + math.exp(-log_odds))

    def state(self, confidence: float) -> State:
        """What is said of an answer with this confidence."""
        if confidence < self.not_found_below:
            return "not_found"
        return "weak" if confidence < self.weak_below else "found"


@cache
def shipped_confidence() -> Confidence:
    """The confidence that ships."""
    fitted = json.loads(files("qa").joinpath(CONFIDENCE_FILE).read_text(encoding="utf-8"))
    return Confidence(
        Evidence(**fitted["weights"]),
        fitted["intercept"],
        fitted["not_found_below"],
        fitted["weak_below"],
    )
