"""How else a report may write a name: in full, in short, or in another spelling."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from index.lexical import stems
from index.report import Report
from index.stopwords import FUNCTION_WORDS
from qa.lookup.names import URL, find_names

# What people write, and what documents of the United Nations write. "Democratic People's
# Republic of Korea" holds "Republic of Korea", which is another country, but never with "the".
_SAME = (
    ("UN", "U.N.", "United Nations"),
    ("EU", "European Union"),
    ("AU", "African Union"),
    ("UK", "U.K.", "United Kingdom", "Britain", "Great Britain"),
    ("US", "U.S.", "USA", "United States", "United States of America"),
    ("UAE", "United Arab Emirates"),
    ("Cabo Verde", "Cape Verde"),
    ("Côte d’Ivoire", "Ivory Coast"),
    ("Czechia", "Czech Republic"),
    ("Eswatini", "Swaziland"),
    ("Laos", "Lao People’s Democratic Republic"),
    ("Myanmar", "Burma"),
    ("Netherlands", "Holland"),
    ("North Korea", "DPRK", "Democratic People’s Republic of Korea"),
    ("Russia", "Russian Federation"),
    ("South Korea", "the Republic of Korea"),
    ("Syria", "Syrian Arab Republic"),
    ("Timor-Leste", "East Timor"),
    ("Türkiye", "Turkey"),
    ("Viet Nam", "Vietnam"),
)
_NO_NAMES = FUNCTION_WORDS | {"us"}  # "who" is no WHO

_ACCENTS = re.compile("[\u0300-\u036f]")
_SMALL = "(?:of|for|on|the|and|in|to|with|against)"
_CAPITAL = r"[A-Z][\w'’-]*"
_DEFINED = re.compile(rf"({_CAPITAL}(?: (?:{_SMALL}|{_CAPITAL}))*) \(([A-Z][\w-]*[A-Z][\w-]*)\)")
_FEWEST_INITIALS, _MOST_INITIALS = 3, 10  # two stand for too much
_OF_A_COUNTRY = "(?:a?n|ian|i|ese)"  # Venezuelan, Chilean, Iraqi
_ENDINGS = (
    (r"(?<=\w)is(?=(?:e[ds]?|ing|ations?)$)", "iz"),
    (r"(?<=\w)our(?=s?$)", "or"),
    (r"(?<=\w\w)ies$", "y"),
    (r"(?<=ss|sh|ch|.x|.z)es$", ""),
    (r"(?<=\w[^s])s$", ""),
)


def forms_of(name: str, report: Report) -> list[str]:
    """A name as it was typed, then what else means the same: "ILO" in full, "EU" and the like.

    The other forms are those that the report defines, as in "World Health Organization
    (WHO)", those of a short table, and names with just these initials.
    """
    known = [form for row in _SAME if any(_is_same(name, form) for form in row) for form in row]
    known = known or list(_defined(name, texts_of(report))) or _with_initials(name, report)
    return list(dict.fromkeys([name, *known]))


def texts_of(report: Report) -> list[str]:
    """All that a report says, in paragraphs and footnotes, without addresses."""
    notes = (note.text for p in report.paragraphs for note in p.footnotes)
    return [URL.sub("", text) for text in (*(p.text for p in report.paragraphs), *notes)]


def _is_same(name: str, form: str) -> bool:
    folded = _plain(name).casefold()
    return name == form or (folded == _plain(form).casefold() and name not in _NO_NAMES)


def _plain(text: str) -> str:
    """The text without accents, sign by sign where it was composed."""
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text)).replace("’", "'")


def _defined(name: str, texts: Sequence[str]) -> Iterator[str]:
    """The other half where a report says "Long Name (ABC)"."""
    clues = (f"({name.casefold()})", f"{name.casefold()} (")
    for text in texts:
        if any(clue in text.casefold() for clue in clues):
            for before, short in _DEFINED.findall(text):
                long = _shortened_by(short, before)
                if long and _is_same(name, short):
                    yield _without_office(long)
                elif long and _is_same(_without_office(name), _without_office(long)):
                    yield short


def _without_office(name: str) -> str:
    return name.removeprefix("Office of the ")


def _shortened_by(short: str, text: str) -> str:
    """The end of a text whose signs an abbreviation takes in order, or ``""``.

    Source: Schwartz and Hearst, PSB 2003, here with a capital at the start.
    """
    lower, end = text.casefold(), len(text)
    signs = [sign for sign in short.casefold() if sign.isalnum()]
    for sign in reversed(signs[1:]):
        end = max(lower.rfind(sign, 0, end), 0)
    starts = [m.start() for m in re.finditer(r"(?<!\w)[A-Z]", text[:end])]
    fitting = [start for start in starts if lower[start] == signs[0]]
    return text[fitting[-1] :] if fitting else ""


def _with_initials(name: str, report: Report) -> list[str]:
    """The names that an acronym may stand for, or the acronym of a long name."""
    letters = _letters(name)
    if _FEWEST_INITIALS <= len(letters) <= _MOST_INITIALS:
        has_run = any(_runs(letters, text) for text in texts_of(report))
        names = find_names(report) if has_run else ()  # to find all names takes 30 ms
        return sorted(each for each in names if _initials(each) == letters)
    initials = _initials(name)
    return [initials] if len(initials) >= _FEWEST_INITIALS else []


def _letters(name: str) -> str:
    """The letters of an acronym, "SDG" of "SDGs"; ``""`` where it is none."""
    acronym = name.removesuffix("s")
    return acronym if acronym.isalpha() and acronym.isupper() else ""


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.split("[ -]", name) if word[:1].isupper())


def may_be_meant(name: str, report: Report) -> bool:
    """Whether a report may mean the same by other words: "GBV" by gender-based violence.

    That is so where words of it have these initials, or one has this stem: who asks for
    "vaccines" may mean "vaccination".
    """
    letters = _letters(name)
    if not letters:
        wanted, own = stems([name])[0], stems(texts_of(report))
        return " " not in name and any([word] == wanted for text in own for word in text)
    if not 2 <= len(letters) <= _MOST_INITIALS:
        return False
    flags = re.IGNORECASE if len(letters) >= _FEWEST_INITIALS else re.NOFLAG
    runs = (run for text in texts_of(report) for run in _runs(letters, text, flags))
    return any(FUNCTION_WORDS.isdisjoint(map(str.lower, run)) for run in runs)


def _runs(letters: str, text: str, flags: re.RegexFlag = re.NOFLAG) -> list[tuple[str, ...]]:
    """Words that follow one another and have these initials, but for the small ones between."""
    words = rf"[ -](?:{_SMALL} )*".join(rf"({letter}\w+)" for letter in letters)
    return [match.groups() for match in re.finditer(rf"\b{words}", text, flags)]


def spellings_of(name: str, report: Report) -> list[str]:
    """How a report writes the words of a name otherwise: "Guinea Bissau", "Venezuelans"."""
    wanted = re.findall(r"[^\W\d]+|\d+", _plain(name))  # "Covid19" is "COVID-19"
    if not wanted:
        return []
    start = re.escape(wanted[0][:3])
    run = re.compile(rf"\b(?={start})\w+(?:[\s'-]\w+){{{len(wanted) - 1}}}", re.IGNORECASE)
    found: dict[str, str] = {}
    for text in texts_of(report):
        plain = _plain(text)
        for match in run.finditer(plain) if len(plain) == len(text) else ():
            own = re.findall(r"\w+", match[0])
            if all(map(_is_same_word, wanted, own)):
                found.setdefault(match[0].casefold(), text[slice(*match.span())])
    return list(found.values())


def _is_same_word(wanted: str, own: str) -> bool:
    """Whether a word is an inflection or another spelling of the wanted one, or its people."""
    if wanted.isupper() and not own.removesuffix("s").isupper():
        return False  # "WHO" is no "who"
    wanted, folded = _folded(wanted), _folded(own)
    is_of_it = own.istitle() and re.fullmatch(re.escape(wanted) + _OF_A_COUNTRY, folded)
    return folded == wanted or bool(is_of_it)


def _folded(word: str) -> str:
    """A word as a spelling of American English has it, and as one: "organization"."""
    word = word.casefold()
    for ending, other in _ENDINGS:
        word = re.sub(ending, other, word)
    return word
