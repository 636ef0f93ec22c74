"""How much of each module its own test files reach: ``python -m tests.coverage_by_module``.

Every module is measured in a process of its own, which runs that module's test files and nothing
else, so a module cannot pass because the tests of another happen to run through it. The figure is
the one that ``coverage report --branch`` prints: statements and branches together.

What a test starts as another process is not measured; such modules are listed below.
"""

import argparse
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import coverage

from tests.mirror import ROOT, has_functions, modules, own_tests

MINIMUM_PERCENT = 90.0

EXCEPTIONS: dict[str, str] = {}
"""Modules that may stay below the minimum, each with the reason."""

TIMEOUT_SECONDS = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the test files of one module reach of it; ``failure`` is their output if they fail."""

    module: Path
    tests: tuple[Path, ...]
    percent: float
    missing: str
    failure: str


def measure(module: Path, root: Path = ROOT) -> Measured:
    """Runs a module's own test files under coverage."""
    tests = tuple(own_tests(module, root))
    if not tests:
        return Measured(module=module, tests=(), percent=0.0, missing="no test file", failure="")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "coverage"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "coverage", "run", "--branch"),
                *(f"--include={root / module}", f"--data-file={data}"),
                *("-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", *map(str, tests)),
            ],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            env={**os.environ, "CI": "true"},  # Hypothesis then draws the same examples every time
            check=False,
        )
        percent, missing = _read(data, root / module)
    failure = done.stdout + done.stderr if done.returncode else ""
    return Measured(module=module, tests=tests, percent=percent, missing=missing, failure=failure)


def complaint(measured: Measured, exceptions: Mapping[str, str]) -> str:
    """What is wrong with a module's coverage; empty if nothing is."""
    enough = measured.percent >= MINIMUM_PERCENT
    if measured.failure:
        return f"its tests fail:\n{measured.failure}"
    if str(measured.module) in exceptions:
        return "needs no exception any more" if enough else ""
    return "" if enough else f"below {MINIMUM_PERCENT:.0f} %"


def line(measured: Measured, exceptions: Mapping[str, str]) -> str:
    """What is printed of a module: how much, what is missing, what is wrong or excused."""
    excuse = exceptions.get(str(measured.module), "")
    notes = (measured.missing, complaint(measured, exceptions) or excuse)
    shown = "; ".join(note for note in notes if note)
    return f"{measured.percent:6.1f} %  {measured.module}  {shown}".rstrip()


def run(wanted: Sequence[Path], exceptions: Mapping[str, str], *, root: Path, out: TextIO) -> int:
    """Measures modules, writes a line for each, and returns how many are not as they should be."""
    wrong = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for measured in pool.map(lambda module: measure(module, root), wanted):
            out.write(line(measured, exceptions) + "\n")
            out.flush()
            wrong += bool(complaint(measured, exceptions))
    out.write(f"{len(wanted)} modules measured, {wrong} not as they should be\n")
    return wrong


def main() -> None:
    """Measures the modules that are named, or all that have functions."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", type=Path, help="such as leader/election/engine.py")
    chosen = parser.parse_args()
    measurable = [each for each in modules() if has_functions(ROOT / each)]
    if unknown := EXCEPTIONS.keys() - set(map(str, measurable)):
        sys.exit(f"exceptions for modules that cannot be measured: {sorted(unknown)}")
    wrong = run(chosen.modules or measurable, EXCEPTIONS, root=ROOT, out=sys.stdout)
    sys.exit(bool(wrong))


def _read(data: Path, module: Path) -> tuple[float, str]:
    """The percentage reached, and the lines that were not."""
    measured = coverage.Coverage(data_file=str(data), config_file=str(ROOT / "pyproject.toml"))
    measured.load()
    try:
        percent = measured.report(morfs=[str(module)], file=io.StringIO())
        missing = measured.analysis2(str(module))[4]
    except coverage.exceptions.NoDataError:
        return 0.0, "never imported"
    return percent, missing


if __name__ == "__main__":
    main()
