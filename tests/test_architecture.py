"""The shape of the repository: who may import whom, how long things are, what is never written.

A line of code is one that is neither empty nor comment nor part of a docstring. Rules about files
and functions bind the tests too; those about the library are about ``leader`` and ``runtime``.
"""

import ast
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
LIBRARY = ("leader", "runtime")
PACKAGES = (*LIBRARY, "examples", "spec", "tests", "stateful_tests")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LIBRARY_FILES = [path for path in FILES if path.relative_to(ROOT).parts[0] in LIBRARY]
CORE_FILES = sorted((ROOT / "leader" / "protocol").glob("*.py"))

FILE_LIMIT = 399
LIBRARY_FILE_LIMIT = 300
FUNCTION_LIMIT = 40
CORE_LIMIT = 1_700
"""Of which some 300 are the named guards, the reasons of a refusal and the table of actions, and 150 say
who is heard and how often observers are told."""
FLOOR_LIMIT = 8

FOLDERS = sorted({path.parent for path in LIBRARY_FILES})
"""The folders of the library; each is a room, and its ``__init__`` is the door."""

PROSE = {".py", ".md", ".toml", ".tla", ".cfg", ".yml", ".html", ".txt", ""}
"""The endings of what people read."""

EVERYWHERE = "bin|dev|etc|lib|opt|proc|run|sbin|state|sys|tmp|usr|var"
"""Where an absolute path may lead: the folders of every machine, and that of our examples."""

UNSPEAKABLE = {
    "unfinished work": r"\b(TODO|FIXME|XXX|HACK|WIP)\b",
    "one machine's folders": rf"(?<![\w.:/<>{{}}*\\)\]~$-])/(?!({EVERYWHERE})/)[A-Za-z]\w*/\w",
    "an issue by its number": r"(?i)\b(issue|pull request|ticket) #?\d+\b",
    "who typed it": r"(?i)\b(co-authored-by|as an ai)\b",
}


@cache
def tree_of(path: Path) -> ast.Module:
    """A file, parsed."""
    return ast.parse(path.read_text())


def name_of(path: Path) -> str:
    """A file as a reader knows it."""
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method in a file."""
    nodes = ast.walk(tree_of(path))
    return (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of_code(path: Path) -> set[int]:
    """The numbers of the lines that hold code."""
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    with tokenize.open(path) as file:
        tokens = [
            token
            for token in tokenize.generate_tokens(file.readline)
            if token.type not in silent | {tokenize.ENDMARKER}
        ]
    said = {
        number
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for number in range(node.lineno, (node.end_lineno or 0) + 1)
    }
    lines = (range(token.start[0], token.end[0] + 1) for token in tokens)
    return set(chain.from_iterable(lines)) - said


def imports_of(path: Path) -> set[str]:
    """What a file imports, wherever in it: modules, and names in modules, in full."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def imports_of_all(paths: list[Path]) -> set[str]:
    """The same of several files."""
    return set(chain.from_iterable(imports_of(path) for path in paths))


def roots(names: set[str]) -> set[str]:
    """The packages that these names are in."""
    return {name.partition(".")[0] for name in names}


def module_name(path: Path) -> str:
    """What a file is imported as."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def module_of(name: str, modules: set[str]) -> str:
    """Which of these modules a name is, or is in; empty if none."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


@cache
def texts() -> dict[str, str]:
    """All that people read in this repository, by file, but for the list above."""
    hidden = ("build", "dist", "states", "__pycache__")
    found = {}
    for path in sorted(ROOT.rglob("*")):
        folders = path.relative_to(ROOT).parts[:-1]
        shown = not any(folder.startswith(".") or folder in hidden for folder in folders)
        shown = shown and path.name != ".git"  # In a worktree of git it is a file of git's.
        if shown and path.is_file() and path.suffix in PROSE and path != Path(__file__):
            found[name_of(path)] = path.read_text()
    return found


def test_imports_point_one_way() -> None:
    """The contracts of pyproject.toml hold: the runtime knows no elections, the core no world."""
    run = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    checked = subprocess.run(
        [sys.executable, "-c", run, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert " 0 broken" in checked.stdout


def test_the_core_imports_the_pure_part_of_the_standard_library_only() -> None:
    """So the core cannot read a clock, draw a random number, or send anything."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [forbidden] = [
        set(contract["forbidden_modules"])
        for contract in settings["contracts"]
        if contract.get("source_modules") == ["leader.protocol"]
    ]
    assert {"asyncio", "time", "random", "socket", "threading", "logging"} <= forbidden
    imported = imports_of_all(CORE_FILES)
    outside = {name for name in imported if not name.startswith("leader.protocol.")}
    assert roots(outside) <= sys.stdlib_module_names - forbidden


def test_the_core_is_small() -> None:
    """In lines of code, all of it together."""
    assert sum(len(lines_of_code(path)) for path in CORE_FILES) < CORE_LIMIT


def test_a_line_of_code_counts_and_words_do_not(tmp_path: Path) -> None:
    """Neither docstrings nor comments nor empty lines; a string that is used is code."""
    source = tmp_path / "source.py"
    source.write_text(
        '"""Two\nlines."""\n\n# No.\nX = (\n    1,  # one\n)\n"""X."""\nY = """\n"""\n'
    )
    assert lines_of_code(source) == {5, 6, 7, 9, 10}


def test_files_are_short() -> None:
    """Comments and docstrings included, and those of the library are shorter than the others."""
    lengths = {path: len(path.read_text().splitlines()) for path in FILES}
    limits = {path: LIBRARY_FILE_LIMIT if path in LIBRARY_FILES else FILE_LIMIT for path in FILES}
    assert {name_of(path): lengths[path] for path in FILES if lengths[path] > limits[path]} == {}


def test_functions_are_short() -> None:
    """From ``def`` to the last line."""
    lengths = {
        f"{name_of(path)}: {each.name}": (each.end_lineno or 0) - each.lineno + 1
        for path in FILES
        for each in functions(path)
    }
    assert {name: length for name, length in lengths.items() if length > FUNCTION_LIMIT} == {}


def test_every_file_says_what_it_is() -> None:
    """It opens with a docstring, unless there is nothing in it."""
    silent = [path for path in FILES if path.read_text() and not ast.get_docstring(tree_of(path))]
    assert silent == []


def test_every_test_says_what_it_states() -> None:
    """A name alone is too little."""
    tests = [each for path in FILES for each in functions(path) if each.name.startswith("test_")]
    assert [each.name for each in tests if ast.get_docstring(each) is None] == []


def imported_modules(files: list[Path]) -> dict[str, set[str]]:
    """Which of the modules in these files each of them imports."""
    modules = {module_name(path): path for path in files}
    return {
        name: {module_of(each, set(modules)) for each in imports_of(path)} - {"", name}
        for name, path in modules.items()
    }


def longest_chain(imported: dict[str, set[str]], module: str) -> list[str]:
    """The longest chain of imports that begins with a module."""
    below = [longest_chain(imported, each) for each in imported[module]]
    return [module, *max(below, key=len, default=[])]


def names_in_door(folder: Path) -> set[str]:
    """What the ``__all__`` of a folder names: names that it imports, or modules in it."""
    [named] = [
        node.value
        for node in tree_of(folder / "__init__.py").body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ] or [ast.List([])]
    return set(ast.literal_eval(named))


def rooms_entered(path: Path, imported: str) -> Iterator[tuple[Path, str]]:
    """The rooms that a file reaches into from outside for a name, and what it takes from each."""
    parts = imported.split(".")
    for depth in range(2, len(parts)):
        room = ROOT.joinpath(*parts[:depth])
        is_front_door = path.name == "__init__.py" and path.parent in room.parents
        if room in FOLDERS and room not in path.parents and not is_front_door:
            yield room, parts[depth]


def test_nothing_imports_in_a_circle() -> None:
    """No module imports another that imports it, not even where Python would allow it."""
    needs = imported_modules(LIBRARY_FILES)
    while free := {name for name, needed in needs.items() if not needed}:
        needs = {name: needed - free for name, needed in needs.items() if name not in free}
    assert needs == {}


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_no_folder_is_deep(folder: Path) -> None:
    """The longest chain of imports between the modules of one folder has at most eight of them."""
    files = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    imported = imported_modules(files)
    longest = max((longest_chain(imported, module) for module in imported), key=len, default=[])
    assert len(longest) <= FLOOR_LIMIT, " -> ".join(longest)


def test_a_folder_is_entered_by_its_door() -> None:
    """From outside, only what ``__all__`` names is imported; a package may gather its own parts."""
    found = {
        f"{name_of(path)}: {imported}"
        for path in LIBRARY_FILES
        for imported in imports_of(path)
        for room, name in rooms_entered(path, imported)
        if name not in names_in_door(room)
    }
    assert found == set()


def test_no_class_name_is_used_twice() -> None:
    """In all of the library, with or without an underscore: one name has one meaning."""
    names = [
        node.name.strip("_")
        for path in LIBRARY_FILES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef)
    ]
    assert {name for name in names if names.count(name) > 1} == set()


def test_the_library_unpickles_nothing() -> None:
    """No bytes that another process has sent can name a class to make."""
    imported = roots(imports_of_all(LIBRARY_FILES))
    assert not imported & {"pickle", "marshal", "shelve", "dill", "cloudpickle"}


def test_the_library_ends_no_process() -> None:
    """That is for its command line alone."""
    files = [path for path in LIBRARY_FILES if path.parent.name != "cli"]
    nodes = [node for path in files for node in ast.walk(tree_of(path))]
    said = {ast.unparse(node) for node in nodes if isinstance(node, ast.Name | ast.Attribute)}
    assert not said & {"sys.exit", "os._exit", "os.abort", "exit", "quit", "SystemExit"}


@pytest.mark.parametrize("what", UNSPEAKABLE)
def test_the_text_does_not_speak_of(what: str) -> None:
    """A reader has this repository, and nothing but it."""
    found = [
        f"{name}: {match.group()}"
        for name, text in texts().items()
        for match in re.finditer(UNSPEAKABLE[what], text)
    ]
    assert found == []
