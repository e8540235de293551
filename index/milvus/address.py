"""Where the server is, and how it is reached: the environment's part."""

import os
import re
import ssl
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
_TLS = {"": False, "0": False, "1": True}

# What the client's network layer says of a connection that came to nothing. A server that wants
# TLS only hangs up on one that is not encrypted.
_HANGS_UP = "Socket closed|Connection reset"
_NO_TLS = "WRONG_VERSION_NUMBER"
_OTHER_AUTHORITY = "CERTIFICATE_VERIFY_FAILED"
_OTHER_NAME = "Hostname Verification"
_NO_ACCESS = "(?i)UNAUTHENTICATED|PERMISSION.?DEN|auth check failure"


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
        certificate: path of the authority's certificate, in PEM; ``""`` for the public
            authorities.
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

    def remedy(self, reason: str) -> str:
        """What is wrong with the access and what to set; ``""`` if it is something else.

        Args:
            reason: why the client says that a call failed.
        """
        if _OTHER_NAME in reason:
            return "shows a certificate of another name: write the certificate's name in QA_INDEX"
        if _OTHER_AUTHORITY in reason:
            known = self.certificate or "the public authorities"
            return (
                f"shows a certificate that {known} cannot vouch for: set QA_INDEX_CERTIFICATE to "
                "the PEM file of its authority"
            )
        if re.search(_NO_ACCESS, reason):
            asked = "does not let this user do it" if self.token else "asks who you are"
            return f"{asked}: set QA_INDEX_TOKEN to user:password or an API key"
        if _NO_TLS in reason:
            return "does not encrypt: unset QA_INDEX_TLS and QA_INDEX_CERTIFICATE"
        if not self.is_secure and re.search(_HANGS_UP, reason):
            return "hangs up: set QA_INDEX_TLS=1 if it wants TLS, else look whether it runs"
        return ""


def read_address(url: str, environment: Mapping[str, str] = os.environ) -> Address:
    """The address that a URL and the environment give.

    Args:
        url: ``milvus://HOST:PORT/COLLECTION``, with ``?tokens=2bit`` for smaller token vectors
            and ``?dense=hnsw`` for a search by graph; a collection keeps what it was made with.
        environment: QA_INDEX_TOKEN, QA_INDEX_TLS (1) and QA_INDEX_CERTIFICATE are read of it.

    Raises:
        LibraryError: the URL names no collection on a server, or the environment does not say
            how to reach it.
    """
    parts = urlsplit(url)
    if "@" in parts.netloc:  # not repeated: it is a secret
        raise LibraryError(
            f"QA_INDEX holds a password, expected {_FORM}: set QA_INDEX_TOKEN to user:password"
        )
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
    certificate = _certificate(environment)
    return Address(
        parts.hostname,
        port,
        collection,
        options.get("tokens", "int8"),  # type: ignore[arg-type]  # checked by _options
        options.get("dense", "flat"),  # type: ignore[arg-type]
        environment.get("QA_INDEX_TOKEN", ""),
        bool(certificate) or _is_tls(environment),
        certificate,
    )


def _is_tls(environment: Mapping[str, str]) -> bool:
    value = environment.get("QA_INDEX_TLS", "")
    if value not in _TLS:
        raise LibraryError(f"QA_INDEX_TLS is {value!r}: expected 1, or 0 for no encryption")
    return _TLS[value]


def _certificate(environment: Mapping[str, str]) -> str:
    path = environment.get("QA_INDEX_CERTIFICATE", "")
    if path:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except OSError as error:  # an SSLError too
            raise LibraryError(
                f"QA_INDEX_CERTIFICATE is {path!r}, which is no file that holds a certificate: "
                "set it to the PEM file of the server's authority"
            ) from error
    return path


def _options(query: str) -> dict[str, str]:
    """What stands after the question mark, each known and with a value that there is."""
    known = {"tokens": get_args(TokenStorage), "dense": get_args(DenseIndex)}
    options = dict(parse_qsl(query, keep_blank_values=True))
    for name, value in options.items():
        if value not in known.get(name, ()):
            choices = " or ".join(f"{key}={one}" for key, of in known.items() for one in of)
            raise LibraryError(f"QA_INDEX says {name}={value}: expected {choices}")
    return options
