"""Look-ups of boxes by their titles or their count: "box 'Trade'", "box 2", "the boxes"."""

import re
from collections.abc import Sequence

from index.lexical import stems
from index.report import Paragraph, Report
from qa.lookup.places import Form, Lookup, as_sentence, mark_whole, name_runs
from qa.lookup.wording import AFTER, BEFORE, ON_PAGE

_BOX = rf"(?>{BEFORE})(?:text )?box"
_TITLE = r"(?:(?:on|about|called|entitled|titled) )?[“\"'‘](?P<title>(?:(?![”\"'’],).)+?)[”\"'’]?"
_SUBJECT = r"(?:on|about|called|entitled|titled) (?P<title>.+?)"


def _find_box(match: re.Match[str], report: Report) -> Lookup | None:
    boxes = [p for p in report.paragraphs if p.number.startswith("box-")]
    groups = match.groupdict()
    found, name = boxes, ""
    if title := groups.get("title"):
        found, name = _with_title(title, boxes), f"box “{title}”"
    elif number := groups.get("number"):
        printed = [p for p in boxes if re.match(rf"box {number}\b", _title(p), re.IGNORECASE)]
        found = printed or [p for p in boxes if p.number == f"box-{number}"]
        name = f"box {number}"
    on_page = [p for p in found if str(p.page) == groups.get("page")]
    return _describe(on_page or found, name, boxes)


def _title(box: Paragraph) -> str:
    return box.section[-1] if box.section else ""


def _with_title(title: str, boxes: Sequence[Paragraph]) -> list[Paragraph]:
    """The boxes with this title, or else those with all of its words in theirs."""
    same = [box for box in boxes if _title(box).casefold() == title.casefold()]
    words = set(stems([title])[0])
    own = stems([_title(box) for box in boxes])
    return same or [b for b, its in zip(boxes, own, strict=True) if words and words.issubset(its)]


def _describe(found: Sequence[Paragraph], name: str, boxes: Sequence[Paragraph]) -> Lookup | None:
    if found:
        return Lookup(as_sentence(name_runs([box] for box in found)), mark_whole(found))
    if not boxes:
        return None if "“" in name else Lookup("The report has no boxes.", ())
    count = "1 box" if len(boxes) == 1 else f"{len(boxes)} boxes"
    return Lookup(f"The report has no {name}: it has {count}.", ())


FORMS: tuple[Form, ...] = (
    (rf"{_BOX}(?: (?:no\.? )?|-)(?P<number>\d{{1,3}}){ON_PAGE}{AFTER}", _find_box),
    (rf"{_BOX} {_TITLE}{ON_PAGE}{AFTER}", _find_box),
    (rf"{_BOX} {_SUBJECT}{AFTER}", _find_box),
    (rf"{_BOX}es{AFTER}", _find_box),
)
