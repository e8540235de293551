import json
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from eval.collection import load_collection
from eval.command import evaluate
from index import numbering
from index.errors import LibraryError
from index.feedback import Judgement, Shown, text_sha256
from index.library import Library
from qa.answer import Answer, answer_question
from qa.feedback import FeedbackError, feedback_text, judge, standing
from qa.judged import collect, write_collection
from qa.search import RANKING
from tests.toy import ToyEncoder

_SOCIAL = "social security numbers regardless of legal status"
_PETS = b"1. Cats purr at night.\n\n2. Dogs bark at cats.\n\n3. Rain falls.\n"


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.command.load_encoder", lambda name=None: ToyEncoder())


@pytest.fixture
def pets(tmp_path: Path) -> Library:
    """One small report beside no other."""
    library = Library(tmp_path / "pets-home", ToyEncoder())
    library.add_file(_PETS, "pets.md")
    return library


def _ask(library: Library, question: str, **options: list[str]) -> Answer:
    reports, earlier = options.get("reports", []), options.get("earlier", [])
    return answer_question(question, library=library, top_k=2, reports=reports, earlier=earlier)


def _say(library: Library, answer: Answer, answer_id: str, **verdicts: bool | None) -> None:
    """Judge the paragraphs ``r1``, ``r2`` by their rank, or ``none`` of them."""
    for name, is_relevant in verdicts.items():
        paragraph_id = (
            None if name == "none" else answer.hits[int(name[1:]) - 1].paragraph.paragraph_id
        )
        judge(
            library, answer, answer_id=answer_id, paragraph_id=paragraph_id, is_relevant=is_relevant
        )


def _export(library: Library, folder: Path, *report_ids: str) -> dict[str, Any]:
    """The files of an export: rows of JSON, and the lines of the qrels."""
    write_collection(collect(library, report_ids).questions, library, folder)
    files: dict[str, Any] = {}
    for path in sorted(folder.rglob("*.*")):
        lines = path.read_text(encoding="utf-8").splitlines()
        is_json = path.suffix == ".jsonl"
        files[path.name] = [json.loads(line) for line in lines] if is_json else lines[1:]
    return files


def _grades(library: Library) -> list[dict[str, int]]:
    return [question.grades for question in collect(library).questions]


def test_what_was_shown_is_kept_with_its_versions(library: Library) -> None:
    answer = _ask(library, _SOCIAL)
    judge(
        library,
        answer,
        answer_id="a1",
        paragraph_id=answer.hits[1].paragraph.paragraph_id,
        is_relevant=False,
        earlier=["What did  Kenya\tdo?"],
        reports=["global-compact-2020"],
    )
    (kept,) = library.judgements()
    assert kept == Judgement(
        time=kept.time,
        answer_id="a1",
        question=_SOCIAL,
        earlier=("What did Kenya do?",),
        reports=("global-compact-2020",),
        state=answer.state,
        confidence=answer.confidence,
        shown=tuple(
            Shown(hit.paragraph.paragraph_id, hit.score, text_sha256(hit.paragraph))
            for hit in answer.hits
        ),
        paragraph_id=answer.hits[1].paragraph.paragraph_id,
        is_relevant=False,
        generation=library.index().generation,
        encoder="toy",
        encoder_sha256="0" * 64,
        numbering=numbering.VERSION,
        ranking=RANKING,
    )
    assert kept.shown[0].paragraph_id == "global-compact-2020#69"
    assert len(kept.time) == len("2026-01-05T10:20:30+00:00")
    assert kept.time.endswith("+00:00")


def test_a_judgement_leaves_the_generation_and_the_index_alone(library: Library) -> None:
    index = library.index()
    _say(library, _ask(library, _SOCIAL), "a1", r1=True)
    assert library.generation() == index.generation
    assert library.index() is index
    library.clear_judgements()
    assert library.index() is index


def test_reports_that_come_and_go_leave_judgements_alone(library: Library) -> None:
    _say(library, _ask(library, _SOCIAL), "a1", r1=True)
    library.reindex()
    library.add_file(_PETS, "pets.md")
    assert _grades(library) == [{"global-compact-2020#69": 1}]


@pytest.mark.parametrize(
    ("paragraph_id", "is_relevant", "message"),
    [
        ("pets#3", True, r"does not cite 'pets#3': judge one of pets#1, pets#2"),
        (None, True, "judge each paragraph by itself"),
    ],
)
def test_what_was_not_shown_cannot_be_judged(
    pets: Library, paragraph_id: str | None, is_relevant: bool, message: str
) -> None:
    answer = _ask(pets, "cats purr")
    with pytest.raises(FeedbackError, match=message):
        judge(pets, answer, answer_id="a", paragraph_id=paragraph_id, is_relevant=is_relevant)
    assert pets.judgements() == []


def test_an_answer_without_citations_cannot_be_judged(pets: Library) -> None:
    answer = _ask(pets, "paragraph 99")
    assert answer.hits == ()
    with pytest.raises(FeedbackError, match="cites no paragraph"):
        judge(pets, answer, answer_id="a", paragraph_id=None, is_relevant=False)


def test_the_last_word_counts_and_can_be_taken_back(pets: Library) -> None:
    answer = _ask(pets, "cats purr")
    _say(pets, answer, "a", r1=False)
    _say(pets, answer, "a", r1=True, r2=False)
    assert _grades(pets) == [{"pets#1": 1, "pets#2": 0}]
    _say(pets, answer, "a", r1=None)
    assert _grades(pets) == [{"pets#2": 0}]
    _say(pets, answer, "a", r2=None)
    assert _grades(pets) == []
    assert len(pets.judgements()) == 5


def test_none_of_these_overrides_and_is_overridden(pets: Library) -> None:
    answer = _ask(pets, "cats purr")
    _say(pets, answer, "a", r1=True, none=False)
    assert _grades(pets) == [{"pets#1": 0, "pets#2": 0}]
    _say(pets, answer, "a", r2=True)
    assert _grades(pets) == [{"pets#1": 0, "pets#2": 1}]
    _say(pets, answer, "a", none=None)
    assert _grades(pets) == [{"pets#1": 1, "pets#2": 1}]


@pytest.mark.parametrize(
    ("votes", "grade"),
    [([True], 1), ([True, True, False], 1), ([True, False], 0), ([True, False, False], 0)],
)
def test_the_majority_decides_and_a_tie_is_not_relevant(
    pets: Library, votes: list[bool], grade: int
) -> None:
    answer = _ask(pets, "cats purr")
    for person, vote in enumerate(votes):
        _say(pets, answer, f"answer-{person}", r1=vote)
    assert _grades(pets) == [{"pets#1": grade}]


def test_none_of_these_is_a_vote_against_each(pets: Library) -> None:
    answer = _ask(pets, "cats purr")
    _say(pets, answer, "a", r1=True)
    _say(pets, answer, "b", r1=True, r2=True)
    _say(pets, answer, "c", none=False)
    assert _grades(pets) == [{"pets#1": 1, "pets#2": 0}]


def test_the_bundled_report_is_measured_as_the_product_ranks_it(
    library: Library, tmp_path: Path
) -> None:
    answer = _ask(library, _SOCIAL)
    _say(library, answer, "a1", r1=True, r2=False)
    files = _export(library, tmp_path / "judged")
    (query,) = files["queries.jsonl"]
    second = answer.hits[1].paragraph.number
    assert query["text"] == _SOCIAL
    assert query["metadata"] == {
        "state": answer.state,
        "confidence": round(answer.confidence, 4),
        "ranking": RANKING,
        "judgements": 2,
        "not_relevant": [second],
    }
    assert files["test.tsv"] == [f"{query['_id']}\t69\t1", f"{query['_id']}\t{second}\t0"]
    assert sorted(files) == ["queries.jsonl", "test.tsv"]
    found, _ = evaluate(str(tmp_path / "judged"), open_library=lambda: library, systems=["late"])
    assert (found["collection"]["queries"], found["collection"]["report"]) == (
        1, "global-compact-2020",
    )  # fmt: skip
    assert _success(found, "late") == 1


def _success(found: dict[str, Any], system: str) -> float:
    mean: float = found["systems"][system]["measures"]["Success@1"]["mean"]
    return mean


def _no_library() -> Library:
    raise AssertionError("a collection with a corpus needs no library")


def test_several_reports_bring_their_paragraphs(library: Library, tmp_path: Path) -> None:
    library.add_file(_PETS, "pets.md")
    _say(library, _ask(library, _SOCIAL), "a1", r1=True)
    _say(library, _ask(library, "dogs bark", reports=["pets"]), "a2", r1=True, r2=False)
    files = _export(library, tmp_path / "both")
    assert len(files["corpus.jsonl"]) == 98 + 3
    assert files["corpus.jsonl"][-1] == {"_id": "pets#3", "title": "", "text": "Rain falls."}
    assert [line.split("\t")[1:] for line in files["test.tsv"]] == [
        ["global-compact-2020#69", "1"], ["pets#2", "1"], ["pets#1", "0"],
    ]  # fmt: skip
    found, _ = evaluate(str(tmp_path / "both"), open_library=_no_library)
    assert found["collection"]["queries"] == 2
    assert _success(found, "late") == 1
    assert _success(found, "random") < 1


def test_one_report_of_several(library: Library, tmp_path: Path) -> None:
    library.add_file(_PETS, "pets.md")
    _say(library, _ask(library, _SOCIAL), "a1", r1=True)
    _say(library, _ask(library, "dogs bark", reports=["pets"]), "a2", r1=True)
    files = _export(library, tmp_path / "pets", "pets")
    assert [row["text"] for row in files["queries.jsonl"]] == ["dogs bark"]
    assert len(files["corpus.jsonl"]) == 3
    assert "corpus.jsonl" not in _export(library, tmp_path / "bundled", "global-compact-2020")
    assert load_collection(str(tmp_path / "bundled")).qrels.popitem()[1] == {"69": 1}
    with pytest.raises(LibraryError, match="no report 'no'"):
        collect(library, ["no"])


def test_questions_without_a_relevant_paragraph_do_not_lower_the_measures(
    pets: Library, tmp_path: Path
) -> None:
    _say(pets, _ask(pets, "cats purr"), "a1", r1=True)
    _say(pets, _ask(pets, "who pays?"), "a2", none=False)
    _say(pets, _ask(pets, "night"), "a3", r1=False)  # the second may be relevant
    disputed = _ask(pets, "falls")
    _say(pets, disputed, "a4", r1=True)
    _say(pets, disputed, "a5", none=False)
    files = _export(pets, tmp_path / "judged")
    assert [row["text"] for row in files["queries.jsonl"]] == ["cats purr", "night", "falls"]
    assert files["queries.jsonl"][1]["metadata"]["not_relevant"] == ["pets#1"]
    assert [line.split("\t")[1:] for line in files["test.tsv"]] == [["pets#1", "1"]]
    (none,) = files["unanswerable.jsonl"]
    assert (none["text"], none["metadata"]["kind"]) == ("who pays?", "none-of-these")
    assert len(none["metadata"]["not_relevant"]) == 2
    (unanswerable,) = load_collection(str(tmp_path / "judged")).unanswerable
    assert (unanswerable.text, unanswerable.kind) == ("who pays?", "none-of-these")
    found, _ = evaluate(str(tmp_path / "judged"), open_library=_no_library)
    assert found["collection"]["queries"] == 1
    assert _success(found, "late") == 1


def _judge_first(library: Library, question: str, answer_id: str, earlier: list[str]) -> None:
    answer = _ask(library, question, earlier=earlier)
    judge(
        library,
        answer,
        answer_id=answer_id,
        paragraph_id=answer.hits[0].paragraph.paragraph_id,
        is_relevant=True,
        earlier=earlier,
    )


def test_follow_ups_stand_behind_what_they_lean_on(library: Library, tmp_path: Path) -> None:
    fund = "How much money does the start-up fund have?"
    _judge_first(library, "and Kenya?", "a1", [_SOCIAL, fund])
    _judge_first(library, "why?", "a2", [_SOCIAL, fund, "and Kenya?"])
    _judge_first(library, fund, "a3", [_SOCIAL])  # stands alone, whatever came before
    files = _export(library, tmp_path / "judged")
    assert [row["text"] for row in files["queries.jsonl"]] == [fund]
    (conversation,) = files["conversations.jsonl"]
    assert [turn["text"] for turn in conversation["turns"]] == [fund, "and Kenya?", "why?"]
    assert [list(turn["relevant"].values()) for turn in conversation["turns"]] == [[1], [1], [1]]
    assert conversation["turns"][2]["metadata"]["judgements"] == 1
    assert load_collection(str(tmp_path / "judged")).queries.keys() == {
        files["queries.jsonl"][0]["_id"]
    }


def test_a_turn_that_no_one_judged_has_no_grades(library: Library, tmp_path: Path) -> None:
    _judge_first(library, "and Kenya?", "a1", [_SOCIAL])
    files = _export(library, tmp_path / "judged")
    assert files["conversations.jsonl"][0]["turns"][0] == {"text": _SOCIAL, "relevant": {}}
    assert files["queries.jsonl"] == files["test.tsv"] == []


def test_a_place_that_was_looked_up_was_not_ranked(library: Library, tmp_path: Path) -> None:
    _judge_first(library, "what about paragraph 12?", "a1", [_SOCIAL])
    files = _export(library, tmp_path / "judged")
    assert files["queries.jsonl"][0]["metadata"]["ranking"] == "look-up"
    assert "conversations.jsonl" not in files


def test_paragraphs_that_are_gone_or_changed_are_left_out(pets: Library) -> None:
    answer = _ask(pets, "cats purr")
    _say(pets, answer, "a", r1=True, r2=True)
    pets.add_file(b"1. Cats purr at night.\n\n2. Dogs bark at birds.\n", "pets.md")
    judged = collect(pets)
    assert [question.grades for question in judged.questions] == [{"pets#1": 1}]
    assert judged.n_left_out == 1
    pets.add_file(b"1. Nothing of it is left.\n", "pets.md")
    assert collect(pets) == ([], 2)


def test_none_of_these_says_nothing_of_a_paragraph_that_has_changed(
    pets: Library, tmp_path: Path
) -> None:
    _say(pets, _ask(pets, "cats purr"), "a", none=False)
    pets.add_file(b"1. Cats purr at night.\n\n2. Now it answers.\n", "pets.md")
    assert "unanswerable.jsonl" not in _export(pets, tmp_path / "judged")


def test_an_export_never_overwrites_and_leaves_nothing_behind(
    pets: Library, tmp_path: Path
) -> None:
    _say(pets, _ask(pets, "cats purr"), "a", r1=True)
    folder = tmp_path / "out" / "deep"
    folder.mkdir(parents=True)
    first = _export(pets, folder)  # an empty folder is as good as none
    with pytest.raises(FeedbackError, match=r"cannot write .*deep .*: choose another --out"):
        _export(pets, folder)
    (folder.parent / "file").write_text("mine")
    with pytest.raises(FeedbackError, match="cannot write"):
        _export(pets, folder.parent / "file")
    assert (folder.parent / "file").read_text() == "mine"
    assert sorted(path.name for path in folder.parent.iterdir()) == ["deep", "file"]
    assert _export(pets, folder.parent / "again") == first


def test_a_broken_export_writes_nothing(
    pets: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _say(pets, _ask(pets, "cats purr"), "a", r1=True)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(FeedbackError, match="No space left on device"):
        _export(pets, tmp_path / "out" / "judged")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_earlier_question_may_hold_what_utf_8_cannot(pets: Library, tmp_path: Path) -> None:
    _judge_first(pets, "and cats?", "a1", ["dogs \ud800"])
    assert pets.judgements()[0].earlier == ("dogs \ud800",)
    assert _export(pets, tmp_path / "out")["conversations.jsonl"][0]["turns"][0]["text"] == "dogs ?"


def test_an_older_library_gets_the_table(pets: Library, tmp_path: Path) -> None:
    path = tmp_path / "pets-home" / "library.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE judgements")
    generation = pets.generation()
    again = Library(tmp_path / "pets-home", ToyEncoder())
    assert again.generation() == generation
    _say(again, _ask(again, "cats purr"), "a", r1=True)
    assert len(again.judgements()) == 1
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT value FROM manifest WHERE key = 'format'").fetchone() == ("3",)


_JUDGE = """
import sys
from pathlib import Path
from index.library import Library
from qa.answer import answer_question
from qa.feedback import judge
from tests.toy import ToyEncoder

library = Library(Path(sys.argv[1]), ToyEncoder())
answer = answer_question("cats purr", library=library, top_k=2)
for number in range(50):
    judge(library, answer, answer_id=f"{sys.argv[2]}-{number}", paragraph_id="pets#1",
          is_relevant=number % 2 == 0)
"""


def test_processes_and_threads_lose_no_judgement(pets: Library, tmp_path: Path) -> None:
    pets.index()
    processes = [
        subprocess.Popen([sys.executable, "-c", _JUDGE, str(tmp_path / "pets-home"), name])
        for name in ("p", "q")
    ]
    answer = _ask(pets, "cats purr")

    def judge_often(name: str) -> None:
        for number in range(25):
            _say(pets, answer, f"{name}-{number}", r1=True)

    threads = [threading.Thread(target=judge_often, args=[name]) for name in ("t", "u")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait() for process in processes] == [0, 0]
    kept = pets.judgements()
    assert len(kept) == len({judgement.answer_id for judgement in kept}) == 150
    (question,) = collect(pets).questions
    assert len(question.answers) == 150
    assert question.grades == {"pets#1": 1}  # 100 for, 50 against


def test_a_library_that_another_program_holds_is_one_sentence(
    pets: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store._BUSY_SECONDS", 0.1)
    waiting = Library(tmp_path / "pets-home", ToyEncoder())
    answer = _ask(waiting, "cats purr")
    other = sqlite3.connect(tmp_path / "pets-home" / "library.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LibraryError, match=r"cannot change the library in .*locked.*try again"):
        _say(waiting, answer, "a", r1=True)
    other.execute("ROLLBACK")
    other.close()
    _say(waiting, answer, "a", r1=True)
    assert len(waiting.judgements()) == 1


def test_cleared_feedback_is_gone_from_the_files(pets: Library, tmp_path: Path) -> None:
    pets._local._db.execute("PRAGMA secure_delete = OFF")  # as most builds of SQLite have it
    question = "does the unmistakable walrus purr?"
    answer = _ask(pets, question)
    for number in range(100):
        _say(pets, answer, f"a{number}", r1=True)
        if number == 50:  # some stand in the database, some in its log
            with sqlite3.connect(tmp_path / "pets-home" / "library.sqlite") as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = [path for path in (tmp_path / "pets-home").iterdir() if path.is_file()]
    assert any(b"unmistakable walrus" in path.read_bytes() for path in files)
    assert pets.clear_judgements() == 100
    assert pets.judgements() == []
    assert not any(b"unmistakable walrus" in path.read_bytes() for path in files)
    assert pets.report("pets").paragraphs[0].text == "Cats purr at night."


def test_the_list_has_a_line_for_each_answer(pets: Library) -> None:
    first, second = _ask(pets, "cats purr"), _ask(pets, "who " + "x" * 80)
    _say(pets, first, "a", r1=True, r2=False)
    _say(pets, first, "b", none=False)
    _say(pets, second, "c", r1=True)
    _say(pets, second, "c", r1=None)
    lines = feedback_text(pets.judgements()).splitlines()
    assert [line[18:].split("  ")[0] for line in lines] == [
        "question", "cats purr", "cats purr", "who " + "x" * 55 + "…",
    ]  # fmt: skip
    assert [line[18 + 60 + 2 :] for line in lines] == [
        "verdicts", "pets#1 up, pets#2 down", "none of these", "taken back",
    ]  # fmt: skip
    assert lines[1][:16] == pets.judgements()[0].time[:16].replace("T", " ")


def test_standing_judgements_are_in_the_order_of_the_last_word(pets: Library) -> None:
    answer = _ask(pets, "cats purr")
    _say(pets, answer, "a", r1=True, r2=True)
    _say(pets, answer, "a", r1=False)
    assert [(j.paragraph_id, j.is_relevant) for j in standing(pets.judgements())] == [
        ("pets#2", True), ("pets#1", False),
    ]  # fmt: skip
