"""Crashes, full disks and obstacles: afterwards the old or the new record is found, and never neither."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from leader.election.record import encode
from leader.election.storage import FileStorage, RecordUnreadable, RecordUnwritable
from tests.election.storage_support import (
    CLUSTER,
    MEMBER,
    NEW,
    OLD,
    child,
    found,
    opened,
    path_in,
    remember,
)

OWN_MOUNTS = ("unshare", "--user", "--map-root-user", "--mount")
"""Starts a process that may mount file systems that no other process sees, if the system allows it."""


def test_crash_during_a_write_leaves_the_old_record(tmp_path: Path) -> None:
    """However much of the next record was written beside it; the old one can still be replaced."""
    old, new = encode(CLUSTER, MEMBER, OLD), encode(CLUSTER, MEMBER, NEW)
    beside = path_in(tmp_path).with_suffix(".new")
    with opened(tmp_path) as record:
        for length in (*range(0, len(new), 20), len(new)):
            path_in(tmp_path).write_bytes(old)
            beside.write_bytes(new[:length])
            assert record.load() == OLD
        beside.write_bytes(new + new)
        record.save(NEW)
    assert found(tmp_path) == NEW
    assert not beside.exists()


def test_crash_during_the_first_write_leaves_no_record(tmp_path: Path) -> None:
    """The remains of a save that did not return are no record: nothing depends on it yet."""
    with opened(tmp_path) as record:
        path_in(tmp_path).with_suffix(".new").write_bytes(encode(CLUSTER, MEMBER, NEW))
        assert record.load() is None


@pytest.mark.slow
@pytest.mark.parametrize("size", [0, 1, 200])
def test_process_killed_during_a_write_leaves_the_old_record(tmp_path: Path, size: int) -> None:
    """After some bytes; its lock is free."""
    remember(tmp_path, OLD)
    dying = child(
        """
        record = FileStorage(sys.argv[1]).open("cleanup", "n1@alpha")
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
        record.save(durable(8, voters=5))
        """,
        tmp_path,
        size,
    )
    dying.communicate()
    assert dying.returncode == -signal.SIGXFSZ
    assert path_in(tmp_path).with_suffix(".new").stat().st_size == size
    assert found(tmp_path) == OLD


@pytest.mark.slow
@pytest.mark.parametrize("event", ["open", "os.rename"])
def test_process_killed_before_a_step_of_the_write_leaves_the_old_record(
    tmp_path: Path, event: str
) -> None:
    """Before the next record is opened or renamed."""
    remember(tmp_path, OLD)
    dying = child(
        """
        def die(event, arguments):
            if event == sys.argv[2] and ".new" in str(arguments):
                os.kill(os.getpid(), signal.SIGKILL)
        record = FileStorage(sys.argv[1]).open("cleanup", "n1@alpha")
        sys.addaudithook(die)
        record.save(durable(8, voters=5))
        """,
        tmp_path,
        event,
    )
    dying.communicate()
    assert dying.returncode == -signal.SIGKILL
    assert path_in(tmp_path).with_suffix(".new").exists() == (event == "os.rename")
    assert found(tmp_path) == OLD


def calls_of(action: Callable[[], object]) -> list[str]:
    """The syncs and renames that an action makes, in order."""
    seen: list[str] = []

    def watch(frame: object, event: str, called: object) -> None:
        if event == "c_call" and called in (os.fsync, os.replace):
            seen.append("sync" if called is os.fsync else "rename")

    sys.setprofile(watch)
    try:
        action()
    finally:
        sys.setprofile(None)
    return seen


def test_save_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    """The next record is synced before it gets its name, and its folder afterwards."""
    with opened(tmp_path) as record:
        record.load()
        assert calls_of(lambda: record.save(OLD)) == ["sync", "rename", "sync"]


def test_new_folders_survive_a_power_failure(tmp_path: Path) -> None:
    """Opening syncs every folder on the way that this process could have made."""
    storage = FileStorage(tmp_path / "a" / "b")
    syncs = calls_of(lambda: storage.open(CLUSTER, MEMBER).close())
    folders = storage.path(CLUSTER, MEMBER).parents
    assert syncs == ["sync"] * sum(os.access(folder, os.W_OK) for folder in folders)


@contextmanager
def longest_file(size: int) -> Iterator[None]:
    """Within it, the operating system lets no file of this process grow above ``size`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 1, 200])
def test_failed_write_leaves_the_old_record(tmp_path: Path, size: int) -> None:
    """A save without room raises; the old record is found, and a later save works."""
    with opened(tmp_path) as record:
        record.save(OLD)
        with longest_file(size), pytest.raises(RecordUnwritable, match="File too large"):
            record.save(NEW)
        assert record.load() == OLD
        record.save(NEW)
    assert found(tmp_path) == NEW


def can_mount() -> bool:
    """Whether a test may mount a file system of its own on this machine."""
    if shutil.which("unshare") is None:
        return False
    mounting = [*OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(mounting, check=False, capture_output=True).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not can_mount(), reason="no file system can be mounted on this machine")
def test_full_and_read_only_disks_are_reported(tmp_path: Path) -> None:
    """A full disk fails the save, and the old record is found on it; a read-only one fails the start."""
    living = child(
        """
        def mount(*options):
            subprocess.run(["mount", "-t", "tmpfs", "-o", *options, sys.argv[1]], check=True)
        def attempt(action):
            try:
                print(action())
            except StorageError as error:
                print(type(error).__name__, error.found)
        def find():
            record = storage.open("cleanup", "n1@alpha")
            try:
                return record.load().term
            finally:
                record.close()

        mount("size=64k", "none")
        storage = FileStorage(sys.argv[1])
        record = storage.open("cleanup", "n1@alpha")
        record.save(durable(7))
        os.truncate(storage.path("cleanup", "n1@alpha").with_suffix(".lock"), 0)
        with open(sys.argv[1] + "/filler", "wb", buffering=0) as filler, suppress(OSError):
            while filler.write(bytes(4096)):
                pass
        attempt(lambda: record.save(durable(8)))
        record.close()
        attempt(find)
        mount("remount,ro", "none")
        attempt(find)
        """,
        tmp_path,
        within=OWN_MOUNTS,
    )
    full, after_full, read_only = living.communicate()[0].splitlines()
    assert full.startswith("RecordUnwritable [Errno 28] No space left on device")
    assert after_full == "7"
    assert read_only.startswith("RecordUnwritable [Errno 30] Read-only file system")


def test_obstacle_to_the_next_record_fails_the_save(tmp_path: Path) -> None:
    """A folder or a link in its place; the old record stays."""
    with opened(tmp_path) as record:
        record.save(OLD)
        beside = path_in(tmp_path).with_suffix(".new")
        beside.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(RecordUnwritable):
            record.save(NEW)
        beside.unlink()
        beside.mkdir()
        with pytest.raises(RecordUnwritable):
            record.save(NEW)
        assert record.load() == OLD
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("place", ["state", "state/cleanup"])
def test_file_in_the_place_of_a_folder_is_reported(tmp_path: Path, place: str) -> None:
    """The error names it."""
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_bytes(b"")
    with pytest.raises(RecordUnwritable, match=f"Not a directory.*{place}"):
        FileStorage(tmp_path / "state").open(CLUSTER, MEMBER)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_folder_that_may_not_be_written_is_reported(tmp_path: Path) -> None:
    """The error says so."""
    tmp_path.chmod(0o500)
    with pytest.raises(RecordUnwritable, match="Permission denied"):
        FileStorage(tmp_path).open(CLUSTER, MEMBER)


@pytest.mark.parametrize("obstacle", ["folder", "dangling link", "link"])
def test_record_that_is_no_file_is_refused(tmp_path: Path, obstacle: str) -> None:
    """A folder or a link in its place does not count as no record."""
    with opened(tmp_path) as record:
        target = tmp_path / "target"
        if obstacle == "folder":
            path_in(tmp_path).mkdir()
        else:
            path_in(tmp_path).symlink_to(target)
        if obstacle == "link":
            target.write_bytes(encode(CLUSTER, MEMBER, OLD))
        with pytest.raises(RecordUnreadable, match="plain file"):
            record.load()
