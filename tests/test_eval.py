import json
from pathlib import Path

import pytest

from eval.collection import CollectionError, load_collection
from eval.command import evaluate
from eval.measures import measure
from eval.runs import make_runs, write_run
from index.library import Library
from tests.toy import ToyEncoder


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.command.load_encoder", ToyEncoder)


def _write(folder: Path, **files: str) -> Path:
    (folder / "qrels").mkdir(parents=True)
    names = {"corpus": "corpus.jsonl", "queries": "queries.jsonl", "qrels": "qrels/test.tsv"}
    for name, text in files.items():
        (folder / names[name]).write_text(text, encoding="utf-8")
    return folder


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
"""
_QRELS = "query-id\tcorpus-id\tscore\nq1\ta\t1\nq2\tb\t2\nq2\tc\t1\n"


def _no_library() -> Library:
    raise AssertionError("a collection with a corpus needs no library")


def test_a_beir_folder_is_measured(tmp_path: Path) -> None:
    folder = _write(tmp_path / "pets", corpus=_CORPUS, queries=_QUERIES, qrels=_QRELS)
    result = json.loads(
        evaluate(str(folder), open_library=_no_library, systems=["bm25"], as_json=True)
    )
    assert (result["collection"], result["queries"]) == ("pets", 2)
    # q1 finds its only paragraph first; q2 finds b first and never c, which shares no word.
    dcg, ideal = 2.0, 2.0 + 1 / 1.584962500721156
    assert result["systems"]["bm25"] == pytest.approx(
        {
            "nDCG@10": (1 + dcg / ideal) / 2, "RR@10": 1, "Success@1": 1, "Success@3": 1,
            "Success@5": 1, "R@10": 0.75,
        }
    )  # fmt: skip


def test_a_shared_title_is_a_section_and_an_own_title_is_text(tmp_path: Path) -> None:
    folder = _write(tmp_path / "pets", corpus=_CORPUS, queries=_QUERIES, qrels=_QRELS)
    corpus = load_collection(str(folder)).corpus
    assert corpus is not None
    assert [(p.text, p.section) for p in corpus.paragraphs] == [
        ("cats purr", ()),
        ("Dogs they bark", ()),
        ("rain", ("Weather",)),
        ("snow", ("Weather",)),
    ]


def test_a_judged_query_without_a_hit_counts_0() -> None:
    qrels = {"q1": {"a": 1}, "q2": {"b": 1}}
    assert measure({"q1": {"a": 1.0}}, qrels) == dict.fromkeys(
        ("nDCG@10", "RR@10", "Success@1", "Success@3", "Success@5", "R@10"), 0.5
    )
    assert set(measure({}, qrels).values()) == {0.0}


def test_ties_are_broken_by_rank_not_by_id(library: Library, tmp_path: Path) -> None:
    library.add_file(b"1. cats\n\n2. cats\n\n3. cats\n", "same.md")
    runs = make_runs(library, library.report("same"), {"q": "cats"}, ["bm25"])
    scores = list(runs["bm25"]["q"].values())
    assert list(runs["bm25"]["q"]) == ["1", "2", "3"]
    assert scores == sorted(set(scores), reverse=True)
    write_run(runs["bm25"], "bm25", tmp_path)
    written = (tmp_path / "bm25.run").read_text().splitlines()
    assert [line.split()[2:4] for line in written] == [["1", "1"], ["2", "2"], ["3", "3"]]
    assert [float(line.split()[4]) for line in written] == pytest.approx(scores, rel=1e-8)
    assert len({line.split()[4] for line in written}) == 3


def test_the_bundled_collection_fits_the_bundled_report(library: Library) -> None:
    result = json.loads(
        evaluate("global-compact", open_library=lambda: library, systems=["random"], as_json=True)
    )
    assert result["queries"] == 120
    assert result["report"] == "global-compact-2020"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"qrels": _QRELS}, r"queries.jsonl is missing: a BEIR folder has it"),
        ({"queries": _QUERIES}, r"qrels holds 0 \*.tsv, expected test.tsv"),
        ({"queries": "{}\n", "qrels": _QRELS}, "queries.jsonl, line 1 has no '_id': add it"),
        ({"queries": _QUERIES + "{", "qrels": _QRELS}, "queries.jsonl, line 4 is not JSON"),
        ({"queries": _QUERIES, "qrels": "q1\ta\n"}, "test.tsv, line 1: expected query id"),
        ({"queries": _QUERIES, "qrels": "q9\ta\t1\n"}, "judges 'q9', not in queries.jsonl"),
        ({"queries": _QUERIES, "qrels": ""}, "judges no query: add lines"),
        (
            {"queries": _QUERIES, "qrels": _QRELS, "corpus": _CORPUS.splitlines()[0] * 1},
            "judges paragraph 'b' for q2, not in corpus",
        ),
        (
            {"queries": _QUERIES, "qrels": _QRELS, "corpus": _CORPUS + _CORPUS},
            "corpus.jsonl has two paragraphs 'a': rename one",
        ),
    ],
)
def test_a_broken_collection_is_one_sentence(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    folder = _write(tmp_path / "broken", **files)
    with pytest.raises(CollectionError, match=message):
        evaluate(str(folder), open_library=_no_library)
