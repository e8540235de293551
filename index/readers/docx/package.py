"""A Word file's parts: which are there, and their XML in one vocabulary."""

import posixpath

from lxml import etree

from index.errors import ReadError
from index.readers.archive import Archive, Budget, parse_xml

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

# The strict variant of the format names the same things by other addresses.
_STRICT = (
    (b"purl.oclc.org/ooxml/wordprocessingml/main", W[8:-1].encode()),
    (b"purl.oclc.org/ooxml/officeDocument/relationships", R[8:-1].encode()),
    (
        b"purl.oclc.org/ooxml/officeDocument/math",
        b"schemas.openxmlformats.org/officeDocument/2006/math",
    ),
)

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class WordFile:
    """The parts of a .docx or .docm file; a part that is missing is an empty element."""

    def __init__(self, content: bytes, budget: Budget | None = None) -> None:
        """Open the file.

        Args:
            content: the whole file.
            budget: what it shares with the file that it is part of.

        Raises:
            ReadError: an old or encrypted Word file, another format, or a damaged one.
        """
        _refuse_old_formats(content)
        self._archive = Archive(content, "Word document (.docx)", budget)
        main = self._targets("").get("officeDocument")
        if main is None:
            raise self._archive.damaged()
        self._main = main
        self._parts = self._targets(main)
        self.document = self._read(main)
        if self.document.tag != f"{W}document":
            raise self._archive.damaged()

    def insert(self, content: bytes) -> "WordFile":
        """Another Word file as part of this one: what is unpacked of both is bounded."""
        return WordFile(content, self._archive.budget)

    def part(self, kind: str) -> etree._Element:
        """The main document's part of this kind: ``"styles"``, ``"footnotes"`` and so on."""
        name = self._parts.get(kind)
        return etree.Element(kind) if name is None else self._read(name)

    def links(self, kind: str = "") -> dict[str, str]:
        """Web addresses by relationship id, of the main document or of one of its parts."""
        source = self._parts.get(kind) if kind else self._main
        return {
            relation.get("Id"): relation.get("Target", "")
            for relation in self._relations(source or "")
            if relation.get("TargetMode") == "External"
            and relation.get("Target", "").lower().startswith(("http://", "https://"))
        }

    def inserted_file(self, relation_id: str) -> bytes:
        """A file of another kind that Word shows as part of this one; empty if it is not here."""
        folder = posixpath.dirname(self._main)
        for relation in self._relations(self._main):
            if relation.get("Id") == relation_id and relation.get("TargetMode") != "External":
                name = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                if name.lstrip("/") in self._archive.names:
                    return self._archive.read(name.lstrip("/"))
        return b""

    def _read(self, name: str) -> etree._Element:
        root = self._archive.read_xml(name)
        if any("purl.oclc.org" in address for address in root.nsmap.values()):
            content = etree.tostring(root)
            for strict, transitional in _STRICT:
                content = content.replace(strict, transitional)
            root = parse_xml(content)
        return root

    def _targets(self, source: str) -> dict[str, str]:
        """Names of the parts that a part refers to, by kind."""
        folder = posixpath.dirname(source)
        targets = {}
        for relation in self._relations(source):
            if relation.get("TargetMode") != "External":
                kind = relation.get("Type", "").rpartition("/")[2]
                name = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                if name.lstrip("/") in self._archive.names:
                    targets[kind] = name.lstrip("/")
        return targets

    def _relations(self, source: str) -> list[etree._Element]:
        folder, name = posixpath.split(source)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        return list(self._archive.read_xml(relations)) if relations in self._archive.names else []


def value(properties: etree._Element | None, name: str) -> str | None:
    """The value of a property, or None where it is not set."""
    found = None if properties is None else properties.find(f"{W}{name}")
    return None if found is None else found.get(f"{W}val")


def switch(properties: etree._Element | None, name: str) -> bool | None:
    """Whether a property is switched on or off, or None where it is not set."""
    found = None if properties is None else properties.find(f"{W}{name}")
    if found is None:
        return None
    return found.get(f"{W}val", "true") not in ("0", "false", "off", "none")


def to_int(text: str | None, default: int = 0) -> int:
    """A whole number; the default where the file has none or nonsense."""
    try:
        return int(text or "")
    except ValueError:
        return default


def _refuse_old_formats(content: bytes) -> None:
    if content.startswith(_OLD_OFFICE):
        if _ENCRYPTED in content:
            raise ReadError(
                "expected a Word document without a password, found an encrypted one:"
                " open it in Word, remove the password and save it again"
            )
        raise ReadError(
            "expected a Word document (.docx), found the format before 2007 (.doc):"
            " open it in Word or LibreOffice and save it as .docx"
        )
    if content.startswith(b"{\\rtf"):
        raise ReadError(
            "expected a Word document (.docx), found rich text (.rtf):"
            " open it in Word or LibreOffice and save it as .docx"
        )
