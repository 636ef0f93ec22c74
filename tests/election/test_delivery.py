"""Which messages are taken in and which are not, and where answers go."""

import asyncio
import logging
from pathlib import Path

import pytest

from leader import FileStorage
from leader.election.delivery import Unwelcome
from leader.election.peer_messages import Farewell, Greeting
from leader.protocol.messages import Heartbeat, Message, PreVoteRequest, Resigned
from leader.protocol.vocabulary import ClusterId, Instant, MemberId, Term
from runtime import NodeLimits, ProcessId
from runtime.simulation import WALL_MILLISECONDS
from tests.election.election_support import (
    NAME,
    Members,
    among_members,
    greeting,
    options,
    pass_time,
    voters,
)
from tests.election.engine_support import DiskLoop, logged
from tests.protocol.builders import identity, membership

SHOP = ClusterId("shop")


def request(sender: str) -> PreVoteRequest:
    """A pre-vote request of a cluster that was founded by others."""
    return PreVoteRequest(
        cluster=SHOP,
        sender=MemberId(sender),
        term=Term(WALL_MILLISECONDS + 1_000_000),
        sent=Instant(1),
        membership=identity(),
    )


async def one_voter(members: Members) -> None:
    """A leader on node a that is the only voter, and a node b."""
    await members.start("a", bootstrap=voters("a"))
    await members.settled()


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (greeting("x@b", cluster="bank"), Unwelcome.OTHER_CLUSTER),
        (Farewell(cluster=ClusterId("bank"), sender=MemberId("x@b")), Unwelcome.OTHER_CLUSTER),
        (greeting("no address"), Unwelcome.NO_MEMBER_NAME),
        (greeting("x\ny@b"), Unwelcome.NO_MEMBER_NAME),
        (greeting(f"{NAME}@a"), Unwelcome.OTHER_NODE),
        (request("x@c"), Unwelcome.OTHER_NODE),
    ],
)
def test_a_message_that_is_not_taken_in_is_counted_by_reason(
    message: Message | Greeting | Farewell, reason: Unwelcome
) -> None:
    """It makes its sender no peer, and is not answered."""

    async def main(members: Members) -> None:
        await one_voter(members)
        sender = await members.recorder("b", "x")
        before = members.elections["a"].ignored()
        sender.send(ProcessId(NAME, "a"), message)
        await pass_time(0.1)
        election = members.elections["a"]
        assert election.ignored() == {**before, reason: 1}
        assert (election.peers(), sender.inbox.qsize()) == ([], 0)

    among_members(main)


def test_a_forged_name_is_logged_once_for_each_text(caplog: pytest.LogCaptureFixture) -> None:
    """The member, and the node that the message came from, are named."""

    async def main(members: Members) -> None:
        await one_voter(members)
        sender = await members.recorder("b", "x")
        for node in ("a", "c", "c"):
            sender.send(ProcessId(NAME, "a"), greeting(f"{NAME}@{node}"))
        await pass_time(0.1)

    with caplog.at_level(logging.WARNING):
        among_members(main)
    texts = [text for text in logged(caplog.records, logging.WARNING) if "dropped" in text]
    assert texts == [
        f"dropped a message of {NAME}@{node} that came from node b" for node in ("a", "c")
    ]


@pytest.mark.parametrize("name", ["x" * 1_000_000, "", "x\ny"])
def test_a_name_that_no_process_can_have_is_not_quoted(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """However long it is, and even if it contains the end of a line."""

    async def main(members: Members) -> None:
        await one_voter(members)
        sender = await members.recorder("b", "x")
        sender.send(ProcessId(NAME, "a"), greeting(f"{name}@b"))
        await pass_time(1)

    with caplog.at_level(logging.WARNING):
        among_members(main)
    [warning] = logged(caplog.records, logging.WARNING)
    assert "whose sender is no member's name" in warning
    assert len(warning) < 200


def test_a_message_of_a_former_incarnation_is_not_taken_in() -> None:
    """A process that was replaced has no say, even on the same incarnation of its node."""

    async def main(members: Members) -> None:
        former = await members.recorder("a", "former")
        for node in "bc":
            await members.start_node(node)
        for node in "abc":
            await members.join(node, options())
        leading = await members.settled()
        resigned = Resigned(
            cluster=SHOP,
            sender=MemberId(f"{NAME}@a"),
            term=members.elections[leading].term,
            successor=None,
        )
        await pass_time(0.1)
        former.send(ProcessId(NAME, "b"), resigned)
        await pass_time(0.1)
        assert members.elections["b"].ignored()[Unwelcome.OUTDATED] == 1
        assert await members.settled() == leading

    among_members(main)


def test_a_heartbeat_in_another_members_name_is_not_followed() -> None:
    """A node vouches for its own members only."""

    async def main(members: Members) -> None:
        await members.start(*"abc")
        leading = await members.settled()
        target, other = sorted(set("abc") - {leading})
        term = Term(members.elections[leading].term + 1)
        listed = tuple(MemberId(f"{NAME}@{node}") for node in "abc")
        forged = Heartbeat(
            cluster=SHOP,
            sender=MemberId(f"{NAME}@{leading}"),
            term=term,
            sent=Instant(1),
            membership=membership(term, listed),
        )
        forger = await members.recorder(other, "forger")
        forger.send(ProcessId(NAME, target), forged)
        await pass_time(0.2)
        assert await members.settled() == leading
        assert members.elections[target].term < term

    among_members(main)


def test_a_message_that_comes_before_the_record_was_read_is_not_taken_in(tmp_path: Path) -> None:
    """A member without a list does not know until then whether it votes."""

    async def main(members: Members) -> None:
        sender = await members.recorder("a", "x")
        given = options(bootstrap=(), storage=FileStorage(tmp_path))
        loop = asyncio.get_running_loop()
        assert isinstance(loop, DiskLoop)
        loop.disk_seconds = 1.0
        starting = loop.create_task(members.join("a", given))
        await pass_time(1.5)
        sender.send(ProcessId(NAME, "a"), greeting("x@a"))
        await pass_time(0.1)
        election = members.elections["a"]
        assert election.ignored() == {Unwelcome.TOO_EARLY: 1}
        assert (election.peers(), election.role) == ([], "starting")
        await starting

    among_members(main, loop=DiskLoop())


@pytest.mark.parametrize("left", [True, False])
def test_a_member_that_has_left_takes_nothing_in(left: bool) -> None:
    """A greeting is answered with a farewell, and nothing else is answered."""

    async def main(members: Members) -> None:
        await members.start("a", bootstrap=())
        await pass_time(0.01)
        sender = await members.recorder("b", "x")
        election = members.elections["a"]
        if left:
            election.leave()
        sender.send(ProcessId(NAME, "a"), request("x@b"))
        await pass_time(0.1)
        assert (Unwelcome.HAS_LEFT in election.ignored()) is left
        assert (election.peers() == []) is left

    among_members(main)


def test_a_member_that_is_not_listed_is_answered_where_it_wrote_from() -> None:
    """It learns that its bootstrap list is another one."""

    async def main(members: Members) -> None:
        await one_voter(members)
        stranger = await members.recorder("b", "stranger")
        stranger.send(ProcessId(NAME, "a"), request("stranger@b"))
        answer = await stranger.receive()
        assert answer.membership.voters == (f"{NAME}@a",)

    among_members(main)


def test_an_answer_that_is_longer_than_a_frame_is_not_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Peers decide how many names a greeting holds; the election goes on, counts it, and warns once."""

    async def main(members: Members) -> None:
        await members.start_node("a", limits=NodeLimits(frame_bytes=1_024))
        await members.join("a", options(bootstrap=voters("a")))
        await members.settled()
        sender = await members.recorder("b", "x")
        for number in range(30):
            name = f"{'x' * 60}{number}"
            sender.send(ProcessId(NAME, "a"), greeting(f"{name}@b"))
        await pass_time(0.1)
        for _ in range(2):
            sender.send(ProcessId(NAME, "a"), greeting("x@b", was_heard=False))
        await pass_time(0.1)
        assert members.elections["a"].is_leader
        assert members.elections["a"].ignored()["greeting_too_long"] > 2
        assert sum("longer than a frame" in message for message in caplog.messages) == 1

    among_members(main)


def test_mistyped_cluster_is_logged_on_both_sides_with_both_names(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Once at each member that hears one of the other cluster, however often it hears it."""

    async def main(members: Members) -> None:
        await members.start("a", "b")
        await members.start("c", cluster_id="shpo")
        await pass_time(10)

    among_members(main)
    told = logged(caplog.records, logging.WARNING)
    expected = "a member on {} is of cluster '{}', this one of '{}'"
    assert sorted(line for line in told if "is of cluster" in line) == [
        expected.format("a", "shop", "shpo"),
        expected.format("b", "shop", "shpo"),
        *2 * [expected.format("c", "shpo", "shop")],
    ]
