"""The command line, as a shell sees it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = "from leader.cli.main import main; main()"
HIDE = f"""
import sys
class Hidden:
    @staticmethod
    def find_spec(name, path, target=None):
        if name == sys.argv[1]:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hidden)
import leader
{COMMAND}
"""
"""The command line where the package that its argument names is not installed."""


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Another interpreter that runs a script."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.slow
def test_help_names_the_commands() -> None:
    """And exits with 0."""
    shown = run(COMMAND, "--help")
    assert shown.returncode == 0
    assert "demo" in shown.stdout


@pytest.mark.slow
@pytest.mark.parametrize("module", ["leader", "benchmarks", "tests.contracts.regenerate"])
def test_a_program_that_is_asked_for_help_does_nothing_else(module: str) -> None:
    """The argument is not ignored, and the work that would take long or write files not begun."""
    command = [sys.executable, "-W", "error", "-m", module, "--help"]
    shown = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "Usage: " in shown.stdout


@pytest.mark.slow
def test_an_unknown_command_is_a_mistake() -> None:
    """Status 2, as everywhere, and the text on the standard error."""
    shown = run(COMMAND, "elect")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "elect" in shown.stderr


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_its_packages_the_command_line_says_how_to_get_them(missing: str) -> None:
    """The library itself needs neither, so they may well be missing."""
    shown = run(HIDE, missing)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert shown.stderr == (
        "the command line needs more packages: pip install 'leader-actor[cli]'\n"
    )


@pytest.mark.slow
def test_any_other_missing_module_is_reported_as_it_is() -> None:
    """Advice that does not help would only hide what is wrong."""
    shown = run(f"import sys; sys.modules['leader.cli.demo.drill'] = None; {COMMAND}")
    assert shown.returncode == 1
    assert "leader.cli.demo.drill" in shown.stderr
    assert "leader-actor[cli]" not in shown.stderr
