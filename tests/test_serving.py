"""The flags of `qa serve` for an operator."""

from pathlib import Path
from typing import Any

import pytest

from qa.cli import main
from qa.serving.log import QuestionLog


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the page is started with."""
    given: dict[str, Any] = {}
    monkeypatch.setattr("qa.cli.serving.open_library", lambda: None)
    monkeypatch.setattr("app.serve", lambda library, **options: given.update(options))
    return given


def test_there_are_no_metrics_and_no_log_by_default(given: dict[str, Any]) -> None:
    assert main(["serve", "--no-open"]) == 0
    assert (given["metrics_at"], given["log"]) == (None, None)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("9860", ("127.0.0.1", 9860)),
        ("0.0.0.0:9860", ("0.0.0.0", 9860)),
        ("[::1]:9860", ("::1", 9860)),
    ],
)
def test_metrics_stay_on_this_machine_unless_an_address_is_named(
    given: dict[str, Any], text: str, address: tuple[str, int]
) -> None:
    assert main(["serve", "--no-open", "--metrics", text]) == 0
    assert given["metrics_at"] == address


@pytest.mark.parametrize("text", ["", "nine", "0", "65536", "host:", "-1"])
def test_a_port_that_is_none_is_one_sentence(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["serve", f"--metrics={text}"])
    sentence = f"qa: argument --metrics: {text!r} is no port, and no address with one: "
    assert capsys.readouterr().err.startswith(sentence)


def test_a_log_is_opened_before_the_page(given: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    assert main(["serve", "--no-open", "--log", str(path)]) == 0
    log = given["log"]
    assert isinstance(log, QuestionLog)
    log.close()
    assert path.read_text(encoding="utf-8") == ""


def test_words_without_a_log_are_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--log-questions"]) == 2
    assert capsys.readouterr().err == "qa: --log-questions needs a log: name one with --log\n"
