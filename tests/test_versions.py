import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.encoder import Encoding, Kind
from index.errors import LibraryError, ReadError
from index.library import Library
from qa.answer import answer_question
from tests.toy import ToyEncoder, local_index


class _StoppedEncoder(ToyEncoder):
    """Counts the texts that it encodes, and is stopped after some."""

    def __init__(self, after: int, fingerprint: str = "1" * 64) -> None:
        super().__init__(dim=8, fingerprint=fingerprint)
        self.after = after
        self.n_encoded = 0

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
        if self.n_encoded >= self.after:
            raise KeyboardInterrupt
        self.n_encoded += len(texts)
        return super().encode(texts, kind)


@pytest.fixture
def ten(tmp_path: Path) -> Library:
    library = Library(tmp_path, ToyEncoder(dim=4))
    for number in range(10):
        library.add_file(f"1. Word{number}.\n\n2. Common.\n".encode(), f"r{number}.md")
    return library


def test_an_interrupted_reindex_changes_nothing_and_goes_on(ten: Library, tmp_path: Path) -> None:
    before = answer_question("word3", library=ten)
    generation = ten.generation()
    with pytest.raises(KeyboardInterrupt):
        Library(tmp_path, _StoppedEncoder(after=8)).reindex()
    assert ten.generation() == generation
    assert ten.report_ids() == [f"r{n}" for n in range(10)]
    assert answer_question("word3", library=ten) == before
    assert answer_question("word3", library=Library(tmp_path, ToyEncoder(dim=4))) == before
    going_on = _StoppedEncoder(after=1000)
    Library(tmp_path, going_on).reindex()
    assert going_on.n_encoded == 20 - 3 * 2  # the fourth report was not whole
    assert Library(tmp_path, going_on).index().n_paragraphs([]) == 20
    with pytest.raises(LibraryError, match="the encoder now is toy"):
        ten.index()


def test_another_reindex_starts_anew(ten: Library, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        Library(tmp_path, _StoppedEncoder(after=8)).reindex()
    other = _StoppedEncoder(after=1000, fingerprint="2" * 64)
    Library(tmp_path, other).reindex()
    assert other.n_encoded == 20
    with sqlite3.connect(tmp_path / "library.sqlite") as db:
        assert db.execute("SELECT COUNT(*), COUNT(DISTINCT version) FROM reports").fetchone() == (
            10, 1,
        )  # fmt: skip
        assert db.execute("SELECT COUNT(*) FROM paragraphs").fetchone() == (20,)


class _AddingEncoder(ToyEncoder):
    """While it encodes, another process changes the library."""

    def __init__(self, other: Library) -> None:
        super().__init__(dim=4)
        self._other = other

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
        if "Word5." in texts:
            self._other.add_file(b"1. Late.", "late.md")
            self._other.add_file(b"1. Changed.", "r2.md")
            self._other.remove("r7")
        return super().encode(texts, kind)


def test_what_changes_during_a_reindex_is_not_lost(ten: Library, tmp_path: Path) -> None:
    library = Library(tmp_path, _AddingEncoder(ten))
    library.reindex()
    assert library.report_ids() == sorted(
        ["late", *(f"r{number}" for number in range(10) if number != 7)]
    )
    assert [p.text for p in library.report("r2").paragraphs] == ["Changed."]
    assert len(local_index(library).paragraph_keys) == 1 + 1 + 8 * 2


def test_a_reindex_that_another_one_has_overtaken_is_one_sentence(
    ten: Library, tmp_path: Path
) -> None:
    class Overtaken(ToyEncoder):
        def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
            if "Word5." in texts:
                Library(tmp_path, ToyEncoder(dim=4)).reindex()
            return super().encode(texts, kind)

    with pytest.raises(LibraryError, match="let one `qa reindex` run at a time"):
        Library(tmp_path, Overtaken(dim=4)).reindex()
    assert Library(tmp_path, ToyEncoder(dim=4)).index().n_paragraphs([]) == 20


def test_progress_rises_to_the_end(ten: Library) -> None:
    told: list[tuple[int, int]] = []
    ten.reindex(lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert {total for _, total in told} == {20}
    assert [done for done, _ in told].count(20) == 1
    assert told[-1] == (20, 20)


def test_a_report_that_cannot_be_read_any_more_is_named(
    ten: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(content: bytes, source: str, recognised: object = None) -> None:
        raise ReadError(f"{source} is damaged: save it anew")

    monkeypatch.setattr("index.library.read_report", refuse)
    with pytest.raises(ReadError, match=r"r0: r0.md is damaged.*`qa remove r0`"):
        ten.reindex()
    assert ten.report_ids()[0] == "r0"


def test_an_empty_library_stays_new(tmp_path: Path) -> None:
    library = Library(tmp_path, ToyEncoder())
    library.reindex()
    library.add_bundled()
    assert len(library.report_ids()) == 1


def test_a_library_without_reports_takes_another_encoder(tmp_path: Path) -> None:
    library = Library(tmp_path, ToyEncoder())
    library.add_file(b"1. Cats.", "cats.md")
    library.remove("cats")
    other = Library(tmp_path, ToyEncoder(dim=8, fingerprint="1" * 64))
    other.reindex()
    other.add_file(b"1. Cats.", "cats.md")
    assert len(local_index(other).dense) == 1


_FORMAT_2 = """
PRAGMA foreign_keys = OFF;
CREATE TABLE old (
    report_row INTEGER PRIMARY KEY, report_id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
    language TEXT NOT NULL, metadata TEXT NOT NULL, content BLOB NOT NULL
) STRICT;
INSERT INTO old SELECT report_row, report_id, source, language, metadata, content FROM reports;
DROP VIEW present_reports;
DROP TABLE corrections;
DROP TABLE reports;
ALTER TABLE old RENAME TO reports;
DELETE FROM manifest WHERE key = 'version';
UPDATE manifest SET value = '2' WHERE key = 'format';
"""


def test_a_library_of_format_2_is_brought_along(library: Library, tmp_path: Path) -> None:
    library.add_file(b"1. Cats purr.\n\n2. Dogs bark.\n", "pets.md")
    reports = [library.report(report_id) for report_id in library.report_ids()]
    tokens = local_index(library).window_tokens(np.arange(100))
    with sqlite3.connect(tmp_path / "home" / "library.sqlite") as db:
        db.executescript(_FORMAT_2)
    again = Library(tmp_path / "home", ToyEncoder())
    assert [again.report(report_id) for report_id in again.report_ids()] == reports
    assert np.array_equal(local_index(again).window_tokens(np.arange(100)).vectors, tokens.vectors)
    again.remove("pets")  # with what belongs to it
    assert answer_question("cats purr", library=again).hits[0].paragraph.report_id != "pets"
    with sqlite3.connect(tmp_path / "home" / "library.sqlite") as db:
        assert db.execute("SELECT COUNT(*) FROM paragraphs").fetchone() == (98,)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
