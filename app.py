"""The page: a conversation, and the report beside it. Layout and events only."""

import errno
import json
import os
import uuid
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from inspect import Parameter, signature
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
from qa.page_report import report_html
from qa.session import Session
from qa.suggest import suggest

_EXAMPLES = (
    "Which country gives every migrant a social security number?",
    "How did the pandemic affect remittances?",
    "What is being done to end the detention of migrant children?",
    "Who pays into the start-up fund, and how much is in it?",
)
_QUEUE_LENGTH = 64
_AT_ONCE = 4  # questions answered side by side

# Gradio finds the events that a script sends by their names in quotes.
_CONVERSATION = """
startConversation(element, trigger, watch, props);  // "ask", "judge", "export", "restart"
"""
_READING = 'startReading(element, trigger, watch);  // "open"'
_SCOPE = 'startScope(element, trigger);  // "choose"'
_CLERK = "startClerk(watch, props);"

_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

Reports = tuple[str, ...]  # ids of the reports that are asked; none for all
Shown = tuple[str, Session]  # the newest turn as HTML, and the conversation with it


def serve(
    library: Library,
    *,
    host: str,
    port: int,
    open_browser: bool,
    login: tuple[str, str] | None = None,
) -> None:
    """Serve the page until interrupted.

    Args:
        library: whose reports are asked.
        host: address to listen on.
        port: port to listen on.
        open_browser: whether to open the page for the person who started it.
        login: the name and password of those who may come in; everyone by default.
    Raises:
        QuestionError: the port is taken, or the address is not this machine's.
    """
    suggest(answer_question(_EXAMPLES[0], library=library), library)  # loads all that is lazy
    demo = build_page(library).queue(max_size=_QUEUE_LENGTH, default_concurrency_limit=_AT_ONCE)
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
            app_kwargs={"middleware": [Middleware(_NoFiles)]},
        )
    except OSError as error:
        raise QuestionError(
            f"cannot listen on {host}:{port} ({os.strerror(error.errno or errno.EADDRINUSE)}): "
            "choose another --port or --host"
        ) from error
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


def build_page(library: Library) -> gr.Blocks:
    """Lay out the page and wire its events."""
    events = _Events(library)
    examples = _EXAMPLES if BUNDLED_REPORT in library.report_ids() else ()
    with gr.Blocks(title="Ask the report", analytics_enabled=False, fill_width=True) as demo:
        kept, chosen = gr.State(()), gr.State(())
        _html(html_template=page.masthead_html(), js_on_load="startTabs(element);")
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

        demo.load(events.enter, kept, [report, scope, conversation, kept], **_PRIVATE)
        box.submit(None, js="beginAsking")
        box.submit(events.type, [box, kept, chosen], [box, conversation, kept], **_PRIVATE).then(
            None, js="finishAsking"
        )
        conversation.ask(events.click, [kept, chosen], [conversation, kept], **_PRIVATE).then(
            None, js="finishAsking"
        )
        scope.choose(events.choose, None, chosen, **_PRIVATE)
        conversation.restart(lambda: (), None, kept, **_PRIVATE)
        conversation.judge(events.judge, kept, clerk, **_PRIVATE)
        conversation.export(events.export, kept, clerk, **_PRIVATE)
        report.open(events.open, None, report, **_PRIVATE)
        for endpoint in make_endpoints(library):
            api(_callable(endpoint))
    assert isinstance(demo, gr.Blocks)
    return demo


def _callable(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """An endpoint as Gradio calls it: with the request, and a mistake as one sentence."""

    @wraps(endpoint)
    def call(*arguments: Any) -> Any:  # noqa: ANN401 - whatever the endpoint takes and gives
        request, *inputs = arguments
        try:
            found = endpoint(*inputs)
        except ReportQaError as error:
            raise gr.Error(str(error), print_exception=False) from error
        if "mcp-protocol-version" in request.headers:  # Gradio would write Python, not JSON
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

    def __init__(self, library: Library) -> None:
        self._library = library

    def enter(self, kept: Session, request: gr.Request) -> tuple[str, str, str, Session]:
        """Show the report that the address names, and ask what it asks."""
        titles = self._titles()
        named = request.query_params.get("report", "")
        report = self._report(named if named in titles else next(iter(titles), ""))
        question = request.query_params.get("q", "")
        turn, kept = self._ask(kept, question) if question else ("", kept)
        return report, page.scope_html(titles), turn, kept

    def type(self, question: str, kept: Session, chosen: Reports) -> tuple[str, str, Session]:
        """Answer what was typed, and empty the box."""
        return "", *self._ask(kept, question, chosen)

    def click(self, kept: Session, chosen: Reports, event: gr.EventData) -> Shown:
        """Answer the question of a button."""
        top_k = event.top if isinstance(event.top, int) else None
        is_literal = event.is_literal is True
        return self._ask(kept, str(event.question), chosen, top_k=top_k, is_literal=is_literal)

    def choose(self, event: gr.EventData) -> Reports:
        """Ask only these reports from now on."""
        return tuple(report_id for report_id in self._titles() if report_id in event.reports)

    def judge(self, kept: Session, event: gr.EventData) -> str:
        """Keep a judgement."""
        try:
            session.judge(self._library, kept, event.turn, event.paragraph, event.verdict)
        except ReportQaError as error:
            return _message(sentence=str(error))
        return _message(sentence="Kept. Thank you.")

    def export(self, kept: Session, event: gr.EventData) -> str:
        """Hand over the conversation as a file."""
        try:
            return _message(file=asdict(session.to_file(self._library, kept, event.form)))
        except ReportQaError as error:
            return _message(sentence=str(error))

    def open(self, event: gr.EventData) -> Any:  # noqa: ANN401 - Gradio's own where nothing changes
        """Show another report; one that is not there leaves the pane as it is."""
        is_there = event.report in self._titles()
        return self._report(event.report) if is_there else gr.skip()

    def _titles(self) -> dict[str, str]:
        library = self._library
        return {report_id: library.metadata(report_id).title for report_id in library.report_ids()}

    def _report(self, report_id: str) -> str:
        try:
            return report_html(self._library.report(report_id), self._titles())
        except ReportQaError as error:  # gone meanwhile, or the library is empty
            return page.alone_html(str(error))

    def _ask(
        self,
        kept: Session,
        question: str,
        chosen: Reports = (),
        *,
        top_k: int | None = None,
        is_literal: bool = False,
    ) -> Shown:
        """The newest turn as HTML, and the conversation with it."""
        try:
            turn = session.ask(
                self._library, kept, question, chosen, top_k=top_k, is_literal=is_literal
            )
        except ReportQaError as error:
            return page.notice_html(uuid.uuid4().hex, question, str(error)), kept
        covers = session.covers(self._library, (turn,))
        suggestions = suggest(turn.answer, self._library, reports=chosen)
        html = page.turn_html(
            turn.turn_id,
            turn.answer,
            covers,
            suggestions,
            names_reports=len(self._library.report_ids()) > 1,
        )
        return html, (*kept, turn)


def _message(**content: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """What the clerk hands over; its name makes two of the same differ."""
    return json.dumps({"name": uuid.uuid4().hex, **content})
