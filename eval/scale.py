"""`make scale`: what a library of many paragraphs costs, kept here and in Milvus.

Its paragraphs are perturbed copies of the bundled report's, see `eval.copies`. This process
adds them, all but their encoding; another one asks, see `eval.scale_asking`.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from eval.copies import PARAGRAPHS, Copier, LookUpEncoder, file_name
from eval.scale_asking import Asked, ask_in_process, bundled_questions, search
from eval.scale_bytes import Weights, local_bytes, server_bytes
from eval.scale_tokens import compare_tokens
from eval.servers import STANDALONE, Milvus, ServerError, count_rows
from index.library import BUNDLED_REPORT, Library
from index.milvus.address import Address, read_address
from index.milvus.schema import DENSE
from index.milvus.server import Server
from index.models import load_encoder
from index.rows import Vectors

_SIZES = (10_000, 100_000)
_LOADERS = {"local": 1, "milvus": 8}  # SQLite has one writer, a server waits 200 ms a report
_AT_ONCE = 16  # reports


class _Place(NamedTuple):
    """Where a library is, and the server it is on, if any."""

    backend: str
    home: Path
    url: str
    server: Milvus | None

    def weigh(self, n_paragraphs: int) -> Weights:
        """What each of so many paragraphs takes."""
        if self.server:
            return server_bytes(self.url, self.server, n_paragraphs)
        return local_bytes(self.home, n_paragraphs)


class _Added(NamedTuple):
    """What adding took.

    Attributes:
        paragraphs_a_second: of those since the size before; encoding is not counted.
        vectors: the file of all their vectors.
        weights: of a paragraph.
    """

    paragraphs_a_second: float
    vectors: Path
    weights: Weights


def main() -> None:
    """Print a table a backend; with --choices, one of each choice that Milvus leaves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paragraphs", type=int, nargs="+", default=_SIZES)
    parser.add_argument("--backend", choices=_LOADERS, nargs="+", default=list(_LOADERS))
    parser.add_argument("--tokens", choices=("int8", "2bit"), default="2bit")
    parser.add_argument("--dense", choices=("flat", "hnsw"), default="flat")
    parser.add_argument("--graph", action="store_true", help="measure hnsw beside flat (Milvus)")
    parser.add_argument("--choices", action="store_true", help="of token vectors, then end")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that servers are stopped
    with tempfile.TemporaryDirectory() as folder:
        if arguments.choices:
            with _server(Path(folder)) as server:
                compare_tokens(server.address, Path(folder, "home"))
            return
        for backend in arguments.backend:
            measure(backend, Path(folder, backend), arguments)


def measure(backend: str, folder: Path, arguments: argparse.Namespace) -> None:
    """Let a library grow, and measure it at each size."""
    options = f"tokens={arguments.tokens}&dense={arguments.dense}"
    with _server(folder) if backend == "milvus" else nullcontext() as server:
        url = f"milvus://{server.address}/scale?{options}" if server else ""
        _say(f"\n{backend} {options if server else ''}")
        place = _Place(backend, folder / "home", url, server)
        for n_paragraphs, added in _grow(place, arguments.paragraphs):
            _print_added(n_paragraphs, added)
            _print_asked(ask_in_process(place.home, url, added.vectors))
            if server and arguments.graph:
                _compare_dense(place, added.vectors)


@contextmanager
def _server(folder: Path) -> Iterator[Milvus]:
    server = Milvus(folder / "milvus", STANDALONE)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _grow(place: _Place, sizes: Sequence[int]) -> Iterator[tuple[int, _Added]]:
    """Add copies up to each size; yields it, and what adding took."""
    encoder = LookUpEncoder(load_encoder())
    library = Library(place.home, encoder, place.url)
    library.add_bundled()
    bundled = library.report(BUNDLED_REPORT).paragraphs
    copier = Copier(bundled, encoder)
    done, vectors = 0, list[Vectors]()
    for size in sizes:
        seconds = 0.0
        steps = tqdm(range(done, size // PARAGRAPHS, _AT_ONCE), f"Adding to {size:,}", leave=False)
        for first in steps:
            copies = [
                copier.copy(i) for i in range(first, min(first + _AT_ONCE, size // PARAGRAPHS))
            ]
            encoder.known = {text: known for _, encoded in copies for text, known in encoded}
            # A short text may be in several copies: all have the vector that is looked up.
            vectors += [encoder.known[text].vector for _, encoded in copies for text, _ in encoded]
            seconds += _add(library, first, [content for content, _ in copies], place.backend)
        started = time.perf_counter()
        library.settle()
        seconds += time.perf_counter() - started
        _check(library, place, size + len(bundled))
        path = place.home / "vectors.npy"
        np.save(path, np.array(vectors))
        rate = (size - done * PARAGRAPHS) / seconds
        yield size, _Added(rate, path, place.weigh(size + len(bundled)))
        done = size // PARAGRAPHS


def _add(library: Library, first: int, contents: Sequence[bytes], backend: str) -> float:
    """Add some copies, and return how many seconds it took."""
    names = [file_name(first + i) for i in range(len(contents))]
    started = time.perf_counter()
    with ThreadPoolExecutor(_LOADERS[backend]) as loaders:
        list(loaders.map(library.add_file, contents, names))
    return time.perf_counter() - started


def _check(library: Library, place: _Place, expected: int) -> None:
    """Make sure that all is there."""
    counted = library.index().n_paragraphs([])
    if place.server:
        counted = min(counted, count_rows(Server(read_address(place.url)), "window == 0"))
    if counted != expected:
        raise ServerError(f"{counted:,} paragraphs are there, expected {expected:,}")


def _compare_dense(place: _Place, vectors: Path) -> None:
    """Search the same vectors by a graph, and by all of them again."""
    library = Library(place.home, load_encoder(), place.url)
    for dense in ("hnsw", "flat"):
        started = time.perf_counter()
        _rebuild(read_address(place.url), DENSE[dense])
        seconds = time.perf_counter() - started
        questions = bundled_questions()
        search(library, questions, np.load(vectors, mmap_mode="r"))
        p50, recall = search(library, questions, np.load(vectors, mmap_mode="r"))
        _say(f"    {dense}: built in {seconds:.0f} s, dense p50 {p50:.1f} ms, recall {recall:.4f}")


def _rebuild(address: Address, index: Mapping[str, Any]) -> None:
    """Give the paragraph vectors another index."""
    from pymilvus import MilvusClient

    client = MilvusClient(uri=address.uri)
    client.release_collection(address.collection)
    client.drop_index(address.collection, "vector")
    indexes = client.prepare_index_params()
    indexes.add_index("vector", metric_type="IP", **index)
    client.create_index(address.collection, indexes)
    client.load_collection(address.collection)


def _print_added(size: int, added: _Added) -> None:
    _say(f"  {size:,} paragraphs: {added.paragraphs_a_second:,.0f} added a second")
    for part, weight in added.weights.items():
        _say(f"    {part:28} {weight:9,.0f} bytes a paragraph")


def _print_asked(asked: Asked) -> None:
    for name, value in asked._asdict().items():
        _say(f"    {name:28} {value:9,.3f}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
