import hashlib
import json
import re
from base64 import b64encode
from html.parser import HTMLParser
from typing import Any

import pytest

from eval import page
from eval.page import experiment_html
from tests.toy_experiment import HOSTILE, toy_experiment

_PARTS = {
    "systems": "Systems",
    "questions": "Where two systems differ",
    "measures": "Other measures",
    "slices": "Slices",
    "answers": "Answers",
    "abstention": "Abstention",
    "conversations": "Conversations",
    "cost": "Costs",
    "provenance": "Provenance",
}


class _Reading(HTMLParser):
    """What a browser makes of the page: elements, scripts and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script" and data.strip():
            self.scripts.append(data)
        else:
            self.text += data


def _embedded(html: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_Reading(html).scripts[0])
    return data


def test_every_part_is_there_and_the_contents_lead_to_it() -> None:
    reading = _Reading(experiment_html(toy_experiment()))
    ids = [attrs.get("id") for tag, attrs in reading.tags if tag == "section"]
    links = [attrs.get("href") for tag, attrs in reading.tags if tag == "a"]
    assert ids == list(_PARTS)
    assert links == [f"#{name}" for name in _PARTS]
    for text in ("Best by nDCG@10: late", "qa eval toy --html out.html", "c0ffee", "toy-encoder"):
        assert text in reading.text


def test_parts_without_results_are_left_out() -> None:
    experiment = toy_experiment()
    for name in ("index_cost", "answers", "abstention", "conversations"):
        del experiment[name]
    for system in experiment["systems"].values():
        del system["slices"], system["cost"]
        system.pop("comparison", None)
    experiment["measures"] = ["nDCG@10"]
    reading = _Reading(experiment_html(experiment))
    ids = [attrs.get("id") for tag, attrs in reading.tags if tag == "section"]
    assert ids == ["systems", "questions", "provenance"]


def test_nothing_is_fetched_and_only_its_own_script_may_run() -> None:
    html = experiment_html(toy_experiment())
    reading = _Reading(html)
    policy = next(attrs["content"] for tag, attrs in reading.tags if "http-equiv" in attrs)
    digest = b64encode(hashlib.sha256(reading.scripts[1].encode()).digest()).decode()
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert f"script-src 'sha256-{digest}';" in policy
    assert not [tag for tag, attrs in reading.tags if {"src", "onerror", "onclick"} & set(attrs)]
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", html))
    assert addresses == {"http://www.w3.org/2000/svg"}


def test_hostile_texts_stay_text() -> None:
    experiment = toy_experiment()
    experiment["command"] = experiment["collection"]["name"] = HOSTILE
    experiment["systems"][HOSTILE] = experiment["systems"].pop("bm25")
    html = experiment_html(experiment)
    reading = _Reading(html)
    assert {tag for tag, _ in reading.tags}.isdisjoint({"img", "b"})
    assert len(reading.scripts) == 2
    data = json.loads(reading.scripts[0])
    assert data["queries"][3]["text"] == f"Why {HOSTILE}?"
    assert HOSTILE in data["systems"]
    assert html.count("</script>") == 2


def test_the_browser_gets_values_rankings_and_grades() -> None:
    data = _embedded(experiment_html(toy_experiment()))
    assert data["measures"] == ["nDCG@10", "RR@10"]
    assert data["systems"]["late"]["values"]["nDCG@10"] == [1.0, 1.0, 0.5, 0.5]
    assert data["systems"]["late"]["top"][0] == [0, 1, 2]  # positions of paragraphs
    assert data["queries"][2]["relevant"] == [[2, 1], [1, 0]]
    assert data["paragraphs"][0] == [
        "para. 69",
        "V. Progress > E. Inclusion",
        "Portugal gives all migrants a number.",
    ]


def test_a_query_that_a_system_never_answered_counts_0() -> None:
    experiment = toy_experiment()
    del experiment["systems"]["late"]["per_query"]["nDCG@10"]["q2"]
    del experiment["systems"]["late"]["top"]["q2"]
    late = _embedded(experiment_html(experiment))["systems"]["late"]
    assert late["values"]["nDCG@10"] == [1.0, 0.0, 0.5, 0.5]
    assert late["top"][1] == []


def test_the_cells_say_aloud_what_is_not_distinguishable() -> None:
    html = experiment_html(toy_experiment())
    assert (
        '<td>−.050<small> [−.110, +.010]</small> <span aria-hidden="true">≈</span>'
        '<span class="visually-hidden">not distinguishable from the baseline</span></td>'
    ) in html


def test_ids_are_given_once() -> None:
    ids = re.findall(r'\bid="([^"]+)"', experiment_html(toy_experiment()))
    assert len(ids) == len(set(ids))


def test_long_paragraphs_are_cut_where_the_page_would_grow_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    experiment = toy_experiment()
    experiment["paragraphs"]["12"]["text"] = "x" * 3000
    assert _embedded(experiment_html(experiment))["paragraphs"][1][2] == "x" * 3000
    monkeypatch.setattr(page, "_BUDGET", 2000)
    html = experiment_html(experiment)
    assert _embedded(html)["paragraphs"][1][2] == "x" * 1500 + " …"
    assert "Paragraphs of more than 1,500 signs are cut." in html


def test_a_large_experiment_stays_small() -> None:
    experiment = toy_experiment()
    query_ids = [f"q{i:04}" for i in range(1190)]
    keys = [f"p{i:05}" for i in range(6000)]
    experiment["paragraphs"] = {
        key: {"label": f"para. {key}", "section": "A. Part", "text": "word " * 300} for key in keys
    }
    experiment["queries"] = {
        query_id: {"text": "A question of middling length?" * 2, "relevant": {keys[i]: 1}}
        for i, query_id in enumerate(query_ids)
    }
    for system in experiment["systems"].values():
        system["per_query"] = {
            measure: dict.fromkeys(query_ids, 0.123456789) for measure in ("nDCG@10", "RR@10")
        }
        system["top"] = {
            query_id: [[keys[(5 * i + rank) % 6000], 0.5] for rank in range(10)]
            for i, query_id in enumerate(query_ids)
        }
    assert len(experiment_html(experiment).encode()) < 6_000_000
