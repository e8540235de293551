"""How a file was read, so that a person sees whether the reading can be trusted."""

from index.report import Oddity, Report

_SHOWN = 5  # oddities of a short account


def account_line(report: Report) -> str:
    """What was found in a file, in one line."""
    n_footnotes = sum(len(paragraph.footnotes) for paragraph in report.paragraphs)
    pages = [paragraph.page for paragraph in report.paragraphs if paragraph.page]
    counts = [
        _count(len(report.paragraphs), "paragraph"),
        _count(len(report.headings), "section"),
        _count(n_footnotes, "footnote"),
    ]
    if pages:
        counts.append(f"pages {min(pages)} to {max(pages)}")
    first, last = report.paragraphs[0].label, report.paragraphs[-1].label
    return f"{', '.join(counts)}; from {first} to {last}; language {report.language}"


def account_text(report: Report, *, is_short: bool = True) -> str:
    """What was found, and what a person should look at.

    Args:
        report: as it was read.
        is_short: whether only the first oddities are told.
    """
    lines = [f"{report.report_id}: {report.metadata.title}", f"  {account_line(report)}"]
    shown = report.oddities[:_SHOWN] if is_short else report.oddities
    lines += [f"  ! {_place(oddity)}{oddity.sentence}" for oddity in shown]
    if len(report.oddities) > len(shown):
        n_more = len(report.oddities) - len(shown)
        lines.append(f"  ! {n_more} more: `qa show {report.report_id} --check` tells all")
    return "\n".join(lines) + "\n"


def _place(oddity: Oddity) -> str:
    return "" if oddity.page is None else f"p. {oddity.page}: "


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
