"""The page: a conversation, and the report beside it. Layout and events only."""

import errno
import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import asdict
from functools import partial, wraps
from inspect import Parameter, signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when Gradio is imported

import gradio as gr
from gradio.events import api
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from index.errors import ReportQaError
from index.library import BUNDLED_REPORT, Library
from qa import page, session
from qa.answer import MAX_QUESTION_LENGTH, QuestionError, answer_question
from qa.endpoints import make_endpoints
from qa.page_added import dialog_html
from qa.page_adding import Additions, Step
from qa.page_report import report_html
from qa.page_uploads import FILE_BYTES, UploadDoor, Uploads
from qa.record import stage
from qa.serving.gradio_queue import queue_state, waited_seconds
from qa.serving.health import HealthDoor, Readiness
from qa.serving.log import QuestionLog
from qa.serving.metrics import Metrics
from qa.serving.watch import Observer, Watch
from qa.session import Session, Turn
from qa.suggest import suggest

_EXAMPLES = (
    "Which country gives every migrant a social security number?",
    "How did the pandemic affect remittances?",
    "What is being done to end the detention of migrant children?",
    "Who pays into the start-up fund, and how much is in it?",
)
_CONNECTION_LOST = "The connection was lost before this was answered: press Ask to ask it again."
_OUTCOMES = {"card": "added", "taken": "held_back", "sentence": "refused"}  # by the last step
_QUEUE_LENGTH = 64
_AT_ONCE = 4  # questions answered side by side

# Gradio finds the events that a script sends by their names in quotes.
_CONVERSATION = """
startConversation(element, trigger, watch, props);  // "ask", "judge", "export", "restart"
"""
_READING = 'startReading(element, trigger, watch);  // "open"'
_SCOPE = 'startScope(element, trigger, watch);  // "choose"'
_ADDING = 'startAdding(element, trigger, watch, props, upload);  // "add_file", "remove_report"'
_CLERK = "startClerk(watch, props);"

_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

Reports = tuple[str, ...]  # ids of the reports that are asked; none for all
Shown = tuple[str, Session]  # the newest turn as HTML, and the conversation with it
Told = dict[str, Any] | None  # what the browser keeps of the conversation, and tells
Update = Any  # Gradio's own where nothing changes


def serve(
    library: Library,
    *,
    host: str,
    port: int,
    open_browser: bool,
    login: tuple[str, str] | None = None,
    is_read_only: bool = False,
    metrics_at: tuple[str, int] | None = None,
    log: QuestionLog | None = None,
) -> None:
    """Serve the page until interrupted.

    Args:
        library: whose reports are asked.
        host: address to listen on.
        port: port to listen on.
        open_browser: whether to open the page for the person who started it.
        login: the name and password of those who may come in; everyone by default.
        is_read_only: whether nobody can add or remove reports on the page.
        metrics_at: address and port for Prometheus; none by default.
        log: where to write what became of each question; nowhere by default.
    Raises:
        QuestionError: the port is taken, or the address is not this machine's.
    """
    readiness = Readiness(library.generation)
    with TemporaryDirectory(prefix="report-qa-") as folder, ExitStack() as closing:
        os.environ["GRADIO_TEMP_DIR"] = folder  # closed to other users
        uploads = None if is_read_only else Uploads(Path(folder))
        observers: list[Observer] = [log] if log else []
        if log:
            closing.callback(log.close)
        metrics = None
        if metrics_at:
            metrics = Metrics(library, lambda: queue_state(demo._queue), readiness.obstacle)
            observers.append(metrics)
        demo = build_page(library, uploads, Watch(observers), metrics)
        demo.queue(max_size=_QUEUE_LENGTH, default_concurrency_limit=_AT_ONCE)
        if metrics and metrics_at:
            closing.callback(metrics.serve(*metrics_at))
        try:
            demo.launch(
                server_name=host,
                server_port=port,
                inbrowser=open_browser,
                auth=login,
                share=False,
                enable_monitoring=False,
                run_history=False,
                quiet=True,
                prevent_thread_lock=True,
                ssr_mode=False,
                mcp_server=login is None,  # Gradio cannot log its tools in
                footer_links=[],
                theme=gr.themes.Base(font=["Source Serif 4", "serif"], font_mono=["monospace"]),
                head=page.head_html(),
                max_file_size=FILE_BYTES,
                app_kwargs={
                    "middleware": [
                        Middleware(HealthDoor, readiness=readiness),
                        Middleware(_NoFiles),
                        Middleware(UploadDoor, uploads=uploads),
                    ]
                },
            )
        except OSError as error:
            raise QuestionError(
                f"cannot listen on {host}:{port} ({os.strerror(error.errno or errno.EADDRINUSE)}): "
                "choose another --port or --host"
            ) from error
        closing.callback(demo.close, verbose=False)
        suggest(answer_question(_EXAMPLES[0], library=library), library)  # loads all that is lazy
        readiness.start()
        print(f"The page is at {demo.local_url} (Ctrl-C stops it)", flush=True)
        demo.block_thread()


class _NoFiles:
    """Refuses the addresses under which Gradio serves files: this page has none.

    For an address of another machine Gradio would ask a name server on the internet.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404, or pass the request on."""
        if any(door in scope.get("path", "") for door in ("/file=", "/file/", "/proxy=")):
            await PlainTextResponse("no files are served here", 404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def build_page(
    library: Library,
    uploads: Uploads | None = None,
    watch: Watch | None = None,
    metrics: Metrics | None = None,
) -> gr.Blocks:
    """Lay out the page and wire its events.

    Args:
        library: whose reports are asked.
        uploads: where files arrive that are added; None where nobody may add.
        watch: who is told of each question; nobody by default.
        metrics: what counts uploads.
    """
    watch = watch or Watch()
    events = _Events(library, watch)
    examples = _EXAMPLES if BUNDLED_REPORT in library.report_ids() else ()
    with gr.Blocks(title="Ask the report", analytics_enabled=False, fill_width=True) as demo:
        kept, chosen = gr.State(()), gr.State(())
        state = gr.State("")  # of the library, as the page shows it
        told = gr.JSON(visible=False)  # see conversation.js
        masthead = page.masthead_html(can_add=uploads is not None)
        _html(html_template=masthead, js_on_load="startTabs(element);")
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="asking", min_width=0):
                conversation = _html(
                    html_template=page.conversation_html(examples),
                    js_on_load=_CONVERSATION,
                    elem_id="conversation",
                )
                scope = _html(js_on_load=_SCOPE, elem_id="scope")
                box = gr.Textbox(
                    label="Your question",
                    elem_id="question",
                    placeholder="Ask the report …",
                    max_length=MAX_QUESTION_LENGTH,
                    submit_btn="Ask",
                    autofocus=True,
                )
            with gr.Column(elem_id="reading", min_width=0):
                report = _html(js_on_load=_READING, elem_id="report-pane")
        clerk = _html(html_template="<i hidden></i>", js_on_load=_CLERK)

        memory, tell = [kept, chosen, told], {"js": "withConversation", **_PRIVATE}
        shown = [conversation, kept, chosen]
        demo.load(
            events.enter, memory, [report, scope, *shown, state], **{**tell, "js": "withLost"}
        )
        box.submit(None, js="beginAsking")
        typed = box.submit(events.type, [box, *memory], [box, *shown], **tell)
        clicked = conversation.ask(events.click, memory, shown, **tell)
        for asked in (typed, clicked):
            asked.then(None, js="finishAsking")
            asked.success(
                events.notice, [state, chosen], [state, scope, chosen], queue=False, **_PRIVATE
            )
        scope.choose(events.choose, None, chosen, **_PRIVATE)
        conversation.restart(lambda: (), None, kept, **_PRIVATE)
        conversation.judge(events.judge, [kept, told], clerk, **tell)
        conversation.export(events.export, [kept, told], clerk, **tell)
        report.open(events.open, None, report, **_PRIVATE)
        if uploads is not None:
            _wire_adding(
                _AddingEvents(events, library, uploads, metrics),
                demo,
                report,
                state,
                scope,
                chosen,
            )
        for endpoint in make_endpoints(library):
            api(_callable(endpoint, watch))
    assert isinstance(demo, gr.Blocks)
    return demo


def _callable(endpoint: Callable[..., Any], watch: Watch) -> Callable[..., Any]:
    """An endpoint as Gradio calls it: with the request, and a mistake as one sentence."""

    @wraps(endpoint)
    def call(*arguments: Any) -> Any:  # noqa: ANN401 - whatever the endpoint takes and gives
        request, *inputs = arguments
        is_mcp = "mcp-protocol-version" in request.headers
        try:
            with watch.over(
                "mcp" if is_mcp else "api", request.headers, partial(waited_seconds, request)
            ):
                found = endpoint(*inputs)
        except ReportQaError as error:
            raise gr.Error(str(error), print_exception=False) from error
        if is_mcp:  # Gradio would write Python, not JSON
            return json.dumps(found, ensure_ascii=False)
        return found

    request = Parameter("request", Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    own = signature(endpoint)
    own = own.replace(parameters=[request, *own.parameters.values()])
    call.__signature__ = own  # type: ignore[attr-defined]
    call.__annotations__ = {**endpoint.__annotations__, "request": gr.Request}
    return call


def _html(**settings: Any) -> gr.HTML:  # noqa: ANN401 - Gradio's own
    return gr.HTML(apply_default_css=False, **settings)


class _Events:
    """What happens when a person does something on the page."""

    def __init__(self, library: Library, watch: Watch) -> None:
        self._library = library
        self._watch = watch

    def enter(
        self, kept: Session, chosen: Reports, told: Told, request: gr.Request
    ) -> tuple[str, str, str, Session, Reports, str]:
        """Show the report that the address names, and ask what it asks.

        Where the connection broke, go on with the conversation instead.
        """
        state, titles = self._library.generation(), self.titles()
        named = request.query_params.get("report", "")
        report = self.report(named if named in titles else next(iter(titles), ""))
        question = request.query_params.get("q", "")
        turns = ""
        kept, chosen = self._recall(told, kept, chosen)
        if told:
            turns = "".join(self._turn_html(turn) for turn in kept)
            lost = str(told.get("question") or "")[:MAX_QUESTION_LENGTH]
            if lost:
                turns += page.notice_html(uuid.uuid4().hex, lost, _CONNECTION_LOST)
        elif question:
            turns, kept = self._ask(kept, question, request=request)
        return report, page.scope_html(titles, chosen), turns, kept, chosen, state

    def notice(self, state: str, chosen: Reports) -> tuple[Update, Update, Update]:
        """Offer the reports that there are now, where that has changed since the page looked."""
        now = self._library.generation()
        return (gr.skip(),) * 3 if now == state else (now, *self.offer(chosen))

    def offer(self, chosen: Reports) -> tuple[str, Reports]:
        """The choice of reports, and those of the chosen that are still there."""
        titles = self.titles()
        left = tuple(report_id for report_id in chosen if report_id in titles)
        return page.scope_html(titles, left), left

    def type(
        self, question: str, kept: Session, chosen: Reports, told: Told, request: gr.Request
    ) -> tuple[str, str, Session, Reports]:
        """Answer what was typed, and empty the box."""
        kept, chosen = self._recall(told, kept, chosen)
        return "", *self._ask(kept, question, chosen, request=request), chosen

    def click(
        self,
        kept: Session,
        chosen: Reports,
        told: Told,
        event: gr.EventData,
        request: gr.Request,
    ) -> tuple[str, Session, Reports]:
        """Answer the question of a button."""
        kept, chosen = self._recall(told, kept, chosen)
        top_k = event.top if isinstance(event.top, int) else None
        is_literal = event.is_literal is True
        question = str(event.question)
        shown = self._ask(
            kept, question, chosen, top_k=top_k, is_literal=is_literal, request=request
        )
        return *shown, chosen

    def choose(self, event: gr.EventData) -> Reports:
        """Ask only these reports from now on."""
        return tuple(report_id for report_id in self.titles() if report_id in event.reports)

    def judge(self, kept: Session, told: Told, event: gr.EventData) -> str:
        """Keep a judgement."""
        kept, _ = self._recall(told, kept)
        try:
            session.judge(self._library, kept, event.turn, event.paragraph, event.verdict)
        except ReportQaError as error:
            return _message(sentence=str(error))
        return _message(sentence="Kept. Thank you.")

    def export(self, kept: Session, told: Told, event: gr.EventData) -> str:
        """Hand over the conversation as a file."""
        kept, _ = self._recall(told, kept)
        try:
            return _message(file=asdict(session.to_file(self._library, kept, event.form)))
        except ReportQaError as error:
            return _message(sentence=str(error))

    def open(self, event: gr.EventData) -> Update:
        """Show another report; one that is not there leaves the pane as it is."""
        is_there = event.report in self.titles()
        return self.report(event.report) if is_there else gr.skip()

    def titles(self) -> dict[str, str]:
        """Of each report, by its id."""
        library = self._library
        return {report_id: library.metadata(report_id).title for report_id in library.report_ids()}

    def report(self, report_id: str) -> str:
        """A report for the pane, or why there is none."""
        try:
            return report_html(self._library.report(report_id), self.titles())
        except ReportQaError as error:  # gone meanwhile, or the library is empty
            return page.alone_html(str(error))

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
        """The newest turn as HTML, and the conversation with it."""
        try:
            with self._watch.over("page", request.headers, partial(waited_seconds, request)):
                turn = session.ask(
                    self._library, kept, question, chosen, top_k=top_k, is_literal=is_literal
                )
                html = self._turn_html(turn)
        except ReportQaError as error:
            return page.notice_html(uuid.uuid4().hex, question, str(error)), kept
        return html, (*kept, turn)

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


class _AddingEvents:
    """What happens when a person adds reports on the page, or takes one back."""

    def __init__(
        self, events: _Events, library: Library, uploads: Uploads, metrics: Metrics | None
    ) -> None:
        self._events = events
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

    def _count(self, step: Step) -> None:
        for key, outcome in _OUTCOMES.items():
            if self._metrics and key in step:
                self._metrics.count_upload(outcome)

    def offer(self, added: str, chosen: Reports) -> tuple[str, str, Reports]:
        """Offer what was added, chosen where others are."""
        chosen = tuple(dict.fromkeys((*chosen, added))) if chosen else ()
        return self._library.generation(), *self._events.offer(chosen)

    def remove(
        self, chosen: Reports, event: gr.EventData
    ) -> tuple[str, Update, Update, Update, Update]:
        """Take back what was added; where it is being read, show another report."""
        report_id = str(_said(event, "report"))
        try:
            self._additions.remove(report_id)
            sentence = "Removed."
        except ReportQaError as error:
            sentence = f"Not removed: {error}."
        is_open = _said(event, "open") == report_id
        pane = self._events.report(next(iter(self._events.titles()), "")) if is_open else gr.skip()
        state, offered = self._library.generation(), self._events.offer(chosen)
        removed = {"report": report_id, "sentence": sentence}
        return _message(removed=removed), state, *offered, pane


def _wire_adding(
    events: _AddingEvents,
    demo: gr.Blocks,
    report: gr.HTML,
    state: gr.State,
    scope: gr.HTML,
    chosen: gr.State,
) -> None:
    """Lay out where reports are added, and wire its events. One file is read at a time."""
    adding = _html(html_template=dialog_html(), js_on_load=_ADDING, elem_id="adding")
    demo.load(events.enter, None, adding, queue=False, **_PRIVATE)
    added = gr.State("")
    adds = adding.add_file(events.add, None, [adding, added], concurrency_limit=1, **_PRIVATE)
    adds.then(None, js="finishAdding")
    adds.success(events.offer, [added, chosen], [state, scope, chosen], queue=False, **_PRIVATE)
    adding.remove_report(events.remove, chosen, [adding, state, scope, chosen, report], **_PRIVATE)


def _said(event: gr.EventData, name: str) -> object:
    """What a script of the page, or someone else, says with an event; None for nothing."""
    return getattr(event, name, None)


def _message(**content: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """What the clerk hands over; its name makes two of the same differ."""
    return json.dumps({"name": uuid.uuid4().hex, **content})
