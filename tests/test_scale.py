"""What `make scale` and `make cluster-test` compute of what they see."""

from pathlib import Path

import numpy as np
import pytest

from eval.cluster import Asked, describe
from eval.copies import PARAGRAPHS, Copier, LookUpEncoder, file_name, success_at_1
from eval.scale_asking import copied_row, exact_best, search, seconds_to_open
from eval.scale_bytes import local_bytes
from eval.scale_tokens import Reencoding
from index.encoder import Encoder
from index.errors import LibraryError
from index.library import BUNDLED_REPORT, Library
from index.report import Paragraph
from qa.search import encode_queries, rank_together
from tests.toy import ToyEncoder


def _grown(home: Path, encoder: Encoder, n_copies: int) -> tuple[Library, np.ndarray]:
    """A library of the bundled report and copies, and the vectors of the copies' paragraphs."""
    knowing = LookUpEncoder(encoder)
    library = Library(home, knowing)
    library.add_bundled()
    copier = Copier(library.report(BUNDLED_REPORT).paragraphs, knowing)
    vectors = []
    for number in range(n_copies):
        content, encoded = copier.copy(number)
        knowing.known = dict(encoded)
        vectors += [knowing.known[text].vector for text, _ in encoded]
        library.add_file(content, file_name(number))
    return library, np.array(vectors)


def test_a_server_that_was_just_loaded_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refusals = iter([LibraryError("busy"), LibraryError("busy")])
    slept: list[float] = []

    def answer(question: str, *, library: Library) -> None:
        if error := next(refusals, None):
            raise error

    monkeypatch.setattr("eval.scale_asking.answer_question", answer)
    monkeypatch.setattr("time.sleep", slept.append)
    library = Library(tmp_path, ToyEncoder())
    assert seconds_to_open(library, "Do cats purr?") < 60
    assert slept == [1, 1]
    monkeypatch.setattr("eval.scale_asking._PATIENCE_SECONDS", -1.0)
    refusals = iter([LibraryError("still busy")])
    with pytest.raises(LibraryError, match="still busy"):
        seconds_to_open(library, "Do cats purr?")


def test_the_best_are_found_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.scale_asking._BLOCK", 2)
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8], [0.8, 0.6], [-1, 0]], np.float32)
    queries = np.array([[1, 0], [0, 1]], np.float32)
    assert exact_best(queries, vectors, 3) == [[0, 3, 2], [1, 2, 3]]


def test_a_copys_paragraph_is_placed_among_all() -> None:
    paragraph = Paragraph("copy-2", "8", "text", (), 7)
    assert copied_row(paragraph) == 2 * PARAGRAPHS + 7


def test_rows_of_copies_are_those_of_their_vectors(tmp_path: Path) -> None:
    library, vectors = _grown(tmp_path, ToyEncoder(), 2)
    (query,) = encode_queries(library.encoder, ["social security numbers of migrants"])
    index = library.index()
    ranking = index.rank_dense(query, 10, ["copy-0", "copy-1"])
    found = [copied_row(each) for each in index.paragraphs([key for key, _ in ranking])]
    scores = [score for _, score in ranking]
    np.testing.assert_allclose(vectors[found] @ query.encoding.vector, scores, atol=1e-5)


def test_recall_is_that_of_the_copies_alone(tmp_path: Path) -> None:
    library, vectors = _grown(tmp_path, ToyEncoder(), 3)
    questions = ["social security numbers of migrants", "children in detention"]
    assert search(library, questions, vectors)[1] == 1
    wrong = np.roll(vectors, 7, axis=0)
    assert search(library, questions, wrong)[1] < 0.9


def test_a_copy_of_a_right_paragraph_is_right(tmp_path: Path) -> None:
    alone = Library(tmp_path / "alone", ToyEncoder())
    alone.add_bundled()
    among, _ = _grown(tmp_path / "among", ToyEncoder(), 6)
    assert success_at_1(among) == pytest.approx(success_at_1(alone), abs=0.1)
    assert success_at_1(alone) > 0.3


def test_bytes_of_a_folder_are_told_by_part(tmp_path: Path) -> None:
    library, _ = _grown(tmp_path, ToyEncoder(dim=64), 2)
    n_paragraphs = library.index().n_paragraphs([])
    weights = local_bytes(tmp_path, n_paragraphs)
    assert weights["paragraph vectors"] == pytest.approx(4 * 64, rel=0.1)
    assert weights["all on disk"] * n_paragraphs == library.disk_bytes()
    assert weights["token vectors"] > 64 * 20


def test_encoding_anew_ranks_as_kept_tokens_do(tmp_path: Path) -> None:
    encoder = ToyEncoder()
    library = Library(tmp_path, encoder)
    library.add_bundled()
    index = library.index()
    (query,) = encode_queries(encoder, ["Which country gives every migrant a number?"])
    anew = rank_together(Reencoding(index, encoder), [query], 5, []).ranking
    kept = rank_together(index, [query], 5, []).ranking
    assert [key for key, _ in anew] == [key for key, _ in kept]
    assert len(Reencoding(index, encoder).candidates([query], 30, 32, []).keys) == 32


def test_what_was_seen_of_a_kill_is_one_table() -> None:
    asked = [
        Asked(0.0, 0.1, ""),
        Asked(0.1, 0.3, ""),
        Asked(0.3, 4.3, "Milvus has not answered: try again"),
        Asked(4.3, 4.5, "", is_other=True),
    ]
    _, before, after, failures, sentence = describe(asked, killed=1.0)
    assert before.split() == ["before", "2", "0", "0", "0.15", "0.19", "0.20"]
    assert after.split() == ["after", "2", "1", "1", "2.10", "3.81", "4.00"]
    assert failures == "failures from -0.7 s to 3.3 s after the kill"
    assert sentence == "  asking, 1 x: Milvus has not answered: try again"
