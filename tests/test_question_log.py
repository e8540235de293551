"""The log of questions: one line of JSON each, without their words unless asked for."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from index.errors import LibraryError
from index.library import Library
from qa.answer import MAX_QUESTION_LENGTH, QuestionError, answer_question
from qa.serving.log import QuestionLog
from qa.serving.watch import Asked, Watch

_ASKED = Asked(
    "r1", "page", "found", {"look_up": 0.0001, "whole": 0.00512}, 2, ("a", "b"), "", "who\nruns it?"
)  # fmt: skip
_SECRET = "zanzibarium"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[QuestionLog]:
    with closing(QuestionLog(str(tmp_path / "log"))) as log:
        yield log


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_says_what_became_of_a_question(log: QuestionLog, tmp_path: Path) -> None:
    log(_ASKED)
    (line,) = _lines(tmp_path / "log")
    age = datetime.now(UTC) - datetime.fromisoformat(line.pop("time"))
    assert timedelta(0) <= age + timedelta(milliseconds=1) < timedelta(minutes=1)
    assert line == {
        "request": "r1",
        "door": "page",
        "state": "found",
        "milliseconds": {"look_up": 0.1, "whole": 5.12},
        "citations": 2,
        "reports": ["a", "b"],
    }


def test_words_are_written_only_where_asked_for(tmp_path: Path) -> None:
    with closing(QuestionLog(str(tmp_path / "log"), has_questions=True)) as log:
        log(_ASKED)
    assert [line["question"] for line in _lines(tmp_path / "log")] == ["who\nruns it?"]


@pytest.mark.parametrize(
    ("question", "top_k"),
    [
        (f"what of {_SECRET}?", None),
        (f"para 12 of {_SECRET}", None),
        (f"where is {_SECRET} mentioned?", None),
        (_SECRET * 300, None),  # too long
        (f"why {_SECRET}?", 999),  # too many
    ],
)
def test_no_word_of_a_question_is_in_the_log(
    library: Library, log: QuestionLog, tmp_path: Path, question: str, top_k: int | None
) -> None:
    with suppress(QuestionError), Watch([log]).over("api", {}):
        answer_question(question, library=library, top_k=top_k)
    (line,) = _lines(tmp_path / "log")
    is_refused = top_k is not None or len(question) > MAX_QUESTION_LENGTH
    assert (line["state"] == "refused") == ("sentence" in line) == is_refused
    assert _SECRET not in (tmp_path / "log").read_text(encoding="utf-8")


def test_no_word_is_in_the_log_where_the_program_fails(
    library: Library, log: QuestionLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library.encoder, "encode", _break)
    with pytest.raises(ZeroDivisionError, match=_SECRET), Watch([log]).over("api", {}):
        answer_question(f"what of {_SECRET}?", library=library)
    (line,) = _lines(tmp_path / "log")
    assert line["state"] == "failed"
    assert _SECRET not in json.dumps(line)


def _break(texts: list[str], kind: str) -> None:
    raise ZeroDivisionError(f"cannot encode {texts}")


def test_a_log_that_is_moved_away_is_begun_anew(log: QuestionLog, tmp_path: Path) -> None:
    log(_ASKED)
    (tmp_path / "log").rename(tmp_path / "old")
    log(_ASKED)
    assert [len(_lines(tmp_path / name)) for name in ("old", "log")] == [1, 1]


def test_a_log_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"^cannot write the log .*/nowhere/log .No such file"):
        QuestionLog(str(tmp_path / "nowhere" / "log"))


def test_standard_output_is_the_logs_alone() -> None:
    program = (
        "import os\n"
        "from qa.serving.log import QuestionLog\n"
        "from tests.test_question_log import _ASKED\n"
        "log = QuestionLog('-')\n"
        "print('a word of Gradio')\n"
        "os.system('echo a word of another program')\n"
        "log(_ASKED)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["request"] == "r1"
    assert "a word of Gradio" in done.stderr
    assert "a word of another program" in done.stderr
