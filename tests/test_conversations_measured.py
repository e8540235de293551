import json

import pytest

from eval.collection import CollectionError, load_collection
from eval.conversations import measure_conversations
from eval.questions import Conversation, Turn
from index.library import BUNDLED_REPORT, Library
from index.report import Report

_ZOO = (
    b"1. Lions roar at dawn.\n\n2. Wolves howl at the moon.\n\n"
    b"3. Keepers feed lions daily.\n\n4. Keepers feed wolves weekly.\n"
)


@pytest.fixture
def zoo(library: Library) -> Report:
    return library.add_file(_ZOO, "zoo.md")


_LIONS = Conversation(
    "c1",
    (
        Turn("where do wolves howl at the moon", {"2": 2}),
        Turn("and who do keepers feed?", {"4": 2}),
        Turn("lions roar at dawn", {"1": 2}),
        Turn("and what else?", {}),
    ),
)


def test_later_turns_are_read_with_the_earlier_ones_and_alone(
    library: Library, zoo: Report
) -> None:
    found = measure_conversations(library, zoo, [_LIONS])
    assert [turn.turn_id for turn in found.turns] == ["c1.2", "c1.3"]  # the last is not judged
    follow_up, switch = found.turns
    assert follow_up.context == ("where do wolves howl at the moon",)
    assert switch.context == ()
    assert switch.with_earlier == switch.alone == {"Success@1": 1, "Success@3": 1, "nDCG@10": 1}
    assert follow_up.alone["Success@1"] == 0  # paragraph 3 is as good, and comes first
    assert follow_up.with_earlier["Success@3"] == 1
    assert follow_up.with_earlier["nDCG@10"] > 0
    assert (found.n, found.n_read_with_earlier) == (2, 1)
    assert found.alone["Success@1"] == 0.5
    mean = (follow_up.with_earlier["nDCG@10"] + 1) / 2
    assert found.with_earlier["nDCG@10"] == pytest.approx(mean)
    assert json.loads(json.dumps(found.as_json()))["turns"][0]["turn_id"] == "c1.2"


def test_conversations_without_a_judged_later_turn_are_refused(
    library: Library, zoo: Report
) -> None:
    short = Conversation("c1", _LIONS.turns[:1])
    unjudged = Conversation("c2", (_LIONS.turns[0], Turn("and who?", {"1": 0})))
    with pytest.raises(CollectionError, match="judges no later turn: grade paragraphs"):
        measure_conversations(library, zoo, [short, unjudged])


@pytest.mark.model
def test_the_earlier_turns_help_the_bundled_conversations(real_library: Library) -> None:
    conversations = load_collection("global-compact").conversations
    report = real_library.report(BUNDLED_REPORT)
    found = measure_conversations(real_library, report, conversations)
    assert found.n == 22
    assert found.with_earlier["Success@1"] >= 0.59
    assert found.with_earlier["Success@3"] >= 0.90
    assert found.with_earlier["nDCG@10"] > found.alone["nDCG@10"] + 0.05
