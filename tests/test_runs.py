import json
import random
from pathlib import Path

import numpy as np
import pytest

from eval.collection import Collection, CollectionError, Unanswerable
from eval.runs import check_run, read_run, write_run
from index.report import Metadata, Paragraph, Report

_COLLECTION = Collection(
    "pets", {"q1": "cats"}, {"q1": {"a": 1}}, None, "",
    unanswerable=(Unanswerable("u1", "who pays?", "near"),), unjudged={"q2": "dogs"},
)  # fmt: skip
_REPORT = Report(
    "r", Metadata("R"), "en", "", (), tuple(Paragraph("r", n, n, (), i) for i, n in enumerate("ab"))
)


def _run(folder: Path, text: str, name: str = "x.run") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_run_is_read_by_rank_whatever_the_order_of_its_lines(tmp_path: Path) -> None:
    text = "q1 Q0 b 2 0.5 mine\nq2 Q0 a 0 -1e3 mine\nq1\tQ0\ta\t1\t0.5\tmine\n\nq1 0 c 9 .25 mine\n"
    system, run = read_run(_run(tmp_path, text))
    assert system == "mine"
    assert run == {"q1": {"a": 0.5, "b": 0.5, "c": 0.25}, "q2": {"a": -1000.0}}
    assert list(run["q1"]) == ["a", "b", "c"]


def test_a_run_reads_as_it_was_written(tmp_path: Path) -> None:
    numbers = random.Random(0)
    run = {
        f"q{query}": {
            f"p{i}": float(np.float32(score))
            for i, score in enumerate(
                sorted((numbers.gauss(0, 9) for _ in range(50)), reverse=True)
            )
        }
        for query in range(5)
    }
    write_run(run, "late interaction", tmp_path)
    system, again = read_run(tmp_path / "late_interaction.run")
    assert (system, again) == ("late_interaction", run)
    assert [list(scores) for scores in again.values()] == [list(scores) for scores in run.values()]


def test_a_run_is_written_best_first_under_a_name_that_is_a_file(tmp_path: Path) -> None:
    write_run({"q1": {"b": 1.0, "a": 2.0}}, "../hub/model", tmp_path)
    (path,) = tmp_path.iterdir()
    assert path.name == ".._hub_model.run"
    assert path.read_text() == "q1 Q0 a 1 2.0 ../hub/model\nq1 Q0 b 2 1.0 ../hub/model\n"
    with pytest.raises(CollectionError, match="the id 'a b' has a space, which a TREC run cannot"):
        write_run({"q1": {"a b": 1.0}}, "x", tmp_path)


def test_a_json_run_is_named_by_its_file(tmp_path: Path) -> None:
    path = _run(tmp_path, json.dumps({"q1": {"a": 1, "b": 2.5}, "q2": {}}), "ours.json")
    system, run = read_run(path)
    assert (system, run) == ("ours", {"q1": {"a": 1.0, "b": 2.5}, "q2": {}})
    assert list(run["q1"]) == ["b", "a"]


_GOOD = "q1 Q0 a 1 0.5 x\n"


@pytest.mark.parametrize(("text", "message"), [
    (_GOOD + "q1 Q0 b 2 x\n", "x.run, line 2 has 5 columns, expected 6: query id, Q0, paragraph"),
    (_GOOD + "q1 Q0 b two 0.4 x\n", "x.run, line 2 has rank 'two': make it a whole number"),
    (_GOOD + "q1 Q0 b 2.0 0.4 x\n", "x.run, line 2 has rank '2.0': make it a whole number"),
    (_GOOD + "q1 Q0 b 2 high x\n", "x.run, line 2 has score 'high': make it a number"),
    (_GOOD + "q1 Q0 b 2 nan x\n", "x.run, line 2 has score 'nan': make it a number"),
    (_GOOD + "\nq1 Q0 a 2 0.4 x\n",
     "x.run, line 3 ranks paragraph 'a' for q1, as line 1 does: remove one"),
    (_GOOD + "q1 Q0 b 2 0.75 x\n",
     "x.run, line 2 has rank 2 for q1 and score 0.75, more than 0.5 at rank 1: number by falling"),
    ("q1 Q0 b 7 0.4 x\nq1 Q0 a 1 0.3 x\n", "x.run, line 1 has rank 7 for q1 and score 0.4, more"),
    (_GOOD + "q1 Q0 b 1 0.4 x\n",
     "x.run, line 2 has rank 1 for q1, as line 1 does: number the paragraphs 1, 2, 3 by falling"),
    (_GOOD + "q2 Q0 b 1 0.4 y\n",
     "x.run, line 2 is by y, the lines before by x: put each system into a file of its own"),
    ("\n", r"x.run ranks nothing: name a run in TREC's six columns, or \*.json"),
])  # fmt: skip
def test_a_broken_run_is_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CollectionError, match=message):
        read_run(_run(tmp_path, text))


@pytest.mark.parametrize(("text", "message"), [
    ('{"q1":\n{"a" 1}}', r"x.json, line 2 is not JSON \(Expecting ':' delimiter\): mend it"),
    ("{}", "x.json ranks nothing: expected query id to paragraph id to score"),
    ("[1]", "x.json ranks nothing: expected query id to paragraph id to score"),
    ('{"q1": ["a"]}', r"x.json: 'q1' has \['a'\], expected paragraph id to score"),
    ('{"q1": {"a": true}}', "x.json: 'q1' has score True: make it a number"),
    ('{"q1": {"a": NaN}}', "x.json: 'q1' has score nan: make it a number"),
    ('{"q1": {"a": 1, "a": 2}}', "x.json has 'a' 2 times: remove one"),
])  # fmt: skip
def test_a_broken_json_run_is_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CollectionError, match=message):
        read_run(_run(tmp_path, text, "x.json"))


def test_a_missing_run_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match=r"no.run is missing: name a run in TREC's six"):
        read_run(tmp_path / "no.run")


def test_a_run_over_other_queries_or_paragraphs_is_refused() -> None:
    check_run({"q2": {"b": 1.0}, "u1": {"a": 1.0}}, _COLLECTION, _REPORT)
    with pytest.raises(
        CollectionError, match="run has 2 queries that pets has not, 'x', 'y': name"
    ):
        check_run({"x": {}, "q1": {}, "y": {}}, _COLLECTION, _REPORT)
    strange = {f"p{i}": 1.0 for i in range(7)}
    with pytest.raises(
        CollectionError, match=r"7 paragraphs that r has not, 'p0', .*'p4' and 2 more"
    ):
        check_run({"q1": {"a": 2.0, **strange}, "q2": strange}, _COLLECTION, _REPORT)
