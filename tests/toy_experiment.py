"""A small experiment, as `eval.experiment` collects it, with numbers that can be checked by eye."""

from typing import Any

HOSTILE = '</script><img src=x onerror="alert(1)">${alert(2)} <b>bold</b> &amp; "quoted"'


def toy_experiment() -> dict[str, Any]:
    """Three systems on four questions; `late` wins, `bm25` is like the baseline `rrf`."""
    return {
        "schema": 1,
        "command": "qa eval toy --html out.html",
        "seed": 42,
        "baseline": "rrf",
        "collection": {
            "name": "toy",
            "queries": 4,
            "judgements": 5,
            "paragraphs": 1234,
            "content_sha256": "c0ffee",
        },
        "provenance": {"report-qa": "0.1.0", "processors": 2, "encoder": "toy-encoder"},
        "measures": ["nDCG@10", "RR@10"],
        "systems": {
            "late": _system(0.75, [1.0, 1.0, 0.5, 0.5], ["69", "12", "3"], difference=0.25),
            "bm25": _system(0.45, [0.0, 1.0, 0.3, 0.5], ["12", "3"], difference=-0.05),
            "rrf": _system(0.5, [0.2, 1.0, 0.3, 0.5], ["12", "69"]),
        },
        "index_cost": {"paragraphs_per_second": 115.0, "index_bytes_per_paragraph": 45874},
        "answers": {
            "citation_precision": {"mean": 0.62, "low": 0.5, "high": 0.7},
            "cited_per_answer": 2.4,
            "quote_accuracy": {"mean": 0.55, "low": 0.5, "high": 0.6, "n": 118},
            "notes": ["Gold answers are spans."],
        },
        "abstention": {
            "auroc": 0.7,
            "aurc": 0.1,
            "ece": 0.05,
            "coverage_at_risk": {"0.05": 0.3, "0.2": 0.8},
            "risk_coverage": [[0.25, 0.0], [0.5, 0.0], [0.75, 0.25], [1.0, 0.4]],
            "reliability": [
                {"low": 0, "high": 0.5, "mean_confidence": None, "share_right": None, "n": 0},
                {"low": 0.5, "high": 1, "mean_confidence": 0.8, "share_right": 0.6, "n": 7},
            ],
            "by_kind": {"near": {"n": 20, "auroc": 0.55, "turned_away": 0.1}},
        },
        "conversations": {
            "n": 22,
            "with_earlier": {"Success@1": 0.64},
            "alone": {"Success@1": 0.3},
        },
        "queries": {
            "q1": _query("Who gives a number?", {"69": 2}, answer="gives all migrants"),
            "q2": _query("What is the Compact?", {"12": 1}),
            "q3": _query("Which objectives?", {"3": 1, "12": 0}),
            "q4": _query(f"Why {HOSTILE}?", {"69": 1}),
        },
        "paragraphs": {
            "69": _paragraph("69", "Portugal gives all migrants a number."),
            "12": _paragraph("12", "The Compact has objectives."),
            "3": _paragraph("3", HOSTILE),
        },
    }


def _system(
    mean: float, values: list[float], top: list[str], difference: float | None = None
) -> dict[str, Any]:
    estimate = {"mean": mean, "low": mean - 0.05, "high": mean + 0.05}
    query_ids = ["q1", "q2", "q3", "q4"]
    system: dict[str, Any] = {
        "description": f"a system of {mean}",
        "measures": {"nDCG@10": estimate, "RR@10": estimate},
        "per_query": {name: dict(zip(query_ids, values, strict=True)) for name in _MEASURES},
        "slices": {"nDCG@10": {"type": {"factoid": {"n": 3, "mean": mean}}}},
        "cost": {"p50_ms": 5.7, "p95_ms": 7.8, "queries_per_second": 160.0},
        "top": {query_id: [[key, 1.0] for key in top] for query_id in query_ids},
    }
    if difference is not None:
        system["comparison"] = {name: _comparison(difference) for name in _MEASURES}
    return system


_MEASURES = ("nDCG@10", "RR@10")


def _comparison(difference: float) -> dict[str, Any]:
    is_distinguishable = difference > 0.1
    return {
        "difference": difference,
        "low": difference - 0.06,
        "high": difference + 0.06,
        "p_value": 0.0001 if is_distinguishable else 0.2,
        "p_holm": 0.0002 if is_distinguishable else 0.2,
        "is_distinguishable": is_distinguishable,
    }


def _query(text: str, relevant: dict[str, int], **metadata: str) -> dict[str, Any]:
    return {"text": text, "relevant": relevant, "metadata": {"type": "factoid", **metadata}}


def _paragraph(number: str, text: str) -> dict[str, str]:
    return {"label": f"para. {number}", "section": "V. Progress > E. Inclusion", "text": text}
