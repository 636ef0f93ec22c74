"""Durable files: the whole old content or the whole new one, one holder of a lock, plain names."""

import os
import stat
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runtime.durable_file import (
    FILE_NAME_LIMIT,
    LockHeld,
    file_name,
    lock_path,
    make_folders,
    read_file,
    release_lock,
    replace_file,
    take_lock,
)

names = st.text(min_size=1) | st.text("aA./%~@\0é-", min_size=1) | st.text("a.B", min_size=110)


def test_replaced_file_has_the_new_content_and_is_private(tmp_path: Path) -> None:
    """Nothing else is left in the folder, and no other user may read it."""
    path = tmp_path / "kept.file"
    for content in (b"old and long", b"new"):
        replace_file(path, content)
        assert read_file(path, 100) == content
    assert list(tmp_path.iterdir()) == [path]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_file(path, 2) == b"ne"


def test_read_tells_a_missing_file_from_a_link_to_one(tmp_path: Path) -> None:
    """A link to nowhere is an error of another kind: it must not count as a first start."""
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "none", 1)
    (tmp_path / "link").symlink_to(tmp_path / "none")
    with pytest.raises(OSError, match="symbolic links") as caught:
        read_file(tmp_path / "link", 1)
    assert not isinstance(caught.value, FileNotFoundError)


def test_file_that_cannot_be_replaced_keeps_its_content(tmp_path: Path) -> None:
    """A folder stands where the next content would be written."""
    path = tmp_path / "kept.file"
    replace_file(path, b"old")
    path.with_suffix(".new").mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_file(path, b"new")
    assert read_file(path, 100) == b"old"


def test_folders_are_made_as_far_as_they_are_missing(tmp_path: Path) -> None:
    """They are private; to make them again changes nothing; a file in the way is an error."""
    folder = tmp_path / "a" / "b"
    make_folders(folder)
    make_folders(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (folder / "c").write_text("")
    with pytest.raises(OSError, match=r"exists|[Nn]ot a directory"):
        make_folders(folder / "c" / "d")


def test_lock_has_one_holder_and_names_it(tmp_path: Path) -> None:
    """The second one is told which process holds it; after the end of the first it gets it."""
    path = tmp_path / "kept.file"
    first = take_lock(path)
    with pytest.raises(LockHeld, match=f"by process {os.getpid()}"):
        take_lock(path)
    release_lock(first)
    release_lock(first)
    release_lock(take_lock(path))
    assert lock_path(path).exists()


def test_lock_ends_with_its_process(tmp_path: Path) -> None:
    """Also if the process is killed, so no lock has to be removed by hand."""
    path = tmp_path / "kept.file"
    script = (
        "import sys; from pathlib import Path; from runtime.durable_file import take_lock\n"
        "lock = take_lock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(LockHeld, match=f"by process {other.pid}"):
            take_lock(path)
        other.kill()
        other.wait(30)
    release_lock(take_lock(path))


@given(one=names, other=names)
def test_two_names_never_share_a_file(one: str, other: str) -> None:
    """Also on file systems that do not distinguish capital letters."""
    first, second = file_name("member", one), file_name("member", other)
    assert (one == other) == (first.casefold() == second.casefold())


@given(name=names)
@example(name="n" * (FILE_NAME_LIMIT + 1))
def test_name_that_is_the_file_name_of_another_gets_another_file(name: str) -> None:
    """So a name that had to be changed never collides with a member that has the changed name."""
    made = file_name("member", name)
    assert (file_name("member", made) == made) == (made == name)


@given(name=names)
def test_file_name_never_leaves_its_folder(name: str) -> None:
    """It is always short and plain, not hidden, and no path to another folder."""
    made = file_name("member", name)
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_@.%~")
    assert 0 < len(made) <= FILE_NAME_LIMIT
    assert not made.startswith(".")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("n1@alpha", "n1@alpha"),
        ("n1.example", "n1.example"),
        ("../A b", "%2e.%2f%41%20b"),
        (".é", "%2e%c3%a9"),
        ("n" * FILE_NAME_LIMIT, "n" * FILE_NAME_LIMIT),
        ("n" * 121, f"{'n' * 55}~{sha256(b'n' * 121).hexdigest()}"),
    ],
)
def test_name_can_be_recognized_in_its_file_name(name: str, expected: str) -> None:
    """Ordinary names stay, other characters become their bytes, long ones end in their SHA-256."""
    assert file_name("member", name) == expected


@pytest.mark.parametrize("name", ["", "\ud800"])
def test_unusable_name_is_refused(name: str) -> None:
    """An empty name, or one that is no text, raises ValueError with the field and the rule."""
    with pytest.raises(ValueError, match=r"member = '.*': must"):
        file_name("member", name)
