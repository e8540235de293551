"""The page in Gradio: starting it, its layout, and which event leads where."""

import errno
import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when Gradio is imported

import gradio as gr
from gradio.events import api
from starlette.middleware import Middleware

from index.library import BUNDLED_REPORT, Library, library_url
from qa import page
from qa.answer import MAX_QUESTION_LENGTH, QuestionError, answer_question
from qa.endpoints import make_endpoints
from qa.page_added import dialog_html
from qa.page_events import AddingEvents, AskingEvents, called_by_programs
from qa.page_uploads import FILE_BYTES, NoFiles, UploadDoor, Uploads
from qa.serving.gradio_queue import queue_state
from qa.serving.health import HealthDoor, Readiness
from qa.serving.log import QuestionLog
from qa.serving.metrics import Metrics
from qa.serving.watch import Watch
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
_SCOPE = 'startScope(element, trigger, watch);  // "choose"'
_ADDING = 'startAdding(element, trigger, watch, props, upload);  // "add_file", "remove_report"'
_CLERK = "startClerk(watch, props);"

# What is typed while a question is being answered stays in the box: Gradio sends one at a time.
_SEND = "(...inputs) => { beginAsking(); return withConversation(...inputs); }"
_EMPTY = "(typed) => typed === conversation.question ? '' : typed"

_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_TELLING: dict[str, Any] = {"js": "withConversation", **_PRIVATE}


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
    readiness, metrics = Readiness(library.generation), None
    if metrics_at:
        metrics = Metrics(library, lambda: queue_state(demo._queue), readiness.obstacle)
    watch = Watch([observer for observer in (log, metrics) if observer])
    with TemporaryDirectory(prefix="report-qa-") as folder, ExitStack() as closing:
        if log:
            closing.callback(log.close)
        os.environ["GRADIO_TEMP_DIR"] = folder  # closed to other users
        uploads = None if is_read_only else Uploads(Path(folder))
        privacy = page.privacy_line(host, library_url())
        demo = build_page(library, privacy, uploads, watch, metrics)
        if metrics and metrics_at:
            closing.callback(metrics.serve(*metrics_at))
        middleware = [
            Middleware(HealthDoor, readiness=readiness),
            Middleware(NoFiles),
            Middleware(UploadDoor, uploads=uploads),
        ]
        _listen(demo, host, port, middleware, login=login, open_browser=open_browser)
        closing.callback(demo.close, verbose=False)
        # What questions need is loaded now, not with the first of them.
        suggest(answer_question(_EXAMPLES[0], library=library), library)
        readiness.start()
        print(f"The page is at {demo.local_url} (Ctrl-C stops it)", flush=True)
        demo.block_thread()


def build_page(
    library: Library,
    privacy: str,
    uploads: Uploads | None,
    watch: Watch,
    metrics: Metrics | None,
) -> gr.Blocks:
    """Lay out the page and wire its events.

    Args:
        library: whose reports are asked.
        privacy: where what a person sends stays.
        uploads: where files arrive that are added; None where nobody may add.
        watch: is told of each question.
        metrics: what counts uploads; nothing if None.
    """
    masthead = page.masthead_html(privacy, can_add=uploads is not None)
    examples = _EXAMPLES if BUNDLED_REPORT in library.report_ids() else ()
    with gr.Blocks(title="Ask the report", analytics_enabled=False, fill_width=True) as demo:
        parts = _lay_out(masthead, page.conversation_html(examples))
        _wire_asking(demo, parts, AskingEvents(library, watch))
        if uploads is not None:
            _wire_adding(demo, parts, AddingEvents(library, uploads, metrics))
        for endpoint in make_endpoints(library):
            api(called_by_programs(endpoint, watch))
    assert isinstance(demo, gr.Blocks)
    return demo


@dataclass(frozen=True, slots=True)
class _Parts:
    """What events read and change: first what is seen, then what is remembered."""

    conversation: gr.HTML
    scope: gr.HTML
    box: gr.Textbox
    report: gr.HTML
    clerk: gr.HTML  # hands over what answers do not
    kept: gr.State  # the conversation
    chosen: gr.State  # the reports that are asked
    state: gr.State  # of the library, as the page shows it
    told: gr.JSON  # what the browser tells of the conversation: see conversation.js


def _lay_out(masthead: str, welcome: str) -> _Parts:
    """The title, and below it the conversation and the report side by side."""
    _html(html_template=masthead, js_on_load="startTabs(element);")
    with gr.Row(elem_id="columns"):
        with gr.Column(elem_id="asking", min_width=0):
            conversation = _html(
                html_template=welcome, js_on_load=_CONVERSATION, elem_id="conversation"
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
    remembered = gr.State(()), gr.State(()), gr.State(""), gr.JSON(visible=False)
    return _Parts(conversation, scope, box, report, clerk, *remembered)


def _wire_asking(demo: gr.Blocks, parts: _Parts, events: AskingEvents) -> None:
    conversation, scope, kept, chosen = parts.conversation, parts.scope, parts.kept, parts.chosen
    memory, shown = [kept, chosen, parts.told], [kept, conversation, chosen]
    entered = [parts.report, scope, *shown, parts.state]
    demo.load(events.enter, memory, entered, js="withLost", **_PRIVATE)
    typed = parts.box.submit(events.type, [parts.box, *memory], shown, js=_SEND, **_PRIVATE)
    typed.success(None, parts.box, parts.box, js=_EMPTY)
    clicked = conversation.ask(events.click, memory, shown, **_TELLING)
    offered = [parts.state, scope, chosen]
    for asked in (typed, clicked):
        asked.then(None, js="finishAsking")
        asked.success(events.notice, [parts.state, chosen], offered, queue=False, **_PRIVATE)
    scope.choose(events.choose, None, chosen, **_PRIVATE)
    conversation.restart(lambda: (), None, kept, **_PRIVATE)
    conversation.judge(events.judge, [kept, parts.told], parts.clerk, **_TELLING)
    conversation.export(events.export, [kept, parts.told], parts.clerk, **_TELLING)
    parts.report.open(events.open, None, parts.report, **_PRIVATE)


def _wire_adding(demo: gr.Blocks, parts: _Parts, events: AddingEvents) -> None:
    """Lay out where reports are added, and wire its events. One file is read at a time."""
    adding = _html(html_template=dialog_html(), js_on_load=_ADDING, elem_id="adding")
    added, offered = gr.State(""), [parts.state, parts.scope, parts.chosen]
    demo.load(events.enter, None, adding, queue=False, **_PRIVATE)
    adds = adding.add_file(events.add, None, [adding, added], concurrency_limit=1, **_PRIVATE)
    adds.then(None, js="finishAdding")
    adds.success(events.offer, [added, parts.chosen], offered, queue=False, **_PRIVATE)
    removed = [adding, *offered, parts.report]
    adding.remove_report(events.remove, parts.chosen, removed, **_PRIVATE)


def _html(**settings: Any) -> gr.HTML:  # noqa: ANN401 - Gradio's own
    return gr.HTML(apply_default_css=False, **settings)


def _listen(
    demo: gr.Blocks,
    host: str,
    port: int,
    middleware: Sequence[Middleware],
    *,
    login: tuple[str, str] | None,
    open_browser: bool,
) -> None:
    """Answer on an address, in threads.

    Raises:
        QuestionError: the port is taken, or the address is not this machine's.
    """
    demo.queue(max_size=_QUEUE_LENGTH, default_concurrency_limit=_AT_ONCE)
    try:
        demo.launch(
            server_name=host,
            server_port=port,
            inbrowser=open_browser,
            auth=login,
            mcp_server=login is None,  # Gradio cannot log its tools in
            max_file_size=FILE_BYTES,
            share=False,
            enable_monitoring=False,
            run_history=False,
            ssr_mode=False,
            quiet=True,
            prevent_thread_lock=True,
            footer_links=[],
            theme=gr.themes.Base(font=["Source Serif 4", "serif"], font_mono=["monospace"]),
            head=page.head_html(),
            app_kwargs={"middleware": list(middleware)},
        )
    except OSError as error:
        raise QuestionError(
            f"cannot listen on {host}:{port} ({os.strerror(error.errno or errno.EADDRINUSE)}): "
            "choose another --port or --host"
        ) from error
