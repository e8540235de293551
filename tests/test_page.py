import os
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from index.errors import LibraryError, ReadError
from index.library import Library
from index.report import Heading, Metadata, Oddity, Paragraph, Report
from qa import page
from qa.adding import Reading
from qa.answer import Answer, CitedHit
from qa.page_added import card_html, dialog_html
from qa.page_adding import Additions, plain_name
from qa.page_report import report_html
from qa.page_uploads import FILE_BYTES, Uploads
from qa.reasons import Reason
from qa.suggest import Suggestion
from tests.hostile import HOSTILE, Markup

_WORDS = " ".join(f"word{i}" for i in range(200))


def _turn(answer: Answer, suggestions: tuple[Suggestion, ...] = ()) -> str:
    covers = {hit.paragraph.report_id: Metadata("A report") for hit in answer.hits}
    return page.turn_html("t1", answer, covers, suggestions)


def _paragraph(text: str, number: str = "1") -> Paragraph:
    return Paragraph("r", number, text, ("I. First",), 0)


def test_html_shows_hostile_text_and_runs_none_of_it(hostile: Report) -> None:
    hit = CitedHit(hostile.paragraphs[0], 1, 0.5, 5, 20, Reason((HOSTILE,), ((HOSTILE, HOSTILE),)))
    answer = Answer(HOSTILE, "found", 0.5, (hit,), HOSTILE, context=(HOSTILE,))
    covers = {"r": hostile.metadata}
    turn = page.turn_html(HOSTILE, answer, covers, (Suggestion(HOSTILE, HOSTILE, 3),))
    markup = Markup(report_html(hostile) + turn + page.notice_html("t", HOSTILE, HOSTILE))
    assert markup.tags.isdisjoint({"img", "script", "b", "code"})
    assert {name for name, _ in markup.attributes}.isdisjoint({"onerror", "onmouseover"})
    urls = [value for name, value in markup.attributes if name == "href"]
    assert not [url for url in urls if url and "javascript" in url]
    assert 'http://a.org/"><script>' in urls
    assert markup.shown.count(HOSTILE) >= 9
    assert ("rel", "noopener noreferrer") in markup.attributes
    assert ("data-ask", HOSTILE) in markup.attributes


def test_nothing_of_a_report_is_in_the_template() -> None:
    html = page.conversation_html(["What?"])
    assert re.findall(r"[`\\]|\$\{|\{\{", html + dialog_html() + page.masthead_html("")) == []
    assert 'data-ask="What?"' in html


@pytest.mark.parametrize(
    ("host", "url", "sentence"),
    [
        ("127.0.0.1", "", "Nothing leaves the machine it runs on."),
        ("localhost", "", "Nothing leaves the machine it runs on."),
        ("0.0.0.0", "", "What you send stays on the server of this page."),
        ("192.0.2.7", "", "What you send stays on the server of this page."),
        (
            "127.0.0.1",
            "milvus://db:19530/reports",
            "What you send stays on this page’s server and database.",
        ),
    ],
)
def test_the_page_says_where_what_is_sent_stays(host: str, url: str, sentence: str) -> None:
    assert page.privacy_line(host, url) == sentence
    assert sentence in page.masthead_html(sentence)


def test_a_card_marks_the_quote_and_says_where_it_stands(hostile: Report) -> None:
    hit = CitedHit(hostile.paragraphs[0], 1, 0.5, 5, 20, Reason())
    html = _turn(Answer("Why?", "found", 0.5, (hit,)))
    assert "<mark>src=x onerror=a</mark>" in html
    assert 'href="?report=r&amp;para=1" data-report="r" data-anchor="r-1" data-start="5"' in html
    assert "1 paragraph answers this." in html


@pytest.mark.parametrize(
    ("start", "end"), [(0, 20), (600, 640), (len(_WORDS) - 20, len(_WORDS)), (0, len(_WORDS))]
)
def test_a_long_paragraph_is_folded_around_its_quote_and_nothing_is_lost(
    start: int, end: int
) -> None:
    html = _turn(Answer("Why?", "found", 1, (CitedHit(_paragraph(_WORDS), 1, 1, start, end),)))
    quoted = html[html.index("<blockquote") : html.index("</blockquote>")]
    assert 'class="folded"' in quoted
    shown = re.sub(r'<span class="rest"><span>.*?</span></span>', "", quoted)
    assert 150 < len(re.sub("<.*?>", "", shown)) < 800
    assert re.sub("<.*?>", "", quoted) == _WORDS
    assert ("<mark>" in quoted) == (end - start < len(_WORDS))


def test_a_paragraph_of_one_sentence_is_marked_where_it_answers() -> None:
    hit = CitedHit(_paragraph("Cats purr."), 1, 1, 0, 10, Reason(("cats",)))
    assert "<mark>Cats purr.</mark>" in _turn(Answer("Why?", "found", 1, (hit,)))


def test_a_short_paragraph_is_shown_whole() -> None:
    html = _turn(Answer("Why?", "found", 1, (CitedHit(_paragraph(_WORDS[:200]), 1, 1, 0, 9),)))
    assert 'class="whole"' in html
    assert "unfold" not in html


def test_copying_gives_the_quote_with_its_formal_citation(report: Report) -> None:
    paragraph = next(p for p in report.paragraphs if p.number == "69")
    start = paragraph.text.index("The Government of Portugal")
    hit = CitedHit(paragraph, 1, 1, start, start + 26)
    html = page.turn_html(
        "t", Answer("Why?", "found", 1, (hit,)), {"global-compact-2020": report.metadata}
    )
    copied = unescape(re.findall(r'data-copy="(.*?)"', html, re.DOTALL)[0])
    assert copied == (
        "“The Government of Portugal”\nReport of the Secretary-General, Global Compact for Safe, "
        "Orderly and Regular Migration, 26 October 2020, para. 69"
    )


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        (Reason(("tax", "child")), "Same words: tax, child."),
        (Reason((), (("boss", "employers"),)), "Close in meaning: boss → employers."),
        (
            Reason(("tax",), (("boss", "employers"), ("flee", "leave"))),
            "Same words: tax. Close in meaning: boss → employers, flee → leave.",
        ),
        (Reason(), "Close in meaning as a whole, in other words."),
    ],
)
def test_why_a_paragraph_matched_is_said_in_words(reason: Reason, line: str) -> None:
    assert page.reason_line(reason) == line


def test_a_follow_up_says_how_it_was_read_and_offers_the_letter() -> None:
    hit = CitedHit(_paragraph("Cats purr."), 1, 1, 0, 10)
    html = _turn(
        Answer("and dogs?", "found", 1, (hit,), "Read as a follow-up.", context=("Cats?",))
    )
    assert "Read as a follow-up." in html
    assert re.search(r'data-ask="and dogs\?" data-literal>Ask it literally instead<', html)
    assert "literally" not in _turn(Answer("and dogs?", "found", 1, (hit,), "Another language."))


def test_a_look_up_has_no_reason_and_nothing_to_reject() -> None:
    hit = CitedHit(_paragraph("Cats purr."), 1, 1, 0, 10)
    html = _turn(Answer("para 1", "found", 1, (hit,), "Paragraph 1.", is_exact=True))
    assert html.count("Paragraph 1.") == 1
    assert "reason" not in html
    assert 'data-judge="none"' not in html
    assert 'data-judge="up"' in html


def test_the_pane_puts_marks_back_and_anchors_every_paragraph(report: Report) -> None:
    html = report_html(report)
    mark = '<a href="#global-compact-2020-36-note-26" aria-label="Footnote 26">26</a>'
    assert f"objective 2<sup>{mark}</sup> –" in html
    for paragraph in report.paragraphs:
        assert f'id="global-compact-2020-{paragraph.number}"' in html
    assert html.count('class="footnote"') == 57
    assert '<a class="number" href="?report=global-compact-2020&amp;para=87%28a%29"' in html


def test_the_contents_lead_to_every_heading(report: Report) -> None:
    html = report_html(report)
    contents = html[html.index("<nav") : html.index("</nav>")]
    targets = re.findall(r'href="#(.*?)">(.*?)</a>', contents)
    assert [unescape(text) for _, text in targets] == [h.text for h in report.headings]
    for target, text in targets:
        assert re.search(rf'<h\d id="{target}" tabindex="-1">{re.escape(text)}<', html)


def test_two_headings_of_one_name_have_anchors_of_their_own() -> None:
    headings = (Heading("Aims", 1, 0), Heading("Aims", 1, 1))
    report = Report("r", Metadata("T"), "en", "r.md", headings, (_paragraph("Cats."),))
    assert len(set(re.findall(r'<h3 id="(.*?)"', report_html(report)))) == 2


def test_numbers_are_shown_as_the_report_prints_them() -> None:
    numbers = ("69", "12bis", "87(b)(ii)", "annex-I/3", "§4", "article-5(1)", "preamble/¶4", "7~2")
    paragraphs = tuple(_paragraph("Cats.", number) for number in numbers)
    html = report_html(Report("r", Metadata("T"), "ar", "r.md", (), paragraphs))
    shown = re.findall(r'class="number"[^>]*>(.*?)<', html)
    assert shown == ["69.", "12bis.", "(ii)", "3.", "§ 4", "(1)", "", "7."]
    assert 'class="paragraph sub sub" id="r-87(b)(ii)"' in html
    assert 'lang="ar" dir="rtl"' in html


def test_the_typeface_comes_with_the_page() -> None:
    head = page.head_html()
    assert head.count("src:url(data:font/woff2;base64,") == 2
    assert re.findall(r"https?://", head) == []


def test_only_the_chosen_reports_are_ticked() -> None:
    titles = {"a": "Apples", "b": "Berries"}
    html = page.scope_html(titles, ["b"])
    assert "Asking 1 of 2 reports" in html
    assert re.findall(r'checkbox"( checked)? value="(.)"', html) == [("", "a"), (" checked", "b")]
    assert page.scope_html(titles).count(" checked") == 2


def _reading(report: Report, note: str = "") -> Reading:
    return Reading(report, b"", "added", note)


def test_a_card_accounts_for_a_report_and_runs_nothing_of_it(hostile: Report) -> None:
    odd = (Oddity("gap", HOSTILE, "1", 4), Oddity("gap", "No place.", "1"))
    html = card_html(_reading(replace(hostile, oddities=odd), HOSTILE), is_removable=True)
    markup = Markup(html)
    assert markup.tags.isdisjoint({"img", "script", "code"})
    assert {name for name, _ in markup.attributes}.isdisjoint({"onerror", "onmouseover"})
    assert markup.shown.count(HOSTILE[1:]) == 3  # the title, the note, an oddity
    assert "1 paragraph, 1 section, 1 footnote; from para. 1 to para. 1; language en." in html
    assert "<summary>2 things look odd</summary><ul><li><b>p. 4</b> &lt;img" in html
    assert "Nothing odd" not in html


def test_a_card_bounds_its_oddities(hostile: Report) -> None:
    report = replace(hostile, oddities=(Oddity("gap", "Odd.", "1"),) * 130)
    html = card_html(_reading(report), is_removable=False)
    assert html.count("<li>Odd.") == 100
    assert "30 more: `qa show REPORT --check` tells all" in html
    assert "130 things look odd" in html
    assert "data-remove" not in html


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\papers\\a b.pdf", "a b.pdf"),
        ("a\0\n\x1b.md", "a.md"),
        ("\ud800.md", "?.md"),
        ("Rapport été.md", "Rapport été.md"),
        ("x" * 500 + ".pdf", "x" * 196 + ".pdf"),
        ("..", ".."),
    ],
)
def test_a_name_is_its_last_part_in_plain_signs(name: str, plain: str) -> None:
    assert plain_name(name) == plain


_STORKS = b"# Storks\n\n1. Storks fly.\n\n2. Storks rest.\n"


def test_adding_is_told_step_by_step(library: Library) -> None:
    steps = list(Additions(library).add(_STORKS, "../storks.md"))
    assert steps[:2] == [
        {"reading": True},
        {"done": 2, "total": 2, "what": "paragraphs encoded"},
    ]
    assert steps[2]["report"] == "storks"
    assert ">Added.<" in steps[2]["card"]
    assert "data-remove" in steps[2]["card"]
    assert len(steps) == 3
    assert library.report("storks").source == "storks.md"


def test_the_same_file_again_changes_nothing(library: Library) -> None:
    additions = Additions(library)
    list(additions.add(_STORKS, "storks.md"))
    generation = library.generation()
    *_, last = additions.add(_STORKS, "storks.md")
    assert "Nothing changed" in last["card"]
    assert library.generation() == generation
    assert [">Added.<" in card for card in additions.cards()] == [True]


def test_another_report_of_the_name_is_replaced_only_when_asked_to(library: Library) -> None:
    additions = Additions(library)
    list(additions.add(_STORKS, "storks.md"))
    changed = _STORKS.replace(b"# Storks", b"# Herons")
    *_, last = additions.add(changed, "storks.md")
    assert "another report by the name of storks: “Storks”" in last["taken"]
    assert library.metadata("storks").title == "Storks"
    *_, last = additions.add(changed, "storks.md", replaces=True)
    assert "Replaced the report of this name." in last["card"]
    assert library.metadata("storks").title == "Herons"
    assert len(additions.cards()) == 1


def test_what_cannot_be_added_is_one_sentence(library: Library) -> None:
    additions = Additions(library)
    assert list(additions.add(b"PK\x03\x04", "a.zip"))[-1]["sentence"].startswith(
        "a.zip is damaged"
    )
    assert additions.cards() == []


def test_adding_goes_on_where_nobody_listens(library: Library) -> None:
    additions = Additions(library)
    steps = additions.add(_STORKS, "storks.md")
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    *_, last = additions.add(b"# Rain\n\n1. Rain falls.\n", "rain.md")  # waits for its turn
    assert last["report"] == "rain"
    assert library.report_ids() == ["global-compact-2020", "rain", "storks"]
    assert len(additions.cards()) == 2


def test_only_what_was_added_here_is_removed(library: Library) -> None:
    additions = Additions(library)
    list(additions.add(_STORKS, "storks.md"))
    with pytest.raises(LibraryError, match="only what was added here is removed here"):
        additions.remove("global-compact-2020")
    assert additions.remove("storks") == "Storks"
    assert library.report_ids() == ["global-compact-2020"]
    assert additions.cards() == []
    with pytest.raises(LibraryError, match="only what was added here"):
        additions.remove("storks")


def test_an_upload_is_taken_once_and_is_gone_then(tmp_path: Path) -> None:
    (tmp_path / "uploads" / "1f").mkdir(parents=True)
    sent = tmp_path / "uploads" / "1f" / "x"
    sent.write_bytes(b"1. Cats.")
    uploads = Uploads(tmp_path / "uploads")
    assert uploads.take(str(sent)) == b"1. Cats."
    assert not sent.exists()
    with pytest.raises(ReadError, match="no longer here: send the file again"):
        uploads.take(str(sent))


@pytest.mark.parametrize("path", ["secret", "uploads/1f/../../secret", "uploads/1f", "", "\0", "/"])
def test_nothing_but_an_upload_is_taken(tmp_path: Path, path: str) -> None:
    (tmp_path / "uploads" / "1f").mkdir(parents=True)
    (tmp_path / "secret").write_text("1. Secret.")
    with pytest.raises(ReadError, match="no longer here"):
        Uploads(tmp_path / "uploads").take(f"{tmp_path}/{path}")
    assert (tmp_path / "secret").exists()


@pytest.mark.parametrize("n_bytes", [-1, FILE_BYTES + 5000])
def test_an_upload_says_how_large_it_is_and_is_bounded(tmp_path: Path, n_bytes: int) -> None:
    with pytest.raises(ReadError, match="more than 256 MB, the most that is read: split it"):
        Uploads(tmp_path).admit(n_bytes)


def test_uploads_never_fill_the_disk(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    waiting = tmp_path / "broken off"
    with waiting.open("wb") as file:
        file.truncate(FILE_BYTES)  # takes no room on the disk
    for _ in range(3):
        uploads.admit(FILE_BYTES)
    with pytest.raises(ReadError, match="too many files wait to be read"):
        uploads.admit(1)
    uploads.leave(FILE_BYTES)
    uploads.admit(FILE_BYTES)
    os.utime(waiting, (0, 0))
    uploads.admit(FILE_BYTES)
    assert not waiting.exists()
