"""The disk of one member: the bytes of its record, and faults when it is written.

It knows nothing of what a record says. It replaces a record as a whole or not at all, which is all
that is assumed of `FileStorage` here; tests/election/test_storage.py tests what that does with files.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from leader.election.record import decode, encode
from leader.election.storage import Record, check_term_never_decreases
from leader.errors import RecordUnwritable
from leader.protocol.durable import Durable
from leader.protocol.vocabulary import ClusterId, MemberId, Term
from stateful_tests.system import WriteFault

PATH: Final = Path("the disk")


class Disk:
    """A ``Storage`` for one member; the record outlives the member's processes."""

    def __init__(self, content: bytes | None) -> None:
        self.content = content
        self.fault = WriteFault.NONE
        self.has_failed = False
        """Whether a write has failed since a test last set this to False."""
        self.crash: Callable[[], None] = _ignore_crash

    def open(self, cluster: ClusterId, member: MemberId) -> Record:
        """A handle for one process."""
        return _DiskRecord(self, cluster, member)

    def write(self, content: bytes) -> None:
        """Replace the record, unless this write is to fail."""
        fault, self.fault = self.fault, WriteFault.NONE
        if fault is WriteFault.FAILS:
            self.has_failed = True
            raise RecordUnwritable(PATH, "no space is left on it")
        self.content = content
        if fault is WriteFault.CRASH_AFTER:
            self.crash()


class _DiskRecord:
    survives: Final = True

    def __init__(self, disk: Disk, cluster: ClusterId, member: MemberId) -> None:
        self._disk = disk
        self._cluster = cluster
        self._member = member

    def load(self) -> Durable | None:
        if self._disk.content is None:
            return None
        return decode(self._disk.content, PATH, self._cluster, self._member)

    def save(self, durable: Durable) -> None:
        known = self.load()
        check_term_never_decreases(Term(0) if known is None else known.term, durable.term)
        self._disk.write(encode(self._cluster, self._member, durable))

    def close(self) -> None:
        pass


def _ignore_crash() -> None:
    """Used while no process runs."""
