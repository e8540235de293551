"""The search structures of a library that changes are those of one that never did."""

import os
import random
from pathlib import Path

import numpy as np
import pytest

from index.derived import Index
from index.library import Library
from qa.answer import answer_question
from qa.search import encode_queries, rank_bm25, rank_dense, rank_together
from tests.toy import ToyEncoder, local_index

_WORDS = ["cats", "dogs", "rain", "snow", "purr", "bark", "fall", "the", "of", "rights", "2020"]
_QUESTIONS = ["cats purr", "the rights of migrants", "snow and rain fall", "dogs 2020 zebra"]


def _content(numbers: random.Random) -> bytes:
    """A report of few words, so that texts repeat and many scores are tied."""
    texts = [
        " ".join(numbers.choices(_WORDS, k=numbers.randrange(1, 12)))
        for _ in range(numbers.randrange(1, 9))
    ]
    return "\n\n".join(f"{n}. {text}." for n, text in enumerate(texts, 1)).encode()


def _fresh(library: Library, home: Path) -> Library:
    """A library of the same reports, added in the order in which they were last written."""
    fresh = Library(home, ToyEncoder(dim=16, room=5))
    for report_id in local_index(library).report_ids:
        source, content = library._local.file(report_id)
        fresh.add_file(content, source)
    return fresh


def _facts(index: Index) -> list[object]:
    """All that a question can see of an index, but for keys."""
    queries = encode_queries(ToyEncoder(dim=16, room=5), _QUESTIONS)
    texts = [paragraph.text for paragraph in index.paragraphs(index.keys([]))]
    rankings = [
        rank(index, query, top_k, reports)
        for rank in (rank_dense, rank_bm25)
        for query in queries
        for top_k in (3, 1000)
        for reports in ([], ["r1", "r3"])
    ]
    return [
        texts,
        index.report_ids,
        index.report_starts.tolist(),
        index.window_paragraphs.tolist(),
        np.trim_zeros(index.document_frequency, "b").tolist(),
        rankings,
        [rank_together(index, [query], 20, ["r1", "r2"]) for query in queries],
        rank_together(index, queries, 20, []),
        [index.lexical.ceiling(question) for question in _QUESTIONS],
    ]


@pytest.mark.parametrize("seed", range(8))
def test_any_sequence_of_changes_ranks_as_a_fresh_build(tmp_path: Path, seed: int) -> None:
    numbers = random.Random(seed)
    library = Library(tmp_path / "changing", ToyEncoder(dim=16, room=5))
    library.add_file(_content(numbers), "r0.md")
    for step in range(24):
        source = f"r{numbers.randrange(8)}"
        action = numbers.choice(["add", "add", "add", "remove", "reindex"])
        if action == "remove" and source in library.report_ids() and len(library.report_ids()) > 1:
            library.remove(source)
        elif action == "reindex" and numbers.random() < 0.3:
            library.reindex()
        else:
            library.add_file(_content(numbers), f"{source}.md")
        if numbers.random() < 0.7:  # several changes between two questions
            library.index()
        if numbers.random() < 0.3:  # another process, which has nothing loaded
            library = Library(tmp_path / "changing", ToyEncoder(dim=16, room=5))
        if step % 6 == 5:
            fresh = _fresh(library, tmp_path / f"fresh-{step}")
            assert _facts(local_index(library)) == _facts(local_index(fresh))


def _names(home: Path) -> set[str]:
    return {path.name for path in home.glob("segment-*")}


def test_a_change_writes_only_what_has_changed(library: Library, tmp_path: Path) -> None:
    library.index()
    (first,) = _names(tmp_path / "home")
    library.add_file(b"1. Zebras run.", "zebras.md")
    library.index()
    assert first in _names(tmp_path / "home")
    assert len(_names(tmp_path / "home")) == 2
    library.remove("zebras")
    assert len(local_index(library).paragraph_keys) == 98
    assert _names(tmp_path / "home") == {first}


def test_small_segments_are_merged(tmp_path: Path) -> None:
    library = Library(tmp_path, ToyEncoder(dim=4))
    for number in range(40):
        library.add_file(f"1. Word{number} here.".encode(), f"r{number}.md")
        assert local_index(library).report_ids == tuple(f"r{n}" for n in range(number + 1))
        assert len(_names(tmp_path)) <= np.log2(number + 1) + 1


def test_a_segment_of_which_most_has_gone_is_written_anew(tmp_path: Path) -> None:
    library = Library(tmp_path, ToyEncoder(dim=4))
    for number in range(10):
        library.add_file(f"1. Word{number} here.".encode(), f"r{number}.md")
    library.index()
    (whole,) = _names(tmp_path)
    for number in range(6):
        library.remove(f"r{number}")
    assert local_index(library).report_ids == ("r6", "r7", "r8", "r9")
    (smaller,) = _names(tmp_path)
    assert smaller != whole


def test_adding_many_brings_the_structures_up_to_date_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.backend._SETTLED_EVERY", 5)
    library = Library(tmp_path, ToyEncoder(dim=4))
    library.add_file(b"1. a\n\n2. b\n\n3. c\n\n4. d\n", "r0.md")
    assert _names(tmp_path) == set()
    library.add_file(b"1. e\n\n2. f\n", "r1.md")
    assert len(_names(tmp_path)) == 1


def test_building_takes_some_reports_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.derived._BUILT_AT_ONCE", 3)
    library = Library(tmp_path / "bounded", ToyEncoder(dim=16, room=5))
    for number in range(10):
        library.add_file(_content(random.Random(number)), f"r{number}.md")
    facts = _facts(local_index(library))
    monkeypatch.undo()
    assert facts == _facts(local_index(_fresh(library, tmp_path / "whole")))


_FILES = ("vectors", "words", "rows", "stamps", "window_keys")


@pytest.mark.parametrize("name", _FILES)
@pytest.mark.parametrize("harm", ["empty", "short", "gone"])
def test_a_broken_segment_is_built_again(
    library: Library, tmp_path: Path, name: str, harm: str
) -> None:
    library.index()
    (file,) = (tmp_path / "home").glob(f"segment-*/{name}.npy")
    content = file.read_bytes()
    if harm == "gone":
        file.unlink()
    else:
        file.write_bytes(b"" if harm == "empty" else content[:-8])
    again = Library(tmp_path / "home", ToyEncoder())
    assert len(local_index(again).dense) == 98
    (file,) = (tmp_path / "home").glob(f"segment-*/{name}.npy")
    assert file.read_bytes() == content


def test_segments_out_of_use_and_killed_builds_go(library: Library, tmp_path: Path) -> None:
    home = tmp_path / "home"
    library.index()
    for name in ("building-killed", "index-of-an-earlier-version"):
        (home / name).mkdir()
        os.utime(home / name, (0, 0))
    (home / "building-now").mkdir()
    library.add_file(b"1. Zebras run.", "zebras.md")
    library.index()
    assert not (home / "building-killed").exists()
    assert not (home / "index-of-an-earlier-version").exists()
    assert (home / "building-now").exists()


def test_an_index_answers_though_its_files_have_gone(library: Library, tmp_path: Path) -> None:
    before = answer_question("remittances", library=library)
    for folder in (tmp_path / "home").glob("segment-*"):
        for file in folder.iterdir():
            file.unlink()
    assert answer_question("remittances", library=library) == before
