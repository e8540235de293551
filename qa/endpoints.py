"""What other programs may call: the same three functions over HTTP and as MCP tools.

Their docstrings are what a caller reads.
"""

from collections.abc import Callable
from typing import Any

from index.library import Library
from qa.answer import answer_question
from qa.citation import formal_citation
from qa.formats import answer_json, paragraph_json

Json = dict[str, Any]


def make_endpoints(library: Library) -> tuple[Callable[..., Any], ...]:
    """The functions over a library, each named as it is called."""

    def ask(question: str, report: str = "", top: int = 0) -> Json:
        """Find the numbered paragraphs that answer a question, quoted word for word.

        Args:
            question: A question in plain words, or a place such as "para 12" or "footnote 28".
            report: Id of the report to ask, as `reports` lists it; empty for all.
            top: How many paragraphs, 1 to 100; 0 for the best and those that score as well.

        Returns:
            The state (found, weak or not_found), a confidence from 0 to 1, and the citations, best
            first, each with label, section, quote, whole text, footnotes and a citation to paste.
        """
        answer = answer_question(
            question, library=library, reports=[report] if report else [], top_k=top or None
        )
        found = answer_json(answer)
        for citation, hit in zip(found["citations"], answer.hits, strict=True):
            metadata = library.metadata(hit.paragraph.report_id)
            citation["citation"] = formal_citation(metadata, hit.paragraph)
        return found

    def paragraph(report: str, number: str) -> Json:
        """Read one paragraph of a report, with its section, footnotes and a citation to paste.

        Args:
            report: Id of the report, as `reports` lists it.
            number: The printed number, such as "69", "87(a)" or "summary".
        """
        found = library.paragraph(report, number)
        return {
            **paragraph_json(found),
            "citation": formal_citation(library.metadata(report), found),
        }

    def reports() -> list[Json]:
        """List the reports that can be asked: id, title, author, date, language, paragraphs."""
        return [
            {
                "report": report.report_id,
                "title": report.metadata.title,
                "author": report.metadata.author,
                "date": report.metadata.date,
                "language": report.language,
                "paragraphs": report.n_paragraphs,
            }
            for report in library.overviews()
        ]

    return ask, paragraph, reports
