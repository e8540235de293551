from pathlib import Path

import numpy as np
import pytest

from index.dense import DenseIndex
from index.lexical import LexicalIndex, stems

_AXES = np.eye(4, dtype=np.float32)


def test_dense_ranks_by_cosine_and_never_pads() -> None:
    vector = np.array([0.8, 0.6, 0, 0], np.float32)
    rows, scores = DenseIndex.build(_AXES).search(vector, 10)
    assert rows.tolist()[:2] == [0, 1]
    assert len(rows) == 4
    assert scores[:2] == pytest.approx([0.8, 0.6])


def test_dense_looks_only_at_allowed_rows() -> None:
    rows, _ = DenseIndex.build(_AXES).search(_AXES[0], 3, np.array([2, 3]))
    assert sorted(rows.tolist()) == [2, 3]


def test_a_group_ranks_by_its_best_row_and_counts_once() -> None:
    index = DenseIndex.build(_AXES[[0, 0, 0, 1, 2]])
    group_of = np.array([7, 7, 7, 8, 9])
    vector = np.array([0.8, 0.6, 0, 0], np.float32)
    groups, scores = index.search_groups(vector, 2, lambda rows: group_of[rows])
    assert groups.tolist() == [7, 8]
    assert scores == pytest.approx([0.8, 0.6])


def test_bm25_matches_scores_worked_by_hand() -> None:
    index = LexicalIndex.build(["cats and dogs", "the cat", "zebras"])
    rows, scores = index.search("cat dog", 5)
    # idf = ln(1 + (N - n + .5) / (n + .5)); tf / (tf + k1 (1 - b + b length / mean length))
    cat, dog = np.log(1 + 1.5 / 2.5), np.log(1 + 2.5 / 1.5)
    two_words = 1 / (1 + 1.2 * (0.25 + 0.75 * 2 / (4 / 3)))
    one_word = 1 / (1 + 1.2 * (0.25 + 0.75 * 1 / (4 / 3)))
    assert rows.tolist() == [0, 1]
    assert scores == pytest.approx([(cat + dog) * two_words, cat * one_word], rel=1e-5)


def test_bm25_stems_and_drops_stopwords() -> None:
    assert stems(["The migrants' migration of 2020"]) == [["migrant", "migrat", "2020"]]


def test_bm25_leaves_out_what_shares_no_word() -> None:
    index = LexicalIndex.build(["one", "two"])
    for query in ("three", "the", "", "🙂"):
        rows, scores = index.search(query, 5)
        assert rows.tolist() == scores.tolist() == []


def test_bm25_survives_texts_of_stopwords_only() -> None:
    assert LexicalIndex.build(["the", ""]).search("the", 5)[0].tolist() == []


def test_structures_read_back_as_written(tmp_path: Path) -> None:
    DenseIndex.build(_AXES).save(tmp_path / "dense")
    LexicalIndex.build(["cats", "dogs"]).save(tmp_path / "bm25")
    assert DenseIndex.load(tmp_path / "dense").search(_AXES[3], 1)[0].tolist() == [3]
    assert LexicalIndex.load(tmp_path / "bm25").search("dog", 1)[0].tolist() == [1]
