"""An actor in a cluster without faults: what it is told, in which order, and how it starts and ends."""

import asyncio
import gc
import weakref
from itertools import pairwise
from typing import Any

import pytest

import leader
from runtime import NameTaken, Pid, Registry
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


def test_actors_elect_one_leader_and_agree() -> None:
    """On the leader, as the PID of its process, and on the term."""

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


def test_actors_elect_their_first_leader_soon_after_the_silence() -> None:
    """The silence is one promise, because a former life may have given one; then come a few round trips."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        started = cluster.world.loop.time()
        await cluster.settled()
        assert PROMISE * 0.9 < cluster.first("leads") - started < PROMISE + 0.01

    in_cluster(main)


def test_actors_are_connected_before_they_elect() -> None:
    """So their first messages are not lost, and a broken connection is noticed."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        await pass_time(0.1)
        for name, node in cluster.nodes.items():
            assert {name, *node.nodes()} == {"a", "b", "c"}
        assert cluster.history == []

    in_cluster(main)


def test_actors_elect_on_nodes_with_registries_of_their_own() -> None:
    """Each registers the messages of its election on the node that runs it."""

    async def main(cluster: Cluster) -> None:
        for name in "abc":
            cluster.nodes[name] = await cluster.world.start(name, registry=Registry())
            await cluster.join(name, Member(cluster.history), options())
        leading = await cluster.settled()
        assert cluster.told(leading.node.name) == [("leads", leading.term)]

    in_cluster(main)


def test_actor_alone_in_its_list_leads() -> None:
    """One of one is a majority."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", bootstrap=bootstrap("a"))
        leading = await cluster.settled()
        await pass_time(5)
        assert cluster.told("a") == [("leads", leading.term)]

    in_cluster(main)


def test_actors_elect_if_a_quorum_of_the_list_runs() -> None:
    """Two of three do, and one does not: it does not matter how many can be reached."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a")
        await pass_time(5)
        assert cluster.acting() == []
        assert cluster.told("a") == []
        await cluster.start("b")
        await cluster.settled()

    in_cluster(main)


def test_actor_is_told_each_change_of_its_term() -> None:
    """Each change follows on the one before; a leader knows its token before it is told to lead."""

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
def test_actor_with_a_slow_callback_sends_its_heartbeats() -> None:
    """Protocol messages never wait behind a callback, so no follower misses the leader."""

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


def test_actor_runs_its_callbacks_one_at_a_time_and_in_order() -> None:
    """Also if each takes longer than the time until the next one is due."""

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


def test_actor_that_has_ended_is_silent_and_released() -> None:
    """On a node that goes on: no timer of it rings, it sends nothing, and no object refers to it."""

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


def test_actor_that_follows_stops_without_an_election() -> None:
    """It sends nothing but a farewell, and the leader goes on."""

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


def test_actor_that_starts_anew_ends_no_leadership() -> None:
    """Without a record it has a higher term: the leader renews in place, and is told its new token."""

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


def test_actor_must_have_a_name() -> None:
    """A member has one name for life; the error says how to start it."""

    async def main(cluster: Cluster) -> None:
        node = await cluster.start_node("a")
        with pytest.raises(ValueError, match="permanent name: start it with spawn_register"):
            await node.spawn(lambda: Member([]), options())
        await cluster.join("a", Member([]), options())
        with pytest.raises(NameTaken):
            await cluster.join("a", Member([]), options())

    in_cluster(main)


def test_actor_must_be_in_its_own_bootstrap_list() -> None:
    """The error names the list and the member that is missing."""

    async def main(cluster: Cluster) -> None:
        await cluster.start_node("a")
        with pytest.raises(ValueError, match="or list every voter, member@a included") as caught:
            await cluster.join("a", Member([]), options(bootstrap=bootstrap("bc")))
        assert str(["member@b", "member@c"]) in str(caught.value)
        await pass_time(0)
        assert cluster.nodes["a"].whereis(ACTOR) is None

    in_cluster(main)


@pytest.mark.parametrize("returned", [None, {"cluster_id": "shop"}, leader.Options])
def test_actor_must_return_options_from_init(returned: object) -> None:
    """The error shows what it returned."""

    async def main(cluster: Cluster) -> None:
        await cluster.start_node("a")
        with pytest.raises(TypeError, match=r"init must return leader\.Options, not") as caught:
            await cluster.join("a", Member([]), returned)
        assert repr(returned) in str(caught.value)

    in_cluster(main)
