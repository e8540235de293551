"""Later turns of conversations, read with the earlier ones and alone."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import ir_measures

from eval.collection import CollectionError, Qrels
from eval.questions import Conversation
from eval.runs import DEPTH, Run
from index.library import Library
from index.report import Report
from qa.answer import answer_question

NAMES = ("Success@1", "Success@3", "nDCG@10")


class LaterTurn(NamedTuple):
    """A turn that others come before.

    Attributes:
        turn_id: the conversation's id, a dot and the turn's place, 1-based: ``c01.2``.
        question: its text.
        context: the earlier questions that it was read with; none where it stands alone.
        with_earlier: each measure, read after the earlier turns.
        alone: each measure, as if it came first.
    """

    turn_id: str
    question: str
    context: tuple[str, ...]
    with_earlier: dict[str, float]
    alone: dict[str, float]


@dataclass(frozen=True, slots=True)
class ConversationQuality:
    """How well later turns are read.

    Attributes:
        n: of later turns that are judged.
        n_read_with_earlier: of them, taken for follow-ups.
        with_earlier: mean of each measure, read after the earlier turns.
        alone: mean of each measure, as if each came first.
        turns: one each.
    """

    n: int
    n_read_with_earlier: int
    with_earlier: dict[str, float]
    alone: dict[str, float]
    turns: tuple[LaterTurn, ...]

    def as_json(self) -> dict[str, Any]:
        """Everything, in types that JSON holds."""
        return {**asdict(self), "turns": [turn._asdict() for turn in self.turns]}


def measure_conversations(
    library: Library, report: Report, conversations: Sequence[Conversation]
) -> ConversationQuality:
    """Ask every later turn twice: after the turns before it, and alone.

    A turn without a relevant paragraph is not measured, only read by those after it.

    Args:
        library: where the report is.
        report: the one to ask.
        conversations: with at least one later turn that is judged.
    Raises:
        CollectionError: no later turn is judged.
    """
    qrels: Qrels = {}
    with_earlier: Run = {}
    alone: Run = {}
    read: dict[str, tuple[str, tuple[str, ...]]] = {}
    for conversation in conversations:
        texts = [turn.text for turn in conversation.turns]
        for place, turn in enumerate(conversation.turns[1:], start=2):
            if all(grade < 1 for grade in turn.relevant.values()):
                continue
            turn_id = f"{conversation.conversation_id}.{place}"
            qrels[turn_id] = turn.relevant
            with_earlier[turn_id], context = _ask(library, report, turn.text, texts[: place - 1])
            alone[turn_id], _ = _ask(library, report, turn.text, [])
            read[turn_id] = turn.text, context
    if not qrels:
        raise CollectionError(
            "conversations.jsonl judges no later turn: grade paragraphs for a second turn"
        )
    measured, measured_alone = _measure(with_earlier, qrels), _measure(alone, qrels)
    turns = tuple(
        LaterTurn(turn_id, question, context, measured[turn_id], measured_alone[turn_id])
        for turn_id, (question, context) in read.items()
    )
    return ConversationQuality(
        n=len(turns),
        n_read_with_earlier=sum(bool(turn.context) for turn in turns),
        with_earlier=_means([turn.with_earlier for turn in turns]),
        alone=_means([turn.alone for turn in turns]),
        turns=turns,
    )


def _ask(
    library: Library, report: Report, question: str, earlier: Sequence[str]
) -> tuple[dict[str, float], tuple[str, ...]]:
    """What is cited, scored by rank, and the earlier questions it was read with."""
    answer = answer_question(
        question, library=library, reports=[report.report_id], top_k=DEPTH, earlier=earlier
    )
    return {hit.paragraph.number: 1.0 / hit.rank for hit in answer.hits}, answer.context


def _measure(run: Run, qrels: Qrels) -> dict[str, dict[str, float]]:
    measures = [ir_measures.parse_measure(name) for name in NAMES]
    values = {turn_id: dict.fromkeys(NAMES, 0.0) for turn_id in qrels}
    for found in ir_measures.iter_calc(measures, qrels, run):
        values[found.query_id][str(found.measure)] = found.value
    return values


def _means(values: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: sum(each[name] for each in values) / len(values) for name in NAMES}
