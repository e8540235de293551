from pathlib import Path

import pytest

from qa.cli import main
from tests.toy import ToyEncoder

Output = pytest.CaptureFixture[str]

_PETS = "# Pets\n\n## I. Dogs\n\n1. Cats purr.\n\n2. Dogs bark.\n"


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.cli.terminal.load_encoder", ToyEncoder)


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    path = tmp_path / "pets.md"
    path.write_text(_PETS)
    return path


def test_a_file_is_added_accounted_for_and_asked(pets: Path, capsys: Output) -> None:
    assert main(["add", str(pets)]) == 0
    assert capsys.readouterr().out == (
        "pets: Pets\n  2 paragraphs, 1 section, 0 footnotes; from para. 1 to para. 2; language en\n"
    )
    assert main(["ask", "dogs bark", "--report", "pets"]) == 0
    assert "para. 2 · I. Dogs · pets" in capsys.readouterr().out
    assert main(["remove", "pets"]) == 0
    assert capsys.readouterr().out == "1 report removed\n"
    assert main(["remove", "pets"]) == 2
    assert "no report 'pets'" in capsys.readouterr().err


def test_what_is_odd_is_told_with_its_place(tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "odd.md"
    path.write_text("## I. Dogs\n\n1. Cats.\n\n2. Dogs.\n\n3. Rain.\n\n5. Snow.\n\n6. Hail.\n")
    assert main(["add", str(path)]) == 0
    (oddity,) = [line for line in capsys.readouterr().out.splitlines() if "!" in line]
    assert "4" in oddity
    assert main(["show", "odd", "--check"]) == 0
    assert oddity in capsys.readouterr().out


def test_a_cover_is_corrected(pets: Path, capsys: Output) -> None:
    assert main(["add", str(pets), "--title", "Beasts", "--symbol", "A/1", "--date", "today"]) == 0
    assert capsys.readouterr().out.startswith("pets: Beasts\n")
    assert main(["add", str(pets), "--title", "Animals"]) == 0  # the same file again
    assert capsys.readouterr().out.startswith("pets: Animals\n")
    assert main(["add", str(pets), str(pets), "--title", "Two"]) == 2
    assert "are of one report" in capsys.readouterr().err


def test_a_file_that_is_there_is_not_read_again(
    pets: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_twice(*_: object, **__: object) -> None:
        raise AssertionError("it was read again")

    assert main(["add", str(pets)]) == 0
    account = capsys.readouterr().out
    with monkeypatch.context() as patch:
        patch.setattr("qa.adding.read_apart", read_twice)
        assert main(["add", str(pets)]) == 0
    assert capsys.readouterr().out == account
    pets.write_text(_PETS + "\n3. Birds sing.\n")
    assert main(["add", str(pets)]) == 0
    assert "3 paragraphs" in capsys.readouterr().out


def test_a_folder_is_added_and_what_cannot_be_read_is_said(tmp_path: Path, capsys: Output) -> None:
    folder = tmp_path / "many"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.md").write_text(_PETS)
    (folder / "deep" / "b.txt").write_text("1. Storks fly.\n\n2. Storks rest.\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    (folder / "empty.docx").write_bytes(b"")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    assert main(["add", str(folder)]) == 2
    output = capsys.readouterr()
    *_, summary, broken, empty = output.out.splitlines()
    assert summary == "2 reports read, 2 skipped:"
    assert broken.startswith(f"  {folder / 'broken.pdf'}: ")
    assert empty.endswith("empty.docx is empty: choose a file with a report in it")
    errors = [line for line in output.err.splitlines() if line.startswith("qa: ")]
    assert len(errors) == 2
    assert "broken.pdf" in errors[0]
    assert "empty.docx is empty: choose a file with a report in it" in errors[1]
    assert main(["list"]) == 0
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} == {
        "a", "b", "global-compact-2020",
    }  # fmt: skip


def test_two_files_of_one_name_are_not_one_report(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "pets.md").write_text(_PETS)
    (tmp_path / "pets.txt").write_text("1. Storks fly.\n\n2. Storks rest.\n")
    assert main(["add", str(tmp_path)]) == 2
    assert "by its name it is 'pets', as" in capsys.readouterr().err
    assert main(["show", "pets", "1"]) == 0
    assert "Cats" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "old.doc",
            b"\xd0\xcf\x11\xe0 old",
            "in a format that is not read: save it as DOCX or PDF",
        ),
        ("x.zip", b"PK\x03\x04 broken", "is damaged"),
        ("x.bin", b"abc\0def", "is no document"),
        ("x.pdf", b"  \n", "is empty"),
        ("...", b"1. Cats.", "has no letter or digit to name the report by"),
    ],
)
def test_what_is_no_report_is_one_sentence(
    tmp_path: Path, name: str, content: bytes, message: str, capsys: Output
) -> None:
    path = tmp_path / name
    if name == "...":
        path = tmp_path / "---.md"
    path.write_bytes(content)
    assert main(["add", str(path)]) == 2
    (sentence,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("qa: ")]
    assert message in sentence


def test_a_file_that_is_not_there_changes_nothing(tmp_path: Path, capsys: Output) -> None:
    assert main(["add", str(tmp_path / "no.pdf")]) == 2
    assert "is not there: name a file or a folder" in capsys.readouterr().err
    (tmp_path / "nothing").mkdir()
    assert main(["add", str(tmp_path / "nothing")]) == 2
    assert "holds no file to read: expected .md" in capsys.readouterr().err
