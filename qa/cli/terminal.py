"""What every command needs: exit codes, mistakes in one sentence, progress, the library."""

import argparse
import json
import sys
from collections.abc import Collection, Sequence
from typing import Never, TypeAlias

from tqdm import tqdm

from index.encoder import Encoder
from index.library import Library, Progress, library_home, library_url
from index.models import load_encoder

OK, NOT_FOUND, MISTAKE, FALLEN, INTERRUPTED = 0, 1, 2, 3, 130  # exit codes


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence instead of printing the usage."""

    # Of a command with actions: what it does when none of them is named.
    default_action = ""
    actions: Collection[str] = ()

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Put the default action where none is named."""
        if self.default_action and (not args or args[0] not in self.actions):
            args = [self.default_action, *(args or [])]
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> Never:
        """Exit with the sentence."""
        self.exit(MISTAKE, f"qa: {message}: `{self.prog} --help` shows how\n")


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"  # what `add_subparsers` gives


def open_library() -> Library:
    """The person's library, with the bundled report in it at first start."""
    library = Library(library_home(), patient_encoder(), library_url())
    if notice := library.notice():
        note(notice)
    with Bar("Indexing the bundled report") as progress:
        library.add_bundled(progress)
    return library


def patient_encoder() -> Encoder:
    """The encoder, with a word of patience before the first use of one."""
    encoder = load_encoder()
    if not encoder.is_prepared:
        print("Preparing the encoder; this happens once and takes ten seconds.", file=sys.stderr)
    return encoder


class Bar:
    """A bar on standard error, drawn once something is reported."""

    def __init__(self, title: str, unit: str = " paragraphs") -> None:
        self._title = title
        self._unit = unit
        self._bar: tqdm[Never] | None = None

    def __enter__(self) -> Progress:
        """What to tell how far the work has come."""
        return self._report

    def _report(self, done: int, total: int) -> None:
        if self._bar is not None and done < self._bar.n:  # it begins again, with another file
            self._bar.close()
            self._bar = None
        if self._bar is None:
            self._bar = tqdm(desc=self._title, total=total, unit=self._unit, file=sys.stderr)
        self._bar.total = total
        self._bar.update(done - self._bar.n)
        if done == total:  # what comes next is not its work
            self._bar.close()

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def note(sentence: str) -> None:
    """Say something beside the output."""
    print(f"qa: {sentence}", file=sys.stderr)


def count(number: int, noun: str) -> str:
    """A number of things, in words."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def to_json(value: object) -> str:
    """A value as the commands print JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2)
