"""The pages for readers: every block of Python runs; links, files and commands that are named exist.

The blocks of a page are run one after the other in one process, as a reader would try them, and
``await`` is allowed outside of functions. A block after ``<!-- not run -->`` is only compiled.
"""

import ast
import json
import re
import socket
import subprocess
import sys
import textwrap
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "spec/**/*.md", "stateful_tests/*.md")
    for page in ROOT.glob(pattern)
)
PATIENCE_SECONDS = 60
OUT_OF_REACH = "WARNING:runtime:node unreachable: "

FENCE = re.compile(
    r"^(?P<indent>[ ]*)```python[^\n]*\n(?P<code>.*?)^(?P=indent)```[ ]*$", re.MULTILINE | re.DOTALL
)
NOT_RUN = re.compile(r"<!-- not run -->\s*\Z")
LINK = re.compile(r"!?\[[^\]]*\]\(<?(?P<target>[^)\s>]+)>?[^)]*\)")
TOP_FOLDERS = "benchmarks|docs|examples|leader|runtime|spec|stateful_tests|tests"
FILE = re.compile(rf"`(?P<path>(?:{TOP_FOLDERS})/[\w./*-]*)`")
PORT = re.compile(r"(?<=127\.0\.0\.1:)[1-9][0-9]*")
MAKE = re.compile(r"(?:^ {4}|`|\$ )make (?P<target>[a-z][a-z-]*)", re.MULTILINE)
MODULE = re.compile(r"python -m (?P<module>[a-z_][\w.]*\w)")
HEADING = re.compile(r"^#+ +(?P<text>.+?) *#*$", re.MULTILINE)
ANY_FENCE = re.compile(r"^[ ]*```.*?^[ ]*```[ ]*$", re.MULTILINE | re.DOTALL)

RUNNER = """
import ast, asyncio, inspect, json, sys
with asyncio.Runner() as runner:
    for name, source in json.load(sys.stdin):
        code = compile(source, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        begun = eval(code)
        if inspect.iscoroutine(begun):
            runner.run(begun)
"""
"""Runs blocks in its own namespace, so the module of their classes is the one that they name."""


@dataclass(frozen=True)
class Block:
    """Python as a page shows it, and the line at which it begins."""

    page: Path
    line: int
    code: str
    is_run: bool

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def source(self) -> str:
        """The code with its lines numbered as they are on the page."""
        return "\n" * (self.line - 1) + self.code


def blocks_of(page: Path, text: str) -> list[Block]:
    """The blocks of Python on a page."""
    return [
        Block(
            page=page,
            line=text.count("\n", 0, match.start("code")) + 1,
            code=textwrap.dedent(match["code"]),
            is_run=NOT_RUN.search(text[: match.start()]) is None,
        )
        for match in FENCE.finditer(text)
    ]


def with_free_ports(code: str) -> str:
    """The code with a free port instead of each one that it names on this machine.

    A reader's ports may be taken here, and then a page would fail for no reason of its own.
    """
    ports = sorted(set(PORT.findall(code)))
    with ExitStack() as held:
        listeners = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in ports]
        free = [str(listener.getsockname()[1]) for listener in listeners]
    chosen = dict(zip(ports, free, strict=True))
    return PORT.sub(lambda match: chosen[match.group()], code)


def run(blocks: list[Block], folder: Path) -> subprocess.CompletedProcess[str]:
    """Another interpreter that runs blocks, in an empty folder."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", RUNNER],
        input=with_free_ports(
            json.dumps([(str(block), block.source) for block in blocks if block.is_run])
        ),
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    headings = [match["text"].lower() for match in HEADING.finditer(prose_of(page))]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


def prose_of(page: Path) -> str:
    """A page without its fenced blocks, in which brackets are code."""
    return ANY_FENCE.sub("", page.read_text())


def leads_nowhere(page: Path, target: str) -> bool:
    """Whether a link on a page names a file or heading that is not there, or leaves the repository."""
    path, _, anchor = target.partition("#")
    there = (page.parent / path).resolve() if path else page
    if not there.exists() or not there.is_relative_to(ROOT):
        return True
    return bool(anchor) and there.suffix == ".md" and anchor not in anchors_of(there)


def missing_files(prose: str) -> list[str]:
    """The paths that a text names and that do not exist."""
    named = {match["path"] for match in FILE.finditer(prose)}
    return sorted(path for path in named if not any(ROOT.glob(path.rstrip("/"))))


def missing_commands(text: str) -> list[str]:
    """The targets of make and the modules to run that a text names and that do not exist."""
    makefile = (ROOT / "Makefile").read_text()
    targets = {match["target"] for match in MAKE.finditer(text)}
    modules = {match["module"] for match in MODULE.finditer(text)}
    return sorted(
        {f"make {each}" for each in targets if f"\n{each}:" not in makefile}
        | {f"python -m {each}" for each in modules if not can_be_run(each)}
    )


def can_be_run(module: str) -> bool:
    """Whether ``python -m`` finds a module, and in a package what to run."""
    try:
        found = find_spec(module)
        return found is not None and bool(
            found.submodule_search_locations is None or find_spec(f"{module}.__main__")
        )
    except ModuleNotFoundError:
        return False


def name_of(page: Path) -> str:
    """The path of a page in the repository."""
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_compiles(page: Path) -> None:
    """Blocks that are not run, too."""
    for block in blocks_of(page, page.read_text()):
        compile(block.source, str(block), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_runs(page: Path, tmp_path: Path) -> None:
    """In the order of the page and without a warning.

    One warning is allowed because it is true: if several nodes stop, the others can no longer reach
    the first one.
    """
    blocks = blocks_of(page, page.read_text())
    if any(block.is_run for block in blocks):
        done = run(blocks, tmp_path)
        complaints = [line for line in done.stderr.splitlines() if OUT_OF_REACH not in line]
        assert (done.returncode, complaints) == (0, [])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    """To a file of this repository, and to a heading in it where one is named."""
    targets = [match["target"] for match in LINK.finditer(prose_of(page))]
    relative = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in relative if leads_nowhere(page, target)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_that_is_named_exists(page: Path) -> None:
    """A path in backticks that begins with one of our folders; ``*`` may stand for any name."""
    assert missing_files(prose_of(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_is_named_exists(page: Path) -> None:
    """Targets of make, and modules that are run with ``python -m``."""
    assert missing_commands(page.read_text()) == []


def test_the_readme_shows_how_it_is_used() -> None:
    """At least one block is run; without any, the tests above could not fail."""
    readme = ROOT / "README.md"
    assert any(block.is_run for block in blocks_of(readme, readme.read_text()))


PAGE = """
# A page, with a heading

```python
import asyncio
x = 1
```

<!-- not run -->
```python
raise SystemExit("not run")
```

1. In a list:

   ```python
   await asyncio.sleep(0)
   assert x == 1
   ```

```
not python: [nowhere](nowhere.md)
```
"""


@pytest.mark.slow
def test_a_page_is_read_as_it_is_meant(tmp_path: Path) -> None:
    """Blocks share what they define; marked ones are left out; lines are those of the page."""
    blocks = blocks_of(ROOT / "page.md", PAGE)
    assert [(block.line, block.is_run) for block in blocks] == [(5, True), (11, False), (17, True)]
    assert run(blocks, tmp_path).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("assert x == 2", 'File "page.md:5", line 6'),
        ("import warnings; warnings.warn('old')", "UserWarning: old"),
    ],
)
def test_a_block_that_fails_is_noticed(code: str, complaint: str, tmp_path: Path) -> None:
    """Its place on the page is named."""
    page = PAGE.replace("x = 1", code).replace("import asyncio", "x = 1")
    failed = run(blocks_of(ROOT / "page.md", page), tmp_path)
    assert failed.returncode == 1
    assert complaint in failed.stderr


def test_a_link_that_leads_nowhere_is_noticed() -> None:
    """A file that is missing, a heading that is missing, a file outside of the repository."""
    readme = ROOT / "README.md"
    heading = min(anchors_of(readme))
    assert not leads_nowhere(readme, "pyproject.toml")
    assert not leads_nowhere(readme, f"#{heading}")
    assert not leads_nowhere(readme, f"README.md#{heading}")
    assert leads_nowhere(readme, "missing.md")
    assert leads_nowhere(readme, "#missing-heading")
    assert leads_nowhere(readme, "../")


def test_a_file_that_is_missing_is_noticed() -> None:
    """A folder, a file, and a pattern that fits no file; other words in backticks are not paths."""
    there = "`tests/`, `tests/test_documentation.py`, `tests/test_doc*.py`, `either/or`, `a.py`"
    assert missing_files(there) == []
    missing = ["spec/nowhere/", "tests/test_no*where.py", "tests/test_nowhere.py"]
    assert missing_files(" ".join(f"`{each}`" for each in missing)) == missing


def test_ports_on_a_page_are_replaced_by_free_ones() -> None:
    """One address stays one address, and a port of 0 stays as it is."""
    source = "'127.0.0.1:7101', '127.0.0.1:7102', '127.0.0.1:7101', '127.0.0.1:0', '10.0.0.1:1'"
    first, second, again, any_port, elsewhere = ast.literal_eval(with_free_ports(source))
    assert first == again != second
    assert {first, second}.isdisjoint({"127.0.0.1:7101", "127.0.0.1:7102"})
    assert (any_port, elsewhere) == ("127.0.0.1:0", "10.0.0.1:1")


def test_a_command_that_is_missing_is_noticed() -> None:
    """A target, a module, a package without a main module; words that only look like them are not."""
    assert (
        missing_commands("`make demo`, to make sense, `python -m spec list`, python -m asyncio")
        == []
    )
    missing = ["make nothing", "python -m leader.protocol", "python -m spec.nowhere.at_all"]
    assert missing_commands("".join(f"    {each} x\n" for each in missing)) == missing
