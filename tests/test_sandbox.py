import os
from pathlib import Path

import pytest

from index import sandbox
from index.errors import ReadError
from index.reading import plain_name, read_report
from index.sandbox import Limits, read_apart, read_file

_CATS = b"## I. Pets\n\n1. Cats purr.\n"


def test_a_file_reads_as_it_does_here() -> None:
    assert read_apart(_CATS, "cats.md") == read_report(_CATS, "cats.md")


def test_a_mistake_is_the_same_sentence() -> None:
    with pytest.raises(ReadError, match="is not UTF-8 text"):
        read_apart(b"1. \xff\xfe", "cats.md")


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(ReadError, match="has 0 MB, at most 0 are read: split it"):
        read_apart(_CATS, "cats.md", Limits(file_bytes=10))


def test_text_is_shorter_than_what_holds_pictures() -> None:
    limits = Limits(text_bytes=10)
    with pytest.raises(ReadError, match="has 0 MB, at most 0 are read: split it"):
        read_apart(_CATS, "cats.md", limits)
    with pytest.raises(ReadError, match="PDF"):
        read_apart(b"\n%PDF-1.7 " + _CATS, "cats.pdf", limits)


def test_a_file_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(ReadError, match="not read within 0 seconds"):
        read_apart(_CATS, "cats.md", Limits(seconds=0))


def test_a_file_that_takes_too_much_memory_is_given_up() -> None:
    with pytest.raises(ReadError, match="memory"):
        read_apart(b"a\n" * 20_000_000, "cats.txt", Limits(memory_bytes=400 * 2**20))


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(paragraphs=1), "cats.md has 2 paragraphs, at most 1 are read: split it"),
        (Limits(characters=15), "cats.md has 20 characters, at most 15 are read: split it"),
    ],
)
def test_a_report_holds_no_more_than_the_limits(limits: Limits, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_apart(_CATS + b"\n2. Dogs bark.\n", "cats.md", limits)


def test_a_process_that_breaks_off_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "asdict", lambda _: {"nonsense": 1})
    with pytest.raises(ReadError, match=r"^cats.md could not be read \(TypeError: .*\): split it"):
        read_apart(_CATS, "cats.md")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("../../etc/cats.md", "cats.md"),
        ("new\nline.md", "new line.md"),
        ("sur\udcff.md", "sur?.md"),
        ("\u202egpj.md", "gpj.md"),
        ("nul\0.md", "nul?.md"),
        ("<img src=x>.md", "<img src=x>.md"),
    ],
)
def test_names_are_shown_on_one_line_without_folders(source: str, shown: str) -> None:
    assert plain_name(source) == shown
    assert read_report(_CATS, source).source == shown


def test_a_name_that_no_command_line_takes_is_read() -> None:
    assert read_apart(_CATS, "nul\0 sur\udcff.md").source == "nul? sur?.md"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_pipes_and_devices_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    for name in ("pipe.txt", "zero.txt"):
        with pytest.raises(ReadError, match="it is no ordinary file"):
            read_file(tmp_path / name)


def test_files_that_cannot_be_opened_say_why(tmp_path: Path) -> None:
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    (tmp_path / "broken.txt").symlink_to(tmp_path / "nowhere")
    for name in ("loop.txt", "broken.txt", "none.txt"):
        with pytest.raises(ReadError, match=r"it cannot be opened \(.+\): check its rights"):
            read_file(tmp_path / name)


def test_a_file_is_read_only_up_to_the_limit(tmp_path: Path) -> None:
    (tmp_path / "cats.md").write_bytes(_CATS)
    assert read_file(tmp_path / "cats.md") == _CATS
    with open(tmp_path / "sparse.pdf", "wb") as file:
        file.truncate(2 * 2**30)
    with pytest.raises(ReadError, match="it has 2,048 MB, at most 256 are read: split it"):
        read_file(tmp_path / "sparse.pdf")
