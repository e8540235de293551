"""How often words and word pieces occur, kept a report at a time.

A small library is counted whole. Of a large one as many reports as hold some ten thousand
paragraphs are read, and frequencies are taken to be alike in the rest: an inverse document
frequency is a logarithm, and the words that a sample lacks are rare in the whole too.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from index.lexical import K1, B, query_stems, stems
from index.report import Paragraph
from index.rows import Window, searched_text
from index.searching import Scores
from index.tokens import Ints

SAMPLED_PARAGRAPHS = 20_000


@dataclass(slots=True)
class Statistics:
    """Counts over some paragraphs.

    Attributes:
        n_paragraphs: how many were counted.
        n_words: stems in all of them.
        words: how many paragraphs hold each stem, in text or footnotes.
        pieces: how many hold each word piece in their text.
    """

    n_paragraphs: int = 0
    n_words: int = 0
    words: Counter[str] = field(default_factory=Counter)
    pieces: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(
        cls, paragraphs: Sequence[Paragraph], windows: Sequence[Sequence[Window]]
    ) -> "Statistics":
        """Count a report."""
        counted = cls(len(paragraphs))
        for words in stems([searched_text(paragraph) for paragraph in paragraphs]):
            counted.n_words += len(words)
            counted.words.update(set(words))
        for of_paragraph in windows:
            counted.pieces.update({i for window in of_paragraph for i in _pieces(window)})
        return counted

    def add(self, other: "Statistics") -> None:
        """Count other paragraphs too."""
        self.n_paragraphs += other.n_paragraphs
        self.n_words += other.n_words
        self.words.update(other.words)
        self.pieces.update(other.pieces)

    def to_text(self) -> str:
        """All of it, packed."""
        counts = [self.n_paragraphs, self.n_words, self.words, list(self.pieces.items())]
        return b64encode(zlib.compress(json.dumps(counts).encode())).decode()

    @classmethod
    def from_text(cls, text: str) -> "Statistics":
        """What `to_text` packed."""
        n_paragraphs, n_words, words, pieces = json.loads(zlib.decompress(b64decode(text)))
        return cls(n_paragraphs, n_words, Counter(words), Counter(dict(map(tuple, pieces))))

    def idf(self, token_ids: Ints) -> Scores:
        """Inverse document frequency of word pieces: ln(1 + N / (1 + df))."""
        frequency = np.array([self.pieces[piece] for piece in token_ids.tolist()])
        return np.log1p(self.n_paragraphs / (1 + frequency)).astype(np.float32)

    def bm25_shares(self, queries: Sequence[str], texts: Sequence[str]) -> Scores:
        """BM25 of each text for each query, as a share of what no text can exceed.

        That is the sum of the words' idf = ln(1 + (N - n + .5) / (n + .5)).

        Returns:
            float32, shape (n_queries, n_texts), in [0, 1].
        Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond,
        FnTIR 2009; idf as in Lucene, as in `index.lexical`.
        """
        counts = [Counter(words) for words in stems(texts)]
        lengths = np.array([counted.total() for counted in counts])
        relative = lengths * self.n_paragraphs / max(self.n_words, 1)
        shares = np.zeros((len(queries), len(texts)), np.float32)
        for row, query in enumerate(queries):
            words = query_stems(query)
            idf = self._word_idf(words)
            tf = np.array([[counted[word] for word in words] for counted in counts])
            tf = tf.reshape(len(texts), len(words))
            weights = tf / (tf + K1 * (1 - B + B * relative[:, np.newaxis]))
            shares[row] = (weights @ idf) / max(float(idf.sum()), 1e-12)
        return shares

    def _word_idf(self, words: Sequence[str]) -> Scores:
        frequency = np.array([self.words[word] for word in words])
        idf = np.log1p((self.n_paragraphs - frequency + 0.5) / (frequency + 0.5))
        return idf.astype(np.float32)


def _pieces(window: Window) -> list[int]:
    starts, ends = window.tokens.spans.T
    ids: list[int] = window.tokens.token_ids[starts < ends].tolist()
    return ids
