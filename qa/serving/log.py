"""A log with one line of JSON a question; the words of questions only where asked for."""

import json
import logging
import os
import sys
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from typing import Any, TextIO

from index.errors import LibraryError
from qa.serving.watch import Asked

STDOUT = "-"


class QuestionLog:
    """Writes what became of each question. Safe in several threads."""

    def __init__(self, path: str, *, has_questions: bool = False) -> None:
        """Open the log; lines are added to what it has.

        Args:
            path: of a file, which may be moved away at any time; ``"-"`` for standard output,
                which then is the log's alone: all else that is printed goes to standard error.
            has_questions: whether the words of questions are written.
        Raises:
            LibraryError: the file cannot be written.
        """
        self._has_questions = has_questions
        try:
            self._handler = (
                logging.StreamHandler(_own_stdout())
                if path == STDOUT
                else WatchedFileHandler(path, encoding="utf-8")
            )
        except OSError as error:
            raise LibraryError(
                f"cannot write the log {path} ({error.strerror}): name a file in a folder that is "
                "there, or - for standard output"
            ) from error
        self._logger = logging.Logger("questions")  # of its own: nobody else writes here
        self._logger.addHandler(self._handler)

    def __call__(self, asked: Asked) -> None:
        """Write a line."""
        line = asked_json(asked, has_question=self._has_questions)
        self._logger.info("%s", json.dumps(line, ensure_ascii=False))

    def close(self) -> None:
        """Write no more."""
        self._handler.close()


def asked_json(asked: Asked, *, has_question: bool) -> dict[str, Any]:
    """A question as the log has it; times are milliseconds."""
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "request": asked.request_id,
        "door": asked.door,
        "state": asked.state,
        "milliseconds": {name: round(1000 * took, 2) for name, took in asked.seconds.items()},
        "citations": asked.n_citations,
        "reports": list(asked.reports),
        **({"sentence": asked.sentence} if asked.sentence else {}),
        **({"question": asked.question} if has_question else {}),
    }


def _own_stdout() -> TextIO:
    """Standard output for the log alone: whatever else is printed goes to standard error."""
    sys.stdout.flush()
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return own
