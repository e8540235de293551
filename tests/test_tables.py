import pytest

from eval.tables import (
    Table,
    abstention_tables,
    answer_tables,
    as_text,
    differences_table,
    experiment_table,
    number,
    p_value,
    short,
    signed,
    slice_tables,
    verdict,
)
from tests.toy_experiment import toy_experiment

_OPTIONAL = ("index_cost", "answers", "abstention", "conversations")


def _line(text: str, start: str) -> str:
    """The first line that starts so, with single spaces."""
    return " ".join(next(line for line in text.splitlines() if line.startswith(start)).split())


def test_the_headline_shows_quality_difference_luck_and_cost_of_each_system() -> None:
    text = experiment_table(toy_experiment())
    assert _line(text, "late") == "late .750 [.700, .800] +.250 [+.190, +.310] <.001 5.7 / 7.8 160"
    assert _line(text, "bm25") == "bm25 .450 [.400, .500] −.050 [−.110, +.010] ≈ .200 5.7 / 7.8 160"
    assert _line(text, "rrf") == "rrf .500 [.450, .550] baseline 5.7 / 7.8 160"


def test_the_mark_is_explained_with_test_correction_and_seed() -> None:
    text = " ".join(experiment_table(toy_experiment()).split())
    assert (
        "≈ not distinguishable from rrf at 5%. p: paired permutation test with Holm's correction "
        "for 2 systems. In brackets: 95% intervals, paired bootstrap. Seed 42."
    ) in text


def test_every_part_has_a_table() -> None:
    text = experiment_table(toy_experiment())
    for row in (
        "toy: 4 queries, 5 judgements, 1,234 paragraphs; toy-encoder",
        "factoid  3  .750  .450  .500",
        "quote accuracy      .550 [.500, .600] (n = 118)",
        "cited per answer                            2.4",
        "Gold answers are spans.",
        "coverage at 20% risk   .800",
        "near  20   .550         .100",
        "Success@1                .640   .300",
        "index bytes per paragraph  45,874",
    ):
        assert row in text


def test_what_is_missing_is_left_out() -> None:
    experiment = toy_experiment()
    for name in _OPTIONAL:
        del experiment[name]
    for system in experiment["systems"].values():
        del system["slices"], system["cost"]
        system.pop("comparison", None)
    text = experiment_table(experiment)
    assert [line for line in text.splitlines() if not line.startswith((" ", "late", "bm", "rrf"))][
        1:4
    ] == ["", "Systems by nDCG@10", "system            nDCG@10"]
    assert "≈" not in text
    for title in ("Citations", "Knowing", "Conversations", "Cost", "queries/s", " by type"):
        assert title not in text


def test_details_of_each_query_do_not_become_rows() -> None:
    experiment = toy_experiment()
    experiment["answers"] = {
        "quote_accuracy": None,
        "failed_quotes": ["q1"],
        "per_query": {"q1": {"citation_precision": 1.0}},
    }
    assert answer_tables(experiment)[0].rows == (("quote accuracy", "–"),)


def test_what_is_known_beside_the_least_of_abstention_is_shown() -> None:
    experiment = toy_experiment()
    experiment["abstention"] |= {"auroc": None, "ece_by_luck": 0.04}
    experiment["abstention"]["by_kind"]["near"]["turned_away_or_weak"] = 0.3
    whole, kinds = abstention_tables(experiment)
    assert whole.rows[0] == ("AUROC", "–")
    assert ("ECE of perfect confidence, by luck", ".040") in whole.rows
    assert kinds.header == ("kind", "n", "AUROC", "turned away", "turned away or weak")
    assert kinds.rows == (("near", "20", ".550", ".100", ".300"),)


def test_a_table_stays_within_100_columns_and_goes_on_below() -> None:
    wide = Table("Wide", ("system", *(f"measure {i}" for i in range(20))), (("late", *"x" * 20),))
    lines = as_text(wide).splitlines()
    assert max(map(len, lines)) <= 100
    headers = [line for line in lines if line.startswith("system")]
    assert len(headers) == 3
    assert " ".join(headers).count("measure") == 20
    assert max(len(line) for line in experiment_table(toy_experiment()).splitlines()) <= 100


def test_a_column_that_never_fits_is_still_shown() -> None:
    text = as_text(Table("T", ("system", "long"), (("late", "x" * 120),)))
    assert "x" * 120 in text


def test_differences_carry_both_p_values() -> None:
    table = differences_table(toy_experiment(), "RR@10")
    assert table is not None
    assert table.header == ("system", "RR@10 to rrf", "p", "p (Holm)")
    assert table.rows[1] == ("bm25", "−.050 [−.110, +.010] ≈", ".200", ".200")


def test_a_slice_that_a_system_lacks_is_a_dash() -> None:
    experiment = toy_experiment()
    experiment["systems"]["bm25"]["slices"]["nDCG@10"] = {"type": {}}
    assert slice_tables(experiment, "nDCG@10")[0].rows == (("factoid", "3", ".750", "–", ".500"),)
    assert slice_tables(experiment, "RR@10") == []


def test_the_verdict_names_the_best_and_doubts_what_may_be_luck() -> None:
    experiment = toy_experiment()
    assert verdict(experiment) == (
        "Best by nDCG@10: late, .750 [.700, .800]; +.250 [+.190, +.310] against the baseline rrf "
        "(p <.001)."
    )
    experiment["systems"]["bm25"]["measures"]["nDCG@10"]["mean"] = 0.9
    assert verdict(experiment).endswith("against the baseline rrf (p .200), which may be luck.")
    experiment["systems"]["rrf"]["measures"]["nDCG@10"]["mean"] = 0.95
    assert verdict(experiment).endswith("it is the baseline.")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.81, ".810"), (1.0, "1.000"), (-0.1154, "−.115"), (-0.0001, ".000"), (0.0, ".000")],
)
def test_short_decimals(value: float, text: str) -> None:
    assert short(value) == text


def test_numbers_are_written_by_their_size() -> None:
    assert [number(v) for v in (None, float("nan"), 45874, 2.4, 115.2, 0.5)] == [
        "–", "–", "45,874", "2.4", "115", ".500",
    ]  # fmt: skip
    assert [signed(v) for v in (0.19, -0.19, 0.0)] == ["+.190", "−.190", "+.000"]
    assert [p_value(p) for p in (0.0004, 0.001, 1.0)] == ["<.001", ".001", "1.000"]
