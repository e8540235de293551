"""The collections that hold a library, and what the server can do with them."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from index.milvus.server import Server

# Looking at all vectors finds all: recall@100 over 20,000 is 1 and takes 5 to 10 ms here. The
# graph is for millions. On 2.3 it takes no part in the small segments that a partition key
# makes: .98 whatever its ef, .86 within one report, and no faster.
DENSE: dict[str, dict[str, Any]] = {
    "flat": {"index_type": "FLAT"},
    "hnsw": {"index_type": "HNSW", "params": {"M": 16, "efConstruction": 200}},
}
EF = 400  # of the graph

_BITS = {"int8": 8, "2bit": 2}
_TOKENS = "report-qa.tokens"  # the property of a collection that remembers them

_ID_LENGTH = 512
_TEXT_LENGTH = 65_535
_FIRST_WITH_BM25 = (2, 5)


class Collections:
    """The names of a library's collections, made where they are not there.

    Attributes:
        windows: a row a window of a paragraph, with the paragraph's own words.
        blobs: whatever else is kept of reports, in parts.
        reports: a row a report, and one for the library; what stands here is valid.
        bits: of a number of a token vector, as the collection was made.
        has_bm25: whether the server ranks words in it.
    """

    def __init__(self, server: Server, dim: int) -> None:
        """Use the collections of the server's address."""
        name = server.address.collection
        self.windows, self.blobs, self.reports = name, f"{name}_blobs", f"{name}_reports"
        self._server = server
        there = set(server.read("list_collections"))
        for each, make in (
            (self.reports, _reports_schema),
            (self.blobs, _blobs_schema),
            (self.windows, partial(_windows_schema, dim, server)),
        ):
            self._open(each, make, is_there=each in there)
        made = server.read("describe_collection", self.windows)
        self.bits = _BITS[made["properties"][_TOKENS]]
        self.has_bm25 = any(field["name"] == "words" for field in made["fields"])

    def obstacle(self) -> str:
        """Why the server does not rank words in them; ``""`` where it does."""
        if self.has_bm25:
            return ""
        address, version = self._server.address, self._server.version
        if knows_bm25(version):
            return (
                f"the collection {self.windows} in {address} was made before the server could rank "
                "words (add the reports to a new one)"
            )
        return f"{address} is version {version}, which does not rank words (that needs 2.5)"

    def _open(self, name: str, make: Callable[[], tuple[Any, Any]], *, is_there: bool) -> None:
        """Make a collection, or go on where a program that made it was killed; load it."""
        if not is_there:
            schema, indexes = make()
            self._server.write(
                "create_collection",
                name,
                schema=schema,
                index_params=indexes,
                consistency_level="Bounded",
                properties={_TOKENS: self._server.address.tokens},
            )
        # A restart of Lite unloads them. What is loaded stays as it is: to load it again is
        # refused where there are several replicas.
        elif self._server.read("get_load_state", name)["state"].name == "NotLoad":
            if not self._server.read("list_indexes", name):
                _, indexes = make()
                self._server.write("create_index", name, indexes)
            self._server.write("load_collection", name)


def _windows_schema(dim: int, server: Server) -> tuple[Any, Any]:
    from pymilvus import DataType, Function, FunctionType, MilvusClient

    schema = _keyed_schema()
    schema.add_field("report", DataType.VARCHAR, max_length=_ID_LENGTH, is_partition_key=True)
    for name in ("version", "number", "language"):
        schema.add_field(name, DataType.VARCHAR, max_length=_ID_LENGTH)
    for name in ("position", "window", "n_windows"):
        schema.add_field(name, DataType.INT64)
    for name in ("text", "section", "footnotes", "rest"):
        schema.add_field(name, DataType.VARCHAR, max_length=_TEXT_LENGTH)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
    indexes = MilvusClient.prepare_index_params()
    indexes.add_index("vector", metric_type="IP", **DENSE[server.address.dense])
    if knows_bm25(server.version):
        # The stems are ours, so that the server counts the words that we count.
        schema.add_field(
            "stems",
            DataType.VARCHAR,
            max_length=_TEXT_LENGTH,
            enable_analyzer=True,
            analyzer_params={"tokenizer": "standard"},
        )
        schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(
            Function(
                name="bm25",
                function_type=FunctionType.BM25,
                input_field_names=["stems"],
                output_field_names=["words"],
            )
        )
        indexes.add_index(
            "words",
            index_type="SPARSE_INVERTED_INDEX",
            metric_type="BM25",
            params={"bm25_k1": 1.2, "bm25_b": 0.75},
        )
    return schema, indexes


def _blobs_schema() -> tuple[Any, Any]:
    from pymilvus import DataType

    schema = _keyed_schema()
    schema.add_field("report", DataType.VARCHAR, max_length=_ID_LENGTH)
    schema.add_field("version", DataType.VARCHAR, max_length=_ID_LENGTH)
    schema.add_field("data", DataType.VARCHAR, max_length=_TEXT_LENGTH)
    return _with_placeholder(schema)


def _reports_schema() -> tuple[Any, Any]:
    from pymilvus import DataType

    schema = _keyed_schema()
    for name in ("version", "language", "cover", "source"):
        schema.add_field(name, DataType.VARCHAR, max_length=_TEXT_LENGTH)
    schema.add_field("n_paragraphs", DataType.INT64)
    return _with_placeholder(schema)


def _keyed_schema() -> Any:  # noqa: ANN401  # of a package that need not be there
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=_ID_LENGTH)
    return schema


def _with_placeholder(schema: Any) -> tuple[Any, Any]:  # noqa: ANN401
    """With the vector that every collection must have."""
    from pymilvus import DataType, MilvusClient

    schema.add_field("placeholder", DataType.FLOAT_VECTOR, dim=2)
    indexes = MilvusClient.prepare_index_params()
    indexes.add_index("placeholder", index_type="FLAT", metric_type="IP")
    return schema, indexes


def knows_bm25(version: str) -> bool:
    """Whether a server of this version ranks words itself; Milvus Lite does from 3."""
    found = re.search(r"(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= _FIRST_WITH_BM25
