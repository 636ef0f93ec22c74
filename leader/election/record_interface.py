"""What a storage and a record are to an election; applications may bring their own.

``leader.election.storage`` has one in files and one in memory.
"""

from typing import Protocol

from leader.protocol.durable import Durable
from leader.protocol.vocabulary import ClusterId, MemberId


class Record(Protocol):
    """One member's record, held by this process alone until it is closed; usable from any thread."""

    @property
    def survives(self) -> bool:
        """Whether the next life of this member finds what this life saves."""

    def load(self) -> Durable | None:
        """What was saved last, or None if nothing was ever saved; raises StorageError."""

    def save(self, durable: Durable) -> None:
        """Return when ``durable`` would survive a power failure. Blocks.

        Raises:
            StorageError: it could not be written.
            InvariantViolated: the term is lower than the one loaded or saved before.
        """

    def close(self) -> None:
        """Release the record, after a save that is under way; a second call does nothing."""


class Storage(Protocol):
    """Where members keep their records."""

    def open(self, cluster: ClusterId, member: MemberId) -> Record:
        """The record of a member, held by the caller alone; raises StorageError."""
