"""What a follow-up question refers to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_OPENING = re.compile(
    r"(?:and|but|or|also|what about|how about|which ones?|(?:who|what|where|anything) else"
    r"|any others?|why not|since when|for whom)\b",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?:why|how|when|where|who|which|what)\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"(?:its?|they|them|theirs?|these|those|this|that|he|she|his|hers?|him|ones?)", re.IGNORECASE
)
_SHORT = 10  # words: in a longer question a pronoun mostly refers within it


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question is read.

    Attributes:
        queries: what retrieval gets; their scores are added.
        context: the earlier questions it leans on, oldest first; none where it stands
            alone.
    """

    queries: tuple[str, ...]
    context: tuple[str, ...]


def read_question(question: str, earlier: Sequence[str]) -> Reading:
    """Read a question in the light of the conversation.

    A question that leans on the ones before is asked twice, alone and behind them, back
    to the last that stood alone. One that stands alone is never dragged back.

    Args:
        question: the one to answer.
        earlier: the conversation's questions so far, oldest first.
    """
    if not earlier or not leans_on_earlier(question):
        return Reading((question,), ())
    first = len(earlier) - 1
    while first > 0 and leans_on_earlier(earlier[first]):
        first -= 1
    context = tuple(earlier[first:])
    return Reading((question, " ".join([*context, question])), context)


def leans_on_earlier(question: str) -> bool:
    """Whether a question says too little alone: "and children?", "who runs it?", "why?"."""
    words = re.findall(r"[\w'’]+", question)
    if _OPENING.match(question.strip()):
        return True
    if len(words) <= 2 and _BARE.match(question.strip()):
        return True
    is_short = len(words) <= _SHORT
    return is_short and any(_PRONOUN.fullmatch(word) for word in words[:6] + words[-1:])
