"""Actors of different clusters, or with different lists, on the same nodes."""

import logging

import pytest

from leader.protocol.messages import PreVoteRequest
from leader.protocol.vocabulary import ClusterId, Instant, MemberId, Term
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
from tests.election.engine_support import logged
from tests.protocol.builders import identity
from tests.runtime.support import Recorder


def test_actors_of_two_clusters_on_the_same_nodes_elect_two_leaders() -> None:
    """The end of one leadership changes nothing for the other."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        other: dict[str, Member] = {}
        for name in "abc":
            member = Member([])
            given = options(cluster_id="bank", bootstrap=bootstrap(name="teller"))
            await cluster.nodes[name].spawn_register("teller", lambda m=member: m, given)  # type: ignore[misc]
            other[name] = member
        leading = await cluster.settled()
        await pass_time(1)
        [teller] = [member for member in other.values() if member.is_leader]
        term = teller.term
        leading.stop()
        await pass_time(0.5)
        assert cluster.acting() != [leading]
        assert (teller.is_leader, teller.term) == (True, term)

    in_cluster(main)


def test_actors_of_different_clusters_do_not_count_for_each_other() -> None:
    """Not even if their lists are the same."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", cluster_id="bank")
        await cluster.start("b")
        await pass_time(2)
        assert cluster.acting() == []
        await cluster.start("c")
        await pass_time(1)
        [leading] = cluster.acting()
        assert leading.node.name in "bc"
        assert cluster.told("a") == []

    in_cluster(main)


def test_actors_with_different_bootstrap_lists_refuse_each_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Reported once for each pair of members, at the member that asked; the text names both lists."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", bootstrap=bootstrap("ac"))
        await cluster.start("b", "c", bootstrap=bootstrap("bc"))
        await pass_time(3)
        [leading] = cluster.acting()
        assert leading.node.name in "bc"
        assert cluster.told("a") == []

    with caplog.at_level(logging.ERROR):
        in_cluster(main)
    ours, theirs = ["member@a", "member@c"], ["member@b", "member@c"]
    assert logged(caplog.records, logging.ERROR) == [
        f"member@c was started with another bootstrap list: {theirs}, ours is {ours}"
    ]


@pytest.mark.parametrize(
    ("name", "answers"),
    [("@b", 0), ("\n@b", 0), ("x@y@b", 0), ("x" * 101 + "@b", 0), ("stranger@b", 1)],
)
def test_actor_answers_a_stranger_where_it_wrote_from(name: str, answers: int) -> None:
    """It answers only if a process can have the given name; otherwise it sends nothing and goes on."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", bootstrap=bootstrap("a"))
        leading = await cluster.settled()
        stranger = Recorder()
        await (await cluster.start_node("b")).spawn(lambda: stranger)
        request = PreVoteRequest(
            cluster=ClusterId("shop"),
            sender=MemberId(name),
            term=Term(leading.term + 1),
            sent=Instant(1),
            membership=identity(),
        )
        stranger.send(ProcessId(ACTOR, "a"), request)
        await pass_time(0.1)
        heard = [await stranger.receive() for _ in range(stranger.inbox.qsize())]
        assert [answer.membership.voters for answer in heard] == [("member@a",)] * answers
        assert await cluster.settled() is leading

    in_cluster(main)
