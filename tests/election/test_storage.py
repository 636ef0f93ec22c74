"""The durable record: the next life finds what was saved, and only one process at a time holds it."""

import fcntl
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leader.election.storage import (
    FileStorage,
    FolderMissing,
    MemoryStorage,
    RecordDamaged,
    RecordForeign,
    RecordInUse,
    RecordNotHeld,
    RecordUnwritable,
    check_term_never_decreases,
)
from leader.protocol.vocabulary import LARGEST, ClusterId, InvariantViolated, MemberId, Term
from tests.election.storage_support import (
    CLUSTER,
    MEMBER,
    NEW,
    OLD,
    child,
    durable,
    found,
    opened,
    path_in,
    remember,
)

terms = st.integers(0, LARGEST).map(Term)


def test_storage_without_a_save_has_no_record(tmp_path: Path) -> None:
    """However often the member starts."""
    assert found(tmp_path) is None
    assert found(tmp_path) is None


def test_storage_returns_what_was_saved_last(tmp_path: Path) -> None:
    """To the same life and to the next one."""
    with opened(tmp_path) as record:
        assert record.survives
        record.save(OLD)
        record.save(NEW)
        assert record.load() == NEW
    assert found(tmp_path) == NEW


def test_storage_keeps_members_and_clusters_apart(tmp_path: Path) -> None:
    """What one member saves is not found by another member or in another cluster."""
    with opened(tmp_path) as record:
        record.save(OLD)
        for cluster, member in ((CLUSTER, MemberId("n2@alpha")), (ClusterId("other"), MEMBER)):
            with opened(tmp_path, cluster, member) as other:
                assert other.load() is None


def test_memory_storage_keeps_nothing_for_the_next_life() -> None:
    """It says that a record in memory does not survive."""
    storage = MemoryStorage()
    record = storage.open(CLUSTER, MEMBER)
    record.save(OLD)
    record.close()
    record.close()
    assert not record.survives
    assert storage.open(CLUSTER, MEMBER).load() is None


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_lower_term_is_never_saved(tmp_path: Path, kind: str) -> None:
    """Such a save raises and changes nothing; the same term may be saved again."""
    storage = FileStorage(tmp_path) if kind == "file" else MemoryStorage()
    record = storage.open(CLUSTER, MEMBER)
    record.save(NEW)
    record.save(NEW)
    with pytest.raises(InvariantViolated, match="TermsNeverDecrease: term 7 would replace term 8"):
        record.save(OLD)
    assert record.load() == (NEW if kind == "file" else None)
    record.close()


@pytest.mark.parametrize("looks_first", [True, False])
def test_term_of_a_former_life_is_never_lowered(tmp_path: Path, looks_first: bool) -> None:
    """The term on the disk counts, even if the record is saved without being loaded first."""
    remember(tmp_path, NEW)
    with opened(tmp_path) as record:
        if looks_first:
            record.load()
        with pytest.raises(InvariantViolated):
            record.save(OLD)
    assert found(tmp_path) == NEW


@given(known=terms, saved=terms)
def test_check_of_terms_raises_for_a_lower_term_only(known: Term, saved: Term) -> None:
    """Whatever the two terms are."""
    if saved < known:
        with pytest.raises(InvariantViolated):
            check_term_never_decreases(known, saved)
    else:
        check_term_never_decreases(known, saved)


def test_damaged_record_is_not_overwritten(tmp_path: Path) -> None:
    """A save that was not preceded by a load is refused too, so the file can be examined."""
    remember(tmp_path, OLD)
    path_in(tmp_path).write_bytes(b"torn")
    with opened(tmp_path) as record, pytest.raises(RecordDamaged):
        record.save(NEW)
    assert path_in(tmp_path).read_bytes() == b"torn"


def test_copied_record_is_foreign(tmp_path: Path) -> None:
    """The file of one member under the name of another is refused."""
    remember(tmp_path, OLD)
    other = MemberId("n2@alpha")
    path_in(tmp_path).rename(FileStorage(tmp_path).path(CLUSTER, other))
    with opened(tmp_path, member=other) as record, pytest.raises(RecordForeign):
        record.load()


def test_oversized_record_is_not_written(tmp_path: Path) -> None:
    """It could not be read again; the old record stays."""
    with opened(tmp_path) as record:
        record.save(OLD)
        with pytest.raises(RecordUnwritable, match="the limit is 1048576"):
            record.save(durable(8, voters=120_000))
        assert record.load() == OLD


def test_record_is_private(tmp_path: Path) -> None:
    """The folders that are made and the files in them can be used by their owner only."""
    remember(tmp_path / "state", OLD)
    made = (tmp_path / "state", *(tmp_path / "state").rglob("*"))
    assert {made_path.stat().st_mode & 0o077 for made_path in made} == {0}


@pytest.mark.parametrize(
    "loss", ["removed", "moved", "made anew", "lock removed", "lock made anew"]
)
def test_record_whose_lock_was_removed_is_not_used(tmp_path: Path, loss: str) -> None:
    """Nor one whose folder was removed: the member neither loads nor saves."""
    with opened(tmp_path) as record:
        record.save(OLD)
        path = path_in(tmp_path)
        if loss.startswith("lock"):
            path.with_suffix(".lock").unlink()
        elif loss == "removed":
            shutil.rmtree(path.parent)
        else:
            path.parent.rename(tmp_path / "moved")
        if loss.endswith("made anew"):
            opened_again = FileStorage(tmp_path).open(CLUSTER, MEMBER)
            opened_again.close()
        with pytest.raises(RecordNotHeld):
            record.save(NEW)
        with pytest.raises(RecordNotHeld):
            record.load()


def test_second_open_of_a_record_is_refused(tmp_path: Path) -> None:
    """The error names the process that holds it; after a close the record is free."""
    with opened(tmp_path) as record:
        record.save(OLD)
        with pytest.raises(RecordInUse, match=f"held, by process {os.getpid()}"):
            FileStorage(tmp_path).open(CLUSTER, MEMBER)
        record.save(NEW)
    assert found(tmp_path) == NEW


@pytest.mark.slow
def test_killed_process_releases_its_record(tmp_path: Path) -> None:
    """A living process keeps others from its record."""
    living = child(
        """
        record = FileStorage(sys.argv[1]).open("cleanup", "n1@alpha")
        record.save(durable(7))
        print("ready", flush=True)
        sys.stdin.read()
        """,
        tmp_path,
    )
    with living:
        assert living.stdout is not None
        assert living.stdout.readline() == "ready\n"
        with pytest.raises(RecordInUse, match=f"held, by process {living.pid}"):
            FileStorage(tmp_path).open(CLUSTER, MEMBER)
        living.kill()
    assert found(tmp_path) == OLD


def test_forked_child_does_not_keep_a_closed_record(tmp_path: Path) -> None:
    """Although it shares the open files of its parent."""
    with opened(tmp_path):
        reader, writer = os.pipe()
        forked = os.fork()
        if forked == 0:
            os.close(writer)
            os.read(reader, 1)
            os._exit(0)
    try:
        assert found(tmp_path) is None
    finally:
        os.close(writer)
        os.waitpid(forked, 0)
        os.close(reader)


def test_closed_record_is_not_used(tmp_path: Path) -> None:
    """Loading and saving are refused; a second close does nothing."""
    record = FileStorage(tmp_path).open(CLUSTER, MEMBER)
    record.save(OLD)
    record.close()
    record.close()
    with pytest.raises(RecordNotHeld, match="closed"):
        record.save(NEW)
    with pytest.raises(RecordNotHeld, match="closed"):
        record.load()
    assert found(tmp_path) == OLD


def is_locked(path: Path) -> bool:
    """Whether a process holds the lock on a file."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_close_waits_for_the_save_under_way(tmp_path: Path) -> None:
    """A save whose caller no longer waits has ended before the next life can have the record."""
    record = FileStorage(tmp_path).open(CLUSTER, MEMBER)
    record.save(OLD)
    beside = path_in(tmp_path).with_suffix(".new")
    os.mkfifo(beside)

    def end_the_save(pipe: int) -> list[bool]:
        locked = [is_locked(path_in(tmp_path).with_suffix(".lock")) for _ in range(1000)]
        while os.read(pipe, 65536):
            pass
        return locked

    with ThreadPoolExecutor(2) as pool:
        # More than a pipe holds: the save goes on until the pipe is read to its end.
        saving = pool.submit(record.save, durable(8, voters=10_000))
        pipe = os.open(beside, os.O_RDONLY)
        locked = pool.submit(end_the_save, pipe)
        record.close()
        assert isinstance(saving.exception(), RecordUnwritable), "a pipe cannot be synced"
        assert all(locked.result())
    os.close(pipe)
    assert found(tmp_path) == OLD


@pytest.mark.parametrize("name", ["...", "a/b\0", "N1@Alpha", "é" * 300])
def test_any_name_can_have_a_record(tmp_path: Path, name: str) -> None:
    """Names that no file system accepts as they are work like any other."""
    with opened(tmp_path, ClusterId(name), MemberId(name)) as record:
        record.save(OLD)
        assert record.load() == OLD


@pytest.mark.parametrize("name", ["", "\ud800"])
def test_unusable_name_is_refused(tmp_path: Path, name: str) -> None:
    """An empty name, or one that is no text, raises ValueError with the field and the rule."""
    storage = FileStorage(tmp_path)
    with pytest.raises(ValueError, match=r"cluster = '.*': must"):
        storage.open(ClusterId(name), MEMBER)
    with pytest.raises(ValueError, match=r"member = '.*': must"):
        storage.open(CLUSTER, MemberId(name))


@pytest.mark.parametrize("directory", ["", "a\0b"])
def test_unusable_directory_is_refused(directory: str) -> None:
    """An empty path, for example from a variable that was not set, raises ValueError at once."""
    with pytest.raises(ValueError, match=r"directory = '.*': must be the path of a folder"):
        FileStorage(directory)


def test_relative_directory_is_made_absolute_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later change of the working directory does not move the records."""
    monkeypatch.chdir(tmp_path)
    storage = FileStorage("state")
    monkeypatch.chdir("/")
    assert storage.path(CLUSTER, MEMBER) == tmp_path / "state" / "cleanup" / "n1@alpha.record"


def test_folder_that_must_exist_is_not_created(tmp_path: Path) -> None:
    """If its disk is not mounted, the member must not start without its record; folders below are created."""
    folder = tmp_path / "mount" / "records"
    storage = FileStorage(folder, must_exist=True)
    with pytest.raises(FolderMissing, match="which must exist"):
        storage.open(CLUSTER, MEMBER)
    assert list(tmp_path.iterdir()) == []
    folder.mkdir(parents=True)
    storage.open(CLUSTER, MEMBER).close()
    assert repr(storage) == f"FileStorage({str(folder)!r}, must_exist=True)"
    assert repr(FileStorage(folder)) == f"FileStorage({str(folder)!r})"


def test_file_in_the_place_of_a_folder_that_must_exist_is_refused(tmp_path: Path) -> None:
    """A record cannot be in a file."""
    (tmp_path / "records").write_text("no folder")
    with pytest.raises(FolderMissing):
        FileStorage(tmp_path / "records", must_exist=True).open(CLUSTER, MEMBER)


def test_must_exist_is_true_or_false(tmp_path: Path) -> None:
    """A string "no" would count as true."""
    with pytest.raises(TypeError, match="must_exist = 'no': must be True or False"):
        FileStorage(tmp_path, must_exist="no")  # type: ignore[arg-type]


def test_record_that_has_vanished_between_two_lives_is_an_error_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It names the file. Each start until the next save says so, and no start after that."""
    remember(tmp_path, OLD)
    assert found(tmp_path) == OLD
    path_in(tmp_path).unlink()
    for _ in range(2):
        assert found(tmp_path) is None
    assert len(caplog.records) == 2
    assert f"the record {path_in(tmp_path)} has vanished" in caplog.records[0].getMessage()
    assert vars(caplog.records[0])["member"] == MEMBER
    remember(tmp_path, NEW)
    assert found(tmp_path) == NEW
    assert len(caplog.records) == 3


def test_record_that_never_was_has_not_vanished(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An observer keeps none, however often it starts; nor does a life that ended before its first vote."""
    for _ in range(3):
        assert found(tmp_path) is None
    assert caplog.records == []


WITHOUT_LOCKS = """
import sys
sys.modules["fcntl"] = None
import leader
leader.Options(cluster_id="shop")
try:
    leader.FileStorage("/records")
except leader.StorageError as error:
    print(error)
"""


def test_platform_without_file_locks_imports_the_library() -> None:
    """Only a record in a file is refused there, in words, and nothing is created."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_LOCKS], capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    assert done.stdout == (
        "/records: this platform has no fcntl, which locks files. "
        "Use a POSIX platform, or keep the record in memory: storage=None.\n"
    )
