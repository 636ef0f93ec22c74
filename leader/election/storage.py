"""The durable record of a member: what it may not forget, in a file or for one life in memory.

It knows nothing of roles, messages or time, and never decides what is remembered. The idea: a
record is replaced as a whole or not at all, and "there is no such file" is the one and only way to
have no record; everything else that is not a perfect record of this very member is an error for a
person to look at. ::

    <directory>/<cluster>/<member>.record    the record, of the form that leader.election.record describes
    <directory>/<cluster>/<member>.new       the next record while it is being written
    <directory>/<cluster>/<member>.lock      locked while the member lives; never removed
"""

import fcntl
import os
import threading
from contextlib import ExitStack, suppress
from io import FileIO
from pathlib import Path
from typing import Final, Protocol

from leader.election.record import RECORD_LIMIT, decode, encode, file_name
from leader.errors import (
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

__all__ = [
    "FileStorage",
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


class Record(Protocol):
    """One member's record, held by nobody else until it is closed; usable from any thread."""

    @property
    def survives(self) -> bool:
        """Whether the next life of this member finds what this one saves."""

    def load(self) -> Durable | None:
        """What was saved last, or None if nothing ever was; raises StorageError."""

    def save(self, durable: Durable) -> None:
        """Returns once ``durable`` would survive a power cut, so it blocks; raises StorageError.

        Raises InvariantViolated if the term is lower than the one loaded or saved before.
        """

    def close(self) -> None:
        """Lets go of the record, after a save that is under way; again does nothing."""


class Storage(Protocol):
    """Where members keep their records."""

    def open(self, cluster: ClusterId, member: MemberId) -> Record:
        """The record of a member, held for it alone; raises StorageError."""


class FileStorage:
    """Records as files below ``directory``, which is created if it is missing.

    The directory must be on a local disk of this machine, and must never be restored from a backup.
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        name = os.fspath(directory)
        if not name or "\0" in name:
            raise ValueError(f"directory = {name!r}: must be the path of a folder")
        self._directory = Path(name).absolute()

    def open(self, cluster: ClusterId, member: MemberId) -> Record:
        """The record of a member, locked; raises StorageError, or ValueError for an unusable name."""
        path = self.path(cluster, member)
        try:
            _make_folders(path.parent)
            return _FileRecord(path, cluster, member, _take_lock(path))
        except OSError as error:
            raise RecordUnwritable(path, str(error)) from error

    def path(self, cluster: ClusterId, member: MemberId) -> Path:
        """Where the record of a member is, or will be; raises ValueError for an unusable name."""
        folder = self._directory / file_name("cluster", cluster)
        return folder / f"{file_name('member', member)}.record"


class MemoryStorage:
    """Records that nobody ever finds again: each life of a member starts without one."""

    def open(self, cluster: ClusterId, member: MemberId) -> Record:
        """A record that ends with this life of the member; every call gives another one."""
        return _MemoryRecord()


def check_term_never_decreases(known: Term, saved: Term) -> None:
    """TermsNeverDecrease, at the last place that could break it: raises InvariantViolated."""
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

    def __init__(self, path: Path, cluster: ClusterId, member: MemberId, lock: FileIO) -> None:
        self._path = path
        self._cluster = cluster
        self._member = member
        self._lock = lock
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

    def close(self) -> None:
        # Waits for a save whose caller has given up on it: were the lock gone before its rename,
        # that rename would roll back the record of the member's next life.
        with self._one_at_a_time:
            if not self._lock.closed:
                # A child forked meanwhile shares the lock, and closing would leave it the owner.
                fcntl.flock(self._lock, fcntl.LOCK_UN)
                self._lock.close()

    def _check_held(self) -> None:
        if self._lock.closed:
            raise RecordNotHeld(self._path, "closed by this process")
        try:
            there = os.lstat(_lock_path(self._path))
        except OSError as error:
            raise RecordNotHeld(self._path, str(error)) from error
        # A lock file that was removed and made anew has a second owner by now, and this one would
        # go on overwriting the votes of that one.
        if not os.path.samestat(there, os.fstat(self._lock.fileno())):
            raise RecordNotHeld(self._path, f"{_lock_path(self._path)} is not the file it was")

    def _known_term(self) -> Term:
        # Whoever saves without looking first must not overwrite what it has not seen.
        if self._known is None:
            self._read()
        return self._known or Term(0)

    def _read(self) -> Durable | None:
        try:
            with open(self._path, "rb", opener=_open_privately) as file:
                content = file.read(RECORD_LIMIT + 1)
        except FileNotFoundError:
            self._known = Term(0)
            return None
        except OSError as error:
            raise RecordUnreadable(self._path, str(error)) from error
        durable = decode(content, self._path, self._cluster, self._member)
        self._known = durable.term
        return durable

    def _write(self, content: bytes) -> None:
        if len(content) > RECORD_LIMIT:
            raise RecordUnwritable(
                self._path, f"it would take {len(content)} bytes, the limit is {RECORD_LIMIT}"
            )
        try:
            _replace(self._path, content)
        except OSError as error:
            raise RecordUnwritable(self._path, str(error)) from error


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(".new")
    with open(fresh, "wb", opener=_open_privately) as file:
        file.write(content)
        file.flush()
        # Renamed before its bytes are on the disk, a power cut would leave an empty record.
        os.fsync(file.fileno())
    os.replace(fresh, path)
    # Without this a power cut would bring the old record back after the vote has left.
    _sync(path.parent)


def _take_lock(path: Path) -> FileIO:
    with ExitStack() as on_failure:
        lock = on_failure.enter_context(FileIO(_lock_path(path), "a+", opener=_open_privately))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            owner = lock.readall().decode(errors="replace").strip()
            raise RecordInUse(path, f"its lock is held, by process {owner or 'unknown'}") from error
        # The owner's number only helps a person: on a full disk the lock counts without it.
        with suppress(OSError):
            lock.truncate(0)
            lock.write(b"%d\n" % os.getpid())
        # The last life may have died between a rename and its sync: a power cut must not take back
        # what this life finds and acts on.
        _sync(path.parent)
        on_failure.pop_all()
        return lock


def _lock_path(path: Path) -> Path:
    return path.with_suffix(".lock")


def _make_folders(folder: Path) -> None:
    for step in reversed((folder, *folder.parents[:-1])):
        if not step.is_dir():
            # Two members may start at once. Anything but a folder of that name fails right after.
            with suppress(FileExistsError):
                step.mkdir(mode=0o700)
        # Also where it was there already: an earlier start may have ended between making a folder
        # and this, and a power cut would take the folder with the record. Who may not write to a
        # folder made nothing in it, and a read-only file system may refuse.
        if os.access(step.parent, os.W_OK):
            _sync(step.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_privately(name: str, flags: int) -> int:
    # A link that leads nowhere must not pass for "no record".
    return os.open(name, flags | os.O_NOFOLLOW, 0o600)
