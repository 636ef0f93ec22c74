"""What an author asks of an actor and has it do: queries, messages to all, resigning, work while leading."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from runtime import NotHandled, Pid, ProcessId
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
from tests.election.engine_support import logged
from tests.runtime.support import Note, Recorder


class Working(Member):
    """Works while it leads, and says when that begins and ends."""

    last_words = 0.0
    failure: "asyncio.Future[None]"

    async def handle_become_leader(self) -> None:
        await super().handle_become_leader()
        self.while_leader(self.work())

    async def work(self) -> None:
        """Goes on until it is stopped, or fails."""
        self.note("works")
        self.failure = asyncio.get_running_loop().create_future()
        try:
            await self.failure
        finally:
            await asyncio.sleep(self.last_words)
            self.note("stops", self.is_leader)


class Listening(Member):
    """Keeps what it is sent."""

    async def handle_message(self, sender: Pid | None, message: Any) -> None:
        self.note("hears", (sender, message))


def heard(cluster: Cluster) -> list[tuple[str, Any]]:
    """Who heard what, of whom."""
    return sorted(
        ((node, about) for _, node, what, about in cluster.history if what == "hears"), key=str
    )


def test_before_init_there_is_nothing_to_tell() -> None:
    """Every query has an answer; what would do something is refused."""

    async def main(cluster: Cluster) -> None:
        class Early(Member):
            def init(self, given: Any) -> Any:
                self.note("asked", [self.is_leader, self.leader, self.term, self.cluster_id])
                self.note("asked", [self.bootstrap, self.membership, self.role, self.peers()])
                self.note("asked", [self.lease_remaining, self.peer_count, self.handle_inspect()])
                for act in (self.resign, partial(self.join, ProcessId(ACTOR, "b"))):
                    with pytest.raises(RuntimeError, match="only after init has returned"):
                        act()
                return given

        await cluster.start("a", kind=Early)
        assert [about for _, _, _, about in cluster.history] == [
            [False, None, 0, ""],
            [(), None, "starting", []],
            [0.0, 0, {}],
        ]

    in_cluster(main)


def test_a_member_tells_what_it_was_started_with_and_what_it_is() -> None:
    """Bootstrap list and cluster as given; role, lease and membership as they are."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        assert cluster.members["a"].role == "starting"
        leading = await cluster.settled()
        await pass_time(1)
        follower = cluster.others(leading)[0]
        assert (leading.cluster_id, leading.bootstrap) == ("shop", tuple(bootstrap()))
        assert (leading.role, follower.role) == ("leader", "follower")
        assert 0 < leading.lease_remaining < PROMISE
        assert follower.lease_remaining == 0
        assert leading.membership == follower.membership
        assert follower.membership is not None
        assert follower.membership.voters == ("member@a", "member@b", "member@c")

    in_cluster(main)


def test_the_list_of_peers_is_the_callers() -> None:
    """Changing it changes nothing."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        await cluster.settled()
        member, other = cluster.members["a"], cluster.members["b"]
        member.peers().clear()
        assert (member.peer_count, member.has_peer(other.pid)) == (2, True)
        assert not member.has_peer(member.pid)

    in_cluster(main)


def test_inspection_tells_an_operator_how_things_stand() -> None:
    """All as text, the original's keys among them; or only what is asked for."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        leading = await cluster.settled()
        cluster.crash(cluster.others(leading)[1].node.name)
        await pass_time(0.1)
        follower = cluster.others(leading)[0]
        found = leading.handle_inspect()
        assert 0 < float(found.pop("lease").removesuffix(" s")) < PROMISE
        assert found == {
            "cluster": "shop",
            "term": str(leading.term),
            "leader": "true",
            "peers": "1",
            "peer_pids": str(follower.pid),
            "leader_pid": str(leading.pid),
            "role": "leader",
            "quorum": "2 of 3",
            "voters": "member@a member@b member@c",
            "bootstrap": "member@a member@b member@c",
        }
        assert follower.handle_inspect("leader", "lease", "weather") == {
            **{"leader": "false", "lease": "0.000 s"}
        }

    in_cluster(main)


def test_a_broadcast_reaches_all_peers() -> None:
    """Signed, once each, and not its sender."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Listening)
        await cluster.settled()
        sender = cluster.members["a"]
        sender.broadcast(Note(number=1))
        await pass_time(0.1)
        assert heard(cluster) == [(name, (sender.pid, Note(number=1))) for name in "bc"]

    in_cluster(main)


def test_a_broadcast_to_the_bootstrap_list_asks_not_who_is_there() -> None:
    """It goes to every name on the list but the own, before anybody was heard."""

    async def main(cluster: Cluster) -> None:
        for name in "abc":
            await cluster.start_node(name)
        await pass_time(0.1)
        listener = Recorder()
        await cluster.nodes["b"].spawn_register(ACTOR, lambda: listener)
        await cluster.join("a", Listening(cluster.history), options())
        assert cluster.members["a"].peers() == []
        cluster.members["a"].broadcast_bootstrap(Note(number=1))
        await pass_time(0.01)
        assert Note(number=1) in [await listener.receive(), await listener.receive()]
        assert heard(cluster) == []

    in_cluster(main)


def test_what_nobody_handles_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A message is dropped, a request refused; the actor goes on."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", bootstrap=bootstrap("a"))
        leading = await cluster.settled()
        cluster.nodes["a"].send(leading.pid, Note(number=1))
        with pytest.raises(NotHandled):
            await cluster.nodes["a"].call(leading.pid, Note(number=2))
        await pass_time(1)
        assert leading.is_leader

    with caplog.at_level(logging.WARNING):
        in_cluster(main)
    assert logged(caplog.records, logging.WARNING) == [
        f"unhandled message from None: {Note(number=1)!r}",
        f"unhandled request from None: {Note(number=2)!r}",
    ]


def test_a_leader_that_resigns_goes_on_as_a_follower() -> None:
    """It acts no more from that instant; its application is told before the others are."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        former = await cluster.settled()
        await pass_time(1)
        resigned = cluster.world.loop.time()
        former.resign()
        assert (former.is_leader, former.leader) == (False, None)
        former.resign()
        successor = await cluster.settled()
        assert successor is not former
        assert cluster.first("leads", since=resigned) - resigned < 0.001
        assert cluster.told(former.node.name)[1:] == [
            ("follows", None),
            ("follows", successor.node.name),
        ]

    in_cluster(main)


@pytest.mark.parametrize("seed", range(4))
def test_a_resigning_leader_may_name_its_successor(seed: int) -> None:
    """Which is asked at once, and wins unless it is dead."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        former = await cluster.settled()
        chosen = cluster.others(former)[seed % 2]
        former.resign(ProcessId(ACTOR, chosen.node.name))
        await pass_time(0.01)
        assert await cluster.settled() is chosen

    in_cluster(main, seed)


def test_who_has_not_begun_yet_has_nothing_to_give_up() -> None:
    """In its silent wait, too, a successor is checked against the voters and nothing else happens."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        silent = cluster.members["a"]
        silent.resign(ProcessId(ACTOR, "b"))
        with pytest.raises(ValueError, match="must be another of the voters"):
            silent.resign(ProcessId(ACTOR, "d"))
        await cluster.settled()

    in_cluster(main)


def test_only_another_voter_can_succeed() -> None:
    """The error says who could; a follower that resigns has nothing to give up."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        leading = await cluster.settled()
        for wrong in (ProcessId(ACTOR, leading.node.name), ProcessId("stranger", "a")):
            with pytest.raises(ValueError, match=r"must be another of the voters \['member@a'"):
                leading.resign(wrong)
        cluster.others(leading)[0].resign()
        await pass_time(1)
        assert await cluster.settled() is leading

    in_cluster(main)


@pytest.mark.parametrize("last_words", [0.0, 0.05])
@pytest.mark.parametrize("ends", [lambda m: m.resign(), lambda m: m.stop()])
def test_work_has_stopped_before_the_lead_is_handed_over(
    ends: Callable[[Member], None], last_words: float
) -> None:
    """Also if it takes its time, and whether the actor goes on or not."""

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
def test_work_stops_before_the_lease_ends(seed: int) -> None:
    """An isolated leader stops a grace before another can be elected, busy callback or not."""

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


def test_an_error_in_the_work_ends_the_actor_as_one_in_a_callback_does() -> None:
    """It hands over and terminates with that error."""

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


def test_work_that_comes_too_late_is_not_begun() -> None:
    """A leadership may end before its callback; what is no coroutine is a mistake."""

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


def test_a_terminating_member_is_not_elected_again() -> None:
    """Its last callback may take long; it takes no part meanwhile."""

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


def test_a_rejected_leadership_waits_for_its_work_too() -> None:
    """What the callback started before it failed is stopped before anybody else leads."""

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
