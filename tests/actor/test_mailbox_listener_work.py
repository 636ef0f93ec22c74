"""Work that an actor runs while it leads: cancelled before the lease ends, and before it hands over."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from runtime import Pid
from tests.actor.actor_support import (
    Cluster,
    Member,
    Working,
    in_cluster,
    pass_time,
)


@pytest.mark.parametrize("last_words", [0.0, 0.05])
@pytest.mark.parametrize("ends", [lambda m: m.resign(), lambda m: m.stop()])
def test_work_has_ended_before_the_leader_hands_over(
    ends: Callable[[Member], None], last_words: float
) -> None:
    """Also if its cleanup takes time, and whether or not the actor itself goes on."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Working)
        former = await cluster.settled()
        former.last_words = last_words  # type: ignore[attr-defined]
        name = former.node.name
        await pass_time(0.5)
        ended = cluster.world.loop.time()
        ends(former)
        await pass_time(0.2)
        stopped = cluster.first("stops", name, ended)
        assert stopped == pytest.approx(ended + last_words)
        assert stopped <= cluster.first("follows", name, ended)
        assert cluster.first("leads", since=ended) > stopped
        assert [entry[3] for entry in cluster.history if entry[2] == "stops"] == [False]

    in_cluster(main)


@pytest.mark.parametrize("seed", range(4))
def test_work_ends_before_the_lease_does(seed: int) -> None:
    """The work of an isolated leader ends a grace before another member can be elected, even if a callback is busy."""

    class Busy(Working):
        async def handle_message(self, sender: Pid | None, message: Any) -> None:
            await asyncio.sleep(10)

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Busy)
        former = await cluster.settled()
        name = former.node.name
        await pass_time(0.5 + seed * 0.013)
        cluster.nodes[name].send(former.pid, "think")
        await pass_time(0)
        until = cluster.world.loop.time() + former.lease_remaining
        cluster.isolate(name)
        isolated = cluster.world.loop.time()
        await pass_time(1)
        assert isolated < cluster.first("stops", name, isolated) < until - 0.01
        assert not former.is_leader
        assert cluster.first("leads", since=isolated) > until - 0.01

    in_cluster(main, seed)


def test_work_that_fails_ends_the_actor_like_a_callback() -> None:
    """The actor hands over, and terminates with that error."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Working)
        former = await cluster.settled()
        name = former.node.name
        await pass_time(0.5)
        failed = cluster.world.loop.time()
        former.failure.set_exception(ArithmeticError("enough"))  # type: ignore[attr-defined]
        del cluster.members[name]
        await pass_time(0.1)
        [(_, _, _, reason)] = [entry for entry in cluster.history if entry[2] == "terminates"]
        assert isinstance(reason, ArithmeticError)
        assert cluster.first("leads", since=failed) - failed < 0.01

    in_cluster(main)


def test_work_is_not_begun_without_leadership() -> None:
    """A leadership may end before its callback runs; an argument that is no coroutine is refused."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Working)
        leading = await cluster.settled()
        follower = cluster.others(leading)[0]
        follower.while_leader(follower.work())  # type: ignore[attr-defined]
        await pass_time(0.1)
        assert [entry[1] for entry in cluster.history if entry[2] == "works"] == [leading.node.name]
        with pytest.raises(TypeError, match="must be a coroutine"):
            leading.while_leader(follower.work)  # type: ignore[attr-defined]

    in_cluster(main)


def test_work_of_a_rejected_leadership_ends_before_the_next_one() -> None:
    """What the callback started before it failed is cancelled before another member leads."""

    class Unfit(Working):
        last_words = 0.05

        async def handle_become_leader(self) -> None:
            await super().handle_become_leader()
            await asyncio.sleep(0.001)
            if [what for _, _, what, _ in self.history].count("leads") == 1:
                raise ArithmeticError("unfit")

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Unfit)
        await pass_time(1)
        [(terminated, name, _, _)] = [e for e in cluster.history if e[2] == "terminates"]
        assert cluster.first("stops", name) == pytest.approx(terminated)
        assert cluster.first("leads", since=terminated) > terminated
        assert [entry[1] == name for entry in cluster.history if entry[2] == "leads"] == [
            *(True, False)
        ]

    in_cluster(main)
