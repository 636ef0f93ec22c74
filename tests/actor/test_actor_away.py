"""An actor whose process did not run for a while: stopped, starved, or with a blocked event loop."""

import asyncio
import logging

import pytest

from runtime import ProcessId
from tests.actor.actor_support import (
    ACTOR,
    Cluster,
    Member,
    bootstrap,
    in_cluster,
    options,
    pass_time,
)
from tests.election.engine_support import StoppableClock, logged


@pytest.mark.parametrize("seconds", [0.3, 60.0])
def test_actor_that_was_stopped_does_not_act_afterwards(
    seconds: float, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even before anything else has run. It follows then, and the log says for how long it was stopped."""

    async def main(cluster: Cluster) -> None:
        clocks = {name: StoppableClock(asyncio.get_running_loop()) for name in "abc"}
        for name, clock in clocks.items():
            cluster.nodes[name] = await cluster.world.start(name, clock=clock)
            await cluster.join(name, Member(cluster.history), options())
        leading = await cluster.settled()
        await pass_time(1)
        name = leading.node.name
        clocks[name].jump(seconds)
        assert not leading.is_leader
        assert (leading.lease_remaining, leading.leader) == (0.0, None)
        await pass_time(0.06)
        assert cluster.told(name)[1] == ("follows", None)
        await cluster.settled()

    with caplog.at_level(logging.WARNING):
        in_cluster(main)
    [warning] = [text for text in logged(caplog.records, logging.WARNING) if "away" in text]
    told = float(warning.removeprefix("was away for ").split()[0])
    assert seconds - 0.05 <= told <= seconds


def test_actor_without_a_deadline_is_never_late(caplog: pytest.LogCaptureFixture) -> None:
    """An observer that has lost its leader may hear nothing for any length of time."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", bootstrap=bootstrap("a"))
        await cluster.start("b", bootstrap=())
        observer = cluster.members["b"]
        observer.join(ProcessId(ACTOR, "a"))
        await pass_time(1)
        assert observer.leader == cluster.members["a"].pid
        cluster.isolate("a")
        await pass_time(10)
        assert [member.leader for member in cluster.others(cluster.members["a"])] == [None]
        cluster.world.network.heal()
        await cluster.settled()

    with caplog.at_level(logging.WARNING):
        in_cluster(main)
    assert [text for text in logged(caplog.records, logging.WARNING) if "away" in text] == []
