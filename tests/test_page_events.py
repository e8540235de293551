"""What the page says while the server that keeps its library is down."""

from types import SimpleNamespace

import gradio as gr
import pytest

from index.errors import UnavailableError
from index.library import Library
from qa.page_events import AddingEvents, AskingEvents
from qa.serving.watch import Watch

_SENTENCE = "Milvus at db:19530 does not answer: look whether it runs"


class _Down(Library):
    """A library whose server is down."""

    def __init__(self) -> None:
        """Open nothing."""

    def __getattribute__(self, name: str) -> object:
        raise UnavailableError(_SENTENCE)


def _asking() -> AskingEvents:
    return AskingEvents(_Down(), Watch())


def test_the_page_opens_and_says_it_where_the_report_would_be() -> None:
    request = gr.Request(headers={}, query_params={"report": "any"})
    report, _, kept, turns, chosen, state = _asking().enter((), (), None, request)
    assert f'<p class="notice">{_SENTENCE}</p>' in report
    assert (kept, turns, chosen, state) == ((), "", (), "")


def test_what_an_answer_has_said_is_not_said_again() -> None:
    assert _asking().notice("a state", ()) == (gr.skip(),) * 3


@pytest.mark.parametrize("event", ["choose", "open"])
def test_a_click_is_answered_with_the_sentence(event: str) -> None:
    data = gr.EventData(None, {"reports": ["any"], "report": "any"})
    with pytest.raises(gr.Error, match=_SENTENCE) as shown:
        getattr(_asking(), event)(data)
    assert not shown.value.print_exception


def test_so_is_what_follows_an_addition_or_a_removal() -> None:
    events = AddingEvents.__new__(AddingEvents)
    events.__dict__.update(_library=_Down(), _uploads=SimpleNamespace(), _metrics=None)
    with pytest.raises(gr.Error, match=_SENTENCE):
        events.offer("any", ())
