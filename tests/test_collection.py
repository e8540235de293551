import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.collection import (
    Collection,
    CollectionError,
    Conversation,
    Turn,
    Unanswerable,
    check_judged,
    load_collection,
    load_for_judging,
)
from eval.collection_info import describe_collection
from index.report import Metadata, Paragraph, Report

_CORPUS = """\
{"_id": "a", "title": "", "text": "cats purr"}
{"_id": "b", "title": "Dogs", "text": "they bark"}
{"_id": "c", "title": "Weather", "text": "rain"}
{"_id": "d", "title": "Weather", "text": "snow"}
"""
_QUERIES = """\
{"_id": "q1", "text": "cats", "metadata": {"type": "pet", "answer": "purr"}}
{"_id": "q2", "text": "dogs bark"}
{"_id": "q3", "text": "not judged"}
"""
_QRELS = "query-id\tcorpus-id\tscore\nq1\ta\t1\nq2\tb\t2\nq2\tc\t-1\n"
_PETS = {"corpus.jsonl": _CORPUS, "queries.jsonl": _QUERIES, "qrels/test.tsv": _QRELS}
_UNANSWERABLE = """\
{"_id": "u1", "text": "who pays?", "metadata": {"kind": "near"}}
{"_id": "u2", "text": "why?"}
"""
_TALK = '{"_id": "c1", "turns": [{"text": "cats?", "relevant": {"a": 2}}, {"text": "why?"}]}\n'
_TOPICS = """\
<top>
<num> Number: 301
<title> International
 Organized Crime
<desc> Description:
Identify organizations.
</top>
<top><num>302</num><title>Topic: polio</title></top>
"""


def _write(folder: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return str(folder)


def _pets(folder: Path, **files: str) -> str:
    """The collection, with some of its files written otherwise."""
    names = {name.partition(".")[0].removeprefix("qrels/"): name for name in _PETS}
    others = {names.get(name, f"{name}.jsonl"): text for name, text in files.items()}
    return _write(folder / "pets", _PETS | others)


def _report(**texts: str) -> Report:
    paragraphs = tuple(
        Paragraph("r", number, text, (), order)
        for order, (number, text) in enumerate(texts.items())
    )
    return Report("r", Metadata("R"), "en", "", (), paragraphs)


def test_a_beir_folder_is_read_whole(tmp_path: Path) -> None:
    collection = load_collection(_pets(tmp_path, unanswerable=_UNANSWERABLE, conversations=_TALK))
    assert (collection.name, collection.qrels_name) == ("pets", "test")
    assert collection.queries == {"q1": "cats", "q2": "dogs bark"}
    assert collection.unjudged == {"q3": "not judged"}
    assert collection.qrels == {"q1": {"a": 1}, "q2": {"b": 2, "c": -1}}
    assert collection.metadata == {"q1": {"type": "pet", "answer": "purr"}, "q2": {}}
    assert collection.unanswerable == (
        Unanswerable("u1", "who pays?", "near"),
        Unanswerable("u2", "why?", "unspecified"),
    )
    talk = Conversation("c1", (Turn("cats?", {"a": 2}), Turn("why?", {})))
    assert collection.conversations == (talk,)
    assert collection.corpus is not None
    assert [p.number for p in collection.corpus.paragraphs] == ["a", "b", "c", "d"]


def test_what_is_not_there_is_empty(tmp_path: Path) -> None:
    collection = load_collection(_write(tmp_path / "x", dict(list(_PETS.items())[1:])))
    assert (collection.corpus, collection.corpus_hash) == (None, "")
    assert (collection.unanswerable, collection.conversations) == ((), ())


def test_the_content_hash_follows_every_file_and_not_the_folder(tmp_path: Path) -> None:
    files: list[dict[str, str]] = [
        {}, {"corpus": _CORPUS.replace("snow", "hail")},
        {"queries": _QUERIES.replace("dog", "cat")},
        {"test": _QRELS.replace("2", "1")}, {"unanswerable": _UNANSWERABLE},
        {"conversations": _TALK},
    ]  # fmt: skip
    hashes = [
        load_collection(_pets(tmp_path / str(i), **changed)).content_hash
        for i, changed in enumerate(files)
    ]
    assert len(set(hashes)) == len(files)
    assert load_collection(_pets(tmp_path / "elsewhere")).content_hash == hashes[0]


def test_qrels_are_chosen_by_name(tmp_path: Path) -> None:
    folder = _pets(tmp_path)
    _write(Path(folder), {"qrels/dev.tsv": "q3\td\t1\n"})
    assert load_collection(folder).qrels_name == "test"
    dev = load_collection(folder, "dev")
    assert (dev.qrels, dev.queries) == ({"q3": {"d": 1}}, {"q3": "not judged"})
    assert load_collection(folder, "dev.tsv") == dev
    with pytest.raises(CollectionError, match=r"no qrels 'x': choose dev.tsv, test.tsv with --q"):
        load_collection(folder, "x")
    (Path(folder) / "qrels/test.tsv").rename(Path(folder) / "qrels/train.tsv")
    with pytest.raises(CollectionError, match=r"has several qrels: choose dev.tsv, train.tsv with"):
        load_collection(folder)
    (Path(folder) / "qrels/train.tsv").unlink()
    assert load_collection(folder) == dev  # the only one


def test_an_id_may_be_a_number_and_a_line_may_hold_a_line_separator(tmp_path: Path) -> None:
    queries = '\ufeff{"_id": 0, "text": "one\u2028two"}\r\n\r\n'
    collection = load_collection(_pets(tmp_path, queries=queries, test="0\ta\t1\n"))
    assert collection.queries == {"0": "one\u2028two"}


def test_a_paragraph_may_be_all_title(tmp_path: Path) -> None:
    corpus = load_collection(
        _pets(tmp_path, corpus=_CORPUS + '{"_id": "e", "title": "Dogs", "text": ""}\n')
    ).corpus
    assert corpus is not None
    assert [(p.text, p.section) for p in corpus.paragraphs][1::3] == [
        ("they bark", ("Dogs",)), ("Dogs", ()),
    ]  # fmt: skip


@pytest.mark.parametrize(("topics", "name"), [
    (_TOPICS, "topics.txt"), (_TOPICS, "robust.topics"),
    ("301\tInternational Organized Crime\n302\tpolio\n", "topics.tsv"),
])  # fmt: skip
@pytest.mark.parametrize("qrels_name", ["qrels.txt", "robust.qrels"])
def test_a_trec_folder_is_read(tmp_path: Path, topics: str, name: str, qrels_name: str) -> None:
    qrels = "301 0 FBIS3-10082 1\n301 0 FBIS3-10169 0\n302\t0\tFR94\t-1\n"
    collection = load_collection(_write(tmp_path / "robust", {name: topics, qrels_name: qrels}))
    assert collection.queries == {"301": "International Organized Crime", "302": "polio"}
    assert collection.qrels == {
        "301": {"FBIS3-10082": 1, "FBIS3-10169": 0}, "302": {"FR94": -1},
    }  # fmt: skip
    if topics is _TOPICS:
        assert collection.metadata["301"] == {"description": "Identify organizations."}


@pytest.mark.parametrize(("files", "message"), [
    ({"topics.txt": "x", "qrels.txt": "1 0 a 1"},
     "topics.txt has no <top>…</top>: write topics so"),
    ({"topics.txt": "\n<top><num>1</top>", "qrels.txt": "1 0 a 1"},
     "topics.txt, line 2: the topic has no <title>: add it"),
    ({"topics.tsv": "1\tx\n2\n", "qrels.txt": "1 0 a 1"},
     r"topics.tsv, line 2: expected query id, tab and text, found '2': mend it"),
    ({"topics.tsv": "1\tx\n1\ty\n", "qrels.txt": "1 0 a 1"},
     r"topics.tsv has two queries '1': rename one \(lines 1 and 2\)"),
    ({"topics.tsv": "1\tx\n", "qrels.txt": "1 0 a 1\n1 a 1\n"},
     "qrels.txt, line 2: expected query id, 0, paragraph id and grade, found '1 a 1': mend it"),
    ({"topics.tsv": "1\tx\n", "qrels.txt": "2 0 a 1\n"},
     "qrels.txt, line 1 judges '2', not in topics.tsv: add it"),
    ({"topics.tsv": "1\tx\n", "qrels.txt": "1 0 a 1\n", "all.qrels": ""},
     "has several qrels: choose qrels.txt, all.qrels with --qrels"),
    ({"topics.tsv": "1\tx\n"}, r"qrels holds 0 \*.tsv, expected test.tsv: add it, or qrels.txt"),
    ({"qrels.txt": "1 0 a 1\n"},
     "queries.jsonl is missing: a BEIR folder has it, a TREC folder topics.tsv or topics.txt"),
])  # fmt: skip
def test_a_broken_trec_folder_is_one_sentence(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    with pytest.raises(CollectionError, match=message):
        load_collection(_write(tmp_path / "broken", files))


def _turns(turns: object) -> dict[str, str]:
    return {"conversations": json.dumps({"_id": "c1", "turns": turns})}


@pytest.mark.parametrize(("files", "message"), [
    ({"queries": _QUERIES + "{"}, r"queries.jsonl, line 4 is not JSON \(Exp.*\): mend it"),
    ({"queries": _QUERIES + "[]"}, r"queries.jsonl, line 4 is not a JSON object: put \{…\} there"),
    ({"queries": '{"text": "x"}'}, "queries.jsonl, line 1 has no '_id': add it"),
    ({"queries": '{"_id": true, "text": "x"}'}, "line 1 has _id True: make it a string"),
    ({"queries": '\n{"_id": "q1"}'}, "queries.jsonl, line 2 has no 'text': add it"),
    ({"queries": '{"_id": "q1", "text": 7}'}, "line 1 has text 7: make it a string"),
    ({"queries": '{"_id": "q1", "text": " "}'},
     "queries.jsonl, line 1 has an empty 'text': write it or remove the line"),
    ({"queries": '{"_id": "q1", "text": "x", "metadata": [1]}'},
     r"line 1 has metadata \[1\]: make it an object"),
    ({"queries": _QUERIES + _QUERIES},
     r"queries.jsonl has two queries 'q1': rename one \(lines 1 and 4\)"),
    ({"corpus": _CORPUS + _CORPUS},
     r"corpus.jsonl has two paragraphs 'a': rename one \(lines 1 and 5\)"),
    ({"corpus": '{"_id": "a", "title": " ", "text": ""}'}, "line 1 has an empty 'text': write"),
    ({"corpus": '{"_id": "a", "title": 1, "text": "x"}'}, "line 1 has title 1: make it a string"),
    ({"corpus": "\n"}, "corpus.jsonl has no paragraph: add lines or remove the file"),
    ({"test": "q1\ta\n"},
     r"test.tsv, line 1: expected query id, paragraph id and grade between tabs, found 'q1\\ta'"),
    ({"test": "q1\ta\tx\n"}, "test.tsv, line 1: expected query id"),  # not a header: q1 is a query
    ({"test": "q1\ta\t1\nq1\tb\t²\n"}, "test.tsv, line 2: expected query id"),
    ({"test": "q9\ta\t1\n"}, "test.tsv, line 1 judges 'q9', not in queries.jsonl: add it"),
    ({"test": "query-id\tcorpus-id\tscore\n"}, "test.tsv judges no query: add lines"),
    ({"test": "q1\ta\t1\nq1\tz\t1\n"},
     "line 2 judges paragraph 'z' for q1, not in corpus.jsonl: add it or remove the line"),
    ({"test": "q1\ta\t1\nq1\ta\t2\n"},
     "line 2 gives paragraph 'a' grade 2 for q1, an earlier line 1: remove one"),
    ({"unanswerable": _UNANSWERABLE + '{"_id": "q3", "text": "x"}'},
     "unanswerable.jsonl, line 3 has 'q3', an id of a query that is answered: rename it"),
    ({"unanswerable": _UNANSWERABLE + _UNANSWERABLE}, "has two questions 'u1': rename one"),
    ({"unanswerable": '{"_id": "u1", "text": ""}'},
     "unanswerable.jsonl, line 1 has an empty 'text'"),
    ({"conversations": _TALK + _TALK},
     "conversations.jsonl has two conversations 'c1': rename one"),
    (_turns([]), "conversations.jsonl, line 1 has no 'turns': add a list of objects with a text"),
    (_turns(["x"]), "line 1 has no 'turns': add a list of objects with a text"),
    (_turns([{"text": ""}]), "conversations.jsonl, line 1 has an empty 'text'"),
    (_turns([{"text": "x", "relevant": ["a"]}]),
     r"line 1 has relevant \['a'\]: make it an object, paragraph id to grade"),
    (_turns([{"text": "x", "relevant": {"a": "1"}}]), "line 1 has relevant {'a': '1'}: make it"),
    (_turns([{"text": "x", "relevant": {"z": 1}}]),
     "line 1 judges paragraph 'z', not in corpus.jsonl: add it or remove the grade"),
])  # fmt: skip
def test_a_broken_file_is_one_sentence(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(CollectionError, match=message) as error:
        load_collection(_pets(tmp_path, **files))
    assert "\n" not in str(error.value)


def test_an_unreadable_file_is_one_sentence(tmp_path: Path) -> None:
    folder = Path(_pets(tmp_path))
    (folder / "queries.jsonl").write_bytes(b'{"_id": "\xff"}')
    with pytest.raises(CollectionError, match=r"is not UTF-8 \(byte 9\): save it as UTF-8"):
        load_collection(str(folder))
    (folder / "qrels/test.tsv").unlink()
    (folder / "qrels/test.tsv").mkdir()
    (folder / "queries.jsonl").write_text(_QUERIES)
    with pytest.raises(CollectionError, match=r"test.tsv cannot be read \(Is a directory\)"):
        load_collection(str(folder))
    with pytest.raises(CollectionError, match=r"no collection 'x': name a folder .*global-compact"):
        load_collection("x")


def test_a_collection_names_the_judged_paragraphs_that_are_gone(tmp_path: Path) -> None:
    collection = load_collection(_pets(tmp_path, conversations=_TALK))
    check_judged(collection, _report(a="", b="", c=""))
    with pytest.raises(
        CollectionError, match="pets judges paragraph 'c' not in r: name the report"
    ):
        check_judged(collection, _report(a="", b=""))
    with pytest.raises(CollectionError, match="pets judges 3 paragraphs 'a', 'b', 'c' not in r"):
        check_judged(collection, _report(x=""))
    with pytest.raises(CollectionError, match="paragraph 'a' not in r"):  # of the conversation
        check_judged(replace(collection, qrels={}), _report(b=""))
    many = replace(collection, qrels={"q1": {str(number): 1 for number in range(9)}})
    with pytest.raises(CollectionError, match="9 paragraphs '0', '1', '2', '3', '4' and 4 more"):
        check_judged(replace(many, conversations=()), _report(a=""))


def test_a_collection_refuses_paragraphs_whose_numbers_have_moved() -> None:
    said = {"answer": "they purr when\n they are fed", "answer_paragraph": "a"}
    collection = Collection("pets", {"q1": "cats"}, {"q1": {"a": 1}}, None, "", {"q1": said})
    text = "Cats: they purr when they are fed."
    check_judged(collection, _report(a=text, b="Dogs"))
    check_judged(collection, _report(a="Cats", b="Dogs"))  # an answer in other words
    with pytest.raises(
        CollectionError, match=r"numbering of r is not .* another paragraph for 'q1'"
    ):
        check_judged(collection, _report(a="Dogs", b=text))
    short = replace(collection, metadata={"q1": said | {"answer": "they purr when"}})
    check_judged(short, _report(a="Dogs", b=text))


def test_the_bundled_collection_fits_the_bundled_report(report: Report) -> None:
    collection = load_collection("global-compact")
    check_judged(collection, report)
    assert (len(collection.unanswerable), len(collection.conversations)) == (40, 12)
    shifted = [
        replace(paragraph, number=below.number)
        for paragraph, below in zip(report.paragraphs, report.paragraphs[1:], strict=False)
    ]
    moved = replace(report, paragraphs=(*shifted, report.paragraphs[0]))
    with pytest.raises(CollectionError, match=r"the numbering of .* and \d+ more\): judge anew"):
        check_judged(collection, moved)


def test_a_growing_collection_has_all_of_its_queries(tmp_path: Path) -> None:
    folder = _pets(tmp_path)
    collection = load_for_judging(folder)
    assert list(collection.queries) == list(collection.metadata) == ["q1", "q2", "q3"]
    assert (collection.unjudged, len(collection.qrels)) == ({}, 2)
    _write(Path(folder), {"qrels/test.tsv": "query-id\tcorpus-id\tscore\n"})
    assert load_for_judging(folder).qrels == {}
    (Path(folder) / "qrels/test.tsv").unlink()
    assert (load_for_judging(folder).qrels, load_for_judging(folder).qrels_name) == ({}, "")
    with pytest.raises(CollectionError, match="holds 0"):
        load_for_judging(folder, "dev")


def test_a_collection_is_described(tmp_path: Path) -> None:
    queries = (
        '{"_id": "q0", "text": "Cats ", "metadata": {"type": "fish"}}\n'
        '{"_id": "q4", "text": "cows", "metadata": {"type": "pet", "id": 4}}\n'
        '{"_id": "q5", "text": "cod", "metadata": {"type": "fish", "id": 5}}\n'
    )
    collection = load_collection(
        _pets(
            tmp_path, queries=_QUERIES + queries, test=_QRELS + "q0\tb\t1\nq4\tb\t0\nq5\tb\t1\n",
            unanswerable=_UNANSWERABLE, conversations=_TALK,
        )
    )  # fmt: skip
    report = _report(a="cats purr", b="Dogs bark a lot", c="cats  PURR")
    assert describe_collection(collection, report).splitlines()[:-1] == [
        "pets, qrels test",
        "queries             5 judged, 1 not judged",
        "judgements          6: 1 of grade 2, 3 of grade 1, 1 of grade 0, 1 of grade -1",
        "judged a query      min 1, median 1, max 2",
        "relevant a query    min 0, median 1, max 1",
        "nothing relevant    1: 'q4'",
        "relevant            2 paragraphs, to one query or more",
        "paragraphs          3 in r",
        "unanswerable        2: near 1, unspecified 1",
        "conversations       1, 2 turns",
        "words a query       min 1, median 1, max 2",
        "words a paragraph   min 2, median 2, max 4",
        "repeated queries    1, the first is 'q0', which says what 'q1' does",
        "repeated paragraphs 1, the first is 'c', which says what 'a' does",
        "by type             fish 2, pet 2",
    ]
    assert describe_collection(collection, report).endswith(collection.content_hash)
