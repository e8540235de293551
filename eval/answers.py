"""What answers promise: the right paragraphs are cited, and the quote holds the answer."""

import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from eval.abstention import Judged
from eval.collection import Qrels
from eval.questions import Unanswerable
from index.library import Library
from index.report import Report
from qa.answer import MAX_TOP_K, Answer, CitedHit, answer_question

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class AnswerScores:
    """One question's answer, at the cut that the product shows.

    Attributes:
        n_cited: paragraphs.
        citation_precision: share of the cited paragraphs that are relevant, in [0, 1].
        citation_recall: share of the relevant paragraphs that are cited, in [0, 1].
        is_right: whether the first is relevant.
        confidence: as shown, in [0, 1].
        quote_holds_answer: whether the quote of the gold paragraph, however far down it
            ranks, holds the gold answer; None where that is not measured.
        quote_token_f1: what that quote and the gold answer share, in [0, 1].
        shown_quote_holds_answer: whether any quote that is shown holds the gold answer.
    """

    n_cited: int
    citation_precision: float
    citation_recall: float
    is_right: bool
    confidence: float
    quote_holds_answer: bool | None = None
    quote_token_f1: float | None = None
    shown_quote_holds_answer: bool | None = None


@dataclass(frozen=True, slots=True)
class AnswerQuality:
    """How good answers are, over all questions and each.

    Attributes:
        n: of questions.
        n_quotes: of questions whose quote can be measured.
        n_cited: mean paragraphs an answer cites.
        citation_precision: mean, in [0, 1].
        citation_recall: mean, in [0, 1].
        quote_accuracy: share of gold paragraphs whose quote holds the gold answer; None
            where no quote can be measured, as for the next two.
        shown_quote_accuracy: share of answers that show a quote with the gold answer.
        quote_token_f1: mean over the quotes of gold paragraphs that do not hold the gold
            answer; None where all do.
        without_gold: ids of the questions without a gold answer.
        outside_text: ids of those whose gold answer is not in the text of the gold
            paragraph, such as in a footnote.
        failed_quotes: ids of those whose gold paragraph's quote does not hold the answer.
        per_query: by query id.
    """

    n: int
    n_quotes: int
    n_cited: float
    citation_precision: float
    citation_recall: float
    quote_accuracy: float | None
    shown_quote_accuracy: float | None
    quote_token_f1: float | None
    without_gold: tuple[str, ...]
    outside_text: tuple[str, ...]
    failed_quotes: tuple[str, ...]
    per_query: dict[str, AnswerScores]

    def notes(self) -> tuple[str, ...]:
        """Sentences on what the quotes leave out; none where nothing is."""
        counts = {
            "without a gold answer": len(self.without_gold),
            "whose answer stands outside the paragraph's text, as in a footnote": len(
                self.outside_text
            ),
        }
        return tuple(
            f"Quotes leave out {count:,} of {self.n:,} questions: those {which}."
            for which, count in counts.items()
            if count
        )

    def as_json(self) -> dict[str, Any]:
        """Everything, in types that JSON holds, with the notes."""
        return {**asdict(self), "notes": list(self.notes())}


def measure_answers(
    library: Library,
    report: Report,
    queries: Mapping[str, str],
    qrels: Qrels,
    metadata: Mapping[str, Mapping[str, Any]],
) -> AnswerQuality:
    """Ask every question as a person would, and measure what is cited and quoted.

    Args:
        library: where the report is.
        report: the one to ask.
        queries: query id to text, one or more.
        qrels: what is relevant to each; grade 1 or more.
        metadata: of each query; ``answer`` is the gold answer, word for word, and
            ``answer_paragraph`` the number of the paragraph that holds it.
    Raises:
        ValueError: there are no queries.
    """
    if not queries:
        raise ValueError("no queries to measure: expected at least one")
    texts = {paragraph.number: paragraph.text for paragraph in report.paragraphs}
    gold = {query_id: _gold(metadata.get(query_id, {})) for query_id in queries}
    without_gold = tuple(query_id for query_id, (answer, _) in gold.items() if not answer)
    outside = tuple(
        query_id
        for query_id, (answer, number) in gold.items()
        if answer and not _holds(texts.get(number, ""), answer)
    )
    left_out = {*without_gold, *outside}
    scores = {}
    for query_id, text in queries.items():
        answer = answer_question(text, library=library, reports=[report.report_id])
        cited = _score_citations(answer, qrels.get(query_id, {}))
        if query_id not in left_out:
            quote = _quote_of(library, report, text, gold[query_id][1], answer.hits)
            cited |= _score_quotes(answer, quote, gold[query_id][0])
        scores[query_id] = AnswerScores(**cited)
    return _quality(scores, without_gold, outside)


def judge_unanswerable(
    library: Library, report: Report, questions: Sequence[Unanswerable]
) -> list[Judged]:
    """Ask the questions without an answer; whatever is answered is wrong."""
    return [
        Judged(
            question.query_id,
            answer_question(question.text, library=library, reports=[report.report_id]).confidence,
            False,
            question.kind,
        )
        for question in questions
    ]


def judge_answerable(quality: AnswerQuality) -> list[Judged]:
    """What was measured, as pairs of confidence and rightness."""
    return [
        Judged(query_id, scores.confidence, scores.is_right)
        for query_id, scores in quality.per_query.items()
    ]


def token_f1(text: str, gold: str) -> float:
    """Harmonic mean of precision and recall of words, in [0, 1].

    Case, punctuation and articles do not count. Two texts without words are the same.

    Source: Rajpurkar et al., SQuAD, EMNLP 2016.
    """
    found, expected = Counter(_words(text)), Counter(_words(gold))
    if not found or not expected:
        return float(found == expected)
    shared = (found & expected).total()
    return 2 * shared / (found.total() + expected.total())


def _words(text: str) -> list[str]:
    return _ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split()


def _gold(metadata: Mapping[str, Any]) -> tuple[str, str]:
    """The gold answer, ``""`` without one, and the number of its paragraph."""
    answer, number = metadata.get("answer"), metadata.get("answer_paragraph")
    return (str(answer), str(number)) if answer and number else ("", "")


def _holds(text: str, answer: str) -> bool:
    return " ".join(answer.split()) in " ".join(text.split())


def _score_citations(answer: Answer, judged: Mapping[str, int]) -> dict[str, Any]:
    relevant = {number for number, grade in judged.items() if grade >= 1}
    cited = [hit.paragraph.number for hit in answer.hits]
    n_right = len(relevant.intersection(cited))
    return {
        "n_cited": len(cited),
        "citation_precision": n_right / len(cited) if cited else 0.0,
        "citation_recall": n_right / len(relevant) if relevant else 0.0,
        "is_right": bool(cited) and cited[0] in relevant,
        "confidence": answer.confidence,
    }


def _score_quotes(answer: Answer, quote: str, gold: str) -> dict[str, Any]:
    return {
        "quote_holds_answer": _holds(quote, gold),
        "quote_token_f1": token_f1(quote, gold),
        "shown_quote_holds_answer": any(_holds(hit.quote, gold) for hit in answer.hits),
    }


def _quote_of(
    library: Library, report: Report, question: str, number: str, shown: Sequence[CitedHit]
) -> str:
    """The quote of one paragraph, shown or further down; ``""`` where it is nowhere."""
    quotes = {hit.paragraph.number: hit.quote for hit in shown}
    if number not in quotes:
        deep = answer_question(
            question, library=library, reports=[report.report_id], top_k=MAX_TOP_K
        )
        quotes = {hit.paragraph.number: hit.quote for hit in deep.hits}
    return quotes.get(number, "")


def _quality(
    scores: dict[str, AnswerScores], without_gold: tuple[str, ...], outside: tuple[str, ...]
) -> AnswerQuality:
    every = scores.values()
    quoted = {q: s for q, s in scores.items() if s.quote_holds_answer is not None}
    failed = tuple(query_id for query_id, s in quoted.items() if not s.quote_holds_answer)
    return AnswerQuality(
        n=len(scores),
        n_quotes=len(quoted),
        n_cited=fmean(s.n_cited for s in every),
        citation_precision=fmean(s.citation_precision for s in every),
        citation_recall=fmean(s.citation_recall for s in every),
        quote_accuracy=_mean([s.quote_holds_answer for s in quoted.values()]),
        shown_quote_accuracy=_mean([s.shown_quote_holds_answer for s in quoted.values()]),
        quote_token_f1=_mean([scores[query_id].quote_token_f1 for query_id in failed]),
        without_gold=without_gold,
        outside_text=outside,
        failed_quotes=failed,
        per_query=scores,
    )


def _mean(values: Sequence[float | None]) -> float | None:
    measured = [value for value in values if value is not None]
    return fmean(measured) if measured else None
