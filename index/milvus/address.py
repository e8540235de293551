"""Where the server is, and how it is reached: the environment's part."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import parse_qsl, urlsplit

from index.errors import LibraryError

TokenStorage = Literal["int8", "2bit"]
DenseIndex = Literal["flat", "hnsw"]

_PORT = 19530
_SCHEME = "milvus"
_FORM = "milvus://HOST:PORT/COLLECTION"


@dataclass(frozen=True, slots=True)
class Address:
    """A collection on a server.

    Attributes:
        host: name or number of the server.
        port: where it listens.
        collection: prefix of the names of the collections that hold the library.
        tokens: how token vectors are kept: in a byte a number, as in a local library, or in
            two bits.
        dense: how paragraph vectors are searched: all of them, or by a graph.
        token: what the server asks for, ``user:password`` or an API key; ``""`` for none.
        is_secure: whether the connection is encrypted.
        certificate: path of the authority's certificate, in PEM; ``""`` for the system's.
    """

    host: str
    port: int
    collection: str
    tokens: TokenStorage = "int8"
    dense: DenseIndex = "flat"
    token: str = ""
    is_secure: bool = False
    certificate: str = ""

    @property
    def uri(self) -> str:
        """As the client takes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.is_secure else 'http'}://{host}:{self.port}"

    def __str__(self) -> str:
        """As a person may see it: without the token."""
        return f"Milvus at {self.host}:{self.port}"


def read_address(url: str, environment: Mapping[str, str] = os.environ) -> Address:
    """The address that a URL and the environment give.

    Args:
        url: ``milvus://HOST:PORT/COLLECTION``, with ``?tokens=2bit`` for smaller token vectors
            and ``?dense=hnsw`` for a search by graph; a collection keeps what it was made with.
        environment: QA_INDEX_TOKEN, QA_INDEX_TLS (1) and QA_INDEX_CERTIFICATE are read of it.

    Raises:
        LibraryError: the URL names no collection on a server.
    """
    parts = urlsplit(url)
    collection = parts.path.strip("/")
    try:
        port = parts.port or _PORT
    except ValueError:
        port = 0
    if parts.scheme != _SCHEME or not parts.hostname or not port:
        raise LibraryError(f"QA_INDEX is {url!r}, expected {_FORM}: set it to a server's address")
    if not re.fullmatch(r"[A-Za-z_]\w{0,99}", collection, re.ASCII):
        raise LibraryError(
            f"QA_INDEX names the collection {collection!r}, expected letters, digits and "
            f"underscores, a letter first: set it to {_FORM}"
        )
    options = _options(parts.query)
    certificate = environment.get("QA_INDEX_CERTIFICATE", "")
    return Address(
        parts.hostname,
        port,
        collection,
        options.get("tokens", "int8"),  # type: ignore[arg-type]  # checked by _options
        options.get("dense", "flat"),  # type: ignore[arg-type]
        environment.get("QA_INDEX_TOKEN", ""),
        bool(certificate) or environment.get("QA_INDEX_TLS", "") not in ("", "0"),
        certificate,
    )


def _options(query: str) -> dict[str, str]:
    """What stands after the question mark, each known and with a value that there is."""
    known = {"tokens": get_args(TokenStorage), "dense": get_args(DenseIndex)}
    options = dict(parse_qsl(query, keep_blank_values=True))
    for name, value in options.items():
        if value not in known.get(name, ()):
            choices = " or ".join(f"{key}={one}" for key, of in known.items() for one in of)
            raise LibraryError(f"QA_INDEX says {name}={value}: expected {choices}")
    return options
