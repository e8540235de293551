import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from qa.answer import answer_question
from qa.cli import main, open_library
from qa.feedback import judge
from tests.toy import ToyEncoder


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.cli.terminal.load_encoder", ToyEncoder)
    monkeypatch.setattr("eval.command.load_encoder", lambda name=None: ToyEncoder())


Output = pytest.CaptureFixture[str]


def test_ask_prints_one_json_object(capsys: Output) -> None:
    options = ["--format", "json", "--top", "2"]
    assert (
        main(
            [
                "ask",
                "social",
                "security",
                "numbers",
                "regardless",
                "of",
                "legal",
                "status",
                *options,
            ]
        )
        == 0
    )
    answer = json.loads(capsys.readouterr().out)
    assert answer["question"] == "social security numbers regardless of legal status"
    assert [citation["rank"] for citation in answer["citations"]] == [1, 2]
    for citation in answer["citations"]:
        assert citation["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_ask_prints_text_and_markdown(capsys: Output) -> None:
    assert main(["ask", "social security numbers regardless of legal status"]) == 0
    assert "1. para. 69 · V. What progress" in capsys.readouterr().out
    assert (
        main(["ask", "social security numbers regardless of legal status", "--format", "markdown"])
        == 0
    )
    assert "> The Government of Portugal has moved" in capsys.readouterr().out


def test_not_found_exits_1_and_still_shows_the_closest(capsys: Output) -> None:
    assert main(["ask", "zzz qqq", "--format", "json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["state"] == "not_found"
    assert answer["citations"]


def test_list_tells_what_there_is(capsys: Output) -> None:
    assert main(["list", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "report": "global-compact-2020",
            "title": "Global Compact for Safe, Orderly and Regular Migration",
            "paragraphs": 98,
            "language": "en",
            "source": "global-compact-2020.md",
        }
    ]
    assert main(["list"]) == 0
    assert capsys.readouterr().out.startswith("global-compact-2020  Global Compact for Safe")


@pytest.mark.parametrize("number", ["87(a)", "87 (a)"])
def test_show_prints_one_paragraph(number: str, capsys: Output) -> None:
    assert main(["show", "global-compact-2020", number]) == 0
    output = capsys.readouterr().out
    assert output.startswith("para. 87 (a) · VII.")
    assert "Sustainable Development Goals;" in output


def test_show_prints_the_report(capsys: Output) -> None:
    assert main(["show", "global-compact-2020"]) == 0
    output = capsys.readouterr().out
    assert "\n\nV. What progress can be identified?\n\n28. In the present section" in output
    assert "\n\n(d) Support the meaningful access" in output


def test_export_writes_files_and_folders(tmp_path: Path, capsys: Output) -> None:
    assert main(["export", "--format", "jsonl", "--out", str(tmp_path / "a" / "r.jsonl")]) == 0
    assert len((tmp_path / "a" / "r.jsonl").read_text().splitlines()) == 98
    assert main(["export", "--format", "beir", "--out", str(tmp_path / "beir")]) == 0
    assert len((tmp_path / "beir" / "corpus.jsonl").read_text().splitlines()) == 98
    assert main(["export", "global-compact-2020", "--format", "markdown"]) == 0
    assert "# Global Compact for Safe" in capsys.readouterr().out


def test_eval_prints_a_table_and_writes_files(tmp_path: Path, capsys: Output) -> None:
    page, baseline = tmp_path / "page.html", tmp_path / "baseline.json"
    command = ["eval", "global-compact", "--system", "bm25", "--measure", "Success@1"]
    files = ["--out", str(tmp_path), "--html", str(page), "--write-baseline", str(baseline)]
    assert main([*command, *files]) == 0
    output = capsys.readouterr().out
    assert "global-compact: 120 queries, 240 judgements, 98 paragraphs; toy" in output
    assert "Systems by Success@1" in output
    first = (tmp_path / "runs" / "bm25.run").read_text().splitlines()[0].split()
    assert first[:2] + first[3:4] + first[5:] == ["q001", "Q0", "1", "bm25"]
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert json.loads((tmp_path / "experiment.json").read_text())["measures"] == ["Success@1"]

    assert main([*command, "--baseline", str(baseline)]) == 0
    kept = json.loads(baseline.read_text())
    values = kept["systems"]["bm25"]["Success@1"]
    kept["systems"]["bm25"]["Success@1"] = dict.fromkeys(values, 1.0)
    baseline.write_text(json.dumps(kept))
    assert main([*command, "--baseline", str(baseline)]) == 3
    assert "qa: Success@1 of bm25 has fallen by 0.5" in capsys.readouterr().err


def test_eval_says_what_is_in_a_collection(capsys: Output) -> None:
    assert main(["eval", "--collection-info", "global-compact"]) == 0
    output = capsys.readouterr().out
    assert re.search(r"queries +120", output)
    assert re.search(r"paragraphs +98", output)


def test_a_collection_grows_by_pooling_judging_and_merging(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, grades, merged = (tmp_path / name for name in ("pool.jsonl", "g.tsv", "m.tsv"))
    options = ["--system", "bm25", "--depth", "1", "--out", str(pool)]
    assert main(["eval", "pool", "global-compact", *options]) == 0
    n_items = len(pool.read_text().splitlines())
    assert f"{n_items} paragraphs to judge" in capsys.readouterr().out
    answers = iter(["1", "0", "q"])
    monkeypatch.setattr("builtins.input", lambda _="": next(answers))
    assert main(["eval", "judge", str(pool), "--out", str(grades)]) == 0
    assert f"{n_items - 2} paragraphs left to judge" in capsys.readouterr().out
    assert main(["eval", "merge", "global-compact", str(grades), "--out", str(merged)]) == 0
    assert "2 grades added in" in capsys.readouterr().out
    assert main(["eval", "pool", "global-compact", "--depth", "0", "--out", str(pool)]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", ""], "qa: the question is empty"),
        (["ask", "x" * 10_000], "qa: the question has 10,000 characters"),
        (["ask", "x", "--top", "0"], "qa: cannot show 0 paragraphs"),
        (["ask", "x", "--report", "no"], "qa: no report 'no', expected one of"),
        (["show", "no"], "qa: no report 'no': `qa list` shows what there is"),
        (["show", "global-compact-2020", "90"], "has no paragraph '90': it runs from summary to"),
        (["export", "--format", "jsonl", "--out", "/dev/null/x"], "qa: cannot write /dev/null/x"),
        (["eval", "no"], "qa: no collection 'no': name a folder"),
        (
            ["eval", "global-compact", "--system", "no"],
            "qa: no system 'no': choose from late, bm25",
        ),
        (["eval", "global-compact", "--report", "no"], "qa: no report 'no'"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_2(
    arguments: list[str], message: str, capsys: Output
) -> None:
    assert main(arguments) == 2
    output = capsys.readouterr()
    assert message in output.err
    assert output.err.count("\n") == 1 + ("Indexing" in output.err)
    assert output.out == ""


@pytest.mark.parametrize("arguments", [[], ["no"], ["ask"], ["ask", "x", "--top", "many"]])
def test_a_wrong_command_is_one_sentence_and_exit_2(arguments: list[str], capsys: Output) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_every_command_is_in_the_help_and_the_readme(capsys: Output) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    usage = capsys.readouterr().out
    readme = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")
    for command in (
        "ask",
        "add",
        "remove",
        "list",
        "show",
        "export",
        "serve",
        "eval",
        "feedback",
        "reindex",
    ):
        assert f"    {command} " in usage
        assert f"qa {command}" in readme


def _judge(question: str, answer_id: str, *verdicts: bool) -> None:
    """Judge the best paragraphs that a question finds in the person's library."""
    library = open_library()
    answer = answer_question(question, library=library, top_k=3)
    for hit, is_relevant in zip(answer.hits, verdicts, strict=False):
        judge(
            library,
            answer,
            answer_id=answer_id,
            paragraph_id=hit.paragraph.paragraph_id,
            is_relevant=is_relevant,
        )


def test_feedback_is_listed_exported_measured_and_cleared(tmp_path: Path, capsys: Output) -> None:
    _judge("social security numbers regardless of legal status", "a1", True, False)
    capsys.readouterr()
    assert main(["feedback", "list"]) == 0
    header, line = capsys.readouterr().out.splitlines()
    assert header.split() == ["time", "(UTC)", "question", "verdicts"]
    assert "social security numbers regardless of legal status  global-compact-2020#69 up" in line
    assert main(["feedback", "list", "--format", "json"]) == 0
    kept = json.loads(capsys.readouterr().out)
    assert [(row["answer_id"], row["is_relevant"]) for row in kept] == [("a1", True), ("a1", False)]
    assert kept[0]["shown"][0]["paragraph_id"] == "global-compact-2020#69"

    folder = str(tmp_path / "judged")
    assert main(["feedback", "export", "--out", folder]) == 0
    assert capsys.readouterr().out == f"1 question in {folder}, 1 for `qa eval {folder}`\n"
    assert main(["eval", folder, "--system", "late"]) == 0
    output = capsys.readouterr().out
    assert output.startswith("judged: 1 queries, 2 judgements, 98 paragraphs; toy\n")
    assert re.search(r"late +1\.000", output)
    assert main(["feedback", "export", "--out", folder]) == 2
    assert f"qa: cannot write {folder}" in capsys.readouterr().err

    assert main(["feedback", "clear"]) == 2
    assert "2 judgements would be gone for good: add --yes" in capsys.readouterr().err
    assert main(["feedback", "clear", "--yes"]) == 0
    assert capsys.readouterr().out == "2 judgements deleted\n"
    assert main(["feedback", "list"]) == 0
    assert capsys.readouterr().out.startswith("no judgements: the thumbs")


def test_feedback_with_nothing_to_export_says_so(tmp_path: Path, capsys: Output) -> None:
    main(["list"])
    capsys.readouterr()
    options = ["feedback", "export", "--out", str(tmp_path / "judged")]
    assert main(options) == 1
    assert capsys.readouterr().err.startswith("qa: nothing to export: no judgement stands")
    assert not (tmp_path / "judged").exists()
    assert main([*options, "--report", "no"]) == 2
    assert "qa: no report 'no', expected one of" in capsys.readouterr().err


def test_feedback_that_cannot_be_measured_says_so(tmp_path: Path, capsys: Output) -> None:
    _judge("zzz qqq", "a1", False)
    open_library().add_file(b"1. Cats purr.\n", "pets.md")
    _judge("cats purr", "a2", True)
    open_library().add_file(b"1. Dogs bark.\n", "pets.md")
    capsys.readouterr()
    folder = tmp_path / "judged"
    assert main(["feedback", "export", "--out", str(folder)]) == 0
    output = capsys.readouterr()
    assert output.out == f"1 question in {folder}, 0 for `qa eval {folder}`\n"
    assert output.err.splitlines() == [
        "qa: 1 verdict left out: the library no longer has the paragraphs as they were shown",
        "qa: no question that stands alone has a relevant paragraph: `qa eval` cannot measure",
    ]
    assert main(["eval", str(folder)]) == 2
    assert "judges no query" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["no"], ["export"], ["list", "--format", "csv"]])
def test_a_wrong_feedback_command_is_one_sentence_and_exit_2(
    arguments: list[str], capsys: Output
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["feedback", *arguments])
    assert stopped.value.code == 2
    assert "--help` shows how" in capsys.readouterr().err


def test_the_help_teaches_feedback(capsys: Output) -> None:
    with pytest.raises(SystemExit):
        main(["feedback", "--help"])
    usage = capsys.readouterr().out
    for words in ("qa feedback export --out", "qrels/test.tsv", "qa eval", "clear --yes", "kept"):
        assert words in usage


def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    script = "from qa.cli import main; import sys; sys.exit(main(['--help'] * 0 + ['list']))"
    process = subprocess.run(
        f"{sys.executable} -c \"{script}\" | true",
        shell=True, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in process.stderr


@pytest.mark.parametrize("flag", [True, False])
def test_the_page_is_read_only_where_it_is_asked_to_be(
    flag: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, object] = {}
    monkeypatch.setattr("app.serve", lambda library, **options: given.update(options))
    assert main(["serve", "--no-open", *["--read-only"] * flag]) == 0
    assert given["is_read_only"] is flag
