"""How a question is read: without its frame, and with the questions that it leans on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_QUESTION_LENGTH = 2_000  # characters

_LINK = re.compile(r"(?:and|but|or|also)\b", re.IGNORECASE)
_OPENING = re.compile(
    r"(?:what about|how about|which ones?|(?:who|what|where|anything) else"
    r"|any others?|why not|since when|for whom)\b",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?:why|how|when|where|who|which|what)\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"(?:its?|they|them|theirs?|these|those|this|that|he|she|his|hers?|him|ones?)", re.IGNORECASE
)
_REPORT = r"(?:the|this|that) (?:report|document|text)"
_THIS_REPORT = re.compile(rf"\b(?:{_REPORT}|this year)\b", re.IGNORECASE)
# Every report "says", so that these words match whatever paragraph speaks of reports. Of 76
# subjects asked about in six such ways a right paragraph comes first for 0.51 to 0.64, without
# the frame for 0.72.
_ABOUT = r"(?:about|of|on|regarding|concerning)"
_SAY = rf"(?:say|state|tell (?:me|us)|talk|speak)(?: (?:anything|something|much))? {_ABOUT}"
_FRAME = re.compile(
    rf"(?:(?:so|and|but|please),? )*(?:(?:(?:what|where) )?(?:does|did) {_REPORT} {_SAY}"
    rf"|(?:where )?(?:does|did) {_REPORT} (?:mention|discuss)"
    rf"|(?:(?:can|could) you )?tell me what {_REPORT} (?:says|said|states) {_ABOUT}"
    rf"|what(?: is|['’]s| was) (?:said|stated|written) {_ABOUT}) (?!{_PRONOUN.pattern}(?![\w-]))"
    rf"(?P<subject>[^\s?.!].*?)(?: in {_REPORT})?(?:,? please)?[\s?.!]*",
    re.IGNORECASE,
)
_SHORT = 10  # words: a longer question mostly says what it is about


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question is read.

    Attributes:
        queries: what retrieval gets, without frames; their scores are added.
        context: the earlier questions it leans on, oldest first; none where it stands
            alone.
    """

    queries: tuple[str, ...]
    context: tuple[str, ...]


def read_question(question: str, earlier: Sequence[str]) -> Reading:
    """Read a question in the light of the conversation.

    A question that leans on the ones before is asked twice, alone and behind them, back
    to the last that stood alone; of many, that one and the latest. One that stands alone is
    never dragged back.

    Args:
        question: the one to answer.
        earlier: the conversation's questions so far, oldest first.
    """
    asked = _drop_frame(question)
    if not earlier or not leans_on_earlier(question):
        return Reading((asked,), ())
    first = len(earlier) - 1
    while first > 0 and leans_on_earlier(earlier[first]):
        first -= 1
    context = _as_many_as_fit(earlier[first:])
    return Reading((asked, " ".join([*map(_drop_frame, context), asked])), context)


def _drop_frame(question: str) -> str:
    """The subject alone of "what does the report say about …?"; else the question."""
    framed = _FRAME.fullmatch(question.strip())
    return framed["subject"] if framed else question


def leans_on_earlier(question: str) -> bool:
    """Whether a question says too little alone: "and children?", "who runs it?", "why?"."""
    text = _THIS_REPORT.sub("the report", question.strip())  # the one that is asked, no pronoun
    words = re.findall(r"\w[\w'’-]*", text)
    if _OPENING.match(text) or (len(words) <= 2 and _BARE.match(text)):
        return True
    has_pronoun = any(_PRONOUN.fullmatch(word) for word in words[:6] + words[-1:])
    return len(words) <= _SHORT and (has_pronoun or bool(_LINK.match(text)))


def _as_many_as_fit(questions: Sequence[str]) -> tuple[str, ...]:
    """The first question and as many of the last as are together no longer than one may be."""
    first, *others = questions
    kept: list[str] = []
    n_characters = len(first)
    for question in reversed(others):
        n_characters += len(question) + 1
        if n_characters > MAX_QUESTION_LENGTH:
            break
        kept.insert(0, question)
    return (first, *kept)
