"""Headings: how deep they stand, by their numerals and letters, and which begin an annex."""

import re

from index.numbering.labels import (
    ARABIC_LETTER,
    ARABIC_ORDINAL,
    NUMBER_WORD,
    fold_numeral,
    letter_value,
    roman_value,
)
from index.report import Heading

_SUMMARY = re.compile(
    r"(?:executive )?summary|résumé(?: analytique)?|resumen(?: ejecutivo)?|резюме|摘要|概要|موجز|"
    r"zusammenfassung|sommario|resumo",
    re.IGNORECASE,
)
_CONTENTS = re.compile(
    r"(?:table of )?contents|table des matières|sommaire|índice|содержание|目录|المحتويات",
    re.IGNORECASE,
)
_COUNT = rf"\s+(?:[IVXLC]+|\d{{1,3}}|[A-Z]|{NUMBER_WORD})(?=$|[\s.:–—-])"
_ARABIC_COUNT = rf"\s+{ARABIC_ORDINAL}(?=\s*(?:$|[.:–—-]))"
_ARABIC_STOP = r"\s?(?:[.:–—-]\s|$)"
# Outermost first; what matches none stands within the innermost of these.
_RANKS = (
    rf"(?i:part|partie|parte|часть|title|titre|título){_COUNT}|(?:الجزء|الباب){_ARABIC_COUNT}|"
    r"第\s?\S{1,3}\s?[部编]",
    rf"(?i:chapter|chapitre|capítulo|глава){_COUNT}|الفصل{_ARABIC_COUNT}|第\s?\S{{1,3}}\s?章",
    rf"[IVXLC]+(?:[.．]?\s|[.．]?$)|[一二三四五六七八九十]+[.．、]|{ARABIC_ORDINAL}{_ARABIC_STOP}",
    rf"[A-ZА-Я](?:[.．]\s|[.．]?$)|[(（][一二三四五六七八九十]+[)）]|{ARABIC_LETTER}{_ARABIC_STOP}",
    r"(?i:section|sección|раздел|القسم)\s+\S+|第\s?\S{1,3}\s?节",
    r"\d{1,2}[.)．、]?\s",
    r"\d{1,2}\.\d{1,2}\.?\s",
    r"\d{1,2}(?:\.\d{1,2}){2,4}\.?\s",
    r"(?i:article|artículo|статья|rule|principle|guideline)\s+\S+|第\s?\S{1,4}\s?条",
    r"[(（](?:\d{1,2}|[A-Z])[)）]\s?",
    r"[(（]?[a-zа-я]{1,2}[)）]\s|[a-z]\.\s",
    r"[(（]?[ivx]{1,5}[)）]\s",
)
_PATTERNS = tuple(re.compile(rank) for rank in _RANKS)
_ROMAN, _LETTER, _SMALL, _SMALL_ROMAN, _DEEPEST = 2, 3, 10, 11, len(_RANKS)
_TITLED = (0, 1, 4)  # part, chapter, section: their titles may be headings of their own
_BELOW = 0.5  # the rank of such a title, to that of its number
ANNEX, APPENDIX = -2, -1  # ranks: outside of all others

_ANNEX_WORDS = {
    "annex": "annex|annexe|anexo|приложение|附件|المرفق|مرفق|anhang|anlage|allegato",
    "schedule": "schedule",
    "appendix": "appendix|appendice|apéndice|дополнение|добавление|附录|附文|التذييل|تذييل",
    "enclosure": "enclosure|pièce jointe|documento adjunto|الضميمة|ضميمة",
    "attachment": "attachment|pièce annexée|adjunto",
}
OUTER_ANNEXES = ("annex", "schedule")  # the others may stand inside one of these
_MARK = rf"[IVXLC]+|[A-ZА-Я]|\d{{1,2}}[A-Z]?|[一二三四五六七八九十]{{1,3}}|{NUMBER_WORD}"
_CONTINUED = (
    "continued|concluded|cont[’'.]d|suite|fin|continuación|conclusión|продолжение|окончание|续|تابع"
)
_ANNEX = re.compile(
    rf"\[?(?P<word>(?i:{'|'.join(_ANNEX_WORDS.values())}))(?:\s*(?:№|[Nn][o°º]\.?)(?=\s?\w))?"
    # A mark is not given back: "Annex I (…" is no annex without one.
    rf"(?:\s*(?P<mark>{_MARK})(?=[\s.:：–—()（\[\]*-]|$))?+[\]*]*"
    rf"(?P<again>\s*[(（](?i:{_CONTINUED})[)）]$)?(?:\s*[(（\[][^()（）\[\]]*[)）\]]\**)*"
    r"\s*(?:$|[.:：–—\n-]|(?=[^\W\d_a-zа-я])|(?=(?:to|à|au|a la|al|к) ))"
)
_LONGEST_TITLE = 200  # characters
_SENTENCE_END = re.compile(r"[.;!?。；！？؛؟]\W*$")
_LEADERS = re.compile(r"(?<!\.)(?<!\.\s)(?:\.\s?){5,}[\s\dxivl–-]*$|…{2,}|_{5,}\s*\d+\s*$")

_NUMERAL = re.compile(
    r"(?:[IVXLC]+|[A-ZА-Я]|\d+)(?:\.\s+|．\s*)|\d+(?:\.\d+)+\.?\s+|[一二三四五六七八九十]+[.．、]\s*|"
    rf"(?:{ARABIC_ORDINAL}|{ARABIC_LETTER})\s?[.:–—-]\s+"
)
_FIRST = re.compile(r"(?:[IAА一]|أولا|ألف)(?!\w)")
_SIGN = re.compile(
    rf"(?:[IVXLC]+|[A-ZА-Я])[.．]?|[一二三四五六七八九十]+|{ARABIC_ORDINAL}|{ARABIC_LETTER}"
)


def strip_numbering(heading: str) -> str:
    """The heading without its numeral, letter or number."""
    match = _NUMERAL.match(heading)
    return heading[match.end() :] if match else heading


def is_summary(text: str) -> bool:
    """Whether a heading is that of a summary, in any language of the United Nations."""
    return bool(_SUMMARY.fullmatch(text.strip(" *:")))


def is_contents(text: str) -> bool:
    """Whether a line belongs to a list of contents: its heading, or one with dot leaders."""
    return bool(_CONTENTS.fullmatch(text.strip(" *:")) or _LEADERS.search(text))


def is_chapter(line: str) -> bool:
    """Whether a line that the source shows as text begins a part or chapter: "Chapter IV"."""
    match = _PATTERNS[0].match(line) or _PATTERNS[1].match(line)
    rest = line[match.end() :].lstrip() if match else ""
    is_short = len(line) <= _LONGEST_TITLE and not _SENTENCE_END.search(line)
    return bool(match) and is_short and not rest[:1].islower() and not _LEADERS.search(line)


def is_bare(heading: str) -> bool:
    """Whether a heading is but the number of a part, chapter or section: "CHAPTER II", "II"."""
    return is_sign(heading) or any(_PATTERNS[rank].fullmatch(heading) for rank in _TITLED)


def is_sign(line: str) -> bool:
    """Whether a line is but a numeral or a letter: "II", "B."."""
    sign = line.rstrip(".．")
    is_word = sign.isascii() and len(sign) > 1 and not roman_value(sign)  # "CIVIL"
    return bool(_SIGN.fullmatch(line)) and not is_word


def is_first(heading: str) -> bool:
    """Whether a heading's numeral or letter is the first of its kind: "A. Scope", "I"."""
    return bool(_FIRST.match(heading))


def is_numbered(heading: str) -> bool:
    """Whether a heading has a numeral, a letter or a number."""
    return any(pattern.match(heading) for pattern in _PATTERNS)


def annex_name(text: str) -> tuple[str, str]:
    """The kind and the whole name of the annex that a line begins, or two empty texts.

    "Annexe II – Liste" is ``("annex", "annex-II")``, whatever the language: citations
    are in one.
    """
    match = _match_annex(text)
    if not match or match["again"]:
        return "", ""
    word = match["word"].lower()
    kind = next(k for k, names in _ANNEX_WORDS.items() if word in names.split("|"))
    return kind, f"{kind}-{fold_numeral(match['mark'])}" if match["mark"] else kind


def is_annex_again(text: str) -> bool:
    """Whether a line names, over a further page, the annex that goes on: "Annex I (continued)"."""
    match = _match_annex(text)
    return bool(match and match["again"])


def is_bare_annex(line: str) -> bool:
    """Whether a line is but the name of an annex, whose title may stand below it."""
    return bool(annex_name(line)[0] and _ANNEX.fullmatch(line))


def _match_annex(text: str) -> re.Match[str] | None:
    is_line = len(text) <= _LONGEST_TITLE and not (
        text[:1].islower() or _SENTENCE_END.search(text) or _LEADERS.search(text)
    )
    return _ANNEX.match(text) if is_line else None


class Outline:
    """The headings so far and the path to where the text stands."""

    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self._path: list[tuple[float, str]] = []  # (rank, heading), outermost first
        self._numeral = self._letter = self._small = 0  # the last ones, as numbers

    @property
    def section(self) -> tuple[str, ...]:
        """The headings that the text stands under, outermost first."""
        return tuple(text for _, text in self._path)

    def add(self, text: str, order: int, *, rank: float | None = None) -> None:
        """Add a heading before the paragraph of that order; without a rank, it shows its own."""
        if rank is None:
            rank = self._rank(text)
            if rank == _DEEPEST and self._is_untitled(order):
                rank = self._path[-1][0] + _BELOW
        elif rank == ANNEX:
            self._numeral = self._letter = 0
        self._path = [(r, t) for r, t in self._path if r < rank] + [(rank, text)]
        self.headings.append(Heading(text, len(self._path), order))

    def add_beside(self, text: str, order: int) -> None:
        """Add the title of a box, which what follows does not stand under."""
        self.headings.append(Heading(text, len(self._path) + 1, order))

    def _is_untitled(self, order: int) -> bool:
        """Whether the heading right before is but the number of a part, chapter or section."""
        is_next = bool(self._path) and self.headings[-1].order == order
        return (
            is_next and self.headings[-1].text == self._path[-1][1] and is_bare(self._path[-1][1])
        )

    def _rank(self, heading: str) -> int:
        """How deep a heading stands.

        "C." is a numeral or a letter: what comes next in its sequence decides.
        """
        sign = re.match(r"([A-ZА-Я]+)([.．]?)(?:\s|$)", heading)
        is_stopped = bool(sign and sign[2]) or is_sign(heading)  # not "C Major"
        roman = roman_value(sign[1]) if sign else 0
        letter = letter_value(sign[1]) if sign and is_stopped and len(sign[1]) == 1 else 0
        if not is_stopped and roman != self._numeral + 1:
            roman = 0
        if roman and not self._is_letter(roman, letter):
            self._numeral, self._letter = roman, 0
            return _ROMAN
        if letter:
            self._letter = letter
            return _LETTER
        if small := re.match(r"[(（]?([a-z]{1,5})[)）]\s", heading):
            return self._rank_small(small[1])
        ranks = (rank for rank, pattern in enumerate(_PATTERNS) if pattern.match(heading))
        words = (rank for rank in ranks if not sign or rank not in (_ROMAN, _LETTER))
        return next(words, _DEEPEST)

    def _rank_small(self, sign: str) -> int:
        """The same for "(i)", which comes after "(h)", or begins a list below "(b)"."""
        letter = letter_value(sign)
        if roman_value(sign) and letter != self._small + 1:
            return _SMALL_ROMAN
        self._small = letter
        return _SMALL

    def _is_letter(self, roman: int, letter: int) -> bool:
        """Whether a sign that is both stands in the sequence of the letters."""
        if not letter:
            return False
        if roman == self._numeral + 1:
            return not self._numeral and letter == self._letter + 1 > 1
        return roman > 1 or letter == self._letter + 1  # else the numerals begin again
