"""Reading every report anew: the new versions wait until all are there, then all take over.

They stand beside the present ones in the same tables. Interrupted, the library is as before,
and what was read anew is still there.
"""

import json
from dataclasses import asdict, dataclass

from index.database import Database, new_name
from index.errors import LibraryError
from index.rows import IndexedReport, insert_report

_NEXT = "SELECT value FROM manifest WHERE key = 'next_version'"


@dataclass(frozen=True, slots=True)
class Maker:
    """What the vectors and the numbering in a library were made with."""

    encoder: str
    fingerprint: str
    dim: int
    numbering: str

    def to_json(self) -> str:
        """As the manifest holds it."""
        return json.dumps(asdict(self))

    def check(self, given: "Maker", library: str, remedy: str) -> None:
        """Make sure that a library which this made can be used with what is given.

        Args:
            given: what would be used now.
            library: how to name the library in a sentence.
            remedy: what makes it anew with what is given.
        Raises:
            LibraryError: its vectors are of another encoder, or its numbers of another way of
                numbering.
        """
        if self == given:
            return
        if self.numbering != given.numbering:
            raise LibraryError(
                f"{library} was numbered by version {self.numbering}, this is version "
                f"{given.numbering}: {remedy} to number its reports again"
            )
        raise LibraryError(
            f"{library} was encoded with {self.encoder} ({self.fingerprint[:8]}, {self.dim} "
            f"dimensions), the encoder now is {given.encoder} ({given.fingerprint[:8]}, "
            f"{given.dim}): {remedy} to encode it again, or set QA_ENCODER={self.encoder}"
        )

    @classmethod
    def from_json(cls, text: str) -> "Maker":
        """What `to_json` wrote."""
        return cls(**json.loads(text))


class Versions:
    """The next version of every report."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, maker: Maker) -> None:
        """Make room for new versions, or go on where their making was interrupted."""
        with self._database.transaction():
            if self._database.manifest().get("next_maker") != maker.to_json():
                self._database.write_manifest(next_maker=maker.to_json(), next_version=new_name())
        self._clear_away()

    def missing(self) -> list[str]:
        """Ids of the reports whose new version is not there, or is of an earlier file."""
        rows = self._database.connection.execute(
            "SELECT report_id FROM present_reports AS present WHERE NOT EXISTS (SELECT 1 FROM "
            "reports WHERE reports.report_id = present.report_id AND reports.version = "
            f"({_NEXT}) AND reports.content = present.content) ORDER BY 1"
        )
        return [report_id for (report_id,) in rows]

    def put(self, indexed: IndexedReport, maker: Maker) -> None:
        """Keep the new version of a report beside the present one, in one transaction.

        Raises:
            LibraryError: another program has ended what this one began.
        """
        with self._database.transaction() as db:
            self._check(maker)
            db.execute(
                f"DELETE FROM reports WHERE report_id = ? AND version = ({_NEXT})",
                (indexed.report.report_id,),
            )
            insert_report(db, indexed, self._database.manifest()["next_version"])

    def take_over(self, maker: Maker) -> bool:
        """Let the new versions take the place of the present ones, all at once.

        Returns:
            False where a report has none yet, and nothing is changed.
        Raises:
            LibraryError: another program has ended what this one began.
        """
        with self._database.transaction() as db:
            self._check(maker)
            if self.missing():
                return False
            version = self._database.manifest()["next_version"]
            self._database.write_manifest(
                maker=maker.to_json(), version=version, generation=new_name()
            )
            db.execute("DELETE FROM manifest WHERE key LIKE 'next_%'")
        self._clear_away()
        return True

    def _check(self, maker: Maker) -> None:
        if self._database.manifest().get("next_maker") != maker.to_json():
            raise LibraryError(
                f"another program reindexes the library in {self._database.home}, or has just "
                "done so: let one `qa reindex` run at a time"
            )

    def _clear_away(self) -> None:
        """Delete versions that are neither present nor next, one transaction each."""
        manifest = self._database.manifest()
        used = (manifest["version"], manifest.get("next_version", ""))
        db = self._database.connection
        query = "SELECT report_row FROM reports WHERE version NOT IN (?, ?)"
        for row in db.execute(query, used).fetchall():
            db.execute("DELETE FROM reports WHERE report_row = ?", row)
