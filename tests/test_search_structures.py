from collections.abc import Sequence

import numpy as np
import pytest

from index.dense import DenseIndex
from index.lexical import LexicalIndex, MergedPostings, Postings, stems, word_hash
from index.stopwords import FUNCTION_WORDS, STOPWORDS

_AXES = np.eye(4, dtype=np.float32)


def _dense(*blocks: np.ndarray) -> DenseIndex:
    return DenseIndex([np.ascontiguousarray(block, np.float32) for block in blocks])


def _lexical(texts: Sequence[str]) -> LexicalIndex:
    return LexicalIndex([Postings.of(texts)])


def test_dense_ranks_by_cosine_and_never_pads() -> None:
    vector = np.array([0.8, 0.6, 0, 0], np.float32)
    rows, scores = _dense(_AXES).search(vector, 10)
    assert rows.tolist() == [0, 1, 2, 3]  # ties by row
    assert scores.tolist() == pytest.approx([0.8, 0.6, 0, 0])


def test_dense_looks_only_at_allowed_rows() -> None:
    rows, _ = _dense(_AXES).search(_AXES[0], 3, np.array([2, 3]))
    assert rows.tolist() == [2, 3]
    many = _dense(np.repeat(_AXES, 9, axis=0))  # few of many are gathered
    rows, scores = many.search(_AXES[1], 3, np.array([0, 10, 30]))
    assert rows.tolist() == [10, 0, 30]
    assert scores.tolist() == [1, 0, 0]


def test_nothing_is_found_where_there_is_nothing() -> None:
    assert _dense(_AXES).search(_AXES[0], 3, np.zeros(0, np.int64))[0].tolist() == []
    empty = DenseIndex([])
    assert empty.search(_AXES[0], 3)[0].tolist() == []
    assert empty.search_groups(_AXES[0], 3, lambda rows: rows)[0].tolist() == []


def test_a_group_ranks_by_its_best_row_and_counts_once() -> None:
    index = _dense(_AXES[[0, 0, 0, 1, 2]])
    group_of = np.array([7, 7, 7, 8, 9])
    vector = np.array([0.8, 0.6, 0, 0], np.float32)
    groups, scores = index.search_groups(vector, 2, lambda rows: group_of[rows])
    assert groups.tolist() == [7, 8]
    assert scores == pytest.approx([0.8, 0.6])


@pytest.mark.parametrize("dim", [3, 16, 384])
def test_blocks_score_to_the_last_bit_as_the_whole(dim: int) -> None:
    numbers = np.random.default_rng(0)
    vectors = numbers.normal(size=(50, dim)).astype(np.float32)
    vectors[20:] = vectors[:30]  # every text twice: a tie unless they are computed alike
    vector = numbers.normal(size=dim).astype(np.float32)
    whole = _dense(vectors)
    rows, scores = whole.search(vector, 50)
    assert scores.tolist() == pytest.approx(
        sorted((vectors @ vector).tolist(), reverse=True), abs=1e-4
    )
    for cuts in ([1], [3, 20, 21], [7, 7, 49]):
        found, cosines = _dense(*np.split(vectors, cuts)).search(vector, 50)
        assert found.tolist() == rows.tolist()
        assert cosines.tolist() == scores.tolist()
    picked = np.array([49, 2, 22, 2])
    assert whole.cosines(vector, picked).tolist() == [
        scores[rows.tolist().index(row)] for row in picked
    ]


def test_bm25_matches_scores_worked_by_hand() -> None:
    index = _lexical(["cats and dogs", "the cat", "zebras"])
    rows, scores = index.search("cat dog", 5)
    # idf = ln(1 + (N - n + .5) / (n + .5)); tf / (tf + k1 (1 - b + b length / mean length))
    cat, dog = np.log(1 + 1.5 / 2.5), np.log(1 + 2.5 / 1.5)
    two_words = 1 / (1 + 1.2 * (0.25 + 0.75 * 2 / (4 / 3)))
    one_word = 1 / (1 + 1.2 * (0.25 + 0.75 * 1 / (4 / 3)))
    assert rows.tolist() == [0, 1]
    assert scores == pytest.approx([(cat + dog) * two_words, cat * one_word], rel=1e-5)
    assert index.ceiling("cat dog bird") == pytest.approx(cat + dog + np.log(1 + 3.5 / 0.5))


def test_bm25_agrees_with_bm25s(source: str) -> None:
    import bm25s

    texts = [paragraph for paragraph in source.split("\n\n") if stems([paragraph])[0]]
    oracle = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    oracle.index(stems(texts), show_progress=False)
    question = "How did the pandemic affect migrants and the remittances of migrants?"
    expected = oracle.get_scores([w for w in stems([question])[0] if w in oracle.vocab_dict])
    assert _lexical(texts).scores(question) == pytest.approx(expected, rel=1e-5)


def test_bm25_stems_and_drops_stopwords() -> None:
    assert stems(["The migrants' migration of 2020"]) == [["migrant", "migrat", "2020"]]


def test_bm25_leaves_out_what_shares_no_word() -> None:
    index = _lexical(["one", "two"])
    for query in ("three", "the", "", "🙂"):
        rows, scores = index.search(query, 5)
        assert rows.tolist() == scores.tolist() == []


def test_bm25_survives_texts_of_stopwords_only() -> None:
    assert _lexical(["the", ""]).search("the", 5)[0].tolist() == []


def test_a_word_of_any_length_is_a_number_of_64_bits() -> None:
    assert word_hash("x" * 10**6) < 2**64
    assert word_hash("\ud800") < 2**64
    assert word_hash("cat") != word_hash("cats")


def _merged(parts: Sequence[Postings]) -> Postings:
    merged = MergedPostings.of(parts)
    rows, counts = (np.concatenate(column) for column in zip(*merged.blocks(), strict=True))
    return Postings(merged.words, merged.starts, rows, counts, merged.lengths)


_TEXTS = ["cats purr", "dogs bark at cats", "", "rain falls", "cats cats cats", "dogs and rain"]


@pytest.mark.parametrize("gone", [[], [0], [1, 4], [0, 1, 2], [5]])
@pytest.mark.parametrize("at_once", [1, 4, 500_000])
def test_parts_with_gaps_weigh_words_as_the_whole_does(
    gone: list[int], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.lexical._MERGED_AT_ONCE", at_once)
    kept = np.array([row not in gone for row in range(6)])
    whole = _lexical([text for text, is_kept in zip(_TEXTS, kept, strict=True) if is_kept])
    parts = [Postings.of(_TEXTS[:2]), Postings.of(_TEXTS[2:5]), Postings.of(_TEXTS[5:])]
    masks = [kept[:2], kept[2:5], kept[5:]]
    divided = LexicalIndex(parts, masks)
    selected = [part.select(mask) for part, mask in zip(parts, masks, strict=True)]
    merged = LexicalIndex([_merged(selected)])
    for query in ("cats", "dogs in the rain", "purr bark zebra cats cats"):
        assert divided.scores(query).tolist() == whole.scores(query).tolist()
        assert merged.scores(query).tolist() == whole.scores(query).tolist()
        assert divided.ceiling(query) == merged.ceiling(query) == whole.ceiling(query)


def test_the_stopwords_are_those_of_bm25s() -> None:
    from bm25s.stopwords import STOPWORDS_EN, STOPWORDS_EN_PLUS

    assert set(STOPWORDS_EN) == STOPWORDS
    assert set(STOPWORDS_EN_PLUS) == FUNCTION_WORDS
