"""An actor without a vote: it is started with an empty list, joins through any member, and follows."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from leader import FileStorage, MembershipFixed
from leader.election.known_members import KNOWN_LIMIT
from leader.election.trace import Line, Stepped
from runtime import ProcessId
from tests.actor.actor_support import (
    ACTOR,
    PROMISE,
    Acquainted,
    Cluster,
    Member,
    bootstrap,
    in_cluster,
    pass_time,
    peer_news,
)
from tests.election.election_support import greeting
from tests.election.engine_support import logged
from tests.runtime.support import Recorder

VOTERS = bootstrap("ab")


async def voters_and_an_observer(cluster: Cluster, **changes: Any) -> tuple[Member, Member]:
    """The leader of the voters on a and b, and the member on c, which knows no member yet."""
    await cluster.start("a", "b", kind=Acquainted, bootstrap=VOTERS, **changes)
    leading = await cluster.settled()
    await cluster.start("c", kind=Acquainted, bootstrap=[])
    return leading, cluster.members["c"]


def test_observer_alone_waits_and_elects_no_leader() -> None:
    """It has begun at once, and stays as it is."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("c", bootstrap=[])
        await pass_time(0.01)
        observer = cluster.members["c"]
        assert (observer.role, observer.handle_inspect("quorum")) == ("observer", {"quorum": ""})
        await pass_time(5)
        assert (observer.leader, observer.term, cluster.history) == (None, 0, [])

    in_cluster(main)


@pytest.mark.parametrize("contact", "ab")
def test_observer_joins_through_any_member(contact: str) -> None:
    """Within the interval between greetings it follows the leader, and all members know each other."""

    async def main(cluster: Cluster) -> None:
        leading, observer = await voters_and_an_observer(cluster)
        token = leading.term
        observer.join(ProcessId(ACTOR, contact))
        await pass_time(0.4)
        assert (observer.leader, observer.term) == (leading.pid, token)
        assert cluster.told("c") == [("follows", leading.node.name)]
        assert {member.peer_count for member in cluster.members.values()} == {2}
        assert observer.membership == leading.membership
        assert (leading.term, cluster.told(leading.node.name)) == (token, [("leads", token)])

    in_cluster(main)


def test_observer_may_be_joined_by_a_voter() -> None:
    """It is enough if one of the two knows the other."""

    async def main(cluster: Cluster) -> None:
        leading, observer = await voters_and_an_observer(cluster)
        leading.join(ProcessId(ACTOR, "c"))
        await pass_time(0.4)
        assert observer.leader == leading.pid

    in_cluster(main)


def test_observer_that_starts_before_the_voters_follows_them() -> None:
    """Voters that start without a record are silent at first, but they listen to greetings."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("c", bootstrap=[])
        cluster.members["c"].join(ProcessId(ACTOR, "a"))
        await cluster.start("a", "b", bootstrap=VOTERS)
        await pass_time(0.1)
        assert cluster.members["c"].peer_count == 2
        leading = await cluster.settled()
        assert cluster.members["c"].leader == leading.pid

    in_cluster(main)


@pytest.mark.slow
def test_observer_is_told_each_change_of_leader() -> None:
    """A resignation and a death, like any follower."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", "b", "x", bootstrap=bootstrap("abx"))
        leading = await cluster.settled()
        await cluster.start("c", bootstrap=[])
        observer = cluster.members["c"]
        observer.join(ProcessId(ACTOR, "a"))
        await pass_time(1)
        leading.resign()
        await pass_time(0.1)
        second = await cluster.settled()
        await pass_time(1)
        cluster.crash(second.node.name)
        await pass_time(1)
        [third] = cluster.acting()
        names = [about for _, about in cluster.told("c")]
        assert names[:3] == [leading.node.name, None, second.node.name]
        assert names[-1] == third.node.name

    in_cluster_of_more(main)


def test_observer_stops_following_a_leader_that_it_cannot_hear() -> None:
    """No connection breaks; after three of its intervals it follows no member, until it hears the leader again."""

    async def main(cluster: Cluster) -> None:
        leading, observer = await voters_and_an_observer(cluster)
        observer.join(ProcessId(ACTOR, "a"))
        await pass_time(1)
        cluster.isolate("c")
        await pass_time(1.9)
        assert observer.leader == leading.pid
        await pass_time(1.2)
        assert cluster.told("c")[-1] == ("follows", None)
        cluster.world.network.heal()
        await pass_time(0.5)
        assert observer.leader == leading.pid
        assert cluster.acting() == [leading]

    in_cluster(main)


def test_observer_is_in_no_quorum() -> None:
    """One of two voters does not lead, even with an observer."""

    async def main(cluster: Cluster) -> None:
        leading, observer = await voters_and_an_observer(cluster)
        observer.join(ProcessId(ACTOR, "a"))
        await pass_time(1)
        [other] = [m for m in cluster.others(leading) if m is not observer]
        cluster.crash(other.node.name)
        await pass_time(PROMISE + 0.01)
        assert cluster.acting() == []
        await pass_time(3)
        assert cluster.acting() == []
        assert observer.leader is None

    in_cluster(main)


@pytest.mark.slow
def test_observer_leaves_and_joins_again() -> None:
    """Meanwhile it hears no member, and is no member's peer."""

    async def main(cluster: Cluster) -> None:
        leading, observer = await voters_and_an_observer(cluster)
        observer.join(ProcessId(ACTOR, "a"))
        await pass_time(1)
        observer.leave()
        await pass_time(0.5)
        assert (observer.leader, observer.peers()) == (None, [])
        assert not leading.has_peer(observer.pid)
        before = cluster.nodes["c"].statistics()
        await pass_time(2)
        after = cluster.nodes["c"].statistics()
        assert (after.sent, after.received) == (before.sent, before.received)
        observer.join(ProcessId(ACTOR, "b"))
        await pass_time(0.5)
        assert observer.leader == leading.pid
        assert [what for what, _ in peer_news(cluster.history, "c")] == [
            *("joined", "joined", "left", "left", "joined", "joined")
        ]

    in_cluster(main)


def test_voter_does_not_leave() -> None:
    """It stays a voter whatever it does; if it only pretended to leave, quorums would be harder to reach."""

    async def main(cluster: Cluster) -> None:
        leading, _ = await voters_and_an_observer(cluster)
        with pytest.raises(MembershipFixed, match="leave: who votes is fixed"):
            leading.leave()

    in_cluster(main)


def test_observer_that_dies_is_forgotten_and_comes_back() -> None:
    """As another incarnation, which has no memory and need not wait."""

    async def main(cluster: Cluster) -> None:
        leading, observer = await voters_and_an_observer(cluster)
        observer.join(ProcessId(ACTOR, "a"))
        await pass_time(1)
        token = leading.term
        cluster.crash("c")
        await pass_time(0.1)
        assert not leading.has_peer(observer.pid)
        await cluster.start("c", bootstrap=[])
        cluster.members["c"].join(ProcessId(ACTOR, "b"))
        await pass_time(0.05)
        again = cluster.members["c"]
        assert (again.leader, again.term, leading.term) == (leading.pid, token, token)

    in_cluster(main)


@pytest.mark.slow
def test_observer_with_a_record_stays_an_observer(tmp_path: Path, caplog: Any) -> None:
    """Its record names the voters; that its own list is empty is no contradiction."""

    async def main(cluster: Cluster) -> None:
        storage = FileStorage(tmp_path)
        await cluster.start("a", "b", bootstrap=VOTERS)
        leading = await cluster.settled()
        for _ in range(2):
            await cluster.start("c", bootstrap=[], storage=storage)
            cluster.members["c"].join(ProcessId(ACTOR, "a"))
            await pass_time(1)
            assert cluster.members["c"].leader == leading.pid
            assert cluster.members["c"].role == "observer"
            del cluster.members["c"]
            await cluster.nodes["c"].stop()

    with caplog.at_level(logging.WARNING):
        in_cluster(main)
    assert not [text for text in logged(caplog.records, logging.WARNING) if "outranks" in text]


@pytest.mark.slow
def test_voter_that_is_started_as_an_observer_is_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It has forgotten its votes, so it takes no part; the others, a quorum, go on."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        await cluster.settled()
        cluster.crash("c")
        await cluster.start("c", bootstrap=[])
        fallen = cluster.members["c"]
        fallen.join(ProcessId(ACTOR, "a"))
        await pass_time(2)
        assert (fallen.leader, fallen.role, fallen.membership.voters) == (None, "observer", ())  # type: ignore[union-attr]
        assert len(cluster.acting()) == 1

    with caplog.at_level(logging.ERROR):
        in_cluster(main)
    texts = set(logged(caplog.records, logging.ERROR))
    listed = ["member@a", "member@b", "member@c"]
    assert f"member@c was started without a bootstrap list, but votes here: {listed}" in texts
    assert f"member@c was started with another bootstrap list: [], ours is {listed}" in texts


@pytest.mark.slow
def test_observer_that_is_no_peer_is_sent_no_heartbeat() -> None:
    """The number of peers is bounded, so invented names cannot make a leader send more and more."""
    lines: list[Line] = []

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", bootstrap=bootstrap("a"), trace=lines.append)
        leading = await cluster.settled()
        speaker = Recorder()
        await leading.node.spawn(lambda: speaker)
        for number in range(KNOWN_LIMIT + 50):
            speaker.send(leading.pid, replace(greeting(f"made-up-{number}@a"), observes=True))
        await pass_time(0.2)
        assert leading.peer_count == KNOWN_LIMIT - 1

    in_cluster(main)
    sent = [len(line.sent) for line in lines if isinstance(line, Stepped)]
    assert max(sent) == KNOWN_LIMIT - 1


@pytest.mark.slow
@pytest.mark.parametrize("farewell", [True, False])
def test_observer_finds_voters_that_were_all_restarted(farewell: bool) -> None:
    """However they ended: the voter that it joined through does not remember it, so it looks for them."""

    async def main(cluster: Cluster) -> None:
        _, observer = await voters_and_an_observer(cluster)
        observer.join(ProcessId(ACTOR, "a"))
        await pass_time(1)
        for name in "ab":
            if farewell:
                await cluster.nodes[name].stop()
                await pass_time(0.1)
            cluster.crash(name)
        await pass_time(1)
        await cluster.start("a", "b", bootstrap=VOTERS)
        leading = await cluster.settled()
        await pass_time(1)
        assert observer.leader == leading.pid
        assert observer.peer_count == 2

    in_cluster(main)


def in_cluster_of_more(test: Any) -> None:
    """The same with a way to a fourth node, which the simulated world does not know by itself."""

    async def main(cluster: Cluster) -> None:
        begin = cluster.world.start

        async def start(name: str, host: str | None = None, **given: Any) -> Any:
            routes = {name: f"{name}:1" for name in "abcx"}
            return await begin(name, host, **({"routes": routes} | given))

        cluster.world.start = start  # type: ignore[method-assign]
        await test(cluster)

    in_cluster(main)
