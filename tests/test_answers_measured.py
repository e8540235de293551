import json

import pytest

from eval.answers import (
    judge_answerable,
    judge_unanswerable,
    measure_answers,
    token_f1,
)
from eval.collection import load_collection
from eval.questions import Unanswerable
from index.library import BUNDLED_REPORT, Library
from index.report import Report

_ZOO = (
    b"1. Cats purr at night. Lions roar at dawn.\n\n"
    b"2. Dogs bark at the moon. Wolves howl at it.\n\n"
    b"3. Rain falls on the hills. Snow covers the summits.\n"
)


@pytest.fixture
def zoo(library: Library) -> Report:
    return library.add_file(_ZOO, "zoo.md")


@pytest.mark.parametrize(
    ("text", "gold", "f1"),
    [
        ("The cat sat.", "a CAT, sat", 1.0),
        ("cat sat on mat", "cat ran", 2 * 1 / 6),
        ("cat cat", "cat", 2 * 1 / 3),
        ("dogs", "cats", 0.0),
        ("the", "a", 1.0),
        ("the", "cats", 0.0),
    ],
)
def test_token_f1_matches_values_worked_by_hand(text: str, gold: str, f1: float) -> None:
    assert token_f1(text, gold) == pytest.approx(f1)


def test_citations_and_quotes_match_values_worked_by_hand(library: Library, zoo: Report) -> None:
    queries = {
        "howl": "wolves howl",  # quotes the sentence that holds the answer
        "snow": "rain falls on hills",  # right paragraph, wrong sentence
        "lost": "wolves howl at it",  # the gold paragraph is not the one shown
        "none": "cats purr",
        "note": "dogs bark",
    }
    qrels = {
        "howl": {"2": 2, "1": 0},
        "snow": {"3": 1, "1": 1},
        "lost": {"1": 2},
        "none": {"1": 2},
        "note": {"2": 1},
    }
    metadata = {
        "howl": {"answer": "Wolves  howl", "answer_paragraph": "2"},
        "snow": {"answer": "Snow covers the summits.", "answer_paragraph": "3"},
        "lost": {"answer": "Cats purr", "answer_paragraph": "1"},
        "none": {},
        "note": {"answer": "a footnote says so", "answer_paragraph": "2"},
    }
    found = measure_answers(library, zoo, queries, qrels, metadata)
    assert found.per_query["howl"].n_cited == 1
    precisions = {query_id: s.citation_precision for query_id, s in found.per_query.items()}
    assert precisions == {"howl": 1, "snow": 1, "lost": 0, "none": 1, "note": 1}
    recalls = {query_id: s.citation_recall for query_id, s in found.per_query.items()}
    assert recalls == {"howl": 1, "snow": 0.5, "lost": 0, "none": 1, "note": 1}
    assert [s.is_right for s in found.per_query.values()] == [True, True, False, True, True]
    assert found.citation_precision == pytest.approx(4 / 5)
    assert found.citation_recall == pytest.approx(3.5 / 5)
    assert (found.without_gold, found.outside_text) == (("none",), ("note",))
    assert (found.n, found.n_quotes, found.n_cited) == (5, 3, 1)
    assert found.failed_quotes == ("snow",)
    assert found.quote_accuracy == pytest.approx(2 / 3)
    assert found.per_query["howl"].quote_holds_answer is True
    assert found.per_query["snow"].quote_holds_answer is False
    assert found.per_query["snow"].quote_token_f1 == 0.0  # "the" is an article
    assert found.per_query["none"].quote_holds_answer is None
    assert found.shown_quote_accuracy == pytest.approx(1 / 3)
    assert found.notes() == (
        "Quotes leave out 1 of 5 questions: those without a gold answer.",
        "Quotes leave out 1 of 5 questions: those whose answer stands outside the paragraph's "
        "text, as in a footnote.",
    )


def test_the_gold_paragraphs_quote_counts_also_where_it_is_not_shown(
    library: Library, zoo: Report
) -> None:
    metadata = {"q": {"answer": "Cats purr", "answer_paragraph": "1"}}
    found = measure_answers(library, zoo, {"q": "wolves howl at night"}, {"q": {"1": 1}}, metadata)
    assert found.per_query["q"].citation_recall == 0
    assert found.per_query["q"].quote_holds_answer is True
    assert found.per_query["q"].shown_quote_holds_answer is False
    assert (found.quote_accuracy, found.shown_quote_accuracy) == (1.0, 0.0)
    assert (found.quote_token_f1, found.failed_quotes) == (None, ())


def test_without_gold_answers_only_citations_are_measured(library: Library, zoo: Report) -> None:
    found = measure_answers(library, zoo, {"q": "dogs bark"}, {"q": {"2": 1}}, {})
    assert (found.citation_precision, found.n_quotes) == (1.0, 0)
    assert found.quote_accuracy is found.shown_quote_accuracy is found.quote_token_f1 is None
    assert json.loads(json.dumps(found.as_json()))["per_query"]["q"]["n_cited"] == 1


def test_an_answer_without_citations_counts_nothing(library: Library, zoo: Report) -> None:
    found = measure_answers(library, zoo, {"q": "paragraph 99"}, {"q": {"2": 1}}, {})
    scores = found.per_query["q"]
    assert (scores.n_cited, scores.citation_precision, scores.is_right) == (0, 0.0, False)


def test_answers_become_pairs_of_confidence_and_rightness(library: Library, zoo: Report) -> None:
    found = measure_answers(library, zoo, {"q": "paragraph 2"}, {"q": {"2": 1}}, {})
    assert judge_answerable(found) == [("q", 1.0, True, "answerable")]
    (judged,) = judge_unanswerable(library, zoo, [Unanswerable("u", "who sleeps?", "near")])
    assert (judged.query_id, judged.is_right, judged.kind) == ("u", False, "near")
    assert 0 < judged.confidence < 1


def test_no_questions_are_refused(library: Library, zoo: Report) -> None:
    with pytest.raises(ValueError, match="no queries to measure: expected at least one"):
        measure_answers(library, zoo, {}, {}, {})


@pytest.mark.model
def test_the_bundled_answers_keep_what_they_promise(real_library: Library) -> None:
    collection = load_collection("global-compact")
    found = measure_answers(
        real_library,
        real_library.report(BUNDLED_REPORT),
        collection.queries,
        collection.qrels,
        collection.metadata,
    )
    assert found.citation_precision >= 0.64
    assert found.citation_recall >= 0.71
    assert found.n_cited <= 2.6
    assert found.n_quotes == 115
    assert found.quote_accuracy is not None
    assert found.quote_accuracy >= 0.92
    assert found.shown_quote_accuracy is not None
    assert found.shown_quote_accuracy >= 0.78
    assert len(found.failed_quotes) == round(115 * (1 - found.quote_accuracy))
