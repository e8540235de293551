"""Texts become vectors: one forward pass gives a text's vector and those of its tokens."""

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from index.errors import EncoderError

_WINDOW_OVERLAP = 32  # word pieces
_HEADING_LENGTH = 300  # characters: leaves a window its place in what a model can read

Matrix = npt.NDArray[np.float32]
Kind = Literal["query", "paragraph"]


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """What an encoder knows of one text.

    Attributes:
        vector: float32, shape (dim,), of length 1.
        tokens: float32, shape (n_tokens, dim), each row of length 1; the word pieces
            that hold a letter or digit, in order.
        token_ids: int32, shape (n_tokens,), the pieces' numbers in the vocabulary.
        spans: int32, shape (n_tokens, 2), ``start`` and ``end`` of each in the text;
            the empty span (0, 0) for a piece of the heading before it.
    """

    vector: Matrix
    tokens: Matrix
    token_ids: npt.NDArray[np.int32]
    spans: npt.NDArray[np.int32]


class Encoder(Protocol):
    """Turns texts into unit vectors, so that a dot product is a cosine in [-1, 1]."""

    @property
    def name(self) -> str:
        """What a person would call the model."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its weights, hexadecimal."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def languages(self) -> Collection[str]:
        """ISO 639-1 codes of the languages it knows; empty where nobody says."""

    @property
    def is_prepared(self) -> bool:
        """Whether its first use takes no longer than the others."""

    def split(self, text: str) -> list[tuple[int, int]]:
        """Cut a text where it is longer than the model reads.

        Returns:
            ``start``/``end`` of overlapping windows that cover the text in order; one
            window for a text that fits.
        """

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
        """Encode texts that fit, as queries or as paragraphs; item i belongs to ``texts[i]``."""

    def encode_under(self, texts: Sequence[str], headings: Sequence[str]) -> list[Encoding]:
        """Encode paragraphs as they read below their headings.

        Returns:
            Item i belongs to ``texts[i]``; its tokens begin with those of ``headings[i]``.
        """


def encode_whole(encoder: Encoder, texts: Sequence[str], kind: Kind) -> list[Encoding]:
    """Encode texts of any length; item i belongs to ``texts[i]``.

    Returns:
        For a text longer than the encoder reads, the mean vector of its windows and the
        tokens of all of them.
    """
    spans = [encoder.split(text) for text in texts]
    windows = [text[a:b] for text, cuts in zip(texts, spans, strict=True) for a, b in cuts]
    encodings = iter(encoder.encode(windows, kind))
    return [_joined([next(encodings) for _ in cuts], [a for a, _ in cuts]) for cuts in spans]


def _joined(windows: Sequence[Encoding], starts: Sequence[int]) -> Encoding:
    """Windows that begin at ``starts`` as one encoding of the whole text."""
    return Encoding(
        unit(np.mean([window.vector for window in windows], axis=0)),
        np.concatenate([window.tokens for window in windows]),
        np.concatenate([window.token_ids for window in windows]),
        np.concatenate([w.spans + start for w, start in zip(windows, starts, strict=True)]),
    )


def heading_prefix(heading: str) -> str:
    """What stands before a paragraph that is encoded below its heading."""
    return f"{heading[:_HEADING_LENGTH]}. " if heading else ""


def make_windows(
    offsets: Sequence[tuple[int, int]], room: int, length: int
) -> list[tuple[int, int]]:
    """Overlapping windows of at most ``room`` word pieces, each opening with a whole word.

    Args:
        offsets: ``start``/``end`` of every word piece of the text.
        room: word pieces that fit.
        length: characters of the text.
    """
    if len(offsets) <= room:
        return [(0, length)]
    overlap = min(_WINDOW_OVERLAP, room // 4)  # so that every window moves on
    windows = []
    first = 0
    while first + room < len(offsets):
        windows.append((offsets[first][0], offsets[first + room - 1][1]))
        first = _word_start(offsets, first + room - overlap, overlap)
    windows.append((offsets[first][0], length))
    return [(0, windows[0][1]), *windows[1:]]


def _word_start(offsets: Sequence[tuple[int, int]], piece: int, reach: int) -> int:
    """The piece that opens the word in which ``piece`` lies, at most ``reach`` before it."""
    for candidate in range(piece, piece - reach, -1):
        if offsets[candidate - 1][1] < offsets[candidate][0]:
            return candidate
    return piece


def make_encoding(
    text: str,
    vector: Matrix,
    tokens: Matrix,
    token_ids: npt.NDArray[np.int32],
    spans: npt.NDArray[np.int32],
    hidden: int,
    heading: int = 0,
) -> Encoding:
    """Keep the tokens that stand for a letter or digit.

    Args:
        text: everything that was encoded.
        vector: of the whole.
        tokens: a row a word piece.
        token_ids: of each piece.
        spans: of each piece in ``text``, empty for what stands for no text.
        hidden: length of a prompt at its start, whose pieces are left out.
        heading: length of the heading that follows.
    """
    kept = np.array(
        [
            start >= hidden and bool(re.search(r"\w", text[start:end]))
            for start, end in spans.tolist()
        ]
    )
    moved = np.maximum(spans[kept] - (hidden + heading), 0)
    return Encoding(unit(vector), unit(tokens[kept]), token_ids[kept], moved.astype(np.int32))


def unit(vectors: Matrix) -> Matrix:
    """Scale to length 1 along the last axis; zeros stay zeros."""
    lengths = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))[..., np.newaxis]
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def weights_sha256(folder: Path) -> str:
    """SHA-256 of a model's weight files.

    Raises:
        EncoderError: there is none.
    """
    files = sorted(folder.rglob("*.safetensors")) or sorted(folder.rglob("*.bin"))
    if not files:
        raise EncoderError(
            f"{folder} holds no *.safetensors: set QA_ENCODER to a model's folder or name"
        )
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as weights:
            while block := weights.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
