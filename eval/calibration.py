"""Fit how sure an answer is, on a collection: what `qa eval calibrate` does.

The target is whether the first cited paragraph answers, which is what a reader takes confidence
for; a question without an answer has none that does. The other target, whether there is an
answer at all, says nothing about what is shown, and is harder to tell: the questions that near
misses ask match the report as well as those that it answers.

No weight may be below 0. Otherwise a fit learns a habit of whoever wrote the unanswerable
questions: they reuse the report's words, so "matches well" comes to mean "refuse".

Two shapes are compared by cross-validation: the sum of cosine and MS, and all three pieces of
evidence, each with a weight of its own. The sum is kept unless the other is better beyond luck
(its log loss lower by more than two standard errors of the paired difference), for each piece
sees what the other misses: which of them to trust on questions of another subject, a collection
with few of these cannot say.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize  # type: ignore[import-untyped]

from eval.abstention import (
    ANSWERABLE,
    Bools,
    Floats,
    Judged,
    KindQuality,
    auroc,
    brier,
    by_kind,
    ece,
    ece_by_luck,
)
from eval.collection import CORPUS_ID, Collection, check_judged
from index.errors import ReportQaError
from index.library import BUNDLED_REPORT, Library
from qa.confidence import CONFIDENCE_FILE, Confidence
from qa.language import unknown_language
from qa.search import RANKING, Evidence, encode_queries, rank_together

_SHAPES = {
    "sum": np.array([[1.0], [1.0], [0.0]]),  # cosine and MS count the same, BM25 not
    "free": np.eye(len(Evidence._fields)),
}
_STANDARD_ERRORS = 2.0

# Keeps weights finite where evidence tells right from wrong without a mistake; too little to
# be seen elsewhere.
_RIDGE = 0.01

_N_FOLDS = 10
_SEED = 0

_TURNED_AWAY, _CALLED_WEAK = 0.05, 0.15  # at most, of the answerable questions
_STEP = 0.001


class CalibrationError(ReportQaError):
    """A collection cannot be calibrated on."""


class Weighed(NamedTuple):
    """One question, with the evidence for its answer and whether that was right.

    Attributes:
        query_id: as in the collection.
        evidence: of the ranking.
        is_right: whether the first paragraph answers.
        kind: ``"answerable"``, or why it has no answer.
        is_read: whether the encoder seems to know its language; where not, the product shows
            no confidence, whatever the evidence.
    """

    query_id: str
    evidence: Evidence
    is_right: bool
    kind: str
    is_read: bool = True


class FitQuality(NamedTuple):
    """How good a shape is on questions that it was not fitted on."""

    auroc: float | None
    ece: float
    ece_by_luck: float
    brier: float
    log_loss: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted confidence, and how it came about.

    Attributes:
        confidence: what was fitted, with its thresholds.
        collection: name of the collection.
        collection_sha256: of everything in it.
        report_id: the report that was asked.
        encoder: its name.
        encoder_sha256: its fingerprint.
        ranking: version of the ranking that gave the evidence.
        n: of questions.
        n_right: of them, rightly answered.
        shape: which shape was kept, ``"sum"`` or ``"free"``.
        cross_validated: each shape on questions that it was not fitted on.
        by_kind: what confidence and thresholds do to each kind of question.
    """

    confidence: Confidence
    collection: str
    collection_sha256: str
    report_id: str
    encoder: str
    encoder_sha256: str
    ranking: str
    n: int
    n_right: int
    shape: str
    cross_validated: dict[str, FitQuality]
    by_kind: dict[str, KindQuality]

    def as_json(self) -> dict[str, Any]:
        """What the product reads, and under ``provenance`` where it comes from."""
        confidence = asdict(self.confidence)
        provenance = asdict(self)
        del provenance["confidence"]
        return {
            **confidence,
            "weights": self.confidence.weights._asdict(),
            "provenance": {
                "command": f"qa eval calibrate {self.collection}",
                "target": "the first cited paragraph answers",
                "thresholds": f"answerable: at most {_TURNED_AWAY} not found, at most "
                f"{_CALLED_WEAK} not found or weak, in steps of {_STEP}",
                "cross_validation": f"{_N_FOLDS} folds, seed {_SEED}; bins of equal mass",
                **provenance,
                "cross_validated": _as_rounded(self.cross_validated),
                "by_kind": _as_rounded(self.by_kind),
            },
        }


def _as_rounded(named: Mapping[str, FitQuality | KindQuality]) -> dict[str, dict[str, Any]]:
    """Rows as objects; the fourth digit depends on the processor."""
    return {
        name: {
            field: round(value, 3) if isinstance(value, float) else value
            for field, value in row._asdict().items()
        }
        for name, row in named.items()
    }


def calibrate(
    library: Library, collection: Collection, report_id: str = BUNDLED_REPORT
) -> Calibration:
    """Fit the confidence on a collection.

    Args:
        library: where its paragraphs are.
        collection: with and without unanswerable questions.
        report_id: the report to ask, for a collection that brings no paragraphs.
    Raises:
        CalibrationError: too few questions are answered rightly, or too few wrongly.
        CollectionError: the collection was made for another report.
    """
    if collection.corpus is not None:
        report_id = CORPUS_ID
    check_judged(collection, library.report(report_id))
    weighed = weigh_questions(library, collection, report_id)
    confidence, shape, cross_validated = fit_confidence(weighed)
    judged = _judge(weighed, confidence)
    return Calibration(
        confidence=confidence,
        collection=collection.name,
        collection_sha256=collection.content_hash,
        report_id=report_id,
        encoder=library.encoder.name,
        encoder_sha256=library.encoder.fingerprint,
        ranking=RANKING,
        n=len(weighed),
        n_right=sum(each.is_right for each in weighed),
        shape=shape,
        cross_validated=cross_validated,
        by_kind=by_kind(
            judged,
            not_found_below=confidence.not_found_below,
            weak_below=confidence.weak_below,
        ),
    )


def write_calibration(calibration: Calibration, path: Path | None = None) -> Path:
    """Write a calibration as JSON; by default where the product reads it."""
    path = path or Path(str(files("qa").joinpath(CONFIDENCE_FILE)))
    path.write_text(json.dumps(calibration.as_json(), indent=2) + "\n", encoding="utf-8")
    return path


def weigh_questions(library: Library, collection: Collection, report_id: str) -> list[Weighed]:
    """Rank for every question of a collection, the answerable first."""
    kinds = dict.fromkeys(collection.queries, ANSWERABLE)
    kinds |= {question.query_id: question.kind for question in collection.unanswerable}
    texts = collection.queries | {each.query_id: each.text for each in collection.unanswerable}
    index = library.index()
    queries = encode_queries(library.encoder, list(texts.values()))
    weighed = []
    for query_id, query in zip(texts, queries, strict=True):
        ranking, evidence = rank_together(index, [query], 1, [report_id])
        (first,) = index.paragraphs([ranking[0][0]])
        is_right = collection.qrels.get(query_id, {}).get(first.number, 0) >= 1
        is_read = not unknown_language(query.text, query.encoding, library.encoder.languages)
        weighed.append(Weighed(query_id, evidence, is_right, kinds[query_id], is_read))
    return weighed


def fit_confidence(
    weighed: Sequence[Weighed],
) -> tuple[Confidence, str, dict[str, FitQuality]]:
    """Fit weights, intercept and thresholds.

    Returns:
        The confidence, the shape that was kept, and how good each shape is on questions
        that it was not fitted on.
    Raises:
        CalibrationError: too few questions are answered rightly, or too few wrongly.
    """
    read = [each for each in weighed if each.is_read]
    evidence = np.array([each.evidence for each in read], np.float64)
    is_right = np.array([each.is_right for each in read], bool)
    _check_enough(is_right)
    predicted = {
        shape: cross_validate(partial(fit_logistic, shape=matrix), evidence, is_right)
        for shape, matrix in _SHAPES.items()
    }
    shape = _choose_shape(predicted, is_right)
    weights, intercept = fit_logistic(evidence, is_right, shape=_SHAPES[shape])
    fitted = Confidence(
        Evidence(*(round(float(weight), 3) for weight in weights)), round(intercept, 3), 0.0, 0.0
    )
    shown = [each.confidence for each in _judge(weighed, fitted) if each.kind == ANSWERABLE]
    not_found_below, weak_below = choose_thresholds(np.array(shown))
    confidence = Confidence(fitted.weights, fitted.intercept, not_found_below, weak_below)
    return confidence, shape, {name: _quality(p, is_right) for name, p in predicted.items()}


def fit_logistic(evidence: Floats, is_right: Bools, *, shape: Floats) -> tuple[Floats, float]:
    """Maximum likelihood of a logistic regression whose weights are not below 0.

    Args:
        evidence: shape (n, n_pieces).
        is_right: shape (n,).
        shape: how each weight that is fitted spreads over the pieces of evidence, not below
            0, shape (n_pieces, n_weights).
    Returns:
        The weight of each piece, shape (n_pieces,), and the intercept.
    """
    columns = np.column_stack([evidence @ shape, np.ones(len(evidence))])
    n_weights = shape.shape[1]

    def loss(parameters: Floats) -> tuple[float, Floats]:
        log_odds = columns @ parameters
        penalised = np.append(parameters[:n_weights], 0.0)
        value = np.mean(np.logaddexp(0, log_odds) - is_right * log_odds)
        value += _RIDGE / len(columns) * float(penalised @ penalised) / 2
        slope = columns.T @ (1 / (1 + np.exp(-log_odds)) - is_right) / len(columns)
        return float(value), slope + _RIDGE / len(columns) * penalised

    bounds = [(0.0, None)] * n_weights + [(None, None)]
    start = np.append(np.ones(n_weights), 0.0)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", tol=1e-12)
    return shape @ found.x[:n_weights], float(found.x[n_weights])


Fit = Callable[[Floats, Bools], tuple[Floats, float]]


def cross_validate(fit: Fit, evidence: Floats, is_right: Bools) -> Floats:
    """The confidence of each question by a fit on the other folds.

    Folds hold right and wrong answers in proportion.

    Returns:
        Shape (n,), each in (0, 1).
    """
    folds = _folds(is_right)
    predicted = np.zeros(len(is_right))
    for fold in range(_N_FOLDS):
        held_out = folds == fold
        weights, intercept = fit(evidence[~held_out], is_right[~held_out])
        predicted[held_out] = 1 / (1 + np.exp(-(evidence[held_out] @ weights + intercept)))
    return predicted


def choose_thresholds(answerable: Floats) -> tuple[float, float]:
    """Where confidence makes an answer not found, and where weak.

    As high as can be while at most 5 in 100 answerable questions are not found and at most
    15 in 100 not found or weak.

    Args:
        answerable: confidences of the answerable questions.
    """
    steps = np.arange(0.0, 1.0, _STEP)
    not_found_below, weak_below = (
        round(float(max(step for step in steps if (answerable < step).mean() <= share)), 3)
        for share in (_TURNED_AWAY, _CALLED_WEAK)
    )
    return not_found_below, weak_below


def _check_enough(is_right: Bools) -> None:
    n_right = int(is_right.sum())
    n_wrong = len(is_right) - n_right
    if min(n_right, n_wrong) < _N_FOLDS:
        raise CalibrationError(
            f"the first cited paragraph answers {n_right} questions and fails {n_wrong}, "
            f"calibrating needs {_N_FOLDS} of each: add questions, or unanswerable.jsonl"
        )


def _folds(is_right: Bools) -> npt.NDArray[np.int64]:
    """The fold of each question, by chance, right and wrong ones dealt out in turn."""
    order = np.random.default_rng(_SEED).permutation(len(is_right))
    order = order[np.argsort(is_right[order], kind="stable")]
    folds = np.zeros(len(is_right), np.int64)
    folds[order] = np.arange(len(is_right)) % _N_FOLDS
    return folds


def _choose_shape(predicted: Mapping[str, Floats], is_right: Bools) -> str:
    gain = _log_losses(predicted["sum"], is_right) - _log_losses(predicted["free"], is_right)
    standard_error = float(gain.std(ddof=1)) / np.sqrt(len(gain))
    return "free" if gain.mean() > _STANDARD_ERRORS * standard_error else "sum"


def _quality(predicted: Floats, is_right: Bools) -> FitQuality:
    return FitQuality(
        auroc(predicted, is_right),
        ece(predicted, is_right),
        ece_by_luck(predicted, seed=_SEED),
        brier(predicted, is_right),
        float(_log_losses(predicted, is_right).mean()),
    )


def _log_losses(predicted: Floats, is_right: Bools) -> Floats:
    return -np.log(np.where(is_right, predicted, 1 - predicted))


def _judge(weighed: Sequence[Weighed], confidence: Confidence) -> list[Judged]:
    """What the product shows."""
    return [
        Judged(
            each.query_id,
            confidence.of(each.evidence) if each.is_read else 0.0,
            each.is_right,
            each.kind,
        )
        for each in weighed
    ]
