"""An experiment as tables, to be read in the terminal and in the page."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Experiment = Mapping[str, Any]  # what `eval.experiment` collects; JSON can hold it

WIDTH = 100  # columns of a terminal
ALIKE = "≈"  # not distinguishable from the baseline
NOTHING = "–"

_LEAST_P = 0.001  # what is less is written so
_LABELS = {
    "n": "questions",
    "n_quotes": "quotes measured",
    "n_cited": "cited per answer",
    "quote_token_f1": "quote token F1",
    "peak_memory_mb": "peak memory, MB",
}
_ABSTENTION = {
    "n": "questions",
    "auroc": "AUROC",
    "aurc": "AURC",
    "aurc_random": "AURC of a random order",
    "aurc_best": "AURC of the best order",
    "ece": "ECE",
    "ece_by_luck": "ECE of perfect confidence, by luck",
    "brier": "Brier score",
}
_KINDS = {
    "n": "n",
    "auroc": "AUROC",
    "turned_away": "turned away",
    "turned_away_or_weak": "turned away or weak",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Cells that are ready to read; the first of a row names it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def experiment_table(experiment: Experiment) -> str:
    """Everything an experiment found, for a terminal of 100 columns.

    A table that is wider goes on below, its first column repeated.
    """
    tables = [
        headline_table(experiment),
        other_measures_table(experiment),
        *slice_tables(experiment, experiment["measures"][0]),
        *answer_tables(experiment),
        *abstention_tables(experiment),
        *conversation_tables(experiment),
        *index_cost_tables(experiment),
    ]
    texts = [as_text(table) for table in tables if table is not None]
    return "\n\n".join([collection_line(experiment), *texts, verdict(experiment)])


def collection_line(experiment: Experiment) -> str:
    """What was asked, of what, with which encoder."""
    collection, provenance = experiment["collection"], experiment["provenance"]
    counts = ", ".join(
        f"{collection[name]:,} {name}" for name in ("queries", "judgements", "paragraphs")
    )
    return f"{collection['name']}: {counts}; {provenance['encoder']}"


def verdict(experiment: Experiment) -> str:
    """Which system is best by the first measure, by how much, and is it luck."""
    measure, systems = experiment["measures"][0], experiment["systems"]
    best = max(systems, key=lambda name: systems[name]["measures"][measure]["mean"])
    found = f"Best by {measure}: {best}, {interval(systems[best]['measures'][measure])}"
    if best == experiment["baseline"] and len(systems) > 1:
        return f"{found}; it is the baseline."
    comparison = _comparison(experiment, best, measure)
    if comparison is None:
        return f"{found}."
    how_sure = "" if comparison["is_distinguishable"] else ", which may be luck"
    return (
        f"{found}; {difference(comparison)} against the baseline {experiment['baseline']} "
        f"(p {p_value(comparison['p_holm'])}){how_sure}."
    )


def headline_table(experiment: Experiment) -> Table:
    """The first measure of every system, its difference to the baseline, and what it costs."""
    measure, systems = experiment["measures"][0], experiment["systems"]
    columns = {measure: [interval(systems[name]["measures"].get(measure)) for name in systems]}
    if _has_comparisons(experiment):
        compared = [_comparison(experiment, name, measure) for name in systems]
        columns[f"to {experiment['baseline']}"] = [
            difference(found) + _mark(found) if found else "baseline  " for found in compared
        ]
        columns["p"] = [p_value(found["p_holm"]) if found else "" for found in compared]
    if any(system.get("cost") for system in systems.values()):
        costs = [system.get("cost") for system in systems.values()]
        columns["ms p50 / p95"] = [
            f"{cost['p50_ms']:.1f} / {cost['p95_ms']:.1f}" if cost else NOTHING for cost in costs
        ]
        columns["queries/s"] = [
            f"{cost['queries_per_second']:,.0f}" if cost else NOTHING for cost in costs
        ]
    return _by_system(f"Systems by {measure}", experiment, columns, _note_on_luck(experiment))


def other_measures_table(experiment: Experiment) -> Table | None:
    """Every measure after the first, of every system."""
    systems = experiment["systems"]
    columns = {
        measure: [
            interval(system["measures"].get(measure))
            + _mark(_comparison(experiment, name, measure))
            for name, system in systems.items()
        ]
        for measure in experiment["measures"][1:]
    }
    return _by_system("Other measures", experiment, columns) if columns else None


def differences_table(experiment: Experiment, measure: str) -> Table | None:
    """One measure's differences to the baseline, with both p-values."""
    compared = {name: _comparison(experiment, name, measure) for name in experiment["systems"]}
    rows = tuple(
        (
            name,
            difference(found) + _mark(found),
            p_value(found["p_value"]),
            p_value(found["p_holm"]),
        )
        for name, found in compared.items()
        if found
    )
    header = ("system", f"{measure} to {experiment['baseline']}", "p", "p (Holm)")
    return Table(f"Differences by {measure}", header, rows) if rows else None


def slice_tables(experiment: Experiment, measure: str) -> list[Table]:
    """One measure by each metadata field: a slice a row, a system a column."""
    sliced = {
        name: system["slices"][measure]
        for name, system in experiment["systems"].items()
        if measure in system.get("slices", {})
    }
    if not sliced:
        return []
    fields = next(iter(sliced.values()))
    return [
        Table(
            f"{measure} by {field}",
            (field, "n", *sliced),
            tuple(
                (
                    value,
                    number(found["n"]),
                    *(_slice_mean(slices, field, value) for slices in sliced.values()),
                )
                for value, found in values.items()
            ),
        )
        for field, values in fields.items()
    ]


def _slice_mean(slices: Mapping[str, Any], field: str, value: str) -> str:
    return number(slices.get(field, {}).get(value, {}).get("mean"))


def answer_tables(experiment: Experiment) -> list[Table]:
    """What the product promises of its answers: citations and quotes."""
    answers = experiment.get("answers")
    if not answers:
        return []
    rows = _named_rows(answers)
    return [
        Table(
            "Citations and quotes", ("measure", "value"), rows, " ".join(answers.get("notes", ()))
        )
    ]


def abstention_tables(experiment: Experiment) -> list[Table]:
    """How well the confidence tells when not to answer, as a whole and by kind."""
    found = experiment.get("abstention")
    if not found:
        return []
    rows = [(label, cell(found[name])) for name, label in _ABSTENTION.items() if name in found]
    rows += [
        (f"coverage at {float(risk):.0%} risk", number(coverage))
        for risk, coverage in found.get("coverage_at_risk", {}).items()
    ]
    whole = Table("Knowing when not to answer", ("measure", "value"), tuple(rows))
    kinds = found.get("by_kind")
    return [whole, _kinds_table(kinds)] if kinds else [whole]


def _kinds_table(kinds: Mapping[str, Mapping[str, Any]]) -> Table:
    columns = [name for name in _KINDS if any(name in found for found in kinds.values())]
    rows = tuple(
        (kind, *(cell(found.get(name)) for name in columns)) for kind, found in kinds.items()
    )
    header = ("kind", *(_KINDS[name] for name in columns))
    return Table("Confidence by kind of question", header, rows)


def conversation_tables(experiment: Experiment) -> list[Table]:
    """Later turns of conversations, read with the earlier ones and alone."""
    found = experiment.get("conversations")
    if not found:
        return []
    rows = tuple(
        (measure, cell(value), cell(found["alone"].get(measure)))
        for measure, value in found["with_earlier"].items()
    )
    header = ("measure", "with earlier turns", "alone")
    return [Table(f"Conversations: {found['n']:,} later turns", header, rows)]


def index_cost_tables(experiment: Experiment) -> list[Table]:
    """What building and keeping the index costs."""
    cost = experiment.get("index_cost")
    return [Table("Cost of the index", ("measure", "value"), _named_rows(cost))] if cost else []


def as_text(table: Table) -> str:
    """A table in monospaced columns, at most 100 wide where a column fits beside the first."""
    columns = list(zip(table.header, *table.rows, strict=True))
    first, rest = columns[0], columns[1:]
    blocks = [_lines([first, *block]) for block in _fitting(first, rest)]
    lines = [table.title, *"\n\n".join("\n".join(block) for block in blocks).split("\n")]
    return "\n".join([*lines, *_wrapped(table.note)])


def _fitting(
    first: Sequence[str], columns: Sequence[Sequence[str]]
) -> Iterator[list[Sequence[str]]]:
    """Groups of columns that stand beside the first within the terminal's width."""
    block: list[Sequence[str]] = []
    room = left = WIDTH - _width(first)
    for column in columns:
        needed = _width(column) + 2
        if block and needed > left:
            yield block
            block, left = [], room
        block.append(column)
        left -= needed
    yield block


def _width(column: Sequence[str]) -> int:
    return max(map(len, column))


def _lines(columns: Sequence[Sequence[str]]) -> list[str]:
    widths = [_width(column) for column in columns]
    return [
        "  ".join(
            [row[0].ljust(widths[0])]
            + [text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True)]
        ).rstrip()
        for row in zip(*columns, strict=True)
    ]


def _wrapped(text: str) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _by_system(
    title: str, experiment: Experiment, columns: Mapping[str, Sequence[str]], note: str = ""
) -> Table:
    rows = tuple(zip(experiment["systems"], *columns.values(), strict=True))
    return Table(title, ("system", *columns), rows, note)


def _named_rows(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What is a number or an estimate; lists and details of each query are not for a table."""
    return tuple(
        (_LABELS.get(name, name.replace("_", " ")), cell(value))
        for name, value in values.items()
        if value is None
        or isinstance(value, int | float)
        or (isinstance(value, Mapping) and "mean" in value)
    )


def _comparison(experiment: Experiment, system: str, measure: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = (
        experiment["systems"][system].get("comparison", {}).get(measure)
    )
    return found


def _has_comparisons(experiment: Experiment) -> bool:
    return any(system.get("comparison") for system in experiment["systems"].values())


def _mark(comparison: Mapping[str, Any] | None) -> str:
    is_alike = comparison is not None and not comparison["is_distinguishable"]
    return f" {ALIKE}" if is_alike else "  "


def _note_on_luck(experiment: Experiment) -> str:
    intervals = f"In brackets: 95% intervals, paired bootstrap. Seed {experiment['seed']}."
    if not _has_comparisons(experiment):
        return intervals
    compared = sum(1 for system in experiment["systems"].values() if system.get("comparison"))
    return (
        f"{ALIKE} not distinguishable from {experiment['baseline']} at 5%. p: paired permutation "
        f"test with Holm's correction for {compared} systems. {intervals}"
    )


def cell(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """A number, or a mean with its interval and count."""
    if not isinstance(value, Mapping):
        return number(value)
    count = f" (n = {value['n']:,})" if "n" in value else ""
    return interval(value) + count


def interval(estimate: Mapping[str, float] | None) -> str:
    """``.810 [.757, .861]``."""
    if estimate is None:
        return NOTHING
    if estimate.get("low") is None or estimate.get("high") is None:
        return number(estimate["mean"])
    return f"{short(estimate['mean'])} [{short(estimate['low'])}, {short(estimate['high'])}]"


def difference(comparison: Mapping[str, float]) -> str:
    """``+.188 [+.131, +.249]``."""
    low, high = signed(comparison["low"]), signed(comparison["high"])
    return f"{signed(comparison['difference'])} [{low}, {high}]"


def number(value: float | None) -> str:
    """A count with commas, a share with three decimals, anything larger with one."""
    if value is None or math.isnan(value):
        return NOTHING
    if isinstance(value, int):
        return f"{value:,}"
    if abs(value) <= 1:
        return short(value)
    return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"


def short(value: float) -> str:
    """Three decimals without the zero before the point, as the field writes measures."""
    text = f"{abs(value):.3f}"
    sign = "−" if value < 0 and float(text) else ""
    return sign + (text[1:] if text.startswith("0") else text)


def signed(value: float) -> str:
    """`short` with its sign also where it is positive."""
    text = short(value)
    return text if text.startswith("−") else f"+{text}"


def p_value(p: float) -> str:
    """Three decimals, or that it is less."""
    return f"<{short(_LEAST_P)}" if p < _LEAST_P else short(p)
