"""Lines become prose: words whole again, marks and links at their places."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.blocks import Prose
from index.readers.pdf.lines import Line, is_apart, is_ideographic
from index.readers.pdf.notes import Notes
from index.readers.pdf.sheets import Run

_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_TAIL = re.compile(r"([^\W\d_]+(?:[-‐][^\W\d_]+)*)[-‐]$")
_DASHED = re.compile(r"\S[-‐–—/]$")
_URL = re.compile(r"(?:\w+://|www\.)\S*$")
_URL_TAIL = re.compile(r"[/\-_=?&.%#]$")
_URL_HEAD = re.compile(
    r"(?!\()\S*[/_=?&%#]|\S*\.(?:html?|pdf|aspx?|php)\b|\S*\w-\w\S*-\w|[\d.]+\)?\.?$"
)
_SLASHED = re.compile(r"(?:(?<=[\s(,;.:])|^)(\d{1,3}|[a-z])/(?=[\s,;.:)]|$)")
_STARS = re.compile(r"(?<=\S)(\*{1,4}|†{1,2}|‡{1,2})(?=[\s,;.:)]|$)")
_UNIT = re.compile(r"(?:^|[\s\d/])[kcdm]?m$")  # "km" before a raised 2 is no footnote
_SHORT = 3  # letters of a word that may follow a hyphen left open, "short- and long-term"


class Words:
    """How the document itself writes its words, for the hyphens at its line ends."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._seen: Counter[str] = Counter()
        ends: list[tuple[str, str]] = []
        tail = ""
        for line in lines:
            text = line.text.strip()
            words = _WORD.findall(text.casefold())
            if tail and words:
                ends.append((tail, words.pop(0)))
            match = _TAIL.search(text.casefold())
            tail = match[1] if match else ""
            self._seen.update(words[:-1] if tail else words)
        self._common = {word for word, _ in self._seen.most_common(40) if len(word) <= _SHORT}
        joined = sum(self._seen[a + b] > self._seen[f"{a}-{b}"] for a, b in ends)
        kept = sum(self._seen[f"{a}-{b}"] > self._seen[a + b] for a, b in ends)
        self._hyphenates = joined > kept

    def joint(self, tail: str, head: str) -> tuple[str, str]:
        """The end of a line as it shall read, and what stands between it and the next.

        Args:
            tail: the line, or its end.
            head: the line after it.
        """
        tail = tail.rstrip()
        if not tail or not head or tail.endswith("\u00ad"):
            return tail.rstrip("\u00ad"), ""
        if _URL.search(tail):
            goes_on = _URL_TAIL.search(tail) or _URL_HEAD.match(head.split()[0])
            return tail, "" if goes_on else " "
        match, follower = _TAIL.search(tail), _WORD.match(head)
        if match and follower:
            return self._mend(tail, match[1].casefold(), follower[0].casefold())
        if _DASHED.search(tail):
            return tail, ""
        return tail, "" if is_ideographic(tail[-1]) and is_ideographic(head[0]) else " "

    def _mend(self, tail: str, first: str, second: str) -> tuple[str, str]:
        if second in self._common:
            return tail, " "
        joined, hyphened = self._seen[first + second], self._seen[f"{first}-{second}"]
        if joined != hyphened:
            is_joined = joined > hyphened
        else:
            is_compound = self._seen[first.split("-")[-1]] and self._seen[second.split("-")[0]]
            is_joined = self._hyphenates and not is_compound
        return (tail[:-1] if is_joined else tail), ""


@dataclass(frozen=True, slots=True)
class _Part:
    """Text, or a mark by its label."""

    text: str
    label: str = ""
    url: str = ""


def write_prose(lines: Sequence[Line], notes: Notes, words: Words) -> Prose:
    """The lines of one paragraph as prose."""
    prose, start, url = Prose(), 0, ""
    for part in _parts(lines, notes, words):
        if part.label:
            prose.add_mark(part.label)
            continue
        if url and part.url != url:
            prose.add_link(start, url)
        if part.url != url:
            start, url = len(prose), part.url
        prose.add(part.text.replace("\u00ad", ""))
    if url:
        prose.add_link(start, url)
    return prose


def _parts(lines: Sequence[Line], notes: Notes, words: Words) -> Iterator[_Part]:
    for line, after in zip(lines, [*lines[1:], None], strict=True):
        parts = list(_line_parts(line, notes))
        if after is not None:
            parts = _end_line(parts, after, words)
        yield from parts


def _end_line(parts: list[_Part], after: Line, words: Words) -> list[_Part]:
    at = max(
        (i for i, part in enumerate(parts) if not part.label and part.text.strip()), default=-1
    )
    if at < 0:
        return [*parts, _Part(" ")]
    part = parts[at]
    before = "".join(p.text for p in parts[max(0, at - 3) : at] if not p.label)
    tail, glue = words.joint(before + part.text, after.text.strip())
    is_last = at == len(parts) - 1 or not any(p.label for p in parts[at + 1 :])
    end = tail[len(before) :] if len(tail) > len(before) else part.text.rstrip()
    glue = glue if is_last else " "
    following = [] if not glue else [_Part(glue, url=part.url if part.url else "")]
    marks = [p for p in parts[at + 1 :] if p.label]
    return [*parts[:at], _Part(end, url=part.url), *marks, *following]


def _line_parts(line: Line, notes: Notes) -> Iterator[_Part]:
    previous: Run | None = None
    text = ""
    for piece in line.pieces:
        if previous:
            yield _Part(" ")
        for run in piece.runs:
            if previous and is_apart(previous, run):
                yield _Part(" ")
            raised = line.is_raised(run)
            labels = _labels(run.text, text, line.sheet, notes) if raised else []
            if labels:
                yield from (_Part("", label) for label in labels)
                if run.text.endswith(" "):
                    yield _Part(" ")
            else:
                yield from _inline(run, line.sheet, notes)
            text, previous = run.text, run


def _labels(raised: str, before: str, sheet: int, notes: Notes) -> list[str]:
    """The notes that a superscript such as "2, 3" means: all of them, or none."""
    if _UNIT.search(before.rstrip()):
        return []
    printed = [p for p in re.split(r"[,;\s]+", unicodedata.normalize("NFKC", raised)) if p]
    labels = [notes.find(p.rstrip(".)/"), sheet) for p in printed]
    return labels if all(labels) else []


def _inline(run: Run, sheet: int, notes: Notes) -> Iterator[_Part]:
    """A run cut at the marks that stand on its line, "1/" or "*"."""
    text, start = run.text, 0
    marks = [*_STARS.finditer(text), *(_SLASHED.finditer(text) if notes.is_slashed else ())]
    if re.fullmatch(r"\s*[*†‡]{1,4}\s*", text):
        marks = [m for m in [re.search(r"([*†‡]+)", text)] if m]
    for match in sorted(marks, key=lambda m: m.start()):
        label = notes.find(match[1], sheet, slashed=match.group().endswith("/"))
        if label:
            before = text[start : match.start()]
            is_enclosed = text[match.end() : match.end() + 1] in {",", ";", ".", ":", ")"}
            yield _Part(before.rstrip() if is_enclosed else before, url=run.look.url)
            yield _Part("", label)
            start = match.end()
    yield _Part(text[start:], url=run.look.url)
