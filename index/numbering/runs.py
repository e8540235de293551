"""Which of the numbers at the start of texts are the paragraphs' own: the longest run."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from index.numbering.labels import Label

_SMALL_GAP = 5
# What a step costs, in numbers: a run that skips far, or starts late, must go on to pay.
_START, _GAP, _JUMP = 1.0, 0.5, 3.0


class Candidate(NamedTuple):
    """A label at the start of a block.

    Attributes:
        position: of the block in the document.
        label: what may be its number.
        weight: 1 where a paragraph may well start, less where it may be a heading, or
            where a sentence is in the middle.
    """

    position: int
    label: Label
    weight: float


def longest_run(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, in order, that count up best: most of them, and with least gaps.

    Dynamic programming over the last number, as for the longest increasing subsequence.
    """
    scores: list[float] = []
    before: list[int] = []
    known: dict[tuple[int, ...], int] = {}  # the best run's end below each prefix
    exact: dict[tuple[int, ...], int] = {}
    best = -1
    for row, candidate in enumerate(candidates):
        path = candidate.label.path
        options = [(-_START if any(part != 1 for part in path) else 0.0, -1)]
        options += [
            (scores[end] - cost, end) for end, cost in _steps(candidate.label, known, exact)
        ]
        if best >= 0 and candidates[best].label.path < path:
            options.append((scores[best] - _JUMP, best))
        score, end = max(options)
        scores.append(score + candidate.weight)
        before.append(end)
        for ends, keys in ((known, _prefixes(path)), (exact, [path])):
            for key in keys:
                if key not in ends or scores[ends[key]] <= scores[row]:
                    ends[key] = row
        if best < 0 or scores[best] < scores[row]:
            best = row
    return _walk_back(candidates, before, best)


def missing_between(first: Label, second: Label) -> tuple[int, int] | None:
    """The first and last number that a run skips between two labels, or None.

    Numbers of the level at which the labels part: between 2.1 and 2.4 they are 2 and 3.
    """
    level = next(
        (k for k, (a, b) in enumerate(zip(first.path, second.path, strict=False)) if a != b), None
    )
    if level is None or second.path[level] - first.path[level] < 2:
        return None
    return first.path[level] + 1, second.path[level] - 1


def restarts(candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    """Where numbers begin again at 1, 2, and the old ones do not go on.

    Args:
        candidates: all the labels of one form, in order.
    Yields:
        The last number before such a place, and the 1.
    """
    for index, (first, second) in enumerate(pairwise(candidates[1:]), start=1):
        last = candidates[index - 1]
        begins = first.label.path == (1,) and second.label.path == (2,) and last.label.path > (1,)
        if begins and not _goes_on(islice(candidates, index, None), last):
            yield last, first


def _goes_on(labels: Iterable[Candidate], last: Candidate) -> bool:
    """Whether the run from 1 is a list inside, after which the numbers before it go on."""
    expected = 1
    for candidate in labels:
        if candidate.label.path != (expected,):
            return candidate.label.path == (last.label.path[0] + 1,)
        expected += 1
    return False


def _steps(
    label: Label, known: dict[tuple[int, ...], int], exact: dict[tuple[int, ...], int]
) -> Iterator[tuple[int, float]]:
    """The runs that the label may continue, and what that costs."""
    path = label.path
    if label.is_inserted and path in known:
        yield known[path], 0.0  # "12 bis" after "12"
    for level in reversed(range(len(path))):
        for gap in range(_SMALL_GAP):
            previous = (*path[:level], path[level] - 1 - gap)
            if previous in known:
                yield known[previous], _GAP * bool(gap)
        if path[level] != 1:
            break
        if path[:level] in exact:
            yield exact[path[:level]], 0.0  # "5.1" after "5"


def _prefixes(path: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [path[:length] for length in range(1, len(path) + 1)]


def _walk_back(candidates: Sequence[Candidate], before: list[int], end: int) -> list[Candidate]:
    run = []
    while end >= 0:
        run.append(candidates[end])
        end = before[end]
    return run[::-1]
