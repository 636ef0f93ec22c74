"""The command line, as a shell sees it, and without the packages that it needs."""

import runpy
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
def test_main_names_its_commands_if_asked_for_help() -> None:
    """And exits with 0."""
    shown = run(COMMAND, "--help")
    assert shown.returncode == 0
    assert "demo" in shown.stdout


@pytest.mark.slow
@pytest.mark.parametrize("module", ["leader", "benchmarks", "tests.contracts.regenerate"])
def test_program_that_is_asked_for_help_does_nothing_else(module: str) -> None:
    """The argument is not ignored, and no work is begun that takes long or writes files."""
    command = [sys.executable, "-W", "error", "-m", module, "--help"]
    shown = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "Usage: " in shown.stdout


@pytest.mark.slow
def test_main_refuses_an_unknown_command() -> None:
    """Status 2, as usual, with the text on standard error."""
    shown = run(COMMAND, "elect")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "elect" in shown.stderr


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_main_without_its_packages_says_how_to_install_them(missing: str) -> None:
    """The library itself needs neither of them, so they may well be missing."""
    shown = run(HIDE, missing)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert shown.stderr == (
        "the command line needs more packages: pip install 'leader-actor[cli]'\n"
    )


@pytest.mark.slow
def test_main_reports_any_other_missing_module_as_it_is() -> None:
    """Advice that does not help would only hide what is wrong."""
    shown = run(f"import sys; sys.modules['leader.cli.demo.drill'] = None; {COMMAND}")
    assert shown.returncode == 1
    assert "leader.cli.demo.drill" in shown.stderr
    assert "leader-actor[cli]" not in shown.stderr


def main_without(monkeypatch: pytest.MonkeyPatch, missing: str) -> dict[str, object]:
    """The names that the module of the command line defines if ``missing`` cannot be imported."""
    monkeypatch.delitem(sys.modules, "leader.cli.commands", raising=False)
    monkeypatch.delattr("leader.cli.commands", raising=False)
    monkeypatch.setitem(sys.modules, missing, None)
    return runpy.run_module("leader.cli.main")


def test_main_exits_with_advice_without_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A status of text is printed on standard error, and the program exits with 1."""
    main = main_without(monkeypatch, "typer")["main"]
    assert callable(main)
    with pytest.raises(SystemExit, match="leader-actor"):
        main()


def test_main_needs_every_module_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of the library that is missing is no missing extra."""
    with pytest.raises(ModuleNotFoundError, match=r"leader\.cli\.demo\.drill"):
        main_without(monkeypatch, "leader.cli.demo.drill")


def test_main_runs_the_command_that_its_arguments_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It exits with the status of that command."""
    monkeypatch.setattr(sys, "argv", ["leader", "demo", "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("leader.cli.main")["main"]()
    assert ended.value.code == 0
    assert "--nodes" in capsys.readouterr().out
