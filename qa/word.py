"""A conversation as a Word document, its citations as real footnotes."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import cast

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.parts.story import StoryPart
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import CharacterStyle, ParagraphStyle
from docx.text.paragraph import Paragraph as WordParagraph

from index.report import Metadata
from qa.answer import Answer
from qa.citation import footnote_text, legible
from qa.formats import CONVERSATION_TITLE, answer_line, cited_sources, cover_of

_LANGUAGE = "en-GB"
_FONT = "Times New Roman"  # what United Nations documents are set in, and on every machine
_QUIET = RGBColor(0x56, 0x61, 0x6E)


def conversation_docx(answers: Sequence[Answer], reports: Mapping[str, Metadata]) -> bytes:
    """A conversation to download: each quote with a footnote that cites it formally.

    Every quote has a footnote of its own, even where another quote of the same paragraph
    has one: copied into another document, it takes its citation along.

    Args:
        answers: in the order of the conversation.
        reports: the cover of each report by its id; a report without one is cited by its id.
    Returns:
        The bytes of a .docx file, without author, date or name of the machine.
    """
    document = docx.Document()
    _set_properties(document)
    _set_page(document)
    _set_styles(document)
    footnotes = _Footnotes(document)
    document.add_paragraph(CONVERSATION_TITLE, "Title")
    for source in cited_sources(answers, reports):
        document.add_paragraph(legible(source), "Subtitle")
    for answer in answers:
        document.add_paragraph(legible(answer.question), "Heading 1")
        document.add_paragraph(legible(answer_line(answer)), "Body Text")
        for hit in answer.hits:
            quote = document.add_paragraph(legible(f"“{hit.quote}”"), "Quote")
            note = footnote_text(cover_of(hit.paragraph, reports), hit.paragraph)
            footnotes.add(quote, legible(note))
    file = BytesIO()
    document.save(file)
    return file.getvalue()


class _Footnotes:
    """The part of a document that holds its footnotes, which python-docx does not have."""

    def __init__(self, document: Document) -> None:
        """Add the part, with the two rules that Word draws above footnotes."""
        self._element = parse_xml(
            f"<w:footnotes {nsdecls('w')}>"
            f"{_rule(-1, 'separator')}{_rule(0, 'continuationSeparator')}</w:footnotes>"
        )
        self._count = 0
        self._part = StoryPart(
            PackURI("/word/footnotes.xml"),
            CONTENT_TYPE.WML_FOOTNOTES,
            self._element,
            document.part.package,
        )
        document.part.relate_to(self._part, RELATIONSHIP_TYPE.FOOTNOTES)
        rules = parse_xml(
            f"<w:footnotePr {nsdecls('w')}>"
            '<w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>'
        )
        document.settings.element.find(qn("w:compat")).addprevious(rules)

    def add(self, paragraph: WordParagraph, text: str) -> None:
        """Put a footnote mark at the end of a paragraph, and its text into the part."""
        self._count += 1
        identity = f'{nsdecls("w")} w:id="{self._count}"'
        note = parse_xml(f"<w:footnote {identity}><w:p/></w:footnote>")
        self._element.append(note)
        body = WordParagraph(note[0], self._part)
        body.style = "footnote text"
        self._add_mark(body, f"<w:footnoteRef {nsdecls('w')}/>")
        body.add_run(f" {text}")
        self._add_mark(paragraph, f"<w:footnoteReference {identity}/>")

    def _add_mark(self, paragraph: WordParagraph, mark: str) -> None:
        paragraph.add_run(style="footnote reference").element.append(parse_xml(mark))


def _rule(identity: int, kind: str) -> str:
    return (
        f'<w:footnote w:id="{identity}" w:type="{kind}"><w:p><w:pPr>'
        '<w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
        f"<w:r><w:{kind}/></w:r></w:p></w:footnote>"
    )


def _set_properties(document: Document) -> None:
    """Say what the document is, and nothing of what the template says of itself."""
    package = document.part.package
    for rel_id, relation in list(package.rels.items()):
        if relation.reltype in (RELATIONSHIP_TYPE.THUMBNAIL, RELATIONSHIP_TYPE.EXTENDED_PROPERTIES):
            del package.rels[rel_id]
    properties = package.part_related_by(RELATIONSHIP_TYPE.CORE_PROPERTIES).element
    properties[:] = []
    document.core_properties.title = CONVERSATION_TITLE
    document.core_properties.language = _LANGUAGE
    for language in document.styles.element.xpath("w:docDefaults//w:lang"):
        language.set(qn("w:val"), _LANGUAGE)
    # The template's 14 is Word 2010, which Word shows as "Compatibility Mode" in its title.
    for setting in document.settings.element.xpath("//*[@w:name='compatibilityMode']"):
        setting.set(qn("w:val"), "15")


def _set_page(document: Document) -> None:
    """A4, with its number at the foot of every page."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.5)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    number = f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    footer._p.append(parse_xml(number))


def _set_styles(document: Document) -> None:
    """Sober typography: black serif type, quotes set in, what is ours in grey."""
    normal = _restyle(document, "Normal", size=11.5, after=6)
    normal.font.name = _FONT
    normal.element.rPr.rFonts.set(qn("w:cs"), _FONT)
    normal.paragraph_format.line_spacing = 1.15
    title = _restyle(document, "Title", size=22, after=6)
    title.font.bold = True
    subtitle = _restyle(document, "Subtitle", size=11.5, after=6)
    subtitle.font.color.rgb = _QUIET
    heading = _restyle(document, "Heading 1", size=14, before=22, after=4)
    heading.font.bold = True
    heading.paragraph_format.keep_with_next = True
    finding = _restyle(document, "Body Text", size=11.5, after=8)
    finding.font.color.rgb = _QUIET
    finding.paragraph_format.keep_with_next = True
    quote = _restyle(document, "Quote", size=11.5, after=8)
    quote.paragraph_format.left_indent = quote.paragraph_format.right_indent = Cm(1)
    _restyle(document, "Footer", size=9.5, after=0)
    document.styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    footnote = _restyle(document, "footnote text", size=9.5, after=3)
    footnote.base_style = normal
    footnote.paragraph_format.line_spacing = 1
    mark = document.styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER, builtin=True)
    cast(CharacterStyle, mark).font.superscript = True


def _restyle(
    document: Document, name: str, *, size: float, before: float = 0, after: float
) -> ParagraphStyle:
    """A style with its size and space in points, and no colour, font or rule of the template."""
    style = cast(ParagraphStyle, document.styles[name])
    for setting in style.element.xpath("w:rPr | w:pPr/*[not(self::w:outlineLvl)]"):
        setting.getparent().remove(setting)
    style.font.size = Pt(size)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    return style
