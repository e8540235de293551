"""Look-ups of the paragraphs on a page: "page 7", "pp. 4-6"."""

import re

from index.report import Report
from qa.lookup.places import Form, Lookup, as_sentence, mark_whole, name_runs
from qa.lookup.wording import AFTER, BEFORE, TO

_PAGES = rf"(?:pages?|pp?\.?) ?(?P<first>\d{{1,5}})(?:{TO}(?P<last>\d{{1,5}}))?"


def _find_page(match: re.Match[str], report: Report) -> Lookup:
    """What begins there, and the paragraph before it where it may go on there."""
    first, last = sorted(int(page) for page in (match["first"], match["last"] or match["first"]))
    paged = [(p, p.page) for p in report.paragraphs if p.page is not None]
    if not paged:
        return Lookup("The report gives no pages.", ())
    lowest, highest = min(page for _, page in paged), max(page for _, page in paged)
    name = f"page {first}" if first == last else f"pages {first} to {last}"
    if first > highest or last < lowest:
        extent = f"its paragraphs stand on pages {lowest} to {highest}"
        return Lookup(f"The report has nothing on {name}: {extent}.", ())
    found = [p for p, page in paged if first <= page <= last]
    if found:
        verb = "begins" if len(found) == 1 else "begin"
        return Lookup(as_sentence(f"{name_runs([found])} {verb} on {name}"), mark_whole(found))
    before = [p for p, page in paged if page < first][-1:]
    goes_on = f"{name_runs([before])} goes on there from page {before[0].page}"
    return Lookup(f"No paragraph begins on {name}: {goes_on}.", mark_whole(before))


FORMS: tuple[Form, ...] = ((f"(?>{BEFORE}){_PAGES}{AFTER}", _find_page),)
