"""What a look-up leads to, and how its sentences name it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from index.report import Paragraph, Report

_NOUNS = ("para.", "article", "rule", "principle", "guideline")


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


class _Name(NamedTuple):
    """What a sentence calls a paragraph: "annex I, ", "paragraph", "3 (a)"."""

    place: str
    noun: str
    number: str


def name_runs(runs: Iterable[Sequence[Paragraph]], *, within: str = "") -> str:
    """Name what stands together: "paragraphs 61 to 63 and 87 with its sub-paragraphs".

    Args:
        runs: paragraphs that follow one another.
        within: what the sentence has named already: "annex I, " of "annex I, para. 3".
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        if run:
            name = _name_run(run, within)
            groups.setdefault((name.place, name.noun), []).append(name.number)
    return join_names([_name_group(*key, numbers) for key, numbers in groups.items()])


def _name_group(place: str, noun: str, numbers: Sequence[str]) -> str:
    is_one = len(numbers) == 1 and " to " not in numbers[0]
    spaced = noun and f"{noun} " if is_one else noun and f"{noun}s "
    return f"{place}{spaced}{join_names(numbers)}"


def _name_run(run: Sequence[Paragraph], within: str) -> _Name:
    first, last = (_name(p, within) for p in (run[0], run[-1]))
    if len(run) == 1:
        return first
    if all(p.number.startswith((f"{run[0].number}(", f"{run[0].number}.")) for p in run[1:]):
        return first._replace(number=f"{first.number} with its sub-paragraphs")
    if first[:2] == last[:2]:
        return first._replace(number=f"{first.number} to {last.number}")
    names = (_name_group(name.place, name.noun, [name.number]) for name in (first, last))
    return _Name("", "", " to ".join(names))


def _name(paragraph: Paragraph, within: str) -> _Name:
    label = replace(paragraph, page=None).label.removeprefix(within)
    if label == "summary":
        return _Name("", "", "the summary")
    if paragraph.number.startswith("box-"):
        return _Name("", "", label)
    place, comma, local = label.rpartition(", ")
    noun, _, number = local.partition(" ")
    if noun not in _NOUNS:
        return _Name(place + comma, "", local)
    return _Name(place + comma, noun.replace("para.", "paragraph"), number)


def join_names(names: Sequence[str], word: str = "and") -> str:
    """Join names as prose does: "3, 5 and 7"."""
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def as_sentence(text: str) -> str:
    """The text with a capital letter and a full stop, the rest as it is."""
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."
