import json
from importlib.resources import files

import pytest

from eval.collection import load_collection
from index.library import Library
from qa.answer import answer_question
from qa.conversation import leans_on_earlier, read_question


@pytest.mark.parametrize(
    "question",
    [
        "and what about children?", "who runs it?", "what will it pay for next?", "why?",
        "Is it one of the champions?", "How about Kenya?", "which ones?", "who else?",
        "what has it done for people without legal status?", "Where are they?",
        "What does the report say about it?", "But why is that?", "What happened that year?",
    ],
)  # fmt: skip
def test_questions_that_say_too_little_lean_on_the_ones_before(question: str) -> None:
    assert leans_on_earlier(question)


@pytest.mark.parametrize(
    "question",
    [
        "Which country gives every migrant a social security number?",
        "CIGEM Mali",
        "Why is it hard to judge how well the pact is being carried out in the current crisis?",
        "How many country-level coordination structures are there?",
        "What has Kenya done on migration since the Compact was adopted?",
        "Fair Recruitment Initiative",
        "What does this report say about children?",
        "How many Member States sent in material for this document?",
        "What is planned this year?",
        "Is there a one-stop shop for migrants?",
        "But which countries have laws against smuggling migrants by sea or over land?",
    ],
)
def test_questions_that_stand_alone_do_not(question: str) -> None:
    assert not leans_on_earlier(question)


def test_hardly_any_bundled_question_is_taken_for_a_follow_up() -> None:
    queries = load_collection("global-compact").queries.values()
    assert sum(map(leans_on_earlier, queries)) <= 0.03 * len(queries)


def test_a_follow_up_is_read_back_to_the_last_question_that_stood_alone() -> None:
    earlier = ["What is IGAD?", "Who runs the fund?", "and who pays?"]
    reading = read_question("how much is it?", earlier)
    assert reading.context == ("Who runs the fund?", "and who pays?")
    assert reading.queries == (
        "how much is it?",
        "Who runs the fund? and who pays? how much is it?",
    )


@pytest.mark.parametrize(
    ("n_characters", "kept"),
    [
        (10, [0, 1, 2, 3, 4]),
        (400, [0, 2, 3, 4]),
        (500, [0, 3, 4]),
        (1_000, [0]),  # two of them and the blank between are one character too long
        (2_000, [0]),
    ],
)
def test_of_a_long_conversation_its_beginning_and_its_end_are_read(
    n_characters: int, kept: list[int]
) -> None:
    opening = "Who runs the fund?".ljust(n_characters, "x")[:n_characters]
    later = [f"and {number}".ljust(n_characters, "x") for number in range(1, 5)]
    context = read_question("and who pays?", ["What is IGAD?", opening, *later]).context
    assert context == tuple([opening, *later][number] for number in kept)
    assert len(" ".join(context)) <= 2_000


@pytest.mark.parametrize(
    "question",
    [
        "What does the report say about visa extensions?", "what is said about visa extensions",
        "Does this report say anything on visa extensions?", "What’s said of visa extensions?",
        "So, tell me what the document says about visa extensions in the report, please.",
        "Where does the report talk about visa extensions?", "what is written on visa extensions?",
        "where does the text mention visa extensions?", "And did that report say much about "
        "visa extensions?",
    ],
)  # fmt: skip
def test_of_a_question_what_the_report_says_the_subject_is_searched(question: str) -> None:
    assert read_question(question, []).queries == ("visa extensions",)


@pytest.mark.parametrize(
    "question",
    [
        "What does the report say social inclusion reflects?",
        "What does the report recommend on visa extensions?",
        "What does the World Bank say about remittances?",
        "What does the report say about it?",
        "What does the report say about those who return?",
        "What is mentioned first?",
        "What does the report say about?",
        "Tell me about visa extensions",
    ],
)
def test_words_that_tell_more_than_the_subject_are_kept(question: str) -> None:
    assert read_question(question, []).queries == (question,)


def test_a_follow_up_is_read_without_the_frames_of_either_question() -> None:
    earlier = ["What does the report say about visa extensions?"]
    reading = read_question("and what does the report say about children?", earlier)
    assert reading.queries == ("children", "visa extensions children")
    assert reading.context == tuple(earlier)  # as it was asked


def test_a_fresh_question_after_a_switch_is_not_dragged_back(library: Library) -> None:
    question = "Which country gives every migrant a social security number?"
    assert read_question(question, ["What did Kenya do?"]).queries == (question,)
    alone = answer_question(question, library=library)
    later = answer_question(question, library=library, earlier=["What did Kenya do?"])
    assert later == alone


@pytest.mark.model
def test_later_turns_gain_from_the_earlier_ones(real_library: Library) -> None:
    path = files("eval").joinpath("collections", "global-compact", "conversations.jsonl")
    hits = {"alone": 0, "together": 0}
    n_turns = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        turns = json.loads(line)["turns"]
        for position, turn in enumerate(turns[1:], start=1):
            n_turns += 1
            earlier = [before["text"] for before in turns[:position]]
            for name, given in (("alone", []), ("together", earlier)):
                answer = answer_question(turn["text"], library=real_library, top_k=3, earlier=given)
                found = {hit.paragraph.number for hit in answer.hits}
                hits[name] += bool(found & turn["relevant"].keys())
    assert n_turns == 22
    assert hits["alone"] >= 16
    assert hits["together"] >= 20
