"""Judged questions become a collection: a BEIR folder that `qa eval` reads.

- ``queries.jsonl`` and ``qrels/test.tsv``: the questions; 1 for a paragraph that more than
  half of its judges found relevant, else 0. A question without a relevant paragraph
  measures no ranking, so qrels leave it out; its metadata say what was judged.
- ``unanswerable.jsonl``: the questions to which nothing shown was an answer, and no one
  said otherwise; their kind is ``none-of-these``.
- ``conversations.jsonl``: the follow-ups, each behind the questions it leans on.
- ``corpus.jsonl``: the paragraphs of the reports concerned, unless the bundled report is
  the only one: that is what `qa eval` asks where a folder has no corpus.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from index.feedback import Judgement, text_sha256
from index.library import BUNDLED_REPORT, Library
from index.report import Report
from qa.conversation import read_question
from qa.feedback import LOOK_UP, FeedbackError, by_answer, standing

_NONE_OF_THESE = "none-of-these"

Turns = tuple[str, ...]  # a question, behind the earlier ones that it leans on
Name = Callable[[str], str]  # paragraph id to its id in the corpus


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """What one person said of the paragraphs of an answer.

    Attributes:
        judgements: those that count, in order.
        shown: ids of the paragraphs.
        votes: whether a paragraph is relevant, for those that were judged and that the
            library still has, word for word.
    """

    judgements: list[Judgement]
    shown: set[str]
    votes: dict[str, bool]


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """What everyone said of the paragraphs that a question was answered with.

    Attributes:
        turns: the question, behind the earlier ones that it leans on.
        answers: as they were judged, one or more.
    """

    turns: Turns
    answers: list[JudgedAnswer]

    @property
    def grades(self) -> dict[str, int]:
        """Paragraph id to 1 where more than half of the votes are for it, else 0."""
        votes: dict[str, list[bool]] = defaultdict(list)
        for answer in self.answers:
            for paragraph_id, is_relevant in answer.votes.items():
                votes[paragraph_id].append(is_relevant)
        return {name: int(2 * sum(given) > len(given)) for name, given in votes.items()}

    @property
    def relevant(self) -> list[str]:
        """Ids of the paragraphs of grade 1."""
        return [paragraph_id for paragraph_id, grade in self.grades.items() if grade]

    @property
    def is_measured(self) -> bool:
        """Whether qrels have it: a question that stands alone, with a relevant paragraph."""
        return len(self.turns) == 1 and bool(self.relevant)

    @property
    def is_none_of_these(self) -> bool:
        """Whether all that was last shown was judged, and no one ever found an answer."""
        was_answered = any(any(answer.votes.values()) for answer in self.answers)
        return not was_answered and self.answers[-1].shown <= self.grades.keys()


class Judged(NamedTuple):
    """What there is to export.

    Attributes:
        questions: in the order in which they were judged.
        n_left_out: verdicts on paragraphs that are gone, or read otherwise by now.
    """

    questions: list[JudgedQuestion]
    n_left_out: int


def collect(library: Library, report_ids: Sequence[str] = ()) -> Judged:
    """Bring together what was said of each question.

    Args:
        library: what was said, and the paragraphs as they are now.
        report_ids: the reports whose paragraphs count; all by default.
    Raises:
        LibraryError: one of the reports is not in the library.
    """
    library.check_reports(report_ids)
    texts = {
        paragraph.paragraph_id: text_sha256(paragraph)
        for report_id in report_ids or library.report_ids()
        for paragraph in library.report(report_id).paragraphs
    }
    answers: dict[Turns, list[JudgedAnswer]] = defaultdict(list)
    n_left_out = 0
    for judgements in by_answer(standing(library.judgements())):
        last = judgements[-1]
        shown = {
            hit.paragraph_id: hit.text_sha256
            for hit in last.shown
            if not report_ids or _report_id(hit.paragraph_id) in report_ids
        }
        said = {key: vote for key, vote in _votes(judgements).items() if key in shown}
        votes = {key: vote for key, vote in said.items() if texts.get(key) == shown[key]}
        n_left_out += len(said) - len(votes)
        if votes:
            counted = [j for j in judgements if j.paragraph_id is None or j.paragraph_id in votes]
            answers[_turns(last)].append(JudgedAnswer(counted, set(shown), votes))
    return Judged([JudgedQuestion(*question) for question in answers.items()], n_left_out)


def _votes(judgements: Sequence[Judgement]) -> dict[str, bool]:
    """What the judgements on one answer come to: a later word overrides."""
    votes: dict[str, bool] = {}
    for judgement in judgements:
        if judgement.paragraph_id is None:
            votes |= {shown.paragraph_id: False for shown in judgement.shown}
        else:
            votes[judgement.paragraph_id] = bool(judgement.is_relevant)
    return votes


def _turns(judgement: Judgement) -> Turns:
    """The question behind those that it leans on; a place that it names needs none."""
    if judgement.ranking == LOOK_UP:
        return (judgement.question,)
    return (*read_question(judgement.question, judgement.earlier).context, judgement.question)


def _report_id(paragraph_id: str) -> str:
    return paragraph_id.partition("#")[0]


def write_collection(questions: Sequence[JudgedQuestion], library: Library, folder: Path) -> None:
    """Write judged questions as a BEIR folder, whole or not at all.

    Raises:
        FeedbackError: the folder holds something already, or cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".feedback-", dir=folder.parent) as scratch:
            building = Path(scratch) / "collection"
            for name, text in _files(questions, library).items():
                (building / name).parent.mkdir(parents=True, exist_ok=True)
                # A lone surrogate in an earlier question is the one thing UTF-8 cannot hold.
                (building / name).write_text(text, encoding="utf-8", errors="replace")
            building.replace(folder)  # refused where the folder holds anything
    except OSError as error:
        raise FeedbackError(
            f"cannot write {folder} ({error.strerror}): choose another --out, one that does not "
            "exist or is empty"
        ) from error


def _files(questions: Sequence[JudgedQuestion], library: Library) -> dict[str, str]:
    """The files of a collection: name to text."""
    report_ids = sorted({_report_id(name) for question in questions for name in question.grades})
    has_corpus = report_ids != [BUNDLED_REPORT]
    name = str if has_corpus else _number
    alone = [question for question in questions if len(question.turns) == 1]
    queries = [question for question in alone if not question.is_none_of_these]
    unanswerable = [question for question in alone if question.is_none_of_these]
    files = {
        "queries.jsonl": _jsonl(_query(question, name) for question in queries),
        "qrels/test.tsv": _qrels(queries, name),
    }
    if unanswerable:
        rows = (_query(question, name, kind=_NONE_OF_THESE) for question in unanswerable)
        files["unanswerable.jsonl"] = _jsonl(rows)
    if len(alone) < len(questions):
        files["conversations.jsonl"] = _jsonl(_conversations(questions, name))
    if has_corpus:
        reports = [library.report(report_id) for report_id in report_ids]
        files["corpus.jsonl"] = _jsonl(row for report in reports for row in _corpus(report))
    return files


def _query(question: JudgedQuestion, name: Name, **about: str) -> dict[str, Any]:
    text = question.turns[-1]
    metadata = {**about, **_metadata(question, name)}
    return {"_id": f"q{_digest(question.turns)}", "text": text, "metadata": metadata}


def _metadata(question: JudgedQuestion, name: Name) -> dict[str, Any]:
    """What the last answer was, how much was judged, and what was judged not relevant."""
    last = question.answers[-1].judgements[-1]
    return {
        "state": last.state,
        "confidence": round(last.confidence, 4),
        "ranking": last.ranking,
        "judgements": sum(len(answer.judgements) for answer in question.answers),
        "not_relevant": [name(key) for key, grade in question.grades.items() if not grade],
    }


def _qrels(questions: Iterable[JudgedQuestion], name: Name) -> str:
    lines = ["query-id\tcorpus-id\tscore"]
    lines += [
        f"q{_digest(question.turns)}\t{name(paragraph_id)}\t{grade}"
        for question in questions
        if question.is_measured
        for paragraph_id, grade in question.grades.items()
    ]
    return "\n".join(lines) + "\n"


def _conversations(questions: Iterable[JudgedQuestion], name: Name) -> Iterator[dict[str, Any]]:
    """Each follow-up with the turns before it; those that lead on to another are in that one."""
    judged = {question.turns: question for question in questions}
    leading_on = {turns[:end] for turns in judged for end in range(1, len(turns))}
    for turns in judged:
        if len(turns) > 1 and turns not in leading_on:
            paths = [turns[:end] for end in range(1, len(turns) + 1)]
            rows = [_turn(path[-1], judged.get(path), name) for path in paths]
            yield {"_id": f"c{_digest(turns)}", "turns": rows}


def _turn(text: str, question: JudgedQuestion | None, name: Name) -> dict[str, Any]:
    if question is None:
        return {"text": text, "relevant": {}}
    relevant = {name(paragraph_id): 1 for paragraph_id in question.relevant}
    return {"text": text, "relevant": relevant, "metadata": _metadata(question, name)}


def _corpus(report: Report) -> Iterator[dict[str, str]]:
    for paragraph in report.paragraphs:
        title = paragraph.section[-1] if paragraph.section else ""
        yield {"_id": paragraph.paragraph_id, "title": title, "text": paragraph.text}


def _number(paragraph_id: str) -> str:
    return paragraph_id.partition("#")[2]


def _digest(turns: Turns) -> str:
    """The same question has the same id in every export, so that runs can be compared."""
    return hashlib.sha256("\n".join(turns).encode(errors="replace")).hexdigest()[:12]


def _jsonl(rows: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
