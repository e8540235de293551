import math
from collections.abc import Sequence

import numpy as np
import pytest

from index.errors import LibraryError
from index.library import Library
from index.searching import Candidates
from qa.search import (
    SYSTEMS,
    Hit,
    encode_queries,
    fuse_rankings,
    rank_late,
    rank_together,
    read_hits,
)
from tests.toy import ToyEncoder, local_index

_CATS = b"1. Cats purr.\n\n2. Dogs bark at cats.\n\n3. Rain falls on hills.\n"


def _search(
    library: Library, text: str, top_k: int, system: str, reports: Sequence[str] = ()
) -> list[Hit]:
    (query,) = encode_queries(library.encoder, [text])
    index = local_index(library)
    return read_hits(index, SYSTEMS[system](index, query, top_k, reports))


@pytest.fixture
def animals(library: Library) -> Library:
    library.add_file(_CATS, "animals.md")
    return library


def test_rrf_matches_scores_worked_by_hand() -> None:
    fused = fuse_rankings([[1, 2], [2, 3]], k=60)
    assert [row for row, _ in fused] == [2, 1, 3]
    assert [score for _, score in fused] == pytest.approx([1 / 62 + 1 / 61, 1 / 61, 1 / 62])


@pytest.mark.parametrize("system", ["late", "bm25", "dense", "rrf"])
def test_every_system_finds_the_paragraph(animals: Library, system: str) -> None:
    hits = _search(animals, "do dogs bark", 3, system)
    assert (hits[0].paragraph.paragraph_id, hits[0].rank) == ("animals#2", 1)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("system", SYSTEMS)
def test_only_the_reports_asked_are_searched(animals: Library, system: str) -> None:
    hits = _search(animals, "migrants and cats", 100, system, ["animals"])
    assert {hit.paragraph.report_id for hit in hits} == {"animals"}
    assert len(_search(animals, "migrants and cats", 2, system)) == 2


def test_bm25_shows_only_what_shares_a_word(animals: Library) -> None:
    hits = _search(animals, "cats", 9, "bm25", ["animals"])
    assert [hit.paragraph.number for hit in hits] == ["1", "2"]


def test_random_is_the_same_for_the_same_query(animals: Library) -> None:
    first, second = (_search(animals, "cats", 9, "random") for _ in range(2))
    assert first == second


def test_an_unknown_report_is_named(library: Library) -> None:
    with pytest.raises(LibraryError, match="no report 'x', expected one of global-compact-2020"):
        library.check_reports(["x"])


def test_readings_of_one_question_add_up(animals: Library) -> None:
    index = local_index(animals)
    queries = encode_queries(animals.encoder, ["cats", "rain hills"])
    alone = [dict(rank_late(index, query, 99, ["animals"])) for query in queries]
    both = dict(rank_together(index, queries, 99, ["animals"]).ranking)
    assert both == pytest.approx({row: alone[0][row] + alone[1][row] for row in both})


def test_late_matches_a_score_worked_by_hand(animals: Library) -> None:
    index = local_index(animals)
    (query,) = encode_queries(animals.encoder, ["dogs zzz"])
    ((row, score), *_) = rank_late(index, query, 1, ["animals"])
    n, paragraph = 101, ToyEncoder().encode(["Dogs bark at cats."], "paragraph")[0]
    _, zzz = query.encoding.tokens
    idf = [math.log(1 + n / 2), math.log(1 + n / 1)]  # one paragraph holds "dogs", none "zzz"
    best = [1.0, float((paragraph.tokens @ zzz).max())]
    late = (idf[0] * best[0] + idf[1] * best[1]) / sum(idf)
    cosine = float(paragraph.vector @ query.encoding.vector)
    bm25 = float(index.lexical.scores("dogs")[row])
    ceiling = math.log(1 + (n - 1 + 0.5) / 1.5) + math.log(1 + (n + 0.5) / 0.5)
    assert index.paragraphs([row])[0].number == "2"
    assert score == pytest.approx(late + 0.3 * cosine + 0.2 * bm25 / ceiling, abs=2e-3)


def test_candidates_lose_nothing_of_the_top(
    animals: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = local_index(animals)
    queries = encode_queries(animals.encoder, ["the Government of Canada and cats"])
    some = rank_together(index, queries, 5, ())
    monkeypatch.setattr("qa.search._CANDIDATES", 1_000)
    monkeypatch.setattr("qa.search._COMPARED", 1_000)
    everything = rank_together(index, queries, 5, ())
    assert dict(some.ranking) == pytest.approx(dict(everything.ranking))
    # What was not compared is no evidence.
    pairs = zip(some.evidence, everything.evidence, strict=True)
    assert all(0 < few <= many for few, many in pairs)


def _scored() -> Candidates:
    """Four paragraphs, the second in two windows, for two queries."""
    return Candidates(
        ["a", "b", "c", "d"],
        np.array([10, 11, 12, 15, 19]),
        np.array([0, 1, 3, 4]),
        np.array([[0.1, 0.0, 0.5, 0.4, 0.0], [0.0, 0.0, 0.0, 0.0, 0.45]], np.float32),
        np.array([[0.0, 0.0, 0.3, 0.0], [0.0, 0.0, 0.0, 0.0]], np.float32),
    )


def test_the_closest_are_best_by_cosine_and_bm25_together() -> None:
    # 0.1; 0.5 by its better window; 0.4 + 2/3 of 0.3; 0.45 for the second query.
    assert _scored().closest(1).keys == ["c"]
    assert _scored().closest(2).keys == ["b", "c"]
    assert _scored().closest(3).keys == ["b", "c", "d"]
    assert _scored().closest(4).keys == ["a", "b", "c", "d"]


def test_what_is_selected_keeps_its_windows() -> None:
    some = _scored().select(np.array([1, 3]))
    assert some.windows.tolist() == [11, 12, 19]
    assert some.first_windows.tolist() == [0, 2]
    assert some.cosines.tolist() == [
        pytest.approx([0.0, 0.5, 0.0]),
        pytest.approx([0.0, 0.0, 0.45]),
    ]
    assert some.bm25.tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_token_vectors_are_read_of_the_closest_alone(animals: Library) -> None:
    index = local_index(animals)
    (query,) = encode_queries(animals.encoder, ["Do dogs bark at cats?"])
    found = index.candidates([query], 30, 2, [])
    assert len(found.keys) == 2
    assert index.paragraphs(found.keys)[-1].text == "Dogs bark at cats."
    assert len(found.tokens.starts) == len(found.windows) == 2
