import dataclasses
import re
from pathlib import Path

import pytest

from eval.collection import load_collection
from index.library import BUNDLED_REPORT, Library
from index.report import Metadata, Paragraph, Report
from qa.answer import Answer, CitedHit, State, answer_question
from qa.lookup.names import find_names
from qa.suggest import Suggestion, suggest
from tests.toy import ToyEncoder


def _answer(
    paragraphs: list[Paragraph],
    *,
    question: str = "What is done?",
    quote: str = "",
    state: State = "found",
    note: str = "",
    is_exact: bool = False,
    context: tuple[str, ...] = (),
) -> Answer:
    """An answer that shows these paragraphs, the first with this quote or whole."""
    hits = []
    for rank, paragraph in enumerate(paragraphs, start=1):
        start = paragraph.text.index(quote) if rank == 1 else 0
        end = start + len(quote) if rank == 1 and quote else len(paragraph.text)
        hits.append(CitedHit(paragraph, rank, 1.0, start, end))
    return Answer(question, state, 0.9, tuple(hits), note, is_exact, context)


def _more(suggestions: tuple[Suggestion, ...]) -> list[Suggestion]:
    return [each for each in suggestions if each.label.startswith("Show more")]


def _section(suggestions: tuple[Suggestion, ...]) -> list[Suggestion]:
    return [each for each in suggestions if each.label.startswith("Read ")]


def _mention(suggestions: tuple[Suggestion, ...]) -> list[str]:
    """What a suggestion asks to be found."""
    labels = [each.label for each in suggestions if each.label.startswith("Which ")]
    return [re.sub(r"Which paragraphs mention (.*)\? \(\d+ in all\)", r"\1", x) for x in labels]


def _library(tmp_path: Path, *paragraphs: str) -> Library:
    """A report of these paragraphs in two chapters, the second of the last paragraph."""
    texts = [f"{number}. {text}" for number, text in enumerate(paragraphs, start=1)]
    lines = ["# Title", "## I. One", *texts[:-1], "## II. Two", texts[-1]]
    library = Library(tmp_path / "small", ToyEncoder())
    library.add_file("\n\n".join(lines).encode(), "small.md")
    return library


def _paragraphs(library: Library, report_id: str = "small") -> list[Paragraph]:
    return list(library.report(report_id).paragraphs)


def test_three_ways_on_from_one_answer(library: Library, paragraphs: dict[str, Paragraph]) -> None:
    answer = _answer(
        [paragraphs["69"]],
        question="Which country gives every migrant a social security number?",
        quote="The Government of Portugal has moved to provide all migrants with social",
    )
    assert suggest(answer, library) == (
        Suggestion("Show more paragraphs (4 in all)", answer.question, 4),
        Suggestion(
            "Read section V.E: Improving the social inclusion and integration … (8 paragraphs)",
            "Section V.E: Improving the social inclusion and integration of migrants",
        ),
        Suggestion(
            "Which paragraphs mention “Portugal”? (4 in all)",
            "Which paragraphs mention “Portugal”?",
        ),
    )


def test_nothing_follows_an_answer_without_paragraphs(library: Library) -> None:
    assert suggest(answer_question("paragraph 99", library=library), library) == ()


def test_only_more_paragraphs_follow_what_was_not_found(
    library: Library, paragraphs: dict[str, Paragraph]
) -> None:
    answer = _answer([paragraphs["69"]], state="not_found")
    (more,) = suggest(answer, library)
    assert (more.question, more.top_k) == (answer.question, 4)


def test_more_paragraphs_are_as_many_as_there_are(tmp_path: Path) -> None:
    library = _library(tmp_path, "One.", "Two.", "Three.", "Four.", "Five.")
    every = _paragraphs(library)
    assert [more.top_k for more in _more(suggest(_answer(every[:1]), library))] == [4]
    assert [more.top_k for more in _more(suggest(_answer(every[:4]), library))] == [5]
    assert _more(suggest(_answer(every), library)) == []
    library.add_file(b"1. Other.", "other.md")
    assert [more.top_k for more in _more(suggest(_answer(every), library))] == [6]
    assert _more(suggest(_answer(every), library, reports=["small"])) == []


def test_never_more_paragraphs_than_can_be_asked_for(tmp_path: Path) -> None:
    library = _library(tmp_path, *["Word."] * 104)
    every = _paragraphs(library)
    assert [more.top_k for more in _more(suggest(_answer(every[:99]), library))] == [100]
    assert _more(suggest(_answer(every[:100]), library)) == []


def test_no_more_paragraphs_of_a_place_or_a_foreign_question(
    library: Library, paragraphs: dict[str, Paragraph]
) -> None:
    shown = [paragraphs["69"]]
    assert _more(suggest(_answer(shown, note="Paragraph 69.", is_exact=True), library)) == []
    foreign = dataclasses.replace(_answer(shown, state="not_found"), is_understood=False)
    assert _more(suggest(foreign, library)) == []
    warned = _answer(shown, state="not_found", note="No report here has the symbol A/1/2.")
    assert len(_more(suggest(warned, library))) == 1


def test_a_follow_up_is_asked_again_with_what_it_refers_to(
    library: Library, paragraphs: dict[str, Paragraph]
) -> None:
    context = ("How large is the fund?",)
    follow_up = _answer(
        [paragraphs["82"]], question="who runs it?", note="Read as a follow-up.", context=context
    )
    (more,) = _more(suggest(follow_up, library))
    assert more.question == "How large is the fund? who runs it?"
    place = _answer(
        [paragraphs["11"]], question="and Peru?", context=("Which paragraphs mention Kenya?",)
    )
    assert _more(suggest(place, library)) == []  # both together are a look-up
    long = _answer([paragraphs["82"]], question="who runs it?", context=("x" * 1_990,))
    assert _more(suggest(long, library)) == []


@pytest.mark.parametrize(
    ("number", "label", "question"),
    [
        ("5", "Read chapter I: Introduction (6 paragraphs)", "Chapter I: Introduction"),
        (
            "78",
            "Read section “United Nations Network on Migration” (10 paragraphs)",
            "Section “United Nations Network on Migration”",
        ),
        (
            "87(b)",
            "Read section VII.A: Implementation of the Global Compact (6 paragraphs)",
            "Section VII.A: Implementation of the Global Compact",
        ),
    ],
)
def test_the_section_around_is_the_innermost(
    number: str, label: str, question: str, library: Library, paragraphs: dict[str, Paragraph]
) -> None:
    (section,) = _section(suggest(_answer([paragraphs[number]]), library))
    assert section == Suggestion(label, question)


def test_a_section_that_is_shown_whole_is_not_suggested(
    library: Library, report: Report, paragraphs: dict[str, Paragraph]
) -> None:
    chapter = [paragraphs["7"], paragraphs["8"], paragraphs["9"]]
    assert len(_section(suggest(_answer(chapter[:2]), library))) == 1
    assert _section(suggest(_answer(chapter), library)) == []
    assert _section(suggest(_answer([report.paragraphs[0]]), library)) == []  # the summary


def test_a_section_counts_only_where_its_title_leads_to_it_alone(tmp_path: Path) -> None:
    library = _library(tmp_path, "One word.", "Two words.", "Three words.")
    library.add_file(b"# Other\n\n## I. One\n\n1. Other.", "other.md")
    answer = _answer(_paragraphs(library)[:1])
    assert _section(suggest(answer, library)) == []  # both reports have a chapter I: One
    (section,) = _section(suggest(answer, library, reports=["small"]))
    assert section == Suggestion("Read chapter I: One (2 paragraphs)", "Chapter I: One")


def test_only_more_paragraphs_follow_where_the_first_is_not_asked_again(tmp_path: Path) -> None:
    library = _library(tmp_path, "Talks with Peru.", "Near Peru, talks.", "Other talks.")
    library.add_file(b"1. Other.\n\n2. More.", "other.md")
    answer = _answer(_paragraphs(library)[:1])
    assert suggest(answer, library, reports=["other"]) == tuple(
        _more(suggest(answer, library, reports=["other"]))
    )


def test_a_long_title_without_a_label_is_shortened_within_its_quotes(tmp_path: Path) -> None:
    library = Library(tmp_path, ToyEncoder())
    title = "Access to work, to health care and to schools for the children of migrants"
    library.add_file(f"# T\n\n## I. One\n\n1. A.\n\n### {title}\n\n2. B.\n\n3. C.".encode(), "t.md")
    (section,) = _section(suggest(_answer(_paragraphs(library, "t")[1:2]), library))
    assert section.question == f"Section “{title}”"
    assert section.label == (
        "Read section “Access to work, to health care and to schools …” (2 paragraphs)"
    )


def test_no_section_is_made_up_for_a_report_without_headings(tmp_path: Path) -> None:
    library = Library(tmp_path, ToyEncoder())
    library.add_file(b"1. We saw Peru.\n\n2. Near Peru.\n\n3. In Peru.", "plain.md")
    suggestions = suggest(_answer(_paragraphs(library, "plain")[:2]), library)
    assert _section(suggestions) == []
    assert _mention(suggestions) == ["“Peru”"]


_NAMING = (
    "In Peru, as in Chile and Kenya, the goal (objective 2) is met. "
    "Mali and Togo (objective 3) act.",
    "Talks with Peru. Talks with Mali on objective 3, and with Kenya.",
    "Talks with Peru. Talks with Mali, and with Kenya. Talks with Chile.",
    "Talks with Peru. It fits objective 2.",
    "Talks with Peru. It fits objective 3.",
    "Talks with Togo.",
)


@pytest.mark.parametrize(
    ("question", "quote", "target"),
    [
        ("What is done?", "", "objective 2"),
        ("What is done?", "Mali and Togo (objective 3) act.", "objective 3"),
        ("What is done?", "In Peru, as in Chile and Kenya, the goal", "“Kenya”"),
        ("What is done?", "as in Chile", "“Chile”"),  # only once more
        ("What does Mali do?", "In Peru, as in Chile and Kenya, the goal", "“Mali”"),
        ("what does chile do?", "Mali and Togo (objective 3) act.", "“Chile”"),
        ("What does objective 3 say?", "In Peru", "objective 3"),
    ],
)
def test_what_is_asked_about_next_is_chosen_well(
    question: str, quote: str, target: str, tmp_path: Path
) -> None:
    """The question's own, the quote's, objectives, and names that are rare but not alone."""
    library = _library(tmp_path, *_NAMING)
    answer = _answer(_paragraphs(library)[:1], question=question, quote=quote)
    assert _mention(suggest(answer, library)) == [target]


def test_a_name_that_stands_everywhere_leads_nowhere(tmp_path: Path) -> None:
    library = _library(tmp_path, *["Talks with Peru."] * 4, "Other talks.")
    assert _mention(suggest(_answer(_paragraphs(library)[:1]), library)) == ["“Peru”"]
    library.add_file(
        _five := b"\n\n".join(b"%d. Talks with Peru." % n for n in range(1, 6)), "r.md"
    )
    assert _mention(suggest(_answer(_paragraphs(library, "r")[:1]), library)) == []
    assert _five


def test_a_name_is_not_suggested_where_all_that_mention_it_are_shown(tmp_path: Path) -> None:
    library = _library(tmp_path, "Talks with Peru.", "Near Peru, talks.", "Other talks.")
    every = _paragraphs(library)
    assert _mention(suggest(_answer(every[:1]), library)) == ["“Peru”"]
    assert _mention(suggest(_answer(every[:2]), library)) == []


def test_a_name_of_the_question_counts_where_another_paragraph_holds_it(tmp_path: Path) -> None:
    library = _library(tmp_path, "Talks with Peru.", "Near Peru, talks.", "Other talks.")
    one, _, other = _paragraphs(library)
    assert _mention(suggest(_answer([other, one], question="What of Peru?"), library)) == ["“Peru”"]
    assert _mention(suggest(_answer([other], question="What of Peru?"), library)) == []


def test_suggestions_follow_a_change_of_the_library(tmp_path: Path) -> None:
    library = _library(tmp_path, "Talks with Peru.", "Near Peru, talks.", "Other talks.")
    answer = _answer(_paragraphs(library)[:1])
    assert "Which paragraphs mention “Peru”? (2 in all)" in _labels(answer, library)
    library.add_file(b"1. Far from Peru.", "other.md")
    assert "Which paragraphs mention “Peru”? (3 in all)" in _labels(answer, library)
    library.add_file(b"1. Nothing of it.", "small.md")
    assert _labels(answer, library) == ["Show more paragraphs (2 in all)"]


def _labels(answer: Answer, library: Library) -> list[str]:
    return [each.label for each in suggest(answer, library)]


def _names(*texts: str, title: str = "Title") -> set[str]:
    made = [Paragraph("r", str(n), text, (), n) for n, text in enumerate(texts)]
    return set(find_names(Report("r", Metadata(title), "en", "r.md", (), tuple(made))))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("In Kenya, in government, the Government of Sri Lanka is.", {"Kenya", "Sri Lanka"}),
        ("We met in May, on Monday, in the North.", set()),
        ("Kenya acts. Furthermore, it acts.", set()),  # at the start of sentences only
        ("We act. The States act with States, as every state does.", set()),
        ("It is in line with Human Rights, as human rights are.", set()),
        ("We see European countries act.", set()),
        ("At the World Health Organization (WHO), for the World Health Organization.", {"WHO"}),
        ("In the World Bank, and in chapter II, it is said.", {"World Bank"}),
        ("We thank the Ministry of Work and Asylum.", {"Ministry of Work and Asylum"}),
        ("We thank Children’s Fund, Côte d’Ivoire, Germany's cities.",
         {"Children’s Fund", "Côte d’Ivoire", "Germany"}),
        ("We read of The Hague, of the Nile.", {"Hague", "Nile"}),
        ("Under the 2030 Agenda, 14 acts.", {"2030 Agenda"}),
        ("It was in New Delhi, in New York and in the New.", {"New Delhi", "New York"}),
    ],
)  # fmt: skip
def test_names_are_found_in_the_text_itself(text: str, names: set[str]) -> None:
    assert _names(text) == names


def test_the_names_of_the_cover_are_no_subjects() -> None:
    assert _names("We met in Kenya, in Peru.", title="Report on Kenya") == {"Peru"}


def test_the_names_of_the_bundled_report(report: Report) -> None:
    names = find_names(report)
    assert names >= {"Portugal", "Kenya", "Bolivia", "United Kingdom", "WHO", "World Bank"}
    assert names >= {"Sustainable Development Goals", "2030 Agenda", "African Union Commission"}
    assert names.isdisjoint({"The", "Government", "October", "States", "European", "Furthermore"})


@pytest.mark.model
def test_every_suggestion_leads_where_it_says(real_library: Library) -> None:
    """Each of the suggestions after the bundled questions, asked in turn."""
    report = real_library.report(BUNDLED_REPORT)
    counts = []
    for question in load_collection("global-compact").queries.values():
        answer = answer_question(question, library=real_library)
        suggestions = suggest(answer, real_library)
        counts.append(len(suggestions))
        for each in suggestions:
            _check(each, answer, report, real_library)
    assert counts.count(3) >= 75
    assert counts.count(0) <= 1  # one question is taken for another language


def _check(suggestion: Suggestion, answer: Answer, report: Report, library: Library) -> None:
    new = answer_question(suggestion.question, library=library, top_k=suggestion.top_k)
    promised = re.search(r"\((\d+) (?:in all|paragraphs)\)$", suggestion.label)
    assert promised is not None, suggestion
    assert len(new.hits) == int(promised[1]), suggestion
    found = [hit.paragraph for hit in new.hits]
    shown = [hit.paragraph for hit in answer.hits]
    assert not set(found) <= set(shown), suggestion
    if suggestion.top_k:
        assert found[: len(shown)] == shown
        return
    assert new.is_exact, suggestion
    if suggestion.label.startswith("Read "):
        section = shown[0].section
        assert found == [p for p in report.paragraphs if p.section[: len(section)] == section]
        return
    target = suggestion.question.removeprefix("Which paragraphs mention ").strip("“”?")
    assert set(found) & set(shown), suggestion
    for paragraph in found:
        texts = [paragraph.text, *(note.text for note in paragraph.footnotes)]
        assert any(target.lower() in text.lower() for text in texts), suggestion
