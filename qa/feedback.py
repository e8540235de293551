"""Thumbs on citations, kept in the library."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from index import numbering
from index.errors import ReportQaError
from index.feedback import Judgement, Shown, text_sha256
from index.library import Library
from qa.answer import Answer
from qa.search import RANKING

LOOK_UP = "look-up"  # stands for the ranking where a place was looked up

_LIST_WIDTH = 60  # characters of a question


class FeedbackError(ReportQaError):
    """What was judged was not shown, or cannot be exported."""


def judge(
    library: Library,
    answer: Answer,
    *,
    answer_id: str,
    paragraph_id: str | None,
    is_relevant: bool | None,
    earlier: Sequence[str] = (),
    reports: Sequence[str] = (),
) -> None:
    """Keep what a person says of a citation, or of all that an answer shows.

    The last word on a paragraph of an answer counts.

    Args:
        library: where the answer came from.
        answer: what the person saw.
        answer_id: names that answer; each time one is shown it has a name of its own.
        paragraph_id: a paragraph that the answer cites; None for all of them.
        is_relevant: True for up, False for down, None to take back what was said. Of all
            that is shown only False can be said, "none of these", or taken back.
        earlier: the conversation's questions before this one, oldest first.
        reports: ids of the reports that were asked; none for all.
    Raises:
        FeedbackError: the answer does not cite the paragraph, or cites none, or all it
            shows would be relevant.
        LibraryError: the library cannot be written.
    """
    shown = tuple(
        Shown(hit.paragraph.paragraph_id, hit.score, text_sha256(hit.paragraph))
        for hit in answer.hits
    )
    _check_shown(shown, paragraph_id, is_relevant)
    library.keep_judgement(
        Judgement(
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            answer_id=answer_id,
            question=answer.question,
            earlier=tuple(" ".join(text.split()) for text in earlier),
            reports=tuple(reports),
            state=answer.state,
            confidence=answer.confidence,
            shown=shown,
            paragraph_id=paragraph_id,
            is_relevant=is_relevant,
            generation=library.generation(),
            encoder=library.encoder.name,
            encoder_sha256=library.encoder.fingerprint,
            numbering=numbering.VERSION,
            ranking=LOOK_UP if answer.is_exact else RANKING,
        )
    )


def _check_shown(
    shown: Sequence[Shown], paragraph_id: str | None, is_relevant: bool | None
) -> None:
    cited = [hit.paragraph_id for hit in shown]
    if not cited:
        raise FeedbackError("the answer cites no paragraph: there is nothing to judge")
    if paragraph_id is None and is_relevant:
        raise FeedbackError("all that is shown was called relevant: judge each paragraph by itself")
    if paragraph_id is not None and paragraph_id not in cited:
        raise FeedbackError(
            f"the answer does not cite {paragraph_id!r}: judge one of {', '.join(cited)}"
        )


def standing(judgements: Iterable[Judgement]) -> list[Judgement]:
    """The judgements that count: the last on each paragraph of an answer, unless taken back.

    Returns:
        In the order in which they were made.
    """
    last: dict[tuple[str, str | None], Judgement] = {}
    for judgement in judgements:
        key = judgement.answer_id, judgement.paragraph_id
        last.pop(key, None)  # a word said anew stands at its new place
        last[key] = judgement
    return [judgement for judgement in last.values() if judgement.is_relevant is not None]


def by_answer(judgements: Iterable[Judgement]) -> list[list[Judgement]]:
    """The judgements on each answer, in order."""
    answers: dict[str, list[Judgement]] = defaultdict(list)
    for judgement in judgements:
        answers[judgement.answer_id].append(judgement)
    return list(answers.values())


def feedback_text(judgements: Iterable[Judgement]) -> str:
    """A line for each judged answer: when, the question, and what was said."""
    rows = [("time (UTC)", "question", "verdicts")]
    for said in by_answer(judgements):
        verdicts = ", ".join(map(_verdict, standing(said))) or "taken back"
        rows.append((said[-1].time[:16].replace("T", " "), _shortened(said[-1].question), verdicts))
    width = max(len(question) for _, question, _ in rows)
    return "".join(
        f"{time:16}  {question:{width}}  {verdicts}\n" for time, question, verdicts in rows
    )


def _verdict(judgement: Judgement) -> str:
    if judgement.paragraph_id is None:
        return "none of these"
    return f"{judgement.paragraph_id} {'up' if judgement.is_relevant else 'down'}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LIST_WIDTH else text[: _LIST_WIDTH - 1].rstrip() + "…"
