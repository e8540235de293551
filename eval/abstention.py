"""How well confidence tells right answers from wrong ones, and so when not to answer.

An answer is right if the paragraph that it cites first is relevant; one to a question that has
no answer is wrong. Risk is the share of wrong answers among those that are given, coverage the
share of questions that are given one.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

ANSWERABLE = "answerable"
RISKS = (0.05, 0.10, 0.20)
N_BINS = 10

_SIMULATIONS = 1_000


class Judged(NamedTuple):
    """One question, with how sure its answer was and whether it was right."""

    query_id: str
    confidence: float  # in [0, 1]
    is_right: bool
    kind: str = ANSWERABLE  # or why it has no answer: near, false-premise, far


class Bin(NamedTuple):
    """Answers of about one confidence.

    Attributes:
        low: the least confidence.
        high: the greatest.
        mean_confidence: in [0, 1].
        share_right: in [0, 1].
        n: of questions, 1 or more.
    """

    low: float
    high: float
    mean_confidence: float
    share_right: float
    n: int


class KindQuality(NamedTuple):
    """How confidence treats one kind of question.

    Attributes:
        n: of questions.
        auroc: how often an answerable question is surer than one of these; None for the
            answerable ones themselves, and where there are none.
        turned_away: share whose answer is not found.
        turned_away_or_weak: share whose answer is not found or weak.
    """

    n: int
    auroc: float | None
    turned_away: float
    turned_away_or_weak: float


@dataclass(frozen=True, slots=True)
class Abstention:
    """What the confidence of answers is worth.

    Attributes:
        n: of questions.
        n_right: of them, rightly answered.
        auroc: how often a right answer is surer than a wrong one; None without both.
        aurc: area under the risk-coverage curve; smaller is better.
        aurc_random: what it is when confidence says nothing: the share of wrong answers.
        aurc_best: what it is when every right answer is surer than every wrong one.
        ece: expected calibration error, see `ece`.
        ece_by_luck: what it is on average for perfect confidence and as many questions.
        brier: mean squared difference of confidence and rightness.
        risk_coverage: coverage and risk, by growing coverage.
        coverage_at_risk: the largest coverage within each risk; None where even the surest
            answers are wrong more often.
        reliability: bins for a reliability plot, by growing confidence.
        by_kind: each kind of question, the answerable first.
    """

    n: int
    n_right: int
    auroc: float | None
    aurc: float
    aurc_random: float
    aurc_best: float
    ece: float
    ece_by_luck: float
    brier: float
    risk_coverage: tuple[tuple[float, float], ...]
    coverage_at_risk: dict[str, float | None]
    reliability: tuple[Bin, ...]
    by_kind: dict[str, KindQuality]

    def as_json(self) -> dict[str, Any]:
        """Everything, in types that JSON holds."""
        return {
            **asdict(self),
            "reliability": [found._asdict() for found in self.reliability],
            "by_kind": {kind: found._asdict() for kind, found in self.by_kind.items()},
        }


def measure_abstention(
    judged: Sequence[Judged], *, not_found_below: float, weak_below: float, seed: int = 0
) -> Abstention:
    """Measure confidence against rightness.

    Args:
        judged: the questions, answerable or not.
        not_found_below: the confidence below which an answer is not found.
        weak_below: the confidence below which it is weak.
        seed: of the simulation behind ``ece_by_luck``.
    Raises:
        ValueError: there are no questions.
    """
    if not judged:
        raise ValueError("no questions to measure: expected at least one")
    confidence = np.array([each.confidence for each in judged], np.float64)
    is_right = np.array([each.is_right for each in judged], bool)
    coverage, risk = risk_coverage(confidence, is_right)
    return Abstention(
        n=len(judged),
        n_right=int(is_right.sum()),
        auroc=auroc(confidence, is_right),
        aurc=aurc(confidence, is_right),
        aurc_random=float(1 - is_right.mean()),
        aurc_best=aurc(is_right.astype(np.float64), is_right),
        ece=ece(confidence, is_right),
        ece_by_luck=ece_by_luck(confidence, seed=seed),
        brier=brier(confidence, is_right),
        risk_coverage=tuple(zip(coverage.tolist(), risk.tolist(), strict=True)),
        coverage_at_risk={
            f"{limit:.2f}": coverage_at_risk(confidence, is_right, limit) for limit in RISKS
        },
        reliability=tuple(reliability_bins(confidence, is_right)),
        by_kind=by_kind(judged, not_found_below=not_found_below, weak_below=weak_below),
    )


def auroc(confidence: Floats, is_right: Bools) -> float | None:
    """Probability that a right answer is surer than a wrong one, a tie counting half.

    Returns:
        In [0, 1]; None where all are right or all are wrong.
    Source: Mann and Whitney, Annals of Mathematical Statistics 1947.
    """
    n_right = int(is_right.sum())
    n_wrong = len(is_right) - n_right
    if not n_right or not n_wrong:
        return None
    _, group, counts = np.unique(confidence, return_inverse=True, return_counts=True)
    mean_ranks = np.cumsum(counts) - (counts - 1) / 2  # 1-based, ties share theirs
    rank_sum = float(mean_ranks[group][is_right].sum())
    return (rank_sum - n_right * (n_right + 1) / 2) / (n_right * n_wrong)


def risk_coverage(confidence: Floats, is_right: Bools) -> tuple[Floats, Floats]:
    """The risk at every coverage that a threshold on confidence can reach.

    Returns:
        Coverage, growing to 1, and the risk at each. Equal confidences are answered together.
    Source: Geifman and El-Yaniv, NIPS 2017.
    """
    values, group, counts = np.unique(-confidence, return_inverse=True, return_counts=True)
    wrong = np.bincount(group, weights=~is_right, minlength=len(values))
    answered = np.cumsum(counts)
    return answered / len(confidence), np.cumsum(wrong) / answered


def aurc(confidence: Floats, is_right: Bools) -> float:
    """Area under the risk-coverage curve: the mean risk over answering the surest 1, 2, ... n.

    Equal confidences count in no order: each as wrong as they are on average.

    Source: Geifman and El-Yaniv, NIPS 2017.
    """
    values, group, counts = np.unique(-confidence, return_inverse=True, return_counts=True)
    shares = np.bincount(group, weights=~is_right, minlength=len(values)) / counts
    wrong = np.cumsum(np.repeat(shares, counts))
    return float(np.mean(wrong / np.arange(1, len(confidence) + 1)))


def coverage_at_risk(confidence: Floats, is_right: Bools, limit: float) -> float | None:
    """The largest coverage with at most this risk; None where there is none."""
    coverage, risk = risk_coverage(confidence, is_right)
    within = coverage[risk <= limit]
    return float(within.max()) if len(within) else None


def reliability_bins(confidence: Floats, is_right: Bools, n_bins: int = N_BINS) -> list[Bin]:
    """Bins with as many questions each as equal confidences allow, by growing confidence.

    Equal mass rather than equal width, since confidences lie close together: bins of equal
    width would leave most of them to a few questions, whose shares mean little.

    Source: Guo et al., ICML 2017; equal mass: Nguyen and O'Connor, EMNLP 2015.
    """
    places = _places(confidence, n_bins)
    return [
        Bin(
            float(confidence[inside].min()),
            float(confidence[inside].max()),
            float(confidence[inside].mean()),
            float(is_right[inside].mean()),
            int(inside.sum()),
        )
        for inside in (places == place for place in np.unique(places))
    ]


def ece(confidence: Floats, is_right: Bools, n_bins: int = N_BINS) -> float:
    """Expected calibration error: how far confidence is from the share right, in [0, 1].

    The mean over `reliability_bins` of |mean confidence - share right|, weighted by n.

    Source: Guo et al., ICML 2017, with bins of equal mass.
    """
    return _ece(confidence, is_right, _places(confidence, n_bins))


def _ece(confidence: Floats, is_right: Bools, places: Ints) -> float:
    gaps = np.bincount(places, weights=confidence - is_right)  # n times the gap of the means
    return float(np.abs(gaps).sum()) / len(confidence)


def _places(confidence: Floats, n_bins: int) -> Ints:
    """The bin of each question, 0-based."""
    edges = np.quantile(confidence, np.arange(1, n_bins) / n_bins, method="higher")
    return np.searchsorted(edges, confidence, side="right")


def ece_by_luck(confidence: Floats, *, seed: int = 0, n_bins: int = N_BINS) -> float:
    """The ECE to expect of perfect confidence: answers are right as often as it says.

    Few questions leave a bin's share to chance, so no ECE below this is to be hoped for.

    Source: Vaicenavicius et al., AISTATS 2019.
    """
    random = np.random.default_rng(seed)
    simulated = random.random((_SIMULATIONS, len(confidence))) < confidence
    places = _places(confidence, n_bins)
    return float(np.mean([_ece(confidence, is_right, places) for is_right in simulated]))


def brier(confidence: Floats, is_right: Bools) -> float:
    """Mean squared difference of confidence and rightness, in [0, 1]; smaller is better.

    Source: Brier, Monthly Weather Review 1950.
    """
    return float(np.mean((confidence - is_right) ** 2))


def by_kind(
    judged: Sequence[Judged], *, not_found_below: float, weak_below: float
) -> dict[str, KindQuality]:
    """How confidence treats each kind of question, the answerable first."""
    kinds = sorted({each.kind for each in judged}, key=lambda kind: (kind != ANSWERABLE, kind))
    confidences = {
        kind: np.array([each.confidence for each in judged if each.kind == kind]) for kind in kinds
    }
    answerable = confidences.get(ANSWERABLE, np.zeros(0))
    return {
        kind: KindQuality(
            len(found),
            None if kind == ANSWERABLE else _auroc_between(answerable, found),
            float((found < not_found_below).mean()),
            float((found < weak_below).mean()),
        )
        for kind, found in confidences.items()
    }


def _auroc_between(answerable: Floats, others: Floats) -> float | None:
    is_answerable = np.arange(len(answerable) + len(others)) < len(answerable)
    return auroc(np.concatenate([answerable, others]), is_answerable)
