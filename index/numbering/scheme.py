"""How a part of a document numbers its paragraphs: decided from the part itself."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.blocks import Block
from index.numbering.labels import FAMILIES, Label, read_items, read_labels
from index.numbering.runs import Candidate, longest_run

_FEW_WORDS = 12  # that a heading may have
_OPENING_WORDS = 8  # "The General Assembly,"
_COMMAS = ",，،"
_ENDING = 10  # characters that show how a text ends
_MOSTLY_UNNUMBERED = 6  # as many texts without a number for one with it: a list, no scheme
_MOSTLY_UNDER_ARTICLES = 12  # the same for articles, which may be long
_DOUBTFUL = 0.4  # of a candidate that may be a heading, quoted, or the middle of a sentence
_LISTED = 0.7  # of a 1 after a colon: it may begin a list inside a paragraph
_SHORTEST = {"bare": 3, "han": 2, "paren": 2, "dash": 2, "square": 2}
_ENDS_SENTENCE = re.compile(r"[.;:?!,،؛؟。；：？！，…][\"'”’»)\]]*$")
_ENDS_PARAGRAPH = re.compile(r"[.;。；؛][\"'”’»)\]]*$")
_QUOTES = re.compile("[“«”»]")
_CJK = re.compile(r"[\u3400-\u9fff]")

Positioned = tuple[int, Block]  # a block and its position in the document


@dataclass(frozen=True, slots=True)
class Scheme:
    """The numbers of a part's paragraphs.

    Attributes:
        family: the form of the numbers; ``""`` where the part has none.
        run: the numbers, in order.
        others: labels of the same form that the run leaves out.
        titles: numbers of headings that the source does not show as such.
    """

    family: str
    run: tuple[Candidate, ...] = ()
    others: tuple[Candidate, ...] = ()
    titles: tuple[Candidate, ...] = ()


def choose_scheme(blocks: Sequence[Positioned]) -> Scheme:
    """The longest consistent run of numbers, of those that number paragraphs at all.

    A run that stands between two numbers of another is a list inside that paragraph.
    Articles win where the numbers inside them begin again, and OP1 wins over PP1.
    """
    candidates, kinds = _candidates(blocks), dict(blocks)
    longest = {family: longest_run(found) for family, found in candidates.items() if found}
    titles = next((tuple(run) for run in longest.values() if _are_headings(run, kinds)), ())
    runs = {family: run for family, run in longest.items() if _is_scheme(family, run, blocks)}
    if not runs:
        return Scheme("", titles=titles)
    family = max(runs, key=lambda name: _strength(runs[name]))
    while outer := next((f for f, run in runs.items() if _holds(run, runs[family])), None):
        family = outer
    if family == "preambular" and "operative" in runs:
        family = "operative"
    if family != "article" and "article" in runs and _restarts(runs, candidates[family], family):
        family = "article"
    above = _titles_of_clauses(runs[family], kinds)
    run, others = _take_repeats(runs[family], candidates[family])
    positions = {candidate.position for candidate in above}
    run = tuple(candidate for candidate in run if candidate.position not in positions)
    return Scheme(family, run, others, (*titles, *above))


def ends_sentence(text: str) -> bool:
    """Whether a text ends with any of the signs that end a sentence or a part of it."""
    return bool(_ENDS_SENTENCE.search(text.rstrip()[-_ENDING:]))


def is_quoting(text: str, *, before: bool) -> bool:
    """Whether a quotation is open behind a text: one that its marks open, or one from before."""
    signs = _QUOTES.findall(text)
    return signs[-1] in "“«" if signs else before


def is_opening(text: str) -> bool:
    """Whether a preambular text only names who speaks: "The General Assembly,"."""
    return ends_with_comma(text) and count_words(text) <= _OPENING_WORDS


def ends_with_comma(text: str) -> bool:
    """Whether a text ends with a comma of any script, as preambular texts do."""
    return text.rstrip().endswith(tuple(_COMMAS))


def count_words(text: str) -> int:
    """How many words a text has; two Chinese characters count as one."""
    return len(text.split()) + len(_CJK.findall(text)) // 2


def is_like_heading(text: str) -> bool:
    """Whether a text is short and ends like no sentence."""
    return count_words(text) <= _FEW_WORDS and not ends_sentence(text)


def _candidates(blocks: Sequence[Positioned]) -> dict[str, list[Candidate]]:
    found: dict[str, list[Candidate]] = {family: [] for family in FAMILIES}
    before, is_quoted = ".", False
    for position, block in blocks:
        if block.kind in ("heading", "text"):
            for label in read_labels(block.text):
                if block.kind == "text" or _may_be_paragraph(label, block.text):
                    weight = _DOUBTFUL if is_quoted else _weight(label, block, before)
                    found[label.family].append(Candidate(position, label, weight))
            before = "." if block.kind == "heading" else block.text.rstrip()
            is_quoted = block.kind == "text" and is_quoting(block.text, before=is_quoted)
    found["clause"] = _with_parents(found["clause"], found["dot"])
    return found


def _with_parents(clauses: list[Candidate], dots: list[Candidate]) -> list[Candidate]:
    """Clauses with the numbers "5." that they may stand under; none where few are clauses."""
    found = [*clauses, *dots] if len(clauses) > 1 else []
    return sorted(found, key=lambda candidate: candidate.position)


def _may_be_paragraph(label: Label, heading: str) -> bool:
    """Whether a heading may after all be a paragraph, printed bold, or an article's title."""
    if label.family == "article":
        return True
    return bool(_ENDS_PARAGRAPH.search(heading)) and count_words(heading) > _FEW_WORDS // 2


def _weight(label: Label, block: Block, before: str) -> float:
    if label.family == "article":
        return 1.0
    rest = block.text[label.end :]
    if block.kind == "heading" or (rest and is_like_heading(rest)) or not ends_sentence(before):
        return _DOUBTFUL
    return _LISTED if before.endswith((":", "：")) and set(label.path) == {1} else 1.0


def _strength(run: Sequence[Candidate]) -> tuple[float, int]:
    return sum(candidate.weight for candidate in run), len(run)


def _is_scheme(family: str, run: Sequence[Candidate], blocks: Sequence[Positioned]) -> bool:
    """Whether a run numbers the paragraphs, rather than a list or the headings among them."""
    if len(run) < _SHORTEST.get(family, 1):
        return False
    if family == "clause" and 2 * sum(len(c.label.path) > 1 for c in run) < len(run):
        return False
    if len(run) == 1 and set(run[0].label.path) != {1}:
        return False
    if family == "article":
        return len(run) > 1 and not _are_few(run, blocks, _MOSTLY_UNDER_ARTICLES)
    kinds = dict(blocks)
    if all(kinds[candidate.position].kind == "heading" for candidate in run):
        return False
    return not _are_few(run, blocks, _MOSTLY_UNNUMBERED) and not _are_headings(run, kinds)


def _are_few(run: Sequence[Candidate], blocks: Sequence[Positioned], for_one: int) -> bool:
    """Whether so many texts without a number stand for one with it that it is a mere list."""
    taken = {candidate.position for candidate in run}
    unnumbered = sum(
        block.kind == "text" and position not in taken and not _is_item(block.text)
        for position, block in blocks
        if position > run[0].position
    )
    return unnumbered > for_one * len(run)


def _is_item(text: str) -> bool:
    """Whether a text has a label inside a paragraph's number; "1." is none."""
    return any(item.style != "stop digit" for item in read_items(text))


def _are_headings(run: Sequence[Candidate], blocks: Mapping[int, Block]) -> bool:
    """Whether all look like headings, and text without a number mostly stands below them."""
    if len(run) < 2 or not all(
        is_like_heading(blocks[c.position].text[c.label.end :]) for c in run
    ):
        return False
    below = [blocks.get(c.position + 1) for c in run if blocks[c.position].text[c.label.end :]]
    texts = [b for b in below if b and b.kind == "text" and not any(read_labels(b.text))]
    return 2 * len(texts) > len(run)


def _titles_of_clauses(
    run: Sequence[Candidate], blocks: Mapping[int, Block]
) -> tuple[Candidate, ...]:
    """The numbers of a run that are titles over clauses: "5. Payment" above "5.1"."""
    return tuple(
        first
        for first, second in pairwise(run)
        if second.label.path[:-1] == first.label.path
        and is_like_heading(blocks[first.position].text[first.label.end :])
    )


def _take_repeats(
    run: Sequence[Candidate], candidates: Sequence[Candidate]
) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """The run with numbers that are printed twice, and the candidates outside of it.

    A single number between two of the run that is one of them over again is a repeat;
    several are a list.
    """
    positions = {candidate.position for candidate in run}
    is_taken = [candidate.position in positions for candidate in candidates]
    repeats = [
        candidates[row]
        for row in range(1, len(candidates) - 1)
        if is_taken[row - 1 : row + 2] == [True, False, True]
        and candidates[row].weight == 1
        and candidates[row].label.number
        in (candidates[row - 1].label.number, candidates[row + 1].label.number)
    ]
    positions |= {candidate.position for candidate in repeats}
    taken = tuple(c for c in candidates if c.position in positions)
    return taken, tuple(c for c in candidates if c.position not in positions)


def _holds(outer: Sequence[Candidate], inner: Sequence[Candidate]) -> bool:
    """Whether a run stands between two neighbours of another."""
    first, last = inner[0].position, inner[-1].position
    return any(a.position < first and last < b.position for a, b in pairwise(outer))


def _restarts(
    runs: Mapping[str, Sequence[Candidate]], found: Iterable[Candidate], family: str
) -> bool:
    """Whether the numbers below the articles are theirs: a run over all of them leaves many out."""
    first = runs["article"][0].position
    taken = sum(candidate.position > first for candidate in runs[family])
    labels = sum(candidate.position > first for candidate in found)
    return taken <= len(runs["article"]) or 2 * taken < labels
