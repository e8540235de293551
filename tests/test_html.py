import time

import pytest

from index.blocks import Block, Mark
from index.errors import ReadError
from index.numbering import number_blocks
from index.readers.html import read_html
from index.reading import read_report
from index.report import Link


def read(page: str) -> list[Block]:
    return read_html(page.encode())


def texts(page: str) -> list[str]:
    return [block.text for block in read(page)]


def test_headings_and_paragraphs_come_in_order() -> None:
    assert read("<h1>One</h1><p>A  b\n c<br>d</p>loose <i>text</i><h6>Six</h6>") == [
        Block("heading", "One"),
        Block("text", "A b c\nd"),
        Block("text", "loose text"),
        Block("heading", "Six"),
    ]


def test_what_does_not_show_is_left_out() -> None:
    page = (
        "<head><title>T</title><style>p{}</style></head><body><header>Site</header>"
        "<nav>Menu</nav><h1>H</h1><script>x()</script><p hidden>a</p>"
        "<p style='display: none'>b</p><div role='navigation'>c</div><!-- d -->"
        "<p>Shown<template>e</template></p><button>Press</button><footer>Site</footer></body>"
    )
    assert texts(page) == ["H", "Shown"]


def test_only_the_main_part_is_read_where_it_holds_most() -> None:
    script = f"<script>{'x' * 99}</script>"
    assert texts(f"{script}<h2>Site</h2><main><h1>H</h1><p>Long enough.</p></main><p>Ad</p>") == [
        *("H", "Long enough.")
    ]
    assert texts("<main>x</main><p>The text stands elsewhere.</p>")[-1] == (
        "The text stands elsewhere."
    )


def test_a_page_without_a_first_heading_is_headed_by_its_title() -> None:
    assert read("<title>A report</title><p>Text")[0] == Block("heading", "A report")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<ol><li>a<li>b</ol>", ["1. a", "2. b"]),
        ("<ol start=7 type=i><li>a<li>b</ol>", ["vii. a", "viii. b"]),
        ("<ol reversed><li>a<li>b</ol>", ["2. a", "1. b"]),
        ("<ol type=A><li>a<li value=9>b<li>c</ol>", ["A. a", "I. b", "J. c"]),
        ("<ol style='list-style-type: lower-alpha'><li>a</ol>", ["a. a"]),
        ("<ol style='list-style: none'><li>a</ol>", ["a"]),
        ("<ol><li>a<ol type=a><li>b<li>c</ol><li>d</ol>", ["1. a", "a. b", "b. c", "2. d"]),
        ("<ol><li><p>a</p><p>b</p></li><li>c</ol>", ["1. a", "b", "2. c"]),
        ("<ol><li>1. typed<li>(b) typed</ol>", ["1. typed", "(b) typed"]),
        ("<ol><li>e.g. this</ol>", ["1. e.g. this"]),
        ("<ul><li>a<li>b</ul>", ["a", "b"]),
        ("<ul><li>a<ol><li>b</ol></ul>", ["a", "1. b"]),
    ],
)
def test_list_numbers_are_those_that_a_browser_shows(markup: str, expected: list[str]) -> None:
    assert texts(markup) == expected


def test_linked_notes_are_found_in_several_dialects() -> None:
    page = """<p>One<sup><a id="r1" href="#n1">1</a></sup> two<a href="#_ftn2"
        name="_ftnref2"><sup>[2]</sup></a> three<sup id="cite_ref-1"><a
        href="#cite_note-1">[3]</a></sup>.</p><p>Four<a epub:type="noteref"
        href="#n4">4</a></p>
        <ol><li id="n1"><p>First. <a href="#r1">↩</a></p></li></ol>
        <div id="ftn2"><p><a href="#_ftnref2" name="_ftn2">[2]</a> Second,</p><p>longer.</p></div>
        <ul><li id="cite_note-1"><a href="#cite_ref-1">^</a> Third.</li></ul>
        <aside id="n4" epub:type="footnote"><p>4. Fourth.</p></aside>"""
    assert read(page) == [
        Block("text", "One two three.", marks=(Mark(3, "1"), Mark(7, "2"), Mark(13, "3"))),
        Block("text", "Four", marks=(Mark(4, "4"),)),
        Block("note", "First.", label="1"),
        Block("note", "Second,\nlonger.", label="2"),
        Block("note", "Third.", label="3"),
        Block("note", "Fourth.", label="4"),
    ]


def test_superscripts_without_links_are_marks_where_a_note_opens_with_them() -> None:
    assert read("<p>a<sup>1</sup> m<sup>2</sup></p><p><sup>1</sup> Note.</p>") == [
        Block("text", "a m²", marks=(Mark(1, "1"),)),
        Block("note", "Note.", label="1"),
    ]


def test_superscripts_with_two_notes_stay_text() -> None:
    page = "<p>a<sup>1</sup></p><p><sup>1</sup> Note.</p><p><sup>1</sup> Other.</p>"
    assert texts(page) == ["a¹", "¹ Note.", "¹ Other."]


def test_links_within_a_page_are_not_notes() -> None:
    page = "<p>See <a href='#s2'>section 2</a> and <a href='#s2'>2</a>.</p>"
    page += "<div id=s2><p>Two.</p></div>"
    assert read(page) == [Block("text", "See section 2 and 2."), Block("text", "Two.")]


def test_links_to_the_web_are_kept_and_others_are_not() -> None:
    (block,) = read("<p>See <a href='https://un.org'>here</a> <a href='javascript:x'>there</a></p>")
    assert block == Block("text", "See here there", links=(Link(4, 8, "https://un.org"),))


def test_tables_of_data_are_lines_and_tables_of_prose_are_paragraphs() -> None:
    assert texts("<table><caption>C</caption><tr><th>A<th>B<tr><td>1<td><p>2</p></table>") == [
        "C\nA | B\n1 | 2"
    ]
    prose = "States should consider ratifying the treaty, and should report on it."
    assert texts(f"<table><tr><td>1.<td>{prose}<tr><td>2.<td><p>{prose}<p>b</table>") == [
        *(f"1. {prose}", f"2. {prose}", "b")
    ]
    assert read("<table><tr><td><h2>H</h2><p>a</p><td>menu</table>")[0] == Block("heading", "H")


def test_short_prose_beside_its_number_is_one_line_and_data_is_not() -> None:
    page = "<table><tr><td>(a)</td><td>rights;</td></tr></table>"
    page += "<table><tr><td>—</td><td>and duties.</td></tr></table>"
    page += "<table><tr><td>1.</td><td>Algeria</td></tr></table>"
    assert texts(page) == ["(a) rights;", "— and duties.", "1. | Algeria"]


def test_raised_figures_stay_raised() -> None:
    assert texts("<p>10<sup>-6</sup> m<sup>2</sup>, the 5<sup>th</sup></p>") == ["10⁻⁶ m², the 5th"]


def test_what_shows_nothing_goes() -> None:
    page = "<p>&#x200f;1. re&shy;port non&#8209;binding&#xfeff; wo&#x200b;rd</p>"
    assert texts(page) == ["1. report non-binding word"]


def test_classes_that_many_sites_share_tell_contents_and_headings() -> None:
    page = "<div class='breadcrumb'>Home</div><p class=MsoToc1>I. Pets 3</p>"
    page += "<p class=MsoTitle>Pets</p><p class='section-title'>I. Cats</p>"
    page += "<p class=title>A sentence is none.</p><p class=titled>Nor this</p>"
    assert read(page) == [
        Block("heading", "Pets"),
        Block("heading", "I. Cats"),
        Block("text", "A sentence is none."),
        Block("text", "Nor this"),
    ]


def test_the_one_article_of_a_page_is_its_main_part() -> None:
    page = "<div>We use cookies</div><article><p>1. Cats purr and sleep all day.</p></article>"
    assert texts(page) == ["1. Cats purr and sleep all day."]


def test_a_title_that_is_a_files_name_heads_nothing() -> None:
    assert texts("<title>L_2016119EN.xml</title><p>a") == ["a"]


@pytest.mark.parametrize(
    "page",
    [
        "<p>1. x" + "<b>" * 3_000 + "y",
        "<p>1. x" + "<span><a href='#a'><sup>1</sup></a>" * 3_000,
        "<div id=a>" * 3_000 + "<a href='#a'>1</a>" * 3_000,
        "<p>1. x" + "<sup>" * 3_000 + "2",
    ],
)
def test_deep_nesting_takes_no_time(page: str) -> None:
    started = time.monotonic()
    read(page)
    assert time.monotonic() - started < 10


def test_bold_lines_are_headings_unless_most_is_bold() -> None:
    assert (
        read(f"<p><b>II. TITLE</b></p><p><b>Bold.</b></p><p>{'text ' * 9}</p>")[0].kind == "heading"
    )
    assert [block.kind for block in read("<b><p>II. TITLE</p><p>more</p></b>")] == ["text"] * 2


def test_asides_are_boxes() -> None:
    assert read("<aside><h3>Box 1</h3><p>a</p><p>b</p></aside>") == [
        Block("box", "a\nb", label="Box 1")
    ]


def test_preformatted_text_is_read_as_plain_text() -> None:
    assert texts("<pre>12. Wrapped text of a\nparagraph.\n\n(a) Item</pre>") == [
        *("12. Wrapped text of a paragraph.", "(a) Item")
    ]


def test_two_breaks_part_paragraphs() -> None:
    assert texts("1. a<br>b<br><br>2. c") == ["1. a\nb", "2. c"]


@pytest.mark.parametrize(
    "content",
    [
        "<meta charset=utf-8><p>Événement".encode(),
        "<p>Événement".encode("utf-8-sig"),
        "<p>Événement".encode("utf-16"),
        "<meta charset='iso-8859-1'><p>Événement".encode("latin-1"),
        "<meta charset='utf-8'><p>Événement".encode("cp1252"),
        "<meta charset='no-such'><p>Événement".encode(),
    ],
)
def test_encodings(content: bytes) -> None:
    assert [block.text for block in read_html(content)] == ["Événement"]


def test_a_declared_encoding_is_believed() -> None:
    content = "<meta http-equiv=x content='text/html; charset=windows-1251'><p>Доклад".encode(
        "cp1251"
    )
    assert [block.text for block in read_html(content)] == ["Доклад"]


def test_malformed_pages_lose_no_word() -> None:
    page = "<p>a<div>b</p>c<b><i>d</b>e</i></table></div>f &amp g &bogus; <"
    assert " ".join(texts(page)) == "a b cde f & g &bogus; <"
    deep = "<div>" * 1500 + "deep <b>words</b>" + "</div>" * 1500 + "after"
    assert " ".join(texts(deep)) == "deep words after"


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 90, b"%PDF-1.4 \x01\x02\x03\x04" * 9])
def test_what_is_no_page_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(ReadError, match=r"^expected .*, found .*: ") as refusal:
        read_html(content)
    assert "\n" not in str(refusal.value)


def _points(*points: str) -> str:
    """Points as the Official Journal lays them out, a table each."""
    rows = (point.split(" ", 1) for point in points)
    cells = ("</td><td>".join(f'<p class="oj-normal">{text}</p>' for text in row) for row in rows)
    return "".join(f"<table><tbody><tr><td>{cell}</td></tr></tbody></table>" for cell in cells)


_REGULATION = f"""<html><head><title>L_2016119EN.xml</title></head><body>
<table><tr><td><p class="oj-hd-date">4.5.2016</p></td><td><p class="oj-hd-oj">L 119/1</p></td></tr>
</table><div class="eli-container"><div class="eli-main-title">
<p class="oj-doc-ti">REGULATION (EU) 2016/1</p><p class="oj-doc-ti">on water and land</p></div>
<p class="oj-normal">THE COUNCIL OF THE EUROPEAN UNION,</p>
<p class="oj-normal">Having regard to the Treaty, and in particular Article 1 of it,</p>
<p class="oj-normal">Having regard to the opinion of the Committee&#160;<a id="c1" href="#r1">(<span
class="oj-super oj-note-tag">1</span>)</a>,</p><p class="oj-normal">Whereas:</p>
{_points("(1) Water should be clean for all who drink it.", "(2) Land should be tilled with care.")}
<p class="oj-normal">HAS ADOPTED THIS REGULATION:</p>
<p class="oj-ti-section-1">CHAPTER I</p>
<div class="eli-title"><p class="oj-ti-section-2"><span>General provisions</span></p></div>
<p class="oj-ti-art">Article 1</p><p class="oj-sti-art">Subject-matter</p>
<p class="oj-normal">This Regulation lays down rules on water and land.</p>
<p class="oj-ti-section-1">CHAPTER II</p><p class="oj-ti-section-2">PRINCIPLES</p>
<p class="oj-ti-art">Article 2</p><p class="oj-sti-art">Water</p>
<p class="oj-normal">1.&#160;&#160;&#160;Water shall be:</p>
{_points("(a) clean;", "(b) cold, unless it is to be drunk.")}
<p class="oj-normal">Point (b) shall not apply to hot springs.</p>
<p class="oj-normal">2.&#160;&#160;&#160;The Council shall see to it.</p>
<div class="oj-signatory"><p class="oj-signatory">Done at Brussels, 27 April 2016.</p></div>
</div><hr class="oj-note"/><p class="oj-note"><a id="r1" href="#c1">(<span
class="oj-super">1</span>)</a>&#160;OJ C 229, 31.7.2012, p. 90.</p></body></html>"""


def test_a_regulation_keeps_its_chapters_articles_and_points() -> None:
    report = read_report(_REGULATION.encode(), "r.html")
    assert report.metadata.title == "REGULATION (EU) 2016/1"
    assert report.metadata.back == ("Done at Brussels, 27 April 2016.",)
    assert [(p.label, p.text) for p in report.paragraphs] == [
        (
            "preamble, 1st para.",
            "Having regard to the Treaty, and in particular Article 1 of it,",
        ),
        ("preamble, 2nd para.", "Having regard to the opinion of the Committee,"),
        ("preamble, 3rd para.", "Whereas:"),
        ("preamble, para. 1", "Water should be clean for all who drink it."),
        ("preamble, para. 2", "Land should be tilled with care."),
        ("article 1", "This Regulation lays down rules on water and land."),
        ("article 2 (1)", "Water shall be:"),
        ("article 2 (1) (a)", "clean;"),
        ("article 2 (1) (b)", "cold, unless it is to be drunk."),
        ("article 2 (1) (cont)", "Point (b) shall not apply to hot springs."),
        ("article 2 (2)", "The Council shall see to it."),
    ]
    (note,) = report.paragraphs[1].footnotes
    assert (note.text, note.mark) == ("OJ C 229, 31.7.2012, p. 90.", 45)
    assert [heading.text for heading in report.headings[:2]] == [
        "THE COUNCIL OF THE EUROPEAN UNION,",
        "HAS ADOPTED THIS REGULATION:",
    ]
    assert report.paragraphs[-1].section == ("CHAPTER II", "PRINCIPLES", "Article 2", "Water")


@pytest.mark.parametrize(
    "page",
    [
        "<ol start=12><li>Asks for:<ol type=a><li>Water;<li>Land.</ol>All of it.</ol>",
        "<p>12. Asks for:<ul><li>(a) Water;<li>(b) Land.</ul><p>All of it.",
        f"<p>12. Asks for:{_points('(a) Water;', '(b) Land.')}<p>All of it.",
    ],
)
def test_a_text_behind_a_nested_list_is_of_the_paragraph(page: str) -> None:
    numbers = [p.number for p in number_blocks(read(f"{page}<p>13. No more."), "r").paragraphs]
    assert numbers == ["12", "12(a)", "12(b)", "12(cont)", "13"]


def test_a_text_behind_items_that_are_not_nested_goes_on_with_the_last() -> None:
    page = "<p>12. Asks for:<p>(a) Water;<p>(b) Land.<p>All of it.<p>13. No more."
    numbers = [p.number for p in number_blocks(read(page), "r").paragraphs]
    assert numbers == ["12", "12(a)", "12(b)", "13"]


_OPENING = [
    "FIRST SECTION", "<b>CASE OF SMITH v. IRELAND</b>", "(Application no. 12345/10)", "JUDGMENT",
    "12 March 2020", "In the case of Smith v. Ireland,",
    "The European Court of Human Rights (First Section), sitting as a Chamber composed of:",
    "Anna Berg, President,<br>Bo Holm,<br>Eva Ek, judges,<br>and Ivo Roth, Registrar,",
    "Having regard to the application against Ireland,", "the parties’ observations,",
    "Having deliberated in private on 4 February 2020,",
]  # fmt: skip
_DELIVERIES = [
    "Delivers the following judgment, which was adopted on that date:",
    "Rend l’arrêt que voici, adopté à cette date :",
    "gives the following",
]


@pytest.mark.parametrize("delivery", _DELIVERIES)
def test_the_composition_of_a_court_is_its_cover_and_no_preamble(delivery: str) -> None:
    body = ["<b>INTRODUCTION</b>", "1. The case is about water.", "<b>THE LAW</b>",
            "2. The law is old.", "3. It is short.", "FOR THESE REASONS, THE COURT, UNANIMOUSLY,",
            "1. Declares it admissible;", "2. Dismisses the rest."]  # fmt: skip
    page = "".join(f"<p>{text}</p>" for text in [*_OPENING, delivery, *body])
    report = read_report(page.encode(), "r.html")
    is_of_court = delivery != _DELIVERIES[2]
    assert ("preamble" not in report.paragraphs[0].number) == is_of_court
    numbers = [p.number for p in report.paragraphs if "preamble" not in p.number]
    assert numbers == ["1", "2", "3", "1~2", "2~2"]
    if is_of_court:
        assert report.metadata.title == "CASE OF SMITH v. IRELAND"
        assert report.headings[0].text == "INTRODUCTION"
        assert {"Bo Holm,", delivery} <= set(report.metadata.notes)
