"""Broken files: a report or one sentence. What fuzzing found is kept with its reader's tests."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval import fuzz
from eval.fuzz import Finding, broken_file, what_is_wrong
from eval.fuzz_seeds import SEEDS
from index.errors import ReadError
from index.reading import read_report


@pytest.mark.parametrize("file_format", SEEDS)
def test_the_good_files_are_read(file_format: str) -> None:
    text = " ".join(p.text for p in read_report(SEEDS[file_format], f"a.{file_format}").paragraphs)
    assert "Cats" in text
    assert "Dogs" in text


@pytest.mark.parametrize("file_format", SEEDS)
def test_broken_files_give_a_report_or_a_sentence(file_format: str) -> None:
    contents = [broken_file(file_format, number) for number in range(1_000, 1_015)]
    assert contents[0] == broken_file(file_format, 1_000)
    assert len(set(contents)) > 10
    assert [what_is_wrong(content, f"broken.{file_format}") for content in contents] == [""] * 15


@pytest.mark.parametrize("name", ["a.html", "a.md", "a.txt", "a.docx", "a.epub", "a.pdf"])
@settings(max_examples=40, derandomize=True, deadline=None)
@given(content=st.one_of(st.binary(), st.text().map(str.encode)))
def test_any_bytes_give_a_report_or_a_sentence(name: str, content: bytes) -> None:
    assert what_is_wrong(content, name) == ""


def test_what_a_reader_must_not_do_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(error: Exception) -> str:
        def read(content: bytes, name: str) -> None:
            raise error

        monkeypatch.setattr(fuzz, "read_report", read)
        return what_is_wrong(b"", "a.txt")

    assert fail(ReadError("a is empty: choose another")) == ""
    assert fail(ReadError("two\nlines")) == "not one sentence: 'two\\nlines'"
    assert fail(KeyError("x")) == "KeyError: 'x'"


def test_a_reader_that_hangs_or_crashes_is_found_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker = fuzz._Worker()
    with contextlib.closing(worker):
        worker._process.kill()
        assert worker.ask("txt", 1) == "its process crashed"
        assert worker.ask("txt", 1) == ""
        monkeypatch.setattr(fuzz, "_PATIENCE", 0.0)
        assert worker.ask("txt", 1) == "hangs"


def test_fuzzing_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz._Worker, "ask", lambda *_: "KeyError")
    findings = fuzz.fuzz(5, {"txt": b"1. a"})
    assert next(findings) == Finding("txt", 1, "KeyError")
    assert next(findings).number == 2
    findings.close()
    assert list(fuzz.fuzz(0, {"txt": b"1. a"})) == []
