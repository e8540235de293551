import random
from typing import Any

import pytest
import pytrec_eval

from eval.collection import Qrels
from eval.measures import NAMES, MeasureError, means, measure, measure_per_query
from eval.runs import Run
from eval.slices import slice_means

# Ours, and what trec_eval calls it; it has no Judged@10 and no RR@10, which has a test below.
_TREC_NAMES = {
    "nDCG@10": "ndcg_cut_10",
    "nDCG": "ndcg",
    "RR": "recip_rank",
    "AP": "map",
    "AP@20": "map_cut_20",
    "R@10": "recall_10",
    "R@100": "recall_100",
    "Success@1": "success_1",
    "Success@3": "success_3",
    "Success@5": "success_5",
    "P@5": "P_5",
    "Rprec": "Rprec",
}


def _random_collection(seed: int, *, scores: int) -> tuple[Run, Qrels]:
    """Graded qrels and a run with few different scores, so that many are tied."""
    rng = random.Random(seed)
    paragraphs = [f"p{i}" for i in range(200)]
    qrels = {
        f"q{i}": {p: rng.choice((0, 0, 1, 1, 2, 3)) for p in rng.sample(paragraphs, 15)}
        for i in range(40)
    }
    run = {
        query_id: {
            p: rng.randrange(scores) / 7 for p in rng.sample(paragraphs, rng.randint(1, 150))
        }
        for query_id in [*list(qrels)[3:], "not judged"]
    }
    return run, qrels


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("scores", [10, 10**6])
def test_measures_agree_with_pytrec_eval(seed: int, scores: int) -> None:
    run, qrels = _random_collection(seed, scores=scores)
    ours = measure_per_query(run, qrels, list(_TREC_NAMES))
    asked = {
        "ndcg_cut.10", "ndcg", "recip_rank", "map", "map_cut.20", "recall.10,100",
        "success.1,3,5", "P.5", "Rprec",
    }  # fmt: skip
    theirs = pytrec_eval.RelevanceEvaluator(qrels, asked).evaluate(run)
    for name, trec_name in _TREC_NAMES.items():
        expected = {q: theirs[q][trec_name] if q in run else 0.0 for q in qrels}
        assert ours[name] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_every_measure_breaks_ties_as_trec_eval_does(seed: int) -> None:
    run, qrels = _random_collection(seed, scores=10)
    found = measure_per_query(run, qrels, ["RR", "RR@10", "RR@200", "P@5", "Judged@5"])
    cut = {query_id: rr if rr >= 1 / 10 else 0.0 for query_id, rr in found["RR"].items()}
    assert found["RR@10"] == pytest.approx(cut)
    assert found["RR@200"] == pytest.approx(found["RR"])
    judged_relevant = {q: dict.fromkeys(grades, 1) for q, grades in qrels.items()}
    n_found = {q: len(run.get(q, ())) for q in qrels}
    expected = measure_per_query(run, judged_relevant, ["P@5"])["P@5"]
    for query_id, value in found["Judged@5"].items():
        assert value * min(5, n_found[query_id]) == pytest.approx(5 * expected[query_id])


def test_ties_go_by_id_descending_in_float32() -> None:
    run = {"q": {"a": 1.0 + 1e-12, "b": 1.0, "c": 0.5}}
    assert measure(run, {"q": {"b": 1}}, ["RR@10", "RR", "Judged@1", "Success@1"]) == {
        "RR@10": 1, "RR": 1, "Judged@1": 1, "Success@1": 1,
    }  # fmt: skip


def test_every_judged_query_has_a_value_and_0_without_a_hit() -> None:
    qrels = {"q1": {"a": 1}, "q2": {"b": 1}, "q3": {"a": 1}, "q4": {"a": 0}}
    run = {"q1": {"a": 1.0}, "q2": {}, "q4": {"a": 1.0}, "other": {"a": 1.0}}
    found = measure_per_query(run, qrels)
    assert tuple(found) == NAMES
    for name, values in found.items():
        answered = {"P@5": 0.2}.get(name, 1.0)
        judged = 1.0 if name == "Judged@10" else 0.0
        assert values == {"q1": answered, "q2": 0, "q3": 0, "q4": judged}
    assert measure({}, qrels) == dict.fromkeys(NAMES, 0.0)


def test_all_found_counts_queries_with_several_relevant_paragraphs() -> None:
    qrels = {
        "both": {"a": 1, "b": 2},
        "late": {"a": 1, "c": 1},
        "not judged relevant": {"a": 1, "b": 1, "c": 0},
        "one": {"a": 1},
        "no hit": {"a": 1, "b": 1},
    }
    run = {query_id: {"b": 3.0, "a": 2.0, "c": 1.0} for query_id in qrels if query_id != "no hit"}
    found = measure_per_query(run, qrels, ["AllFound@2", "R@10", "AllFound@3"])
    assert list(found) == ["AllFound@2", "R@10", "AllFound@3"]
    assert found["AllFound@2"] == {"both": 1, "late": 0, "not judged relevant": 1, "no hit": 0}
    assert found["AllFound@3"] == {"both": 1, "late": 1, "not judged relevant": 1, "no hit": 0}
    assert means(found)["AllFound@2"] == 0.5


def test_all_found_orders_by_score_not_by_place() -> None:
    run = {"q": {"x": 1.0, "a": 3.0, "b": 2.0}}
    assert measure(run, {"q": {"a": 1, "b": 1}}, ["AllFound@2"]) == {"AllFound@2": 1}


def test_a_measure_without_queries_has_no_mean() -> None:
    found = measure_per_query({"q": {"a": 1.0}}, {"q": {"a": 1}}, ["AllFound@5", "RR@10"])
    assert found["AllFound@5"] == {}
    assert means(found) == {"RR@10": 1.0}


def test_parameters_and_two_names_of_one_measure() -> None:
    run, qrels = {"q": {"a": 2.0, "b": 1.0}}, {"q": {"a": 1, "b": 2}}
    assert measure(run, qrels, ["MRR@10", "RR@10", "RR(rel=2)@10", "P(judged_only=False)@1"]) == {
        "MRR@10": 1, "RR@10": 1, "RR(rel=2)@10": 0.5, "P(judged_only=False)@1": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "nDCG10", "nDCG@", "nDCG@0", "nDCG@9999999999", "P@-1", "R", "nDCG@1.5", "nDCG@True",
        "AllFound", "AllFound@0", "ERR@10", "nDCG@10 AP", "", "(", "__import__('os')", "nDCG@'x'",
        "RR(rel=0)@10", "P(5)", "a.b", "1/0",
    ],
)  # fmt: skip
def test_an_unknown_measure_is_one_sentence(name: str) -> None:
    with pytest.raises(MeasureError, match=r"no measure .*: name one as ir_measures does, such as"):
        measure({}, {"q": {"a": 1}}, [name])


_METADATA: dict[str, dict[str, Any]] = {
    "q1": {"type": "table", "answer": "12", "grade": 2, "tags": ["x", "y"]},
    "q2": {"type": "prose", "answer": "Kenya", "grade": 10, "tags": ["x"]},
    "q3": {"type": "prose", "answer": "in 2019", "grade": 2, "source": "one"},
    "q4": {"answer": "no", "grade": 10, "source": "one", "tags": []},
    "q5": {"type": "prose", "answer": ""},
}
_VALUES = {"q1": 1.0, "q2": 0.0, "q3": 0.5, "q4": 0.25, "q6": 1.0}


def test_slices_are_means_by_metadata() -> None:
    assert slice_means(_VALUES, _METADATA, ["type", "tags"]) == {
        "type": {"prose": (2, 0.25), "table": (1, 1.0)},
        "tags": {"x": (2, 0.5), "y": (1, 1.0)},
    }
    assert list(slice_means(_VALUES, _METADATA, ["type"])["type"]) == ["prose", "table"]


def test_fields_with_few_values_are_chosen() -> None:
    # type and tags have two values for three queries, answer is free text, source is one value.
    assert slice_means(_VALUES, _METADATA) == {"grade": {"10": (2, 0.125), "2": (2, 0.75)}}


def test_an_unknown_field_is_one_sentence() -> None:
    with pytest.raises(
        MeasureError, match="no query has the metadata field 'kind': choose from ty"
    ):
        slice_means(_VALUES, _METADATA, ["kind"])
    with pytest.raises(MeasureError, match="'kind', nor any other: add metadata"):
        slice_means(_VALUES, {}, ["kind"])
