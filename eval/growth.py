"""A library that grows to 1,000 reports: what adding costs, and what a question then costs.

The reports are the paragraphs of the bundled one, a hundred to a report, each with words
dropped from its text and noise on its vector. They go in as files of a person do: read,
numbered, split, written, indexed. Only the encoder looks its vectors up, since to encode
100,000 paragraphs takes ten minutes; what it does not know it encodes. One process adds, with
pauses in which another one asks.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from eval.collection import load_collection
from index.encoder import Encoder, Encoding, Kind, encode_whole, unit
from index.library import BUNDLED_REPORT, Library
from index.models import load_encoder
from index.report import Paragraph
from qa.answer import answer_question

_MILESTONES = (10, 100, 1_000)  # reports
_PARAGRAPHS = 100  # a report
_DROPPED = 0.1  # of the words
_NOISE = 0.05  # standard deviation, on each number of a vector of length 1
_ONE_MORE = b"1. Storks nest on chimneys."

_ADDING = f"{'reports':>8} {'added a s':>10} {'peak MB':>8} {'bytes a par.':>13}"
_ASKING = f"{'p50 ms':>7} {'p95 ms':>7} {'after one more':>15} {'peak MB':>8} {'Success@1':>10}"


class _Added(NamedTuple):
    """What adding the reports since the last milestone took."""

    reports_a_second: float
    peak_mb: float
    bytes_a_paragraph: float


class _Asked(NamedTuple):
    """What a process that asks saw."""

    p50_ms: float
    p95_ms: float
    after_one_more_ms: float  # the first question after another report came
    peak_mb: float
    success_at_1: float  # a copy of a right paragraph is right


def main() -> None:
    """Print a table of the library's growth; with arguments, be one of its processes."""
    if len(sys.argv) == 3:
        role, home = sys.argv[1], Path(sys.argv[2])
        {"add": _add, "ask": _ask}[role](home)
    else:
        with tempfile.TemporaryDirectory() as folder:
            grow(Path(folder))


def grow(home: Path) -> None:
    """Add reports to an empty library, and ask it at milestones."""
    _say(f"\nA library that grows: reports of {_PARAGRAPHS} paragraphs, perturbed copies of the")
    _say("bundled one, their vectors looked up instead of encoded")
    _say(f"{_ADDING} {_ASKING}")
    adding = subprocess.Popen(
        [sys.executable, "-m", "eval.growth", "add", str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert adding.stdin is not None
    assert adding.stdout is not None
    with adding:
        for n_reports in _MILESTONES:
            added = _Added(*json.loads(adding.stdout.readline()))
            asking = [sys.executable, "-m", "eval.growth", "ask", str(home)]
            output = subprocess.run(asking, capture_output=True, text=True, check=True).stdout
            _print_row(n_reports, added, _Asked(*json.loads(output)))
            adding.stdin.write("go on\n")
            adding.stdin.flush()


def _print_row(n_reports: int, added: _Added, asked: _Asked) -> None:
    _say(
        f"{n_reports:8,} {added.reports_a_second:10.1f} {added.peak_mb:8.0f} "
        f"{added.bytes_a_paragraph:13,.0f} {asked.p50_ms:7.1f} {asked.p95_ms:7.1f} "
        f"{asked.after_one_more_ms:15.0f} {asked.peak_mb:8.0f} {asked.success_at_1:10.3f}"
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def percentiles(ask: Callable[[str], object]) -> tuple[float, float]:
    """Milliseconds a bundled question, p50 and p95, after all were asked once to warm up."""
    questions = list(load_collection("global-compact").queries.values())
    for question in questions:
        ask(question)
    milliseconds = [_milliseconds(partial(ask, question)) for question in questions]
    p50, p95 = np.percentile(milliseconds, [50, 95]).tolist()
    return p50, p95


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def _add(home: Path) -> None:
    """Add reports; at each milestone print what it took, and wait for a line."""
    encoder = _LookUpEncoder(load_encoder())
    library = Library(home, encoder)
    library.add_bundled()
    copier = _Copier(library.report(BUNDLED_REPORT).paragraphs, encoder)
    done = 0
    for n_reports in _MILESTONES:
        seconds = 0.0
        for number in tqdm(range(done, n_reports), f"Adding to {n_reports:,}", leave=False):
            content, encoder.known = copier.copy(number)
            started = time.perf_counter()
            library.add_file(content, f"copy-{number}.md")
            seconds += time.perf_counter() - started
        bytes_each = library.disk_bytes() / (n_reports * _PARAGRAPHS)
        added = _Added((n_reports - done) / seconds, _peak_mb(), bytes_each)
        _say(json.dumps(added))
        sys.stdin.readline()
        done = n_reports


def _ask(home: Path) -> None:
    """Ask the bundled questions; print what was seen."""
    library = Library(home, load_encoder())
    answer_question("warm up", library=library)
    p50, p95 = percentiles(lambda question: answer_question(question, library=library))
    Library(home, library.encoder).add_file(_ONE_MORE, "one-more.md")
    question = "Where do storks nest?"
    after = _milliseconds(lambda: answer_question(question, library=library))
    assert answer_question(question, library=library).hits[0].paragraph.report_id == "one-more"
    library.remove("one-more")
    _say(json.dumps(_Asked(p50, p95, after, _peak_mb(), _success_at_1(library))))


def _success_at_1(library: Library) -> float:
    """The share of bundled questions whose first citation is right."""
    collection = load_collection("global-compact")
    originals = [p.number for p in library.report(BUNDLED_REPORT).paragraphs]
    right = []
    for query_id, grades in collection.qrels.items():
        answer = answer_question(collection.queries[query_id], library=library)
        found = _original(answer.hits[0].paragraph, originals)
        right.append(found in _relevant(grades))
    return float(np.mean(right))


def _relevant(grades: dict[str, int]) -> Collection[str]:
    return {number for number, grade in grades.items() if grade > 0}


def _original(paragraph: Paragraph, originals: Sequence[str]) -> str:
    """The number of the bundled report's paragraph that this one is, or is a copy of."""
    if paragraph.report_id == BUNDLED_REPORT:
        return paragraph.number
    first = int(paragraph.report_id.removeprefix("copy-")) * _PARAGRAPHS
    return originals[(first + paragraph.order) % len(originals)]


class _LookUpEncoder:
    """An encoder that is told the encodings of the texts to come."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name, self.fingerprint, self.dim = encoder.name, encoder.fingerprint, encoder.dim
        self.languages, self.is_prepared = encoder.languages, encoder.is_prepared
        self.known: dict[str, Encoding] = {}

    def split(self, text: str) -> list[tuple[int, int]]:
        return [(0, len(text))] if text in self.known else self._encoder.split(text)

    def encode(self, texts: Sequence[str], kind: Kind) -> list[Encoding]:
        strange = [text for text in texts if text not in self.known]
        encoded = dict(zip(strange, self._encoder.encode(strange, kind), strict=True))
        return [encoded[text] if text in encoded else self.known[text] for text in texts]

    def encode_under(self, texts: Sequence[str], headings: Sequence[str]) -> list[Encoding]:
        return self._encoder.encode_under(texts, headings)


class _Copier:
    """Makes files of perturbed paragraphs, with the encoding of each."""

    def __init__(self, paragraphs: Sequence[Paragraph], encoder: Encoder) -> None:
        self._texts = [paragraph.text for paragraph in paragraphs]
        self._encodings = encode_whole(encoder, self._texts, "paragraph")

    def copy(self, number: int) -> tuple[bytes, dict[str, Encoding]]:
        """The file of a report, and the encodings of its paragraphs' texts."""
        words, noise = random.Random(number), np.random.default_rng(number)
        first = number * _PARAGRAPHS
        rows = [row % len(self._texts) for row in range(first, first + _PARAGRAPHS)]
        known = dict(self._perturb(row, words, noise) for row in rows)
        body = "\n\n".join(f"{n}. {text}" for n, text in enumerate(known, 1))
        return f"# Copy {number}\n\n{body}\n".encode(), known

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


if __name__ == "__main__":
    main()
