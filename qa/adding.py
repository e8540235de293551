"""Adding a file to the library: the one way, for the command line and for the page."""

from dataclasses import dataclass
from typing import Literal

from index.library import Library, Progress
from index.reading import report_id_of
from index.report import Report
from index.sandbox import read_apart
from qa.language import language_name

Change = Literal["added", "replaced", "unchanged"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was read, before it is in the library.

    Attributes:
        report: as it was read; as the library has it where nothing changes.
        content: the whole file.
        change: what putting it into the library does there.
        language_note: one sentence where the encoder does not know the report's language.
    """

    report: Report
    content: bytes
    change: Change
    language_note: str


def read_file(
    library: Library, content: bytes, source: str, progress: Progress | None = None
) -> Reading:
    """Read a file apart from this process, and see what it would change.

    One that the library holds already is not read again: recognising a scan takes minutes.

    Args:
        library: where it is to go.
        content: the whole file.
        source: its name.
        progress: told how many scanned pages are recognised, of how many.
    Raises:
        ReadError: the file is not a readable report, or takes more than the limits.
    """
    change: Change = "unchanged"
    if library.holds(report_id := report_id_of(source), content):
        report = library.report(report_id)
    else:
        report = read_apart(content, source, progress=progress)
        change = "replaced" if library.is_there(report.report_id) else "added"
    return Reading(report, content, change, _language_note(library, report.language))


def put(library: Library, reading: Reading, progress: Progress | None = None) -> None:
    """Encode what was read and put it into the library, where that changes anything.

    Raises:
        LibraryError: the library was made with another encoder.
    """
    if reading.change != "unchanged":
        library.add(reading.report, reading.content, progress)


def _language_note(library: Library, language: str) -> str:
    known = library.encoder.languages
    if not known or language in known:
        return ""
    return (
        f"it seems to be in {language_name(language)}, which {library.encoder.name} does not know: "
        "set QA_ENCODER to a multilingual model"
    )
