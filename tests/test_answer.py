import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from index.derived import Index
from index.encoder import Encoding
from index.library import Library
from index.report import Paragraph, Report
from index.searching import Query
from index.tokens import TokenVectors
from qa.answer import Answer, CitedHit, QuestionError, answer_question, clean_question
from qa.evidence import best_sentences, split_sentences
from qa.search import Evidence, Ranked, encode_queries, rank_together
from tests.toy import ToyEncoder


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("See para. 18 (b). Then.", ["See para. 18 (b).", "Then."]),
        ("The U.N. acted. It did.", ["The U.N. acted.", "It did."]),
        ("By No. 2 it was. It did.", ["By No. 2 it was.", "It did."]),
        ("It is approx. 8.5 million. Yes.", ["It is approx. 8.5 million.", "Yes."]),
        ("Under art. 3 and arts. 4-5. Yes.", ["Under art. 3 and arts. 4-5.", "Yes."]),
        ("See vol. II, p. 3. Yes.", ["See vol. II, p. 3.", "Yes."]),
        ("Is it? It is! “Quite.” Then", ["Is it?", "It is!", "“Quite.”", "Then"]),
        ("No full stop", ["No full stop"]),
        ("  Space.  Around. ", ["Space.", "Around."]),
        ("🙂 Emoji. Two.", ["🙂 Emoji.", "Two."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in split_sentences(text)] == sentences


def test_sentences_of_the_whole_report_are_whole(report: Report) -> None:
    count = 0
    for paragraph in report.paragraphs:
        text = paragraph.text
        spans = split_sentences(text)
        count += len(spans)
        assert "".join(text[a:b] for a, b in spans).replace(" ", "") == text.replace(" ", "")
        for start, end in spans:
            assert text[start].isupper() or text[start] in '“"', text[start:end]
            assert text[end - 1] in ".;:,”", text[start:end]
    assert count == 284  # read through by eye, once


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("who barks? dogs bark", "Dogs bark at night."),
        ("rain", "Rain falls."),
        ("birds", "Birds sing. Birds sing!"),
        ("🙂", "Cats purr. Dogs bark at night."),
    ],
)
def test_the_quote_is_the_sentence_that_shares_the_question(
    library: Library, question: str, quote: str
) -> None:
    text = "Cats purr. Dogs bark at night. Rain falls. Birds sing. Birds sing!"
    (query,) = encode_queries(library.encoder, [question])
    (paragraph,) = ToyEncoder().encode([text], "paragraph")
    assert _quoted(library, query, paragraph, text) == quote


def test_a_heading_does_not_speak_for_the_first_sentence(library: Library) -> None:
    text = "Cats purr. Dogs bark."
    (query,) = encode_queries(library.encoder, ["zebra dogs zebra"])
    (under,) = ToyEncoder().encode_under([text], ["Zebra"])
    assert _quoted(library, query, under, text) == "Dogs bark."


def _quoted(library: Library, query: Query, encoding: Encoding, text: str) -> str:
    tokens = TokenVectors.of(encoding, 0)
    cosines = tokens.cosines(query.encoding.tokens)
    weights = library.index().idf(query.encoding.token_ids)
    start, end = best_sentences(text, "en", tokens.spans, cosines, weights)
    return text[start:end]


def test_an_answer_quotes_slices_of_its_paragraphs(library: Library) -> None:
    answer = answer_question("social security numbers for all migrants", library=library, top_k=7)
    assert [hit.rank for hit in answer.hits] == [1, 2, 3, 4, 5, 6, 7]
    for hit in answer.hits:
        assert hit.paragraph.text[hit.start : hit.end] == hit.quote != ""


def test_why_a_paragraph_matched_is_told_on_request(library: Library) -> None:
    question = "social security numbers for all migrants"
    (first, *_) = answer_question(question, library=library, explains=True).hits
    assert first.reason is not None
    assert first.reason.shared == ("social", "security", "numbers", "migrants")
    assert answer_question(question, library=library).hits[0].reason is None
    assert answer_question("para 12", library=library, explains=True).hits[0].reason is None


def test_only_paragraphs_that_score_almost_as_well_are_shown(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = [1.0, 0.95, 0.93, 0.2]
    ranking = Ranked(list(enumerate(scores)), Evidence(1.0, 1.0, 1.0))
    monkeypatch.setattr("qa.answer.rank_together", lambda *_: ranking)
    assert len(answer_question("migrants", library=library).hits) == 2
    assert len(answer_question("migrants", library=library, top_k=4).hits) == 4


@pytest.mark.parametrize("top_k", [None, 3])
def test_where_nothing_can_be_ranked_nothing_was_found(
    library: Library, monkeypatch: pytest.MonkeyPatch, top_k: int | None
) -> None:
    """As for a moment with a report that was just added to a server."""
    nothing = Ranked([], Evidence(0.0, 0.0, 0.0))
    monkeypatch.setattr("qa.answer.rank_together", lambda *_: nothing)
    answer = answer_question("and migrants?", library=library, top_k=top_k, earlier=["Cats?"])
    assert answer == Answer("and migrants?", "not_found", 0.0, ())


def test_the_words_around_a_subject_are_not_searched(library: Library) -> None:
    bare = answer_question("visa extensions", library=library, explains=True)
    question = "What does this report say about visa extensions?"
    framed = answer_question(question, library=library, explains=True, earlier=["Cats?"])
    assert framed == dataclasses.replace(bare, question=question)


def test_an_answer_is_of_the_state_in_which_it_was_asked(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Library(tmp_path / "home", ToyEncoder())
    library.add_file(b"1. Cats purr.", "cats.md")

    def change_then_rank(
        index: Index, queries: Sequence[Query], top_k: int, reports: Sequence[str]
    ) -> Ranked:
        other.add_file(b"1. Cats purr and sleep.", "cats.md")
        return rank_together(index, queries, top_k, reports)

    monkeypatch.setattr("qa.answer.rank_together", change_then_rank)
    for text in ("Cats purr.", "Cats purr and sleep."):
        answer = answer_question("do cats purr", library=library, reports=["cats"])
        assert [hit.paragraph.text for hit in answer.hits] == [text]


def test_a_look_up_is_exact_and_an_impossible_one_says_so(library: Library) -> None:
    answer = answer_question("para 88 (d)", library=library)
    assert (answer.state, answer.confidence, answer.is_exact) == ("found", 1.0, True)
    assert [hit.paragraph.number for hit in answer.hits] == ["88(d)"]
    nothing = answer_question("paragraph 90", library=library)
    assert (nothing.state, nothing.confidence, nothing.hits) == ("not_found", 0.0, ())
    assert nothing.note == "The report has no paragraph 90: its paragraphs run from 1 to 88."


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (0, 99)])
def test_a_quote_that_is_no_slice_is_refused(start: int, end: int) -> None:
    paragraph = Paragraph("r", "1", "Short.", (), 0)
    with pytest.raises(ValueError, match="is not a slice of r#1, which has 6 characters"):
        CitedHit(paragraph, 1, 1.0, start, end)


def test_hits_cannot_be_changed_after_the_check() -> None:
    hit = CitedHit(Paragraph("r", "1", "Short.", (), 0), 1, 1.0, 0, 6)
    with pytest.raises(dataclasses.FrozenInstanceError):
        hit.end = 99  # type: ignore[misc]


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        (" a \n b ", "a b"),
        ("a\0b", "a b"),
        ("a\ud800b", "a b"),
        ("🙂 да", "🙂 да"),
        ("\ufeffpara 12", "para 12"),
        ("para\u200b 12", "para 12"),
        ("pa\u00adra 12", "para 12"),
        ("\u202apara 12\u202c", "para 12"),
        ("\u200f\u061c\u2067para\u2069 12", "para 12"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🌾", "👩\u200d🌾"),
    ],
)
def test_questions_are_cleaned(typed: str, asked: str) -> None:
    assert clean_question(typed) == asked


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "the question is empty: type what you want to know"),
        ("\0 \n", "the question is empty"),
        ("\u200b", "the question is empty"),
        ("x" * 10_000, "the question has 10,000 characters, at most 2,000 are searched: shorten"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(typed: str, message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        clean_question(typed)


@pytest.mark.parametrize("top_k", [0, -1, 101])
def test_impossible_numbers_of_paragraphs_are_refused(library: Library, top_k: int) -> None:
    with pytest.raises(QuestionError, match=f"cannot show {top_k} paragraphs: ask for 1 to 100"):
        answer_question("cats", library=library, top_k=top_k)


@pytest.mark.parametrize("question", ["🙂", "???", "Как дела?", "a " * 999])
def test_strange_questions_get_an_answer(library: Library, question: str) -> None:
    answer = answer_question(question, library=library)
    assert 0 <= answer.confidence <= 1
    assert 1 <= len(answer.hits) <= 5
