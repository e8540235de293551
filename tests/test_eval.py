import csv
import json
from pathlib import Path
from typing import Any

import pytest

from eval.collection import load_collection
from eval.command import evaluate, to_json, write_outputs
from eval.gate import find_falls, write_baseline
from eval.lines import CollectionError
from eval.runs import read_run, write_run
from eval.systems import resolve, run_systems
from index.library import Library
from tests.toy import ToyEncoder


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.command.load_encoder", lambda name=None: ToyEncoder())


_CORPUS = """\
{"_id": "a", "title": "", "text": "cats purr"}
{"_id": "b", "title": "Dogs", "text": "they bark"}
{"_id": "c", "title": "Weather", "text": "rain"}
{"_id": "d", "title": "Weather", "text": "snow"}
"""
_QUERIES = """\
{"_id": "q1", "text": "cats"}
{"_id": "q2", "text": "dogs bark"}
{"_id": "q3", "text": "not judged"}
{"_id": "q4", "text": "rain"}
"""
_QRELS = "query-id\tcorpus-id\tscore\nq1\ta\t1\nq2\tb\t2\nq2\tc\t1\nq4\tc\t1\n"


@pytest.fixture
def pets(tmp_path: Path) -> str:
    folder = tmp_path / "pets"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text(_CORPUS)
    (folder / "queries.jsonl").write_text(_QUERIES)
    (folder / "qrels" / "test.tsv").write_text(_QRELS)
    return str(folder)


def _no_library() -> Library:
    raise AssertionError("a collection with a corpus needs no library")


def _evaluate(collection: str, *systems: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401
    experiment, _ = evaluate(collection, open_library=_no_library, systems=systems, **options)
    again: dict[str, Any] = json.loads(to_json(experiment))
    return again


def test_a_beir_folder_is_measured(pets: str) -> None:
    found = _evaluate(pets, "bm25", measures=["nDCG@10", "R@10", "RR@10"])
    assert found["collection"] == {
        "name": "pets", "report": "corpus", "queries": 3, "judgements": 4, "paragraphs": 4,
        "content_sha256": load_collection(pets).content_hash,
    }  # fmt: skip
    # q1 and q4 find their only paragraph first; q2 finds b and never c, which shares no word.
    dcg, ideal = 2.0, 2.0 + 1 / 1.584962500721156
    means = {name: of["mean"] for name, of in found["systems"]["bm25"]["measures"].items()}
    assert means == pytest.approx({"nDCG@10": (2 + dcg / ideal) / 3, "R@10": 2.5 / 3, "RR@10": 1})
    assert found["systems"]["bm25"]["per_query"]["R@10"] == {"q1": 1, "q2": 0.5, "q4": 1}
    assert found["systems"]["bm25"]["top"]["q1"][0][0] == "a"
    assert found["paragraphs"]["c"] == {"label": "c", "section": "Weather", "text": "rain"}


def test_systems_are_compared_with_the_one_that_is_named(pets: str) -> None:
    found = _evaluate(pets, "late", "random", "bm25", against="random")
    assert found["baseline"] == "random"
    assert "comparison" not in found["systems"]["random"]
    comparison = found["systems"]["late"]["comparison"]["nDCG@10"]
    values = [found["systems"][s]["measures"]["nDCG@10"]["mean"] for s in ("late", "random")]
    assert comparison["difference"] == pytest.approx(values[0] - values[1])
    assert _evaluate(pets, "late", "rrf", "bm25")["baseline"] == "rrf"
    assert _evaluate(pets, "late", has_ablation=True)["baseline"] == "late"
    with pytest.raises(CollectionError, match="'rrf' is not among the systems compared"):
        _evaluate(pets, "late", against="rrf")


def test_an_ablation_tries_the_ranking_without_each_part(pets: str) -> None:
    assert list(_evaluate(pets, "late", has_ablation=True)["systems"]) == [
        "late", "late-without-tokens", "late-without-cosine", "late-without-bm25",
        "late-without-idf",
    ]  # fmt: skip


def test_a_run_file_and_another_encoder_are_systems_too(pets: str, tmp_path: Path) -> None:
    run = tmp_path / "mine.run"
    run.write_text("q1 Q0 a 1 2.0 mine\nq1 Q0 b 2 1.0 mine\nq4 Q0 d 1 1.0 mine\n")
    found = _evaluate(pets, str(run), "dense:toy", "dense", measures=["Success@1"])
    assert found["systems"]["mine.run"]["per_query"]["Success@1"] == {"q1": 1, "q2": 0, "q4": 0}
    assert "cost" not in found["systems"]["mine.run"]
    measures = [found["systems"][name]["measures"] for name in ("dense:toy", "dense")]
    assert measures[0] == measures[1]
    run.write_text("q1 Q0 zebra 1 2.0 mine\n")
    with pytest.raises(CollectionError, match="zebra"):
        _evaluate(pets, str(run))


def test_a_measure_of_few_questions_may_be_of_none(pets: str, tmp_path: Path) -> None:
    found = _evaluate(pets, "late", "bm25", measures=["Success@1", "AllFound@2"])
    assert found["systems"]["bm25"]["per_query"]["AllFound@2"] == {"q2": 0}
    (Path(pets) / "qrels" / "test.tsv").write_text("q1\ta\t1\n")
    found = _evaluate(pets, "late", "bm25", measures=["Success@1", "AllFound@2"])
    assert "AllFound@2" not in found["systems"]["bm25"]["measures"]


def test_what_answers_promise_is_measured_beside_the_ranking(library: Library) -> None:
    experiment, _ = evaluate(
        "global-compact", open_library=lambda: library, systems=["late", "random"]
    )
    assert 0 < experiment["answers"]["citation_precision"]["mean"] < 1
    assert experiment["answers"]["quote_accuracy"]["n"] == 115
    assert experiment["abstention"]["by_kind"]["far"]["n"] == 8
    assert experiment["conversations"]["n"] == 22
    assert set(experiment["systems"]["late"]["cost"]) == {"p50_ms", "p95_ms", "queries_per_second"}
    assert experiment["index_cost"]["index_bytes_per_paragraph"] > 1_000
    assert experiment["systems"]["late"]["slices"]["nDCG@10"]["type"]["factoid"]["n"] == 37
    assert experiment["provenance"]["encoder"] == "toy"


def test_everything_is_written_into_a_folder(pets: str, tmp_path: Path) -> None:
    experiment, runs = evaluate(pets, open_library=_no_library, systems=["late", "bm25"])
    write_outputs(experiment, runs, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "experiment.json").read_text())["schema"] == 1
    lines = (tmp_path / "out" / "per-query.csv").read_text().splitlines()
    rows = list(csv.DictReader(lines))
    assert [(row["system"], row["query"]) for row in rows][:4] == [
        ("late", "q1"), ("late", "q2"), ("late", "q4"), ("bm25", "q1"),
    ]  # fmt: skip
    assert float(rows[0]["nDCG@10"]) == experiment["systems"]["late"]["per_query"]["nDCG@10"]["q1"]
    name, run = read_run(tmp_path / "out" / "runs" / "bm25.run")
    assert (name, run) == ("bm25", runs["bm25"])
    assert (tmp_path / "out" / "plots" / "bars-ndcg-10.svg").read_text().startswith("<?xml")


def test_ties_are_broken_by_rank_not_by_id(library: Library, tmp_path: Path) -> None:
    library.add_file(b"1. cats\n\n2. cats\n\n3. cats\n", "same.md")
    runs = run_systems(library, library.report("same"), {"q": "cats"}, resolve(["bm25"]))
    scores = list(runs["bm25"]["q"].values())
    assert list(runs["bm25"]["q"]) == ["1", "2", "3"]
    assert scores == sorted(set(scores), reverse=True)
    write_run(runs["bm25"], "bm25", tmp_path)
    written = (tmp_path / "bm25.run").read_text().splitlines()
    assert [line.split()[2:4] for line in written] == [["1", "1"], ["2", "2"], ["3", "3"]]


def _experiment(values: list[float], sha256: str = "abc") -> dict[str, Any]:
    per_query = {"nDCG@10": {f"q{i}": value for i, value in enumerate(values)}}
    return {
        "command": "qa eval", "seed": 1, "provenance": {},
        "collection": {"name": "pets", "content_sha256": sha256},
        "systems": {"late": {"per_query": per_query}},
    }  # fmt: skip


def test_the_gate_opens_for_luck_and_shuts_for_a_fall(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(_experiment([0.8] * 50), path)
    assert find_falls(_experiment([0.8] * 50), path) == []
    assert find_falls(_experiment([0.9] * 50), path) == []
    assert find_falls(_experiment([0.0] + [0.8] * 49), path) == []  # one query
    (fall,) = find_falls(_experiment([0.0] * 10 + [0.8] * 40), path)
    assert fall.startswith("nDCG@10 of late has fallen by 0.160 [0.0")


def test_a_baseline_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    with pytest.raises(CollectionError, match="is missing: make it with --write-baseline"):
        find_falls(_experiment([1.0]), path)
    path.write_text("[]")
    with pytest.raises(CollectionError, match="is not a baseline"):
        find_falls(_experiment([1.0]), path)
    write_baseline(_experiment([1.0], "other"), path)
    with pytest.raises(CollectionError, match="was made on another collection than pets"):
        find_falls(_experiment([1.0]), path)
