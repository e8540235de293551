import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from eval.plots import bars, forest, plots, reliability, risk_coverage, write_svgs
from tests.toy_experiment import HOSTILE, toy_experiment

_SVG = "{http://www.w3.org/2000/svg}"


def _parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def _texts(svg: str) -> list[str]:
    return [element.text or "" for element in _parsed(svg).iter(f"{_SVG}text")]


def _description(svg: str) -> str:
    return _parsed(svg).findtext(f"{_SVG}desc", "")


def test_bars_are_as_long_as_their_means() -> None:
    rects = _parsed(bars(toy_experiment(), "nDCG@10")).findall(f"{_SVG}rect[@class='bar']")
    widths = [float(rect.attrib["width"]) for rect in rects]
    assert widths[1] / widths[0] == pytest.approx(0.45 / 0.75, abs=0.01)
    assert widths[2] / widths[0] == pytest.approx(0.50 / 0.75, abs=0.01)
    assert ["stroke-dasharray" in rect.attrib for rect in rects] == [False, False, True]


def test_the_baseline_is_named_as_such() -> None:
    assert "rrf (baseline)" in _texts(bars(toy_experiment(), "nDCG@10"))


def test_descriptions_say_the_numbers_in_words() -> None:
    experiment = toy_experiment()
    assert _description(bars(experiment, "RR@10")) == (
        "late .750 [.700, .800]; bm25 .450 [.400, .500]; rrf .500 [.450, .550]."
    )
    assert _description(forest(experiment, "RR@10")) == (
        "late +.250 [+.190, +.310], better; bm25 −.050 [−.110, +.010], not distinguishable."
    )
    drawn = plots(experiment)
    assert _description(drawn["risk-coverage"]) == (
        "At a risk of 5% it answers 30%; at a risk of 20% it answers 80%; "
        "answering 100%, 40% are wrong."
    )
    assert _description(drawn["reliability"]) == (
        "Confidence .500 to 1.000: 7 questions, 60% right."
    )


def test_better_worse_and_alike_differ_in_shape() -> None:
    experiment = toy_experiment()
    key = 1  # the key below shows each shape once
    svg = _parsed(forest(experiment, "nDCG@10"))
    assert len(svg.findall(f"{_SVG}circle[@class='better']")) == 1 + key
    assert len(svg.findall(f"{_SVG}path[@class='hollow']")) == 1 + key
    assert len(svg.findall(f"{_SVG}rect[@class='worse']")) == 0 + key
    experiment["systems"]["bm25"]["comparison"]["nDCG@10"]["is_distinguishable"] = True
    svg = _parsed(forest(experiment, "nDCG@10"))
    assert len(svg.findall(f"{_SVG}rect[@class='worse']")) == 1 + key


def test_better_is_right_of_zero_and_an_interval_over_zero_crosses_it() -> None:
    svg = forest(toy_experiment(), "nDCG@10")
    zero = float(re.search(r'd="M([\d.]+) [\d.]+L\1 [\d.]+"[^>]*dasharray', svg)[1])  # type: ignore[index]
    better = _parsed(svg).findall(f"{_SVG}circle")[0]
    assert float(better.attrib["cx"]) > zero
    left, right = [m for m in re.findall(r'd="M([\d.]+) \S+v10m0 -5H([\d.]+)', svg)][1]
    assert float(left) < zero < float(right)


def test_a_system_far_from_the_others_does_not_flatten_them() -> None:
    experiment = toy_experiment()
    assert "off the axis" not in _texts(forest(experiment, "nDCG@10"))
    for name, difference in (("a", 0.02), ("b", -0.01), ("random", -0.9)):
        found = {"low": difference - 0.02, "high": difference + 0.02, "is_distinguishable": False}
        experiment["systems"][name] = {
            "measures": {},
            "comparison": {"nDCG@10": {"difference": difference, **found}},
        }
    svg = forest(experiment, "nDCG@10")
    assert {"−.900 [−.920, −.880]", "off the axis"} <= set(_texts(svg))
    assert "−.8" not in _texts(svg)  # the axis ends before


def test_every_reliability_bin_shows_its_count_and_an_empty_one_no_mark() -> None:
    svg = reliability(toy_experiment()["abstention"]["reliability"])
    assert {"0", "7"} <= set(_texts(svg))
    assert len(_parsed(svg).findall(f"{_SVG}circle")) == 1


def test_a_risk_that_is_never_reached_is_left_out() -> None:
    svg = risk_coverage([(0.5, 0.3), (1.0, 0.5)], {"0.05": None, "0.4": 0.75})
    assert len(_parsed(svg).findall(f"{_SVG}path[@class='hollow']")) == 1
    assert _description(svg) == "At a risk of 40% it answers 75%; answering 100%, 50% are wrong."


def test_every_plot_is_an_image_with_its_own_name() -> None:
    drawn = plots(toy_experiment())
    assert list(drawn) == [
        "bars-ndcg-10", "forest-ndcg-10", "bars-rr-10", "forest-rr-10",
        "risk-coverage", "reliability",
    ]  # fmt: skip
    for name, svg in drawn.items():
        root = _parsed(svg)
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-labelledby"] == f"{name}-title"
        assert root.findtext(f"{_SVG}title")


def test_hostile_names_stay_text_and_xml() -> None:
    experiment = toy_experiment()
    experiment["systems"][HOSTILE + "\x00\x1b"] = experiment["systems"].pop("bm25")
    for svg in plots(experiment).values():
        assert {element.tag for element in _parsed(svg).iter()}.isdisjoint(
            {f"{_SVG}img", f"{_SVG}b"}
        )
    assert HOSTILE in _description(bars(experiment, "nDCG@10"))


def test_one_system_alone_and_measures_of_zero_are_drawn() -> None:
    experiment = toy_experiment()
    experiment["systems"] = {"rrf": experiment["systems"]["rrf"]}
    experiment["systems"]["rrf"]["measures"]["RR@10"] = {"mean": 0.0, "low": 0.0, "high": 0.0}
    assert not any(name.startswith("forest") for name in plots(experiment))
    assert "nan" not in bars(experiment, "RR@10")


def test_no_difference_at_all_is_drawn() -> None:
    experiment = toy_experiment()
    for name in ("late", "bm25"):
        found = experiment["systems"][name]["comparison"]["nDCG@10"]
        found |= {"difference": 0.0, "low": 0.0, "high": 0.0, "is_distinguishable": False}
    svg = forest(experiment, "nDCG@10")
    assert len(_parsed(svg).findall(f"{_SVG}path[@class='hollow']")) == 3


def test_files_open_by_themselves(tmp_path: Path) -> None:
    paths = write_svgs(toy_experiment(), tmp_path / "plots")
    assert [path.name for path in paths][:2] == ["bars-ndcg-10.svg", "forest-ndcg-10.svg"]
    for path in paths:
        root = ElementTree.parse(path).getroot()
        assert root.tag == f"{_SVG}svg"
        assert (root[2].attrib["class"], root[2].attrib["fill"]) == ("paper", "#fffefb")
