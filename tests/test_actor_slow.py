"""An actor with a slow callback, behind which the news of leaderships waits."""

import asyncio
from typing import Any

import pytest

from runtime import Pid, ProcessId
from tests.actor_support import ACTOR, Cluster, Member, in_cluster, pass_time


def test_nobody_acts_in_a_leadership_that_he_was_not_told_of() -> None:
    """What was kept from the former one is of the past, since others led in between."""

    class Thinking(Member):
        async def handle_message(self, sender: Pid | None, message: Any) -> None:
            await asyncio.sleep(3)
            self.note("thought", (self.is_leader, self.leader, self.lease_remaining, self.role))

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Thinking)
        leading = await cluster.settled()
        cluster.nodes[leading.node.name].send(leading.pid, "think")
        cluster.isolate(leading.node.name)
        await pass_time(1)
        [other] = cluster.acting()
        cluster.world.network.heal()
        await pass_time(1)
        other.resign(ProcessId(ACTOR, leading.node.name))
        await pass_time(3)
        news = [
            (what, about)
            for _, node, what, about in cluster.history
            if node == leading.node.name and what in ("leads", "follows", "thought")
        ]
        assert news[news.index(("thought", (False, None, 0.0, "leader"))) :] == [
            ("thought", (False, None, 0.0, "leader")),
            ("follows", None),
            ("follows", other.node.name),
            ("follows", None),
            ("leads", leading.term),
        ]
        assert leading.is_leader

    in_cluster(main)


def test_a_leadership_that_ended_while_it_waited_starts_nothing() -> None:
    """Work that starts when it is over would be stopped by nobody in time."""

    class Blocked(Member):
        async def handle_message(self, sender: Pid | None, message: Any) -> None:
            await asyncio.sleep(2)

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Blocked)
        for name, member in cluster.members.items():
            cluster.nodes[name].send(member.pid, "think")
        await pass_time(0.9)
        [leading] = [member for member in cluster.members.values() if member.role == "leader"]
        assert not leading.is_leader
        cluster.isolate(leading.node.name)
        await pass_time(1)
        assert cluster.history == []
        await pass_time(2)
        assert cluster.told(leading.node.name) == [("follows", None)]

    in_cluster(main)


@pytest.mark.parametrize("seconds", [0.0, 0.02])
def test_a_stopping_leader_stops_its_work_before_it_says_so(seconds: float) -> None:
    """Its application has ended what only a leader may do when the next one begins."""

    class Tidy(Member):
        has_led = False

        async def handle_become_leader(self) -> None:
            await super().handle_become_leader()
            self.has_led = True

        async def handle_become_follower(self, leader: Pid | None) -> None:
            await super().handle_become_follower(leader)
            if self.has_led:
                self.note("may act", self.is_leader)
                await asyncio.sleep(seconds)
                self.note("has tidied")

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Tidy)
        leading = await cluster.settled()
        await pass_time(1)
        stopped = cluster.world.loop.time()
        name = leading.node.name
        await cluster.nodes[name].stop()
        del cluster.members[name]
        await cluster.settled()
        assert cluster.first("follows", name, stopped) == pytest.approx(stopped)
        tidied = cluster.first("has tidied", name, stopped)
        assert tidied == pytest.approx(stopped + seconds)
        # One way for the news and one round trip for the votes: the successor it names asks nobody.
        assert tidied < cluster.first("leads", since=stopped) < tidied + 0.0004
        assert (name, "may act", True) not in [entry[1:] for entry in cluster.history]
        assert [what for when, node, what, _ in cluster.history if node == name][-4:] == [
            *("follows", "may act", "has tidied", "terminates")
        ]

    in_cluster(main)
