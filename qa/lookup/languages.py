"""Places as the other languages of the United Nations name them, put into English words."""

import re
import unicodedata
from functools import cache

from index.numbering.labels import fold_numeral

_WORDS = {
    "paragraph": r"p[áa]rrafos?|apartados?|paragraphes?|пункт(?:а|е|ы|ов|ах)?|(?:ال)?فقر(?:ة|ات)",
    "article": r"art[íi]culos?|стать(?:я|и|е|ю|ей|ях)|(?:ال)?ماد(?:ة|تين)|(?:ال)?مواد",
    "annex": r"anexos?|annexes?|приложени(?:е|я|и|ю|й)|(?:ال)?مرفق(?:ات)?",
    "appendix": r"appendice|apéndice|дополнени(?:е|я|и)|(?:ال)?تذييل",
    "preamble": r"préambule|preámbulo|преамбул(?:а|ы|е|у)|(?:ال)?ديباجة",
    "section": r"section|sección|secciones|раздел(?:а|е|ы|ов)?|(?:ال)?فرع",
    "chapter": r"chapitres?|capítulos?|глав(?:а|ы|е|у)|(?:ال)?فصل",
    "page": r"page|páginas?|страниц(?:а|ы|е|у)|(?:ال)?صفح(?:ة|ات)",
    "footnote": r"nota (?:al|a) pie(?: de página)?|note de bas de page|сноск(?:а|и|е|у)",
    "summary": r"résumé|resumen|резюме|(?:ال)?موجز",
    "what does": r"qu[ée] dicen?|que di(?:t|sent)|что (?:говорится|сказано)|ماذا (?:تقول|يقول)",
    "in": r"dans|en|в|во|في",
    "of": r"del?|du|des|из|من",
    "the": r"el|las?|los|les?|l['’]",
    "to": r"(?<=\d )(?:à|au|al?|по|إلى)(?= )",
    "and": r"(?<=\d )(?:y|et|и|و)(?= )",
}
_HAN = {
    "段": "paragraph", "条": "article", "页": "page", "节": "section", "章": "chapter",
    "附件": "annex", "附录": "appendix", "序言": "preamble", "脚注": "footnote", "摘要": "summary",
    "和": "and", "、": "and", "至": "to", "说什么": "", "说了什么": "", "的内容": "", "的": "",
}  # fmt: skip
_COUNTED = re.compile(r"第 ?([\d一二三四五六七八九十百]+) ?([段条页节章])")
_NAMED = re.compile(f"({'|'.join(list(_HAN)[5:])}) ?([一二三四五六七八九十]*)")
_MAY_BE_FOREIGN = re.compile(
    r"[^\x00-\x7f]|parrafo|apartado|paragraphe|articulo|anexo|annexe|appendice|chapitre|resumen|"
    "nota a",
    re.IGNORECASE,
)


def in_english(question: str) -> str:
    """The question with English words for places and ASCII digits; no translation of the rest."""
    if not _MAY_BE_FOREIGN.search(question):
        return question
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in question)
    text = _COUNTED.sub(lambda m: f" {_HAN[m[2]]} {fold_numeral(m[1])} ", text)
    text = _NAMED.sub(lambda m: f" {_HAN[m[1]]} {fold_numeral(m[2]) if m[2] else ''} ", text)
    for words, english in _table():
        text = words.sub(english, text)
    return re.sub(r" (?=[,.])", "", " ".join(text.split()))


@cache
def _table() -> list[tuple[re.Pattern[str], str]]:
    """Compiled when it is first needed, which for most people is never."""
    return [
        (re.compile(rf"(?<!\w)(?:{words})(?:(?!\w)|(?<=['’]))", re.IGNORECASE), f"{english} ")
        for english, words in _WORDS.items()
    ]
