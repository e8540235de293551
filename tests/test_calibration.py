import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from subprocess import run
from sys import executable

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from eval.abstention import ANSWERABLE
from eval.calibration import (
    CalibrationError,
    Weighed,
    calibrate,
    choose_thresholds,
    cross_validate,
    fit_confidence,
    fit_logistic,
    weigh_questions,
    write_calibration,
)
from eval.collection import CollectionError, load_collection
from index.library import BUNDLED_REPORT, Library
from qa.answer import answer_question
from qa.confidence import Confidence, shipped_confidence
from qa.evidence import split_sentences
from qa.search import Evidence, encode_queries, rank_together
from tests.toy import local_index

_STATES = ("not_found", "weak", "found")


def _simulate(n: int, weights: tuple[float, ...], intercept: float) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(7)
    evidence = random.random((n, 3))
    odds = evidence @ np.array(weights) + intercept
    return evidence, random.random(n) < 1 / (1 + np.exp(-odds))


def test_a_free_fit_finds_the_weights_that_made_the_data() -> None:
    evidence, is_right = _simulate(20_000, (3.0, 1.0, 0.5), -2.0)
    weights, intercept = fit_logistic(evidence, is_right, shape=np.eye(3))
    reference = LogisticRegression(C=1e6).fit(evidence, is_right)
    assert weights == pytest.approx(reference.coef_[0], abs=0.01)
    assert intercept == pytest.approx(reference.intercept_[0], abs=0.01)
    assert weights == pytest.approx([3.0, 1.0, 0.5], abs=0.2)


def test_evidence_that_speaks_against_an_answer_is_ignored_rather_than_used() -> None:
    evidence, is_right = _simulate(5_000, (2.0, -3.0, 0.0), 0.0)
    weights, _ = fit_logistic(evidence, is_right, shape=np.eye(3))
    assert weights[0] > 1
    assert weights[1] == 0


def test_pieces_that_are_tied_share_a_weight() -> None:
    evidence, is_right = _simulate(5_000, (3.0, 1.0, 0.0), -1.0)
    weights, _ = fit_logistic(evidence, is_right, shape=np.array([[1.0], [1.0], [0.0]]))
    assert weights[0] == weights[1] == pytest.approx(2.0, abs=0.2)
    assert weights[2] == 0


def test_no_question_is_predicted_by_a_fit_that_saw_it() -> None:
    evidence, is_right = _simulate(100, (1.0, 1.0, 1.0), -1.0)
    seen: list[tuple[int, int]] = []

    def remember(evidence: np.ndarray, is_right: np.ndarray) -> tuple[np.ndarray, float]:
        seen.append((len(evidence), int(is_right.sum())))
        return np.zeros(3), float(len(seen))

    predicted = cross_validate(remember, evidence, is_right)
    assert [n for n, _ in seen] == [90] * 10
    assert max(right for _, right in seen) - min(right for _, right in seen) <= 1
    fold_of = np.round(-np.log(1 / predicted - 1)).astype(int)  # the intercept tells the fold
    assert np.bincount(fold_of).tolist() == [0] + [10] * 10


def test_thresholds_are_as_high_as_the_answerable_allow() -> None:
    confidences = np.linspace(0.30, 0.69, 40)  # 2 of 40 below .32, 6 below .36
    assert choose_thresholds(confidences) == (0.32, 0.36)


def _weighed(n: int, weights: tuple[float, ...]) -> list[Weighed]:
    evidence, is_right = _simulate(n, weights, -2.0)
    return [
        Weighed(str(i), Evidence(*row), bool(right), ANSWERABLE)
        for i, (row, right) in enumerate(zip(evidence.tolist(), is_right, strict=True))
    ]


def test_weights_of_their_own_are_kept_only_where_they_help_beyond_luck() -> None:
    assert fit_confidence(_weighed(2_000, (6.0, 0.0, 0.0)))[1] == "free"
    alike, shape, quality = fit_confidence(_weighed(2_000, (2.0, 2.0, 0.0)))
    assert shape == "sum"
    assert alike.weights.cosine == alike.weights.late == pytest.approx(2.0, abs=0.3)
    assert quality["sum"].ece <= quality["sum"].ece_by_luck + 0.02


def test_a_question_in_an_unknown_language_counts_as_turned_away() -> None:
    weighed = _weighed(100, (4.0, 4.0, 0.0))
    before, _, _ = fit_confidence(weighed)
    after, _, _ = fit_confidence([each._replace(is_read=int(each[0]) >= 5) for each in weighed])
    assert before.not_found_below > 0
    shown = [after.of(each.evidence) for each in weighed[5:]]
    assert after.not_found_below <= min(shown)  # the five use up all that may be turned away


@pytest.mark.parametrize(("n_right", "n_wrong"), [(9, 30), (30, 0)])
def test_too_few_questions_are_refused_in_a_sentence(n_right: int, n_wrong: int) -> None:
    weighed = [
        Weighed(str(i), Evidence(0.5, 0.5, 0.5), i < n_right, ANSWERABLE)
        for i in range(n_right + n_wrong)
    ]
    with pytest.raises(
        CalibrationError,
        match=f"answers {n_right} questions and fails {n_wrong}, calibrating needs 10 of each: add",
    ):
        fit_confidence(weighed)


def test_a_collection_for_another_report_is_refused(library: Library) -> None:
    library.add_file(b"1. Cats purr.", "cats.md")
    with pytest.raises(CollectionError):
        calibrate(library, load_collection("global-compact"), "cats")


def test_a_calibration_is_written_as_the_product_reads_it(library: Library, tmp_path: Path) -> None:
    collection = load_collection("global-compact")
    calibration = calibrate(library, collection)
    path = write_calibration(calibration, tmp_path / "confidence.json")
    written = json.loads(path.read_text())
    assert set(written["weights"]) == {"cosine", "late", "bm25"}
    assert written["intercept"] == calibration.confidence.intercept
    provenance = written["provenance"]
    assert provenance["command"] == "qa eval calibrate global-compact"
    assert provenance["collection_sha256"] == collection.content_hash
    assert (provenance["encoder"], provenance["encoder_sha256"]) == ("toy", "0" * 64)
    assert provenance["n"] == 160
    assert set(provenance["by_kind"]) == {"answerable", "near", "false-premise", "far"}


def test_no_piece_of_evidence_ever_lowers_the_shipped_confidence() -> None:
    shipped = shipped_confidence()
    assert min(shipped.weights) >= 0
    assert max(shipped.weights) > 0
    steps = np.linspace(0, 1, 11).tolist()
    for piece in Evidence._fields:
        for others in steps:
            start = Evidence(others, others, others)
            values = [shipped.of(start._replace(**{piece: step})) for step in steps]
            assert values == sorted(values)
            states = [_STATES.index(shipped.state(value)) for value in values]
            assert states == sorted(states)


def test_evidence_is_the_best_of_any_paragraph_and_any_reading(library: Library) -> None:
    library.add_file(b"1. Cats purr.\n\n2. Dogs bark at cats.\n", "animals.md")
    index = local_index(library)
    queries = encode_queries(library.encoder, ["cats purr", "dogs zzz"])
    exact, partly = (rank_together(index, [q], 5, ["animals"]).evidence for q in queries)
    both = rank_together(index, queries, 5, ["animals"]).evidence
    assert exact == pytest.approx((1.0, 1.0, exact.bm25), abs=2e-3)
    assert 0 < partly.cosine < 0.9
    assert 0.2 < partly.late < 0.9
    shares = index.lexical.scores("cats purr") / index.lexical.ceiling("cats purr")
    assert exact.bm25 == pytest.approx(float(shares.max()))
    assert 0 < partly.bm25 < exact.bm25 <= 1
    assert both == exact


def test_confidence_matches_a_value_worked_by_hand() -> None:
    confidence = Confidence(Evidence(2.0, 1.0, 0.5), -1.0, 0.4, 0.6)
    assert confidence.of(Evidence(0.5, 0.5, 1.0)) == pytest.approx(1 / (1 + np.exp(-1.0)))
    assert [confidence.state(value) for value in (0.39, 0.4, 0.59, 0.6)] == [
        "not_found", "weak", "weak", "found",
    ]  # fmt: skip


def test_asking_does_not_load_what_calibrating_needs() -> None:
    code = "import sys, qa.answer, qa.confidence; print('scipy.optimize' in sys.modules)"
    shown = run([executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown == "False\n"


@pytest.mark.model
def test_the_shipped_confidence_is_what_the_command_fits(real_library: Library) -> None:
    fitted = calibrate(real_library, load_collection("global-compact"))
    shipped = shipped_confidence()
    assert fitted.confidence.weights == pytest.approx(shipped.weights, abs=0.1)
    assert fitted.confidence.intercept == pytest.approx(shipped.intercept, abs=0.1)
    assert fitted.confidence.not_found_below == pytest.approx(shipped.not_found_below, abs=0.01)
    assert fitted.confidence.weak_below == pytest.approx(shipped.weak_below, abs=0.01)
    path = files("qa").joinpath("confidence.json")
    written = json.loads(path.read_text(encoding="utf-8"))["provenance"]
    expected = fitted.as_json()["provenance"]
    for name in ("command", "collection_sha256", "encoder_sha256", "ranking", "n", "shape"):
        assert written[name] == expected[name], name
    for shape, quality in expected["cross_validated"].items():
        assert written["cross_validated"][shape] == pytest.approx(quality, abs=0.03)


@pytest.mark.model
def test_a_question_that_quotes_the_report_is_never_refused(real_library: Library) -> None:
    """Each paragraph's first sentence and every gold answer, word for word."""
    collection = load_collection("global-compact")
    paragraphs = real_library.report(BUNDLED_REPORT).paragraphs
    quotes = [p.text[slice(*split_sentences(p.text)[0])] for p in paragraphs]
    quotes += [str(metadata["answer"]) for metadata in collection.metadata.values()]
    assert len(quotes) == 98 + 120
    index, shipped = real_library.index(), shipped_confidence()
    refused = [
        query.text
        for query in encode_queries(real_library.encoder, quotes)
        if shipped.state(shipped.of(rank_together(index, [query], 1, ()).evidence)) == "not_found"
    ]
    assert refused == []


@pytest.mark.model
def test_other_subjects_are_turned_away_and_few_that_the_report_answers(
    real_library: Library,
) -> None:
    collection = load_collection("global-compact")

    def share_refused(texts: list[str]) -> float:
        answers = [answer_question(text, library=real_library) for text in texts]
        return sum(answer.state == "not_found" for answer in answers) / len(texts)

    far = [question.text for question in collection.unanswerable if question.kind == "far"]
    assert share_refused(far) == 1.0
    assert share_refused(list(collection.queries.values())) <= 0.06


@pytest.mark.model
def test_withholding_the_report_lowers_confidence(real_library: Library, tmp_path: Path) -> None:
    """The same questions, asked of a report on another subject, are less sure."""
    collection = load_collection("global-compact")
    other = Library(tmp_path / "other", real_library.encoder)
    other.add_file(b"1. Cats purr at night.\n\n2. Dogs bark at the moon.\n", "cats.md")
    queries = dict(list(collection.queries.items())[:20])
    few = replace(collection, queries=queries, unanswerable=())
    shipped = shipped_confidence()
    covered, foreign = (
        [shipped.of(each.evidence) for each in weigh_questions(library, few, report_id)]
        for library, report_id in ((real_library, BUNDLED_REPORT), (other, "cats"))
    )
    assert all(there > elsewhere for there, elsewhere in zip(covered, foreign, strict=True))
    assert max(foreign) < shipped.not_found_below
