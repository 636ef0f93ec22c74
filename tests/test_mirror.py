"""The tests mirror the packages: which test file is of which module."""

from pathlib import Path

import pytest

from tests.mirror import has_functions, modules, own_tests

LAYOUT = (
    "leader/__init__.py",
    "leader/room/peer.py",
    "leader/room/peers.py",
    "leader/room/__main__.py",
    "runtime/room/peer.py",
    "tests/room/test_peer.py",
    "tests/room/test_peer_pauses.py",
    "tests/room/test_peers.py",
    "tests/room/test_peers_lost.py",
    "tests/room/test_main.py",
    "tests/room/test_peerless.py",
    "tests/runtime/room/test_peer.py",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small repository of empty files."""
    for name in LAYOUT:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return tmp_path


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("leader/room/peer.py", ["tests/room/test_peer.py", "tests/room/test_peer_pauses.py"]),
        ("leader/room/peers.py", ["tests/room/test_peers.py", "tests/room/test_peers_lost.py"]),
        ("leader/room/__main__.py", ["tests/room/test_main.py"]),
        ("runtime/room/peer.py", ["tests/runtime/room/test_peer.py"]),
        ("leader/__init__.py", []),
    ],
)
def test_own_tests_are_those_that_bear_the_name(
    module: str, expected: list[str], root: Path
) -> None:
    """In the folder that mirrors the module's; the longer of two names takes a file."""
    assert own_tests(Path(module), root) == [Path(each) for each in expected]


def test_modules_are_those_of_the_shipped_packages(root: Path) -> None:
    """The tests themselves are none."""
    assert modules(root) == sorted(Path(name) for name in LAYOUT if not name.startswith("tests"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"""Only words."""\nfrom os import path\n', False),
        ("class Empty:\n    size: int\n", False),
        ("def one(): return 1\n", True),
        ("class Full:\n    async def one(self): ...\n", True),
        ("double = lambda x: 2 * x\n", True),
    ],
)
def test_has_functions_finds_what_runs_when_called(
    text: str, expected: bool, tmp_path: Path
) -> None:
    """A module that only declares has nothing that a test could leave out."""
    file = tmp_path / "module.py"
    file.write_text(text)
    assert has_functions(file) is expected
