"""Any sentence-transformers model, on whatever device it finds."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from index.encoder import (
    Encoding,
    Kind,
    heading_prefix,
    make_encoding,
    make_windows,
    weights_sha256,
)

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

_BATCH_SIZE = 32  # texts


class SentenceTransformerEncoder:
    """A sentence-transformers model, with its own prompts, pooling and maximum length.

    The model is loaded when it is first needed.
    """

    is_prepared = True
    languages: tuple[str, ...] = ()

    def __init__(self, name: str, folder: Path, window: int = 0, longest: int = 0) -> None:
        """Use the model in a folder.

        Args:
            name: what a person calls it.
            folder: of the model.
            window: word pieces of a window; 0 for all that the model reads.
            longest: word pieces that it reads; 0 for what it was published with.
        """
        self.name = name
        self._folder = folder
        self._window, self._most = window, longest

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the weight files.

        Raises:
            EncoderError: there is none.
        """
        return weights_sha256(self._folder)

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
        model = SentenceTransformer(str(self._folder), local_files_only=True)
        model.max_seq_length = self._most or model.max_seq_length
        return model

    def split(self, text: str) -> list[tuple[int, int]]:
        """Windows of the model's maximum length."""
        offsets = self._model.tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )["offset_mapping"]
        return make_windows(offsets, self._room, len(text))

    @cached_property
    def _room(self) -> int:
        """Word pieces that a text may have beside special tokens and the longer prompt."""
        prompts = [self._prompt("query"), self._prompt("paragraph")]
        window = self._window or self._longest
        return window - max(self._count(prompt) for prompt in prompts)

    @cached_property
    def _longest(self) -> int:
        return int(self._model.max_seq_length or self._model.tokenizer.model_max_length)

    def _count(self, text: str) -> int:
        """Word pieces of a text with its special tokens."""
        return len(self._model.tokenizer(text, verbose=False)["input_ids"])

    def _prompt(self, kind: Kind) -> str:
        names = ("query",) if kind == "query" else ("document", "passage", "corpus")
        prompts = self._model.prompts
        return next((prompt for name in names if (prompt := prompts.get(name))), "")

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
        """Encode texts in one forward pass each, batched by length."""
        return self._encode(list(texts), [""] * len(texts), self._prompt(kind))

    def encode_under(self, texts: Sequence[str], headings: Sequence[str]) -> list[Encoding]:
        """Encode paragraphs below their headings; a heading that does not fit is left out."""
        prompt = self._prompt("paragraph")
        prefixes = [heading_prefix(heading) for heading in headings]
        fitting = [
            prefix if self._count(prompt + prefix + text) <= self._longest else ""
            for prefix, text in zip(prefixes, texts, strict=True)
        ]
        return self._encode(list(texts), fitting, prompt)

    def _encode(self, texts: list[str], prefixes: list[str], prompt: str) -> list[Encoding]:
        if not texts:
            return []
        whole = [prefix + text for prefix, text in zip(prefixes, texts, strict=True)]
        outputs = self._model.encode(
            whole,
            prompt=prompt,
            output_value=None,
            batch_size=_BATCH_SIZE,
            show_progress_bar=False,
        )
        tokenized = self._model.tokenizer(
            [prompt + text for text in whole],
            truncation=True,
            max_length=self._longest,
            return_offsets_mapping=True,
        )
        return [
            make_encoding(
                prompt + whole[i],
                output["sentence_embedding"].float().cpu().numpy(),
                # Without the padding, on whichever side the model has it.
                output["token_embeddings"][output["attention_mask"].bool()].float().cpu().numpy(),
                np.asarray(tokenized["input_ids"][i], dtype=np.int32),
                np.asarray(tokenized["offset_mapping"][i], dtype=np.int32),
                hidden=len(prompt),
                heading=len(prefixes[i]),
            )
            for i, output in enumerate(cast("list[dict[str, Tensor]]", outputs))
        ]
