"""The peers of an actor: when they join and leave, and joining a member that no list names."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

import leader
from leader import FileStorage
from runtime import Pid, ProcessId
from tests.actor.actor_support import (
    ACTOR,
    Acquainted,
    Cluster,
    Member,
    in_cluster,
    options,
    pass_time,
    peer_news,
)
from tests.runtime.support import until


def test_actor_loses_a_peer_whose_node_goes_down() -> None:
    """Killed or stopped; when the node is back, its member joins again as another process."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Acquainted)
        await cluster.settled()
        former = cluster.members["c"].pid
        assert cluster.members["a"].has_peer(former)
        cluster.crash("c")
        await pass_time(0.1)
        assert not cluster.members["a"].has_peer(former)
        await cluster.start("c", kind=Acquainted)
        await pass_time(1)
        assert cluster.members["a"].has_peer(cluster.members["c"].pid)
        cluster.members.pop("c")
        await cluster.nodes["c"].stop()
        await pass_time(0.1)
        assert peer_news(cluster.history, "a")[-4:] == [
            *(("joined", "c"), ("left", ("c", 1)), ("joined", "c"), ("left", ("c", 1)))
        ]

    in_cluster(main)


def test_actor_loses_a_peer_that_ends_on_a_node_that_runs() -> None:
    """It is told at once, and does not wait for the node to go down."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Acquainted)
        await cluster.settled()
        cluster.members.pop("c").stop()
        await pass_time(0.01)
        assert peer_news(cluster.history, "a")[-1] == ("left", ("c", 1))

    in_cluster(main)


def test_actor_without_peers_leads_no_cluster_of_three() -> None:
    """Quorums do not shrink when peers leave: one of three is never a majority."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        await cluster.settled()
        cluster.crash("b")
        cluster.crash("c")
        await pass_time(3)
        assert cluster.members["a"].peer_count == 0
        assert cluster.acting() == []

    in_cluster(main)


@pytest.mark.parametrize(("peer", "words"), [("member@b", "'member@b'"), (None, "None")])
def test_actor_joins_a_process_by_name_only(peer: Any, words: str) -> None:
    """The error shows what was given instead."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a")
        with pytest.raises(TypeError, match=f"peer = {words}: must be a ProcessId"):
            cluster.members["a"].join(peer)

    in_cluster(main)


def test_actor_cannot_change_who_votes() -> None:
    """Neither by joining nor by leaving; the error says what can be done instead."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a")
        member = cluster.members["a"]
        with pytest.raises(
            leader.MembershipFixed, match="join with vote = True: who votes is fixed"
        ):
            member.join(ProcessId(ACTOR, "b"), vote=True)
        with pytest.raises(leader.MembershipFixed, match="start them with the new bootstrap list"):
            member.leave()

    in_cluster(main)


def test_actor_that_terminates_is_a_peer_no_more() -> None:
    """It neither greets nor answers a greeting: otherwise it would stay a peer until its node goes down."""

    class Slow(Acquainted):
        async def terminate(self, reason: Any) -> None:  # type: ignore[override]
            await asyncio.sleep(1)

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", "c", kind=Slow)
        await cluster.settled()
        ending = cluster.members.pop("c")
        ending.stop()
        await pass_time(0.1)
        await cluster.start("b", kind=Slow)
        await pass_time(2)
        assert peer_news(cluster.history, "a") == [
            *(("joined", "c"), ("left", ("c", 0)), ("joined", "b"))
        ]
        assert peer_news(cluster.history, "b") == [("joined", "a")]

    in_cluster(main)


def test_actor_is_told_of_a_leader_that_was_started_again(tmp_path: Path) -> None:
    """Such a leader may lead on before it is missed: a follower must not keep the PID of the dead process."""

    class Faithful(Member):
        followed: Pid | None = None

        async def handle_become_follower(self, leader: Pid | None) -> None:
            self.followed = leader

    async def main(cluster: Cluster) -> None:
        given = options(storage=FileStorage(tmp_path))
        await cluster.start(*"abc", kind=Faithful, storage=given.storage)
        leading = await cluster.settled()
        name = leading.node.name
        cluster.others(leading)[0].send_exit(leading.pid, "kill")
        await until(lambda: cluster.nodes[name].whereis(ACTOR) is None)
        await cluster.join(name, Faithful(cluster.history), given)
        for _ in range(100):
            await pass_time(0.01)
            for other in cluster.others(cluster.members[name]):
                assert isinstance(other, Faithful)
                assert other.followed == other.leader

    in_cluster(main)


def test_actor_gives_a_fresh_list_of_peers() -> None:
    """A caller that changes it changes nothing here."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        await cluster.settled()
        member, other = cluster.members["a"], cluster.members["b"]
        member.peers().clear()
        assert (member.peer_count, member.has_peer(other.pid)) == (2, True)
        assert not member.has_peer(member.pid)

    in_cluster(main)
