"""`python -m eval.thresholds`: choose where confidence turns an answer into a weak one or none.

Of the questions that the report answers, at most 5 in 100 may be turned away, and at most
15 in 100 called weak; within that the thresholds are as high as they can be, so that as
many questions on other subjects as possible are turned away. Coarse steps keep them from
following single questions.
"""

import hashlib
import json
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import numpy as np

from eval.collection import load_collection, load_unanswerable
from index.library import Library
from qa.answer import answer_question
from qa.cli import open_library

_COLLECTION = "global-compact"
_TURNED_AWAY, _CALLED_WEAK = 0.05, 0.15
_STEPS = np.arange(0.0, 1.0, 0.01)


def main() -> None:
    """Print what the thresholds do, and write them with their provenance."""
    library = open_library()
    collection = load_collection(_COLLECTION)
    answerable = _confidences(library, list(collection.queries.values()))
    not_found_below, weak_below = (
        round(float(max(step for step in _STEPS if (answerable < step).mean() <= share)), 2)
        for share in (_TURNED_AWAY, _CALLED_WEAK)
    )
    by_kind: dict[str, list[str]] = defaultdict(list)
    for text, kind in load_unanswerable(_COLLECTION):
        by_kind[kind].append(text)
    turned_away = {"answerable": float((answerable < not_found_below).mean())}
    for kind, texts in by_kind.items():
        turned_away[kind] = float((_confidences(library, texts) < not_found_below).mean())
    chosen = {
        "not_found_below": not_found_below,
        "weak_below": weak_below,
        "provenance": {
            "command": "python -m eval.thresholds",
            "rule": f"answerable: at most {_TURNED_AWAY} not found, at most {_CALLED_WEAK} weak",
            "collection": _COLLECTION,
            "questions_sha256": hashlib.sha256(
                json.dumps(collection.queries, sort_keys=True).encode()
            ).hexdigest(),
            "encoder": library.encoder.name,
            "encoder_sha256": library.encoder.fingerprint,
            "turned_away": {kind: round(share, 3) for kind, share in turned_away.items()},
        },
    }
    text = json.dumps(chosen, indent=2) + "\n"
    Path(str(files("qa").joinpath("thresholds.json"))).write_text(text, encoding="utf-8")
    print(text, end="")


def _confidences(library: Library, questions: list[str]) -> np.ndarray:
    return np.array([answer_question(text, library=library).confidence for text in questions])


if __name__ == "__main__":
    main()
