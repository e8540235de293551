"""Paragraph texts in BM25, with English stopwords and Snowball stemming.

What a text holds is kept apart from what a word weighs: postings are written once for some
reports, and a question weighs them with the statistics of the whole library at that time.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import Stemmer

from index.stopwords import STOPWORDS

K1, B = 1.2, 0.75
_MERGED_AT_ONCE = 500_000  # postings
_WORD = re.compile(r"\b\w\w+\b")

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


def stems(texts: Sequence[str]) -> list[list[str]]:
    """The words that BM25 counts: lower-case stems without stopwords, in order."""
    stemmer = Stemmer.Stemmer("english")
    return [
        stemmer.stemWords([word for word in _WORD.findall(text.lower()) if word not in STOPWORDS])
        for text in texts
    ]


@lru_cache(maxsize=64)
def query_stems(text: str) -> tuple[str, ...]:
    """A query's words; ranking asks for them more than once."""
    return tuple(stems([text])[0])


@lru_cache(maxsize=64)
def _query_words(text: str) -> tuple[int, ...]:
    return tuple(word_hash(stem) for stem in query_stems(text))


def word_hash(stem: str) -> int:
    """64 bits that stand for a word: as long for a word of a million letters as for "of"."""
    return int.from_bytes(blake2b(stem.encode("utf-8", "replace"), digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """Which rows hold which words, and how often.

    Attributes:
        words: uint64, shape (n_words,), the hash of each word, ascending.
        starts: int64, shape (n_words + 1,), where the postings of each word begin.
        rows: int32, shape (n_postings,), ascending within a word.
        counts: int32, shape (n_postings,), how often the row holds the word.
        lengths: int32, shape (n_rows,), the words of each row.
    """

    words: npt.NDArray[np.uint64]
    starts: Rows
    rows: Counts
    counts: Counts
    lengths: Counts

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Postings":
        """Of texts; row i is ``texts[i]``."""
        stemmed = stems(texts)
        hashes = {stem: word_hash(stem) for stem in set(chain.from_iterable(stemmed))}
        counted = [Counter(words) for words in stemmed]
        words = np.array([hashes[stem] for c in counted for stem in c], np.uint64)
        rows = np.repeat(np.arange(len(texts), dtype=np.int32), [len(c) for c in counted])
        counts = np.array([n for c in counted for n in c.values()], np.int32)
        order = np.argsort(words, kind="stable")  # rows stay ascending within a word
        distinct, starts = np.unique(words[order], return_index=True)
        lengths = np.array([len(words) for words in stemmed], np.int32)
        starts = np.append(starts, len(words)).astype(np.int64)
        return cls(distinct, starts, rows[order], counts[order], lengths)

    def of_word(self, word: int) -> tuple[Counts, Counts]:
        """The rows that hold a word, and how often; none for a word that is not known."""
        at = int(np.searchsorted(self.words, np.uint64(word)))
        if at == len(self.words) or self.words[at] != word:
            return self.rows[:0], self.counts[:0]
        part = slice(int(self.starts[at]), int(self.starts[at + 1]))
        return self.rows[part], self.counts[part]

    def select(self, kept: Mask) -> "Postings":
        """Of the rows that are kept, numbered anew; a word that none of them holds stays."""
        if kept.all():
            return self
        holds = kept[self.rows]
        starts = np.append(0, np.cumsum(holds, dtype=np.int64))[self.starts]
        rows = (np.cumsum(kept, dtype=np.int32) - 1)[self.rows[holds]]
        return Postings(self.words, starts, rows, self.counts[holds], self.lengths[kept])


@dataclass(frozen=True, slots=True, eq=False)
class MergedPostings:
    """The postings of several parts, end to end, without all of them in memory.

    Attributes:
        parts: whose rows follow one another.
        words: as in `Postings`.
        starts: as in `Postings`.
        lengths: as in `Postings`.
    """

    parts: Sequence[Postings]
    words: npt.NDArray[np.uint64]
    starts: Rows
    lengths: Counts

    @classmethod
    def of(cls, parts: Sequence[Postings]) -> "MergedPostings":
        """See where the postings of each word go."""
        words = np.unique(np.concatenate([part.words for part in parts]))
        totals = np.zeros(len(words), np.int64)
        for part in parts:
            totals[np.searchsorted(words, part.words)] += np.diff(part.starts)
        lengths = np.concatenate([part.lengths for part in parts])
        return cls(parts, words, np.append(0, np.cumsum(totals)), lengths)

    def blocks(self) -> Iterator[tuple[Counts, Counts]]:
        """Rows and counts, some words at a time; nothing is sorted again."""
        cuts = np.arange(0, int(self.starts[-1]), _MERGED_AT_ONCE)
        edges = np.unique(np.append(np.searchsorted(self.starts, cuts), len(self.words)))
        for first, end in pairwise(edges.tolist()):
            yield self._block(first, end)

    def _block(self, first: int, end: int) -> tuple[Counts, Counts]:
        """Of the words from ``first`` up to ``end``."""
        words = self.words[first:end]
        places = self.starts[first:end] - self.starts[first]  # where each word goes on
        rows, counts = np.empty((2, int(self.starts[end] - self.starts[first])), np.int32)
        n_rows = 0
        for part in self.parts:
            low = int(np.searchsorted(part.words, words[0]))
            high = int(np.searchsorted(part.words, words[-1], "right"))
            starts = part.starts[low : high + 1]
            here = slice(int(starts[0]), int(starts[-1]))
            columns, held = np.searchsorted(words, part.words[low:high]), np.diff(starts)
            to = np.arange(here.start, here.stop) + np.repeat(places[columns] - starts[:-1], held)
            rows[to] = part.rows[here] + np.int32(n_rows)
            counts[to] = part.counts[here]
            places[columns] += held
            n_rows += len(part.lengths)
        return rows, counts


class _Part(NamedTuple):
    postings: Postings
    new_rows: Counts | None  # the row in the index of each row, -1 where it has gone
    start: int  # the first row in the index


class LexicalIndex:
    """Finds the rows that share the query's rarer words.

    score = sum of idf tf / (tf + k1 (1 - b + b length / mean length)) over the words.
    Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and
    Beyond, FnTIR 2009; idf as in Lucene, so that no weight is negative.
    """

    def __init__(self, parts: Sequence[Postings], kept: Sequence[Mask] | None = None) -> None:
        """Weigh postings.

        Args:
            parts: end to end they are the rows.
            kept: which rows of each part there are; all by default.
        """
        masks = kept or [np.ones(len(part.lengths), np.bool_) for part in parts]
        self._parts: list[_Part] = []
        n_rows = 0
        for postings, mask in zip(parts, masks, strict=True):
            new_rows = np.where(mask, np.cumsum(mask) - 1 + n_rows, -1).astype(np.int32)
            self._parts.append(_Part(postings, None if mask.all() else new_rows, n_rows))
            n_rows += int(mask.sum())
        lengths = [part.lengths[mask] for part, mask in zip(parts, masks, strict=True)]
        whole = np.concatenate([np.zeros(0, np.int32), *lengths])
        mean = max(float(whole.mean()), 1e-12) if n_rows else 1.0
        self._n_rows = n_rows
        self._norms = (K1 * (1 - B + B * whole / mean)).astype(np.float32)

    def search(self, text: str, top_k: int, allowed: Rows | None = None) -> tuple[Rows, Scores]:
        """Rank rows by BM25.

        Args:
            text: the query.
            top_k: how many rows at most.
            allowed: rows to choose from; all by default.
        Returns:
            Rows and their scores, best first, ties by row; a row that shares no word
            with the query is not among them.
        """
        return self.best(self.scores(text), top_k, allowed)

    def best(self, scores: Scores, top_k: int, allowed: Rows | None = None) -> tuple[Rows, Scores]:
        """The rows with the largest of these scores, as `search` returns them."""
        rows = np.flatnonzero(scores > 0) if allowed is None else allowed[scores[allowed] > 0]
        if len(rows) > top_k:
            least = np.partition(scores[rows], -top_k)[-top_k]
            rows = rows[scores[rows] >= least]
        best = rows[np.lexsort((rows, -scores[rows]))][:top_k]
        return best, scores[best]

    def scores(self, text: str) -> Scores:
        """BM25 of every row: float32, shape (n_rows,), 0 where no word is shared."""
        scores = np.zeros(self._n_rows, np.float32)
        for word in _query_words(text):
            found = [self._find(part, word) for part in self._parts]
            idf = self._idf(sum(len(rows) for rows, _ in found))
            for rows, counts in found:
                frequency = counts.astype(np.float32)
                scores[rows] += idf * frequency / (frequency + self._norms[rows])
        return scores

    def ceiling(self, text: str) -> float:
        """What no row's BM25 can exceed: the sum of the words' idf.

        Returns:
            Above 0, also for a text without words.
        """
        frequencies = (
            sum(len(self._find(part, word)[0]) for part in self._parts)
            for word in _query_words(text)
        )
        return max(sum(float(self._idf(frequency)) for frequency in frequencies), 1e-12)

    def _idf(self, frequency: int) -> np.float32:
        """ln(1 + (N - n + .5) / (n + .5)); a word that no row holds counts with n = 0."""
        return np.float32(np.log1p((self._n_rows - frequency + 0.5) / (frequency + 0.5)))

    @staticmethod
    def _find(part: _Part, word: int) -> tuple[Counts, Counts]:
        """The rows in the index that hold a word, and how often."""
        rows, counts = part.postings.of_word(word)
        if part.new_rows is None:
            return rows + np.int32(part.start), counts
        rows = part.new_rows[rows]
        return rows[rows >= 0], counts[rows >= 0]
