"""A question becomes an Answer: found, weak or not found, with quoted paragraphs."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.errors import ReportQaError, StaleError
from index.library import Library
from index.patience import waiting_at_most
from index.readers.characters import plain_characters
from index.report import Paragraph
from index.searching import Query, Ranking, SearchIndex
from qa.confidence import State as State
from qa.confidence import shipped_confidence
from qa.conversation import MAX_QUESTION_LENGTH as MAX_QUESTION_LENGTH
from qa.conversation import read_question
from qa.evidence import best_sentences
from qa.language import unknown_language
from qa.lookup import look_up_in, warn_of_unlisted
from qa.reasons import Reason, find_reason
from qa.record import recorded, stage
from qa.search import Hit, encode_queries, rank_together, read_hits

MAX_TOP_K = 100

_SECONDS = 10.0  # for an answer of a library on a server; a local one takes milliseconds

# An answer shows the best paragraph and those that score almost as well. On the bundled
# questions (1.9 relevant paragraphs each) this cites 2.4, with precision 0.65 and recall
# 0.72; always five would have 0.27 and 0.80. A follow-up's scores are of two readings, added: it
# cites 1.3, with 0.75 and 0.77; a margin as much wider would only take precision to 0.66.
_SHOWN_AT_MOST = 5
_SHOWN_BELOW_BEST = 0.06

_LANGUAGE_NOTE = (
    "The question seems to be in {language}, which {encoder} does not know: ask in English, or "
    "set QA_ENCODER to a multilingual model and run `qa reindex`."
)


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
        reason: why the paragraph matched; None for a place that was looked up, and where
            no one asks.
    """

    paragraph: Paragraph
    rank: int
    score: float
    start: int
    end: int
    reason: Reason | None = None

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
        confidence: in [0, 1], how often an answer with as much evidence cites a paragraph
            first that answers, see `qa.confidence`; 1 for a place that was looked up.
        hits: best first; those of a look-up in the order of the report.
        note: a sentence on how the question was read; ``""`` where there is nothing to say.
        is_exact: whether a place was looked up, rather than paragraphs ranked.
        context: the earlier questions that it was read with, oldest first; none where it
            stands alone.
        is_understood: whether the encoder knows the language of the question; where not,
            nobody knows whether the report answers it.
    """

    question: str
    state: State
    confidence: float
    hits: tuple[CitedHit, ...]
    note: str = ""
    is_exact: bool = False
    context: tuple[str, ...] = ()
    is_understood: bool = True


@recorded
def answer_question(
    question: str,
    *,
    library: Library,
    reports: Sequence[str] = (),
    top_k: int | None = None,
    earlier: Sequence[str] = (),
    explains: bool = False,
) -> Answer:
    """Find the paragraphs that answer a question.

    Args:
        question: in a person's own words.
        library: where to look.
        reports: ids of the reports to look in; all by default.
        top_k: how many paragraphs, 1 to 100; by default the best and those that score
            almost as well.
        earlier: the conversation's questions so far, oldest first.
        explains: whether to find out why each paragraph matched.
    Raises:
        QuestionError: the question is empty or too long, or ``top_k`` out of range.
        LibraryError: a report is not in the library, or the library cannot be searched.
    """
    if top_k is not None and not 1 <= top_k <= MAX_TOP_K:
        raise QuestionError(f"cannot show {top_k} paragraphs: ask for 1 to {MAX_TOP_K}")
    text = clean_question(question)
    with waiting_at_most(_SECONDS), library.one_state():
        library.check_reports(reports)
        asked = reports or library.report_ids()
        found = _look_up(text, library, asked)
        if found:
            return found
        try:
            answer = _search(text, library, reports, top_k, earlier, explains)
        except StaleError:  # on a server another program can change it meanwhile: look anew
            answer = _search(text, library, reports, top_k, earlier, explains)
    warning = warn_of_unlisted(text, asked)
    return replace(answer, note=f"{answer.note} {warning}".strip()) if warning else answer


@stage("look_up")
def _look_up(question: str, library: Library, reports: Sequence[str]) -> Answer | None:
    """The places that a question names, exactly and all of them; None if it names none."""
    lookup = look_up_in(library, question, reports)
    if lookup is None:
        return None
    hits = tuple(
        CitedHit(place.paragraph, rank, 1.0, place.start, place.end)
        for rank, place in enumerate(lookup.places, start=1)
    )
    state: State = "found" if hits else "not_found"
    return Answer(question, state, float(bool(hits)), hits, lookup.sentence, is_exact=True)


def _search(
    question: str,
    library: Library,
    reports: Sequence[str],
    top_k: int | None,
    earlier: Sequence[str],
    explains: bool,
) -> Answer:
    reading = read_question(question, earlier)
    with stage("encode"):
        queries = encode_queries(library.encoder, reading.queries)
    with stage("rank"):
        index = library.index()
        ranking, evidence = rank_together(index, queries, top_k or _SHOWN_AT_MOST, reports)
        hits = read_hits(index, ranking[: top_k or _worth_showing(ranking)])
    if not hits:  # a report that was just added to a server may not be searchable yet
        return Answer(question, "not_found", 0.0, ())
    cited = _cite(index, hits, queries[0], explains)
    language = unknown_language(queries[0].text, queries[0].encoding, library.encoder.languages)
    if language:
        note = _LANGUAGE_NOTE.format(language=language, encoder=library.encoder.name)
        return Answer(question, "not_found", 0.0, cited, note, is_understood=False)
    note = f"Read as a follow-up to “{' '.join(reading.context)}”." if reading.context else ""
    confidence = shipped_confidence().of(evidence)
    state = shipped_confidence().state(confidence)
    return Answer(question, state, confidence, cited, note, context=reading.context)


def _worth_showing(ranking: Ranking) -> int:
    """How many paragraphs score almost as well as the best."""
    shown = ranking[:_SHOWN_AT_MOST]
    return sum(score >= shown[0][1] - _SHOWN_BELOW_BEST for _, score in shown)


def clean_question(question: str) -> str:
    """Fold white space and drop what no one types: control and unseen characters, lone surrogates.

    Raises:
        QuestionError: nothing is left, or too much.
    """
    visible = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Cs") else sign
        for sign in plain_characters(question)
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


@stage("cite")
def _cite(
    index: SearchIndex, hits: Sequence[Hit], query: Query, explains: bool
) -> tuple[CitedHit, ...]:
    """Find the quote of each hit and, where asked, why it matched."""
    weights = index.idf(query.encoding.token_ids)
    cited = []
    for hit in hits:
        tokens = index.tokens(hit.key)
        cosines = tokens.cosines(query.encoding.tokens)
        text, language = hit.paragraph.text, index.language(hit.paragraph.report_id)
        start, end = best_sentences(text, language, tokens.spans, cosines, weights)
        reason = find_reason(query, text, tokens.spans, cosines) if explains else None
        cited.append(CitedHit(hit.paragraph, hit.rank, hit.score, start, end, reason))
    return tuple(cited)
