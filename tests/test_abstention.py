import json

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score  # type: ignore[import-untyped]

from eval.abstention import (
    Judged,
    aurc,
    auroc,
    brier,
    coverage_at_risk,
    ece,
    ece_by_luck,
    measure_abstention,
    reliability_bins,
    risk_coverage,
)

# Surest first: right, wrong, right, right, wrong.
_CONFIDENCE = np.array([0.9, 0.8, 0.6, 0.5, 0.2])
_IS_RIGHT = np.array([True, False, True, True, False])


def test_auroc_matches_pairs_counted_by_hand() -> None:
    """3 right times 2 wrong are 6 pairs; .6 and .5 lose to .8."""
    assert auroc(_CONFIDENCE, _IS_RIGHT) == pytest.approx(4 / 6)
    assert auroc(np.array([0.5, 0.5]), np.array([True, False])) == 0.5


@pytest.mark.parametrize("is_right", [[True, True], [False, False], []])
def test_auroc_needs_right_and_wrong(is_right: list[bool]) -> None:
    assert auroc(np.zeros(len(is_right)), np.array(is_right, bool)) is None


@pytest.mark.parametrize("seed", range(20))
def test_auroc_and_brier_agree_with_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    is_right = np.append(random.random(48) < 0.6, [True, False])
    confidence = random.random(50).round(1)  # with ties
    assert auroc(confidence, is_right) == pytest.approx(roc_auc_score(is_right, confidence))
    assert brier(confidence, is_right) == pytest.approx(brier_score_loss(is_right, confidence))


def test_risk_and_coverage_match_values_worked_by_hand() -> None:
    coverage, risk = risk_coverage(_CONFIDENCE, _IS_RIGHT)
    assert coverage == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert risk == pytest.approx([0, 1 / 2, 1 / 3, 1 / 4, 2 / 5])
    assert aurc(_CONFIDENCE, _IS_RIGHT) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 4 + 2 / 5) / 5)


def test_equal_confidences_are_answered_together_in_no_order() -> None:
    confidence = np.array([0.9, 0.5, 0.5])
    orders = [np.array([True, False, True]), np.array([True, True, False])]
    for is_right in orders:
        coverage, risk = risk_coverage(confidence, is_right)
        assert coverage.tolist() == pytest.approx([1 / 3, 1])
        assert risk.tolist() == pytest.approx([0, 1 / 3])
        assert aurc(confidence, is_right) == pytest.approx((0 + 0.5 / 2 + 1 / 3) / 3)


@pytest.mark.parametrize(("limit", "coverage"), [(0.1, 0.2), (0.25, 0.8), (0.4, 1.0), (0.0, 0.2)])
def test_coverage_at_a_risk_is_the_largest(limit: float, coverage: float) -> None:
    assert coverage_at_risk(_CONFIDENCE, _IS_RIGHT, limit) == pytest.approx(coverage)


def test_there_is_no_coverage_where_the_surest_is_wrong() -> None:
    assert coverage_at_risk(np.array([0.9, 0.1]), np.array([False, True]), 0.2) is None


def test_calibration_error_matches_bins_worked_by_hand() -> None:
    """Two bins: mean .35 with 1 of 2 right; mean .7 with 1 of 3 right."""
    confidence = np.array([0.2, 0.5, 0.6, 0.7, 0.8])
    is_right = np.array([False, True, False, True, False])
    low, high = reliability_bins(confidence, is_right, 2)
    assert low == pytest.approx((0.2, 0.5, 0.35, 0.5, 2))
    assert high == pytest.approx((0.6, 0.8, 0.7, 1 / 3, 3))
    expected = 2 / 5 * abs(0.35 - 0.5) + 3 / 5 * abs(0.7 - 1 / 3)
    assert ece(confidence, is_right, 2) == pytest.approx(expected)


def test_bins_hold_as_many_questions_each_and_every_one() -> None:
    confidence = np.random.default_rng(1).random(100)
    assert [found.n for found in reliability_bins(confidence, confidence > 0.5)] == [10] * 10
    (all_alike,) = reliability_bins(np.full(7, 0.5), np.ones(7, bool))
    assert all_alike == (0.5, 0.5, 0.5, 1.0, 7)


def test_luck_alone_leaves_an_error_that_more_questions_lower() -> None:
    few, many = (ece_by_luck(np.full(n, 0.5), n_bins=1) for n in (100, 10_000))
    # mean of |share - 1/2| over n fair coins: sqrt(2 / pi) / (2 sqrt(n))
    assert few == pytest.approx(0.0399, abs=0.003)
    assert many == pytest.approx(0.00399, abs=0.0003)
    assert ece_by_luck(np.array([0.0, 1.0])) == 0.0


def test_kinds_are_set_against_the_answerable() -> None:
    judged = [
        Judged("1", 0.9, True),
        Judged("2", 0.4, False),
        Judged("3", 0.6, False, "near"),
        Judged("4", 0.1, False, "far"),
        Judged("5", 0.45, False, "far"),
    ]
    found = measure_abstention(judged, not_found_below=0.42, weak_below=0.5)
    assert list(found.by_kind) == ["answerable", "far", "near"]
    assert found.by_kind["answerable"] == (2, None, 0.5, 0.5)
    assert found.by_kind["far"] == (2, 3 / 4, 0.5, 1.0)
    assert found.by_kind["near"] == (1, 1 / 2, 0.0, 0.0)
    assert (found.n, found.n_right, found.auroc) == (5, 1, 1.0)
    assert found.aurc == pytest.approx(found.aurc_best)
    assert found.aurc_best == pytest.approx((0 + 1 / 2 + 2 / 3 + 3 / 4 + 4 / 5) / 5)
    assert found.aurc_random == 0.8
    assert found.coverage_at_risk == {"0.05": 0.2, "0.10": 0.2, "0.20": 0.2}
    assert sum(each.n for each in found.reliability) == 5


def test_json_holds_everything_under_its_name() -> None:
    judged = [Judged("1", 0.9, True), Judged("2", 0.4, False, "far")]
    found = measure_abstention(judged, not_found_below=0.5, weak_below=0.6).as_json()
    read = json.loads(json.dumps(found))
    assert read["risk_coverage"] == [[0.5, 0.0], [1.0, 0.5]]
    assert read["by_kind"]["far"]["turned_away"] == 1.0
    assert read["reliability"][0]["share_right"] == 0.0
    assert read["auroc"] == 1.0


def test_nothing_to_measure_is_refused() -> None:
    with pytest.raises(ValueError, match="no questions to measure: expected at least one"):
        measure_abstention([], not_found_below=0.5, weak_below=0.6)
