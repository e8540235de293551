"""An experiment as one page that needs no network. Every text is escaped here or in its script."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from eval import tables
from eval.plots import plots, slug
from eval.tables import ALIKE, Experiment, Table
from qa.page import font_faces

_SHOWN = 5  # paragraphs of a system for a question
_BUDGET = 3_500_000  # characters of paragraphs, so that the page opens quickly
_LENGTHS = (4000, 1500, 800, 400, 200)  # characters of a paragraph; the first that fits

_INTERVAL = re.compile(r"( \[.*\])")
_ALIKE_HTML = (
    f' <span aria-hidden="true">{ALIKE}</span>'
    '<span class="visually-hidden">not distinguishable from the baseline</span>'
)


def experiment_html(experiment: Experiment) -> str:
    """The page: tables, plots, and the questions on which two systems differ.

    The script may only be the one that is written here: the page's policy names its hash,
    and nothing may be fetched.
    """
    script = _asset("browser.js")
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; "
        f"script-src 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'; "
        "base-uri 'none'; form-action 'none'"
    )
    sections = [section for section in _sections(experiment) if section[2]]
    title = f"Evaluation: {experiment['collection']['name']}"
    links = "".join(f'<li><a href="#{name}">{heading}</a></li>' for name, heading, _ in sections)
    main = "".join(
        f'<section id="{name}"><h2>{heading}</h2>{inside}</section>'
        for name, heading, inside in sections
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(title)}</title>'
        f"<style>{font_faces()}{_asset('page.css')}</style></head><body>"
        f'<header class="masthead"><h1>{escape(title)}</h1>'
        f"<p>{escape(tables.collection_line(experiment))}</p></header>"
        f'<nav aria-label="Contents"><ul>{links}</ul></nav><main>{main}</main>'
        f'<script type="application/json" id="experiment">{_embedded(experiment)}</script>'
        f"<script>{script}</script></body></html>\n"
    )


def _sections(experiment: Experiment) -> list[tuple[str, str, str]]:
    """Id, heading and content of each part; one without content is left out."""
    drawn = plots(experiment)
    return [
        ("systems", "Systems", _systems(experiment, drawn)),
        ("questions", "Where two systems differ", _browser(experiment)),
        ("measures", "Other measures", _other_measures(experiment, drawn)),
        ("slices", "Slices", _slices(experiment)),
        ("answers", "Answers", _tables(tables.answer_tables(experiment))),
        ("abstention", "Abstention", _abstention(experiment, drawn)),
        ("conversations", "Conversations", _tables(tables.conversation_tables(experiment))),
        ("cost", "Costs", _tables(tables.index_cost_tables(experiment))),
        ("provenance", "Provenance", _provenance(experiment)),
    ]


def _systems(experiment: Experiment, drawn: Mapping[str, str]) -> str:
    first = experiment["measures"][0]
    described = {name: system["description"] for name, system in experiment["systems"].items()}
    return (
        f'<p class="verdict">{escape(tables.verdict(experiment))}</p>'
        + _table(tables.headline_table(experiment))
        + _figures(drawn, (f"bars-{slug(first)}", f"forest-{slug(first)}"))
        + _details("What each system is", _list(described))
    )


def _other_measures(experiment: Experiment, drawn: Mapping[str, str]) -> str:
    others = experiment["measures"][1:]
    return _tables([tables.other_measures_table(experiment)]) + "".join(
        _measure(experiment, drawn, measure) for measure in others
    )


def _measure(experiment: Experiment, drawn: Mapping[str, str], measure: str) -> str:
    figures = _figures(drawn, (f"bars-{slug(measure)}", f"forest-{slug(measure)}"))
    return _details(
        f"{measure}: plots and differences",
        figures + _tables([tables.differences_table(experiment, measure)]),
    )


def _slices(experiment: Experiment) -> str:
    first, *others = experiment["measures"]
    folded = [(measure, tables.slice_tables(experiment, measure)) for measure in others]
    return _tables(tables.slice_tables(experiment, first)) + "".join(
        _details(f"{measure} by slice", _tables(found)) for measure, found in folded if found
    )


def _abstention(experiment: Experiment, drawn: Mapping[str, str]) -> str:
    figures = _figures(drawn, ("risk-coverage", "reliability"))
    return _tables(tables.abstention_tables(experiment)) + figures


def _provenance(experiment: Experiment) -> str:
    collection = experiment["collection"]
    return f"<pre><code>{escape(experiment['command'])}</code></pre>" + _list(
        {
            **{name: str(value) for name, value in experiment["provenance"].items()},
            "collection": collection["name"],
            "collection_sha256": collection["content_sha256"],
            "seed": str(experiment["seed"]),
            "baseline": experiment["baseline"],
        }
    )


def _browser(experiment: Experiment) -> str:
    """The controls of the query browser; its script fills them and the list."""
    cut = _longest(experiment)
    note = f"Paragraphs of more than {cut:,} signs are cut." if _is_cut(experiment, cut) else ""
    return (
        '<p class="note" id="without-script">Choosing systems and reading their paragraphs needs '
        "JavaScript; everything else on this page does not.</p>"
        '<div id="browser" hidden><div class="controls">'
        + _choice("left", "System")
        + _choice("right", "Compared with")
        + _choice("measure", "Measure")
        + _choice("order", "Sort by")
        + '<div><label for="find">Find in questions</label>'
        '<input id="find" type="search" autocomplete="off"></div>'
        '<div class="check"><input id="whole" type="checkbox"><label for="whole">Whole paragraphs'
        "</label></div></div>"
        '<p id="tally" role="status"></p><div id="list"></div>'
        f'<p><button type="button" id="more" hidden>Show more questions</button></p>'
        f'<p class="note">{note}</p></div>'
    )


def _choice(name: str, label: str) -> str:
    return f'<div><label for="{name}">{label}</label><select id="{name}"></select></div>'


def _embedded(experiment: Experiment) -> str:
    """What the query browser shows, as JSON in which no ``<`` can end the script."""
    ids, paragraphs = _paragraphs(experiment)
    queries, measures = experiment["queries"], experiment["measures"]
    browsed = {
        "baseline": experiment["baseline"],
        "shown": _SHOWN,
        "measures": measures,
        "paragraphs": paragraphs,
        "queries": [
            {
                "id": query_id,
                "text": query["text"],
                "relevant": [[ids[found], grade] for found, grade in query["relevant"].items()],
                "metadata": query.get("metadata") or {},
            }
            for query_id, query in queries.items()
        ],
        "systems": {
            name: {
                "values": {
                    measure: _values(system["per_query"].get(measure, {}), queries)
                    for measure in measures
                },
                "top": [
                    [ids[found] for found, _ in system["top"].get(query_id, ())]
                    for query_id in queries
                ],
            }
            for name, system in experiment["systems"].items()
        },
    }
    return json.dumps(browsed, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _values(per_query: Mapping[str, float], queries: Iterable[str]) -> list[float]:
    """By the order of the queries; one that a system never answered counts 0."""
    return [round(per_query.get(query_id, 0.0), 4) for query_id in queries]


def _paragraphs(experiment: Experiment) -> tuple[dict[str, int], list[list[str]]]:
    """Position of each paragraph id, and label, section and text in that order.

    A paragraph that is only ranked, and not among the first or judged, comes without text.
    """
    stored, is_shown = experiment["paragraphs"], _shown_ids(experiment)
    length = _longest(experiment)
    rows = [
        [found["label"], found["section"], _cut(found["text"], length) if key in is_shown else ""]
        for key, found in stored.items()
    ]
    return {key: position for position, key in enumerate(stored)}, rows


def _shown_ids(experiment: Experiment) -> set[str]:
    judged = {key for query in experiment["queries"].values() for key in query["relevant"]}
    return judged | {
        key
        for system in experiment["systems"].values()
        for ranking in system["top"].values()
        for key, _ in ranking[:_SHOWN]
    }


def _longest(experiment: Experiment) -> int:
    """The greatest length of a paragraph with which all of them fit the page."""
    sizes = [len(experiment["paragraphs"][key]["text"]) for key in _shown_ids(experiment)]
    fitting = (length for length in _LENGTHS if sum(min(size, length) for size in sizes) <= _BUDGET)
    return next(fitting, _LENGTHS[-1])


def _is_cut(experiment: Experiment, length: int) -> bool:
    return any(
        len(experiment["paragraphs"][key]["text"]) > length for key in _shown_ids(experiment)
    )


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]} …"


def _tables(found: Sequence[Table | None]) -> str:
    inside = "".join(_table(table) for table in found if table is not None)
    return f'<div class="tables">{inside}</div>' if inside else ""


def _table(table: Table) -> str:
    """A table that scrolls by itself where the window is narrow, by keyboard too."""
    name = escape(table.title)
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in table.header)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(map(_cell, row[1:]))}</tr>'
        for row in table.rows
    )
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return (
        f'<div class="table"><div class="scroll" tabindex="0" role="region" aria-label="{name}">'
        f"<table><caption>{name}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        f"</table></div>{note}</div>"
    )


def _cell(text: str) -> str:
    html = _INTERVAL.sub(r"<small>\1</small>", escape(text.removesuffix(f" {ALIKE}").strip()))
    return f"<td>{html}{_ALIKE_HTML if text.endswith(ALIKE) else ''}</td>"


def _figures(drawn: Mapping[str, str], names: Sequence[str]) -> str:
    found = [drawn[name] for name in names if name in drawn]
    captions = [re.search("<title[^>]*>(.*?)</title>", svg) for svg in found]
    figures = "".join(
        f"<figure><figcaption>{caption.group(1)}</figcaption>{svg}</figure>"
        for svg, caption in zip(found, captions, strict=True)
        if caption
    )
    return f'<div class="figures">{figures}</div>' if figures else ""


def _details(summary: str, inside: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>{inside}</details>"


def _list(named: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in named.items()
    )
    return f"<dl>{rows}</dl>"


def _asset(name: str) -> str:
    return files("eval").joinpath("page_assets", name).read_text(encoding="utf-8")
