"""A node that has the cookie and no vote: what it sends to the members of a running cluster changes nothing."""

import logging
from collections.abc import Callable

import pytest

from leader.protocol.membership import Membership, founding
from leader.protocol.messages import (
    Heartbeat,
    HeartbeatAck,
    HeartbeatRefused,
    MembershipContradicted,
    Message,
    PreVoteRefused,
    PreVoteRequest,
    Resigned,
    VoteRequest,
)
from leader.protocol.vocabulary import LARGEST, ClusterId, Duration, Instant, MemberId, Term
from runtime import ProcessId
from runtime.clock import FAR_AHEAD_MILLISECONDS
from runtime.simulation import WALL_MILLISECONDS
from tests.actor.actor_support import ACTOR, Cluster, Member, in_cluster, pass_time
from tests.runtime.support import Recorder

SHOP = ClusterId("shop")
STRANGER = MemberId("stranger@evil")
LIMIT = Term(WALL_MILLISECONDS + FAR_AHEAD_MILLISECONDS)
VOTERS = founding(MemberId(f"{ACTOR}@{name}") for name in "abc")
CROWD = tuple(MemberId(f"{ACTOR}@n{number:06}") for number in range(100_000))

Lie = Callable[[Term], Message]
"""What the stranger says, given the leader's term."""


def refused_in(term: Term) -> Lie:
    return lambda _: PreVoteRefused(cluster=SHOP, sender=STRANGER, term=term)


def heartbeat(ahead: int, membership: Membership) -> Lie:
    return lambda own: Heartbeat(
        cluster=SHOP,
        sender=STRANGER,
        term=Term(own + ahead),
        sent=Instant(0),
        membership=membership.stamped(Term(own + ahead)),
    )


def others(*voters: MemberId) -> Membership:
    return Membership(term=Term(0), version=1, voters=voters)


LIES: dict[str, Lie] = {
    "the highest term that is believed": refused_in(LIMIT),
    "the term below it": refused_in(Term(LIMIT - 1)),
    "the largest number": refused_in(Term(LARGEST)),
    "the next term": lambda own: HeartbeatRefused(
        cluster=SHOP, sender=STRANGER, term=Term(own + 1)
    ),
    "a heartbeat of the leader's own term": heartbeat(0, VOTERS),
    "a heartbeat of a later term": heartbeat(50, VOTERS),
    "another list of voters": heartbeat(50, others(STRANGER)),
    "a list of 100,000 voters": heartbeat(50, others(*CROWD)),
    "a request for a vote": lambda own: VoteRequest(
        cluster=SHOP,
        sender=STRANGER,
        term=Term(own + 1),
        sent=Instant(0),
        membership=VOTERS.stamped(own).identity,
        resignation=None,
    ),
    "a resignation": lambda own: Resigned(
        cluster=SHOP, sender=STRANGER, term=own, successor=VOTERS.voters[0]
    ),
    "an answer that promises nothing": lambda own: HeartbeatAck(
        cluster=SHOP,
        sender=STRANGER,
        term=own,
        sent=Instant(0),
        promise=Duration(0),
        membership=VOTERS.stamped(own).identity,
    ),
}


async def with_a_stranger(cluster: Cluster) -> tuple[Member, Recorder]:
    """Three members with a leader, and a process on a node that takes part in nothing."""
    await cluster.start(*"abc")
    leading = await cluster.settled()
    stranger = Recorder()
    node = await cluster.start_node("evil")
    await node.spawn_register("stranger", lambda: stranger)
    await pass_time(1)
    return leading, stranger


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_lie_of_a_stranger_to_every_member_changes_nothing(lie: Lie) -> None:
    """The leader goes on in its term, every member follows it, and no process ends."""

    async def main(cluster: Cluster) -> None:
        leading, stranger = await with_a_stranger(cluster)
        before, token = list(cluster.history), leading.term
        for name in "abc":
            stranger.send(ProcessId(ACTOR, name), lie(Term(token)))
        await pass_time(2)
        assert cluster.history == before
        assert (await cluster.settled(), leading.term) == (leading, token)

    in_cluster(main)


def test_answers_and_requests_under_many_names_count_for_nothing() -> None:
    """They are counted as not heard. Few of the requests are answered."""

    async def main(cluster: Cluster) -> None:
        leading, stranger = await with_a_stranger(cluster)
        own = Term(leading.term)
        shown = VOTERS.stamped(own).identity
        for number in range(500):
            name = MemberId(f"a{number}@evil")
            asks = PreVoteRequest(
                cluster=SHOP, sender=name, term=own, sent=Instant(0), membership=shown
            )
            answers = HeartbeatAck(
                cluster=SHOP,
                sender=name,
                term=own,
                sent=Instant(0),
                promise=Duration(LARGEST),
                membership=shown,
            )
            for message in (asks, answers):
                stranger.send(ProcessId(ACTOR, leading.node.name), message)
        await pass_time(1)
        assert "not_heard: 1000" in leading.handle_inspect("ignored")["ignored"]
        assert cluster.acting() == [leading]

    in_cluster(main)


def test_complaints_of_a_stranger_are_logged_in_few_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A complaint names a whole list of voters, which may be as long as a message."""

    async def main(cluster: Cluster) -> None:
        leading, stranger = await with_a_stranger(cluster)
        for number in range(5):
            listed = tuple(sorted((*CROWD, MemberId(f"{ACTOR}@m{number}"))))
            complaint = MembershipContradicted(
                cluster=SHOP,
                sender=STRANGER,
                membership=Membership(term=Term(0), version=0, voters=listed),
            )
            stranger.send(ProcessId(ACTOR, leading.node.name), complaint)
        await pass_time(0.2)
        assert cluster.acting() == [leading]

    with caplog.at_level(logging.WARNING):
        in_cluster(main)
    told = [text for text in caplog.messages if "bootstrap list" in text]
    assert 0 < sum(map(len, told)) < 5_000
