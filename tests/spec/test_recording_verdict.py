"""`python -m spec trace`, run as users run it: verdicts in words, and exit codes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from leader.election.trace import Line, Opened, Stepped
from runtime import ProcessId
from stateful_tests.plan import simple_plan
from stateful_tests.traced_runs import TracedRun, trace_text
from tests.actor.actor_support import ACTOR, Cluster, bootstrap, in_cluster, pass_time

ROOT = Path(__file__).parents[2]
OBSERVER = f"{ACTOR}@c"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def elected() -> list[Line]:
    """A run up to the first heartbeats."""
    run = TracedRun(simple_plan())
    run.wait_for_leader()
    return run.lines


@pytest.fixture(scope="module")
def observed() -> list[Line]:
    """Two voters elect a leader that resigns; twice an observer joins, loses it, and crashes."""
    lines: list[Line] = [Opened(clock="virtual")]

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", "b", bootstrap=bootstrap("ab"), trace=lines.append)
        leading = await cluster.settled()
        for _ in range(2):
            await cluster.start("c", bootstrap=[], trace=lines.append)
            cluster.members["c"].join(ProcessId(ACTOR, "a"))
            await pass_time(0.2)
            leading.resign()
            await pass_time(0.2)
            cluster.isolate("c")
            await pass_time(3.1)
            cluster.world.network.heal()
            await pass_time(3.1)
            cluster.crash("c")
        await pass_time(0.1)

    in_cluster(main)
    return lines


def checked(folder: Path, lines: list[Line]) -> subprocess.CompletedProcess[str]:
    """What the command prints about these lines."""
    (folder / "run.jsonl").write_text(trace_text(lines))
    return subprocess.run(
        [sys.executable, "-m", "spec", "trace", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )


def with_another_step(
    lines: list[Line], wanted: Callable[[Stepped], bool], action: str
) -> tuple[int, list[Line]]:
    """The number of the first step that is wanted, and the lines with another action there."""
    place, step = next(
        (place, line)
        for place, line in enumerate(lines)
        if isinstance(line, Stepped) and wanted(line)
    )
    other = msgspec.structs.replace(step, action=action, sent=[])
    return place + 1, [*lines[:place], other, *lines[place + 1 :]]


def test_a_run_that_happened_is_accepted(tmp_path: Path, elected: list[Line]) -> None:
    """In one sentence, with how much was checked."""
    ran = checked(tmp_path, elected)
    steps = sum(isinstance(line, Stepped) for line in elected)
    text = f"accepted: {steps} steps of 3 members, by one clock, are a behaviour of Election\n"
    assert (ran.returncode, ran.stdout) == (0, text)


def test_an_impossible_line_is_named(tmp_path: Path, elected: list[Line]) -> None:
    """The first one, with what the specification has there."""
    number, lines = with_another_step(
        elected, lambda line: line.action == "BecomeLeader", "ExpireLease"
    )
    ran = checked(tmp_path, lines)
    assert ran.returncode == 1
    assert ran.stdout.startswith(f"rejected: run.jsonl, line {number} cannot be: ")
    assert "cannot take ExpireLease" in ran.stdout
    assert "role candidate; term 1;" in ran.stdout


def test_a_run_with_an_observer_is_accepted(tmp_path: Path, observed: list[Line]) -> None:
    """It follows, acknowledges, handles a resignation, loses a leader, and starts without a record."""
    taken = {
        line.action for line in observed if isinstance(line, Stepped) and line.member == OBSERVER
    }
    assert {"HandleHeartbeat", "HandleResigned", "LoseLeader", "Restart"} <= taken
    ran = checked(tmp_path, observed)
    assert ran.returncode == 0, ran.stdout
    assert "of 3 members, by one clock, are a behaviour of Election" in ran.stdout


def test_an_observer_that_asks_for_votes_is_blamed(tmp_path: Path, observed: list[Line]) -> None:
    """It has no vote, so it must not ask for any."""
    number, lines = with_another_step(
        observed,
        lambda line: line.member == OBSERVER and line.action == "LoseLeader",
        "StartPreVote",
    )
    ran = checked(tmp_path, lines)
    assert ran.returncode == 1
    assert f"line {number} cannot be: {OBSERVER} cannot take StartPreVote" in ran.stdout


def test_a_file_that_is_not_a_recording_is_an_error(tmp_path: Path) -> None:
    """It is neither accepted nor rejected."""
    ran = checked(tmp_path, [])
    assert ran.returncode == 2
    assert "holds no line of a recording" in ran.stderr
