"""What a look-up leads to, and how its sentences name it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from index.report import Paragraph, Report


@dataclass(frozen=True, slots=True)
class Place:
    """A paragraph that a look-up leads to.

    Attributes:
        paragraph: the paragraph, whole.
        start: offset of the mention in its text; 0 where the text holds none.
        end: offset after the mention; the end of the text where it holds none.
    """

    paragraph: Paragraph
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lookup:
    """What stands at the place that a question names.

    Attributes:
        sentence: how the question was read, or why there is nothing.
        places: all of them, in report order; empty where the report has no such place.
    """

    sentence: str
    places: tuple[Place, ...]


Finder = Callable[[re.Match[str], Report], Lookup | None]  # None: it is no look-up after all
Form = tuple[str, Finder]  # what the whole question must match, in either case


def mark_whole(*runs: Iterable[Paragraph]) -> tuple[Place, ...]:
    """The paragraphs, each once and in report order, to be marked whole."""
    paragraphs = {p.order: p for run in runs for p in run}
    return tuple(Place(p, 0, len(p.text)) for _, p in sorted(paragraphs.items()))


def name_runs(runs: Sequence[Sequence[Paragraph]]) -> str:
    """Name what stands together: "paragraphs 61 to 63 and 87 with its sub-paragraphs"."""
    names = [_name_run(run) for run in runs if run]
    if names == ["summary"]:
        return "the summary"
    is_one = len(names) == 1 and " to " not in names[0]
    return f"{'paragraph' if is_one else 'paragraphs'} {join_names(names)}"


def _name_run(run: Sequence[Paragraph]) -> str:
    first, last = (p.number.replace("(", " (") for p in (run[0], run[-1]))
    if all(p.number.startswith(f"{run[0].number}(") for p in run[1:]):
        return first if len(run) == 1 else f"{first} with its sub-paragraphs"
    return f"{first} to {last}"


def join_names(names: Sequence[str], word: str = "and") -> str:
    """Join names as prose does: "3, 5 and 7"."""
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
