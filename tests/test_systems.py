from pathlib import Path

import pytest

from eval.runs import write_run
from eval.systems import ABLATION, REGISTRY, System, UnknownSystemError, resolve, run_systems
from index.library import Library
from qa.search import SYSTEMS, Parts, encode_queries, rank_late

_ANIMALS = b"""1. Cats purr.

2. Dogs bark at cats and dogs bark at rain.

3. Rain falls on hills.

4. Cats bark at no rain.
"""


@pytest.fixture
def animals(library: Library) -> Library:
    library.add_file(_ANIMALS, "animals.md")
    return library


def _run_file(folder: Path, name: str = "mine") -> Path:
    write_run({"q1": {"3": 2.0, "1": 1.0}}, name, folder)
    return folder / f"{name}.run"


def test_every_ranking_of_the_product_is_a_system() -> None:
    systems = resolve(list(SYSTEMS))
    assert [(system.name, system.rank) for system in systems] == list(SYSTEMS.items())
    assert {system.encoder_name for system in systems} == {""}
    assert all(system.description for system in REGISTRY.values())


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("late", Parts()),
        ("late-without-tokens", Parts(0.0, 0.3, 0.2, True)),
        ("late-without-cosine", Parts(1.0, 0.0, 0.2, True)),
        ("late-without-bm25", Parts(1.0, 0.3, 0.0, True)),
        ("late-without-idf", Parts(1.0, 0.3, 0.2, False)),
    ],
)
def test_an_ablation_ranks_without_its_part(animals: Library, name: str, parts: Parts) -> None:
    (query,) = encode_queries(animals.encoder, ["do the dogs bark at rain"])
    (system,) = resolve([name])
    assert system.rank
    ranking = system.rank(animals.index(), query, 4, ["animals"])
    assert ranking == rank_late(animals.index(), query, 4, ["animals"], parts)
    if name != "late":
        assert ranking != rank_late(animals.index(), query, 4, ["animals"])


def test_the_ablation_is_late_and_each_part_left_out() -> None:
    assert ABLATION[0] == "late"
    assert len(set(ABLATION)) == 1 + len(Parts._fields)
    assert [system.name for system in resolve(ABLATION)] == list(ABLATION)


def test_a_ranking_takes_any_encoder() -> None:
    dense, late, ablated = resolve(
        ["dense:some/model", "late:/a/folder:1", "late-without-idf:some/model"]
    )
    assert (dense.name, dense.encoder_name) == ("dense:some/model", "some/model")
    assert dense.rank is SYSTEMS["dense"]
    assert (late.rank, late.encoder_name) == (SYSTEMS["late"], "/a/folder:1")
    assert ablated.rank is REGISTRY["late-without-idf"].rank
    assert dense.description.endswith("encoded by some/model")


def test_a_run_file_is_a_system_named_after_it(tmp_path: Path) -> None:
    path = _run_file(tmp_path)
    assert resolve([str(path)]) == [
        System("mine.run", f"the run file {path}", run_path=path, encoder_name="")
    ]


def test_two_run_files_of_one_name_keep_their_folders(tmp_path: Path) -> None:
    paths = [str(_run_file(tmp_path / folder)) for folder in ("a", "b")]
    assert [system.name for system in resolve(paths)] == ["mine.run", paths[1]]


def test_a_system_named_twice_is_run_once() -> None:
    assert [system.name for system in resolve(["bm25", "late", "bm25"])] == ["bm25", "late"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "later",
            "no system 'later': choose from late, bm25, dense, rrf, random, late-without-tokens, .*"
            "or name a run file, or a ranking with an encoder, as in dense:MODEL",
        ),
        ("missing/x.run", "no system 'missing/x.run': choose from"),
        ("colbert:some/model", "no system 'colbert:some/model': choose from"),
        ("dense:", "no system 'dense:': choose from"),
        ("", "no system '': choose from"),
        ("bm25:some/model", "bm25 uses no encoder, name it without one"),
    ],
)
def test_an_unknown_system_is_one_sentence(name: str, message: str) -> None:
    with pytest.raises(UnknownSystemError, match=message):
        resolve([name])


def test_systems_are_run_in_their_order_with_progress(animals: Library) -> None:
    report = animals.report("animals")
    told: list[tuple[int, int]] = []
    runs = run_systems(
        animals,
        report,
        {"q1": "hills", "q2": "cats purr"},
        resolve(["bm25", "late"]),
        progress=lambda done, total: told.append((done, total)),
    )
    assert list(runs) == ["bm25", "late"]
    assert list(runs["bm25"]["q1"]) == ["3"]
    assert next(iter(runs["late"]["q2"])) == "1"
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize("name", REGISTRY)
def test_runs_rank_only_the_report_without_ties(animals: Library, name: str) -> None:
    report = animals.report("animals")
    (run,) = run_systems(animals, report, {"q": "cats bark at rain"}, resolve([name])).values()
    scores = list(run["q"].values())
    assert set(run["q"]) <= {"1", "2", "3", "4"}
    assert scores == sorted(set(scores), reverse=True)
    assert len(scores) >= 3


def test_run_files_are_left_to_be_read(library: Library, tmp_path: Path) -> None:
    report = library.report("global-compact-2020")
    assert run_systems(library, report, {"q": "x"}, resolve([str(_run_file(tmp_path))])) == {}
