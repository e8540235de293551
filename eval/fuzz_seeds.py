"""Small good files of every format that is read, with a little of all that readers look for."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{_OFFICE}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)

_MARKDOWN = """\
# Report on pets

## I. Introduction

1. Cats **purr**<sup>1</sup> and [sleep](https://example.org/a).

2. Dogs bark:

(a) small ones;

(b) large ones.

> 3. Quoted.

<sup>1</sup> See the annex.
"""

_TEXT = """\
A/52/500
English
Page 1

                 I.  INTRODUCTION

1.   The Assembly asked the Secretary-General to report on the inter-
national situation of cats [1] and dogs.

2.   The report follows:
     (a)  Cats;
     (b)  Dogs.

[1] See the annex.
\fA/52/500
English
Page 2

Annex I

1.   A list.
"""

_PAGE = """\
<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Report on pets</title></head>
<body><nav><a href="/">Home</a></nav><main><h1>Report</h1><h2>I. Introduction</h2>
<p>1. Cats purr<a id="r1" href="#n1"><sup>1</sup></a> at 10<sup>6</sup> Hz.<br><br>More.</p>
<ol start="2"><li value="3"><p>Dogs bark</p><ol type="a"><li>small</li></ol></li></ol>
<table><tr><td>4.</td><td>Birds sing in the trees.</td></tr><tr><td>A</td><td>B</td></tr></table>
<aside><p><b>Box</b></p><p>In it.</p></aside><pre>5. plain
text</pre><p style="display:none">no</p><p id="n1"><a href="#r1">1</a> A note.</p></main>
</body></html>
"""

_DOCUMENT = f"""\
<w:document {_NAMES}><w:body>
<w:p><w:pPr><w:pStyle w:val="H1"/></w:pPr><w:r><w:t>Pets</w:t></w:r></w:p>
<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>
<w:r><w:t>Cats purr</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:ins><w:r>
<w:t> and sleep.</w:t></w:r></w:ins>
<w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>
<w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>Dogs</w:t>
<w:sym w:font="Symbol" w:char="F061"/><w:br w:type="page"/></w:r>
<w:hyperlink r:id="k"><w:r><w:t>bark</w:t></w:r></w:hyperlink></w:p><w:tbl><w:tr><w:tc><w:p>
<w:r><w:t>A</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r>
<w:t>B</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:fldChar w:fldCharType="begin"/>
<w:instrText>LISTNUM \\l 2 \\s 3</w:instrText><w:fldChar w:fldCharType="separate"/>
<w:fldChar w:fldCharType="end"/></w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r>
<w:t>In a box.</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback/>
</mc:AlternateContent></w:p>
<w:sdt><w:sdtContent>
<w:p><w:r><w:rPr><w:b/><w:vertAlign w:val="superscript"/></w:rPr><w:t>6</w:t></w:r></w:p>
</w:sdtContent></w:sdt><w:altChunk r:id="c"/><w:sectPr><w:pgNumType w:start="3"/></w:sectPr>
</w:body></w:document>"""

_NUMBERING = f"""\
<w:numbering {_NAMES}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>
<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/>
<w:numFmt w:val="lowerRoman"/><w:lvlRestart w:val="1"/><w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl>
</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">
<w:startOverride w:val="1"/></w:lvlOverride></w:num></w:numbering>"""

_STYLES = f"""\
<w:styles {_NAMES}><w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/>
<w:basedOn w:val="B"/></w:style><w:style w:type="paragraph" w:styleId="B" w:default="1"><w:name
w:val="Normal"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style></w:styles>"""

_FOOTNOTES = f"""\
<w:footnotes {_NAMES}><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>See the annex.
</w:t></w:r></w:p></w:footnote></w:footnotes>"""

_WORD = {
    "_rels/.rels": f"""<Relationships xmlns="{_PACKAGE}"><Relationship Id="d"
Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>""",
    "word/document.xml": _DOCUMENT,
    "word/numbering.xml": _NUMBERING,
    "word/styles.xml": _STYLES,
    "word/footnotes.xml": _FOOTNOTES,
    "word/inserted.htm": "<p>7. Inserted.</p>",
    "word/_rels/document.xml.rels": f"""<Relationships xmlns="{_PACKAGE}">
<Relationship Id="n" Type="{_OFFICE}/numbering" Target="numbering.xml"/>
<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/>
<Relationship Id="f" Type="{_OFFICE}/footnotes" Target="footnotes.xml"/>
<Relationship Id="c" Type="{_OFFICE}/aFChunk" Target="inserted.htm"/>
<Relationship Id="k" Type="{_OFFICE}/hyperlink" Target="https://example.org" TargetMode="External"/>
</Relationships>""",
}

_BOOK = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": """<container
xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="o/a.opf"/>
</rootfiles></container>""",
    "o/a.opf": """<package xmlns="http://www.idpf.org/2007/opf"><manifest>
<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>
<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="a"/><itemref idref="b"/></spine></package>""",
    "o/a.xhtml": """<html><body><h1>Pets</h1>
<p>1. Cats<a id="r" href="b.xhtml#n">1</a>.</p></body></html>""",
    "o/b.xhtml": '<html><body><p>2. Dogs.</p><aside id="n">1. A note.</aside></body></html>',
}

_SHOWN = (
    b"BT /F1 11 Tf 72 760 Td (I. Introduction) Tj 0 -40 Td "
    b"(1. Cats purr and sleep for the greater part of the day.) Tj ET",
    b"BT /F1 11 Tf 72 760 Td (2. Dogs bark at night, and they are heard from afar.) Tj "
    b"/F1 6 Tf 255 4 Td (1) Tj /F1 9 Tf -255 -600 Td (1 See the annex.) Tj ET",
)


def _archive(parts: Mapping[str, str]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # without the time of day
    return stream.getvalue()


def _pdf() -> bytes:
    """Two pages, without compression."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 2/Kids[4 0 R 6 0 R]>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for number, shown in zip((4, 6), _SHOWN, strict=True):
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Rotate 0"
            b"/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>" % (number + 1)
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown))
    content, offsets = b"%PDF-1.4\n", []
    for number, value in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows)
    trailer = b"trailer<</Size %d/Root 1 0 R>>\n" % (len(objects) + 1)
    return content + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(content)


SEEDS: Mapping[str, bytes] = {
    "docx": _archive(_WORD),
    "epub": _archive(_BOOK),
    "html": _PAGE.encode(),
    "md": _MARKDOWN.encode(),
    "pdf": _pdf(),
    "txt": _TEXT.encode(),
}
