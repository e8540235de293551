"""Look-ups of names and references: "where is Kenya mentioned?", "objective 13"."""

import re
from collections.abc import Sequence
from functools import lru_cache

from index.report import Report
from qa.lookup.names import URL, find_names
from qa.lookup.places import Form, Lookup, Place, join_names, mark_whole
from qa.lookup.variants import forms_of, may_be_meant, spellings_of, texts_of
from qa.lookup.wording import AFTER, AND, AROUND, BEFORE, TO

_OBJECTIVES = rf"objectives? \d+(?:{AND}\d+)*"
_RESOLUTION = r"(?:(?:general assembly )?resolution |a/res/)\d+/\d+"
_SYMBOL = r"(?=\S*\d)[a-z]+(?:/[\w.-]+)+"
_EXACT = f"(?:{_OBJECTIVES}|{_RESOLUTION}|{_SYMBOL})"
_NAME = r"[A-ZÀ-Þ\d#]\S*(?: (?:(?:[dl]['’])?[A-ZÀ-Þ\d]\S*|of|the|and|or|for|on|in|to))*"
_MOST_VARIED = 10  # names whose other forms are looked for, which takes time
_BETWEEN = ("of", "the", "and", "or")


def _find_mentions(match: re.Match[str], report: Report) -> Lookup | None:
    """Look for the words as typed and what means the same, or else for the parts of a list."""
    target, groups = _read_target(match), match.groupdict()
    forms, places = _find_forms(target, report)
    if groups.get("about") and not _is_about_name(target, places, report):
        return None  # "paragraphs about detention" asks for a subject, not for a word
    if places:
        return Lookup(count_mentions(places, forms), places)
    parts = _split(target)
    if not parts or not (groups.get("literal") or _are_sure(parts, report)):
        return None  # the search may find it
    searched = forms if len(parts) == 1 else [target]
    names = join_names([f"“{form}”" for form in searched], "or")
    return Lookup(f"No paragraph mentions {names}.", ())


def _read_target(match: re.Match[str]) -> str:
    target = match["target"].strip(AROUND)
    if match.string.isupper() and target != match.string:
        target = target.lower()  # capitals throughout are no acronym
    return target.replace(".", "") if re.fullmatch(r"(?:[A-Z]\.)+[A-Z]", target) else target


def _split(target: str) -> list[str]:
    """The parts of a list: "Kenya" and "Germany" of "Kenya or Germany"."""
    parts = re.split(AND, target, flags=re.IGNORECASE)
    return list(dict.fromkeys(part for each in parts if (part := each.removeprefix("the "))))


def _find_forms(target: str, report: Report) -> tuple[list[str], tuple[Place, ...]]:
    """What a target is searched as, and where that stands."""
    if re.fullmatch(_OBJECTIVES, target, re.IGNORECASE):
        numbers = dict.fromkeys(re.findall(r"\d+", target))
        objectives = [f"objective {number}" for number in numbers]
        return objectives, find_mentions(objectives, report)
    parts = _split(target)
    whole = _find_each([target], report) if parts else ([], ())
    if len(parts) > 1 and (_are_names(parts, report) if whole[1] else _are_words(parts)):
        listed = _find_each(parts, report)
        if len(listed[1]) > len(whole[1]):
            return listed  # "Trinidad and Tobago" has no more paragraphs than the two
    return whole


def _are_words(parts: Sequence[str]) -> bool:
    """Whether each is a word or a name, not a description."""
    return all(" " not in part or _is_name(part) for part in parts)


def _are_sure(parts: Sequence[str], report: Report) -> bool:
    """Whether it is certain that a report without these words mentions none of them."""
    is_few = len(parts) <= _MOST_VARIED
    return is_few and _are_words(parts) and not any(may_be_meant(part, report) for part in parts)


def _are_names(parts: Sequence[str], report: Report) -> bool:
    names = {name.casefold() for name in find_names(report)}
    return names.issuperset(part.casefold() for part in parts)


def _find_each(targets: Sequence[str], report: Report) -> tuple[list[str], tuple[Place, ...]]:
    """Names in all their forms: those that were typed, then those that lead further.

    Only where nothing has any of them, it is another spelling that is looked for.
    """
    if len(targets) > _MOST_VARIED or re.fullmatch(_EXACT, targets[0], re.IGNORECASE):
        return list(targets), find_mentions(targets, report)
    others = dict.fromkeys(form for target in targets for form in forms_of(target, report))
    said = " ".join(texts_of(report)).casefold().replace("’", "'")
    forms, found = list(targets), _orders(targets, report)
    for form in others:
        is_said = form.casefold().replace("’", "'") in said
        if is_said and (more := _orders([form], report) - found):
            forms, found = [*forms, form], found | more
    if found:
        return forms, find_mentions(forms, report)
    spellings = [each for form in others for each in spellings_of(form, report)]
    if spellings:
        return spellings, find_mentions(spellings, report)
    return _without_longer(list(others)), ()


def _orders(targets: Sequence[str], report: Report) -> set[int]:
    """Where the paragraphs that mention a target stand in the report."""
    return {place.paragraph.order for place in find_mentions(targets, report)}


def _without_longer(forms: Sequence[str]) -> list[str]:
    """The first form, and those that hold no other: who finds the other finds them."""
    first, *others = forms
    held = [form for form in others if any(find_mention(o, form) for o in others if o != form)]
    return [first, *(form for form in others if form not in held)]


def _is_about_name(target: str, places: Sequence[Place], report: Report) -> bool:
    """Whether a question about something asks for a name.

    A name has its capital wherever it stands. Where it stands nowhere, a word of it must be
    in no form in the report: "Migrant Health" is then a subject, and "New Caledonia" a name.
    """
    if re.fullmatch(_EXACT, target, re.IGNORECASE):
        return True
    mentions = [place.paragraph.text[place.start : place.end] for place in places]
    in_text = [m for m, p in zip(mentions, places, strict=True) if m != p.paragraph.text]
    if places:
        return all(map(_is_name, in_text or [target]))
    words = [word for word in re.findall(r"[\w-]+", target) if word not in _BETWEEN]
    is_name = len(words) <= _MOST_VARIED and all(map(_is_name, words))
    return is_name and not all(_is_said(word, report) for word in words)


def _is_said(word: str, report: Report) -> bool:
    return bool(_find_each([word], report)[1]) or may_be_meant(word, report)


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
    if not URL.match(target):
        text = URL.sub(lambda url: " " * len(url[0]), text)
    match = pattern.search(text)
    return match.span() if match else None


def listed_objectives(text: str) -> list[str]:
    """The objectives that a text mentions, each by itself: "objective 7", "objective 13"."""
    lists = re.findall(rf"\bobjectives? \d+(?:(?:{AND}|{TO})\d+)*", text, re.IGNORECASE)
    return [f"objective {number}" for each in lists for number in re.findall(r"\d+", each)]


@lru_cache(maxsize=512)  # as many names as a question has room for
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
_WHERE = rf"(?:(?:(?:in )?(?:where(?: else)?|(?:which|what) {_UNIT})|how (?:often|many times)) )?"
_WHICH = (
    rf"(?:{BEFORE}(?:how many )?{_UNIT} (?:that |which |are |is )*|{_WHERE}does {_REPORT} "
    r"|what else )"
)
_MENTION = (
    r"(?:mention(?:s|ing)?|names?|naming|cit(?:es?|ing)|quotes?|refers? to|referring to|"
    r"(?P<about>about|on|concerning|discuss(?:es|ing)?|(?:talks?|speaks?) (?:about|of)|covers?|"
    r"deal(?:s|ing)? with))"
)
_MENTIONED = rf"(?:mentioned|named|cited|quoted|referred to)(?: in {_REPORT})?"
_TARGET = (
    r"(?!(?:it|they|them|this|that|these|those|what|how|why|whether|both)\b)"  # names nothing
    r"(?:the )?(?:(?:word|phrase|acronym)s? )?(?P<target>.+?)"
    rf"(?: anywhere| at all)?(?: (?:in|of) {_REPORT})?(?:,? please)?"
)
_LITERAL = r"(?:the )?(?P<literal>(?:word|phrase|term|acronym|expression)s?)"
_USED = r"(?:appear|occur|come up|used|found)"
_SAYS = (
    rf"(?:what (?:does|do) {_REPORT} (?:say|state|tell (?:me|us))|"
    rf"does {_REPORT} say (?:anything|something)|"
    rf"(?:what is|what['’]s|is anything|is something) said(?: in {_REPORT})?) "
    r"(?P<about>about|on|of|regarding|concerning)"
)

_ALL_MENTIONS: tuple[Form, ...] = (
    (f"{_WHICH}{_MENTION} {_TARGET}", _find_mentions),
    (f"{_WHERE}(?:is|are) {_TARGET} {_MENTIONED}", _find_mentions),
    (f"{BEFORE}(?:every |any )?(?:mention|reference)s? (?:of|to) {_TARGET}", _find_mentions),
    (f"{_WHERE}does {_REPORT} (?:contain|use|include) {_LITERAL} {_TARGET}", _find_mentions),
    (f"{_WHERE}(?:do|does|is|are) {_LITERAL} {_TARGET} {_USED}(?: in {_REPORT})?", _find_mentions),
    (f"(?:show (?:me )?|find |where is )?(?P<target>{_EXACT})", _find_mentions),
    (f"{BEFORE}(?P<target>{_OBJECTIVES})(?: deal with| cover)?{AFTER}", _find_mentions),
)
_SAID = rf"{_SAYS} {_TARGET}"
FORMS: tuple[Form, ...] = (*_ALL_MENTIONS, (_SAID, _find_mentions))


def asks_for_mentions(question: str) -> bool:
    """Whether a question asks for all that mentions a name, or that holds a phrase."""
    text = " ".join(question.split()).strip(AROUND)
    matches = (re.fullmatch(form, text, re.IGNORECASE) for form, _ in _ALL_MENTIONS)
    match = next(filter(None, matches), None)
    return match is not None and (not match.groupdict().get("about") or _is_name(match["target"]))


def asks_what_is_said(question: str) -> bool:
    """Whether a question is "What does the report say about Kenya?" or the like."""
    return bool(re.match(f"{_SAYS} ", question, re.IGNORECASE))
