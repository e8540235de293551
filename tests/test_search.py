import pytest

from index.errors import LibraryError
from index.library import Library
from qa.search import SYSTEMS, encode_queries, fuse_rankings, search

_CATS = b"1. Cats purr.\n\n2. Dogs bark at cats.\n\n3. Rain falls on hills.\n"


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
    (query,) = encode_queries(animals.encoder, ["do dogs bark"])
    hits = search(animals.index(), query, top_k=3, system=system)
    assert (hits[0].paragraph.paragraph_id, hits[0].rank) == ("animals#2", 1)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("system", SYSTEMS)
def test_only_the_reports_asked_are_searched(animals: Library, system: str) -> None:
    (query,) = encode_queries(animals.encoder, ["migrants and cats"])
    hits = search(animals.index(), query, top_k=100, reports=["animals"], system=system)
    assert {hit.paragraph.report_id for hit in hits} == {"animals"}
    assert len(search(animals.index(), query, top_k=2, system=system)) == 2


def test_bm25_shows_only_what_shares_a_word(animals: Library) -> None:
    (query,) = encode_queries(animals.encoder, ["cats"])
    hits = search(animals.index(), query, top_k=9, reports=["animals"], system="bm25")
    assert [hit.paragraph.number for hit in hits] == ["1", "2"]


def test_random_is_the_same_for_the_same_query(animals: Library) -> None:
    (query,) = encode_queries(animals.encoder, ["cats"])
    first, second = (search(animals.index(), query, top_k=9, system="random") for _ in range(2))
    assert first == second


def test_an_unknown_report_is_named(library: Library) -> None:
    with pytest.raises(LibraryError, match="no report 'x', expected one of global-compact-2020"):
        library.check_reports(["x"])
