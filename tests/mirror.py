"""Which test files belong to which module: the tests mirror the packages, one file a module.

``leader/election/engine.py`` is tested by ``tests/election/test_engine.py`` and by files that add a
word to that name, as ``test_engine_start.py`` does; ``runtime/node.py`` by ``tests/runtime/test_node.py``.
This file only finds them; ``coverage_by_module`` measures what they reach.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = {"leader": "tests", "runtime": "tests/runtime"}
"""Each package that is shipped, and the folder that mirrors it."""


def modules(root: Path = ROOT) -> list[Path]:
    """Every module of the shipped packages, relative to the root."""
    files = (path for package in PACKAGES for path in (root / package).rglob("*.py"))
    return sorted(path.relative_to(root) for path in files)


def has_functions(module: Path) -> bool:
    """Whether there is anything in a file that runs only when something calls it."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return any(isinstance(node, kinds) for node in ast.walk(ast.parse(module.read_text())))


def own_tests(module: Path, root: Path = ROOT) -> list[Path]:
    """The test files of a module, both relative to the root; empty if it has none.

    Of two modules whose names a test file begins with, the one with the longer name has it:
    ``test_peers_lost.py`` is of ``peers.py``, though ``peer.py`` exists.
    """
    package, *folders = module.parent.parts
    folder = root.joinpath(PACKAGES[package], *folders)
    names = {path.stem.strip("_") for path in (root / module).parent.glob("*.py")}
    found = [path for path in folder.glob("test_*.py") if _owner(path, names) == _name(module)]
    return sorted(path.relative_to(root) for path in found)


def _name(module: Path) -> str:
    return module.stem.strip("_")


def _owner(test_file: Path, names: set[str]) -> str | None:
    """The longest of these names that the name of a test file begins with."""
    tested = test_file.stem.removeprefix("test_")
    fitting = [name for name in names if tested == name or tested.startswith(f"{name}_")]
    return max(fitting, key=len, default=None)
