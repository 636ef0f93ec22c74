"""A recorded run with an observer in it, as TLC judges it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from leader.election.trace import Line, Opened, Stepped
from runtime import ProcessId
from spec.recording.moves import score_of
from spec.recording.reading import Unreadable, recording_of
from stateful_tests.traced_runs import trace_text
from tests.actor.actor_support import ACTOR, Cluster, bootstrap, in_cluster, pass_time
from tests.spec.recording_support import ONE_CLOCK, heard, started

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def observed() -> list[Line]:
    """Two voters elect a leader that resigns; an observer joins, loses it from sight, and comes anew."""
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
            await pass_time(0.5)
            cluster.world.network.heal()
            await pass_time(0.5)
            cluster.crash("c")
        await pass_time(0.1)

    in_cluster(main)
    return lines


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


def first(lines: list[Line], wanted: Callable[[Stepped], bool]) -> int:
    """Where the first such step stands."""
    return next(
        place for place, line in enumerate(lines) if isinstance(line, Stepped) and wanted(line)
    )


@pytest.mark.slow
def test_a_run_with_an_observer_is_a_behaviour(tmp_path: Path, observed: list[Line]) -> None:
    """It follows, acknowledges, hears a resignation, loses a leader, dies and starts without a record."""
    taken = {
        line.action
        for line in observed
        if isinstance(line, Stepped) and line.member == f"{ACTOR}@c"
    }
    assert {"HandleHeartbeat", "HandleResigned", "LoseLeader", "Restart"} <= taken
    ran = checked(tmp_path, observed)
    assert ran.returncode == 0, ran.stdout
    assert "of 3 members, by one clock, are a behaviour of Election" in ran.stdout


@pytest.mark.slow
def test_an_observer_that_stands_is_blamed(tmp_path: Path, observed: list[Line]) -> None:
    """It has no vote, so it cannot ask for any."""
    observer = f"{ACTOR}@c"
    place = first(observed, lambda line: line.member == observer and line.action == "LoseLeader")
    honest = observed[place]
    assert isinstance(honest, Stepped)
    stands = Stepped(member=observer, at=honest.at, action="StartPreVote", state=honest.state)
    ran = checked(tmp_path, [*observed[:place], stands, *observed[place + 1 :]])
    assert ran.returncode == 1
    assert f"line {place + 1} cannot be: {observer} cannot take StartPreVote" in ran.stdout


def test_a_voter_cannot_be_an_observer_too() -> None:
    """A recording in which one is both contradicts itself."""
    observes = msgspec.structs.replace(started("b"), members=[])
    with pytest.raises(Unreadable, match=r"b is none of the members \['a', 'b'\]"):
        score_of(recording_of([heard(ONE_CLOCK, started("a"), observes)]))
