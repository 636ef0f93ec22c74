"""Real processes over sockets, recorded: what they did is a behaviour of the specification."""

import asyncio
import signal
from pathlib import Path

import pytest

from leader.cli.demo.cluster import Cluster
from leader.cli.demo.reports import Leads, TakesPart
from leader.election.trace import Stepped
from spec.recording.reading import Recording, read
from spec.recording.translation import translation_of
from spec.recording.verdict import judge
from spec.tools import find
from tests.cli.demo.test_cluster import Ear

NAMES = ["n1", "n2", "n3"]


async def next_leader(cluster: Cluster, ear: Ear, harm: signal.Signals) -> None:
    """Do harm to the leader, wait until another member leads, and start the first one again."""
    leader = ear.newest_leader()
    ear.heard.clear()
    cluster.signal(leader, harm)
    await cluster.gone(leader)
    await ear.until(lambda: bool(ear.who(Leads) - {leader}))
    await cluster.start(leader)
    await ear.until(lambda: leader in ear.who(TakesPart))


def has_handed_over(folder: Path) -> bool:
    """Whether a member has recorded that it heard a resignation."""
    return any(b'"HandleResigned"' in path.read_bytes() for path in folder.glob("*.jsonl"))


async def drill(folder: Path) -> None:
    """A kill, and SIGTERM until a leader has handed over, recorded in the folder."""
    (folder / "records").mkdir()
    ear = Ear()
    cluster = Cluster(NAMES, str(folder / "records"), False, ear.hear, str(folder))
    try:
        await cluster.start(*NAMES)
        await ear.until(lambda: bool(ear.who(Leads)))
        await next_leader(cluster, ear, signal.SIGKILL)
        # A busy machine may take the lead from a process before SIGTERM reaches it: then it does not resign.
        while not has_handed_over(folder):
            await next_leader(cluster, ear, signal.SIGTERM)
    finally:
        await cluster.end()


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """What three processes recorded."""
    folder = tmp_path_factory.mktemp("traces")
    asyncio.run(drill(folder))
    return read([folder])


@pytest.mark.slow
def test_recording_of_real_processes_is_a_behaviour_of_the_specification(
    recording: Recording,
) -> None:
    """Their files are merged by the clock of this machine; the last line of a killed process may be incomplete."""
    taken = {each.line.action for each in recording.lines if isinstance(each.line, Stepped)}
    assert {"BecomeLeader", "Resign", "HandleResigned", "HandleHeartbeatAck"} <= taken
    finding = asyncio.run(judge(recording, find()))
    assert finding.blame is None
    assert {"Begin", "Crash", "Restart"} <= {
        move.action for move in translation_of(recording).moves
    }
