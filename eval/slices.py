"""Means by what the metadata of the queries say: how good on figures, on paraphrases."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from eval.measures import MeasureError

Slices = dict[str, dict[str, tuple[int, float]]]  # field -> value -> queries, mean

_MOST_VALUES = 20  # more make no table, and are free text mostly


def slice_means(
    per_query: Mapping[str, float],
    metadata: Mapping[str, Mapping[str, Any]],
    fields: Sequence[str] | None = None,
) -> Slices:
    """Mean of a measure for each value of each metadata field.

    Args:
        per_query: query id to value.
        metadata: query id to field to value; a query with a list of values counts for each
            of them, one without the field for none.
        fields: which to show; by default those with 2 to 20 values that stand for two
            queries or more on average, which leaves out free text such as answers.

    Returns:
        Field to value to (number of queries, mean); the value with most queries first.
    Raises:
        MeasureError: no query has a named field.
    """
    slices = _slice(per_query, metadata)
    if fields is None:
        fields = [field for field, values in slices.items() if _has_few(values)]
    for field in fields:
        if field not in slices:
            raise MeasureError(
                f"no query has the metadata field {field!r}: choose from {', '.join(slices)}"
                if slices
                else f"no query has the metadata field {field!r}, nor any other: add metadata"
            )
    return {
        field: {
            value: (len(found), fmean(found))
            for value, found in sorted(slices[field].items(), key=lambda s: (-len(s[1]), s[0]))
        }
        for field in fields
    }


def _slice(
    per_query: Mapping[str, float], metadata: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, list[float]]]:
    slices: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for query_id, measured in per_query.items():
        for field, value in metadata.get(query_id, {}).items():
            for name in dict.fromkeys(_names(value)):
                slices[field][name].append(measured)
    return slices


def _names(value: object) -> list[str]:
    """What a metadata value is called in a table; nothing for an empty or nested one."""
    if isinstance(value, list | tuple):
        return [name for item in value for name in _names(item)]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    is_name = isinstance(value, int | float) or (isinstance(value, str) and value != "")
    return [str(value)] if is_name else []


def _has_few(values: Mapping[str, Sequence[float]]) -> bool:
    n_queries = sum(len(found) for found in values.values())
    return 2 <= len(values) <= min(_MOST_VALUES, n_queries // 2)
