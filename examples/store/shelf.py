"""The shelf: what a member of the store must not forget, in a SQLite file with a single row.

It knows nothing of the rules, which are in ``actor``.
"""

import json
import sqlite3

from examples.store.messages import Entries, Version


class Shelf:
    """What a member must not forget; a call that writes returns when a power cut can no longer undo it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """The connection must be usable from any thread; calls come one at a time."""
        self._connection = connection
        with connection:
            connection.execute("PRAGMA synchronous = EXTRA")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS shelf (line INTEGER PRIMARY KEY CHECK (line = 1),"
                " promised INTEGER, ballot INTEGER, round INTEGER, entries TEXT)"
            )
        found = connection.execute("SELECT promised, ballot, round, entries FROM shelf").fetchone()
        promised, ballot, number, entries = found or (0, 0, 0, "{}")
        self.promised: int = promised
        self.version: Version = (ballot, number)
        self.entries: Entries = json.loads(entries)

    def promise(self, ballot: int) -> None:
        """Writes a promise."""
        self._write(ballot, self.version, self.entries)

    def keep(self, version: Version, entries: Entries) -> None:
        """Writes a version, and the promise that it contains."""
        self._write(version[0], version, entries)

    def _write(self, promised: int, version: Version, entries: Entries) -> None:
        row = (promised, *version, json.dumps(entries))
        with self._connection:
            self._connection.execute("REPLACE INTO shelf VALUES (1, ?, ?, ?, ?)", row)
        self.promised, self.version, self.entries = promised, version, entries
