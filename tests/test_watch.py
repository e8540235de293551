"""What an operator sees of questions: states, stages, requests."""

import pytest

from index.library import Library
from qa import session
from qa.answer import QuestionError, answer_question
from qa.endpoints import make_endpoints
from qa.record import keep_record, stage
from qa.serving.watch import FAILED, Asked, Watch

_WORDS = "Government Portugal moved to provide all migrants with social security numbers"


@pytest.fixture
def seen() -> list[Asked]:
    return []


@pytest.fixture
def watch(seen: list[Asked]) -> Watch:
    return Watch([seen.append])


def test_a_question_is_told_of_with_its_stages(
    library: Library, watch: Watch, seen: list[Asked]
) -> None:
    with watch.over("page", {"x-request-id": "abc-1"}, lambda: 0.25):
        answer = session.ask(library, (), _WORDS, ["global-compact-2020"]).answer
    (asked,) = seen
    assert (asked.request_id, asked.door, asked.state) == ("abc-1", "page", answer.state)
    assert (asked.n_citations, asked.reports) == (len(answer.hits), ("global-compact-2020",))
    assert (asked.sentence, asked.question) == ("", _WORDS)
    assert list(asked.seconds) == ["queue", "look_up", "encode", "rank", "cite", "whole"]
    assert asked.seconds["queue"] == 0.25
    parts = [asked.seconds[name] for name in ("look_up", "encode", "rank", "cite")]
    assert all(seconds > 0 for seconds in parts)
    assert sum(parts) < asked.seconds["whole"]


@pytest.mark.parametrize(
    ("question", "state"),
    [("para 12", "exact"), ("para 999", "not_found"), (_WORDS, "found")],
)
def test_states(
    library: Library, watch: Watch, seen: list[Asked], question: str, state: str
) -> None:
    with watch.over("api", {}):
        answer_question(question, library=library)
    assert [asked.state for asked in seen] == [state]


def test_a_refused_question_is_told_of_with_its_sentence(
    library: Library, watch: Watch, seen: list[Asked]
) -> None:
    with pytest.raises(QuestionError), watch.over("api", {}):
        answer_question("  ", library=library)
    assert [(asked.state, asked.n_citations) for asked in seen] == [("refused", 0)]
    assert seen[0].sentence == "the question is empty: type what you want to know"


def test_an_error_of_ours_is_told_of_without_its_words(
    library: Library, watch: Watch, seen: list[Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library.encoder, "encode", _break)
    with pytest.raises(ZeroDivisionError), watch.over("page", {}):
        answer_question(_WORDS, library=library)
    assert [(asked.state, asked.sentence) for asked in seen] == [("failed", FAILED)]


def _break(texts: list[str], kind: str) -> None:
    raise ZeroDivisionError(f"cannot encode {texts}")


def test_other_calls_are_not_questions(library: Library, watch: Watch, seen: list[Asked]) -> None:
    _, paragraph, reports = make_endpoints(library)
    with watch.over("api", {}):
        paragraph("global-compact-2020", "12")
        reports()
    assert seen == []


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, 'x"}\n{"forged": 1'])
def test_a_request_id_that_could_forge_a_line_is_replaced(
    library: Library, watch: Watch, seen: list[Asked], given: str
) -> None:
    with watch.over("api", {"x-request-id": given}):
        answer_question("para 12", library=library)
    assert len(seen[0].request_id) == 32
    assert seen[0].request_id.isalnum()


def test_nothing_is_noted_where_nobody_watches(library: Library) -> None:
    with Watch().over("page", {}), stage("rank"):
        assert answer_question("para 12", library=library).is_exact


def test_a_stage_that_comes_twice_is_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([1.0, 3.0, 10.0, 14.0])
    monkeypatch.setattr("qa.record.time.perf_counter", lambda: next(ticks))
    with keep_record() as record:
        for _ in range(2):
            with stage("rank"):
                pass
    assert record.seconds == {"rank": 6.0}
