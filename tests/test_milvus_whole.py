"""The checks of what a server gives, one by one; tests/test_backends.py has them at work."""

import numpy as np
import pytest

from index.milvus.server import GoneError
from index.milvus.whole import Seen, check_share


def test_what_was_read_before_and_is_closer_is_expected() -> None:
    seen = Seen(dim=2)
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    assert seen.closer(vectors[0], -1) == []
    seen.add(["a@v/0", "a@v/1", "b@v/0"], vectors)
    assert seen.closer(vectors[0], 0.5) == ["a@v/0", "b@v/0"]
    assert seen.closer(vectors[0], 0.6) == ["a@v/0"]  # as close as the last one found: may tie
    assert seen.closer(vectors[0], -1) == ["a@v/0", "a@v/1", "b@v/0"]


def test_what_was_read_longest_ago_makes_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.milvus.whole._KEPT_VECTORS", 2)
    seen = Seen(dim=2)
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    seen.add(["a@v/0", "a@v/1"], vectors[:2])
    seen.add(["a@v/0"], vectors[:1])  # known already
    assert seen.closer(vectors[0], -1) == ["a@v/0", "a@v/1"]
    seen.add(["b@v/0"], vectors[2:])
    assert seen.closer(vectors[2], 0.9) == ["b@v/0"]
    assert sorted(seen.closer(vectors[2], -1)) == ["a@v/1", "b@v/0"]


def test_a_search_must_give_half_of_what_is_expected() -> None:
    expected = [f"a@v/{i}" for i in range(6)]
    check_share(set(expected[:3]), expected)
    check_share(set(), expected[:1])  # one may be a tie, or a graph's miss
    with pytest.raises(GoneError) as raised:
        check_share(set(expected[:2]), expected)
    assert raised.value.row_id == "a@v/2/0"
