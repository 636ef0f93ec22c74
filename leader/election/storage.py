"""Where a member keeps its durable record: in a file, or in memory for one life.

Knows nothing of roles, messages or time, and does not decide what is recorded. A record is replaced
as a whole or not at all. Only if there is no such file is there no record; anything else that is not
an intact record of this member is an error, for a person to examine. ::

    <directory>/<cluster>/<member>.record    the record, of the form that leader.election.record describes
    <directory>/<cluster>/<member>.new       the next record while it is being written
    <directory>/<cluster>/<member>.lock      locked while the member lives; never removed. It contains the
                                             number of the process, and MARK if there has been a record
"""

import os
import threading
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Final

from leader.election.election_log import ElectionLog
from leader.election.record import RECORD_LIMIT, decode, encode
from leader.election.record_interface import Record, Storage
from leader.errors import (
    FilesUnsupported,
    FolderMissing,
    RecordDamaged,
    RecordForeign,
    RecordInUse,
    RecordNotHeld,
    RecordUnknown,
    RecordUnreadable,
    RecordUnwritable,
    StorageError,
)
from leader.protocol.durable import Durable
from leader.protocol.vocabulary import ClusterId, InvariantViolated, MemberId, Term
from runtime.durable_file import (
    LockHeld,
    file_name,
    lock_path,
    make_folders,
    platform_problem,
    read_file,
    release_lock,
    replace_file,
    take_lock,
)

__all__ = [
    "FileStorage",
    "FilesUnsupported",
    "FolderMissing",
    "MemoryStorage",
    "Record",
    "RecordDamaged",
    "RecordForeign",
    "RecordInUse",
    "RecordNotHeld",
    "RecordUnknown",
    "RecordUnreadable",
    "RecordUnwritable",
    "Storage",
    "StorageError",
    "check_term_never_decreases",
]


MARK: Final = b"had a record\n"
"""In a lock: there has been a record beside it, so if there is none now it has vanished."""


LOCK_LIMIT: Final = 1024
"""How many bytes of a lock are read."""


class FileStorage:
    """Records as files below ``directory``, which is created if it is missing.

    The directory must be on a local disk of this machine, and must never be restored from a backup:
    a member that forgets a vote can give it a second time. For the same reason set ``must_exist`` if
    the directory is on a disk that is mounted, and name a folder *inside* the mount: if the disk is not
    mounted, the member then does not start, instead of starting without its record.
    """

    def __init__(self, directory: str | os.PathLike[str], *, must_exist: bool = False) -> None:
        """Touches no disk.

        Raises:
            ValueError, TypeError: an argument is unusable.
            StorageError: the platform has no file locks.
        """
        name = os.fspath(directory)
        if not name or "\0" in name:
            raise ValueError(f"directory = {name!r}: must be the path of a folder")
        if not isinstance(must_exist, bool):
            raise TypeError(
                f"must_exist = {must_exist!r}: must be True or False, because safety depends on it"
            )
        self._directory = Path(name).absolute()
        self._must_exist = must_exist
        problem = platform_problem()
        if problem is not None:
            raise FilesUnsupported(self._directory, problem)

    def __repr__(self) -> str:
        must_exist = ", must_exist=True" if self._must_exist else ""
        return f"FileStorage({str(self._directory)!r}{must_exist})"

    def open(self, cluster: ClusterId, member: MemberId) -> Record:
        """The record of a member, locked; raises StorageError, or ValueError for an unusable name."""
        path = self.path(cluster, member)
        if self._must_exist and not self._directory.is_dir():
            raise FolderMissing(path, f"there is no folder {self._directory}, which must exist")
        try:
            make_folders(path.parent)
            return _FileRecord(path, cluster, member, *_take_lock(path))
        except LockHeld as error:
            raise RecordInUse(path, str(error)) from error
        except OSError as error:
            raise RecordUnwritable(path, str(error)) from error

    def path(self, cluster: ClusterId, member: MemberId) -> Path:
        """Where the record of a member is, or will be; raises ValueError for an unusable name."""
        folder = self._directory / file_name("cluster", cluster)
        return folder / f"{file_name('member', member)}.record"


class MemoryStorage:
    """Records that are lost with the process: each life of a member starts without one."""

    def __repr__(self) -> str:
        return "MemoryStorage()"

    def open(self, cluster: ClusterId, member: MemberId) -> Record:
        """A record for this life of the member; every call returns another one."""
        return _MemoryRecord()


def check_term_never_decreases(known: Term, saved: Term) -> None:
    """Check TermsNeverDecrease before a record is replaced; raises InvariantViolated."""
    if saved < known:
        raise InvariantViolated(f"TermsNeverDecrease: term {saved} would replace term {known}")


class _MemoryRecord:
    survives: Final = False

    def __init__(self) -> None:
        self._known = Term(0)

    def load(self) -> Durable | None:
        return None

    def save(self, durable: Durable) -> None:
        check_term_never_decreases(self._known, durable.term)
        self._known = durable.term

    def close(self) -> None:
        pass


class _FileRecord:
    survives: Final = True

    def __init__(
        self, path: Path, cluster: ClusterId, member: MemberId, lock: FileIO, is_marked: bool
    ) -> None:
        self._path = path
        self._cluster = cluster
        self._member = member
        self._lock = lock
        self._is_marked = is_marked
        self._known: Term | None = None
        self._one_at_a_time = threading.Lock()

    def load(self) -> Durable | None:
        with self._one_at_a_time:
            self._check_held()
            return self._read()

    def save(self, durable: Durable) -> None:
        with self._one_at_a_time:
            self._check_held()
            check_term_never_decreases(self._known_term(), durable.term)
            self._write(encode(self._cluster, self._member, durable))
            self._known = durable.term
            self._mark()

    def close(self) -> None:
        # Wait for a save that is still under way although its caller was cancelled. If the lock were
        # released before its rename, that rename could replace the record of the next life.
        with self._one_at_a_time:
            release_lock(self._lock)

    def _check_held(self) -> None:
        if self._lock.closed:
            raise RecordNotHeld(self._path, "closed by this process")
        try:
            there = os.lstat(lock_path(self._path))
        except OSError as error:
            raise RecordNotHeld(self._path, str(error)) from error
        # If the lock file was removed and created again, a second process may hold the new one, and
        # this process would overwrite that process's votes.
        if not os.path.samestat(there, os.fstat(self._lock.fileno())):
            raise RecordNotHeld(self._path, f"{lock_path(self._path)} is not the file it was")

    def _known_term(self) -> Term:
        # A save without a load must not overwrite a record with a higher term.
        if self._known is None:
            self._read()
        return self._known or Term(0)

    def _read(self) -> Durable | None:
        try:
            content = read_file(self._path, RECORD_LIMIT + 1)
        except FileNotFoundError:
            if self._known is None:
                self._known = Term(0)
                self._report_vanished()
            return None
        except OSError as error:
            raise RecordUnreadable(self._path, str(error)) from error
        durable = decode(content, self._path, self._cluster, self._member)
        self._known = durable.term
        self._mark()
        return durable

    def _mark(self) -> None:
        if not self._is_marked:
            self._is_marked = True
            # The mark only serves a warning: on a full disk the record is valid without it.
            with suppress(OSError):
                self._lock.write(MARK)

    def _report_vanished(self) -> None:
        if self._is_marked:
            ElectionLog({}, self._cluster, self._member).error(
                "the record %s has vanished: a former life of this member had it. The member starts "
                "like one that lost its disk. Find out what removed it, before it happens to a second "
                "voter: one that forgets a vote can give it a second time",
                self._path,
            )

    def _write(self, content: bytes) -> None:
        if len(content) > RECORD_LIMIT:
            raise RecordUnwritable(
                self._path, f"it would take {len(content)} bytes, the limit is {RECORD_LIMIT}"
            )
        try:
            replace_file(self._path, content)
        except OSError as error:
            raise RecordUnwritable(self._path, str(error)) from error


def _take_lock(path: Path) -> tuple[FileIO, bool]:
    """The lock of a record, taken, and whether it says that there has been a record."""
    try:
        is_marked = MARK in read_file(lock_path(path), LOCK_LIMIT)
    except OSError:
        is_marked = False
    lock = take_lock(path)
    if is_marked:
        # Taking a lock empties its file.
        with suppress(OSError):
            lock.write(MARK)
    return lock, is_marked
