"""Texts longer than a field, in parts: covers, counts of words, token vectors."""

from collections.abc import Mapping, Sequence
from zlib import crc32

from index.milvus.server import Server
from index.milvus.statistics import SAMPLED_PARAGRAPHS, Statistics


class Blobs:
    """The collection that holds them. Safe to use from several threads."""

    def __init__(self, server: Server, collection: str) -> None:
        self._server = server
        self._collection = collection

    def text(self, name: str) -> str:
        """The text of a name.

        Raises:
            GoneError: it is not there, or not whole.
        """
        return self.texts([name])[0]

    def texts(self, names: Sequence[str]) -> list[str]:
        """The texts of these names, in this order.

        Raises:
            GoneError: one of them is not there, or not whole.
        """
        firsts = self._parts([f"{name}/0" for name in names])
        counts, texts = {}, {}
        for name in names:
            count, _, texts[name] = firsts[f"{name}/0"].partition(":")
            counts[name] = int(count)
        more = self._parts([f"{name}/{i}" for name in names for i in range(1, counts[name])])
        return [
            texts[name] + "".join(more[f"{name}/{i}"] for i in range(1, counts[name]))
            for name in names
        ]

    def _parts(self, ids: Sequence[str]) -> dict[str, str]:
        rows = self._server.known_rows(self._collection, ids, ["data"])
        return {row_id: row["data"] for row_id, row in rows.items()}

    def statistics(self, reports: Mapping[str, int]) -> Statistics:
        """The counts over all reports; of a large library, over as many as are worth reading.

        Args:
            reports: how many paragraphs each report has, by id and version.
        """
        chosen, n_chosen = [], 0
        for name, n_paragraphs in sorted(reports.items(), key=lambda item: crc32(item[0].encode())):
            if n_chosen >= SAMPLED_PARAGRAPHS:
                break
            chosen.append(name)
            n_chosen += n_paragraphs
        total = Statistics()
        for text in self.texts([f"counts/{name}" for name in chosen]) if chosen else []:
            total.add(Statistics.from_text(text))
        return total
