"""Look-ups of what a report recommends."""

import re

from index.report import Report
from qa.lookup.mentions import find_mention
from qa.lookup.places import Form, Lookup, mark_whole, name_runs
from qa.lookup.wording import AFTER, BEFORE

_RECOMMENDATIONS = r"recommend(?:ations)?(?: (?:offered |made )?(?:to|for) (?:the )?(?P<to>.+?))?"


def _find_recommendations(match: re.Match[str], report: Report) -> Lookup | None:
    """Take the paragraphs that announce recommendations and have sub-paragraphs."""
    runs = []
    for head in report.paragraphs:
        is_addressed = not match["to"] or find_mention(match["to"], head.text)
        if is_addressed and re.search(r"\brecommend", head.text, re.IGNORECASE):
            run = [p for p in report.paragraphs if p.number.startswith(f"{head.number}(")]
            runs += [[head, *run]] if run else []
    if not runs:
        return None  # the prose may still hold some
    return Lookup(f"The recommendations are in {name_runs(runs)}.", mark_whole(*runs))


FORMS: tuple[Form, ...] = ((f"{BEFORE}{_RECOMMENDATIONS}{AFTER}", _find_recommendations),)
