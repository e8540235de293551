"""`qa add --encode ray`: many files, one bar, and what became of them at the end."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from index.bulk.adding import BulkAdding, Outcome, Skipped
from index.bulk.cluster import BulkError, connected
from index.bulk.worker import load_for_worker
from index.bulk.workers import Workers
from index.library import Library
from qa.cli.terminal import MISTAKE, OK, Bar, count, open_library
from qa.language import language_name

_NAMED = 10  # reports in a sentence


def add_in_bulk(files: Sequence[Path], where: str) -> int:
    """Add files, read and encoded on Ray; return the exit code.

    Args:
        files: to add.
        where: ``ray``, or ``ray://HOST:PORT``.
    Raises:
        BulkError: Ray is not there, or does not do what it should.
        LibraryError: the library takes nothing.
    """
    if where != "ray" and not where.startswith("ray://"):
        raise BulkError(f"--encode {where} is not known: expected ray or ray://HOST:PORT")
    library = open_library()
    library.check_maker(library.maker())
    account = _Account(library)
    with connected("" if where == "ray" else where) as ray:
        load = partial(load_for_worker, library.encoder.name)
        workers = Workers(ray, load, library.maker(), most=len(files))
        with Bar("Adding", " files") as progress:
            for done, outcome in enumerate(BulkAdding(library, workers).add(files), start=1):
                account.enter(outcome)
                progress(done, len(files))
    print(account.text(), flush=True)
    library.settle()
    return MISTAKE if account.skipped else OK


class _Account:
    """What became of many files, without keeping them.

    Attributes:
        skipped: a sentence for each file that was.
    """

    def __init__(self, library: Library) -> None:
        self.skipped: list[str] = []
        self._encoder = library.encoder
        self._changes: Counter[str] = Counter()
        self._odd: list[str] = []  # ids of reports
        self._unknown: Counter[str] = Counter()  # languages

    def enter(self, outcome: Outcome) -> None:
        """Enter what became of a file."""
        if isinstance(outcome, Skipped):
            self.skipped.append(f"{outcome.file}: {outcome.error}")
            return
        self._changes[outcome.change] += 1
        if outcome.report is None:
            return
        if outcome.report.oddities:
            self._odd.append(outcome.report.report_id)
        languages = self._encoder.languages
        if languages and outcome.report.language not in languages:
            self._unknown[language_name(outcome.report.language)] += 1

    def text(self) -> str:
        """All of it, a line for each thing to look at."""
        changes = [f"{self._changes[name]} {name}" for name in ("added", "replaced", "unchanged")]
        lines = [f"Reports: {', '.join(changes)}, {len(self.skipped)} skipped"]
        if self._odd:
            named = ", ".join(sorted(self._odd)[:_NAMED]) + ", …" * (len(self._odd) > _NAMED)
            lines.append(
                f"{count(len(self._odd), 'report')} with something odd, which "
                f"`qa show REPORT --check` tells: {named}"
            )
        if self._unknown:
            found = ", ".join(f"{n} in {language}" for language, n in self._unknown.most_common())
            lines.append(
                f"{self._encoder.name} does not know the language of some ({found}): set "
                "QA_ENCODER to a multilingual model"
            )
        if self.skipped:
            lines.append("Skipped:")
        return "\n".join([*lines, *(f"  {sentence}" for sentence in self.skipped)])
