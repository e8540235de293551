"""The names that a report mentions, found in its own text."""

import calendar
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from index.report import Report

_WORD = r"(?:[dl]['’])?[A-ZÀ-ÖØ-Þ][\w-]*(?:['’]s(?= [A-Z]))?"
_WORDS = rf"{_WORD}(?: {_WORD})*"
_JOINED = rf"(?=[A-Z][a-z]){_WORDS}"
_OBJECT = rf" (?:of|for|on)(?: the)? {_JOINED}(?:(?:, {_JOINED})* and {_JOINED})?"
_RUN = re.compile(rf"\b(?:\d{{4}} )?{_WORDS}(?:{_OBJECT})*")
# A noun, unlike the adjective of "European countries", somewhere stands before one of these.
_AFTER_NOUN = re.compile(
    r"[.,:;!?)\]”\"'’]|$| [(–—]| (?:and|or|but|to|in|is|are|was|were|has|have|had|will|would|may|"
    r"can|with|as|at|by|from|that|which|who|where|when|through|under|within|since|also)\b"
)
_SHORTENED = re.compile(r" \(([A-Z][\w-]*)\)")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]['\"”’)]*\s+|[“\"‘])$")
URL = re.compile(r"(?:https?://|www\.)\S+")
_NO_NAMES = frozenset([*calendar.month_name, *calendar.day_name, "North", "South", "East", "West"])


def find_names(report: Report) -> frozenset[str]:
    """Find the names of countries, bodies and the like: "Portugal", "World Bank", "ILO".

    A name has its capitals in the middle of a sentence too, and is never without. It
    mostly stands alone, unlike "North" beside "North Africa", and somewhere as a noun.
    """
    texts = [p.text for p in report.paragraphs]
    texts += [URL.sub("", note.text) for p in report.paragraphs for note in p.footnotes]
    prose = "\n".join(texts)
    ordinary = frozenset(re.findall(r"\b[a-z]+\b", prose))
    runs = [run for text in texts for run in _read_runs(text, ordinary)]
    alone = Counter(run.name for run in runs)
    within = Counter(part for run in runs for part in _parts(run.name))
    shortened = {run.name for run in runs if run.is_shortened}
    cover = f"{report.metadata.title} {report.metadata.author}"
    return frozenset(
        name
        for name in {run.name for run in runs if run.is_noun} - shortened
        if 2 * alone[name] >= within[name]
        and name not in cover
        and not _is_ordinary(name, ordinary, prose)
    )


class _Run(NamedTuple):
    """Words in capitals.

    Attributes:
        name: the words.
        is_noun: whether what follows shows a noun.
        is_shortened: whether the text goes on by another: "World Health Organization (WHO)".
    """

    name: str
    is_noun: bool
    is_shortened: bool


def _read_runs(text: str, ordinary: frozenset[str]) -> Iterator[_Run]:
    """The runs whose capitals do not come from the start of a sentence."""
    for match in _RUN.finditer(text):
        name, (start, end) = match[0], match.span()
        if _SENTENCE_START.search(text, max(0, start - 4), start):
            first, _, name = name.partition(" ")  # "In Thailand"
            if first.lower() not in ordinary:
                continue
        name = name.removeprefix("The ")  # in a title
        head, _, rest = name.partition(" of ")
        if rest and head.lower() in ordinary:
            name = rest.removeprefix("the ")  # "Government of Portugal"
        if name:
            is_noun = bool(_AFTER_NOUN.match(text, end))
            yield _Run(name, is_noun, bool(_SHORTENED.match(text, end)))


def _parts(name: str) -> Iterator[str]:
    """The runs of words within a name, itself included."""
    words = name.split()
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield " ".join(words[start:end])


def _is_ordinary(name: str, ordinary: frozenset[str], prose: str) -> bool:
    """Whether the report also writes it without capitals, as one or many."""
    if name in _NO_NAMES or re.fullmatch(r"[IVXLC]+|\w", name):
        return True
    if " " in name:
        return name.lower() in prose
    word = name.lower()
    return not name.isupper() and not ordinary.isdisjoint({word, word.rstrip("s"), f"{word}s"})
