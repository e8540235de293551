"""The reports a person has: add, list, read, search."""

import os
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import platformdirs

from index import numbering
from index.derived import Index, open_index
from index.encoder import Encoder
from index.errors import LibraryError
from index.reading import read_report
from index.report import Paragraph, Report
from index.store import IndexedReport, Maker, Store, Vectors

BUNDLED_REPORT = "global-compact-2020"

_ENCODE_AT_ONCE = 64  # texts between two reports of progress

Progress = Callable[[int, int], None]  # paragraphs done, paragraphs in all


def library_home() -> Path:
    """The folder of the library: QA_HOME, else the platform's user data folder."""
    home = os.environ.get("QA_HOME")
    return Path(home) if home else platformdirs.user_data_path("report-qa")


class Library:
    """Reports on disk, with the encoder that makes them searchable."""

    def __init__(self, home: Path, encoder: Encoder) -> None:
        """Open the library in a folder, creating it if need be.

        Raises:
            LibraryError: the folder cannot be used.
        """
        self.encoder = encoder
        self._home = home
        self._store = Store(home)
        self._index: Index | None = None

    def report_ids(self) -> list[str]:
        """Ids of the reports, in alphabetical order."""
        return self._store.report_ids()

    def report(self, report_id: str) -> Report:
        """One report, whole.

        Raises:
            LibraryError: there is none of that id.
        """
        return self._store.report(report_id)

    def paragraphs(self, keys: Sequence[int]) -> list[Paragraph]:
        """The paragraphs of these keys of an `Index`, in this order."""
        return self._store.paragraphs(keys)

    def add_file(self, content: bytes, source: str, progress: Progress | None = None) -> Report:
        """Read a file's bytes into the library; the same file again changes nothing.

        Args:
            content: the whole file.
            source: its name.
            progress: told how far encoding has come.
        Raises:
            ReadError: the file is not a readable report.
            LibraryError: the library was made with another encoder.
        """
        report = read_report(content, source)
        is_known = report.report_id in self.report_ids()
        if not is_known or self._store.content(report.report_id) != content:
            self.add(report, content, progress)
        return report

    def add(self, report: Report, content: bytes, progress: Progress | None = None) -> None:
        """Encode a report and put it in the library, replacing the one of its id.

        Raises:
            LibraryError: the library was made with another encoder.
        """
        maker = self._maker()
        self._store.check_maker(maker)
        vectors = self._encode(report.paragraphs, progress)
        self._store.put(IndexedReport(report, content, vectors), maker)

    def add_bundled(self, progress: Progress | None = None) -> None:
        """Put the bundled report into a library that never held anything."""
        if self._store.maker() is None:
            source = f"{BUNDLED_REPORT}.md"
            self.add_file(files("index").joinpath("reports", source).read_bytes(), source, progress)

    def reindex(self, progress: Progress | None = None) -> None:
        """Read, number and encode every report again, from the files kept with them."""
        sources = [(self.report(report_id).source, report_id) for report_id in self.report_ids()]
        contents = [self._store.content(report_id) for _, report_id in sources]
        reports = [
            read_report(content, source)
            for content, (source, _) in zip(contents, sources, strict=True)
        ]
        indexed = [
            IndexedReport(report, content, self._encode(report.paragraphs, progress))
            for report, content in zip(reports, contents, strict=True)
        ]
        self._store.replace_all(indexed, self._maker())

    def index(self) -> Index:
        """The search structures over the present state of the library.

        Raises:
            LibraryError: the library is empty, or was made with another encoder.
        """
        if self._index is None or self._index.generation != self._store.generation():
            self._store.check_maker(self._maker())
            self._index = open_index(self._home, self._store)
        return self._index

    def check_reports(self, report_ids: Sequence[str]) -> None:
        """Make sure that reports are there.

        Raises:
            LibraryError: one of them is not.
        """
        known = self.report_ids()
        for report_id in report_ids:
            if report_id not in known:
                raise LibraryError(
                    f"no report {report_id!r}, expected one of {', '.join(known)}: "
                    "`qa list` shows what there is"
                )

    def _maker(self) -> Maker:
        encoder = self.encoder
        return Maker(encoder.name, encoder.fingerprint, encoder.dim, numbering.VERSION)

    def _encode(self, paragraphs: Sequence[Paragraph], progress: Progress | None) -> list[Vectors]:
        """One array of window vectors a paragraph, shape (n_windows, dim)."""
        windows = [
            [paragraph.text[start:end] for start, end in self.encoder.split(paragraph.text)]
            for paragraph in paragraphs
        ]
        texts = [text for group in windows for text in group]
        vectors: list[Vectors] = []
        for first in range(0, len(texts), _ENCODE_AT_ONCE):
            batch = self.encoder.encode(texts[first : first + _ENCODE_AT_ONCE], "paragraph")
            vectors += [encoding.vector for encoding in batch]
            if progress:
                progress(len(vectors), len(texts))
        ends = np.cumsum([len(group) for group in windows])
        return [
            np.stack(vectors[end - len(group) : end])
            for group, end in zip(windows, ends, strict=True)
        ]
