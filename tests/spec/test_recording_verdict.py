"""`python -m spec trace`, run as users run it: verdicts in words, and exit codes."""

import subprocess
import sys
from pathlib import Path

import pytest

from leader.election.trace import Line, Stepped
from stateful_tests.plan import simple_plan
from stateful_tests.traced_runs import TracedRun, trace_text

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def elected() -> list[Line]:
    """A run up to the first heartbeats."""
    run = TracedRun(simple_plan())
    run.wait_for_leader()
    return run.lines


def checked(folder: Path, lines: list[Line]) -> subprocess.CompletedProcess[str]:
    """What the command says of these lines."""
    (folder / "run.jsonl").write_text(trace_text(lines))
    return subprocess.run(
        [sys.executable, "-m", "spec", "trace", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_a_run_that_happened_is_accepted(tmp_path: Path, elected: list[Line]) -> None:
    """In one sentence, with how much was checked."""
    ran = checked(tmp_path, elected)
    steps = sum(isinstance(line, Stepped) for line in elected)
    said = f"accepted: {steps} steps of 3 members, by one clock, are a behaviour of Election\n"
    assert (ran.returncode, ran.stdout) == (0, said)


def test_a_line_that_cannot_be_is_named(tmp_path: Path, elected: list[Line]) -> None:
    """The first one, with what the spec would have had instead."""
    place, won = next(
        (place, line)
        for place, line in enumerate(elected)
        if isinstance(line, Stepped) and line.action == "BecomeLeader"
    )
    claim = Stepped(
        member=won.member, at=won.at, action="ExpireLease", handled=won.handled, state=won.state
    )
    ran = checked(tmp_path, [*elected[:place], claim, *elected[place + 1 :]])
    assert ran.returncode == 1
    assert ran.stdout.startswith(
        f"rejected: run.jsonl, line {place + 1} cannot be: {won.member} cannot take ExpireLease"
    )
    assert "role candidate; term 1;" in ran.stdout


def test_a_file_that_is_no_recording_is_an_error(tmp_path: Path) -> None:
    """Neither accepted nor rejected."""
    ran = checked(tmp_path, [])
    assert ran.returncode == 2
    assert "holds no line of a recording" in ran.stderr
