"""The people of `make load`, played by Locust.

Each has a conversation of their own: a bundled question, a pause to read, then a question
that leans on it. An answer is right if it cites first what it cites when nobody else asks, and
a follow-up if it is read with that person's own question.
"""

import json
import os
import random
import time
import uuid
from html import unescape

from locust import HttpUser, between, task

_PAUSE_SECONDS = (1.0, 3.0)
_FOLLOW_UP = "and what else is said about it?"


class Person(HttpUser):
    """Someone with the page open."""

    wait_time = between(*_PAUSE_SECONDS)

    def on_start(self) -> None:
        """Open the page."""
        self._session = uuid.uuid4().hex
        self._first_labels: dict[str, str] = json.loads(os.environ["FIRST_LABELS"])
        events = self.client.get("/config").json()["dependencies"]
        self._submit = next(
            event
            for event in events
            if event["backend_fn"] and [name for _, name in event["targets"]] == ["submit"]
        )

    @task
    def ask_and_follow_up(self) -> None:
        """Ask a question, read the answer, and ask on."""
        question, label = random.choice(list(self._first_labels.items()))
        self._ask(question, f">{label}</a>")
        self.wait()
        self._ask(_FOLLOW_UP, f"follow-up to “{question}”")

    def _ask(self, question: str, expected: str) -> None:
        """Ask as the page does; anything but the expected answer is a failure."""
        started = time.perf_counter()
        html = unescape(self._answer(question))
        self.environment.events.request.fire(
            request_type="ASK",
            name="answer",
            response_time=1000 * (time.perf_counter() - started),
            response_length=len(html),
            exception=None if expected in html else AssertionError(f"no {expected!r} in {html}"),
        )

    def _answer(self, question: str) -> str:
        """The HTML of the answer, from the stream of the person's session."""
        states = [None] * (len(self._submit["inputs"]) - 1)  # the server has them
        event = {
            "data": [question, *states],
            "fn_index": self._submit["id"],
            "session_hash": self._session,
        }
        joined = self.client.post("/gradio_api/queue/join", json=event)
        if not joined.ok:
            return str(joined.text)
        stream = self.client.get(
            "/gradio_api/queue/data", params={"session_hash": self._session}, stream=True,
            name="/gradio_api/queue/data",
        )  # fmt: skip
        for line in stream.iter_lines(decode_unicode=True):
            message = json.loads(line.removeprefix("data: ")) if line else {}
            if message.get("msg") == "process_completed":
                output = message["output"]
                return str(output["data"][1] if message["success"] else output)
        return "the stream ended"
