import pytest

from index.errors import ReadError
from index.reading import read_report
from index.sandbox import Limits, read_apart

_CATS = b"## I. Pets\n\n1. Cats purr.\n"


def test_a_file_reads_as_it_does_here() -> None:
    assert read_apart(_CATS, "cats.md") == read_report(_CATS, "cats.md")


def test_a_mistake_is_the_same_sentence() -> None:
    with pytest.raises(ReadError, match="is not UTF-8 text"):
        read_apart(b"1. \xff\xfe", "cats.md")


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(ReadError, match="has 0 MB, at most 0 are read: split it"):
        read_apart(_CATS, "cats.md", Limits(file_bytes=10))


def test_a_file_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(ReadError, match="not read within 0 seconds"):
        read_apart(_CATS, "cats.md", Limits(seconds=0))


def test_a_file_that_takes_too_much_memory_is_given_up() -> None:
    with pytest.raises(ReadError, match=r"memory|could not be read"):
        read_apart(_CATS * 2_000_000, "cats.md", Limits(memory_bytes=600 * 2**20))
