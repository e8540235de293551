import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest

from index.blocks import Block, Mark
from index.errors import ReadError
from index.numbering import number_blocks
from index.numbering.closings import Closing
from index.readers import archive
from index.readers.docx import read_docx
from index.readers.numerals import format_number
from index.report import Link

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMES = (
    f'xmlns:w="{_WORD}" xmlns:r="{_OFFICE}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def word_file(body: str, links: str = "", **parts: str) -> bytes:
    """A Word file with these children of its body and of its other parts."""
    relations = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{name}" Target="{name}.xml"/>' for name in parts
    )
    files = {
        "_rels/.rels": _relationships(
            f'<Relationship Id="d" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        ),
        "word/document.xml": f"<w:document {_NAMES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": _relationships(relations + links),
    }
    files |= {
        f"word/{name}.xml": f"<w:{name} {_NAMES}>{content}</w:{name}>"
        for name, content in parts.items()
    }
    return zip_file(files)


def zip_file(files: dict[str, str]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return stream.getvalue()


def _relationships(content: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}">{content}</Relationships>'


def p(text: str = "", properties: str = "", runs: str = "") -> str:
    run = f"<w:r><w:t>{text}</w:t></w:r>" if text else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{run}{runs}</w:p>"


def item(text: str, level: int = 0, list_id: int = 1) -> str:
    number = f'<w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/>'
    return p(text, f"<w:numPr>{number}</w:numPr>")


def level(index: int, pattern: str, style: str = "decimal", more: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{style}"/>'
        f'<w:lvlText w:val="{pattern}"/>{more}</w:lvl>'
    )


def numbering(
    levels: str, lists: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
) -> str:
    return f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>{lists}'


def texts(content: bytes) -> list[str]:
    return [block.text for block in read_docx(content)]


def test_typed_numbers_stay_as_they_are() -> None:
    assert texts(word_file(p("12. Text,"), styles="")) == ["12. Text,"]
    tabbed = p(runs="<w:r><w:tab/><w:t>1.</w:t><w:tab/><w:t>The</w:t></w:r>")
    assert texts(word_file(tabbed)) == ["1. The"]


def test_numbers_count_through_levels_and_restart_below_a_higher_one() -> None:
    levels = level(0, "%1.") + level(1, "(%2)", "lowerLetter") + level(2, "(%3)", "lowerRoman")
    body = item("a") + item("b", 1) + item("c", 2) + item("d", 2) + item("e", 1)
    body += item("f") + item("g", 1)
    assert texts(word_file(body, numbering=numbering(levels))) == [
        *("1. a", "(a) b", "(i) c", "(ii) d", "(b) e", "2. f", "(a) g")
    ]


def test_patterns_show_the_numbers_of_higher_levels() -> None:
    levels = level(0, "Part %1", "upperRoman") + level(1, "%1.%2", more="<w:isLgl/>", start=3)
    body = item("a") + item("b", 1) + item("c") + item("d", 1)
    assert texts(word_file(body, numbering=numbering(levels))) == [
        *("Part I a", "1.3 b", "Part II c", "2.3 d")
    ]


@pytest.mark.parametrize(
    ("restart", "expected"),
    [("0", ["3. e", "4. g"]), ("1", ["3. e", "1. g"]), ("2", ["1. e", "1. g"])],
)
def test_a_level_restarts_only_below_the_level_that_it_names(
    restart: str, expected: list[str]
) -> None:
    deepest = level(2, "%3.", more=f'<w:lvlRestart w:val="{restart}"/>')
    body = item("a") + item("b", 2) + item("c", 2) + item("d", 1) + item("e", 2)
    body += item("f") + item("g", 2)
    content = word_file(body, numbering=numbering(level(0, "%1.") + level(1, "%2.") + deepest))
    assert [text for text in texts(content) if text[-1] in "eg"] == expected


def test_lists_of_one_definition_go_on_unless_they_say_where_to_start() -> None:
    lists = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>'
        '<w:num w:numId="4"><w:abstractNumId w:val="0"/>'
        f'<w:lvlOverride w:ilvl="0">{level(0, "§ %1")}</w:lvlOverride></w:num>'
    )
    body = item("a") + item("b", list_id=2) + item("c", list_id=3) + item("d", list_id=3)
    body += item("e", list_id=4)
    assert texts(word_file(body, numbering=numbering(level(0, "%1."), lists))) == [
        *("1. a", "2. b", "7. c", "8. d", "§ 9 e")
    ]


def test_styles_number_their_paragraphs_and_zero_switches_off() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Base"><w:name w:val="Base"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Sub"><w:basedOn w:val="Base"/></w:style>'
    )
    levels = level(0, "%1.") + level(1, "%2)", "lowerLetter", '<w:pStyle w:val="Base"/>')
    off = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    body = item("a") + p("b", '<w:pStyle w:val="Sub"/>') + p("c", '<w:pStyle w:val="Sub"/>' + off)
    assert texts(word_file(body, numbering=numbering(levels), styles=styles)) == [
        "1. a",
        "a) b",
        "c",
    ]


def test_bullets_print_no_number_and_empty_items_count() -> None:
    body = item("b") + item("a", 1) + item("") + item("c")
    levels = level(0, "%1.") + level(1, "•", "bullet")
    assert texts(word_file(body, numbering=numbering(levels))) == ["1. b", "a", "3. c"]


def test_a_level_that_was_skipped_counts_as_shown() -> None:
    levels = level(0, "%1.") + level(1, "%1.%2")
    body = item("a", 1) + item("b", 1) + item("c") + item("d", 1)
    assert texts(word_file(body, numbering=numbering(levels))) == [
        *("1.1 a", "1.2 b", "2. c", "2.1 d")
    ]


@pytest.mark.parametrize(
    ("style", "number", "expected"),
    [
        ("decimal", 12, "12"),
        ("decimalZero", 7, "07"),
        ("lowerLetter", 28, "bb"),
        ("upperRoman", 49, "XLIX"),
        ("lowerRoman", 14, "xiv"),
        ("russianLower", 10, "к"),
        ("russianUpper", 4, "Г"),
        ("arabicAbjad", 3, "ج"),
        ("chineseCounting", 21, "二十一"),
        ("chineseCountingThousand", 105, "一百零五"),
        ("ideographTraditional", 2, "乙"),
        ("ordinal", 12, "12th"),
        ("ordinal", 22, "22nd"),
        ("ordinalText", 21, "Twenty-first"),
        ("cardinalText", 40, "Forty"),
        ("bullet", 3, ""),
        ("unheardOf", 3, "3"),
    ],
)
def test_numbers_are_written_as_word_writes_them(style: str, number: int, expected: str) -> None:
    assert format_number(number, style) == expected


def note(kind: str, note_id: int, text: str) -> str:
    mark = f"<w:r><w:{kind}Ref/></w:r>"
    return f'<w:{kind} w:id="{note_id}">{p(runs=f"{mark}<w:r><w:t> {text}</w:t></w:r>")}</w:{kind}>'


def mark(note_id: int, kind: str = "footnote", custom: str = "") -> str:
    follows = ' w:customMarkFollows="1"' if custom else ""
    after = f"<w:t>{custom}</w:t>" if custom else ""
    return f'<w:r><w:{kind}Reference{follows} w:id="{note_id}"/>{after}</w:r>'


def test_notes_follow_their_paragraph_with_their_marks_in_place() -> None:
    footnotes = note("footnote", 2, "2020 was a year.") + note("footnote", 5, "* Custom.")
    body = p("One,", runs=mark(2) + "<w:r><w:t> two.</w:t></w:r>" + mark(1, "endnote"))
    body += p("Three", runs=mark(5, custom="* four") + mark(2))
    content = word_file(body, footnotes=footnotes, endnotes=note("endnote", 1, "End."))
    assert read_docx(content) == [
        Block("text", "One, two.", marks=(Mark(4, "1"), Mark(9, "i"))),
        Block("note", "2020 was a year.", label="1"),
        Block("note", "End.", label="i"),
        Block("text", "Three four", marks=(Mark(5, "*"), Mark(10, "2"))),
        Block("note", "Custom.", label="*"),
        Block("note", "2020 was a year.", label="2"),
    ]


def test_notes_start_again_where_the_section_says_so() -> None:
    rule = '<w:numFmt w:val="lowerLetter"/><w:numRestart w:val="eachSect"/>'
    section = f"<w:sectPr><w:footnotePr>{rule}</w:footnotePr></w:sectPr>"
    body = p("a", section, mark(2) + mark(2)) + p("b", "", mark(2)) + section
    blocks = read_docx(word_file(body, footnotes=note("footnote", 2, "N.")))
    assert [block.label for block in blocks if block.kind == "note"] == ["a", "b", "a"]


def test_headings_are_styled_outlined_or_bold() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="T1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="L"><w:pPr><w:outlineLvl w:val="2"/></w:pPr>'
        "</w:style>"
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="L"/><w:pPr>'
        '<w:outlineLvl w:val="9"/></w:pPr></w:style>'
    )
    bold = "<w:r><w:rPr><w:b/></w:rPr><w:t>{}</w:t></w:r>"
    body = p("Styled", '<w:pStyle w:val="T1"/>') + p("Outlined", '<w:pStyle w:val="L"/>')
    body += p("Body", '<w:pStyle w:val="B"/>') + p(
        "1.1 " + "long " * 30 + ".", '<w:pStyle w:val="T1"/>'
    )
    body += p(runs=bold.format("IV. Bold")) + p(runs=bold.format("Bold sentence."))
    body += p("ANNEX", '<w:jc w:val="center"/>') + p("Half", runs=bold.format("bold"))
    body += p("NOT CENTRED") + p("x") + p("y")
    blocks = read_docx(word_file(body, styles=styles))
    headings = [block.text for block in blocks if block.kind == "heading"]
    assert headings == ["Styled", "Outlined", "IV. Bold", "ANNEX"]


def test_bold_says_nothing_where_most_is_bold() -> None:
    bold = p(runs="<w:r><w:rPr><w:b/></w:rPr><w:t>Short line</w:t></w:r>")
    assert {block.kind for block in read_docx(word_file(bold * 5 + p("x")))} == {"text"}


def table(*rows: list[str]) -> str:
    cells = ["".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows]
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def test_tables_are_lines_with_their_cells_set_apart() -> None:
    inner = table([p("i"), p("j")])
    body = table([p("A"), p("B")], [p("c") + p("d"), p()], [inner, p("e")])
    assert texts(word_file(body)) == ["A | B\nc d\ni | j | e"]


def test_a_table_that_numbers_prose_gives_its_paragraphs() -> None:
    prose = "States that have not yet done so should consider ratifying the treaty. "
    body = table([item(""), p(prose, runs=mark(2))], [p("(a)"), p(prose)], [p("3. " + prose)])
    content = word_file(
        body, numbering=numbering(level(0, "%1.")), footnotes=note("footnote", 2, "N.")
    )
    blocks = read_docx(content)
    text = prose.strip()
    assert [block.text for block in blocks] == [f"1. {text}", f"(a) {text}", f"3. {text}", "N."]
    assert blocks[0].marks == (Mark(len(text) + 3, "1"),)


def test_a_text_box_is_read_once_and_has_a_title() -> None:
    title = p(runs="<w:r><w:rPr><w:b/></w:rPr><w:t>Box 1</w:t></w:r>")
    content = f"<w:txbxContent>{title}{p('In it.')}{p('More.')}</w:txbxContent>"
    runs = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{content}</w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict>{content}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    blocks = read_docx(word_file(p("Around.", runs=runs) + p("a") + p("b") + p("c") + p("d")))
    assert blocks[:2] == [
        Block("text", "Around."),
        Block("box", "In it.\nMore.", label="Box 1"),
    ]


def test_a_table_of_one_cell_is_a_box_unless_it_frames_numbered_paragraphs() -> None:
    assert read_docx(word_file(table([p("Framed.")]))) == [Block("box", "Framed.")]
    assert read_docx(word_file(table([p("1. a") + p("2. b")]))) == [
        Block("text", "1. a"),
        Block("text", "2. b"),
    ]


def test_changes_are_accepted_and_moved_text_stands_once() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    runs = (
        f"<w:ins>{run.format('new ')}</w:ins><w:del><w:r><w:delText>old </w:delText></w:r></w:del>"
    )
    runs += f"<w:moveFrom>{run.format('moved ')}</w:moveFrom>{run.format('end ')}"
    runs += f"<w:moveTo>{run.format('moved')}</w:moveTo>"
    assert texts(word_file(p("a ", runs=runs))) == ["a new end moved"]


def test_a_deleted_paragraph_mark_joins_and_deleted_paragraphs_do_not_count() -> None:
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    gone = number + "<w:rPr><w:del/></w:rPr>"
    deleted = "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
    body = item("a") + p(properties=gone, runs=deleted)
    body += p("b ", "<w:rPr><w:del/></w:rPr>") + item("c") + item("d")
    body += p("e ", "<w:rPr><w:del/></w:rPr>") + item("f")
    assert texts(word_file(body, numbering=numbering(level(0, "%1.")))) == [
        "1. a",
        "2. b c",
        "3. d",
        "4. e f",
    ]


def test_a_heading_that_runs_into_its_paragraph_is_one_line_with_it() -> None:
    number = '<w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:vanish/><w:specVanish/></w:rPr>'
    body = p("Scope. ", number) + p("The text.") + p("Next.")
    content = word_file(body, numbering=numbering(level(0, "%1.")))
    assert texts(content) == ["1. Scope. The text.", "Next."]


def test_deleted_rows_and_cells_go() -> None:
    row = f"<w:tr>{{}}<w:tc>{{}}{p('a')}</w:tc><w:tc>{p('b')}</w:tc></w:tr>"
    deleted_row = row.format("<w:trPr><w:del/></w:trPr>", "")
    deleted_cell = row.format("", "<w:tcPr><w:cellDel/></w:tcPr>")
    assert texts(word_file(f"<w:tbl>{deleted_row}{deleted_cell}{row.format('', '')}</w:tbl>")) == [
        "b\na | b"
    ]


def test_hidden_text_and_comments_go_and_wrappers_are_looked_into() -> None:
    styles = '<w:style w:type="character" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
    runs = (
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>no</w:t></w:r>"
        '<w:r><w:rPr><w:rStyle w:val="H"/></w:rPr><w:t>no</w:t></w:r>'
        "<w:r><w:commentReference w:id='1'/></w:r>"
        "<w:smartTag><w:r><w:t>a </w:t></w:r></w:smartTag>"
        "<w:customXml><w:r><w:t>b </w:t></w:r></w:customXml>"
        "<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>c</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>no</w:t></w:r>"
        "</w:sdtContent></w:sdt>"
    )
    body = f"<w:sdt><w:sdtContent>{p(runs=runs)}</w:sdtContent></w:sdt>"
    body += f"<w:customXml>{p('d')}</w:customXml>"
    assert texts(word_file(body, styles=styles)) == ["a b c", "d"]


def field(code: str, result: str, after: str = "") -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{code}</w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f"<w:r><w:t>{result}</w:t></w:r>{after}"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def test_fields_show_results_and_contents_go() -> None:
    nested = field(" IF x ", "shown ", field("REF y", "inner"))
    contents = field(' TOC \\o "1-3" ', "Introduction 3", "</w:p><w:p><w:r><w:t>More 4</w:t></w:r>")
    body = p("a ", runs=nested) + f"<w:p>{contents}</w:p>"
    body += "<w:p><w:fldSimple w:instr='PAGE'><w:r><w:t>b</w:t></w:r></w:fldSimple></w:p>"
    assert texts(word_file(body)) == ["a shown inner", "b"]


def test_a_field_that_never_ends_hides_nothing() -> None:
    body = p("a", runs='<w:r><w:fldChar w:fldCharType="begin"/></w:r>') + p("b")
    assert texts(word_file(body)) == ["a", "b"]


def test_numbers_of_automatic_fields_are_computed() -> None:
    runs = (
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>AUTONUM </w:instrText>'
        '<w:fldChar w:fldCharType="end"/><w:tab/><w:t>{}</w:t></w:r>'
    )
    body = p(runs=runs.format("a")) + p(runs=runs.format("b"))
    assert texts(word_file(body)) == ["1. a", "2. b"]


def listnum(code: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText> LISTNUM {code}</w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def test_numbers_in_the_middle_of_a_text_are_computed() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    runs = listnum("NumberDefault \\l 5") + run.format("see;") + listnum("NumberDefault \\l 5")
    body = p("Decides ", runs=runs + run.format("act."))
    body += p(runs=listnum("LegalDefault \\l 1 \\s 4") + run.format("x"))
    body += p(runs=listnum("LegalDefault \\l 2") + run.format("y"))
    body += p(runs=listnum("Own \\l 1") + run.format("z"))
    body += p(runs=listnum("OutlineDefault") + run.format("v"))
    own = numbering('<w:name w:val="Own"/>' + level(0, "§ %1", start=7))
    assert texts(word_file(body, numbering=own)) == [
        *("Decides (a) see;(b) act.", "4. x", "4.1. y", "§ 7 z", "I. v")
    ]


def test_a_note_that_is_marked_again_is_no_number_in_the_text() -> None:
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>{}</w:r>'
    again = "".join(
        raised.format(part)
        for part in (
            '<w:fldChar w:fldCharType="begin"/>',
            "<w:instrText> NOTEREF _Ref1 \\f \\h</w:instrText>",
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )
    body = p("One", runs=mark(2) + again) + p("Two", runs=again)
    body += p("See note ", runs=field("NOTEREF _Ref1 \\h", "1"))
    blocks = read_docx(word_file(body, footnotes=note("footnote", 2, "N.")))
    assert blocks == [
        Block("text", "One", marks=(Mark(3, "1"),)),
        Block("note", "N.", label="1"),
        Block("text", "Two", marks=(Mark(3, "1"),)),
        Block("note", "N.", label="1"),
        Block("text", "See note 1"),
    ]


def test_raised_figures_stay_raised() -> None:
    styles = (
        '<w:style w:type="character" w:styleId="S"><w:rPr>'
        '<w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    )
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{}</w:t></w:r>'
    styled = '<w:r><w:rPr><w:rStyle w:val="S"/></w:rPr><w:t>2</w:t></w:r>'
    body = (
        p("10", runs=raised.format("-6")) + p("5", runs=raised.format("th")) + p("m", runs=styled)
    )
    assert texts(word_file(body, styles=styles)) == ["10⁻⁶", "5th", "m²"]


def with_inserted(name: str, content: bytes) -> bytes:
    """A Word file that shows another file between its two paragraphs."""
    relation = f'<Relationship Id="x" Type="{_OFFICE}/aFChunk" Target="{name}"/>'
    stream = BytesIO(word_file(p("1. a") + '<w:altChunk r:id="x"/>' + p("3. c"), relation))
    with zipfile.ZipFile(stream, "a") as file:
        file.writestr(f"word/{name}", content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.htm", b"<html><body><p>2. <b>b</b></p></body></html>"),
        ("a.docx", word_file(p("2. b"))),
        ("a.txt", b"2. b"),
    ],
)
def test_inserted_files_are_read_in_their_place(name: str, content: bytes) -> None:
    assert texts(with_inserted(name, content)) == ["1. a", "2. b", "3. c"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.rtf", b"{\\rtf1 2. b}"), ("a.docx", with_inserted("b.docx", word_file(p("2. b"))))],
)
def test_inserted_files_that_are_not_read_are_not_lost_in_silence(
    name: str, content: bytes
) -> None:
    with pytest.raises(ReadError, match=r"inserted.*save it again"):
        read_docx(with_inserted(name, content))


def test_what_is_unpacked_of_inserted_files_counts_with_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inserted = word_file(p("b" * 5_000))
    monkeypatch.setattr(archive, "MAX_BYTES", 7_000)
    assert texts(inserted) == ["b" * 5_000]
    with pytest.raises(ReadError, match="split the document"):
        read_docx(with_inserted("a.docx", inserted))


def test_more_paragraphs_than_a_document_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.readers.docx._MOST_PARAGRAPHS", 2)
    assert texts(word_file(p("a") * 2)) == ["a", "a"]
    with pytest.raises(ReadError, match="at most 2 paragraphs in a Word document, found 3: split"):
        read_docx(word_file(p("a") * 3))


@pytest.mark.parametrize("name", ["toc 2", "index 1", "table of figures"])
def test_lists_of_contents_are_no_paragraphs(name: str) -> None:
    styles = f'<w:style w:type="paragraph" w:styleId="C"><w:name w:val="{name}"/></w:style>'
    body = p("1. Of cats 12", '<w:pStyle w:val="C"/>') + p("1. Cats purr.")
    assert texts(word_file(body, styles=styles)) == ["1. Cats purr."]


def test_links_to_the_web_are_kept() -> None:
    relations = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/hyperlink" Target="{url}" '
        'TargetMode="External"/>'
        for name, url in (("k", "https://un.org/a"), ("j", "javascript:alert(1)"))
    )
    link = '<w:hyperlink r:id="{}"><w:r><w:t>{}</w:t></w:r></w:hyperlink>'
    runs = link.format("k", "here") + link.format("j", "there")
    runs += field('HYPERLINK "http://x.org"', "too")
    (block,) = read_docx(word_file(p("See ", runs=runs), relations))
    assert block.text == "See heretheretoo"
    assert block.links == (Link(4, 8, "https://un.org/a"), Link(13, 16, "http://x.org"))


def test_characters_that_are_elements() -> None:
    runs = (
        "<w:r><w:t>well</w:t><w:noBreakHyphen/><w:t>inter\xadna</w:t><w:softHyphen/><w:t>tional</w:t>"
        '<w:br/><w:t>x</w:t><w:tab/><w:sym w:font="Symbol" w:char="F061"/>'
        '<w:sym w:font="Wingdings" w:char="F0FC"/><w:sym w:font="Symbol" w:char="B3"/>'
        '<w:sym w:font="Arial" w:char="2019"/><w:sym w:font="Arial" w:char="FFFFFF"/></w:r>'
        "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num>"
        "<m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"
    )
    assert texts(word_file(p(runs=runs))) == ["well-international\nx α✓≥’1/2"]


def test_pages_are_those_that_word_recorded() -> None:
    rendered = "<w:r><w:lastRenderedPageBreak/></w:r>"
    page_break = '<w:r><w:br w:type="page"/></w:r>'
    section = '<w:sectPr><w:pgNumType w:start="20"/></w:sectPr>'
    body = p("a", runs=page_break) + p(runs=f"{rendered}<w:r><w:t>b</w:t></w:r>{rendered}")
    body += p("c", "<w:sectPr/>") + p("d") + section
    blocks = read_docx(word_file(body))
    assert [(block.text, block.page) for block in blocks] == [
        *(("a", 1), ("b", 2), ("c", 3), ("d", 20))
    ]


def test_pages_are_unknown_where_nothing_tells() -> None:
    page_break = '<w:r><w:br w:type="page"/></w:r>'
    long = p("word " * 2000)
    assert [block.page for block in read_docx(word_file(p("a") + p("b")))] == [None, None]
    assert [block.page for block in read_docx(word_file(long + p("b", runs=page_break)))] == [
        None
    ] * 2
    assert [block.page for block in read_docx(word_file(p("a", runs=page_break) + p("b")))] == [
        1,
        2,
    ]


def test_the_strict_variant_reads_the_same() -> None:
    body = item("a") + p("b", runs=mark(2))
    content = word_file(
        body, numbering=numbering(level(0, "%1.")), footnotes=note("footnote", 2, "N.")
    )
    files = {
        name: zipfile.ZipFile(BytesIO(content))
        .read(name)
        .decode()
        .replace(_WORD, "http://purl.oclc.org/ooxml/wordprocessingml/main")
        .replace(_OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships")
        for name in zipfile.ZipFile(BytesIO(content)).namelist()
    }
    assert read_docx(zip_file(files)) == read_docx(content)
    assert texts(content) == ["1. a", "b", "N."]


def test_a_document_of_python_docx_reads() -> None:
    document = docx.Document()
    document.add_heading("I. Introduction", 1)
    document.add_paragraph("First", style="List Number")
    document.add_paragraph("Second", style="List Number")
    document.sections[0].header.paragraphs[0].text = "Running head"
    stream = BytesIO()
    document.save(stream)
    assert read_docx(stream.getvalue()) == [
        Block("heading", "I. Introduction"),
        Block("text", "1. First"),
        Block("text", "2. Second"),
    ]


_BOMB = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (b"", "save it again"),
        (b"not a zip", "save it again"),
        (word_file(p("a"))[:-40], "save it again"),
        (zip_file({"a.txt": "a"}), "save it again"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 WordDocument", "save it as .docx"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "remove the password",
        ),
        (b"{\\rtf1 text}", "save it as .docx"),
    ],
)
def test_other_files_are_refused_with_a_remedy(content: bytes, remedy: str) -> None:
    with pytest.raises(ReadError, match=remedy) as refusal:
        read_docx(content)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("xml", ["<w:document", _BOMB + "<d>&b;</d>", "<d/>", "<w:p/>" * 2])
def test_a_broken_document_part_is_refused(xml: str) -> None:
    relation = f'<Relationship Id="d" Type="{_OFFICE}/officeDocument" Target="d.xml"/>'
    files = {"_rels/.rels": _relationships(relation), "d.xml": xml}
    with pytest.raises(ReadError, match="save it again"):
        read_docx(zip_file(files))


def test_a_file_that_unpacks_beyond_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 10_000)
    with pytest.raises(ReadError, match="split the document"):
        read_docx(word_file(p("a" * 20_000)))


def test_deep_nesting_is_read_or_refused_but_never_crashes() -> None:
    control = "<w:sdt><w:sdtContent>" * 60 + p("a") + "</w:sdtContent></w:sdt>" * 60
    assert texts(word_file(control)) == ["a"]
    deep = "<w:sdt><w:sdtContent>" * 500 + p("a") + "</w:sdtContent></w:sdt>" * 500
    with pytest.raises(ReadError):
        read_docx(word_file(deep))


_JUDGMENT = Path("../shared/documents/docx/tna_test5.docx")


@pytest.mark.skipif(not _JUDGMENT.exists(), reason="the sample documents are not here")
def test_every_number_of_a_judgment_is_computed() -> None:
    blocks = read_docx(_JUDGMENT.read_bytes())
    opened = iter(block.text.split()[0] for block in blocks if block.kind == "text")
    assert all(f"{number}." in opened for number in range(1, 161))


def _indented(text: str, left: int, hanging: int = 0, *, tabs: int = 0) -> str:
    place = f'<w:ind w:left="{left}" w:hanging="{hanging}"/>'
    return p(properties=place, runs=f"<w:r>{'<w:tab/>' * tabs}<w:t>{text}</w:t></w:r>")


_LISTED = (
    _indented("1. Decides:", 720, 720) + _indented("(a) To note it;", 1440, 720),
    item("Decides:") + item("To note it;", 1),
    _indented("1. Decides:", 720) + _indented("(a) To note it;", 720, tabs=1),
)


@pytest.mark.parametrize("listed", _LISTED)
def test_a_text_on_the_paragraphs_indent_below_a_list_is_of_the_paragraph(listed: str) -> None:
    places = [f'<w:pPr><w:ind w:left="{720 * (n + 1)}" w:hanging="720"/></w:pPr>' for n in (0, 1)]
    levels = level(0, "%1.", more=places[0])
    levels += level(1, "(%2)", "lowerLetter", more=places[1])
    is_tabbed = "w:tab" in listed
    more = _indented("This is still item a.", 1440 - 720 * is_tabbed, tabs=is_tabbed)
    end = _indented("And requests that it be published.", 720)
    content = word_file(listed + more + end, numbering=numbering(levels))
    assert [(q.number, q.text) for q in number_blocks(read_docx(content), "r").paragraphs] == [
        ("1", "Decides:"),
        ("1(a)", "To note it; This is still item a."),
        ("1(cont)", "And requests that it be published."),
    ]


def test_a_text_below_a_list_without_indents_goes_on_with_its_last_item() -> None:
    content = word_file(p("1. Decides:") + p("(a) To note it;") + p("And requests more."))
    assert not [block for block in read_docx(content) if isinstance(block, Closing)]


def test_a_line_of_capitals_that_leads_on_is_a_heading() -> None:
    lines = ("FOR THESE REASONS, THE COURT, UNANIMOUSLY,", "IT IS SO:", "The Court, unanimously,")
    blocks = read_docx(word_file("".join(p(line) for line in lines)))
    assert [block.kind for block in blocks] == ["heading", "text", "text"]
