"""What is published: the source distribution holds the repository, the wheel only the library."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WRITTEN_BY_THE_BUILD = {"PKG-INFO"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both distributions, made from the working tree."""
    folder = tmp_path_factory.mktemp("built")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder


def in_the_repository() -> set[str]:
    """Every file that git has or would add; what is deleted but not yet committed is left out."""
    listing = ("git", "ls-files", "--cached", "--others", "--exclude-standard")
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return {name for name in done.stdout.splitlines() if (ROOT / name).is_file()}


def in_the_library() -> set[str]:
    """Every file of the packages that are shipped."""
    files = (path for package in ("leader", "runtime") for path in (ROOT / package).rglob("*"))
    return {
        str(path.relative_to(ROOT))
        for path in files
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="there is no repository to compare with")
def test_the_sdist_holds_every_file_of_the_repository(built: Path) -> None:
    """So everything that CI runs can be run from it."""
    [path] = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers()}
    assert names - WRITTEN_BY_THE_BUILD == in_the_repository()


def test_the_wheel_holds_the_library_and_nothing_else(built: Path) -> None:
    """Both packages with their marker for type checkers, and no tests, models or examples."""
    [path] = built.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == in_the_library()
    assert {"leader/py.typed", "runtime/py.typed"} <= names


def test_every_development_dependency_is_pinned() -> None:
    """A check that passes today passes tomorrow; the library itself has bounds instead of pins."""
    extras = PROJECT["optional-dependencies"]
    tools = [each for each in extras["dev"] + extras["deep"] if each != "leader-actor[cli]"]
    assert [each for each in tools if not re.fullmatch(r"[\w-]+==[\d.]+", each)] == []


def test_every_dependency_has_a_lowest_version() -> None:
    """It is what ``python -m tests.dependency_bounds lowest`` installs."""
    needed = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["cli"]
    assert [each for each in needed if not re.fullmatch(r"\w+>=[\d.]+", each)] == []
