"""Questions in a language that the encoder does not know."""

import re
from collections.abc import Collection

from index.encoder import Encoding

# Languages that a person may ask in, by ISO 639 code. The classifier has more: dead ones, and
# such as a short question in a larger language is taken for, Ligurian for Italian.
_NAMES = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "as": "Assamese", "az": "Azerbaijani",
    "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "bs": "Bosnian", "ca": "Catalan",
    "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German", "dz": "Dzongkha", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "ga": "Irish", "gl": "Galician", "gu": "Gujarati",
    "ha": "Hausa", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "ht": "Haitian Creole",
    "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "ig": "Igbo", "is": "Icelandic",
    "it": "Italian", "ja": "Japanese", "jv": "Javanese", "ka": "Georgian", "kk": "Kazakh",
    "km": "Khmer", "kn": "Kannada", "ko": "Korean", "ku": "Kurdish", "ky": "Kyrgyz",
    "lb": "Luxembourgish", "lg": "Ganda", "ln": "Lingala", "lo": "Lao", "lt": "Lithuanian",
    "lv": "Latvian", "mg": "Malagasy", "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian",
    "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "my": "Burmese", "ne": "Nepali",
    "nl": "Dutch", "no": "Norwegian", "om": "Oromo", "or": "Odia", "pa": "Punjabi",
    "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "rw": "Kinyarwanda", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "sn": "Shona",
    "so": "Somali", "sq": "Albanian", "sr": "Serbian", "st": "Sotho", "sv": "Swedish",
    "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "tg": "Tajik", "th": "Thai", "tk": "Turkmen",
    "tl": "Filipino", "tr": "Turkish", "tt": "Tatar", "ug": "Uyghur", "uk": "Ukrainian",
    "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "xh": "Xhosa", "yo": "Yoruba",
    "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip

# An encoder cuts words it never learnt into many pieces. Of 1,835 English questions (the
# bundled ones, xquad-en, scifact, cranfield) 14 % have 1.4 pieces a word or more; so it is
# worth asking which language it is only there, and the half second that takes is spent on few
# questions.
_PIECES_A_WORD = 1.4
_FEWEST_WORDS = 3
_LAST_LATIN = "\u024f"
# By how much another language must be likelier than any that the encoder knows, as the log of
# the ratio. English with foreign names in it, "What has Türkiye done?", is taken for another
# language too, but by 17 at most on those questions, and by 12 on 1,500 made of the names in the
# bundled report. Of 103 questions in 29 other languages 6 are below, short and half of names.
_CLEARLY = 21


def unknown_language(question: str, encoding: Encoding, known: Collection[str]) -> str:
    """The language of a question that the encoder does not know.

    Args:
        question: as it was asked.
        encoding: of the question.
        known: ISO 639-1 codes of the encoder's languages; empty where nobody says.
    Returns:
        Its name in English; ``""`` where there is no reason to doubt.
    """
    n_words = len(re.findall(r"\w+", question))
    is_broken_up = n_words >= _FEWEST_WORDS and len(encoding.token_ids) >= _PIECES_A_WORD * n_words
    is_other_script = _is_other_script(question)
    if not known or not (is_broken_up or is_other_script):
        return ""
    import py3langid  # its model takes half a second to load

    scores = {code: score for code, score in py3langid.rank(question) if code in _NAMES}
    language = max(scores, key=scores.__getitem__)
    ahead = scores[language] - max(scores[code] for code in known if code in scores)
    return _NAMES[language] if ahead > (0 if is_other_script else _CLEARLY) else ""


def language_name(code: str) -> str:
    """The English name of a language by its ISO 639 code, or ``"another language"``."""
    return _NAMES.get(code, "another language")


def _is_other_script(text: str) -> bool:
    """Whether most letters are not Latin."""
    letters = [sign for sign in text if sign.isalpha()]
    return 2 * sum(letter > _LAST_LATIN for letter in letters) > len(letters)
