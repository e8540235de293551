"""Perturbed copies of the bundled report: a library of any size whose right answers are known.

A copy has a hundred of its paragraphs, each with words dropped from its text and noise on its
vector. To encode 100,000 paragraphs takes ten minutes, so their vectors are looked up; what
the encoder does not know it encodes.
"""

import random
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from eval.collection import load_collection
from index.encoder import Encoder, Encoding, Kind, encode_whole, unit
from index.library import BUNDLED_REPORT, Library
from index.report import Paragraph
from qa.answer import answer_question

PARAGRAPHS = 100  # a copy
_DROPPED = 0.1  # of the words
_NOISE = 0.05  # standard deviation, on each number of a vector of length 1


def file_name(number: int) -> str:
    """Of a copy."""
    return f"copy-{number}.md"


def success_at_1(library: Library) -> float:
    """The share of bundled questions whose first citation is right."""
    collection = load_collection("global-compact")
    originals = [p.number for p in library.report(BUNDLED_REPORT).paragraphs]
    right = []
    for query_id, grades in collection.qrels.items():
        answer = answer_question(collection.queries[query_id], library=library)
        found = _original(answer.hits[0].paragraph, originals)
        right.append(found in _relevant(grades))
    return float(np.mean(right))


def _relevant(grades: Mapping[str, int]) -> Collection[str]:
    """The numbers of the paragraphs that are right."""
    return {number for number, grade in grades.items() if grade > 0}


def _original(paragraph: Paragraph, originals: Sequence[str]) -> str:
    """The number of the bundled report's paragraph that this one is, or is a copy of."""
    if paragraph.report_id == BUNDLED_REPORT:
        return paragraph.number
    first = int(paragraph.report_id.removeprefix("copy-")) * PARAGRAPHS
    return originals[(first + paragraph.order) % len(originals)]


class LookUpEncoder:
    """An encoder that is told the encodings of the texts to come."""

    def __init__(self, encoder: Encoder) -> None:
        """Take the name and the place of another encoder."""
        self._encoder = encoder
        self.name, self.fingerprint, self.dim = encoder.name, encoder.fingerprint, encoder.dim
        self.languages, self.is_prepared = encoder.languages, encoder.is_prepared
        self.known: dict[str, Encoding] = {}

    def split(self, text: str) -> list[tuple[int, int]]:
        """As the other one does, unless the whole text is known."""
        return [(0, len(text))] if text in self.known else self._encoder.split(text)

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
        """Look up what is known, encode the rest."""
        strange = [text for text in texts if text not in self.known]
        encoded = dict(zip(strange, self._encoder.encode(strange, kind), strict=True))
        return [encoded[text] if text in encoded else self.known[text] for text in texts]

    def encode_under(self, texts: Sequence[str], headings: Sequence[str]) -> list[Encoding]:
        """As the other one does."""
        return self._encoder.encode_under(texts, headings)


class Copier:
    """Makes files of perturbed paragraphs, with the encoding of each."""

    def __init__(
        self, paragraphs: Sequence[Paragraph], encoder: Encoder, count: int = PARAGRAPHS
    ) -> None:
        """Encode the paragraphs that will be copied, so many to a copy."""
        self._count = count
        self._texts = [paragraph.text for paragraph in paragraphs]
        self._encodings = encode_whole(encoder, self._texts, "paragraph")

    def copy(self, number: int) -> tuple[bytes, list[tuple[str, Encoding]]]:
        """The file of a report, and its paragraphs' texts with their encodings."""
        words, noise = random.Random(number), np.random.default_rng(number)
        first = number * self._count
        rows = [row % len(self._texts) for row in range(first, first + self._count)]
        encoded = [self._perturb(row, words, noise) for row in rows]
        body = "\n\n".join(f"{n}. {text}" for n, (text, _) in enumerate(encoded, 1))
        return f"# Copy {number}\n\n{body}\n".encode(), encoded

    def _perturb(
        self, row: int, words: random.Random, noise: np.random.Generator
    ) -> tuple[str, Encoding]:
        """A text without some of its words, and its encoding without their tokens."""
        text, encoding = self._texts[row].replace("\n", " "), self._encodings[row]
        pieces = text.split(" ")
        kept = np.array([i == 0 or words.random() > _DROPPED for i in range(len(pieces))])
        lengths = np.array([len(piece) + 1 for piece in pieces])
        gone = np.cumsum(np.where(kept, 0, lengths))  # characters that are missing before a word
        owner = np.searchsorted(np.cumsum(lengths), encoding.spans[:, 0], "right")
        held = kept[owner]
        vector = encoding.vector + noise.normal(0, _NOISE, len(encoding.vector))
        return " ".join(piece for piece, is_kept in zip(pieces, kept, strict=True) if is_kept), (
            Encoding(
                unit(vector.astype(np.float32)),
                encoding.tokens[held],
                encoding.token_ids[held],
                (encoding.spans - gone[owner][:, np.newaxis])[held].astype(np.int32),
            )
        )
