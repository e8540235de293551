"""A deterministic encoder without a model: a text is the bag of its words."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index.derived import Index
from index.encoder import Encoding, Kind, heading_prefix
from index.library import Library


class ToyEncoder:
    """Each word has a fixed random direction; at most ``room`` words fit."""

    name = "toy"
    is_prepared = True
    languages: tuple[str, ...] = ()

    def __init__(self, dim: int = 256, room: int = 200, fingerprint: str = "0" * 64) -> None:
        self.dim = dim
        self.room = room
        self.fingerprint = fingerprint

    def split(self, text: str) -> list[tuple[int, int]]:
        words = [match.span() for match in re.finditer(r"\S+", text)]
        if len(words) <= self.room:
            return [(0, len(text))]
        groups = [words[i : i + self.room] for i in range(0, len(words), self.room)]
        return [(group[0][0], group[-1][1]) for group in groups]

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
        return [self._encode(text) for text in texts]

    def encode_under(self, texts: Sequence[str], headings: Sequence[str]) -> list[Encoding]:
        prefixes = [heading_prefix(heading) for heading in headings]
        whole = [prefix + text for prefix, text in zip(prefixes, texts, strict=True)]
        return [
            replace(encoding, spans=np.maximum(encoding.spans - len(prefix), 0))
            for encoding, prefix in zip(self.encode(whole, "paragraph"), prefixes, strict=True)
        ]

    def _encode(self, text: str) -> Encoding:
        words = list(re.finditer(r"\w+", text.lower()))
        tokens = np.array([self._direction(word.group()) for word in words], np.float32)
        tokens = tokens.reshape(len(words), self.dim)
        total = tokens.sum(axis=0) if len(words) else np.ones(self.dim, np.float32)
        return Encoding(
            (total / np.linalg.norm(total)).astype(np.float32),
            tokens,
            np.array([zlib.crc32(word.group().encode()) % 30_000 for word in words], np.int32),
            np.array([word.span() for word in words], np.int32).reshape(len(words), 2),
        )

    def _direction(self, word: str) -> np.ndarray:
        direction = np.random.default_rng(zlib.crc32(word.encode())).normal(size=self.dim)
        return direction / np.linalg.norm(direction)


def local_index(library: Library) -> Index:
    """The index of a library in its folder, whose structures a test may look into."""
    index = library.index()
    assert isinstance(index, Index)
    return index
