"""The errors of this library: one root class, and one class for each thing that can be wrong with a record.

Misuse of a call raises ValueError or TypeError, as usual in Python; those are not defined here. Each
text says where the problem is, what it is, and what a person can do.
"""

from pathlib import Path
from typing import ClassVar


class ElectionError(Exception):
    """An election lacks something that it needs; the text says what a person can do."""


class MembershipFixed(ElectionError):
    """Who votes cannot be changed while the cluster runs; the text names what was tried."""

    def __init__(self, tried: str) -> None:
        super().__init__(tried)
        self.tried = tried

    def __str__(self) -> str:
        return (
            f"{self.tried}: who votes is fixed. "
            "Stop all members, and start them with the new bootstrap list and without their records."
        )


class NoThread(ElectionError):
    """No thread can be started for a record; nothing was read or written."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found

    def __str__(self) -> str:
        return (
            f"no thread for the record of a member: {self.found}. Nothing is lost: start the member again "
            "when there is memory, and room below the limits of threads (ulimit -u, pids.max)."
        )


class StorageError(ElectionError):
    """A member's record cannot be used: the text names the file, what was found and what to do."""

    remedy: ClassVar[str] = "The member must not run without it."

    def __init__(self, path: Path, found: str) -> None:
        super().__init__(path, found)
        self.path = path
        self.found = found

    def __str__(self) -> str:
        return f"{self.path}: {self.found}. {self.remedy}"


class RecordInUse(StorageError):
    """Another process is this member at this moment."""

    remedy = (
        "Two processes must not be one member: stop the other (and what it forked), "
        "or give this one another name."
    )


class RecordDamaged(StorageError):
    """The content is not what was written: incomplete, changed, empty or too long."""

    remedy = (
        "Do not repair it. If the voters are still those of the bootstrap list, move the file away: "
        "the member then starts like one that lost its disk. "
        "Otherwise stop all members and start them with one list and without their records."
    )


class RecordForeign(StorageError):
    """The file is an intact record of another member or another cluster."""

    remedy = (
        "Start the member with its own name, cluster and directory; "
        "a record must not be copied from one member to another."
    )


class RecordUnknown(StorageError):
    """The file is an intact record in a form that this version of the library does not read."""

    remedy = "Start the version of the library that wrote it, or one that can read it."


class RecordFarAhead(StorageError):
    """The file is an intact record, but its term is far above any that an honest member can have."""

    remedy = (
        "If the clock is behind, set it. Otherwise move the file away: the member then starts like one "
        "that lost its disk, in a term of its clock. If a quorum's records are so, stop all members first."
    )


class FolderMissing(StorageError):
    """The folder of the records, which must exist, is not there."""

    remedy = (
        "If its disk is not mounted, mount it, then start the member again. "
        "Create the folder only for a member that never had a record."
    )


class FilesUnsupported(StorageError):
    """This platform lacks what records in files need."""

    remedy = "Use a POSIX platform, or keep the record in memory: storage=None."


class RecordUnreadable(StorageError):
    """The operating system refuses to read the file."""

    remedy = (
        "Make sure that it is a plain file that this process may read, then start the member again."
    )


class RecordUnwritable(StorageError):
    """The record could not be written; nothing that depends on it may be sent."""

    remedy = (
        "Make sure that the folder exists, has room left and may be written by this process, "
        "then start the member again."
    )


class RecordNotHeld(StorageError):
    """This process does not hold the record any more: it was closed, or its folder or lock was removed."""

    remedy = "Do not touch the folder of a running member; start the member again."
