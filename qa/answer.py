"""A question becomes an Answer: found, weak or not found, with quoted paragraphs."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from index.derived import Index
from index.errors import ReportQaError
from index.library import Library
from index.report import Paragraph
from qa.evidence import best_sentences
from qa.search import Hit, Query, best_cosine, encode_queries, search

DEFAULT_TOP_K = 5
MAX_TOP_K = 100
MAX_QUESTION_LENGTH = 2_000  # characters

# Best paragraph cosine below which the report is said not to answer, or to answer only
# weakly. On the bundled collection (120 questions with an answer, 40 without) 0.25 turns
# away 3 in 100 of the former and every question on another subject.
_NOT_FOUND_BELOW = 0.25
_WEAK_BELOW = 0.35

State = Literal["found", "weak", "not_found"]


class QuestionError(ReportQaError):
    """What was typed cannot be asked."""


@dataclass(frozen=True, slots=True)
class CitedHit:
    """A paragraph of the answer, with the slice of its text that answers.

    Attributes:
        paragraph: the paragraph, whole.
        rank: 1-based.
        score: larger is better; comparable only within one answer.
        start: offset of the quote's first character.
        end: offset after its last.
    """

    paragraph: Paragraph
    rank: int
    score: float
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.paragraph.text):
            raise ValueError(
                f"quote [{self.start}, {self.end}) is not a slice of "
                f"{self.paragraph.paragraph_id}, which has {len(self.paragraph.text)} characters"
            )

    @property
    def quote(self) -> str:
        """The sentence that answers, word for word."""
        return self.paragraph.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reports say to a question.

    Attributes:
        question: as it was asked, without control characters.
        state: ``"not_found"`` still shows the closest paragraphs.
        confidence: in [0, 1]; the best paragraph's cosine, so more evidence never
            lowers it.
        hits: best first.
    """

    question: str
    state: State
    confidence: float
    hits: tuple[CitedHit, ...]


def answer_question(
    question: str,
    *,
    library: Library,
    reports: Sequence[str] = (),
    top_k: int = DEFAULT_TOP_K,
) -> Answer:
    """Find the paragraphs that answer a question.

    Args:
        question: in a person's own words.
        library: where to look.
        reports: ids of the reports to look in; all by default.
        top_k: how many paragraphs at most, 1 to 100.
    Raises:
        QuestionError: the question is empty or too long, or ``top_k`` out of range.
        LibraryError: a report is not in the library, or the library cannot be searched.
    """
    if not 1 <= top_k <= MAX_TOP_K:
        raise QuestionError(f"cannot show {top_k} paragraphs: ask for 1 to {MAX_TOP_K}")
    text = clean_question(question)
    library.check_reports(reports)
    (query,) = encode_queries(library.encoder, [text])
    index = library.index()
    hits = search(index, query, top_k=top_k, reports=reports)
    confidence = min(1.0, max(0.0, best_cosine(index, query, reports)))
    return Answer(text, _state(confidence), confidence, _cite(index, hits, query))


def clean_question(question: str) -> str:
    """Fold white space and drop what no one types: control characters, lone surrogates.

    Raises:
        QuestionError: nothing is left, or too much.
    """
    visible = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in question
    )
    text = " ".join(visible.split())
    if not text:
        raise QuestionError("the question is empty: type what you want to know")
    if len(text) > MAX_QUESTION_LENGTH:
        raise QuestionError(
            f"the question has {len(text):,} characters, at most {MAX_QUESTION_LENGTH:,} are "
            "searched: shorten it to what you want to know"
        )
    return text


def _state(confidence: float) -> State:
    if confidence < _NOT_FOUND_BELOW:
        return "not_found"
    return "weak" if confidence < _WEAK_BELOW else "found"


def _cite(index: Index, hits: Sequence[Hit], query: Query) -> tuple[CitedHit, ...]:
    """Find the quote of each hit."""
    cited = []
    for hit in hits:
        tokens = index.tokens(index.windows_of(np.array([hit.row])))
        text, language = hit.paragraph.text, index.store.language(hit.paragraph.report_id)
        start, end = best_sentences(index, query, tokens, text, language)
        cited.append(CitedHit(hit.paragraph, hit.rank, hit.score, start, end))
    return tuple(cited)
