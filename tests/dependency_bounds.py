"""The library's own tests with the lowest or the newest versions of what the library needs.

``python -m tests.dependency_bounds lowest`` makes a virtual environment in a temporary folder,
installs the lowest version that each bound in ``pyproject.toml`` allows, and runs the test files of
all modules of ``leader`` and ``runtime`` there; ``newest`` takes what the package index has today.
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

from tests.mirror import ROOT, modules, own_tests

USAGE = "usage: python -m tests.dependency_bounds lowest|newest"

TEST_TOOLS = {"pytest", "pytest-timeout", "pytest-xdist", "hypothesis", "trustme"}
"""What the tests themselves need, at the versions that are pinned for development."""

CONTEMPORARY = ("click<8.5",)
"""Later versions of click warn about a name that the lowest version of typer imports, and a
warning is an error in our tests. Users are not shown that warning."""


def requirements(project: dict[str, object], versions: str) -> list[str]:
    """What pip is asked for: the library's dependencies, then the tools of the tests."""
    match project:
        case {"dependencies": list(needed), "optional-dependencies": {"cli": cli, "dev": dev}}:
            bounds = [*needed, *cli]
        case _:
            raise ValueError("pyproject.toml has no dependencies, or no extras cli and dev")
    tools = [pin for pin in dev if name_of(pin) in TEST_TOOLS]
    if versions == "lowest":
        return [*(bound.replace(">=", "==") for bound in bounds), *CONTEMPORARY, *tools]
    return [*map(name_of, bounds), *tools]


def name_of(requirement: str) -> str:
    """The name of a package in a requirement."""
    return re.split(r"[<>=!~\[ ]", requirement, maxsplit=1)[0]


def test_files() -> list[str]:
    """The test files that belong to a module of the library."""
    return sorted({str(path) for module in modules() for path in own_tests(module)})


def check(versions: str) -> int:
    """Installs and runs; returns pytest's exit status."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        pip = (python, "-m", "pip", "--quiet", "--disable-pip-version-check")
        wanted = requirements(project, versions)
        subprocess.run([*pip, "install", "--editable", ".[cli]", *wanted], cwd=ROOT, check=True)
        subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "list"], check=True)
        pytest = (python, "-m", "pytest", "-n", "auto", "--dist", "loadfile")
        environment = {**os.environ, "CI": "true"}
        return subprocess.run(
            [*pytest, *test_files()], cwd=ROOT, env=environment, check=False
        ).returncode


if __name__ == "__main__":
    if sys.argv[1:] not in (["lowest"], ["newest"]):
        sys.exit(USAGE)
    sys.exit(check(sys.argv[1]))
