"""EPUB books: a zip of web pages in the order that the book gives."""

import posixpath
from urllib.parse import unquote

from lxml import etree

from index.blocks import Block
from index.errors import ReadError
from index.readers.archive import Archive
from index.readers.html import read_pages

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html")
_HIDDEN_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def read_epub(content: bytes) -> list[Block]:
    """Read a book's pages in reading order; its own table of contents goes.

    Args:
        content: the whole file.
    Returns:
        Blocks in order; pages where the book marks those of its print.
    Raises:
        ReadError: damaged, not a book, oversized, or under copy protection.
    """
    archive = Archive(content, "book (.epub)")
    if _CONTAINER not in archive.names:
        raise archive.damaged()
    _refuse_protection(archive)
    pages = [(name, archive.read(name)) for name in _spine(archive)]
    if not pages:
        raise archive.damaged()
    return read_pages(pages)


def _refuse_protection(archive: Archive) -> None:
    is_protected = "META-INF/rights.xml" in archive.names
    if _ENCRYPTION in archive.names:
        methods = archive.read_xml(_ENCRYPTION).iter("{*}EncryptionMethod")
        is_protected |= any(method.get("Algorithm") not in _HIDDEN_FONTS for method in methods)
    if is_protected:
        raise ReadError(
            "expected a book without copy protection, found one that only its shop's"
            " programs open: ask the publisher for a free copy or a PDF"
        )


def _spine(archive: Archive) -> list[str]:
    """Names of the pages in reading order, without the navigation."""
    package = _package_name(archive)
    root = archive.read_xml(package)
    folder = posixpath.dirname(package)
    items = {item.get("id"): item for item in root.iter("{*}item")}
    spine = [items.get(reference.get("idref")) for reference in root.iter("{*}itemref")]
    names = [_part_name(folder, item) for item in spine if item is not None and _is_page(item)]
    return [name for name in dict.fromkeys(names) if name in archive.names]


def _package_name(archive: Archive) -> str:
    roots = archive.read_xml(_CONTAINER).iter("{*}rootfile")
    name = next((root.get("full-path", "") for root in roots), "")
    if name not in archive.names:
        raise archive.damaged()
    return str(name)


def _is_page(item: etree._Element) -> bool:
    is_navigation = "nav" in item.get("properties", "").split()
    return item.get("media-type") in _PAGES and not is_navigation


def _part_name(folder: str, item: etree._Element) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))
