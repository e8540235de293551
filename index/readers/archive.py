"""Zip archives and XML from strangers, read within bounds."""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from lxml import etree

from index.errors import ReadError

MAX_BYTES = 60_000_000  # unpacked, of all parts read: five thousand pages take half of it
_MAX_PARTS = 20_000

_BROKEN = (
    BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(slots=True)
class Budget:
    """How much may still be unpacked, also of archives within archives."""

    bytes_left: int


class Archive:
    """The parts of a zip file, unpacked one by one while they stay within bounds.

    Attributes:
        names: of the parts.
        budget: how much may still be unpacked.
    """

    def __init__(self, content: bytes, kind: str, budget: Budget | None = None) -> None:
        """Open an archive.

        Args:
            content: the whole file.
            kind: what a person calls it, for the errors: ``"Word document (.docx)"``.
            budget: what it shares with the archive that it stands in.

        Raises:
            ReadError: not a zip file, damaged, or with more parts than a document has.
        """
        self._kind = kind
        self.budget = budget or Budget(MAX_BYTES)
        try:
            self._zip = ZipFile(BytesIO(content))
        except _BROKEN as error:
            raise self.damaged() from error
        self.names = frozenset(self._zip.namelist())
        if len(self.names) > _MAX_PARTS:
            raise ReadError(
                f"expected at most {_MAX_PARTS:,} parts in a {kind}, found {len(self.names):,}:"
                " split the document"
            )

    def damaged(self) -> ReadError:
        """The error for a file that is cut short, damaged or something else."""
        return ReadError(
            f"expected a {self._kind}, found a damaged file or one of another kind:"
            " open it in the program that made it and save it again"
        )

    def read(self, name: str) -> bytes:
        """Unpack one part.

        Raises:
            ReadError: no such part, damaged, or more than ``MAX_BYTES`` unpacked so far.
        """
        try:
            with self._zip.open(name) as part:
                content = part.read(self.budget.bytes_left + 1)
        except (KeyError, *_BROKEN) as error:
            raise self.damaged() from error
        self.budget.bytes_left -= len(content)
        if self.budget.bytes_left < 0:
            raise ReadError(
                f"expected a {self._kind} of at most {MAX_BYTES // 1_000_000} MB unpacked,"
                " found more: split the document"
            )
        return content

    def read_xml(self, name: str) -> etree._Element:
        """Unpack and parse one part, without entities and without the network.

        Raises:
            ReadError: as ``read``, or not well-formed, or with entities of its own.
        """
        try:
            root = parse_xml(self.read(name))
        except etree.XMLSyntaxError as error:
            raise self.damaged() from error
        document_type = root.getroottree().docinfo.internalDTD
        if document_type is not None and any(document_type.iterentities()):
            raise self.damaged()
        return root


def parse_xml(content: bytes) -> etree._Element:
    """Parse XML; nesting and text lengths are bounded by the parser.

    Raises:
        XMLSyntaxError: not well-formed.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(content, parser)
