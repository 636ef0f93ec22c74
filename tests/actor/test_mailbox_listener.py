"""What an actor is told of its election, and when: callbacks that wait behind a slow one."""

import asyncio
from typing import Any

import pytest

from runtime import Pid, ProcessId
from runtime.simulation import Conditions
from tests.actor.actor_support import (
    ACTOR,
    Cluster,
    Member,
    Working,
    bootstrap,
    in_cluster,
    options,
    pass_time,
)
from tests.election.engine_support import StoppableClock


def test_listener_denies_a_leadership_that_the_actor_was_not_told_of() -> None:
    """What the actor kept from its former leadership is outdated, since another member led in between."""

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


def test_listener_drops_the_announcement_of_a_leadership_that_is_over() -> None:
    """Work that started after the end would not be stopped in time."""

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
def test_listener_lets_a_stopping_leader_end_its_work_before_it_resigns(seconds: float) -> None:
    """When the next leader begins, the application of this one has ended what only a leader may do."""

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
        # One way for the resignation and one round trip for the votes: the named successor needs no pre-vote.
        assert tidied < cluster.first("leads", since=stopped) < tidied + 0.0004
        assert (name, "may act", True) not in [entry[1:] for entry in cluster.history]
        assert [what for when, node, what, _ in cluster.history if node == name][-4:] == [
            *("follows", "may act", "has tidied", "terminates")
        ]

    in_cluster(main)


class Pausing(Member):
    """Works while it leads; handling a message takes as many seconds as the message says."""

    async def handle_become_leader(self) -> None:
        await super().handle_become_leader()
        self.while_leader(asyncio.sleep(3_600))

    async def handle_message(self, sender: Pid | None, message: Any) -> None:
        await asyncio.sleep(message)
        self.note("handled", message)


def test_listener_does_not_begin_the_present_leadership_by_an_old_announcement() -> None:
    """The end that waits behind it would wait for work that only the end of the present leadership cancels."""

    async def main(cluster: Cluster) -> None:
        clock = StoppableClock(asyncio.get_running_loop())
        cluster.nodes["a"] = await cluster.world.start("a", clock=clock)
        member = Pausing(cluster.history)
        await cluster.join("a", member, options(bootstrap=bootstrap("a")))
        cluster.nodes["a"].send(member.pid, 3)
        await pass_time(0.5)
        token = member.term
        clock.jump(0.3)
        await pass_time(3)
        assert cluster.told("a") == [("follows", None), ("leads", member.term)]
        assert member.is_leader
        assert member.term > token
        cluster.nodes["a"].send(member.pid, 0)
        await pass_time(0.1)
        assert cluster.history[-1][1:] == ("a", "handled", 0)

    in_cluster(main)


@pytest.mark.slow
def test_listener_lets_the_lease_expire_if_its_work_was_cancelled_and_the_actor_is_busy() -> None:
    """Late answers arrive in the end, but it cannot resign yet: another member must be able to take over."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Pausing)
        leading = await cluster.settled()
        await pass_time(1)
        cluster.nodes[leading.node.name].send(leading.pid, 60)
        await pass_time(0.5)
        cluster.world.network.default = Conditions(delay=(0.045, 0.045))
        await pass_time(0.3)
        cluster.world.network.default = Conditions()
        assert not leading.is_leader
        await pass_time(1)
        [successor] = cluster.acting()
        assert successor is not leading
        await pass_time(60)
        assert cluster.told(leading.node.name)[-1] == ("follows", successor.node.name)

    in_cluster(main)


def test_listener_resigns_once_if_it_is_asked_twice() -> None:
    """A second hand-over would end the next leadership."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", kind=Pausing, bootstrap=bootstrap("a"))
        leading = await cluster.settled()
        cluster.nodes["a"].send(leading.pid, 2)
        await pass_time(1)
        leading.resign()
        cluster.nodes["a"].send(leading.pid, 2)
        await pass_time(0.01)
        leading.resign()
        await pass_time(3.04)
        assert [what for what, _ in cluster.told("a")] == ["leads", "follows", "leads"]
        assert leading.is_leader
        leading.resign()
        await pass_time(0.01)
        assert not leading.is_leader

    in_cluster(main)


def test_listener_takes_no_part_while_the_actor_terminates() -> None:
    """The last callback may take long."""

    class Slow(Member):
        async def terminate(self, reason: Any) -> None:  # type: ignore[override]
            await asyncio.sleep(2)

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", "b", kind=Slow, bootstrap=bootstrap("ab"))
        former = await cluster.settled()
        former.stop()
        await pass_time(1.5)
        assert cluster.acting() == []

    in_cluster(main)


def test_listener_that_is_killed_does_not_resign_while_its_work_goes_on() -> None:
    """The lease expires first: the next leader must not begin beside what still tidies up."""

    class Slow(Working):
        last_words = 0.05

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Slow)
        leading = await cluster.settled()
        await pass_time(1)
        leading.resign()
        await pass_time(0.005)
        killed = cluster.world.loop.time()
        cluster.others(leading)[0].send_exit(leading.pid, "kill")
        del cluster.members[leading.node.name]
        await cluster.settled()
        ended = cluster.first("stops", leading.node.name, killed)
        assert killed < ended < cluster.first("leads", since=killed)

    in_cluster(main)
