"""What runs on Ray: it reads files and encodes them, with a model of its own."""

import os
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

from index.encoder import Encoder
from index.encoding import Encoded, encode_paragraphs, maker_of
from index.errors import EncoderError, ReadError
from index.models import load_encoder
from index.report import Report
from index.rows import Window
from index.sandbox import read_apart
from index.versions import Maker


class EncodedReport(NamedTuple):
    """A report with the windows of each paragraph."""

    report: Report
    windows: list[list[Window]]


class Worker:
    """Reads several files at a time, each in a process of its own, and encodes one by one.

    The mistakes of users are returned: thrown, they would come back as Ray's own.
    """

    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._load = load
        self._encoding = Lock()

    def maker(self) -> Maker | EncoderError:
        """What it encodes with, once that is loaded."""
        try:
            self._encoder = self._load()
            self._encoder.encode(["warm"], "paragraph")
            return maker_of(self._encoder)
        except EncoderError as error:
            return error

    def read_and_encode(
        self, content: bytes, source: str, known: Encoded
    ) -> EncodedReport | ReadError:
        """A file as the library takes it.

        Args:
            content: the whole file.
            source: its name.
            known: paragraphs that were encoded before, of the report that it replaces.
        """
        try:
            report = read_apart(content, source)
        except ReadError as error:
            return error
        with self._encoding:
            return EncodedReport(report, encode_paragraphs(self._encoder, report.paragraphs, known))


def load_for_worker(name: str) -> Encoder:
    """The encoder of a worker: on its GPU where Ray gave it one, else on one core."""
    import ray

    if ray.get_gpu_ids():
        return load_encoder(name, has_gpu=True)
    # Two workers of one thread encode 1.4 times as much as one of two; torch is told by Ray.
    os.environ["RAYON_NUM_THREADS"] = "1"  # of the tokenizer
    return load_encoder(name, n_threads=1)
