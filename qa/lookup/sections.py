"""Look-ups of sections by their labels: "section V.B", "chapters II to IV"."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from index.report import Paragraph, Report
from qa.lookup.numbers import is_same_mark
from qa.lookup.outline import Section, read_outline
from qa.lookup.places import Form, Lookup, as_sentence, join_names, mark_whole, name_runs
from qa.lookup.wording import AFTER, AND, BEFORE, TO, split_list

LABEL = r"\b(?>[ivxlc]+|[a-z]|\d{1,3})\b"  # atomic: "V" is a numeral and a letter
_SECTION = r"(?:section|sect?\.?|part)"
_PART = rf"(?:{_SECTION}|chapter|ch(?:ap)?\.?)"
_PARTS = r"(?:sections?|sect?s?\.?|chapters?|ch(?:ap)?s?\.?|parts?)"
_INNER = rf"(?:[.,]? ?(?:{_SECTION} )?| (?:of|in) (?:the )?(?:{_PART} )?){LABEL}"
PATH = rf"(?P<path>{_PART} {LABEL}(?:{_INNER})*|[ivxlc]+\.[a-z])"
_DOTTED = rf"(?:{_PARTS} )?{LABEL}(?:\. ?{LABEL})*"
_PATHS = (
    rf"(?:(?P<above>{_PART} {LABEL}),? (?!ch))?"
    rf"(?P<list>{_PARTS} {_DOTTED}(?:(?:{AND}|{TO}){_DOTTED})*)"
    rf"(?: (?:of|in) (?:the )?(?P<below>{_PART} {LABEL}))?"
)
_NOUN = re.compile(f"{_PARTS} ", re.IGNORECASE)
_PAIRS = rf"(?P<list>[ivxlc]+\.[a-z](?:(?:{AND}|{TO})[ivxlc]+\.[a-z])+)"


class Path(NamedTuple):
    """How a question names a section: by labels, the outermost first."""

    labels: tuple[str, ...]
    is_chapter: bool = False

    def leads_to(self, section: Section) -> bool:
        """Whether it names this section; a section's label alone does so below any chapter."""
        is_named = section.headings[-1].lower().startswith("chap")
        is_as_deep = not self.is_chapter or len(section.labels) == 1 or is_named
        labels = tuple(part for label in section.labels for part in label.split("."))
        return is_as_deep and labels[-len(self.labels) :] == self.labels

    def is_in(self, outline: Iterable[Section]) -> bool:
        """Whether there is such a section."""
        return any(self.leads_to(section) for section in outline)


def read_path(text: str) -> Path:
    """Read "section B of chapter V", "V.B" or "chapter III"."""
    labels = re.findall(LABEL, text.upper(), re.IGNORECASE)
    if re.search(r" (?:of|in) ", text, re.IGNORECASE):
        labels.reverse()
    return Path(tuple(labels), text.upper().startswith("CH") and len(labels) == 1)


def _find_section(match: re.Match[str], report: Report) -> Lookup | None:
    outline = read_outline(report)
    path = read_path(match["path"])
    if not path.is_in(outline) and re.fullmatch(r"\w+\.\w", match["path"]):
        return None  # "i.e." is no section
    if not path.is_in(outline) and len(path.labels) > 2 and "," in match["path"]:
        return None  # "section V.A, V.B" is a list
    if not path.is_in(outline) and (clauses := _clauses(path, report)):
        return Lookup(as_sentence(name_runs([clauses])), mark_whole(clauses))
    path = _as_printed(path, outline)
    found = [section for section in outline if path.leads_to(section)]
    return _describe(found, [] if found else [path], outline)


def _as_printed(path: Path, outline: Sequence[Section]) -> Path:
    """The path with its first number as a numeral, "5.B" as V.B, where chapters have numerals."""
    chapters = [s.labels[0] for s in outline if len(s.labels) == 1 and s.labels[0]]
    is_numbered = any(label.isdigit() for label in chapters)
    if is_numbered or "II" not in chapters or path.is_in(outline) or not path.labels:
        return path
    first, *inner = path.labels
    printed = next((label for label in chapters if is_same_mark(first, label)), first)
    return path._replace(labels=(printed, *inner))


def _clauses(path: Path, report: Report) -> list[Paragraph]:
    """The paragraphs of a dotted number or a sign: "1.1.1" of section 1.1, "§ 5" of section 5."""
    start = ".".join(path.labels)
    return [
        p
        for p in report.paragraphs
        if re.search("[.§]", p.number) and _begins(start, p.number.lstrip("§"))
    ]


def _begins(start: str, number: str) -> bool:
    return number == start or number.startswith((f"{start}.", f"{start}("))


def _find_sections(match: re.Match[str], report: Report) -> Lookup | None:
    outline = read_outline(report)
    ranges = _read_ranges(match, outline)
    found = [section for ends in ranges for section in _between(*ends, outline)]
    missing = [path for ends in ranges for path in ends if not path.is_in(outline)]
    if not found and not _NOUN.match(match["list"]):
        return None  # as "i.e." alone
    return _describe(found, missing, outline)


def _read_ranges(match: re.Match[str], outline: Sequence[Section]) -> list[tuple[Path, Path]]:
    """Read "V.A, B and D to E" as the first and last section of each part."""
    outer = match.groupdict()
    above = _as_printed(read_path(outer.get("above") or outer.get("below") or ""), outline).labels
    path = Path(())
    ranges = []
    for part in split_list(match["list"]):
        ends = []
        for end in part:
            path = _read_next(end, path, outline)
            ends.append(Path((*above, *path.labels)) if above else path)
        ranges.append((ends[0], ends[-1]))
    return ranges


def _read_next(text: str, before: Path, outline: Sequence[Section]) -> Path:
    """Read a path in a list, where "B" after "V.A" means V.B, if there is no other B."""
    path = read_path(text)
    is_inner = len(before.labels) > len(path.labels)
    if not is_inner or _NOUN.match(text):
        path = _as_printed(path, outline)
    if _NOUN.match(text):
        return path
    own = Path(path.labels, before.is_chapter and len(path.labels) == 1)
    if len(before.labels) <= len(own.labels):
        return own
    beside = Path((*before.labels[: -len(own.labels)], *own.labels))
    return beside if beside.is_in(outline) or not own.is_in(outline) else own


def _between(first: Path, last: Path, outline: Sequence[Section]) -> list[Section]:
    """The sections from one to the other, wherever one heading holds both."""
    whole, cut = [], []
    for above in dict.fromkeys(s.headings[:-1] for s in outline if _is_end(s, first, last)):
        beside = [s for s in outline if s.headings[:-1] == above and s.labels[-1]]
        firsts, lasts = (
            [i for i, section in enumerate(beside) if end.leads_to(section)]
            for end in (first, last)
        )
        if firsts and lasts:
            whole += beside[min(firsts + lasts) : max(firsts + lasts) + 1]
        else:
            cut += beside[firsts[0] :] if firsts else [beside[i] for i in lasts]
    return whole or cut


def _is_end(section: Section, first: Path, last: Path) -> bool:
    return first.leads_to(section) or last.leads_to(section)


def _describe(
    found: Iterable[Section], missing: Iterable[Path], outline: Sequence[Section]
) -> Lookup:
    sections = {section.headings: section for section in found}.values()
    sentences = [
        f"{section.kind.title()} {section.name}: {name_runs([section.paragraphs])}."
        for section in sections
    ]
    absent: dict[tuple[str, str], list[str]] = {}
    for path in dict.fromkeys(missing):
        noun = "chapter" if path.is_chapter else "section"
        absent.setdefault((noun, _extent(path, outline)), []).append(".".join(path.labels))
    sentences += [
        f"The report has no {noun} {join_names(names, 'or')}: {extent}."
        for (noun, extent), names in absent.items()
    ]
    return Lookup(" ".join(sentences), mark_whole(*(section.paragraphs for section in sections)))


def _extent(path: Path, outline: Sequence[Section]) -> str:
    """What there is beside a section, or else which chapters."""
    beside = [s for s in outline if s.name and s.labels[:-1] == path.labels[:-1]]
    beside = beside or [s for s in outline if s.name and s.kind == "chapter"]
    if not beside:
        return "it numbers none"
    return f"it has {beside[0].kind}s {beside[0].name} to {beside[-1].name}"


FORMS: tuple[Form, ...] = (
    (f"{BEFORE}{PATH}{AFTER}", _find_section),
    (f"{BEFORE}{_PATHS}{AFTER}", _find_sections),
    (f"{BEFORE}{_PAIRS}{AFTER}", _find_sections),
)
