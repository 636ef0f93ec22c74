"""The actor on a healthy cluster: what it is told, in which order, and how it hands over."""

import asyncio
import gc
import weakref
from itertools import pairwise
from typing import Any

import pytest

import leader
from runtime import NameTaken, Pid
from tests.actor.actor_support import (
    ACTOR,
    PROMISE,
    Cluster,
    Member,
    bootstrap,
    in_cluster,
    options,
    pass_time,
)


def test_three_members_elect_one_and_agree() -> None:
    """On who leads, as the PID of its process, and on the term."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        for member in cluster.members.values():
            assert (member.leader, member.term, member.is_leader) == (None, 0, False)
        leading = await cluster.settled()
        await pass_time(1)
        assert cluster.acting() == [leading]
        assert {member.leader for member in cluster.members.values()} == {leading.pid}
        assert len({member.term for member in cluster.members.values()}) == 1
        for member in cluster.members.values():
            if member is leading:
                assert cluster.told(member.node.name) == [("leads", leading.term)]
            else:
                assert cluster.told(member.node.name)[-1] == ("follows", leading.node.name)

    in_cluster(main)


def test_the_first_leader_comes_soon_after_the_silent_wait() -> None:
    """One promise, because a former life may have given one, and a few round trips."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        started = cluster.world.loop.time()
        await cluster.settled()
        assert PROMISE * 0.9 < cluster.first("leads") - started < PROMISE + 0.01

    in_cluster(main)


def test_members_are_connected_before_they_have_anything_to_say() -> None:
    """So the first words are not lost, and the end of a connection is news."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        await pass_time(0.1)
        for name, node in cluster.nodes.items():
            assert {name, *node.nodes()} == {"a", "b", "c"}
        assert cluster.history == []

    in_cluster(main)


def test_a_single_member_leads_itself() -> None:
    """It is a majority of one."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", bootstrap=bootstrap("a"))
        leading = await cluster.settled()
        await pass_time(5)
        assert cluster.told("a") == [("leads", leading.term)]

    in_cluster(main)


def test_two_of_three_elect_and_one_does_not() -> None:
    """A quorum is of the members there are, not of those that can be reached."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a")
        await pass_time(5)
        assert cluster.acting() == []
        assert cluster.told("a") == []
        await cluster.start("b")
        await cluster.settled()

    in_cluster(main)


def test_init_may_wait_and_callbacks_may_be_plain() -> None:
    """Each callback is ``def`` or ``async def``, as its author likes."""

    class Slow(Member):
        async def init(self, given: Any) -> leader.Options:
            await asyncio.sleep(1)
            return options(bootstrap=bootstrap("a"))

        def handle_become_leader(self) -> None:  # type: ignore[override]
            self.note("leads plainly")

        def handle_become_follower(self, leader: Pid | None) -> None:  # type: ignore[override]
            self.note("follows plainly")

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", kind=Slow)
        await cluster.settled()
        await cluster.nodes["a"].stop()
        assert [what for _, _, what, _ in cluster.history] == [
            *("term", "leads plainly", "follows plainly", "terminates")
        ]

    in_cluster(main)


def test_the_term_is_the_token_and_its_changes_are_told() -> None:
    """Each change follows on the one before; the leader knows its token before it is told to lead."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        leading = await cluster.settled()
        cluster.isolate(leading.node.name)
        await pass_time(0.5)
        cluster.world.network.heal()
        leading = await cluster.settled()
        await pass_time(0.1)
        for name, member in cluster.members.items():
            changes = [
                about for _, node, what, about in cluster.history if (node, what) == (name, "term")
            ]
            assert changes[-1][1] == member.term == leading.term
            assert all(old < new for old, new in changes)
            assert all(first[1] == second[0] for first, second in pairwise(changes))
        own = [what for _, node, what, _ in cluster.history if node == leading.node.name]
        assert own[-2:] == ["term", "leads"]

    in_cluster(main)


@pytest.mark.slow
def test_a_slow_callback_delays_no_heartbeat() -> None:
    """Protocol messages never wait behind a callback: nobody misses the leader."""

    class Slow(Member):
        async def handle_become_leader(self) -> None:
            self.note("leads", self.term)
            await asyncio.sleep(2)
            self.note("is done")

        async def handle_become_follower(self, leader: Pid | None) -> None:
            self.note("follows", None if leader is None else leader.node)
            await asyncio.sleep(5)

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Slow)
        leading = await cluster.settled()
        term = leading.term
        await pass_time(1.9)
        assert cluster.acting() == [leading]
        assert {member.term for member in cluster.members.values()} == {term}
        assert "is done" not in {what for _, _, what, _ in cluster.history}

    in_cluster(main)


def test_callbacks_run_one_at_a_time_and_in_order() -> None:
    """Also when each takes longer than the next one takes to come."""

    class Exclusive(Member):
        is_busy = False

        async def handle_become_leader(self) -> None:
            await self.alone("leads", self.term)

        async def handle_become_follower(self, leader: Pid | None) -> None:
            await self.alone("follows", None if leader is None else leader.node)

        async def alone(self, what: str, about: Any) -> None:
            assert not self.is_busy
            self.is_busy = True
            self.note(what, about)
            await asyncio.sleep(0.2)
            self.is_busy = False

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Exclusive)
        for _ in range(3):
            leading = await cluster.settled()
            await pass_time(0.3)
            cluster.isolate(leading.node.name)
            await pass_time(0.6)
            cluster.world.network.heal()
        await cluster.settled()
        await pass_time(2)
        assert not any(what == "terminates" for _, _, what, _ in cluster.history)
        for name in "abc":
            told = [what for what, _ in cluster.told(name)]
            assert ("leads", "leads") not in set(pairwise(told))
        assert len([entry for entry in cluster.history if entry[2] == "leads"]) == 4

    in_cluster(main)


def test_a_member_that_has_ended_is_silent_and_let_go_of() -> None:
    """On a node that goes on: nothing of it rings, speaks, or is kept."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a")
        await pass_time(1)
        ended = weakref.ref(cluster.members["a"])
        cluster.members.pop("a").stop()
        await pass_time(0.1)
        before = cluster.nodes["a"].statistics()
        await pass_time(2)
        assert cluster.nodes["a"].statistics().dropped == before.dropped
        gc.collect()
        assert ended() is None

    in_cluster(main)


def test_a_follower_that_stops_is_not_missed() -> None:
    """It says nothing, and the leader goes on."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        leading = await cluster.settled()
        follower = cluster.others(leading)[0]
        term = leading.term
        del cluster.members[follower.node.name]
        await cluster.nodes[follower.node.name].stop()
        await pass_time(1)
        assert await cluster.settled() is leading
        assert leading.term == term

    in_cluster(main)


def test_a_member_that_starts_anew_ends_nobodys_leadership() -> None:
    """It has a higher term, without a record: the leader renews in place, and is told the token."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        leading = await cluster.settled()
        token = leading.term
        away = cluster.others(leading)[0].node.name
        cluster.crash(away)
        await pass_time(3)
        await cluster.start(away)
        await pass_time(1)
        assert await cluster.settled() is leading
        assert leading.term > token + 2_000
        assert cluster.told(leading.node.name) == [("leads", token)]
        assert cluster.history[-1][3] == leading.node.name
        changes = [entry for entry in cluster.history if entry[1:3] == (leading.node.name, "term")]
        assert changes[-1][3] == (token, leading.term)

    in_cluster(main)


def test_only_a_registered_process_can_be_a_member() -> None:
    """A member is named for life; the error says how to start it."""

    async def main(cluster: Cluster) -> None:
        node = await cluster.start_node("a")
        with pytest.raises(ValueError, match="named for life: start it with spawn_register"):
            await node.spawn(lambda: Member([]), options())
        await cluster.join("a", Member([]), options())
        with pytest.raises(NameTaken):
            await cluster.join("a", Member([]), options())

    in_cluster(main)


def test_a_member_must_be_in_its_own_bootstrap_list() -> None:
    """The error names the list and who is missing."""

    async def main(cluster: Cluster) -> None:
        await cluster.start_node("a")
        with pytest.raises(ValueError, match="every voter, member@a included, or nobody") as caught:
            await cluster.join("a", Member([]), options(bootstrap=bootstrap("bc")))
        assert str(["member@b", "member@c"]) in str(caught.value)
        await pass_time(0)
        assert cluster.nodes["a"].whereis(ACTOR) is None

    in_cluster(main)


@pytest.mark.parametrize("returned", [None, {"cluster_id": "shop"}, leader.Options])
def test_init_must_return_options(returned: object) -> None:
    """The error shows what it returned."""

    async def main(cluster: Cluster) -> None:
        await cluster.start_node("a")
        with pytest.raises(TypeError, match=r"init must return leader\.Options, not") as caught:
            await cluster.join("a", Member([]), returned)
        assert repr(returned) in str(caught.value)

    in_cluster(main)


def test_an_actor_without_its_callbacks_is_none() -> None:
    """What has no default is asked for when the object is made."""

    async def main(cluster: Cluster) -> None:
        class Incomplete(leader.Actor):
            def handle_become_leader(self) -> None:
                pass

        with pytest.raises(TypeError, match="handle_become_follower"):
            Incomplete()  # type: ignore[abstract]

    in_cluster(main)
