"""How members find each other, and what becomes of a participation that never came about."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

import leader
from leader import FileStorage
from leader.election.peer_messages import Farewell, Greeting
from leader.protocol.vocabulary import ClusterId, MemberId
from runtime import Node, Pid, ProcessId
from runtime.simulation import Conditions, SimulatedClock, SimulatedNetwork
from tests.actor.actor_support import (
    ACTOR,
    Cluster,
    History,
    Member,
    bootstrap,
    in_cluster,
    options,
    pass_time,
)
from tests.election.engine_support import DiskLoop
from tests.runtime.support import COOKIE, Recorder, until


class Acquainted(Member):
    """Tells the history of its peers too."""

    def handle_peer_joined(self, peer: Pid) -> None:
        self.note("joined", peer.node)

    def handle_peer_left(self, peer: Pid) -> None:
        self.note("left", (peer.node, self.peer_count))


def peer_news(history: History, name: str) -> list[tuple[str, Any]]:
    """What one member was told of its peers."""
    return [entry[2:] for entry in history if entry[1] == name and entry[2] in ("joined", "left")]


def greeting(sender: str, *known: str, was_heard: bool = True, cluster: str = "shop") -> Greeting:
    """One of a member of that cluster."""
    return Greeting(
        cluster=ClusterId(cluster),
        sender=MemberId(sender),
        known=tuple(MemberId(member) for member in known),
        was_heard=was_heard,
        observes=False,
    )


def test_all_discover_all_before_there_is_anything_to_elect() -> None:
    """Each is told of each other one once, and never of itself."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Acquainted)
        await pass_time(0.1)
        for name, member in cluster.members.items():
            others = sorted(set("abc") - {name})
            assert [peer.node for peer in member.peers()] == others
            assert sorted(peer_news(cluster.history, name)) == [("joined", who) for who in others]

    in_cluster(main)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_all_discover_all_on_a_network_that_loses_half(seed: int) -> None:
    """A greeting is repeated until it is answered."""

    async def main(cluster: Cluster) -> None:
        cluster.world.network.default = Conditions(loss=0.5)
        await cluster.start(*"abc")
        await pass_time(10)
        assert {member.peer_count for member in cluster.members.values()} == {2}

    in_cluster(main, seed)


def test_a_node_that_goes_down_takes_its_member_along() -> None:
    """Killed, or stopped in good order; when it is back, it joins again as another process."""

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


def test_a_member_that_ends_on_a_node_that_lives_takes_leave() -> None:
    """Its peers need not wait for the node."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Acquainted)
        await cluster.settled()
        cluster.members.pop("c").stop()
        await pass_time(0.01)
        assert peer_news(cluster.history, "a")[-1] == ("left", ("c", 1))

    in_cluster(main)


def test_a_farewell_decides_nothing() -> None:
    """Not even where a broken connection would be taken for a death: only peers are fewer."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", trust_disconnect=True)
        leading = await cluster.settled()
        term, speaker = leading.term, Recorder()
        await leading.node.spawn(lambda: speaker)
        member = MemberId(f"{ACTOR}@{leading.node.name}")
        for other in cluster.others(leading):
            farewell = Farewell(cluster=ClusterId("shop"), sender=member)
            speaker.send(ProcessId(ACTOR, other.node.name), farewell)
        await pass_time(0.001)
        assert {other.peer_count for other in cluster.others(leading)} == {1}
        await pass_time(0.04)
        assert cluster.acting() == [leading]
        assert leading.term == term

    in_cluster(main)


def test_quorums_do_not_shrink_when_peers_leave() -> None:
    """Peers decide nothing: of three members one is never a majority."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        await cluster.settled()
        cluster.crash("b")
        cluster.crash("c")
        await pass_time(3)
        assert cluster.members["a"].peer_count == 0
        assert cluster.acting() == []

    in_cluster(main)


def test_a_leader_tells_its_peers_of_those_it_has_met() -> None:
    """Whoever it names is greeted; that makes the two known to each other."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", bootstrap=bootstrap("a"))
        await cluster.settled()
        first, second = Recorder(), Recorder()
        for name, recorder in (("b", first), ("c", second)):
            node = await cluster.start_node(name)
            await node.spawn_register(ACTOR, lambda recorder=recorder: recorder)  # type: ignore[misc]
        first.send(ProcessId(ACTOR, "a"), greeting("member@b", was_heard=False))
        assert (await first.receive()).known == ("member@b",)
        second.send(ProcessId(ACTOR, "a"), greeting("member@c"))
        await pass_time(0.4)
        assert "member@c" in (await first.receive()).known

    in_cluster(main)


def test_whoever_is_named_is_greeted_until_it_is_heard() -> None:
    """And no longer; who told of it does not matter."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", "b", bootstrap=bootstrap("abx"))
        quiet, teller = Recorder(), Recorder()
        node = await cluster.start_node("c")
        await node.spawn_register("quiet", lambda: quiet)
        await node.spawn(lambda: teller)
        teller.send(ProcessId(ACTOR, "a"), greeting("teller@c", "quiet@c"))
        for _ in range(3):
            assert (await quiet.receive()).was_heard is False
        quiet.send(ProcessId(ACTOR, "a"), greeting("quiet@c"))
        await pass_time(0.01)
        heard = quiet.inbox.qsize()
        await pass_time(3)
        assert quiet.inbox.qsize() == heard
        assert quiet.pid in cluster.members["a"].peers()

    in_cluster(main)


def test_members_of_another_cluster_are_no_peers() -> None:
    """Whatever they say, and even if they bear a member's name."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", cluster_id="bank")
        await cluster.start("b", "c")
        await cluster.nodes["a"].spawn(lambda: stranger)
        stranger.send(ProcessId(ACTOR, "b"), greeting("member@a", cluster="bank"))
        stranger.send(
            ProcessId(ACTOR, "b"), Farewell(cluster=ClusterId("bank"), sender=MemberId("member@a"))
        )
        await pass_time(1)
        assert {name: member.peer_count for name, member in cluster.members.items()} == {
            **{"a": 0, "b": 1, "c": 1}
        }

    stranger = Recorder()
    in_cluster(main)


def test_joining_finds_a_member_that_nobody_listed() -> None:
    """Both learn of each other; who votes does not change."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", bootstrap=bootstrap("a"))
        await cluster.start("b", bootstrap=bootstrap("b"))
        await pass_time(1)
        first, second = cluster.members["a"], cluster.members["b"]
        assert (first.peers(), second.peers()) == ([], [])
        first.join(ProcessId(ACTOR, "b"))
        await pass_time(0.1)
        assert (first.peers(), second.peers()) == ([second.pid], [first.pid])
        assert first.membership is not None
        assert first.membership.voters == ("member@a",)

    async def one(cluster: Cluster) -> None:
        # Both lead, each its own cluster of one: the rule that one acts at a time is not for these.
        cluster.acting = list  # type: ignore[method-assign]
        await main(cluster)

    in_cluster(one)


@pytest.mark.parametrize(("peer", "words"), [("member@b", "'member@b'"), (None, "None")])
def test_one_joins_a_process_by_name(peer: Any, words: str) -> None:
    """Anything else is a mistake that is told."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a")
        with pytest.raises(TypeError, match=f"peer = {words}: must be a ProcessId"):
            cluster.members["a"].join(peer)

    in_cluster(main)


def test_who_votes_cannot_be_changed_yet() -> None:
    """Neither by joining nor by leaving; the error says what can be done."""

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


async def node_on(loop: DiskLoop) -> Node:
    """A node named "a" that is alone in the world."""
    return await Node.start(
        "a@a:1",
        cookie=COOKIE,
        transport=SimulatedNetwork(loop, 0).transport("a"),
        clock=SimulatedClock(loop),
        random=random.Random(0),
    )


def test_an_observer_neither_greets_nor_hears_before_it_knows_that_it_is_one(
    tmp_path: Path,
) -> None:
    """It would pass for a voter, or never greet whom it has heard: and be sent no heartbeat."""
    loop = DiskLoop()

    async def main() -> None:
        node, contact, observer = await node_on(loop), Recorder(), Member([])
        await node.spawn_register("contact", lambda: contact)
        loop.disk_seconds = 1.0
        given = options(bootstrap=[], storage=FileStorage(tmp_path))
        await node.spawn_register(ACTOR, lambda: observer, given)
        observer.join(ProcessId("contact", "a"))
        contact.send(observer.pid, greeting("contact@a"))
        await asyncio.sleep(0.5)
        assert (observer.role, observer.peers(), contact.inbox.qsize()) == ("starting", [], 0)
        await asyncio.sleep(1)
        first = await contact.receive()
        assert (first.was_heard, first.observes) == (False, True)
        await node.stop()

    loop.run(main())


def test_an_init_that_is_cancelled_leaves_no_lock(tmp_path: Path) -> None:
    """Even while its storage is being opened in another thread, which nobody can stop."""
    loop = DiskLoop()
    storage = FileStorage(tmp_path)

    async def main() -> None:
        node = await node_on(loop)
        loop.disk_seconds = 1.0
        given = options(storage=storage)
        start = loop.create_task(node.spawn_register(ACTOR, lambda: Member([]), given))
        await asyncio.sleep(0.5)
        start.cancel()
        await asyncio.wait([start])
        await asyncio.sleep(1)
        await node.spawn_register(ACTOR, lambda: Member([]), given)
        await node.stop()

    loop.run(main())


def test_who_took_leave_is_met_no_more_while_it_terminates() -> None:
    """It neither greets nor answers a greeting: it would stay a peer until its node goes down."""

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


def test_a_leader_that_is_started_again_on_its_node_is_followed_as_another(tmp_path: Path) -> None:
    """It may lead on before anybody has missed it: who follows must not keep the dead one's PID."""

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


@pytest.mark.parametrize("name", ["x" * 1_000_000, "", "x\ny"])
def test_a_sender_that_no_process_can_be_called_is_not_believed(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor are its words kept or repeated in a log, however long they are."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", bootstrap=bootstrap("a"))
        leading = await cluster.settled()
        speaker = Recorder()
        node = await cluster.start_node("b")
        await node.spawn(lambda: speaker)
        speaker.send(ProcessId(ACTOR, "a"), greeting(f"{name}@b", was_heard=False))
        await pass_time(1)
        assert (leading.peers(), speaker.inbox.qsize()) == ([], 0)

    in_cluster(main)
    [warning] = [record.getMessage() for record in caplog.records]
    assert "whose sender is no member's name" in warning
    assert len(warning) < 200
