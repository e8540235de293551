"""Look-ups of names and references: "where is Kenya mentioned?", "objective 13"."""

import re
from collections.abc import Sequence
from functools import lru_cache

from index.report import Report
from qa.lookup.places import Form, Lookup, Place, join_names, mark_whole
from qa.lookup.wording import AND, AROUND, BEFORE, TO

_OBJECTIVES = rf"objectives? \d+(?:{AND}\d+)*"
_RESOLUTION = r"(?:(?:general assembly )?resolution |a/res/)\d+/\d+"
_SYMBOL = r"(?=\S*\d)[a-z]+(?:/[\w.-]+)+"
_EXACT = f"(?:{_OBJECTIVES}|{_RESOLUTION}|{_SYMBOL})"
_NAME = r"[A-Z\d#]\S*(?: (?:[A-Z\d]\S*|of|the|and|or|for|on|in|to))*"
_URL = re.compile(r"(?:https?://|www\.)\S+")


def _find_mentions(match: re.Match[str], report: Report) -> Lookup | None:
    """Look for the words as typed, or else for each part of "Kenya or Germany"."""
    target = match["target"].strip(AROUND)
    if match.string.isupper() and target != match.string:
        target = target.lower()  # capitals throughout are no acronym
    parts = [part for part in re.split(AND, target, flags=re.IGNORECASE) if part]
    whole = [target] if parts else []
    if re.fullmatch(_OBJECTIVES, target, re.IGNORECASE):
        numbers = dict.fromkeys(re.findall(r"\d+", target))
        whole = parts = [f"objective {number}" for number in numbers]
    places = find_mentions(whole, report)
    initials = "".join(place.paragraph.text[place.start] for place in places)
    if match.groupdict().get("about") and not (_is_name(target) or initials.isupper()):
        return None  # "paragraphs about detention" asks for a subject, not for a word
    if places:
        return Lookup(count_mentions(places, whole), places)
    if not parts or not all(" " not in part or _is_name(part) for part in parts):
        return None  # a description: the search may find it
    places = find_mentions(parts, report)
    sentence = count_mentions(places, parts) if places else f"No paragraph mentions “{target}”."
    return Lookup(sentence, places)


def _is_name(target: str) -> bool:
    return bool(re.fullmatch(_NAME, target) or re.fullmatch(_EXACT, target, re.IGNORECASE))


def find_mentions(targets: Sequence[str], report: Report) -> tuple[Place, ...]:
    """The paragraphs that mention a target in their text or in a footnote."""
    places: list[Place] = []
    for paragraph in report.paragraphs:
        if spans := [span for t in targets if (span := find_mention(t, paragraph.text))]:
            places.append(Place(paragraph, *min(spans)))
        elif any(find_mention(t, note.text) for t in targets for note in paragraph.footnotes):
            places += mark_whole([paragraph])
    return tuple(places)


def count_mentions(places: Sequence[Place], targets: Sequence[str]) -> str:
    """Say how many paragraphs mention a target."""
    n_notes = sum(place.end - place.start == len(place.paragraph.text) for place in places)
    notes = f", {n_notes} of them in a footnote" if n_notes else ""
    verb = "paragraphs mention" if len(places) > 1 else "paragraph mentions"
    names = join_names([f"“{target}”" for target in targets], "or")
    return f"{len(places)} {verb} {names}{notes}."


def find_mention(target: str, text: str) -> tuple[int, int] | None:
    """The first mention in a text, of whole words; capitals alone are an acronym.

    An address mentions no one, unless it is asked for.
    """
    pattern, clue = _pattern(target)
    if clue not in text.lower():
        return None
    if not _URL.match(target):
        text = _URL.sub(lambda url: " " * len(url[0]), text)
    match = pattern.search(text)
    return match.span() if match else None


def listed_objectives(text: str) -> list[str]:
    """The objectives that a text mentions, each by itself: "objective 7", "objective 13"."""
    lists = re.findall(rf"\bobjectives? \d+(?:(?:{AND}|{TO})\d+)*", text, re.IGNORECASE)
    return [f"objective {number}" for each in lists for number in re.findall(r"\d+", each)]


@lru_cache(maxsize=64)
def _pattern(target: str) -> tuple[re.Pattern[str], str]:
    """What a mention looks like, and what every text that holds one holds in lower case."""
    numbers = re.findall(r"\d+", target)
    if re.fullmatch(_OBJECTIVES, target, re.IGNORECASE):
        listed = rf"\bobjectives? (?:\d+(?:{AND}|{TO}))*{numbers[0]}\b"
        return re.compile(listed, re.IGNORECASE), numbers[0]
    if re.fullmatch(_RESOLUTION, target, re.IGNORECASE):
        number = "/".join(numbers)
        cited = rf"(?:\bresolutions? (?:\d+/\d+{AND})*|\bA/RES/){number}(?![\w/])"
        return re.compile(cited, re.IGNORECASE), number
    if re.fullmatch(_SYMBOL, target, re.IGNORECASE):
        symbol = rf"(?<![\w/]){re.escape(target)}(?![\w/])"
        return re.compile(symbol, re.IGNORECASE), target.lower()
    words = r"\s+".join(map(re.escape, target.split()))
    words = r"(?<!\w)" + re.sub("['’]", "['’]", words) + r"(?!\w)"
    clue = re.split(r"['’\s]", target.lower())[0]
    return re.compile(words, 0 if target.isupper() else re.IGNORECASE), clue


_REPORT = r"(?:the|this) (?:report|document|text)"
_UNIT = rf"(?:other )?(?:paragraphs?|paras?\.?|passages?|parts?)(?: of {_REPORT})?"
_WHERE = rf"(?:(?:in )?(?:where(?: else)?|(?:which|what) {_UNIT}) )?"
_WHICH = (
    rf"(?:{BEFORE}(?:how many )?{_UNIT} (?:that |which |are |is )*|{_WHERE}does {_REPORT} "
    r"|what else )"
)
_MENTION = (
    r"(?:mention(?:s|ing)?|names?|naming|cit(?:es?|ing)|quotes?|refers? to|referring to|"
    r"(?P<about>about|on|concerning|discuss(?:es|ing)?|(?:talks?|speaks?) (?:about|of)|covers?))"
)
_MENTIONED = rf"(?:mentioned|named|cited|quoted|referred to)(?: in {_REPORT})?"
_TARGET = (
    r"(?!(?:it|they|them|this|that|these|those|what|how|why|whether)\b)"  # names nothing
    r"(?:the )?(?:(?:word|phrase|acronym)s? )?(?P<target>.+?)"
    rf"(?: anywhere| at all)?(?: (?:in|of) {_REPORT})?(?:,? please)?"
)

FORMS: tuple[Form, ...] = (
    (f"{_WHICH}{_MENTION} {_TARGET}", _find_mentions),
    (f"{_WHERE}(?:is|are) {_TARGET} {_MENTIONED}", _find_mentions),
    (f"{BEFORE}(?:every |any )?(?:mention|reference)s? (?:of|to) {_TARGET}", _find_mentions),
    (f"(?:show (?:me )?|find |where is )?(?P<target>{_EXACT})", _find_mentions),
)


def asks_for_mentions(question: str) -> bool:
    """Whether a question asks for all that mentions a name, or that holds a phrase."""
    text = " ".join(question.split()).strip(AROUND)
    matches = (re.fullmatch(form, text, re.IGNORECASE) for form, _ in FORMS)
    match = next(filter(None, matches), None)
    return match is not None and (not match.groupdict().get("about") or _is_name(match["target"]))
