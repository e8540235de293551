"""A conversation that the browser tells of, where the process does not know it."""

from typing import Any

import pytest

from index.errors import LibraryError
from index.library import Library
from qa import session
from qa.session import Session, recall, told_of


@pytest.fixture
def talk(library: Library) -> Session:
    """A question, one that leans on it, and one that is asked by itself."""
    first = session.ask(library, (), "How many actions are in Portugal's plan?")
    second = session.ask(library, (first,), "who runs it?", ["global-compact-2020"], top_k=3)
    third = session.ask(library, (first, second), "who runs it?", is_literal=True)
    return first, second, third


def _told(talk: Session) -> list[dict[str, Any]]:
    return [told_of(turn) for turn in talk]


def test_another_process_comes_to_the_same_conversation(library: Library, talk: Session) -> None:
    assert recall(library, (), _told(talk)) == talk
    assert talk[1].answer.context == ("How many actions are in Portugal's plan?",)
    assert (talk[1].top_k, len(talk[1].answer.hits)) == (3, 3)
    assert talk[2].answer.context == ()


def test_what_the_process_remembers_is_not_asked_again(
    library: Library, talk: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(session, "answer_question", lambda question, **_: asked.append(question))
    recalled = recall(library, talk, _told(talk))
    assert all(one is other for one, other in zip(recalled, talk, strict=True))
    assert asked == []


def test_the_browser_knows_what_the_conversation_is(library: Library, talk: Session) -> None:
    assert recall(library, talk, _told(talk[:1])) == talk[:1]
    assert recall(library, talk, []) == ()  # a new conversation
    assert recall(library, talk, None) == talk  # a program that tells nothing


def test_a_turn_that_cannot_be_asked_again_is_left_out(library: Library, talk: Session) -> None:
    told = _told(talk)
    told[0]["question"] = " "
    told[1]["reports"] = ["gone"]
    recalled = recall(library, (), told)
    assert [turn.turn_id for turn in recalled] == [talk[1].turn_id, talk[2].turn_id]
    assert recalled[0].answer.context == ()
    assert recalled[0].reports == ()


@pytest.mark.parametrize(
    "told",
    [
        ["para 12"],
        [{}],
        [{"turn": "x", "question": "para 12"}],
        [{"turn": "0" * 32}],
        [{"turn": "0" * 32, "question": "para 12", "top": 10**6}],
        [{"turn": '"><script>', "question": "para 12"}],
        [{"turn": "0" * 32, "question": "x" * 3000}],
    ],
)
def test_what_nobody_asked_is_no_turn(library: Library, told: list[Any]) -> None:
    assert recall(library, (), told) == ()


def test_of_a_long_conversation_the_end_is_asked_again(library: Library, talk: Session) -> None:
    later = [
        {"turn": f"{number:032x}", "question": f"para {number}", "literal": True}
        for number in range(1, 61)
    ]
    recalled = recall(library, talk, [*_told(talk), *later])
    assert recalled[:3] == talk  # which is remembered
    assert [turn.answer.question for turn in recalled[3:]] == [f"para {n}" for n in range(11, 61)]


def test_a_library_that_cannot_be_asked_keeps_what_is_remembered(
    library: Library, talk: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refuse() -> None:
        asked.append("once")
        raise LibraryError("the library is gone")

    monkeypatch.setattr(library, "report_ids", refuse)
    unknown = [{"turn": f"{number:032x}", "question": "para 12"} for number in range(20)]
    told = [*_told(talk[:1]), *unknown, *_told(talk[1:])]
    assert recall(library, talk[:2], told) == talk[:2]
    assert asked == ["once"]  # of 21 questions that are not remembered
