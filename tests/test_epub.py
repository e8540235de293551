import zipfile
from io import BytesIO

import pytest

from index.blocks import Block, Mark
from index.errors import ReadError
from index.readers.epub import read_epub

_CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
_ENCRYPTION = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
    'xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData>'
    '<e:EncryptionMethod Algorithm="{}"/></e:EncryptedData></encryption>'
)


def book(pages: dict[str, str], more: dict[str, str] | None = None) -> bytes:
    """A book whose spine holds these pages, backwards in its manifest."""
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"'
        f"{' properties=' + chr(34) + 'nav' + chr(34) if name == 'nav' else ''}/>"
        for name in reversed(pages)
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in pages)
    files = {
        "META-INF/container.xml": _CONTAINER,
        "OEBPS/book.opf": f'<package xmlns="http://www.idpf.org/2007/opf"><manifest>{items}'
        f"</manifest><spine>{spine}</spine></package>",
    }
    for name, body in pages.items():
        files[f"OEBPS/{name}.xhtml"] = (
            '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
            f"<head><title/><script src='x'/></head><body>{body}</body></html>"
        )
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, content in (files | (more or {})).items():
            file.writestr(name, content)
    return stream.getvalue()


def test_pages_come_in_the_order_of_the_spine_without_the_contents() -> None:
    content = book({"nav": "<p>Contents</p>", "b": "<h1>One</h1>", "a": "<p>1. Two<a id='x'/></p>"})
    assert read_epub(content) == [Block("heading", "One"), Block("text", "1. Two")]


def test_notes_on_another_page_are_found() -> None:
    text = "<p>One<a id='r' href='notes.xhtml#n1'><sup>1</sup></a>.</p>"
    notes = "<p id='n1'><a href='a.xhtml#r'>1</a> See.</p><p id='n2'>Other.</p>"
    assert read_epub(book({"a": text, "notes": notes})) == [
        Block("text", "One.", marks=(Mark(3, "1"),)),
        Block("note", "See.", label="1"),
        Block("text", "Other."),
    ]


def test_printed_pages_are_those_that_the_book_marks() -> None:
    text = "<p>a</p><span epub:type='pagebreak' title='7'/><p>b</p><p>c</p>"
    assert [block.page for block in read_epub(book({"a": text}))] == [None, 7, 7]


def test_hidden_fonts_are_no_protection() -> None:
    fonts = _ENCRYPTION.format("http://www.idpf.org/2008/embedding")
    content = book({"a": "<p>a</p>"}, {"META-INF/encryption.xml": fonts})
    assert read_epub(content) == [Block("text", "a")]


@pytest.mark.parametrize(
    "more",
    [
        {"META-INF/rights.xml": "<rights/>"},
        {
            "META-INF/encryption.xml": _ENCRYPTION.format(
                "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
            )
        },
    ],
)
def test_protected_books_are_refused(more: dict[str, str]) -> None:
    with pytest.raises(ReadError, match="without copy protection"):
        read_epub(book({"a": "<p>a</p>"}, more))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        book({"a": "x"})[:-30],
        book({}),
        book({"a": "x"}, {"OEBPS/book.opf": "<"}),
    ],
)
def test_broken_books_are_refused(content: bytes) -> None:
    with pytest.raises(ReadError, match=r"expected a book \(.epub\), found a damaged file"):
        read_epub(content)
