"""`qa eval --collection-info`: what is in a collection."""

from collections import Counter
from collections.abc import Iterable, Mapping
from statistics import median

from eval.collection import Collection
from eval.lines import listed
from eval.slices import slice_means
from index.report import Report


def describe_collection(collection: Collection, report: Report) -> str:
    """Say what is in a collection: counts, lengths, repeated texts and slices.

    Args:
        collection: the questions.
        report: the paragraphs that they are asked of.
    """
    rows = {
        "queries": f"{len(collection.queries)} judged, {len(collection.unjudged)} not judged",
        **_judgement_rows(collection),
        "paragraphs": f"{len(report.paragraphs)} in {report.report_id}",
        "unanswerable": _with_sizes(Counter(q.kind for q in collection.unanswerable)),
        "conversations": _conversations(collection),
        **_text_rows(collection, report),
        **_slice_rows(collection),
        "SHA-256": collection.content_hash,
    }
    qrels = f", qrels {collection.qrels_name}" if collection.qrels_name else ""
    width = max(map(len, rows)) + 1
    lines = [f"{label:{width}}{value}" for label, value in rows.items()]
    return "\n".join([f"{collection.name}{qrels}", *lines])


def _judgement_rows(collection: Collection) -> dict[str, str]:
    judged = list(collection.qrels.values())
    relevant = {
        query_id: [number for number, grade in grades.items() if grade >= 1]
        for query_id, grades in collection.qrels.items()
    }
    without = [query_id for query_id, numbers in relevant.items() if not numbers]
    grades = Counter(grade for grades in judged for grade in grades.values())
    by_grade = ", ".join(f"{grades[grade]} of grade {grade}" for grade in sorted(grades)[::-1])
    n_paragraphs = len({number for numbers in relevant.values() for number in numbers})
    return {
        "judgements": f"{grades.total()}{': ' if grades else ''}{by_grade}",
        "judged a query": _spread(map(len, judged)),
        "relevant a query": _spread(map(len, relevant.values())),
        "nothing relevant": f"{len(without)}{': ' if without else ''}{listed(without)}",
        "relevant": f"{n_paragraphs} paragraphs, to one query or more",
    }


def _text_rows(collection: Collection, report: Report) -> dict[str, str]:
    queries = collection.queries | collection.unjudged
    paragraphs = {paragraph.number: paragraph.text for paragraph in report.paragraphs}
    return {
        "words a query": _spread(len(text.split()) for text in queries.values()),
        "words a paragraph": _spread(len(text.split()) for text in paragraphs.values()),
        "repeated queries": _repeated(queries),
        "repeated paragraphs": _repeated(paragraphs),
    }


def _slice_rows(collection: Collection) -> dict[str, str]:
    """The fields that the tables of an evaluation show, and no others."""
    found = slice_means(dict.fromkeys(collection.queries, 0.0), collection.metadata)
    return {
        f"by {field}": _sizes({value: size for value, (size, _) in values.items()})
        for field, values in found.items()
    }


def _repeated(texts: Mapping[str, str]) -> str:
    """How many say what an earlier one says, in whatever case; the first of them is named."""
    first: dict[str, str] = {}
    repeated = [
        (key, original)
        for key, text in texts.items()
        if (original := first.setdefault(" ".join(text.casefold().split()), key)) != key
    ]
    if not repeated:
        return "0"
    key, original = repeated[0]
    return f"{len(repeated)}, the first is {key!r}, which says what {original!r} does"


def _conversations(collection: Collection) -> str:
    n_turns = sum(len(conversation.turns) for conversation in collection.conversations)
    return f"{len(collection.conversations)}, {n_turns} turns"


def _spread(numbers: Iterable[int]) -> str:
    values = list(numbers)
    if not values:
        return "none"
    return f"min {min(values)}, median {median(values):g}, max {max(values)}"


def _with_sizes(sizes: Counter[str]) -> str:
    return f"{sizes.total()}: {_sizes(sizes)}" if sizes else "0"


def _sizes(sizes: Mapping[str, int]) -> str:
    """The largest first."""
    ordered = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {size}" for name, size in ordered)
