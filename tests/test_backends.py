"""What every backend must do: the contract between ranking and what keeps the reports."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from eval.collection import load_collection
from eval.servers import answers, count_rows
from index.encoder import Encoder, Encoding, Kind, unit
from index.errors import LibraryError
from index.library import Library
from index.milvus.address import read_address
from index.milvus.backend import MilvusBackend
from index.milvus.rows import RowMakers
from index.milvus.server import Row, Server
from index.reading import read_report
from index.report import Report
from index.rows import IndexedReport, Window
from index.searching import Query
from index.tokens import TokenVectors
from qa.answer import answer_question
from qa.search import Ranked, rank_together
from tests.servers import Startable, make_server
from tests.toy import ToyEncoder

BACKENDS = ("local", "lite", "milvus")
Open = Callable[..., Library]

_VISIBLE_SECONDS = 10.0  # until what one program wrote is seen by others
_PATIENCE_SECONDS = 30.0  # for a call, on a machine that is busy with other tests
_RECOVERY_SECONDS = 90.0  # until a server that was started anew answers


@pytest.fixture(scope="module", params=BACKENDS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Startable | None]:
    if request.param == "local":
        yield None
        return
    server = make_server(request.param, tmp_path_factory.mktemp(request.param) / "data")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def open_library(
    server: Startable | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Open]:
    """Opens one and the same library, as many times as one likes."""
    monkeypatch.setattr("index.milvus.server._READ_SECONDS", _PATIENCE_SECONDS)
    collection = f"c{uuid4().hex[:12]}"

    def open_it(
        encoder: Encoder | None = None, *, name: str = "home", options: str = ""
    ) -> Library:
        url = f"milvus://{server.address}/{collection}_{name}{options}" if server else ""
        return Library(tmp_path / name, encoder or ToyEncoder(), url)

    yield open_it
    if server and answers(server.address):
        _drop(server.address, collection)


def _drop(address: str, prefix: str) -> None:
    """Delete collections: 2.3 holds 64 at most."""
    client = Server(read_address(f"milvus://{address}/{prefix}"))
    for name in client.read("list_collections"):
        if name.startswith(prefix):
            client.write("drop_collection", name)


def _report(name: str, *texts: str) -> bytes:
    body = "\n\n".join(f"{i}. {text}" for i, text in enumerate(texts, start=1))
    return f"# Report on {name}\n\n{body}\n".encode()


_ANIMALS = _report("animals", "Cats purr at night.", "Dogs bark at cats.", "Horses eat hay.")
_PLANTS = _report("plants", "Oaks grow slowly.", "Cats sleep under oaks.")


def _cited(library: Library, question: str, *reports: str) -> list[str]:
    answer = answer_question(question, library=library, reports=reports, top_k=5)
    return [hit.paragraph.paragraph_id for hit in answer.hits]


def _until(is_so: Callable[[], bool], seconds: float = _VISIBLE_SECONDS) -> bool:
    """Whether it comes to be so; a server that has just started fails to answer now and then."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(LibraryError):
            if is_so():
                return True
        time.sleep(0.1)
    return False


def _opened(open_it: Callable[[], Library]) -> Library:
    """The library once its server has recovered."""
    opened: list[Library] = []

    def is_open() -> bool:
        library = open_it()
        for report_id in library.report_ids():  # its collections recover one by one
            library.report(report_id)
        opened.append(library)
        return True

    assert _until(is_open, _RECOVERY_SECONDS)
    return opened[0]


def test_a_report_comes_back_as_it_went_in(open_library: Open, report: Report) -> None:
    library = open_library()
    library.add(report, b"content")
    assert library.report(report.report_id) == report
    assert library.report_ids() == [report.report_id]
    assert library.metadata(report.report_id) == report.metadata
    assert library.paragraph(report.report_id, "87 (a)") in report.paragraphs
    (overview,) = library.overviews()
    assert (overview.n_paragraphs, overview.language) == (len(report.paragraphs), "en")
    assert overview.metadata.title == report.metadata.title
    assert overview.metadata.date == report.metadata.date == "26 October 2020"
    library.correct(report.report_id, replace(report.metadata, symbol="A/1"))
    assert library.overviews()[0].metadata.symbol == "A/1"
    assert library.metadata(report.report_id).symbol == "A/1"
    library.correct(report.report_id, report.metadata)
    assert library.index().paragraphs(library.index().keys([]))[3] == report.paragraphs[3]


def test_the_same_file_again_changes_nothing(open_library: Open) -> None:
    library = open_library()
    library.add_file(_ANIMALS, "animals.md")
    before = library.generation()
    library.add_file(_ANIMALS, "animals.md")
    library.add(library.report("animals"), _ANIMALS)
    assert library.generation() == before
    assert library.index().n_paragraphs([]) == 3


def test_what_is_replaced_is_never_cited_again(open_library: Open) -> None:
    library = open_library()
    library.add_file(_ANIMALS, "animals.md")
    library.correct("animals", replace(library.metadata("animals"), symbol="A/1"))
    library.add_file(_report("animals", "Cats purr by day."), "animals.md")
    answer = answer_question("What do cats and dogs do?", library=library, top_k=5)
    assert [hit.paragraph.text for hit in answer.hits] == ["Cats purr by day."]
    assert library.metadata("animals").symbol == "A/1"
    assert library.index().n_paragraphs(["animals"]) == 1


def test_only_changed_paragraphs_are_encoded_again(open_library: Open) -> None:
    encoded: list[str] = []

    class Listening(ToyEncoder):
        def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
            encoded.extend(texts)
            return super().encode(texts, kind)

    library = open_library(Listening(room=3))
    library.add_file(_ANIMALS, "animals.md")
    encoded.clear()
    library.add_file(
        _report("animals", "Cats purr at night.", "Dogs bark at all.", "New."), "animals.md"
    )
    assert sorted(encoded) == ["Dogs bark at", "New.", "all."]
    fresh = open_library(ToyEncoder(room=3), name="fresh")
    fresh.add(library.report("animals"), b"fresh")
    for ours, theirs in zip(library.index().keys([]), fresh.index().keys([]), strict=True):
        tokens, expected = library.index().tokens(ours), fresh.index().tokens(theirs)
        assert np.array_equal(tokens.vectors, expected.vectors)
        assert np.array_equal(tokens.starts, expected.starts)


def test_what_is_removed_is_gone(open_library: Open) -> None:
    library = open_library()
    library.add_file(_ANIMALS, "animals.md")
    library.add_file(_PLANTS, "plants.md")
    library.remove("animals")
    assert library.report_ids() == ["plants"]
    assert set(_cited(library, "Where do cats sleep?")) <= {"plants#1", "plants#2"}
    with pytest.raises(LibraryError, match="no report 'animals'"):
        library.report("animals")
    with pytest.raises(LibraryError, match="no report 'animals'"):
        library.remove("animals")


def test_what_is_removed_can_be_added_again_at_once(open_library: Open) -> None:
    library = open_library()
    added = library.add_file(_ANIMALS, "animals.md")
    for _ in range(20):
        library.remove("animals")
        library.add_file(_ANIMALS, "animals.md")
        time.sleep(0.2)  # rows that are taken for kept while they are being deleted are gone then
        assert library.report("animals") == added
    assert _cited(library, "Do horses eat hay?")[0] == "animals#3"


def test_a_question_to_one_report_looks_only_there(open_library: Open) -> None:
    library = open_library()
    library.add_file(_ANIMALS, "animals.md")
    library.add_file(_PLANTS, "plants.md")
    everywhere = _cited(library, "Where do cats sleep?")
    assert everywhere[0] == "plants#2"
    assert any(name.startswith("animals") for name in everywhere)
    assert _cited(library, "Where do cats sleep?", "animals")[0].startswith("animals")
    assert all(name.startswith("animals") for name in _cited(library, "cats", "animals"))
    query = Query("cats", library.encoder.encode(["cats"], "query")[0])
    assert library.index().candidates([query], 30, 32, ["nowhere"]).keys == []


def test_another_program_sees_what_was_added(open_library: Open) -> None:
    ours, theirs = open_library(), open_library()
    ours.add_file(_ANIMALS, "animals.md")
    assert _until(lambda: theirs.report_ids() == ["animals"])
    assert _until(lambda: _cited(theirs, "Do horses eat hay?")[:1] == ["animals#3"])
    ours.add_file(_PLANTS, "plants.md")
    assert _until(lambda: _cited(theirs, "How do oaks grow?")[:1] == ["plants#1"])


def test_a_report_replaced_during_a_search_is_cited_as_it_was_or_is(
    open_library: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, other = open_library(), open_library()
    library.add_file(b"1. Cats purr.", "cats.md")
    changes = iter([b"1. Cats purr and sleep."])

    def change_then_rank(*arguments: Any) -> Ranked:  # noqa: ANN401
        for content in changes:
            other.add_file(content, "cats.md")
        return rank_together(*arguments)

    monkeypatch.setattr("qa.answer.rank_together", change_then_rank)
    answer = answer_question("do cats purr", library=library, reports=["cats"])
    assert [hit.paragraph.text for hit in answer.hits] in (
        ["Cats purr."],
        ["Cats purr and sleep."],
    )


def test_another_encoder_is_refused(open_library: Open) -> None:
    open_library().add_file(_ANIMALS, "animals.md")
    other = open_library(ToyEncoder(fingerprint="1" * 64))
    with pytest.raises(LibraryError, match="was encoded with toy"):
        other.add_file(_PLANTS, "plants.md")
    with pytest.raises(LibraryError, match="was encoded with toy"):
        other.index()


def test_a_paragraph_of_several_windows_is_one_candidate(open_library: Open) -> None:
    library = open_library(ToyEncoder(room=4))
    library.add_file(_report("long", "one two three four five six seven eight nine", "ten"), "l.md")
    index = library.index()
    encoder = library.encoder
    query = Query("eight", encoder.encode(["eight"], "query")[0])
    found = index.candidates([query], 30, 32, [])
    assert len(found.keys) == 2
    assert found.first_windows.tolist() == [0, 3]
    assert found.cosines.shape == (1, 4)
    assert np.argmax(found.cosines[0]) == 1
    assert len(index.tokens(found.keys[0]).starts) == 3
    assert index.rank_dense(query, 5, [])[0][0] == found.keys[0]


def _scattered(n_reports: int, n_paragraphs: int, dim: int) -> list[IndexedReport]:
    """Reports whose vectors are clustered as real ones are, and say nothing."""
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(200, dim))
    reports = []
    for i in range(n_reports):
        near = centres[rng.integers(0, 200, n_paragraphs)] + rng.normal(size=(n_paragraphs, dim))
        tokens = TokenVectors(
            np.ones((1, dim), np.int8),
            np.full(1, dim**-0.5, np.float32),
            np.zeros(1, np.int32),
            np.array([[0, 1]], np.int32),
            np.zeros(1, np.int64),
        )
        windows = [[Window(vector, tokens)] for vector in unit(near.astype(np.float32))]
        reports.append(IndexedReport(_numbered(f"r{i:03}", n_paragraphs), b"%d" % i, windows))
    return reports


def _numbered(report_id: str, n_paragraphs: int) -> Report:
    from index.report import Metadata, Paragraph

    paragraphs = [Paragraph(report_id, str(i + 1), f"text {i}", (), i) for i in range(n_paragraphs)]
    return Report(report_id, Metadata(report_id), "en", f"{report_id}.md", (), tuple(paragraphs))


def test_candidates_are_those_of_exact_search(open_library: Open) -> None:
    library = open_library(ToyEncoder(dim=64))
    reports = _scattered(20, 1_000, 64)
    for each in reports:
        library.put(each)
    library.settle()
    index = library.index()
    keys = np.array(index.keys([]), dtype=object)
    vectors = np.array([windows[0].vector for each in reports for windows in each.windows])
    rng = np.random.default_rng(8)
    recalls, recalls_in_one = [], []
    for row in rng.integers(0, len(vectors), 30):
        vector = unit(vectors[row] + 0.05 * rng.normal(size=64).astype(np.float32))
        query = Query("", replace(library.encoder.encode([""], "query")[0], vector=vector))
        exact = set(keys[np.argsort(-vectors @ vector)[:100]])
        found = {key for key, _ in index.rank_dense(query, 100, [])}
        recalls.append(len(found & exact) / 100)
        one = slice(row // 1_000 * 1_000, row // 1_000 * 1_000 + 1_000)
        exact = set(keys[one][np.argsort(-vectors[one] @ vector)[:100]])
        found = {key for key, _ in index.rank_dense(query, 100, [f"r{row // 1_000:03}"])}
        recalls_in_one.append(len(found & exact) / 100)
    assert np.mean(recalls) >= 0.99
    assert np.mean(recalls_in_one) >= 0.99


@pytest.mark.model
def test_answers_are_those_of_the_local_library(
    open_library: Open, real_library: Library, encoder: Encoder
) -> None:
    library = open_library(encoder)
    library.add_bundled()
    collection = load_collection("global-compact")
    unanswerable = [question.text for question in collection.unanswerable]
    for question in [*collection.queries.values(), *unanswerable, "para 87 (b)", "footnote 28"]:
        ours = answer_question(question, library=library, explains=True)
        theirs = answer_question(question, library=real_library, explains=True)
        assert [(hit.paragraph, hit.quote, hit.reason) for hit in ours.hits] == [
            (hit.paragraph, hit.quote, hit.reason) for hit in theirs.hits
        ]
        assert (ours.state, ours.note) == (theirs.state, theirs.note)
        assert ours.confidence == pytest.approx(theirs.confidence, abs=1e-4)


def test_rows_that_the_server_has_lost_are_said(
    open_library: Open, server: Startable | None
) -> None:
    if server is None:
        pytest.skip("SQLite keeps a report whole or not at all")
    library = open_library()
    library.add_file(_ANIMALS, "animals.md")
    backend = _milvus(library)
    kept = backend._server.matching(backend._names.blobs, 'report == "animals"', [])
    tokens = [row["id"] for row in kept if "tokens/" in row["id"]]
    backend._server.delete(backend._names.blobs, tokens)
    count = partial(count_rows, backend._server, 'id like "tokens/%"', backend._names.blobs)
    assert _until(lambda: count() == 0)
    with pytest.raises(
        LibraryError, match=r"not find all rows of the report 'animals'.* `qa remove a"
    ):
        answer_question("Do horses eat hay?", library=library)
    library.remove("animals")
    library.add_file(_ANIMALS, "animals.md")
    assert _cited(library, "Do horses eat hay?")[0] == "animals#3"


class _PartlyAnswering:
    """Replaces `Server.read`: some answers lack what another query node has not loaded yet."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        is_lacking: Callable[[str, str], bool],
        kept: Callable[[Row], bool],
    ) -> None:
        """Leave out what is not ``kept`` where a method, of a collection, ``is_lacking``."""
        monkeypatch.setattr("index.milvus.whole._MOMENTS", (0.0, 0.0, 0.0))
        self.n_times = 0
        self._read, self._is_lacking, self._kept = Server.read, is_lacking, kept
        partly = self

        def read(server: Server, method: str, *args: Any, **options: Any) -> Any:  # noqa: ANN401
            return partly.answer(partly._read(server, method, *args, **options), method, *args)

        monkeypatch.setattr(Server, "read", read)

    def answer(self, found: Any, method: str, *args: Any) -> Any:  # noqa: ANN401
        if not self.n_times or not args or not self._is_lacking(method, args[0]):
            return found
        self.n_times -= 1
        if method == "search":
            return [[hit for hit in hits if self._kept(hit["entity"])] for hits in found]
        return [row for row in found if self._kept(row)]


def test_rows_that_are_not_found_for_a_moment_are_read_again(
    open_library: Open, server: Startable | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server is None:
        pytest.skip("SQLite has no nodes that take over from each other")
    library = open_library()
    library.add_file(_ANIMALS, "animals.md")
    whole = read_report(_ANIMALS, "animals.md")
    names = _milvus(library)._names
    partly = _PartlyAnswering(
        monkeypatch, lambda method, name: (method, name) == lacking, lambda row: False
    )
    reading: list[tuple[str, str, Callable[[], bool]]] = [
        ("get", names.blobs, lambda: _cited(library, "Do horses eat hay?")[0] == "animals#3"),
        ("get", names.windows, lambda: _cited(library, "Do dogs bark?")[0] == "animals#2"),
        ("get", names.windows, lambda: library.report("animals") == whole),
        ("get", names.blobs, lambda: library.metadata("animals") == whole.metadata),
        ("query", names.windows, lambda: library.paragraph("animals", "2") == whole.paragraphs[1]),
    ]
    for *lacking_now, is_right in reading:
        lacking = tuple(lacking_now)
        partly.n_times = 2
        assert is_right()
        assert partly.n_times == 0


def test_a_search_that_gives_a_part_is_not_believed(
    open_library: Open, server: Startable | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server is None:
        pytest.skip("SQLite has no nodes that take over from each other")
    library = open_library()
    library.add_file(_ANIMALS, "animals.md")
    library.add_file(_PLANTS, "plants.md")
    question = "Do horses eat hay? Do dogs bark?"
    assert _until(lambda: len(_cited(library, question)) == 5)
    cited = _cited(library, question)
    partly = _PartlyAnswering(
        monkeypatch, lambda method, _: method == "search", lambda row: row["report"] == "plants"
    )
    for reports in [["animals"], ["animals", "plants"], []]:
        partly.n_times = 2
        expected = [each for each in cited if not reports or each.partition("#")[0] in reports]
        assert _cited(library, question, *reports) == expected
        assert partly.n_times == 0
        partly.n_times = 100
        with pytest.raises(LibraryError, match=r"not find all rows .* load its collections anew"):
            _cited(library, question, *reports)


def test_a_search_must_find_what_was_read_before(
    open_library: Open, server: Startable | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server is None:
        pytest.skip("SQLite has no nodes that take over from each other")
    library, other = open_library(), open_library()
    library.add_file(_ANIMALS, "animals.md")
    library.add_file(
        _report("plants", *(f"Oaks grow in {i} years." for i in range(5))), "plants.md"
    )
    question = "Do horses eat hay?"
    assert _until(lambda: _cited(other, question)[0] == "animals#3")
    assert _cited(library, question, "animals")[0] == "animals#3"
    partly = _PartlyAnswering(
        monkeypatch, lambda method, _: method == "search", lambda row: row["report"] == "plants"
    )
    partly.n_times = 100  # five of eight are enough by their number alone
    with pytest.raises(LibraryError, match=r"not find all rows of the report 'animals'"):
        _cited(library, question)
    partly.n_times = 1
    answered = _cited(library, question)
    assert partly.n_times == 0
    assert answered == _cited(other, question)


def test_reports_that_are_not_found_for_a_moment_stay_in_the_library(
    open_library: Open, server: Startable | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server is None:
        pytest.skip("SQLite has no nodes that take over from each other")
    library, other = open_library(), open_library()
    library.add_file(_ANIMALS, "animals.md")
    assert _until(lambda: library.report_ids() == other.report_ids() == ["animals"])
    rows_of_reports = _milvus(library)._names.reports
    partly = _PartlyAnswering(
        monkeypatch,
        lambda _, collection: collection == rows_of_reports,
        lambda row: row["id"] in {"plants", "@library"},
    )
    other.add_file(_PLANTS, "plants.md")
    assert _until(lambda: library.generation() == other.generation())
    partly.n_times = 2
    assert library.report_ids() == ["animals", "plants"]
    assert partly.n_times == 0
    partly.n_times = 1
    assert library.metadata("animals").title == "Report on animals"
    other.remove("plants")
    assert _until(lambda: library.generation() == other.generation())
    partly.n_times = 100
    with pytest.raises(LibraryError, match=r"not find all rows of the report 'animals'"):
        library.report_ids()


def test_of_two_who_write_one_report_one_counts(open_library: Open) -> None:
    contents = [_ANIMALS, _report("animals", "Cows low.", "Owls hoot.", "Geese hiss at horses.")]
    ours, theirs = open_library(), open_library()
    for _ in range(6):
        with ThreadPoolExecutor(2) as writers:
            both = [
                writers.submit(library.add_file, content, "animals.md")
                for library, content in zip((ours, theirs), contents, strict=True)
            ]
            written = [each.result() for each in both]
        contents.reverse()
        seen = open_library()
        assert _until(lambda: seen.report("animals") in written)  # noqa: B023  # called at once
        assert _cited(seen, "Do horses hiss?")[0] == "animals#3"


def test_a_correction_during_a_replacement_is_kept(
    open_library: Open, server: Startable | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server is None:
        pytest.skip("SQLite writes a report in one step")
    library, other = open_library(), open_library()
    metadata = library.add_file(_ANIMALS, "animals.md").metadata
    insert = Server.insert

    def correct_and_insert(self: Server, collection: str, rows: RowMakers) -> None:
        if self is _milvus(library)._server:
            other.correct("animals", replace(metadata, symbol="A/75/1"))
        insert(self, collection, rows)

    monkeypatch.setattr(Server, "insert", correct_and_insert)
    changed = library.add_file(_report("animals", "Cows low."), "animals.md")
    assert [paragraph.text for paragraph in changed.paragraphs] == ["Cows low."]
    seen = open_library()
    assert _until(lambda: _cited(seen, "Do cows low?") == ["animals#1"])
    assert seen.metadata("animals").symbol == "A/75/1"


@pytest.mark.parametrize("change", ["add", "replace", "remove"])
def test_killed_after_any_step_it_is_as_it_was_or_as_it_is_to_be(
    open_library: Open, server: Startable | None, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    if server is None:
        pytest.skip("test_concurrency kills the writer of a local library")
    before, after = _ANIMALS, _report("animals", "Cows low.", "Owls hoot.", "Bats eat gnats.")
    allowed = {"add": (b"", after), "replace": (before, after), "remove": (before, b"")}[change]
    reader = open_library()
    reader.add_file(_PLANTS, "plants.md")
    for n_steps in range(6):
        if change != "add":
            reader.add_file(before, "animals.md")
        elif reader.is_there("animals"):
            reader.remove("animals")
        writer = open_library()
        assert _until(lambda: _texts(writer) == _texts(reader))  # noqa: B023  # called at once
        with monkeypatch.context() as patch, contextlib.suppress(_Killed):
            _kill_after(patch, writer, n_steps)
            if change == "remove":
                writer.remove("animals")
            else:
                writer.add_file(after, "animals.md")
        time.sleep(1)  # what was written is seen
        assert _texts(reader) in [_texts_in(content) for content in allowed]
        answer_question("Do horses eat hay?", library=reader)
        reader.add_file(after, "animals.md")  # and again, whatever was left behind
        assert _cited(reader, "Do bats eat gnats?")[0] == "animals#3"


def test_what_a_killed_program_left_behind_takes_no_place(
    open_library: Open, server: Startable | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server is None:
        pytest.skip("SQLite leaves nothing behind")
    library = open_library()
    library.add_file(_ANIMALS, "animals.md")
    with monkeypatch.context() as patch:
        _kill_after(patch, library, 2)
        with pytest.raises(_Killed):
            library.add_file(_report("horses", *["Horses eat hay."] * 400), "horses.md")
    assert _cited(library, "Do horses eat hay?")[0] == "animals#3"
    backend = _milvus(library)
    count = partial(count_rows, backend._server, 'report == "horses"')
    assert count() == 400
    monkeypatch.setattr("index.milvus.reports._ABANDONED_SECONDS", -1.0)
    library.add_file(_report("horses", "Horses eat hay."), "horses.md")
    assert count() == 1


def test_a_collection_keeps_its_kind_of_token_vectors(
    open_library: Open, server: Startable | None
) -> None:
    if server is None:
        pytest.skip("a local library has one kind")
    open_library(options="?tokens=2bit").add_file(_ANIMALS, "animals.md")
    library = open_library()  # without the option
    library.add_file(_PLANTS, "plants.md")
    library.add_file(_report("animals", "Cats purr at night.", "Owls hoot."), "animals.md")
    index = library.index()
    assert all(index.tokens(key).rotation is not None for key in index.keys([]))


def test_a_collection_that_was_half_made_is_made_whole(
    open_library: Open, server: Startable | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server is None:
        pytest.skip("SQLite makes all tables in one step")
    from pymilvus import MilvusClient

    with monkeypatch.context() as patch:
        patch.setattr(MilvusClient, "create_index", _killed)
        with pytest.raises(_Killed):
            open_library(name="half")
    library = open_library(name="half")
    library.add_file(_ANIMALS, "animals.md")
    assert _cited(library, "Do horses eat hay?")[0] == "animals#3"


class _Killed(BaseException):
    """Nothing of the product catches it."""


def _killed(*_: object, **__: object) -> None:
    raise _Killed


def _kill_after(patch: pytest.MonkeyPatch, library: Library, n_steps: int) -> None:
    """Let a library change the server so many times, and no more."""
    client, steps = _milvus(library)._server._client, iter(range(n_steps))

    def stepping(call: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given, **options: (
            _killed() if next(steps, None) is None else call(*given, **options)
        )

    for name in ("insert", "upsert", "delete"):
        patch.setattr(client, name, stepping(getattr(client, name)))


def _slowed(call: Callable[..., Any], seconds: float) -> Callable[..., Any]:
    def slow(*given: object, **options: object) -> object:
        time.sleep(seconds)
        return call(*given, **options)

    return slow


def _milvus(library: Library) -> MilvusBackend:
    assert isinstance(library._backend, MilvusBackend)
    return library._backend


def _texts(library: Library) -> list[str]:
    """Of the paragraphs of the report `animals`; none where it is not there."""
    if "animals" not in library.report_ids():
        return []
    return [paragraph.text for paragraph in library.report("animals").paragraphs]


def _texts_in(content: bytes) -> list[str]:
    """Of the paragraphs of that report's file; none of an empty one."""
    if not content:
        return []
    return [paragraph.text for paragraph in read_report(content, "animals.md").paragraphs]


def test_many_slow_calls_end_a_question_too(
    open_library: Open, server: Startable | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server is None:
        pytest.skip("nothing is called")
    library = open_library()
    library.add_file(_ANIMALS, "animals.md")
    assert _cited(library, "Do horses eat hay?")[0] == "animals#3"
    client = _milvus(library)._server._client
    for name in ("get", "search"):
        monkeypatch.setattr(client, name, _slowed(getattr(client, name), 0.5))
    monkeypatch.setattr("qa.answer._SECONDS", 1.2)
    started = time.monotonic()
    with pytest.raises(LibraryError, match="has not answered in time: try again"):
        _cited(library, "Do dogs bark?")
    assert time.monotonic() - started < 1.7


def test_a_restart_loses_nothing(open_library: Open, server: Startable | None) -> None:
    library = open_library()
    library.add_file(_ANIMALS, "animals.md")
    if server:
        server.stop()
        server.start()
    assert _until(
        lambda: _cited(open_library(), "Do horses eat hay?")[0] == "animals#3", _RECOVERY_SECONDS
    )


def test_a_kill_in_the_middle_of_a_load_loses_nothing_acknowledged(
    open_library: Open, server: Startable | None
) -> None:
    if server is None:
        pytest.skip("there is no server to kill; tests/test_concurrency.py kills the writer")
    library = open_library(ToyEncoder(dim=64))
    reports = _scattered(60, 50, 64)
    acknowledged: list[str] = []

    def load() -> None:
        for each in reports:
            try:
                library.put(each)
            except LibraryError:
                return
            acknowledged.append(each.report.report_id)

    loading = threading.Thread(target=load)
    loading.start()
    assert _until(lambda: len(acknowledged) >= 5)
    server.stop()
    server.start()
    loading.join()
    opened = _opened(lambda: open_library(ToyEncoder(dim=64)))
    assert set(acknowledged) <= set(opened.report_ids())
    for each in reports:
        if each.report.report_id in opened.report_ids():
            assert opened.report(each.report.report_id) == each.report
    for each in reports:
        opened.put(each)
    assert opened.index().n_paragraphs([]) == 3_000
    assert len(opened.index().paragraphs(opened.index().keys([]))) == 3_000


def test_a_server_that_is_gone_is_one_sentence(
    open_library: Open, server: Startable | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server is None:
        pytest.skip("there is no server")
    library = open_library()
    library.add_file(_ANIMALS, "animals.md")
    monkeypatch.setattr("index.milvus.server._READ_SECONDS", 4.0)  # as it ships
    server.stop()
    try:
        started = time.monotonic()
        with pytest.raises(LibraryError, match=f"^Milvus at {server.address} [^\n]*$"):
            answer_question("Do horses eat hay?", library=library)
        assert time.monotonic() - started < 10
    finally:
        server.start()
    assert _until(
        lambda: _cited(open_library(), "Do horses eat hay?")[:1] == ["animals#3"], _RECOVERY_SECONDS
    )
