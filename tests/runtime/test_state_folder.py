"""What a node keeps: found again by its next start, never half written, never shared or guessed."""

import os
import resource
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.network import SALT_LENGTH
from runtime.state_folder import StateFolder, StateFolderError, StateFolderInUse

SALT = bytes(range(SALT_LENGTH))


def kept(directory: Path, node: str = "n1") -> tuple[int, bytes | None]:
    """What the next start of a node finds."""
    folder = StateFolder.open(directory, node)
    try:
        return folder.creation, folder.salt
    finally:
        folder.close()


def keep(directory: Path, creation: int, node: str = "n1") -> Path:
    """A whole life of a node, in which it keeps this creation; returns its file."""
    folder = StateFolder.open(directory, node)
    folder.save(creation, SALT)
    folder.close()
    [path] = [each for each in directory.iterdir() if f"={node}.creation" in each.name]
    return path


def sealed(payload: bytes) -> bytes:
    """A file with the right checksum."""
    return b"runtime-node sha256 %s\n%s" % (sha256(payload).hexdigest().encode(), payload)


def line(**changes: object) -> bytes:
    """The line of a file, changed."""
    fields = {"version": 1, "node": "n1", "creation": 7, "salt": SALT.hex()}
    return msgspec.json.encode(fields | changes) + b"\n"


def test_folder_returns_what_was_saved_last(tmp_path: Path) -> None:
    """Nothing before the first start, and afterwards the last creation and the salt."""
    directory = tmp_path / "made" / "by the node"
    assert kept(directory) == (0, None)
    keep(directory, 5)
    keep(directory, 6)
    assert kept(directory) == (6, SALT)


def test_folder_keeps_nodes_apart(tmp_path: Path) -> None:
    """Also nodes whose names are no file names; each has a file in the folder itself."""
    names = ["n1", "n1.lock", "N1", "../n1", "é"]
    for number, name in enumerate(names, 1):
        folder = StateFolder.open(tmp_path, name)
        folder.save(number, SALT)
        folder.close()
    assert [kept(tmp_path, name)[0] for name in names] == [1, 2, 3, 4, 5]
    assert all(path.is_file() for path in tmp_path.iterdir())


def test_folder_has_one_holder(tmp_path: Path) -> None:
    """Also within one process; the error names the process that holds it."""
    first = StateFolder.open(tmp_path, "n1")
    with pytest.raises(StateFolderInUse, match=f"by process {os.getpid()}.*Two processes must not"):
        StateFolder.open(tmp_path, "n1")
    StateFolder.open(tmp_path, "n2").close()
    first.close()
    first.close()
    assert kept(tmp_path) == (0, None)


@pytest.mark.parametrize("damage", ["empty", "cut", "changed", "longer"])
def test_damaged_file_is_an_error_and_stays(tmp_path: Path, damage: str) -> None:
    """Nothing is written over it, and nothing stays locked."""
    path = keep(tmp_path, 5)
    whole = path.read_bytes()
    path.write_bytes(
        {
            "empty": b"",
            "cut": whole[:-3],
            "changed": whole.replace(b":5", b":4"),
            "longer": whole + bytes(5000),
        }[damage]
    )
    damaged = path.read_bytes()
    for _ in range(2):
        with pytest.raises(StateFolderError, match=r"do not match their checksum\. Do not repair"):
            StateFolder.open(tmp_path, "n1")
    assert path.read_bytes() == damaged


@pytest.mark.parametrize(
    "payload",
    [
        b'"\xff"\n',
        b"[" * 3000 + b"\n",
        b"{}\n",
        line(version=2),
        line(creation=-1),
        line(creation=2**63),
        line(creation="7"),
        line(salt="00"),
        line(salt="zz" * SALT_LENGTH),
        line(node="n2"),
        line(more=1),
    ],
    ids=lambda payload: ascii(payload[:20]),
)
def test_file_with_a_correct_checksum_can_be_wrong(tmp_path: Path, payload: bytes) -> None:
    """Whoever wrote it: it is refused with an error that names the file."""
    path = keep(tmp_path, 5)
    path.write_bytes(sealed(payload))
    with pytest.raises(StateFolderError) as caught:
        StateFolder.open(tmp_path, "n1")
    assert caught.value.path == path
    assert str(caught.value).startswith(f"{path}: ")


@given(noise=st.binary(max_size=200))
def test_any_bytes_are_an_error(noise: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No content makes `open` raise anything else."""
    directory = tmp_path_factory.mktemp("state")
    (directory / "node=n1.creation").write_bytes(noise)
    with pytest.raises(StateFolderError):
        StateFolder.open(directory, "n1")


def test_disk_that_is_full_leaves_the_old_content(tmp_path: Path) -> None:
    """The error says what helps; with room again the next save succeeds."""
    script = (
        "import resource, signal, sys; from runtime.state_folder import StateFolder, StateFolderError\n"
        "folder = StateFolder.open(sys.argv[1], 'n1'); folder.save(5, bytes(16))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))\n"
        "try: folder.save(6, bytes(16))\n"
        "except StateFolderError as error: print(folder.creation, error)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard)); folder.save(7, bytes(16))"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout.startswith("5 ")
    assert "has room left" in ran.stdout
    assert kept(tmp_path) == (7, bytes(16))


def test_folder_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    """A file in its place, a file that is a folder, an empty path."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StateFolderError, match="Make sure that the folder exists"):
        StateFolder.open(tmp_path / "file", "n1")
    (tmp_path / "node=n1.creation").mkdir()
    with pytest.raises(StateFolderError, match="Make sure that the folder exists"):
        StateFolder.open(tmp_path, "n1")
    for wrong in (7, b"folder"):
        with pytest.raises(TypeError, match="state_dir must be a str or a path of str, not"):
            StateFolder.open(wrong, "n1")  # type: ignore[arg-type]
    for unusable in ("", "a\0b"):
        with pytest.raises(ValueError, match=r"state_dir = '.*': must be the path of a folder"):
            StateFolder.open(unusable, "n1")


def test_refuse_names_the_file(tmp_path: Path) -> None:
    """For an intact content that cannot be used."""
    folder = StateFolder.open(tmp_path, "n1")
    assert str(folder.refuse("it is from the future")).startswith(
        f"{tmp_path}/node=n1.creation: it is"
    )
    folder.close()
