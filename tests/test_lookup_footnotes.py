import pytest

from index.report import Report
from tests.lookups import Case, check_found

_FOOTNOTES = [
    ("what does footnote 28 say?", "Footnote 28 belongs to para. 39.", ["39"]),
    ("footnote a", "Footnote a belongs to the summary.", ["summary"]),
    ("FOOTNOTE A", "Footnote a belongs to the summary.", ["summary"]),
    ("fn 28", "Footnote 28 belongs to para. 39.", ["39"]),
    ("and footnote 28?", "Footnote 28 belongs to para. 39.", ["39"]),
    ("footnote #28", "Footnote 28 belongs to para. 39.", ["39"]),
    ("note 17", "Footnote 17 belongs to para. 30.", ["30"]),
    ("Where is footnote 28?", "Footnote 28 belongs to para. 39.", ["39"]),
    ("Which paragraph has footnote 28?", "Footnote 28 belongs to para. 39.", ["39"]),
    ("What paragraph does note 28 belong to?", "Footnote 28 belongs to para. 39.", ["39"]),
    (
        "footnotes 51 and 28",
        "Footnote 51 belongs to para. 71. Footnote 28 belongs to para. 39.",
        ["39", "71"],
    ),
    ("footnotes 9-12", "Footnotes 9 to 12 belong to para. 25.", ["25"]),
    ("What do notes 9 to 12 say?", "Footnotes 9 to 12 belong to para. 25.", ["25"]),
    ("footnotes 12 through 9", "Footnotes 9 to 12 belong to para. 25.", ["25"]),
    (
        "footnotes 8–13",
        "Footnotes 8 to 13 belong to para. 24, para. 25 and para. 26.",
        ["24", "25", "26"],
    ),
    (
        "footnotes a to 2 and 28",
        "Footnotes a to 2 belong to the summary, para. 2 and para. 4. "
        "Footnote 28 belongs to para. 39.",
        ["summary", "2", "4", "39"],
    ),
    (
        "footnotes 50-56",
        "Footnotes 50 to 56 belong to 6 paragraphs from para. 69 to para. 80.",
        ["69", "71", "76", "77", "79", "80"],
    ),
]

_PARTLY = [
    (
        "footnotes 28 and 99",
        "Footnote 28 belongs to para. 39. "
        "The report has no footnote 99: its footnotes run from a to 56.",
        ["39"],
    ),
    (
        "footnotes 56 to 60",
        "Footnote 56 belongs to para. 80. "
        "The report has no footnote 60: its footnotes run from a to 56.",
        ["80"],
    ),
]


@pytest.mark.parametrize("case", [*_FOOTNOTES, *_PARTLY])
def test_a_footnote_leads_to_the_paragraphs_that_carry_it(case: Case, report: Report) -> None:
    check_found(case, report)
