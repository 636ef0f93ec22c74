"""The actor and what others say: strangers, forgers, former selves, other clusters, other lists."""

import logging

import pytest

from leader.protocol.messages import Heartbeat, PreVoteRequest, Resigned
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
from tests.protocol.builders import identity, membership
from tests.runtime.support import Recorder


def test_a_message_from_another_node_than_it_says_is_dropped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A node vouches for its own members only; the forgery is logged."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        leading = await cluster.settled()
        target, forger = cluster.others(leading)
        term = Term(leading.term + 1)
        for node in (leading.node.name, "nowhere"):
            forged = Heartbeat(
                cluster=ClusterId("shop"),
                sender=MemberId(f"member@{node}"),
                term=term,
                sent=Instant(1),
                membership=membership(term, tuple(MemberId(f"member@{name}") for name in "abc")),
            )
            forger.send(ProcessId(ACTOR, target.node.name), forged)
        await pass_time(0.2)
        assert (target.term, target.leader) == (leading.term, leading.pid)
        assert await cluster.settled() is leading
        texts = logged(caplog.records, logging.WARNING)
        assert [text for text in texts if text.startswith("dropped")] == [
            f"dropped a message of member@{node} that came from node {forger.node.name}"
            for node in (leading.node.name, "nowhere")
        ]

    with caplog.at_level(logging.WARNING):
        in_cluster(main)


def test_a_message_of_a_former_incarnation_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    """A process that was replaced has no say, even on the same life of its node."""

    async def main(cluster: Cluster) -> None:
        former = Recorder()
        for name in "abc":
            await cluster.start_node(name)
        await cluster.nodes["a"].spawn(lambda: former)
        for name in "abc":
            await cluster.join(name, Member(cluster.history), options())
        leading = await cluster.settled()
        await pass_time(0.1)
        farewell = Resigned(
            cluster=ClusterId("shop"),
            sender=MemberId("member@a"),
            term=Term(leading.term),
            successor=None,
        )
        former.send(ProcessId(ACTOR, "b"), farewell)
        await pass_time(0.1)
        assert await cluster.settled() is leading

    with caplog.at_level(logging.WARNING):
        in_cluster(main)
    [warning] = [text for text in logged(caplog.records, logging.WARNING) if "older" in text]
    assert warning.startswith("dropped a message of an older incarnation of member@a: <a.")


def test_two_clusters_on_the_same_nodes_do_not_mix() -> None:
    """Each has its own leader, and the end of one's leadership is nothing to the other."""

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


def test_members_of_different_clusters_do_not_count_for_each_other() -> None:
    """Not even where they agree on who the members are."""

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


def test_different_bootstrap_lists_are_refused_and_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Once for each pair of members, at those who asked; the text names both lists."""

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
def test_a_stranger_is_answered_where_it_wrote_from(name: str, answers: int) -> None:
    """If a process can be called what it says it is called; if not, its fault is not ours."""

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
