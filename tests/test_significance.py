import random
from itertools import product
from statistics import fmean, stdev

import numpy as np
import pytest
from scipy import stats

from eval.significance import (
    Interval,
    SignificanceError,
    bootstrap_mean,
    compare,
    holm,
)


def _values(n_queries: int, *, seed: int, gain: float = 0.0) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    values = np.clip(rng.normal(0.5 + gain, 0.2, n_queries), 0, 1)
    return {f"q{i}": value for i, value in enumerate(values.tolist())}


def test_the_exact_test_agrees_with_scipy() -> None:
    system, baseline = _values(9, seed=1, gain=0.15), _values(9, seed=2)
    ours = compare({"b": baseline, "s": system}, "b", measure="AP", seed=3)["s"]
    pair = (list(system.values()), list(baseline.values()))
    theirs = stats.permutation_test(
        pair, lambda x, y, axis: (x - y).mean(axis=axis), permutation_type="samples"
    )
    assert ours.p_value == pytest.approx(theirs.pvalue, abs=1e-12)
    assert ours.difference == pytest.approx(theirs.statistic)


def test_a_p_value_worked_by_hand() -> None:
    # Of the flips of 3, 1 and 1, only all plus (5) and all minus (-5) are as far from 0 as 5;
    # the query without a difference changes nothing.
    per_query = {
        "b": {"q1": 0.0, "q2": 0.0, "q3": 0.0, "q4": 0.7},
        "s": {"q1": 0.3, "q2": 0.1, "q3": 0.1, "q4": 0.7},
    }
    assert compare(per_query, "b", measure="AP", seed=0)["s"].p_value == 2 / 8


def test_equal_sums_in_another_order_are_as_far() -> None:
    # 0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1 in floating point; every flip is counted by value.
    differences = [0.1, 0.2, 0.3, -0.6, 0.7]
    per_query = {
        "b": {str(i): 0.0 for i in range(5)},
        "s": {str(i): value for i, value in enumerate(differences)},
    }
    tenths = [1, 2, 3, -6, 7]
    as_far = [
        abs(sum(s * t for s, t in zip(signs, tenths, strict=True))) >= 7
        for signs in product((1, -1), repeat=5)
    ]
    assert compare(per_query, "b", measure="AP", seed=0)["s"].p_value == fmean(as_far)


def test_the_sampled_test_agrees_with_scipy() -> None:
    system, baseline = _values(60, seed=1, gain=0.05), _values(60, seed=2)
    ours = compare({"b": baseline, "s": system}, "b", measure="AP", seed=3)["s"]
    theirs = stats.permutation_test(
        (list(system.values()), list(baseline.values())),
        lambda x, y, axis: (x - y).mean(axis=axis),
        permutation_type="samples",
        n_resamples=20_000,
        rng=np.random.default_rng(4),
    )
    assert 0.02 < ours.p_value < 0.9
    assert ours.p_value == pytest.approx(theirs.pvalue, abs=0.02)


def test_a_sampled_p_value_is_never_0() -> None:
    per_query = {"b": dict.fromkeys(map(str, range(50)), 0.0), "s": _values(50, seed=1)}
    per_query["s"] = dict(zip(per_query["b"], per_query["s"].values(), strict=True))
    assert compare(per_query, "b", measure="AP", seed=0, n=999)["s"].p_value == 1 / 1000


def test_intervals_agree_with_scipy() -> None:
    system, baseline = _values(80, seed=5, gain=0.1), _values(80, seed=6)
    differences = [system[q] - baseline[q] for q in system]
    ours = compare({"b": baseline, "s": system}, "b", measure="AP", seed=7)["s"]
    theirs = stats.bootstrap(
        (differences,), np.mean, method="percentile", rng=np.random.default_rng(8)
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.004)
    mean, low, high = bootstrap_mean(differences, seed=7)
    assert (mean, low, high) == pytest.approx((ours.difference, ours.low, ours.high), abs=1e-12)
    assert mean == pytest.approx(fmean(differences))


def test_the_effect_size_is_in_standard_deviations() -> None:
    system, baseline = _values(30, seed=5, gain=0.1), _values(30, seed=6)
    differences = [system[q] - baseline[q] for q in system]
    found = compare({"b": baseline, "s": system}, "b", measure="AP", seed=7)["s"].effect_size
    assert found == pytest.approx(fmean(differences) / stdev(differences))


@pytest.mark.parametrize(
    ("p_values", "corrected"),
    [
        ([], []),
        ([0.03], [0.03]),
        # Sorted .01 .02 .03 .04, times 4 3 2 1: .04 .06 .06 .04, which may not fall: .06.
        ([0.02, 0.01, 0.04, 0.03], [0.06, 0.04, 0.06, 0.06]),
        ([0.9, 0.5], [1.0, 1.0]),
        ([0.001, 0.001], [0.002, 0.002]),
    ],
)
def test_holm_matches_corrections_worked_by_hand(
    p_values: list[float], corrected: list[float]
) -> None:
    assert holm(p_values) == pytest.approx(corrected)


def test_no_difference_is_not_distinguishable() -> None:
    same = _values(40, seed=1)
    found = compare({"b": same, "s": dict(same)}, "b", measure="AP", seed=2)["s"]
    assert (found.difference, found.low, found.high) == (0, 0, 0)
    assert (found.p_value, found.p_holm, found.is_distinguishable) == (1, 1, False)
    assert found.effect_size is None


def test_a_clear_difference_is_distinguishable_and_keeps_its_sign() -> None:
    per_query = {
        "worse": _values(60, seed=1, gain=-0.3),
        "b": _values(60, seed=2),
        "better": _values(60, seed=3, gain=0.3),
    }
    found = compare(per_query, "b", measure="AP", seed=2)
    assert list(found) == ["worse", "better"]
    assert found["worse"].low < found["worse"].difference < found["worse"].high < 0
    assert 0 < found["better"].low < found["better"].difference < found["better"].high
    assert all(comparison.is_distinguishable for comparison in found.values())
    better = found["better"]
    assert (better.system, better.baseline, better.measure) == ("better", "b", "AP")
    assert better.p_holm == 2 * better.p_value


def test_the_seed_decides_and_other_systems_do_not() -> None:
    per_query = {name: _values(40, seed=i) for i, name in enumerate(("b", "s", "t"))}
    first = compare(per_query, "b", measure="AP", seed=1, n=500)
    assert compare(per_query, "b", measure="AP", seed=1, n=500) == first
    other = compare(per_query, "b", measure="AP", seed=2, n=500)
    assert other["s"].low != first["s"].low
    assert other["s"].p_value != first["s"].p_value
    alone = compare(
        {name: per_query[name] for name in ("s", "b")}, "b", measure="AP", seed=1, n=500
    )
    assert alone["s"].p_value == first["s"].p_value
    assert (alone["s"].low, alone["s"].high) == pytest.approx((first["s"].low, first["s"].high))


def test_the_order_of_a_systems_queries_does_not_matter() -> None:
    per_query = {"b": _values(30, seed=1), "s": _values(30, seed=2)}
    shuffled = list(per_query["s"].items())
    random.Random(0).shuffle(shuffled)
    again = compare({"b": per_query["b"], "s": dict(shuffled)}, "b", measure="AP", seed=1, n=500)
    assert again == compare(per_query, "b", measure="AP", seed=1, n=500)


def test_many_queries_and_few_resamples() -> None:
    assert bootstrap_mean([1.0] * 2000, seed=0, n=10) == Interval(1, 1, 1)
    assert bootstrap_mean([0.25], seed=0) == Interval(0.25, 0.25, 0.25)


def test_a_false_alarm_is_as_rare_as_promised() -> None:
    """Without a true difference, p is below 0.05 in about 5 of 100 and the interval misses 0 so."""
    n_trials, alarms, misses = 300, 0, 0
    for seed in range(n_trials):
        per_query = {"b": _values(40, seed=2 * seed), "s": _values(40, seed=2 * seed + 1)}
        found = compare(per_query, "b", measure="AP", seed=0, n=500)["s"]
        alarms += found.is_distinguishable
        misses += not found.low <= 0 <= found.high
    assert 0.01 < alarms / n_trials < 0.10
    assert 0.01 < misses / n_trials < 0.11


def test_mistakes_are_one_sentence() -> None:
    values = _values(3, seed=0)
    with pytest.raises(SignificanceError, match="no system 'x' to compare with: choose from b, s"):
        compare({"b": values, "s": values}, "x", measure="AP", seed=0)
    with pytest.raises(SignificanceError, match="s and b have values for different queries"):
        compare({"b": values, "s": {"q0": 1.0}}, "b", measure="AP", seed=0)
    with pytest.raises(SignificanceError, match="b has no value for any query"):
        compare({"b": {}, "s": {}}, "b", measure="AP", seed=0)
    with pytest.raises(SignificanceError, match="no query has a value"):
        bootstrap_mean([], seed=0)
    assert compare({"b": values}, "b", measure="AP", seed=0) == {}
