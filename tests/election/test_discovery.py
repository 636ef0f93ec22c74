"""How members find each other: greetings until each is heard, farewells, nodes that go up and down."""

import asyncio
from pathlib import Path

import pytest

from leader import FileStorage
from leader.election.election import Election
from leader.election.peer_messages import Farewell
from leader.protocol.vocabulary import ClusterId, MemberId
from runtime import ProcessId
from runtime.simulation import Conditions
from tests.election.election_support import (
    NAME,
    Members,
    among_members,
    greeting,
    options,
    pass_time,
    voters,
)
from tests.election.engine_support import DiskLoop

A = MemberId(f"{NAME}@a")


def peers(members: Members, node: str) -> list[str]:
    """The nodes of a member's peers."""
    return [peer.node for peer in members.elections[node].peers()]


def test_all_members_find_each_other_before_there_is_an_election() -> None:
    """Each listener is told of each other member once, and never of its own."""

    async def main(members: Members) -> None:
        await members.start(*"abc")
        await pass_time(0.1)
        for node in "abc":
            others = sorted(set("abc") - {node})
            assert peers(members, node) == others
            assert sorted(members.told(node)) == [("joined", f"{NAME}@{who}") for who in others]

    among_members(main)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_all_members_find_each_other_on_a_network_that_loses_half(seed: int) -> None:
    """A greeting is repeated until it is answered."""

    async def main(members: Members) -> None:
        members.world.network.default = Conditions(loss=0.5)
        await members.start(*"abc")
        await pass_time(10)
        assert {len(peers(members, node)) for node in "abc"} == {2}

    among_members(main, seed)


def test_a_node_that_goes_down_takes_its_member_along() -> None:
    """Its member leaves, and joins again from the next incarnation of the node."""

    async def main(members: Members) -> None:
        await members.start(*"abc")
        await members.settled()
        await members.elections.pop("c").close()
        members.nodes["c"].kill()
        members.world.network.crash("c")
        await pass_time(0.1)
        assert peers(members, "a") == ["b"]
        await members.start("c")
        await pass_time(1)
        assert peers(members, "a") == ["b", "c"]
        about_c = [what for what, who in members.told("a", "joined", "left") if who == f"{NAME}@c"]
        assert about_c == ["joined", "left", "joined"]

    among_members(main)


def test_a_member_that_stops_on_a_node_that_runs_says_farewell() -> None:
    """Its peers need not wait for the node to go down; it does not greet or answer any more."""

    async def main(members: Members) -> None:
        await members.start("a", "c")
        await members.settled()
        stopped = members.elections["c"]
        await stopped.stop()
        await pass_time(0.01)
        assert members.told("a", "left") == [("left", f"{NAME}@c")]
        await members.start("b")
        await pass_time(2)
        assert (peers(members, "a"), peers(members, "b")) == (["b"], ["a"])

    among_members(main)


def test_a_farewell_in_a_voters_name_decides_nothing() -> None:
    """Not even where a broken connection counts as a death: there are fewer peers, and that is all."""

    async def main(members: Members) -> None:
        await members.start(*"abc", trust_disconnect=True)
        leading = await members.settled()
        term = members.elections[leading].term
        speaker = await members.recorder(leading, "speaker")
        followers = sorted(set("abc") - {leading})
        for node in followers:
            farewell = Farewell(cluster=ClusterId("shop"), sender=MemberId(f"{NAME}@{leading}"))
            speaker.send(ProcessId(NAME, node), farewell)
        await pass_time(0.001)
        assert {len(peers(members, node)) for node in followers} == {1}
        await pass_time(0.04)
        assert await members.settled() == leading
        assert members.elections[leading].term == term

    among_members(main)


def test_a_leader_tells_its_peers_of_the_members_that_it_has_heard_of() -> None:
    """They can greet each other then."""

    async def main(members: Members) -> None:
        await members.start("a", bootstrap=voters("a"))
        await members.settled()
        first, second = await members.recorder("b", NAME), await members.recorder("c", NAME)
        first.send(ProcessId(NAME, "a"), greeting(f"{NAME}@b", was_heard=False))
        assert (await first.receive()).known == (f"{NAME}@b",)
        second.send(ProcessId(NAME, "a"), greeting(f"{NAME}@c"))
        await pass_time(0.4)
        assert f"{NAME}@c" in (await first.receive()).known

    among_members(main)


def test_a_member_that_a_greeting_names_is_greeted_until_it_is_heard_from() -> None:
    """And not any more after that; it does not matter which member named it."""

    async def main(members: Members) -> None:
        await members.start("a", "b", bootstrap=voters("ab"))
        quiet, teller = await members.recorder("c", "quiet"), await members.recorder("c", "teller")
        teller.send(ProcessId(NAME, "a"), greeting("teller@c", "quiet@c"))
        for _ in range(3):
            assert (await quiet.receive()).was_heard is False
        quiet.send(ProcessId(NAME, "a"), greeting("quiet@c"))
        await pass_time(0.01)
        greeted = quiet.inbox.qsize()
        await pass_time(3)
        assert quiet.inbox.qsize() == greeted
        assert quiet.pid in members.elections["a"].peers()

    among_members(main)


def test_member_on_no_list_is_found_by_joining_it() -> None:
    """Both learn of each other; who votes does not change."""

    async def main(members: Members) -> None:
        await members.start("a", bootstrap=voters("a"))
        await members.start("b", bootstrap=voters("b"))
        await pass_time(1)
        assert (peers(members, "a"), peers(members, "b")) == ([], [])
        members.elections["a"].join(MemberId(f"{NAME}@b"))
        await pass_time(0.1)
        assert (peers(members, "a"), peers(members, "b")) == (["b"], ["a"])
        membership = members.elections["a"].membership
        assert membership is not None
        assert membership.voters == (A,)

    among_members(main)


def test_an_observer_does_not_greet_before_it_knows_that_it_observes(tmp_path: Path) -> None:
    """It would be taken for a voter, and be sent no heartbeat."""

    async def main(members: Members) -> None:
        contact = await members.recorder("a", "contact")
        given = options(bootstrap=(), storage=FileStorage(tmp_path))
        loop = asyncio.get_running_loop()
        assert isinstance(loop, DiskLoop)
        loop.disk_seconds = 1.0
        starting = loop.create_task(members.join("a", given))
        await pass_time(1.5)
        members.elections["a"].join(MemberId("contact@a"))
        await pass_time(0.1)
        assert (members.elections["a"].role, contact.inbox.qsize()) == ("starting", 0)
        await starting
        first = await contact.receive()
        assert (first.was_heard, first.observes) == (False, True)

    among_members(main, loop=DiskLoop())


def test_a_member_that_has_left_answers_a_greeting_with_a_farewell() -> None:
    """Otherwise it would be greeted for ever."""

    async def main(members: Members) -> None:
        observer = await _observer(members)
        contact = await members.recorder("c", "contact")
        observer.leave()
        contact.send(ProcessId(NAME, "b"), greeting("contact@c", was_heard=False))
        answer = await contact.receive()
        assert answer == Farewell(cluster=ClusterId("shop"), sender=MemberId(f"{NAME}@b"))
        assert peers(members, "b") == []

    among_members(main)


def test_an_observer_that_says_farewell_is_forgotten() -> None:
    """It is not looked for any more, and is sent no heartbeat."""

    async def main(members: Members) -> None:
        observer = await _observer(members)
        assert peers(members, "a") == ["b"]
        observer.leave()
        await pass_time(0.1)
        before = members.nodes["a"].statistics().sent
        await pass_time(2)
        assert (peers(members, "a"), members.nodes["a"].statistics().sent) == ([], before)

    among_members(main)


async def _observer(members: Members) -> Election:
    """An observer on node b that follows the only voter, on node a."""
    await members.start("a", bootstrap=voters("a"))
    await members.settled()
    await members.start("b", bootstrap=())
    members.elections["b"].join(A)
    await members.settled()
    return members.elections["b"]
