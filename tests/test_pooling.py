import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from eval.collection import Collection, CollectionError, load_collection, load_for_judging
from eval.judging import Merged, judge, merge_judgements
from eval.pooling import PoolItem, PoolRow, pool, read_pool, write_pool
from index.library import Library
from index.report import Metadata, Paragraph, Report
from qa.answer import answer_question
from qa.feedback import judge as say
from qa.judged import collect, write_collection
from tests.toy import ToyEncoder

_COLLECTION = Collection("pets", {"q1": "cats?", "q2": "dogs?"}, {"q1": {"a": 2, "b": 0}}, None, "")
_REPORT = Report(
    "r", Metadata("R"), "en", "", (),
    tuple(Paragraph("r", n, f"text of {n}", ("I", "A"), i) for i, n in enumerate("abcdefgh")),
)  # fmt: skip
_RUNS = {
    "y": {"q1": {"a": 9.0, "c": 8.0, "d": 7.0, "e": 6.0}},
    "x": {"q1": {"d": 1.0, "b": 0.5}, "q2": {"c": 3.0, "a": 2.0, "b": 1.0}},
}
_HEADER = "query-id\tcorpus-id\tscore\n"


def test_a_pool_has_what_is_high_and_not_judged() -> None:
    assert sorted(pool(_RUNS, _COLLECTION, 3)) == [
        PoolItem("q1", "c", ("y",), 2),
        PoolItem("q1", "d", ("x", "y"), 1),
        PoolItem("q2", "a", ("x",), 2),
        PoolItem("q2", "b", ("x",), 3),
        PoolItem("q2", "c", ("x",), 1),
    ]
    assert [item.number for item in pool(_RUNS, _COLLECTION, 1)] == ["d", "c"]
    with pytest.raises(ValueError, match="depth is 0: make it 1 or more"):
        pool(_RUNS, _COLLECTION, 0)


def test_the_order_of_a_pool_hides_who_found_what() -> None:
    numbers = [f"p{i:02}" for i in range(30)]
    run = {query_id: {n: -float(i) for i, n in enumerate(numbers)} for query_id in ("q2", "q1")}
    backwards = {q: dict(reversed(scores.items())) for q, scores in run.items()}
    items = pool({"x": run}, _COLLECTION, 30)
    assert [item.query_id for item in items] == ["q1"] * 30 + ["q2"] * 30
    order = [item.number for item in items]
    assert sorted(order[:30]) == numbers
    assert order[:30] not in (numbers, order[30:], sorted(numbers, reverse=True))
    assert [item.number for item in pool({"z": backwards}, _COLLECTION, 30)] == order
    assert [item.number for item in pool({"x": run}, _COLLECTION, 30, seed=1)] != order
    fewer = replace(_COLLECTION, queries={"q2": "dogs?"})
    assert [item.number for item in pool({"x": run}, fewer, 30)] == order[30:]


def test_a_pool_is_written_with_what_a_judge_reads_and_not_who_found_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "pool.jsonl"
    write_pool([PoolItem("q1", "c", ("x",), 2)], _COLLECTION, _REPORT, path)
    assert json.loads(path.read_text()) == {
        "query-id": "q1", "query": "cats?", "corpus-id": "c", "section": "I > A",
        "text": "text of c",
    }  # fmt: skip
    assert read_pool(path) == [PoolRow("q1", "cats?", "c", "I > A", "text of c")]
    with pytest.raises(CollectionError, match=r"pool.jsonl is there already: choose another name"):
        write_pool([], _COLLECTION, _REPORT, path)
    assert [entry.name for entry in path.parent.iterdir()] == ["pool.jsonl"]
    with pytest.raises(CollectionError, match=r"cannot write .*x \(.*\): choose another place"):
        write_pool([], _COLLECTION, _REPORT, path / "x")


@pytest.mark.parametrize(("text", "message"), [
    ('{"query-id": "q1", "query": "x", "text": "y"}', "line 1 has no 'corpus-id': add it"),
    ('{"query-id": "q1", "query": "", "corpus-id": "a", "text": "y"}', "has an empty 'query'"),
    ("[]", "pool.jsonl, line 1 is not a JSON object"),
])  # fmt: skip
def test_a_broken_pool_is_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "pool.jsonl"
    with pytest.raises(CollectionError, match=r"pool.jsonl is missing: write it with qa eval pool"):
        read_pool(path)
    path.write_text(text)
    with pytest.raises(CollectionError, match=message):
        read_pool(path)


class _Person:
    """Types what it was told to, and remembers what it was shown; then Ctrl-C, or Ctrl-D."""

    def __init__(self, typed: str, end: type[BaseException] = KeyboardInterrupt) -> None:
        self.shown: list[str] = []
        self._typed: Iterator[str] = iter(typed.split())
        self._end = end

    def ask(self, prompt: str) -> str:
        typed = next(self._typed, None)
        if typed is None:
            raise self._end
        return typed

    def cards(self) -> str:
        """The paragraphs that were shown, in order."""
        return "".join(text.split("[")[1][0] for text in self.shown if "[" in text)


Judging = Callable[..., tuple[int, _Person]]


@pytest.fixture
def session(tmp_path: Path) -> Judging:
    """Three paragraphs of one query and one of another, judged by a person."""
    items = [PoolItem("q1", n, ("x",), 1) for n in "cde"] + [PoolItem("q2", "a", ("x",), 1)]
    write_pool(items, _COLLECTION, _REPORT, tmp_path / "pool.jsonl")

    def run(typed: str, end: type[BaseException] = KeyboardInterrupt) -> tuple[int, _Person]:
        person = _Person(typed, end)
        left = judge(
            tmp_path / "pool.jsonl", tmp_path / "mine.tsv", person.ask, person.shown.append
        )
        return left, person

    return run


def test_every_grade_is_kept_at_once(session: Judging, tmp_path: Path) -> None:
    left, person = session("2 0")
    assert (left, person.cards()) == (2, "cde")
    assert (tmp_path / "mine.tsv").read_text() == _HEADER + "q1\tc\t2\nq1\td\t0\n"
    assert person.shown[-1] == f"2 of 4 judged, in {tmp_path / 'mine.tsv'}"
    assert person.shown[1].splitlines() == ["", "1 of 4: cats?", "", "[c] I > A", "text of c"]


def test_judging_goes_on_where_it_stopped(session: Judging, tmp_path: Path) -> None:
    session("2 s 1", EOFError)
    left, person = session("q")
    assert (left, person.cards()) == (2, "d")  # what was skipped is asked first
    left, person = session("0 1")
    assert (left, person.cards()) == (0, "da")
    left, person = session("")
    assert (left, person.cards()) == (0, "")
    assert (tmp_path / "mine.tsv").read_text() == (
        _HEADER + "q1\tc\t2\nq1\te\t1\nq1\td\t0\nq2\ta\t1\n"
    )


def test_going_back_asks_again_and_the_last_grade_counts(session: Judging, tmp_path: Path) -> None:
    left, person = session("b 2 s b b 1 q")
    assert (left, person.cards()) == (3, "ccdedcd")
    assert "This is the first one." in person.shown
    assert person.shown[-3].endswith("text of c\n(so far: 2)")
    assert (tmp_path / "mine.tsv").read_text() == _HEADER + "q1\tc\t2\nq1\tc\t1\n"
    left, person = session("b 0 0")  # back to what an earlier session judged
    assert (left, person.cards()) == (2, "dcde")
    merge_judgements(_COLLECTION, _REPORT, tmp_path / "mine.tsv", tmp_path / "new.tsv")
    assert (tmp_path / "new.tsv").read_text() == (
        _HEADER + "q1\tc\t0\nq1\td\t0\nq1\ta\t2\nq1\tb\t0\n"
    )


def test_anything_else_is_explained(session: Judging, tmp_path: Path) -> None:
    left, person = session("? 3 yes Q")
    assert left == 4
    assert sum("2  answers the question" in text for text in person.shown) == 4
    assert (tmp_path / "mine.tsv").read_text() == _HEADER


def test_a_document_does_not_steer_the_terminal(tmp_path: Path) -> None:
    report = replace(_REPORT, paragraphs=(replace(_REPORT.paragraphs[0], text="red \x1b[31m"),))
    write_pool([PoolItem("q1", "a", (), 1)], _COLLECTION, report, tmp_path / "pool.jsonl")
    person = _Person("q")
    judge(tmp_path / "pool.jsonl", tmp_path / "mine.tsv", person.ask, person.shown.append)
    assert "red  [31m" in person.shown[1]


def test_a_last_line_without_its_end_is_not_run_into(session: Judging, tmp_path: Path) -> None:
    (tmp_path / "mine.tsv").write_text("q1\tc\t2")
    assert session("1 q")[0] == 2
    assert (tmp_path / "mine.tsv").read_text() == "q1\tc\t2\nq1\td\t1\n"


def test_judgements_that_cannot_be_used_are_one_sentence(session: Judging, tmp_path: Path) -> None:
    (tmp_path / "mine.tsv").write_text("q1\tc\n")
    with pytest.raises(CollectionError, match=r"mine.tsv, line 1: expected query id, paragraph id"):
        session("1")
    person = _Person("1")
    with pytest.raises(CollectionError, match=r"mine.txt is no name for qrels: end it in .tsv"):
        judge(tmp_path / "pool.jsonl", tmp_path / "mine.txt", person.ask, person.shown.append)
    with pytest.raises(CollectionError, match=r"cannot write .*: choose another place"):
        judge(tmp_path / "pool.jsonl", tmp_path / "mine.tsv/x.tsv", person.ask, person.shown.append)


def _merge(folder: Path, judgements: str, collection: Collection = _COLLECTION) -> Merged:
    (folder / "mine.tsv").write_text(judgements)
    return merge_judgements(collection, _REPORT, folder / "mine.tsv", folder / "new.tsv")


def test_merging_adds_and_does_not_contradict(tmp_path: Path) -> None:
    merged = _merge(tmp_path, "q2\ta\t0\nq1\tb\t1\nq1\ta\t2\nq1\tr#c\t1\nq2\tb\t1\n")
    assert merged == Merged(n_added=3, n_kept=1, left_out=())
    lines = (tmp_path / "new.tsv").read_text().splitlines()
    assert lines[0] == _HEADER.strip()
    assert sorted(lines[1:]) == ["q1\ta\t2", "q1\tb\t0", "q1\tc\t1", "q2\ta\t0", "q2\tb\t1"]


def test_a_query_with_nothing_relevant_stays_unmeasured(tmp_path: Path) -> None:
    assert _merge(tmp_path, "q2\ta\t0\nq2\tb\t0\n").left_out == ("q2",)
    assert "q2" not in (tmp_path / "new.tsv").read_text()
    (tmp_path / "new.tsv").unlink()
    judged = replace(_COLLECTION, qrels={"q2": {"c": 0}})
    assert _merge(tmp_path, "q2\ta\t0\n", judged).left_out == ()
    assert "q2\tc\t0" in (tmp_path / "new.tsv").read_text()


@pytest.mark.parametrize(("judgements", "message"), [
    ("q1\ta\t1\nq7\ta\t1\nq8\ta\t1\nq7\tb\t1\n",
     "mine.tsv judges queries that pets has not, 'q7', 'q8': add them to its queries.jsonl"),
    ("q1\tz\t1\n",
     "mine.tsv judges paragraphs that r has not, 'z': name the report that was judged"),
    ("q1\ta\n", "mine.tsv, line 1: expected query id"),
])  # fmt: skip
def test_judgements_of_something_else_are_refused(
    tmp_path: Path, judgements: str, message: str
) -> None:
    with pytest.raises(CollectionError, match=message):
        _merge(tmp_path, judgements)
    assert not (tmp_path / "new.tsv").exists()


def test_qrels_are_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "new.tsv").write_text("mine")
    with pytest.raises(CollectionError, match=r"new.tsv is there already: choose another name"):
        _merge(tmp_path, "q1\tc\t1\n")
    assert (tmp_path / "new.tsv").read_text() == "mine"
    with pytest.raises(CollectionError, match=r"new is no name for qrels: end it in .tsv"):
        merge_judgements(_COLLECTION, _REPORT, tmp_path / "mine.tsv", tmp_path / "new")


def test_a_collection_is_made_from_nothing_but_queries(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "cats?"}\n')
    collection = load_for_judging(str(folder))
    items = pool({"x": {"q1": {"a": 2.0, "b": 1.0}}}, collection, 5)
    write_pool(items, collection, _REPORT, tmp_path / "pool.jsonl")
    person = _Person("2 2")
    judge(tmp_path / "pool.jsonl", tmp_path / "mine.tsv", person.ask, person.shown.append)
    merge_judgements(collection, _REPORT, tmp_path / "mine.tsv", folder / "qrels" / "test.tsv")
    assert load_collection(str(folder)).qrels == {"q1": {"a": 2, "b": 2}}
    assert pool({"x": {"q1": {"a": 2.0}}}, load_for_judging(str(folder)), 5) == []


def test_feedback_from_the_page_merges_by_the_text_of_its_questions(tmp_path: Path) -> None:
    library = Library(tmp_path / "home", ToyEncoder())
    library.add_file(b"1. cats purr\n\n2. dogs bark\n\n3. cows moo\n", "pets.md")
    answer = answer_question("cats purr", library=library)
    first = answer.hits[0].paragraph.paragraph_id
    say(library, answer, answer_id="a1", paragraph_id=first, is_relevant=True)
    write_collection(collect(library).questions, library, tmp_path / "feedback")
    report = library.report("pets")
    collection = Collection("pets", {"q1": "Cats  purr"}, {}, None, "")
    out = tmp_path / "new.tsv"
    assert merge_judgements(collection, report, tmp_path / "feedback", out).n_added == 1
    assert out.read_text() == _HEADER + "q1\t1\t1\n"
    other = replace(collection, queries={"q1": "dogs"})
    with pytest.raises(CollectionError, match=r"test.tsv judges queries that pets has not, 'q"):
        merge_judgements(other, report, tmp_path / "feedback", tmp_path / "other.tsv")
