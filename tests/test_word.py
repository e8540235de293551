"""The Word document is read back twice: as the XML it is, and by python-docx."""

import zipfile
from io import BytesIO
from xml.etree import ElementTree

import docx
import pytest

from index.report import Metadata, Paragraph
from qa.answer import Answer, CitedHit
from qa.word import conversation_docx

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_COVER = Metadata("A Title", author="Report of the Secretary-General", date="1 May 2020")
_SOURCE = "Report of the Secretary-General, A Title, 1 May 2020"


def _answer(question: str, *paragraphs: Paragraph) -> Answer:
    hits = (CitedHit(p, rank, 1.0, 0, len(p.text)) for rank, p in enumerate(paragraphs, start=1))
    return Answer(question, "weak", 0.3, tuple(hits))


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def _text(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


@pytest.fixture
def conversation() -> list[Answer]:
    """Three citations, two of them of one paragraph."""
    first = Paragraph("r", "1", "One and two.", ("I. Facts", "A. Numbers"), 0)
    second = Paragraph("r", "2(a)", "Three.", (), 1)
    return [_answer("How many?", first, second), _answer("How many again?", first)]


def test_the_document_reads_as_the_conversation(conversation: list[Answer]) -> None:
    document = docx.Document(BytesIO(conversation_docx(conversation, {"r": _COVER})))
    assert [(p.style.name, p.text) for p in document.paragraphs if p.style] == [
        ("Title", "Questions and answers"),
        ("Subtitle", _SOURCE),
        ("Heading 1", "How many?"),
        ("Body Text", "Weak match: the report may not answer this."),
        ("Quote", "“One and two.”"),
        ("Quote", "“Three.”"),
        ("Heading 1", "How many again?"),
        ("Body Text", "Weak match: the report may not answer this."),
        ("Quote", "“One and two.”"),
    ]


def test_every_quote_ends_with_the_mark_of_its_own_footnote(conversation: list[Answer]) -> None:
    parts = _parts(conversation_docx(conversation, {"r": _COVER}))
    notes = ElementTree.fromstring(parts["word/footnotes.xml"])
    texts = {note.get(f"{_W}id"): _text(note) for note in notes}
    assert texts == {
        "-1": "",
        "0": "",
        "1": f" {_SOURCE}, para. 1. Section: I. Facts › A. Numbers.",
        "2": f" {_SOURCE}, para. 2 (a).",
        "3": f" {_SOURCE}, para. 1. Section: I. Facts › A. Numbers.",
    }
    assert [note.get(f"{_W}type") for note in notes][:3] == [
        "separator", "continuationSeparator", None,
    ]  # fmt: skip
    body = ElementTree.fromstring(parts["word/document.xml"])
    quotes = [p for p in body.iter(f"{_W}p") if _text(p).startswith("“")]
    assert [p[-1].find(f"{_W}footnoteReference") is not None for p in quotes] == [True] * 3
    marks = [mark.get(f"{_W}id") for mark in body.iter(f"{_W}footnoteReference")]
    assert marks == ["1", "2", "3"]


def test_footnotes_are_styled_and_wired_into_the_package(conversation: list[Answer]) -> None:
    content = conversation_docx(conversation, {"r": _COVER})
    parts = _parts(content)
    body = ElementTree.fromstring(parts["word/document.xml"])
    notes = ElementTree.fromstring(parts["word/footnotes.xml"])
    styles = {style.style_id: style for style in docx.Document(BytesIO(content)).styles}
    used = [style.get(f"{_W}val") for part in (body, notes) for style in part.iter(f"{_W}rStyle")]
    assert [styles[str(name)].name for name in used] == ["footnote reference"] * 6
    used = [style.get(f"{_W}val") for style in notes.iter(f"{_W}pStyle")]
    assert [styles[str(name)].name for name in used] == ["footnote text"] * 3
    assert len(list(notes.iter(f"{_W}footnoteRef"))) == 3
    assert b'PartName="/word/footnotes.xml"' in parts["[Content_Types].xml"]
    assert b'Target="footnotes.xml"' in parts["word/_rels/document.xml.rels"]
    settings = ElementTree.fromstring(parts["word/settings.xml"])
    rules = settings.findall(f"{_W}footnotePr/{_W}footnote")
    assert [rule.get(f"{_W}id") for rule in rules] == ["-1", "0"]


def test_footnote_marks_are_raised(conversation: list[Answer]) -> None:
    document = docx.Document(BytesIO(conversation_docx(conversation, {"r": _COVER})))
    mark = document.styles["footnote reference"].element
    assert mark.xpath("w:rPr/w:vertAlign/@w:val") == ["superscript"]


def test_word_opens_the_file_in_no_compatibility_mode(conversation: list[Answer]) -> None:
    document = docx.Document(BytesIO(conversation_docx(conversation, {"r": _COVER})))
    modes = document.settings.element.xpath("//*[@w:name='compatibilityMode']/@w:val")
    assert modes == ["15"]


def test_questions_are_headings_that_word_can_navigate(conversation: list[Answer]) -> None:
    document = docx.Document(BytesIO(conversation_docx(conversation, {"r": _COVER})))
    level = document.styles["Heading 1"].element.xpath("w:pPr/w:outlineLvl/@w:val")
    assert level == ["0"]


def test_the_file_names_no_one_and_no_date(conversation: list[Answer]) -> None:
    parts = _parts(conversation_docx(conversation, {"r": _COVER}))
    properties = ElementTree.fromstring(parts["docProps/core.xml"])
    assert {p.tag.rpartition("}")[2]: p.text for p in properties} == {
        "title": "Questions and answers",
        "language": "en-GB",
    }
    assert [name for name in parts if name.startswith("docProps/")] == ["docProps/core.xml"]
    assert b'w:lang w:val="en-GB"' in parts["word/styles.xml"]
    assert parts == _parts(conversation_docx(conversation, {"r": _COVER}))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> ]]> & &amp; <!-- x -->",
        "</w:t></w:r><w:r><w:t>&#0;",
        "=cmd()|' /C calc'!A0",
        "\u202egnp.exe\u202c \u200fשלום\u200e",
        "{PAGE} \\* MERGEFORMAT _x000B_",
        "  two  spaces  ",
        "𝒳 😀 \u00a0 \u0085 \u2028",
    ],
)
def test_hostile_text_comes_out_as_it_is(text: str) -> None:
    paragraph = Paragraph("r", "1", text, (text,), 0)
    content = conversation_docx([_answer(text, paragraph)], {"r": Metadata(text)})
    shown = [p.text for p in docx.Document(BytesIO(content)).paragraphs]
    assert shown[2] == text
    assert shown[4] == f"“{text}”"
    note = ElementTree.fromstring(_parts(content)["word/footnotes.xml"])[2]
    assert f"Section: {text}" in _text(note)
    assert " ".join(text.split()) in _text(note)


def test_what_xml_cannot_hold_is_shown_as_missing() -> None:
    text = "a\x00b\x0bc\x1bd\ud800e\uffff"
    paragraph = Paragraph(text, "¶1", text, (text,), 0)
    content = conversation_docx([_answer(text, paragraph)], {})
    shown = [p.text for p in docx.Document(BytesIO(content)).paragraphs]
    assert shown[4] == "“a\ufffdb\ufffdc\ufffdd\ufffde\ufffd”"
    note = ElementTree.fromstring(_parts(content)["word/footnotes.xml"])[2]
    assert "a\ufffdb" in _text(note)


def test_breaks_and_tabs_of_a_quote_stay() -> None:
    paragraph = Paragraph("r", "1", "one\ntwo\tthree", (), 0)
    content = conversation_docx([_answer("Why?", paragraph)], {"r": _COVER})
    assert docx.Document(BytesIO(content)).paragraphs[-1].text == "“one\ntwo\tthree”"


def test_a_conversation_that_cites_nothing_is_still_a_document() -> None:
    nothing = Answer("para 900", "not_found", 0.0, (), "There is no paragraph 900.", True)
    document = docx.Document(BytesIO(conversation_docx([nothing], {})))
    assert [p.text for p in document.paragraphs] == [
        "Questions and answers", "para 900", "There is no paragraph 900.",
    ]  # fmt: skip
