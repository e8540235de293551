"""What was encoded of a report that is not whole yet, so that an interruption loses little."""

import sqlite3
from collections.abc import Mapping, Sequence

import numpy as np

from index.database import Database
from index.rows import Window, window_columns
from index.tokens import TokenVectors


class PendingWindows:
    """Windows by a key of their text, in a table of their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, windows: Mapping[str, Sequence[Window]]) -> None:
        """Keep the windows of these texts until a report is whole."""
        with self._database.transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO pending_windows VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (key, position, *window_columns(window))
                    for key, of_key in windows.items()
                    for position, window in enumerate(of_key)
                ],
            )

    def find(self, keys: Sequence[str]) -> dict[str, list[Window]]:
        """What was kept of these texts."""
        found = {key: _select(self._database.connection, key) for key in keys}
        return {key: windows for key, windows in found.items() if windows}

    def clear(self) -> None:
        """Forget all of it: the report that it was kept for is whole."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM pending_windows")


def _select(db: sqlite3.Connection, key: str) -> list[Window]:
    rows = db.execute(
        "SELECT vector, tokens, scales, token_ids, spans FROM pending_windows "
        "WHERE key = ? ORDER BY position",
        (key,),
    )
    return [
        Window(
            np.frombuffer(vector, np.float32),
            TokenVectors(
                np.frombuffer(tokens, np.int8).reshape(len(scales) // 4, -1),
                np.frombuffer(scales, np.float32),
                np.frombuffer(token_ids, np.int32),
                np.frombuffer(spans, np.int32).reshape(-1, 2),
                np.zeros(1, np.int64),
            ),
        )
        for vector, tokens, scales, token_ids, spans in rows
    ]
