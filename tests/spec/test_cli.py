"""The commands, run as users run them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.spec.cli_support import ROOT, spec

MODELS = ("--models", str(Path(__file__).parent / "fixtures" / "models.toml"))

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("arguments", "code", "printed"),
    [
        (("list",), 0, ["two-leaders", "Every pin is right."]),
        (
            ("check", "green", "two-leaders"),
            0,
            ["✓ green: holds", "✓ two-leaders: violates OneLeader"],
        ),
        (
            ("explain", "temporal-property", "--mermaid"),
            0,
            ["sequenceDiagram\n", "SomebodyLeads is violated."],
        ),
        (("explain", "green"), 1, ["there is no counterexample; its red twin is two-leaders\n"]),
    ],
)
def test_a_command_prints_its_answer(
    arguments: tuple[str, ...], code: int, printed: list[str]
) -> None:
    """An expected violation is a success; a green model has nothing to explain."""
    ran = spec(*arguments, *MODELS)
    assert ran.returncode == code
    for text in printed:
        assert text in ran.stdout


def test_check_fails_if_one_verdict_is_not_the_expected_one() -> None:
    """With `--markdown`, standard output has only the table, and progress is elsewhere."""
    ran = spec("check", "green", "wrong-states", "--markdown", *MODELS)
    assert ran.returncode == 1
    rows = [line.split(" | ")[0] for line in ran.stdout.splitlines()]
    assert rows == ["| model", "| ---", "| green", "| wrong-states"]
    assert "✗ wrong-states" in ran.stderr


def test_explain_tells_the_counterexample(tmp_path: Path) -> None:
    """It is the shortest one, as prose, and as a page if that is asked for."""
    page = tmp_path / "page.html"
    ran = spec("explain", "two-leaders", "--html", str(page), *MODELS)
    assert ran.returncode == 0
    titles = [line for line in ran.stdout.splitlines() if line[:1].isdigit()]
    assert [title.rpartition(", by ")[0] for title in titles[1:]] == [
        "2. Campaign",
        "3. Win",
        "4. Campaign",
        "5. Win",
    ]
    assert ran.stdout.endswith("Now OneLeader is violated.\n")
    assert "two-leaders: how OneLeader is violated" in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("check", "blue", *MODELS), "error: model blue: no such model; there are: green"),
        (
            ("list", "--models", "/nowhere"),
            "error: models: /nowhere: [Errno 2] No such file or directory",
        ),
        (("fetch", "--url", "http://127.0.0.1:9/none"), "error: cannot fetch http://127.0.0.1:9"),
    ],
)
def test_a_wrong_command_ends_with_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    """The exit code is 2, and there is no traceback."""
    ran = spec(*arguments, XDG_CACHE_HOME=str(tmp_path))
    assert ran.returncode == 2
    assert ran.stderr.startswith(complaint)
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_check_ends_tlc(stuck_java: Path, number: signal.Signals, code: int) -> None:
    """No Java process goes on without its parent.

    A shell lets what it starts in the background ignore SIGINT, and a child inherits that. So the
    child's signals are set here, or this test would wait for ever in the background.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "spec", "check", "green", *MODELS],
        cwd=ROOT,
        env={**os.environ, "JAVA_HOME": str(stuck_java)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as runner:
        process = int((stuck_java / "pid").read_text())
        runner.send_signal(number)
        try:
            _, errors = runner.communicate(timeout=60)
        finally:
            runner.kill()
    assert runner.returncode == code
    assert "Traceback" not in errors
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
