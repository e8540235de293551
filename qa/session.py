"""One person's conversation on the page: asking in its light, judging, taking it away."""

import re
import uuid
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from index.errors import ReportQaError
from index.library import Library
from index.report import Metadata
from qa import feedback
from qa.answer import Answer, QuestionError, answer_question
from qa.formats import conversation_markdown
from qa.word import conversation_docx

_IS_RELEVANT: Mapping[str, bool | None] = {"up": True, "down": False, "none": False, "back": None}
_MOST_ASKED_AGAIN = 50
_TURN_ID = re.compile("[0-9a-f]{32}")
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer.

    Attributes:
        turn_id: names the answer wherever it is shown.
        answer: what was found.
        earlier: the conversation's questions before it, oldest first; none where it was
            asked by itself.
        reports: ids of the reports that were asked; none for all.
        top_k: how many paragraphs were asked for; None for as many as score well.
    """

    turn_id: str
    answer: Answer
    earlier: tuple[str, ...]
    reports: tuple[str, ...]
    top_k: int | None = None


Session = tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file to download: its name, media type, and content in base64."""

    name: str
    type: str
    content: str


def ask(
    library: Library,
    session: Session,
    question: str,
    reports: Sequence[str] = (),
    *,
    top_k: int | None = None,
    is_literal: bool = False,
) -> Turn:
    """Answer a question in the light of the conversation.

    Args:
        library: where to look.
        session: the conversation so far.
        question: as it was typed.
        reports: ids of the reports to look in; all by default.
        top_k: how many paragraphs; by default as many as score well.
        is_literal: whether the question is read by itself.
    Raises:
        ReportQaError: the question cannot be answered; the sentence says why.
    """
    earlier = () if is_literal else tuple(turn.answer.question for turn in session)
    answer = answer_question(
        question,
        library=library,
        reports=reports,
        top_k=top_k,
        earlier=earlier,
        explains=True,
    )
    return Turn(uuid.uuid4().hex, answer, earlier, tuple(reports), top_k)


def told_of(turn: Turn) -> dict[str, Any]:
    """What the browser keeps of a turn, and tells with every question: see `recall`."""
    return {
        "turn": turn.turn_id,
        "question": turn.answer.question,
        "literal": not turn.earlier,
        "reports": list(turn.reports),
        "top": turn.top_k,
    }


def recall(library: Library, session: Session, told: object) -> Session:
    """The conversation that a browser tells of.

    The browser has it, and this process only remembers the answers: where it does not, because
    another process gave them or it was started anew, the questions are asked again.

    Args:
        library: where to look.
        session: the conversation as this process remembers it.
        told: what `told_of` gave for each turn, in order; anything else is as good as nothing
            told, and then the process's memory counts. A caller may write anything here.
    Returns:
        the turns told of, without those that cannot be asked again: 50 at most are, and none
        after the library could not be asked.
    """
    if not isinstance(told, list):
        return session
    known = {turn.turn_id: turn for turn in session}
    turns: Session = ()
    can_ask = True
    for n_left, entry in zip(range(len(told), 0, -1), told, strict=True):
        if isinstance(entry, dict):
            turn = known.get(str(entry.get("turn")))
            if turn is None and can_ask and n_left <= _MOST_ASKED_AGAIN:
                try:
                    turn = _ask_again(library, turns, entry)
                except ReportQaError:  # it may take seconds to find out, and would each time
                    can_ask = False
            turns = (*turns, turn) if turn else turns
    return turns


def _ask_again(library: Library, session: Session, told: Mapping[str, Any]) -> Turn | None:
    """A turn that this process does not know; None where it is nothing that can be asked.

    Raises:
        ReportQaError: the library cannot be asked.
    """
    turn_id, question, top_k = (told.get(name) for name in ("turn", "question", "top"))
    if not isinstance(question, str) or not _TURN_ID.fullmatch(str(turn_id)):
        return None
    named = told.get("reports")
    try:
        there = library.report_ids()
        reports = [each for each in there if each in named] if isinstance(named, list) else []
        turn = ask(
            library,
            session,
            question,
            reports,
            top_k=top_k if isinstance(top_k, int) else None,
            is_literal=told.get("literal") is True,
        )
    except QuestionError:
        return None
    return replace(turn, turn_id=str(turn_id))


def judge(
    library: Library, session: Session, turn_id: str, paragraph_id: str | None, verdict: str
) -> None:
    """Keep what a person says of a citation, or of a whole answer.

    Raises:
        ReportQaError: the answer was not given in this conversation, or does not cite the
            paragraph, or the verdict is none that there is.
    """
    turn = next((turn for turn in session if turn.turn_id == turn_id), None)
    if turn is None or verdict not in _IS_RELEVANT:
        raise QuestionError("this answer is no longer known here: ask again, then judge it")
    feedback.judge(
        library,
        turn.answer,
        answer_id=turn.turn_id,
        paragraph_id=paragraph_id,
        is_relevant=_IS_RELEVANT[verdict],
        earlier=turn.earlier,
        reports=turn.reports,
    )


def covers(library: Library, session: Session) -> dict[str, Metadata]:
    """The cover of each report that a conversation cites, by the report's id."""
    cited = {hit.paragraph.report_id for turn in session for hit in turn.answer.hits}
    return {report_id: library.metadata(report_id) for report_id in sorted(cited)}


def to_file(library: Library, session: Session, form: str) -> File:
    """The conversation as a file to download: ``"docx"`` or ``"markdown"``.

    Raises:
        QuestionError: there is no such form, or nothing was asked.
    """
    if not session:
        raise QuestionError("the conversation is empty: ask a question, then download it")
    answers = [turn.answer for turn in session]
    reports = covers(library, session)
    if form == "docx":
        content = conversation_docx(answers, reports)
        return File("report-qa.docx", _WORD_TYPE, b64encode(content).decode())
    if form == "markdown":
        content = conversation_markdown(answers, reports).encode()
        return File("report-qa.md", "text/markdown", b64encode(content).decode())
    raise QuestionError(f"cannot write {form!r}: choose docx or markdown")
