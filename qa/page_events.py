"""What Gradio calls: when a person does something on the page, or a program asks."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import partial, wraps
from inspect import Parameter, signature
from typing import Any

import gradio as gr

from index.errors import ReportQaError
from index.library import Library
from qa import page, session
from qa.answer import MAX_QUESTION_LENGTH
from qa.page_adding import Additions, Step
from qa.page_report import pane_html, report_titles
from qa.page_uploads import Uploads
from qa.record import stage
from qa.serving.gradio_queue import waited_seconds
from qa.serving.metrics import Metrics
from qa.serving.watch import Watch
from qa.session import Session, Turn
from qa.suggest import suggest

Reports = tuple[str, ...]  # ids of the reports that are asked; none for all
Shown = tuple[Session, str]  # the conversation with its newest turn, and that turn as HTML
Told = dict[str, Any] | None  # what the browser keeps of the conversation, and tells
Update = Any  # Gradio's own where nothing changes

_CONNECTION_LOST = "The connection was lost before this was answered: press Ask to ask it again."
_OUTCOMES = {"card": "added", "taken": "held_back", "sentence": "refused"}  # by the last step


def _in_one_sentence(event: Callable[..., Any]) -> Callable[..., Any]:
    """An event for which Gradio shows what is wrong, without a traceback."""

    @wraps(event)
    def call(*inputs: Any, **more: Any) -> Any:  # noqa: ANN401 - whatever the event's are
        try:
            return event(*inputs, **more)
        except ReportQaError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return call


class AskingEvents:
    """What happens when a person asks, judges, takes away or reads."""

    def __init__(self, library: Library, watch: Watch) -> None:
        """Answer from a library.

        Args:
            library: whose reports are asked.
            watch: is told of each question.
        """
        self._library = library
        self._watch = watch

    def enter(
        self, kept: Session, chosen: Reports, told: Told, request: gr.Request
    ) -> tuple[str, str, Session, str, Reports, str]:
        """Show the report that the address names, and ask what it asks.

        Where the connection broke, go on with the conversation instead.
        """
        state, titles = "", {}
        with suppress(ReportQaError):  # the report's pane says why there is none
            state, titles = self._library.generation(), report_titles(self._library)
        report = pane_html(self._library, request.query_params.get("report", ""))
        question = request.query_params.get("q", "")
        turns = ""
        kept, chosen = self._recall(told, kept, chosen)
        if told:
            turns = self._turns_again(kept, str(told.get("question") or ""))
        elif question:
            kept, turns = self._ask(kept, question, request=request)
        return report, page.scope_html(titles, chosen), kept, turns, chosen, state

    def notice(self, state: str, chosen: Reports) -> tuple[Update, Update, Update]:
        """Offer the reports that there are now, where that has changed since the page looked."""
        with suppress(ReportQaError):  # the answer has said why
            now = self._library.generation()
            if now != state:
                return now, *_offer(self._library, chosen)
        return (gr.skip(),) * 3

    def type(
        self, question: str, kept: Session, chosen: Reports, told: Told, request: gr.Request
    ) -> tuple[Session, str, Reports]:
        """Answer what was typed."""
        kept, chosen = self._recall(told, kept, chosen)
        return *self._ask(kept, question, chosen, request=request), chosen

    def click(
        self, kept: Session, chosen: Reports, told: Told, event: gr.EventData, request: gr.Request
    ) -> tuple[Session, str, Reports]:
        """Answer the question of a button."""
        kept, chosen = self._recall(told, kept, chosen)
        shown = self._ask(
            kept,
            str(event.question),
            chosen,
            top_k=event.top if isinstance(event.top, int) else None,
            is_literal=event.is_literal is True,
            request=request,
        )
        return *shown, chosen

    @_in_one_sentence
    def choose(self, event: gr.EventData) -> Reports:
        """Ask only these reports from now on."""
        return tuple(each for each in self._library.report_ids() if each in event.reports)

    def judge(self, kept: Session, told: Told, event: gr.EventData) -> str:
        """Keep a judgement."""
        kept, _ = self._recall(told, kept)
        try:
            session.judge(self._library, kept, event.turn, event.paragraph, event.verdict)
        except ReportQaError as error:
            return _message(sentence=str(error))
        is_back = event.verdict == "back"
        return _message(sentence="Taken back." if is_back else "Kept. Thank you.")

    def export(self, kept: Session, told: Told, event: gr.EventData) -> str:
        """Hand over the conversation as a file."""
        kept, _ = self._recall(told, kept)
        try:
            return _message(file=asdict(session.to_file(self._library, kept, event.form)))
        except ReportQaError as error:
            return _message(sentence=str(error))

    @_in_one_sentence
    def open(self, event: gr.EventData) -> Update:
        """Show another report; where it is not there, say so and leave the pane as it is."""
        if event.report in self._library.report_ids():
            return pane_html(self._library, event.report)
        gr.Warning("This report is not in the library.")
        return gr.skip()

    def _recall(self, told: Told, kept: Session, chosen: Reports = ()) -> tuple[Session, Reports]:
        """The conversation and the chosen reports as the browser tells of them."""
        if not isinstance(told, dict):  # not the page's script
            return kept, chosen
        reports = told.get("reports")
        if isinstance(reports, list):
            with suppress(ReportQaError):  # the library cannot be asked: the answer will say why
                chosen = tuple(each for each in self._library.report_ids() if each in reports)
        return session.recall(self._library, kept, told.get("turns")), chosen

    def _ask(
        self,
        kept: Session,
        question: str,
        chosen: Reports = (),
        *,
        top_k: int | None = None,
        is_literal: bool = False,
        request: gr.Request,
    ) -> Shown:
        try:
            with self._watch.over("page", request.headers, partial(waited_seconds, request)):
                turn = session.ask(
                    self._library, kept, question, chosen, top_k=top_k, is_literal=is_literal
                )
                html = self._turn_html(turn)
        except ReportQaError as error:
            return kept, page.notice_html(uuid.uuid4().hex, question, str(error))
        return (*kept, turn), html

    def _turns_again(self, kept: Session, lost: str) -> str:
        """The conversation for a page that was loaded anew, and the question it waited for."""
        turns = "".join(self._turn_html(turn) for turn in kept)
        lost = lost[:MAX_QUESTION_LENGTH]
        return turns + (page.notice_html(uuid.uuid4().hex, lost, _CONNECTION_LOST) if lost else "")

    def _turn_html(self, turn: Turn) -> str:
        with stage("suggest"):
            suggestions = suggest(turn.answer, self._library, reports=turn.reports)
        return page.turn_html(
            turn.turn_id,
            turn.answer,
            session.covers(self._library, (turn,)),
            suggestions,
            names_reports=len(self._library.report_ids()) > 1,
            told=json.dumps(session.told_of(turn)),
        )


class AddingEvents:
    """What happens when a person adds reports, or takes one back."""

    def __init__(self, library: Library, uploads: Uploads, metrics: Metrics | None) -> None:
        """Add to a library.

        Args:
            library: where reports go.
            uploads: where files arrive.
            metrics: what counts them; nothing if None.
        """
        self._metrics = metrics
        self._library = library
        self._uploads = uploads
        self._additions = Additions(library)

    def enter(self) -> str:
        """Show what was added here before."""
        return _message(cards=self._additions.cards())

    def add(self, event: gr.EventData) -> Iterator[tuple[str, str]]:
        """Add a file that was sent: what there is to tell, and at the end the report's id."""
        key = _said(event, "key")
        try:
            content = self._uploads.take(str(_said(event, "path")))
        except ReportQaError as error:
            yield _message(key=key, sentence=str(error)), ""
            return
        name, replaces = str(_said(event, "name")), _said(event, "replaces") is True
        for step in self._additions.add(content, name, replaces=replaces):
            self._count(step)
            yield _message(key=key, **step), step.get("report", "")

    @_in_one_sentence
    def offer(self, added: str, chosen: Reports) -> tuple[str, str, Reports]:
        """Offer what was added, chosen where others are."""
        chosen = tuple(dict.fromkeys((*chosen, added))) if chosen else ()
        return self._library.generation(), *_offer(self._library, chosen)

    @_in_one_sentence
    def remove(
        self, chosen: Reports, event: gr.EventData
    ) -> tuple[str, Update, Update, Update, Update]:
        """Take back what was added; where it is being read, show another report."""
        report_id = str(_said(event, "report"))
        try:
            title = self._additions.remove(report_id)
            sentence = f"“{title}” was removed."
        except ReportQaError as error:
            sentence = f"Not removed: {error}."
        is_open = _said(event, "open") == report_id
        pane = pane_html(self._library) if is_open else gr.skip()
        removed = {"report": report_id, "sentence": sentence}
        state, offered = self._library.generation(), _offer(self._library, chosen)
        return _message(removed=removed), state, *offered, pane

    def _count(self, step: Step) -> None:
        for key, outcome in _OUTCOMES.items():
            if self._metrics and key in step:
                self._metrics.count_upload(outcome)


def called_by_programs(endpoint: Callable[..., Any], watch: Watch) -> Callable[..., Any]:
    """An endpoint as Gradio calls it: with the request, and a mistake as one sentence.

    Args:
        endpoint: takes and gives what JSON holds.
        watch: is told of each question.
    """

    @wraps(endpoint)
    @_in_one_sentence
    def call(request: gr.Request, *inputs: Any) -> Any:  # noqa: ANN401 - whatever the endpoint's are
        is_mcp = "mcp-protocol-version" in request.headers
        waited = partial(waited_seconds, request)
        with watch.over("mcp" if is_mcp else "api", request.headers, waited):
            found = endpoint(*inputs)
        # Gradio would write Python, not JSON, for MCP.
        return json.dumps(found, ensure_ascii=False) if is_mcp else found

    request = Parameter("request", Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    own = signature(endpoint)
    own = own.replace(parameters=[request, *own.parameters.values()])
    call.__signature__ = own  # type: ignore[attr-defined]
    call.__annotations__ = {**endpoint.__annotations__, "request": gr.Request}
    return call


def _offer(library: Library, chosen: Reports) -> tuple[str, Reports]:
    """The choice of reports, and those of the chosen that are still there."""
    titles = report_titles(library)
    left = tuple(report_id for report_id in chosen if report_id in titles)
    return page.scope_html(titles, left), left


def _said(event: gr.EventData, name: str) -> object:
    """What a script of the page, or someone else, says with an event; None for nothing."""
    return getattr(event, name, None)


def _message(**content: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """What the page's scripts hear; its name makes two of the same differ."""
    return json.dumps({"name": uuid.uuid4().hex, **content})
