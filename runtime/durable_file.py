"""Small files that survive a power failure, and locks that end with the process that holds them.

Leaves to the caller what the files say. A file is replaced as a whole or not at all. A lock is a file
of its own, which is never removed: a second process could otherwise lock a new one of the same name.
Every function blocks, and raises OSError for what the operating system refuses.
"""

import os
import string
from contextlib import ExitStack, suppress
from hashlib import sha256
from io import FileIO
from pathlib import Path
from typing import Final

_MISSING: str | None = None
try:
    import fcntl
except ImportError:  # Only calls need it, so that this package can be imported everywhere.
    _MISSING = "this platform has no fcntl, which locks files"

FILE_NAME_LIMIT: Final = 120
"""The longest file name made from a name, without its suffix; every file system allows this many."""

# Without capital letters: some file systems treat "A" and "a" as one name.
_PLAIN: Final = frozenset(string.ascii_lowercase + string.digits + "-_@.")


class LockHeld(Exception):
    """Another process holds the lock; the text says which, as far as that is known."""


def file_name(field: str, name: str) -> str:
    """Returns a file name that no other name gets: plain letters as they are, other bytes as %xx.

    Raises ValueError, which names the field, if the name is empty or cannot be encoded.
    """
    if not name:
        raise ValueError(f"{field} = {name!r}: must not be empty")
    try:
        whole = name.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{field} = {name!r}: must be text that UTF-8 can encode") from error
    quoted = "".join(chr(byte) if chr(byte) in _PLAIN else f"%{byte:02x}" for byte in whole)
    if quoted.startswith("."):
        quoted = "%2e" + quoted[1:]
    if len(quoted) > FILE_NAME_LIMIT:
        digest = sha256(whole).hexdigest()
        # A short name contains no "~", since that would be quoted, so the two forms cannot collide.
        quoted = f"{quoted[: FILE_NAME_LIMIT - len(digest) - 1]}~{digest}"
    return quoted


def platform_problem() -> str | None:
    """Returns why this platform cannot keep such files, or None if it can."""
    return _MISSING


def make_folders(folder: Path) -> None:
    """Creates a folder and those above it, if they are missing, so that they survive."""
    if _MISSING is not None:
        raise OSError(_MISSING)
    for step in reversed((folder, *folder.parents[:-1])):
        if not step.is_dir():
            # Two programs may start at the same time. If it is no folder, the next step fails.
            with suppress(FileExistsError):
                step.mkdir(mode=0o700)
        # Also if the folder existed: an earlier start may have ended between creating it and this
        # sync, and a power failure would remove the folder with the file in it. A process that may
        # not write to the parent created nothing in it, and a read-only file system may refuse.
        if os.access(step.parent, os.W_OK):
            _sync(step.parent)


def read_file(path: Path, limit: int) -> bytes:
    """Returns the content of a file, or its first `limit` bytes; raises FileNotFoundError."""
    with open(path, "rb", opener=_open_privately) as file:
        return file.read(limit)


def replace_file(path: Path, content: bytes) -> None:
    """Returns when the file has this content and would keep it over a power failure."""
    fresh = path.with_suffix(".new")
    with open(fresh, "wb", opener=_open_privately) as file:
        file.write(content)
        file.flush()
        # Without this a power failure after the rename could leave an empty file.
        os.fsync(file.fileno())
    os.replace(fresh, path)
    # Without this a power failure could bring the old file back after it was relied on.
    _sync(path.parent)


def lock_path(path: Path) -> Path:
    """Returns the lock that belongs to a file."""
    return path.with_suffix(".lock")


def take_lock(path: Path) -> FileIO:
    """Locks a file for this process; raises LockHeld."""
    with ExitStack() as on_failure:
        lock = on_failure.enter_context(FileIO(lock_path(path), "a+", opener=_open_privately))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            owner = lock.readline().decode(errors="replace").strip()
            raise LockHeld(f"its lock is held, by process {owner or 'unknown'}") from error
        # The process number only helps a person: on a full disk the lock is valid without it.
        with suppress(OSError):
            lock.truncate(0)
            lock.write(b"%d\n" % os.getpid())
        # The last life may have ended between a rename and its sync. A power failure must not undo
        # the file that this life reads and depends on.
        _sync(path.parent)
        on_failure.pop_all()
        return lock


def release_lock(lock: FileIO) -> None:
    """Ends a lock; does nothing if it has ended."""
    if not lock.closed:
        # A child that was forked meanwhile shares the lock, and would keep it if it were only closed.
        fcntl.flock(lock, fcntl.LOCK_UN)
        lock.close()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_privately(name: str, flags: int) -> int:
    # A link to a missing file must not count as "no file".
    return os.open(name, flags | os.O_NOFOLLOW, 0o600)
