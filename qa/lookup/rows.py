"""Which paragraphs of a report an address means."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from index.report import Paragraph, Report
from qa.lookup.addresses import Address
from qa.lookup.numbers import (
    Number,
    Path,
    is_same_place,
    leading_value,
    leads_to,
    read_paths,
    take_apart,
    without_repeat,
)
from qa.lookup.wording import split_list

Rows = list[tuple[Number, Paragraph]]


def read_rows(report: Report) -> Rows:
    """The paragraphs of a report with their numbers taken apart, in its order."""
    return [(take_apart(paragraph.number), paragraph) for paragraph in report.paragraphs]


class End(NamedTuple):
    """One number of a list, by its path and as it is typed."""

    path: Path
    typed: str

    @property
    def name(self) -> str:
        """How a sentence names it: "87 (z)"."""
        first, *inner = self.path
        is_dotted = "." in self.typed and "(" not in self.typed
        number = first + "".join(f".{step}" if is_dotted else f"({step})" for step in inner)
        return Paragraph("", number, "", (), 0).label.removeprefix("para. ")


def in_places(rows: Rows, address: Address) -> Rows:
    """What stands in the places that are named, or, without numbers, anywhere within."""
    for folds in (False, True):
        found = [row for row in rows if _stands_in(row[0].places, address, folds=folds)]
        if found:
            return found
    return []


def _stands_in(places: Sequence[str], address: Address, *, folds: bool) -> bool:
    left = iter(places)
    is_in = all(
        any(is_same_place(wanted, place, folds=folds) for place in left)
        for wanted in address.places
    )
    return is_in and (not address.numbers or not list(left))


def of_kinds(rows: Rows, address: Address) -> Rows:
    """The rows of the likeliest kind of number that there is."""
    by_kind = ([row for row in rows if row[0].kind == kind] for kind in address.kinds)
    return next(filter(None, by_kind), [])


def read_ends(text: str, rows: Rows) -> list[tuple[End, End]]:
    """Read "3, 5 to 7 and 87 (a)" as the first and last number of each part."""
    before: Path = ()
    ranges = []
    for part in split_list(text):
        ends = []
        for typed in part:
            options = read_paths(typed, before)
            before = next((path for path in options if exists(path, rows)), options[-1])
            ends.append(End(before, typed))
        ranges.append((ends[0], ends[-1]))
    return list(dict.fromkeys(ranges))


def exists(path: Path, rows: Rows) -> bool:
    """Whether there is such a number, or one within it."""
    return any(leads_to(path, number.path) for number, _ in rows)


def runs_of(first: Path, last: Path, rows: Rows, page: int) -> Iterator[list[Paragraph]]:
    """What is named, as it stands together; a number that is printed twice gives two runs."""
    if first != last:
        if run := _between(first, last, rows):
            yield run
        return
    found = [row for row in rows if leads_to(first, row[0].path)]
    printed = [row for row in found if _is_printed(first, row[0].path)]
    by_head: dict[tuple[tuple[str, ...], Path], list[Paragraph]] = {}
    for number, paragraph in printed or found:
        by_head.setdefault((number.places, number.path[: len(first)]), []).append(paragraph)
    on_page = [run for run in by_head.values() if run[0].page == page]
    yield from on_page or by_head.values()


def _is_printed(wanted: Path, path: Path) -> bool:
    """Whether letters are as large as they were typed: "12 (A)" may stand beside "12 (a)"."""
    return all(w in (own, without_repeat(own)) for w, own in zip(wanted, path, strict=False))


def _between(first: Path, last: Path, rows: Rows) -> list[Paragraph]:
    """From one number to the other in either order; the last brings its sub-paragraphs.

    Numbers are compared by their first value, then by where they stand.
    """
    at: dict[Path, float] = {}
    for row, (number, _) in enumerate(rows):
        for length in range(1, len(number.path) + 1):
            at.setdefault(_plain(number.path[:length]), row)

    def key(path: Path, absent: float) -> tuple[int, float]:
        return leading_value(path), at.get(_plain(path), absent)

    if key(first, -1) > key(last, -1):
        first, last = last, first
    lowest, highest = key(first, -1), key(last, math.inf)
    return [
        paragraph
        for number, paragraph in rows
        if lowest <= key(number.path, 0)
        and (key(number.path, 0) <= highest or leads_to(last, number.path))
    ]


def _plain(path: Path) -> Path:
    return tuple(without_repeat(step).casefold() for step in path)
