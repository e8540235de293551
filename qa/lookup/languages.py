"""Places as the other languages of the United Nations name them, put into English words."""

import re
import unicodedata
from functools import cache

from index.numbering.labels import fold_numeral

_AFTER_NUMBER = r"(?:(?<=[\d)] )|(?<=\b\w )|(?<=\b[ivx]{2} )|(?<=\b[ivx]{3} ))"
_WORDS = {
    "paragraph": (
        r"p[áa]rr(?:afos?|s?\.)|apartados?|paragraphes?|пункт(?:а|е|у|ы|ов|ам|ах)?|пп?\.|"
        r"(?:ال)?فقر(?:ة|ات|تان|تين)"
    ),
    "article": r"art[íi]culos?|стать(?:я|и|е|ю|ей|ях)|(?:ال)?ماد(?:ة|تين)|(?:ال)?مواد",
    "annex": r"anexos?|annexes?|приложени(?:е|я|и|ю|й)|(?:ال)?مرفق(?:ات)?",
    "appendix": r"appendices?|apéndices?|дополнени(?:е|я|и)|(?:ال)?تذييل",
    "preamble": r"pr[ée]ambule|pre[áa]mbulo|преамбул(?:а|ы|е|у)|(?:ال)?ديباجة",
    "sub-paragraph": r"alinéas?|incisos?|подпункт(?:а|е|ы|ов)?",
    "section": r"section|secci(?:ón|on|ones)|раздел(?:а|е|ы|ов)?|(?:ال)?فرع",
    "chapter": r"chapitres?|cap[íi]tulos?|глав(?:а|ы|е|у)|(?:ال)?فصل",
    "page": r"pages?|p[áa]ginas?|страниц(?:а|ы|е|у)|(?:ال)?صفح(?:ة|ات)",
    "footnote": r"nota (?:al|a) pie(?: de página)?|note de bas de page|сноск(?:а|и|е|у)",
    "summary": r"résumé|resumen|резюме|(?:ال)?موجز",
    "report": r"informe|rapport|доклад(?:а|е)?|(?:ال)?تقرير",
    "document": r"documento?|документ(?:а|е)?|(?:ال)?وثيقة",
    "resolution": r"r[ée]solution|resoluci[óo]n|резолюци(?:я|и|ю|ей)|(?:ال)?قرار",
    "what does": r"qu[ée] dicen?|que di(?:t|sent)|что (?:говорится|сказано)|ماذا (?:تقول|يقول)",
    "in": r"dans|en|в|во|في",
    "of": r"del?|du|des|из|من",
    "the": r"el|las?|los|les?|l['’]",
    "to": rf"{_AFTER_NUMBER}(?:à|au|al?|по|إلى)(?= )",
    "and": rf"{_AFTER_NUMBER}(?:y|et|и|و)(?= )",
}
_HAN = {
    "段": "paragraph", "条": "article", "页": "page", "节": "section", "章": "chapter",
    "附件": "annex", "附录": "appendix", "序言": "preamble", "脚注": "footnote", "摘要": "summary",
    "号文件": "", "号决议": "", "文件": "document", "决议": "resolution", "报告": "report",
    "和": "and", "至": "to", "说什么": "", "说了什么": "", "的内容": "", "的": "", "中": "",
}  # fmt: skip
_COMMAS = str.maketrans("،、", ",,")
_NUMERAL = r"(?:\d+|[一二三四五六七八九十百]+)(?:\(\w{1,6}\))*"
_COUNTED = re.compile(
    rf"第 ?(?P<numbers>{_NUMERAL}(?: ?[-–,和至] ?第? ?{_NUMERAL})*) ?(?P<noun>[段条页节章])"
)
_NAMED = re.compile(f"({'|'.join(list(_HAN)[5:])}) ?([一二三四五六七八九十]*)")
_MAY_BE_FOREIGN = re.compile(
    r"[^\x00-\x7f]|parrafo|apartado|paragraphe|articulo|anexo|annexe|appendice|chapitre|capitulo|"
    r"seccion|pagina|preambul|resumen|nota a|\bparr?s?\.",
    re.IGNORECASE,
)


def in_english(question: str) -> str:
    """The question with English words for places and ASCII digits; no translation of the rest."""
    if not _MAY_BE_FOREIGN.search(question):
        return question
    text = unicodedata.normalize("NFKC", question).translate(_COMMAS)
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    text = re.sub(r"(?<=\d )و(?=\d)", "و ", text)
    text = _COUNTED.sub(lambda m: f" {_HAN[m['noun']]} {_fold_numerals(m['numbers'])} ", text)
    text = _NAMED.sub(lambda m: f" {_HAN[m[1]]} {fold_numeral(m[2]) if m[2] else ''} ", text)
    for words, english in _table():
        text = words.sub(english, text)
    return re.sub(r" (?=[,.])", "", " ".join(text.split()))


def _fold_numerals(numbers: str) -> str:
    folded = re.sub("[一二三四五六七八九十百]+", lambda m: fold_numeral(m[0]), numbers)
    return folded.replace("第", "")


@cache
def _table() -> list[tuple[re.Pattern[str], str]]:
    """Compiled when it is first needed, which for most people is never."""
    return [
        (re.compile(rf"(?<!\w)(?:{words})(?:(?!\w)|(?<=['’]))", re.IGNORECASE), f"{english} ")
        for english, words in _WORDS.items()
    ]
