import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.encoder import Encoding, Kind
from index.errors import LibraryError
from index.library import BUNDLED_REPORT, Library
from index.report import Report
from qa.answer import answer_question
from tests.toy import ToyEncoder, local_index

_TWO = b"1. One.\n\n2. Two words.\n"


def test_a_report_comes_back_as_it_went_in(library: Library, report: Report) -> None:
    assert library.report_ids() == [BUNDLED_REPORT]
    assert library.report(BUNDLED_REPORT) == report


def test_the_same_file_changes_nothing_and_another_replaces(library: Library) -> None:
    library.add_file(_TWO, "two.md")
    first = library.index().generation
    library.add_file(_TWO, "two.md")
    assert library.index().generation == first
    library.add_file(b"1. Changed.", "two.md")
    assert library.index().generation != first
    assert [p.text for p in library.report("two").paragraphs] == ["Changed."]
    assert library.index().n_paragraphs(["two"]) == 1


def test_another_process_sees_the_change(library: Library, tmp_path: Path) -> None:
    library.index()
    Library(tmp_path / "home", ToyEncoder()).add_file(_TWO, "two.md")
    assert library.index().n_paragraphs(["two"]) > 0


def test_a_long_paragraph_has_a_row_a_window(tmp_path: Path) -> None:
    library = Library(tmp_path, ToyEncoder(room=3))
    library.add_file(b"1. One two three four five six seven.\n\n2. Short.", "r.md")
    assert local_index(library).window_paragraphs.tolist() == [0, 0, 0, 1]


def test_another_encoder_is_refused_and_reindex_mends_it(library: Library, tmp_path: Path) -> None:
    other = Library(tmp_path / "home", ToyEncoder(dim=8, fingerprint="1" * 64))
    message = "encoded with toy .* run `qa reindex` to encode it again, or set QA_ENCODER=toy"
    with pytest.raises(LibraryError, match=message):
        other.index()
    with pytest.raises(LibraryError, match=message):
        other.add_file(_TWO, "two.md")
    other.reindex()
    assert len(local_index(other).dense) == 98
    with pytest.raises(LibraryError, match="the encoder now is toy"):
        library.index()


def test_another_way_of_numbering_is_refused(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.numbering.VERSION", "0")
    with pytest.raises(
        LibraryError, match=r"numbered by version \d+, this is version 0: run `qa reindex`"
    ):
        library.index()


def test_another_format_is_refused(library: Library, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "home" / "library.sqlite") as db:
        db.execute("UPDATE manifest SET value = '99' WHERE key = 'format'")
    with pytest.raises(LibraryError, match="has format 99, this version reads"):
        Library(tmp_path / "home", ToyEncoder())


def test_a_folder_that_cannot_hold_a_library_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match=r"cannot use the library in .*file.*: set QA_HOME"):
        Library(tmp_path / "file", ToyEncoder())
    (tmp_path / "library.sqlite").write_text("not a database" * 100)
    with pytest.raises(LibraryError, match="cannot use the library in"):
        Library(tmp_path, ToyEncoder())


def test_an_empty_library_says_so(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="is empty: add a report first"):
        Library(tmp_path, ToyEncoder()).index()


def test_the_cover_of_a_report_is_corrected(library: Library) -> None:
    generation = library.generation()
    corrected = replace(
        library.metadata("global-compact-2020"), title="Migration", date="1 May 2021"
    )
    library.correct("global-compact-2020", corrected)
    metadata = library.metadata("global-compact-2020")
    assert (metadata.title, metadata.date) == ("Migration", "1 May 2021")
    assert metadata.author == "Report of the Secretary-General"
    assert library.report("global-compact-2020").metadata == metadata
    assert library.generation() != generation  # what has been read of it is read anew
    with pytest.raises(LibraryError, match="no report 'nowhere': `qa list`"):
        library.correct("nowhere", corrected)


def test_corrections_outlive_new_readings_and_new_files(tmp_path: Path) -> None:
    library = Library(tmp_path, ToyEncoder())
    library.add_file(b"# Pets\n\n1. Cats purr.\n", "pets.md")
    as_read = library.metadata("pets")
    library.correct("pets", replace(as_read, title="Beasts", symbol="A/1"))
    library.reindex()
    assert library.metadata("pets") == replace(as_read, title="Beasts", symbol="A/1")
    library.add_file(b"# Animals\n\n1. Cats purr.\n", "pets.md")
    library.correct("pets", replace(library.metadata("pets"), symbol=""))  # as the document says
    assert library.metadata("pets") == replace(as_read, title="Beasts")
    library.correct("pets", replace(library.metadata("pets"), title="Animals"))
    library.add_file(b"# Creatures\n\n1. Cats purr.\n", "pets.md")
    assert library.metadata("pets").title == "Creatures"
    library.correct("pets", replace(as_read, title="Beasts"))
    library.remove("pets")
    library.add_file(b"# Plants\n\n1. Trees grow.\n", "pets.md")
    assert library.metadata("pets").title == "Plants"


def test_reports_are_told_without_their_paragraphs(library: Library) -> None:
    library.add_file(_TWO, "two.md")
    bundled, two = library.overviews()
    assert bundled.metadata == library.metadata(BUNDLED_REPORT)
    assert (bundled.report_id, bundled.n_paragraphs) == (BUNDLED_REPORT, 98)
    assert (two.report_id, two.source, two.n_paragraphs) == ("two", "two.md", 2)
    assert two.language == library.report("two").language


def test_one_paragraph_is_read_by_its_number(library: Library) -> None:
    assert library.paragraph(BUNDLED_REPORT, "87 (a)").number == "87(a)"
    with pytest.raises(LibraryError, match="has no paragraph '999': it runs from summary to"):
        library.paragraph(BUNDLED_REPORT, "999")
    with pytest.raises(LibraryError, match="no report 'nowhere'"):
        library.paragraph("nowhere", "1")


def test_the_sentence_about_an_unknown_report_names_only_some(tmp_path: Path) -> None:
    library = Library(tmp_path, ToyEncoder())
    for number in range(12):
        library.add_file(_TWO, f"r{number:02}.md")
    library.check_reports(["r00", "r11"])
    with pytest.raises(LibraryError, match=r"'x', expected one of r00, .*, r09, …: `qa list`"):
        library.check_reports(["r00", "x"])


_WRITER = """
import sys
from itertools import count
from pathlib import Path
from index.library import Library
from tests.toy import ToyEncoder, local_index

library = Library(Path(sys.argv[1]), ToyEncoder(dim=4))
for version in count():
    text = "".join(f"{n}. Version {version}, paragraph {n}.\\n\\n" for n in range(1, 301))
    library.add_file(text.encode(), "r.md")
    library.index()
    print(version, flush=True)
"""


@pytest.mark.parametrize("delay_seconds", [0.0, 0.01, 0.03, 0.05, 0.08, 0.11, 0.15, 0.2])
def test_killed_at_any_moment_the_library_is_whole(tmp_path: Path, delay_seconds: float) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    written = int(writer.stdout.readline())
    time.sleep(delay_seconds)
    os.kill(writer.pid, signal.SIGKILL)
    written = max([written, *map(int, writer.stdout.read().split())])
    writer.wait()
    writer.stdout.close()
    library = Library(tmp_path, ToyEncoder(dim=4))
    paragraphs = library.report("r").paragraphs
    versions = {p.text.split(",")[0] for p in paragraphs}
    assert len(paragraphs) == 300
    assert versions in ({f"Version {written}"}, {f"Version {written + 1}"})
    assert len(local_index(library).dense) == 300
    library.add_file(_TWO, "two.md")
    assert library.report_ids() == ["r", "two"]


def test_two_first_starts_at_once_make_one_library(tmp_path: Path) -> None:
    starter = (
        "import sys; from pathlib import Path; from index.library import Library; "
        "from tests.toy import ToyEncoder; library = Library(Path(sys.argv[1]), ToyEncoder()); "
        "library.add_bundled(); print(library.index().n_paragraphs([]))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", starter, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    assert [process.communicate()[0] for process in processes] == ["98\n"] * 4


class _CountingEncoder(ToyEncoder):
    """Remembers what it was asked to encode."""

    def __init__(self) -> None:
        super().__init__()
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
        self.encoded += texts
        return super().encode(texts, kind)


def test_a_changed_file_encodes_only_what_changed(tmp_path: Path) -> None:
    encoder = _CountingEncoder()
    library = Library(tmp_path, encoder)
    library.add_file(b"## I. Pets\n\n1. Cats purr.\n\n2. Dogs bark.\n", "pets.md")
    encoder.encoded.clear()
    library.add_file(b"## I. Pets\n\n1. Rain falls.\n\n2. Cats purr.\n\n3. Dogs bark.\n", "pets.md")
    assert encoder.encoded == ["Rain falls."]
    assert [p.text for p in library.report("pets").paragraphs] == [
        "Rain falls.", "Cats purr.", "Dogs bark.",
    ]  # fmt: skip
    fresh = Library(tmp_path / "fresh", ToyEncoder())
    fresh.add_file(b"## I. Pets\n\n1. Rain falls.\n\n2. Cats purr.\n\n3. Dogs bark.\n", "pets.md")
    rows = np.arange(3)
    assert np.array_equal(
        local_index(library).window_tokens(rows).vectors,
        local_index(fresh).window_tokens(rows).vectors,
    )
    ones = np.ones(256, np.float32)
    assert np.array_equal(
        local_index(library).dense.cosines(ones, rows), local_index(fresh).dense.cosines(ones, rows)
    )


def test_a_new_heading_encodes_the_tokens_below_it_again(tmp_path: Path) -> None:
    encoder = _CountingEncoder()
    library = Library(tmp_path, encoder)
    library.add_file(b"## I. Pets\n\n1. Cats purr.\n\n## II. Sky\n\n2. Rain falls.\n", "pets.md")
    encoder.encoded.clear()
    library.add_file(b"## I. Pets\n\n1. Cats purr.\n\n## II. Rain\n\n2. Rain falls.\n", "pets.md")
    assert encoder.encoded == ["Rain falls.", "Rain. Rain falls."]


def test_a_report_is_removed_and_no_longer_found(library: Library) -> None:
    library.add_file(b"1. Zebras run.", "zebras.md")
    assert answer_question("zebras", library=library).hits[0].paragraph.report_id == "zebras"
    library.remove("zebras")
    assert library.report_ids() == ["global-compact-2020"]
    hits = answer_question("zebras", library=library).hits
    assert {hit.paragraph.report_id for hit in hits} == {"global-compact-2020"}
    with pytest.raises(LibraryError, match="no report 'zebras'"):
        library.remove("zebras")


class _InterruptedEncoder(_CountingEncoder):
    """Is stopped after some texts."""

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
        if len(self.encoded) > 300:
            raise KeyboardInterrupt
        return super().encode(texts, kind)


def test_what_was_encoded_of_a_long_report_survives_an_interruption(tmp_path: Path) -> None:
    content = "\n\n".join(f"{n}. Word{n} of many." for n in range(1, 601)).encode()
    with pytest.raises(KeyboardInterrupt):
        Library(tmp_path, _InterruptedEncoder()).add_file(content, "long.md")
    encoder = _CountingEncoder()
    library = Library(tmp_path, encoder)
    assert library.report_ids() == []
    library.add_file(content, "long.md")
    assert len(encoder.encoded) == 600 - 4 * 64  # four batches were kept
    fresh = Library(tmp_path / "fresh", ToyEncoder())
    fresh.add_file(content, "long.md")
    rows = np.arange(600)
    assert np.array_equal(
        local_index(library).window_tokens(rows).vectors,
        local_index(fresh).window_tokens(rows).vectors,
    )
