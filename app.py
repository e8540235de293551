"""The page: a chat box, and the report beside it. Layout and events only."""

import errno
import os
from functools import partial
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when Gradio is imported

import gradio as gr

from index.errors import ReportQaError
from index.library import Library
from qa import page
from qa.answer import MAX_QUESTION_LENGTH, QuestionError, answer_question

_EXAMPLES = (
    "Which country gives every migrant a social security number?",
    "How did the pandemic affect remittances?",
    "What is being done to end the detention of migrant children?",
    "Who pays into the start-up fund, and how much is in it?",
)
_QUEUE_LENGTH = 64
_AT_ONCE = 4  # questions answered side by side

Message = dict[str, Any]


def serve(library: Library, *, host: str, port: int, open_browser: bool) -> None:
    """Serve the page until interrupted.

    Raises:
        QuestionError: the port is taken, or the address is not this machine's.
    """
    answer_question("What is this report about?", library=library)  # loads all that is lazy
    demo = build_page(library).queue(
        max_size=_QUEUE_LENGTH, default_concurrency_limit=_AT_ONCE, api_open=False
    )
    try:
        demo.launch(
            server_name=host,
            server_port=port,
            inbrowser=open_browser,
            share=False,
            enable_monitoring=False,
            run_history=False,
            quiet=True,
            prevent_thread_lock=True,
            ssr_mode=False,
            footer_links=[],
            theme=gr.themes.Base(font=["Georgia", "Noto Serif", "serif"], font_mono=["monospace"]),
            css=page.asset("page.css"),
            head=f"<script>{page.asset('page.js')}</script>",
        )
    except OSError as error:
        raise QuestionError(
            f"cannot listen on {host}:{port} ({os.strerror(error.errno or errno.EADDRINUSE)}): "
            "choose another --port or --host"
        ) from error
    print(f"The page is at {demo.local_url} (Ctrl-C stops it)", flush=True)
    demo.block_thread()


def build_page(library: Library) -> gr.Blocks:
    """Lay out the page and wire its events."""
    report = library.report(library.report_ids()[0])
    respond = partial(_respond, library)
    with gr.Blocks(title="Report QA", analytics_enabled=False, fill_width=True) as demo:
        gr.HTML(
            '<div class="masthead"><h1>Ask the report</h1><p>Answers are numbered paragraphs, '
            "quoted word for word. Nothing leaves this machine.</p></div>"
        )
        with gr.Row(elem_id="columns"):
            with gr.Column(scale=1, min_width=320):
                chat = gr.Chatbot(
                    label="Conversation",
                    elem_id="chat",
                    height="calc(100vh - 16.2rem)",
                    min_height=320,
                    autoscroll=False,
                    buttons=["copy"],
                    latex_delimiters=[],
                    placeholder="Ask a question about the report, or choose one:",
                    examples=[{"text": question} for question in _EXAMPLES],
                )
                box = gr.Textbox(
                    label="Your question",
                    elem_id="question",
                    placeholder="What do you want to know?",
                    max_length=MAX_QUESTION_LENGTH,
                    submit_btn="Ask",
                    autofocus=True,
                )
            with gr.Column(scale=1, min_width=320):
                gr.HTML(page.report_html(report), elem_id="report-pane", apply_default_css=False)
        chat.example_select(_example, None, box, api_visibility="private").then(
            respond, [box, chat], [box, chat], api_visibility="private"
        ).then(None, js="showLastQuestion")
        box.submit(respond, [box, chat], [box, chat], api_visibility="private").then(
            None, js="showLastQuestion"
        )
    assert isinstance(demo, gr.Blocks)
    return demo


def _example(chosen: gr.SelectData) -> str:
    """The text of the example that was clicked."""
    text: str = chosen.value["text"]
    return text


def _typed(message: Message) -> str:
    """The question that a message of the conversation shows."""
    content = message["content"]
    text = content if isinstance(content, str) else content[0]["text"]
    return page.question_of(text)


def _respond(library: Library, question: str, history: list[Message]) -> tuple[str, list[Message]]:
    """Add a question and its answer to the conversation, and empty the box."""
    try:
        asked = [_typed(message) for message in history if message["role"] == "user"]
        earlier = [text for text in asked if text.strip()]
        answer = page.answer_html(answer_question(question, library=library, earlier=earlier))
    except ReportQaError as error:
        answer = page.notice_html(str(error))
    return "", [
        *history,
        {"role": "user", "content": page.question_html(question)},
        {"role": "assistant", "content": answer},
    ]
