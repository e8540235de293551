"""Questions that name a place in the report, answered by its structure, not by ranking.

A form accounts for the whole question: one that merely holds a number, or names a
paragraph of another document, is left to the search.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.report import Paragraph, Report


@dataclass(frozen=True, slots=True)
class Place:
    """A paragraph that a look-up leads to.

    Attributes:
        paragraph: the paragraph, whole.
        start: offset of the mention in its text; 0 where the text holds none.
        end: offset after the mention; the end of the text where it holds none.
    """

    paragraph: Paragraph
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lookup:
    """What stands at the place that a question names.

    Attributes:
        sentence: how the question was read, or why there is nothing.
        places: all of them, in report order; empty where the report has no such place.
    """

    sentence: str
    places: tuple[Place, ...]


_Finder = Callable[[re.Match[str], Report], Lookup | None]


def look_up(question: str, report: Report) -> Lookup | None:
    """Find the place that a question names; ``None`` when it is not a look-up."""
    return next(
        (lookup for match, find in _matches(question) if (lookup := find(match, report))), None
    )


def may_name_a_place(question: str) -> bool:
    """Whether it is worth reading a report to look the question up in it."""
    return any(_matches(question))


def _matches(question: str) -> Iterator[tuple[re.Match[str], _Finder]]:
    """The forms that a question has, each with what finds its place."""
    text = " ".join(question.split()).strip(_AROUND)
    for form, find in _FORMS:
        if match := re.fullmatch(form, text, re.IGNORECASE):
            yield match, find


_AROUND = "?!., \"'“”‘’"
_AND = r" ?(?:[,;&]|\b(?:and|or)\b)(?: ?\b(?:and|or)\b)? ?"
_TO = r" ?(?:[-–—]|\b(?:to|through)\b) ?"
_Key = tuple[int, str]  # "87(a)" is (87, "a")
_Range = tuple[_Key, _Key]


def _read_ranges(text: str) -> list[_Range]:
    """Read "3, 5 to 7 and 87 (a)" as the first and last key of each part."""
    ranges = []
    number = 0
    for part in re.split(_AND, text.lower()):
        ends = []
        for end in re.split(_TO, part):
            number = int(re.sub(r"\D", "", end) or number)  # "87 (a) and (b)"
            ends.append((number, re.sub(r"[^a-z]", "", end)))
        ranges.append((min(ends), max(ends)))
    return list(dict.fromkeys(ranges))


def _is_within(key: _Key, ends: _Range) -> bool:
    """Whether a range holds a key; its last paragraph brings its sub-paragraphs."""
    first, (number, letter) = ends
    return first <= key <= (number, letter or "~")


def _find_paragraphs(match: re.Match[str], report: Report) -> Lookup | None:
    known = _numbered(report, has_sign="¶" in match.string)
    ranges = _read_ranges(match["list"])
    missing = [
        key for key in dict.fromkeys(end for ends in ranges for end in ends) if key not in known
    ]
    if missing and re.search(r"\d [a-z]\b", match["list"], re.IGNORECASE):
        return None  # "88 d" is meant as 88 (d) only where there is one
    runs = [[p for key, p in known.items() if _is_within(key, ends)] for ends in ranges]
    sentences = [f"{_name_runs(runs).capitalize()}."] if any(runs) else []
    if missing:
        sentences.append(_missing_paragraphs(missing, known))
    return Lookup(" ".join(sentences), _whole(*runs))


def _numbered(report: Report, *, has_sign: bool) -> dict[_Key, Paragraph]:
    """Paragraphs by number; those counted "¶3" by their sign, or where none is printed."""
    known: dict[str, dict[_Key, Paragraph]] = {"": {}, "¶": {}}
    for paragraph in report.paragraphs:
        if match := re.fullmatch(r"(¶?)(\d+)(?:\(([a-z])\))?", paragraph.number):
            known[match[1]][int(match[2]), match[3] or ""] = paragraph
    return (has_sign and known["¶"]) or known[""] or known["¶"]


def _missing_paragraphs(missing: Sequence[_Key], known: dict[_Key, Paragraph]) -> str:
    if not known:
        return "The report has no numbered paragraphs."
    names = [f"{number} ({letter})" if letter else str(number) for number, letter in missing]
    letters = [letter for number, letter in known if number == missing[0][0] and letter]
    extent = f"its paragraphs run from {min(known)[0]} to {max(known)[0]}"
    if letters:
        extent = f"its sub-paragraphs run from ({letters[0]}) to ({letters[-1]})"
    return f"The report has no paragraph {_join(names, 'or')}: {extent}."


def _find_footnotes(match: re.Match[str], report: Report) -> Lookup:
    owners = {note.number.lower(): p for p in report.paragraphs for note in p.footnotes}
    if not owners:
        return Lookup("The report has no footnotes.", ())
    labels = dict.fromkeys(re.split(_AND, match["list"].lower()))
    found = {label: owners[label] for label in labels if label in owners}
    sentences = [
        f"Footnote {label} belongs to {p.label.replace('summary', 'the summary')}."
        for label, p in found.items()
    ]
    if missing := [label for label in labels if label not in owners]:
        first, *_, last = [*owners, *owners]
        extent = f"its footnotes run from {first} to {last}"
        sentences.append(f"The report has no footnote {_join(missing, 'or')}: {extent}.")
    return Lookup(" ".join(sentences), _whole(found.values()))


def _find_section(match: re.Match[str], report: Report) -> Lookup | None:
    path = match["path"].upper()
    labels = re.findall(_LABEL, path, re.IGNORECASE)
    if re.search(r" (?:OF|IN) ", path):
        labels.reverse()
    noun = "chapter" if path.startswith("CH") and len(labels) == 1 else "section"
    runs: dict[str, list[Paragraph]] = {}
    for paragraph in report.paragraphs:
        above = _labels(paragraph.section)
        for end in range(len(labels), 1 + (1 if noun == "chapter" else len(above))):
            if above[end - len(labels) : end] == labels:
                runs.setdefault(".".join(filter(None, above[:end])), []).append(paragraph)
    if runs:
        names = [
            f"{_kind(name).title()} {name}: {_name_runs([run])}." for name, run in runs.items()
        ]
        return Lookup(" ".join(names), _whole(*runs.values()))
    if re.fullmatch(r"\w+\.\w", path):
        return None  # "i.e." is no section
    return Lookup(_missing_section(noun, labels, report), ())


def _labels(section: Sequence[str]) -> list[str]:
    """The numeral or letter of each heading, ``""`` where it has none."""
    matches = [re.match(r"([IVXLC]+|[A-Z]|\d+)\.\s", heading) for heading in section]
    return [match[1] if match else "" for match in matches]


def _kind(name: str) -> str:
    return "section" if "." in name else "chapter"


def _missing_section(noun: str, labels: list[str], report: Report) -> str:
    """Say what there is beside it, or else which chapters."""
    paths = [_labels(p.section) for p in report.paragraphs]
    depth = len(labels)
    beside = [path[:depth] for path in paths if path[: depth - 1] == labels[:-1] != path]
    names = [".".join(path) for path in beside if all(path)]
    names = names or [path[0] for path in paths if any(path[:1])]
    extent = f"it has {_kind(names[0])}s {names[0]} to {names[-1]}" if names else "it numbers none"
    return f"The report has no {noun} {'.'.join(labels)}: {extent}."


def _find_recommendations(match: re.Match[str], report: Report) -> Lookup | None:
    """Take the paragraphs that announce recommendations and have sub-paragraphs."""
    runs = []
    for head in report.paragraphs:
        is_addressed = not match["to"] or _find(match["to"], head.text)
        if is_addressed and re.search(r"\brecommend", head.text, re.IGNORECASE):
            run = [p for p in report.paragraphs if p.number.startswith(f"{head.number}(")]
            runs += [[head, *run]] if run else []
    if not runs:
        return None  # the prose may still hold some
    return Lookup(f"The recommendations are in {_name_runs(runs)}.", _whole(*runs))


def _find_summary(match: re.Match[str], report: Report) -> Lookup:
    found = [p for p in report.paragraphs if p.number == "summary"]
    return Lookup("The summary." if found else "The report has no summary.", _whole(found))


_OBJECTIVES = rf"objectives? \d+(?:{_AND}\d+)*"
_RESOLUTION = r"(?:(?:general assembly )?resolution |a/res/)\d+/\d+"
_SYMBOL = r"(?=\S*\d)[a-z]+(?:/[\w.-]+)+"
_EXACT = f"(?:{_OBJECTIVES}|{_RESOLUTION}|{_SYMBOL})"
_NAME = r"[A-Z\d#]\S*(?: (?:[A-Z\d]\S*|of|the|and|or|for|on|in|to))*"
_URL = r"(?:https?://|www\.)\S+"


def _find_mentions(match: re.Match[str], report: Report) -> Lookup | None:
    """Look for the words as typed, or else for each part of "Kenya or Germany"."""
    target = match["target"].strip(_AROUND)
    if match.string.isupper() and target != match.string:
        target = target.lower()  # capitals throughout are no acronym
    parts = [part for part in re.split(_AND, target, flags=re.IGNORECASE) if part]
    whole = [target] if parts else []
    if re.fullmatch(_OBJECTIVES, target, re.IGNORECASE):
        numbers = dict.fromkeys(re.findall(r"\d+", target))
        whole = parts = [f"objective {number}" for number in numbers]
    places = _mentions(whole, report)
    initials = "".join(place.paragraph.text[place.start] for place in places)
    if match.groupdict().get("about") and not (_is_name(target) or initials.isupper()):
        return None  # "paragraphs about detention" asks for a subject, not for a word
    if places:
        return Lookup(_count_mentions(places, whole), places)
    if not parts or not all(" " not in part or _is_name(part) for part in parts):
        return None  # a description: the search may find it
    places = _mentions(parts, report)
    sentence = _count_mentions(places, parts) if places else f"No paragraph mentions “{target}”."
    return Lookup(sentence, places)


def _is_name(target: str) -> bool:
    return bool(re.fullmatch(_NAME, target) or re.fullmatch(_EXACT, target, re.IGNORECASE))


def _mentions(targets: Sequence[str], report: Report) -> tuple[Place, ...]:
    """The paragraphs that mention a target in their text or in a footnote."""
    places: list[Place] = []
    for paragraph in report.paragraphs:
        if spans := [span for target in targets if (span := _find(target, paragraph.text))]:
            places.append(Place(paragraph, *min(spans)))
        elif any(_find(target, note.text) for target in targets for note in paragraph.footnotes):
            places += _whole([paragraph])
    return tuple(places)


def _count_mentions(places: Sequence[Place], targets: Sequence[str]) -> str:
    n_notes = sum(place.end - place.start == len(place.paragraph.text) for place in places)
    notes = f", {n_notes} of them in a footnote" if n_notes else ""
    verb = "paragraphs mention" if len(places) > 1 else "paragraph mentions"
    return f"{len(places)} {verb} {_join([f'“{target}”' for target in targets], 'or')}{notes}."


def _find(target: str, text: str) -> tuple[int, int] | None:
    """The first mention in a text, of whole words; capitals alone are an acronym."""
    if not re.match(_URL, target):  # an address mentions no one
        text = re.sub(_URL, lambda url: " " * len(url[0]), text)
    match = re.search(_pattern(target), text, 0 if target.isupper() else re.IGNORECASE)
    return match.span() if match else None


def _pattern(target: str) -> str:
    numbers = re.findall(r"\d+", target)
    if re.fullmatch(_OBJECTIVES, target, re.IGNORECASE):
        return rf"\bobjectives? (?:\d+(?:{_AND}|{_TO}))*{numbers[0]}\b"
    if re.fullmatch(_RESOLUTION, target, re.IGNORECASE):
        number = "/".join(numbers)
        return rf"(?i)(?:\bresolutions? (?:\d+/\d+{_AND})*|\bA/RES/){number}(?![\w/])"
    if re.fullmatch(_SYMBOL, target, re.IGNORECASE):
        return rf"(?<![\w/]){re.escape(target)}(?![\w/])"
    words = r"\s+".join(map(re.escape, target.split()))
    return r"(?<!\w)" + re.sub("['’]", "['’]", words) + r"(?!\w)"


def _whole(*runs: Iterable[Paragraph]) -> tuple[Place, ...]:
    """The paragraphs, each once and in report order, to be marked whole."""
    paragraphs = {p.order: p for run in runs for p in run}
    return tuple(Place(p, 0, len(p.text)) for _, p in sorted(paragraphs.items()))


def _name_runs(runs: Sequence[Sequence[Paragraph]]) -> str:
    """Name what stands together: "paragraphs 61 to 63 and 87 with its sub-paragraphs"."""
    names = [_name_run(run) for run in runs if run]
    is_one = len(names) == 1 and " to " not in names[0]
    return f"{'paragraph' if is_one else 'paragraphs'} {_join(names)}"


def _name_run(run: Sequence[Paragraph]) -> str:
    first, last = (p.number.replace("(", " (") for p in (run[0], run[-1]))
    if all(p.number.startswith(f"{run[0].number}(") for p in run[1:]):
        return first if len(run) == 1 else f"{first} with its sub-paragraphs"
    return f"{first} to {last}"


def _join(names: Sequence[str], word: str = "and") -> str:
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


# What a person may put around a place.
_BEFORE = (
    r"(?:(?:please|can|could|would|will|you|i|want|like|to|let|me|show|see|read|open|find|give|"
    r"quote|list|go|take|look|up|tell|what|what['’]?s|which|where|where['’]?s|is|are|was|there|"
    r"do|does|say|said|written|stands?|in|under|on|about|all|the|a|an|this|report|document|"
    r"text|contents?|whole|full|of),? )*"
)
_AFTER = (
    r"(?:,? (?:please|says?|said|read|about|mean|contain|belongs? to|stand|found|of|in|the|"
    r"this|present|report|document|here|full))*"
)

# Places.
_NUMBER = r"\d{1,9}(?: ?\([a-z]\)| ?[a-z]\b)?"
_NUMBERS = rf"(?P<list>{_NUMBER}(?:(?:{_AND}|{_TO})(?:{_NUMBER}|\([a-z]\)))*)"
_PARAGRAPH = rf"(?:(?:sub-?)?paragraphs?|paras?\.?|¶+) ?(?:(?:number|no\.?) )?{_NUMBERS}"
_NOTES = rf"(?P<list>(?:\d+|[a-z])\b(?:{_AND}(?:\d+|[a-z])\b)*)"
_FOOTNOTE = rf"(?:paragraph (?:has|does) )?(?:foot)?notes? (?:(?:number|no\.?) )?{_NOTES}"
_LABEL = r"\b(?:[ivxlc]+|[a-z]|\d{1,3})\b"
_PART = r"(?:section|sect?\.?|chapter|ch(?:ap)?\.?|part)"
_INNER = rf"(?:[.,]? ?| (?:of|in) (?:the )?)(?:{_PART} )?{_LABEL}"
_SECTION = rf"(?P<path>{_PART} {_LABEL}(?:{_INNER})*|[ivxlc]+\.[a-z])"
_RECOMMENDATIONS = r"recommend(?:ations)?(?: (?:offered |made )?(?:to|for) (?:the )?(?P<to>.+?))?"

# Mentions.
_REPORT = r"(?:the|this) (?:report|document|text)"
_UNIT = rf"(?:paragraphs?|paras?\.?|passages?|parts?)(?: of {_REPORT})?"
_WHERE = rf"(?:(?:in )?(?:where|(?:which|what) {_UNIT}) )?"
_WHICH = rf"(?:{_BEFORE}(?:how many )?{_UNIT} (?:that |which |are |is )*|{_WHERE}does {_REPORT} )"
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

_FORMS = (  # the whole question, and what finds its place
    (f"{_BEFORE}{_PARAGRAPH}{_AFTER}", _find_paragraphs),
    (f"{_BEFORE}{_FOOTNOTE}{_AFTER}", _find_footnotes),
    (f"{_BEFORE}{_SECTION}{_AFTER}", _find_section),
    (f"{_BEFORE}{_RECOMMENDATIONS}{_AFTER}", _find_recommendations),
    (f"{_BEFORE}(?:executive )?summary{_AFTER}", _find_summary),
    (f"{_WHICH}{_MENTION} {_TARGET}", _find_mentions),
    (f"{_WHERE}(?:is|are) {_TARGET} {_MENTIONED}", _find_mentions),
    (f"{_BEFORE}(?:every |any )?(?:mention|reference)s? (?:of|to) {_TARGET}", _find_mentions),
    (f"(?:show (?:me )?|find |where is )?(?P<target>{_EXACT})", _find_mentions),
)
