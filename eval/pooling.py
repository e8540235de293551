"""Growing a collection: the paragraphs that systems rank high and no one has judged."""

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from eval.collection import Collection
from eval.lines import id_field, read_objects, text_field, write_new
from eval.runs import Run
from index.report import Report

SEED = 0


class PoolItem(NamedTuple):
    """A paragraph to judge for a query.

    Attributes:
        query_id: the query.
        number: the paragraph.
        systems: those that found it, in alphabetical order.
        best_rank: the best rank that any of them gave it.
    """

    query_id: str
    number: str
    systems: tuple[str, ...]
    best_rank: int


class PoolRow(NamedTuple):
    """A line of a pool's file: what a judge is shown. It does not say who found it."""

    query_id: str
    query: str
    number: str
    section: str
    text: str


def pool(
    runs: Mapping[str, Run], collection: Collection, depth: int, seed: int = SEED
) -> list[PoolItem]:
    """The paragraphs that systems rank high and no one has judged.

    Args:
        runs: system name to run, best paragraphs first.
        collection: what is judged already, from `load_for_judging`.
        depth: how many paragraphs to take from each ranking.
        seed: of the shuffle, which hides from the judge who found a paragraph, and how high.
    Returns:
        By query, in the collection's order, shuffled within each.
    Raises:
        ValueError: depth is not 1 or more.
    """
    if depth < 1:
        raise ValueError(f"depth is {depth}: make it 1 or more")
    items: list[PoolItem] = []
    for query_id in collection.queries:
        ranks: dict[str, dict[str, int]] = defaultdict(dict)
        for system, run in sorted(runs.items()):
            for rank, number in enumerate(list(run.get(query_id, {}))[:depth], start=1):
                ranks[number][system] = rank
        unjudged = sorted(ranks.keys() - collection.qrels.get(query_id, {}).keys())
        random.Random(f"{seed} {query_id}").shuffle(unjudged)
        items += [
            PoolItem(query_id, number, tuple(ranks[number]), min(ranks[number].values()))
            for number in unjudged
        ]
    return items


def write_pool(
    items: Iterable[PoolItem], collection: Collection, report: Report, path: Path
) -> None:
    """Write a pool as JSON lines, each with the texts that a judge reads.

    Raises:
        CollectionError: the file is there already, or cannot be written.
    """
    paragraphs = {paragraph.number: paragraph for paragraph in report.paragraphs}
    rows = [
        {
            "query-id": item.query_id,
            "query": collection.queries[item.query_id],
            "corpus-id": item.number,
            "section": " > ".join(paragraphs[item.number].section),
            "text": paragraphs[item.number].text,
        }
        for item in items
    ]
    write_new(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def read_pool(path: Path) -> list[PoolRow]:
    """The paragraphs of a pool's file, in its order.

    Raises:
        CollectionError: the file is missing or broken.
    """
    return [
        PoolRow(
            id_field(line, values, "query-id"),
            text_field(line, values, "query"),
            id_field(line, values, "corpus-id"),
            str(values.get("section") or ""),
            text_field(line, values),
        )
        for line, values in read_objects(path, "write it with qa eval pool")
    ]
