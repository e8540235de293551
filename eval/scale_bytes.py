"""What a paragraph takes, by part: in a library's folder, and on a server."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from eval.servers import Milvus
from index.milvus.address import read_address
from index.milvus.server import Server

_SAMPLED = 10  # copies, each as long as the next
_TEXTS = ("text", "section", "footnotes", "rest")

_LOCAL = {
    "text": "SELECT SUM(LENGTH(text) + LENGTH(section) + LENGTH(footnotes) + LENGTH(links)) "
    "FROM paragraphs",
    "the report's file": "SELECT SUM(LENGTH(content)) FROM reports",
    "paragraph vectors": "SELECT SUM(LENGTH(vector)) FROM windows",
    "token vectors": "SELECT SUM(LENGTH(tokens) + LENGTH(scales) + LENGTH(token_ids) + "
    "LENGTH(spans)) FROM windows",
}

Weights = dict[str, float]  # bytes a paragraph, by part


def local_bytes(home: Path, n_paragraphs: int) -> Weights:
    """Of a library in a folder."""
    with closing(sqlite3.connect(home / "library.sqlite")) as db:
        parts = {name: float(db.execute(query).fetchone()[0]) for name, query in _LOCAL.items()}
    segments = [path for path in home.glob("segment-*/*") if path.is_file()]
    database = sum(path.stat().st_size for path in home.glob("library.sqlite*"))
    parts["FAISS, BM25 and counts"] = float(sum(path.stat().st_size for path in segments))
    parts["all on disk"] = database + parts["FAISS, BM25 and counts"]
    return {name: size / n_paragraphs for name, size in parts.items()}


def server_bytes(url: str, server: Milvus, n_paragraphs: int) -> Weights:
    """Of a library on a server: parts as they were sent, of some copies; disk and memory."""
    address = read_address(url)
    client = Server(address)
    copies = json.dumps([f"copy-{number}" for number in range(_SAMPLED)])
    options = {"filter": f"report in {copies}", "limit": 10_000}
    windows = client.read("query", address.collection, output_fields=["*"], **options)
    blobs = client.read("query", f"{address.collection}_blobs", output_fields=["data"], **options)
    n_sampled = sum(row["window"] == 0 for row in windows)
    sizes = {"text": 0, "paragraph vectors": 0, "token vectors": 0, "counts and cover": 0}
    for row in windows:
        sizes["text"] += sum(len(row[name].encode()) for name in _TEXTS)
        sizes["paragraph vectors"] += 4 * len(row["vector"])
    for row in blobs:
        part = "token vectors" if row["id"].startswith("tokens/") else "counts and cover"
        sizes[part] += len(row["data"])
    weights = {name: size / n_sampled for name, size in sizes.items()}
    weights["all on the server's disk"] = server.disk_bytes() / n_paragraphs
    weights["the server's memory"] = server.resident_bytes() / n_paragraphs
    return weights
