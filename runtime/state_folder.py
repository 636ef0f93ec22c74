"""What a node keeps over its restarts: its last creation, and the salt of its cookie.

Leaves creations to `incarnation`, and what a salt is for to `network`. The file holds one line of JSON
and its checksum. Only if there is no file is this a first start; anything else that is not an intact
file of this node is an error, for a person to examine. Nothing that `leader.FileStorage` writes has a
name like these, so the records of elections may lie in the same folder. ::

    <directory>/node=<name>.creation    runtime-node sha256 <the SHA-256 of the next line>
                                        {"version":1,"node":...,"creation":...,"salt":...}
    <directory>/node=<name>.lock        locked while the node lives; never removed
"""

import os
import re
from hashlib import sha256
from io import FileIO
from pathlib import Path
from typing import Annotated, Final, Self

import msgspec

from runtime.durable_file import (
    LockHeld,
    file_name,
    make_folders,
    read_file,
    release_lock,
    replace_file,
    take_lock,
)
from runtime.network import SALT_LENGTH

VERSION: Final = 1
"""The version of the file's form; a file of another version is not read."""

SIZE_LIMIT: Final = 4096
"""The longest file, in bytes."""


class StateFolderError(Exception):
    """What a node keeps cannot be used: the text names the file, what was found and what helps."""

    def __init__(self, path: Path, found: str, remedy: str) -> None:
        super().__init__(path, found, remedy)
        self.path = path
        self.found = found
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.path}: {self.found}. {self.remedy}"


class StateFolderInUse(StateFolderError):
    """Another process is this node at this moment."""


class _Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: int
    node: str
    creation: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    salt: str


class StateFolder:
    """The file of one node, held by this process alone until it is closed. Every call blocks."""

    def __init__(self, path: Path, node: str, lock: FileIO, kept: _Kept | None) -> None:
        """Use `open`."""
        self._path = path
        self._node = node
        self._lock = lock
        self.creation = 0 if kept is None else kept.creation
        """The greatest creation that this node has had; 0 before the first start."""
        self.salt = None if kept is None else bytes.fromhex(kept.salt)
        """The salt of this node; None before the first start."""

    @classmethod
    def open(cls, directory: str | os.PathLike[str], node: str) -> Self:
        """Locks the file of a node, and reads it; creates the folder if it is missing.

        Raises TypeError or ValueError for an unusable path, StateFolderInUse, StateFolderError.
        """
        name = os.fspath(directory) if isinstance(directory, os.PathLike) else directory
        if not isinstance(name, str):
            raise TypeError(f"state_dir must be a str or a path of str, not {directory!r}")
        if not name or "\0" in name:
            raise ValueError(f"state_dir = {name!r}: must be the path of a folder")
        path = Path(name).absolute() / f"node={file_name('name', node)}.creation"
        try:
            make_folders(path.parent)
            lock = take_lock(path)
        except LockHeld as error:
            raise StateFolderInUse(path, str(error), _TWO_PROCESSES) from error
        except OSError as error:
            raise StateFolderError(path, str(error), _CHECK_FOLDER) from error
        try:
            return cls(path, node, lock, _read(path, node))
        except BaseException:
            release_lock(lock)
            raise

    def save(self, creation: int, salt: bytes) -> None:
        """Returns when both would survive a power failure; raises StateFolderError.

        After an error the file is what it was.
        """
        kept = _Kept(version=VERSION, node=self._node, creation=creation, salt=salt.hex())
        try:
            replace_file(self._path, _sealed(msgspec.json.encode(kept) + b"\n"))
        except OSError as error:
            raise StateFolderError(self._path, str(error), _CHECK_FOLDER) from error
        self.creation, self.salt = creation, salt

    def refuse(self, found: str) -> StateFolderError:
        """Returns the error for a content that is intact but cannot be used."""
        return StateFolderError(self._path, found, _MOVE_AWAY)

    def close(self) -> None:
        """Releases the file; a second call does nothing."""
        release_lock(self._lock)


_TWO_PROCESSES: Final = (
    "Two processes must not be one node: stop the other (and what it forked), "
    "or give this one another name"
)
_CHECK_FOLDER: Final = (
    "Make sure that the folder exists, has room left and may be written by this process"
)
_MOVE_AWAY: Final = (
    "Do not repair it. Move the file away: the node then starts as if for the first time, "
    "and the nodes that know it tell it which creation it must exceed"
)


def _read(path: Path, node: str) -> _Kept | None:
    try:
        content = read_file(path, SIZE_LIMIT + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateFolderError(path, str(error), _CHECK_FOLDER) from error
    payload = content.partition(b"\n")[2]
    if len(content) > SIZE_LIMIT or _sealed(payload) != content:
        found = f"its {len(content)} bytes do not match their checksum"
        raise StateFolderError(path, found, _MOVE_AWAY)
    try:
        kept = msgspec.json.decode(payload, type=_Kept)
    # A checksum is no proof of who wrote the file: bad UTF-8 and deep nesting have errors of their own.
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        found = f"its checksum is right, its content is not: {error}"
        raise StateFolderError(path, found, _MOVE_AWAY) from error
    if kept.version != VERSION or not re.fullmatch(rf"[0-9a-f]{{{2 * SALT_LENGTH}}}", kept.salt):
        found = f"it is of version {kept.version}, or its salt is unusable"
        raise StateFolderError(path, found, _MOVE_AWAY)
    if kept.node != node:
        raise StateFolderError(path, f"it belongs to node {kept.node!r}", _MOVE_AWAY)
    return kept


def _sealed(payload: bytes) -> bytes:
    return b"runtime-node sha256 %s\n%s" % (sha256(payload).hexdigest().encode(), payload)
