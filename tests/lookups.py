"""Reports and checks that the tests of look-ups share."""

from index.report import Metadata, Paragraph, Report
from qa.lookup import look_up

SUB_87 = ["87", "87(a)", "87(b)", "87(c)", "87(d)", "87(e)"]
SUB_88 = ["88", "88(a)", "88(b)", "88(c)", "88(d)"]

Case = tuple[str, str, list[str]]  # a question, its sentence, the numbers that it leads to


def numbers_between(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last + 1)]


def make_report(*paragraphs: tuple[str, str], section: tuple[str, ...] = ("I. One",)) -> Report:
    """A report of numbers with their texts."""
    made = [
        Paragraph("r", number, text, section, order)
        for order, (number, text) in enumerate(paragraphs)
    ]
    return Report("r", Metadata("Title"), "en", "r.md", (), tuple(made))


def numbered(*numbers: str) -> Report:
    """A report of these numbers."""
    return make_report(*((number, "Text.") for number in numbers))


def titled(*headings: tuple[str, ...]) -> Report:
    """A report with one paragraph below each of these paths of headings."""
    made = [
        Paragraph("r", str(order + 1), "Text.", path, order) for order, path in enumerate(headings)
    ]
    return Report("r", Metadata("Title"), "en", "r.md", (), tuple(made))


def numbers_of(question: str, report: Report) -> list[str]:
    """The numbers that a question leads to."""
    lookup = look_up(question, report)
    assert lookup is not None
    return [place.paragraph.number for place in lookup.places]


def sentence_of(question: str, report: Report) -> str:
    """What is said to a question that names a place."""
    lookup = look_up(question, report)
    assert lookup is not None
    return lookup.sentence


def check_found(case: Case, report: Report) -> None:
    """A question finds just these paragraphs, in report order, and says so."""
    question, sentence, numbers = case
    lookup = look_up(question, report)
    assert lookup is not None
    assert lookup.sentence == sentence
    assert [place.paragraph.number for place in lookup.places] == numbers
    for place in lookup.places:
        assert place.paragraph == report.paragraphs[place.paragraph.order]
        assert 0 <= place.start < place.end <= len(place.paragraph.text)
    orders = [place.paragraph.order for place in lookup.places]
    assert orders == sorted(set(orders))


def check_absent(question: str, sentence: str, report: Report) -> None:
    """A question that names a place which is not there is told so."""
    lookup = look_up(question, report)
    assert lookup is not None
    assert (lookup.sentence, lookup.places) == (sentence, ())
