"""A server that asks for a password and encrypts, and what is said to who comes otherwise."""

import ipaddress
import os
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from eval.servers import STANDALONE, Milvus
from index.errors import LibraryError
from index.library import Library
from index.milvus.address import Address, read_address
from qa.answer import answer_question
from tests.servers import require
from tests.toy import ToyEncoder

_TOKEN = {"QA_INDEX_TOKEN": "root:Milvus"}  # as Milvus comes
_ANIMALS = b"# Animals\n\n1. Cats purr at night.\n\n2. Horses eat hay.\n"


class _Authority:
    """Vouches for servers on this machine; written to a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.path = folder / f"{name}.pem"
        extension = x509.BasicConstraints(ca=True, path_length=None)
        self._write(self.path, self._name, self._key, extension)

    def vouch(self, certificate: Path, key: Path) -> None:
        """Write a server's certificate for 127.0.0.1, and its key."""
        own = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "server")])
        self._write(certificate, name, own, names)
        key.write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    def _write(
        self,
        path: Path,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        extension: x509.ExtensionType,
    ) -> None:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(self._name, subject, key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1))
        builder = builder.not_valid_after(now + timedelta(days=2))
        builder = builder.add_extension(extension, critical=True)
        path.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> _Authority:
    return _Authority(tmp_path_factory.mktemp("authority"), "ours")


@pytest.fixture(scope="module")
def server(authority: _Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Milvus]:
    require("milvus")
    folder = tmp_path_factory.mktemp("secure")
    certificate, key = folder / "server.pem", folder / "server.key"
    authority.vouch(certificate, key)
    server = Milvus(
        folder / "data",
        STANDALONE,
        settings={
            "COMMON_SECURITY_AUTHORIZATIONENABLED": "true",
            "COMMON_SECURITY_TLSMODE": "1",
            "TLS_SERVERPEMPATH": str(certificate),
            "TLS_SERVERKEYPATH": str(key),
            "TLS_CAPEMPATH": str(authority.path),
        },
        access={**_TOKEN, "QA_INDEX_CERTIFICATE": str(authority.path)},
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture
def environment(authority: _Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Of who may come in."""
    for name, value in {**_TOKEN, "QA_INDEX_CERTIFICATE": str(authority.path)}.items():
        monkeypatch.setenv(name, value)
    yield
    # Connections of one process to an address with one token are one, encrypted or not.
    from pymilvus.client.connection_manager import (  # type: ignore[import-untyped]
        ConnectionManager,
    )

    ConnectionManager.get_instance().close_all()


@pytest.mark.usefixtures("environment")
def test_the_environment_opens_it(
    server: Milvus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.milvus.server._READ_SECONDS", 30.0)  # the machine may be busy
    url = f"milvus://{server.address}/animals"
    library = Library(tmp_path, ToyEncoder(), url)
    library.add_file(_ANIMALS, "animals.md")
    answer = answer_question("Do horses eat hay?", library=library)
    assert answer.hits[0].paragraph.paragraph_id == "animals#2"
    assert library.paragraph("animals", "1").text == "Cats purr at night."
    with pytest.raises(LibraryError, match="animals has no paragraph"):
        library.paragraph("animals", '"ornumber!="😀')


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"QA_INDEX_TOKEN": ""}, "asks who you are: set QA_INDEX_TOKEN to user:password or"),
        ({"QA_INDEX_TOKEN": "root:guess"}, "does not let this user do it: set QA_INDEX_TOKEN to"),
        ({"QA_INDEX_CERTIFICATE": ""}, "hangs up: set QA_INDEX_TLS=1 if it wants TLS, else look"),
        (
            {"QA_INDEX_CERTIFICATE": "", "QA_INDEX_TLS": "1"},
            "shows a certificate that the public authorities cannot vouch for: set "
            "QA_INDEX_CERTIFICATE to the PEM file",
        ),
        (
            {"QA_INDEX_CERTIFICATE": "OTHER"},
            "shows a certificate that OTHER cannot vouch for: set QA_INDEX_CERTIFICATE to",
        ),
    ],
)
def test_who_comes_otherwise_is_told_what_to_set(
    server: Milvus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changed: Mapping[str, str],
    sentence: str,
) -> None:
    other = str(_Authority(tmp_path, "other").path)
    for name, value in changed.items():
        monkeypatch.setenv(name, value.replace("OTHER", other))
    started = time.monotonic()
    with pytest.raises(LibraryError) as refused:
        Library(tmp_path / "home", ToyEncoder(), f"milvus://{server.address}/animals").index()
    said = str(refused.value)
    assert said.startswith(f"Milvus at {server.address} {sentence.replace('OTHER', other)}")
    assert "\n" not in said
    assert "guess" not in said
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("Tls handshake failed: WRONG_VERSION_NUMBER", "does not encrypt: unset QA_INDEX_TLS and"),
        ("UNAUTHENTICATED: Hostname Verification Check failed", "a certificate of another name"),
        ("PrivilegeInsert: permission deny to bob", "set QA_INDEX_TOKEN"),
    ],
)
def test_reasons_have_their_remedy(reason: str, sentence: str) -> None:
    address = Address("db", 1, "c", token="bob:b", is_secure=True)
    assert sentence in address.remedy(reason)
    assert address.remedy("Connection refused") == address.remedy("Socket closed") == ""


@pytest.mark.parametrize(
    ("url", "environment", "sentence"),
    [
        ("milvus://db/c", {"QA_INDEX_TLS": "yes"}, "QA_INDEX_TLS is 'yes': expected 1"),
        ("milvus://db/c", {"QA_INDEX_CERTIFICATE": "/no"}, "QA_INDEX_CERTIFICATE is '/no', which"),
        ("milvus://db/c", {"QA_INDEX_CERTIFICATE": os.devnull}, "no file that holds a certificate"),
        ("milvus://root:secret@db/c", {}, "QA_INDEX holds a password, .*: set QA_INDEX_TOKEN to"),
    ],
)
def test_what_is_set_wrongly_is_one_sentence(
    url: str, environment: Mapping[str, str], sentence: str
) -> None:
    with pytest.raises(LibraryError, match=sentence) as refused:
        read_address(url, environment)
    assert "secret" not in str(refused.value)
