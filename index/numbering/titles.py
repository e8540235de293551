"""Headings that the source shows as text: what they say and where they stand tells them."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from index.blocks import Block
from index.numbering.labels import ARABIC_LETTER, ARABIC_ORDINAL, read_items, read_labels
from index.numbering.outline import annex_name, is_bare, is_bare_annex, is_first, is_sign
from index.numbering.runs import Candidate, restarts
from index.numbering.scheme import (
    Positioned,
    Scheme,
    count_words,
    ends_sentence,
    ends_with_comma,
    is_like_heading,
    is_opening,
    is_quoting,
)

_LONGEST, _MOST_WORDS, _MOST_LINES = 200, 25, 3  # of a title: characters, words, lines
_MOST_TITLES = 5  # one above another
_MOST_SIGNED = 8  # blocks of place, date and signature before the next part
_SIGNED = re.compile(
    rf"(?P<numeral>[IVXLC]+[.．]\s+|[一二三四五六七八九十]+[.．、]\s*|{ARABIC_ORDINAL}\s?[-–—.]\s+)|"
    rf"(?P<letter>[A-ZА-Я][.．]\s+|{ARABIC_LETTER}\s?[-–—.]\s+)"
)
# What no line of a form stands above: its like, or a numeral that a letter stands within.
_LISTED = {"sign": {"sign"}, "numeral": {"numeral"}, "letter": {"letter", "numeral"}}
_WORD = re.compile(r"(?<!\S)[^\W\d_]{3,}(?!\w)")
_ENDED = re.compile(r"[.;!?。；؛؟][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class _Place:
    """A block that titles may stand above.

    Attributes:
        index: of the block.
        is_first: whether no number stands before it: no list can be open there.
        is_new: whether a text begins there whose numbers begin again.
        only_signed: whether it is no sure number: "The General Assembly,", a heading, or a
            number out of the run. Only titles with a lone "II" are told from text there.
    """

    index: int
    is_first: bool = False
    is_new: bool = False
    only_signed: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that may be a title: its index, and its form as `_form` tells it."""

    index: int
    form: str


def mark_titles(blocks: Sequence[Positioned], scheme: Scheme) -> list[Positioned]:
    """The same blocks, texts that can but be titles now headings.

    They stand right above a number, below a text that has ended: a line in capitals, or
    with a numeral or a letter; a lone "II" or "Annex", and the line below it. Two lines of
    one form are a list.

    Args:
        blocks: of one part of a document.
        scheme: how it numbers its paragraphs.
    """
    numbered = {candidate.position for candidate in (*scheme.run, *scheme.others)}
    quoted = set(_quoted(blocks, numbered))
    titles: set[int] = set()
    for place in _places(blocks, scheme):
        lines = _lines_above(blocks, place, numbered)
        if lines and lines[0].index not in quoted and _stand_free(lines, place, blocks):
            titles.update(line.index for line in lines)
    return [
        (position, replace(block, kind="heading") if index in titles else block)
        for index, (position, block) in enumerate(blocks)
    ]


def _places(blocks: Sequence[Positioned], scheme: Scheme) -> Iterator[_Place]:
    labels = sorted([*scheme.run, *scheme.others], key=lambda candidate: candidate.position)
    others = {candidate.position for candidate in scheme.others}
    new = {again.position for _, again in restarts(labels)}
    first = labels[0].position if labels else -1
    sure = set(_sure_numbers(labels, {first, *new, *(c.position for c in scheme.run)}))
    place: _Place | None = None
    for index, (position, block) in reversed(list(enumerate(blocks))):
        if position in sure:
            place = _Place(index, is_first=position == first, is_new=position in new)
        elif position in others:
            place = _Place(index, only_signed=True)
        elif labels and is_opening(block.text):
            place = _Place(index, is_first=position < first, is_new=True, only_signed=True)
        elif place and block.kind == "heading" and blocks[place.index][1].kind == "text":
            place = replace(place, index=index, only_signed=True)
        else:
            place = None
        if place:
            yield place


def _sure_numbers(labels: Sequence[Candidate], known: Collection[int]) -> Iterator[int]:
    """The positions of the numbers that are known to be paragraphs' own, or go on from these."""
    expected: tuple[int, ...] = ()
    for candidate in labels:
        if candidate.position in known or candidate.label.path == expected:
            expected = (candidate.label.path[0] + 1,)
            yield candidate.position


def _quoted(blocks: Sequence[Positioned], numbered: Collection[int]) -> Iterator[int]:
    """The indexes of the blocks within a quotation, which every number ends."""
    is_open = False
    for index, (position, block) in enumerate(blocks):
        is_open = is_open and position not in numbered
        if is_open:
            yield index
        is_open = is_quoting(block.text, before=is_open)


def _lines_above(
    blocks: Sequence[Positioned], place: _Place, numbered: Collection[int]
) -> list[_Line]:
    """The lines above a place that look like its titles, the nearest first."""
    lines: list[_Line] = []
    for index in range(place.index - 1, max(-1, place.index - 1 - _MOST_TITLES), -1):
        position, block = blocks[index]
        form = "" if position in numbered else _form(block)
        is_list = {line.form for line in lines} & _LISTED.get(form, set())
        if not form or is_list or (form == "item" and (lines or place.only_signed)):
            break
        lines.append(_Line(index, form))
    lines = lines[: _reach([line.form for line in lines])]
    return [] if place.only_signed and lines and lines[-1].form != "sign" else lines


def _reach(forms: Sequence[str]) -> int:
    """How many of the lines are titles: one that says nothing is so below a lone numeral."""
    ends = (
        k for k, form in enumerate(forms) if form == "plain" and forms[k + 1 : k + 2] != ["sign"]
    )
    return next(ends, len(forms))


def _form(block: Block) -> str:
    """What a line looks like: a title of some form, a plain line, or ``""`` for prose."""
    if block.kind == "heading":
        return "sign" if is_bare(block.text) or is_bare_annex(block.text) else ""
    return _form_of_text(block.text) if block.kind == "text" else ""


def _form_of_text(text: str) -> str:
    first, _, rest = text.partition("\n")
    if is_bare_annex(text) or (is_sign(first) and (not rest or _is_short(rest))):
        return "sign"
    if any(is_like_heading(text[item.end :]) for item in read_items(text)):
        return "item"
    if not _is_short(text):
        return ""
    if sign := _SIGNED.match(text):
        return "" if text[sign.end() : sign.end() + 1].islower() else str(sign.lastgroup)
    if any(label.family != "bare" for label in read_labels(text)):  # no "7 December 2020"
        return ""
    return "capitals" if _is_capital(text) else "plain"


def _is_short(text: str) -> bool:
    is_line = len(text) <= _LONGEST and text.count("\n") < _MOST_LINES and " | " not in text
    return is_line and count_words(text) <= _MOST_WORDS and not ends_sentence(text)


def _is_capital(text: str) -> bool:
    return text.isupper() and text[0].isalpha() and bool(_WORD.search(text))


def _stand_free(lines: Sequence[_Line], place: _Place, blocks: Sequence[Positioned]) -> bool:
    """Whether no sentence and no list goes on from above the first of the titles."""
    forms = {line.form for line in lines}
    top = blocks[lines[-1].index][1]
    above = blocks[: lines[-1].index]
    if place.is_new and "item" not in forms:
        above = _without_signature(above)
    if not above or (place.is_first and lines[-1].form != "capitals" and is_first(top.text)):
        return bool(forms & {"sign", "numeral", "letter"})
    kind, text = above[-1][1].kind, above[-1][1].text.rstrip()
    sign = _SIGNED.match(text)
    if kind == "heading" or annex_name(text)[0]:
        return True
    if kind != "text" or (sign and sign.lastgroup in forms):
        return False
    if "item" in forms:
        return text.rstrip('”»"’) ').endswith(".")
    has_paused = ends_with_comma(text) or (place.is_first and text.endswith((":", "：")))
    return bool(_ENDED.search(text)) or (has_paused and (place.is_first or "sign" in forms))


def _without_signature(blocks: Sequence[Positioned]) -> Sequence[Positioned]:
    """The blocks without the short lines at their end."""
    end = len(blocks)
    while end and len(blocks) - end < _MOST_SIGNED and _form(blocks[end - 1][1]) == "plain":
        end -= 1
    return blocks[:end]
