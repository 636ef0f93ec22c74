"""One member's disk: the bytes of its record, as they would be in a file, and a crash around a write.

Knows nothing of what a record says. It replaces a record as a whole or not at all, which is all that
`FileStorage` is trusted for here; what that does with files is tested where it is.
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
    """A ``Storage`` for one member, whose record outlives its processes."""

    def __init__(self, content: bytes | None) -> None:
        self.content = content
        self.fault = WriteFault.NONE
        self.has_failed = False
        """Whether a write has failed since anybody set this."""
        self.crash: Callable[[], None] = _nobody_crashes

    def open(self, cluster: ClusterId, member: MemberId) -> Record:
        """The record, for one process."""
        return _DiskRecord(self, cluster, member)

    def write(self, content: bytes) -> None:
        """Replace the record, unless the fault is that this fails."""
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


def _nobody_crashes() -> None:
    """Nobody runs."""
