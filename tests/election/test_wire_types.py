"""Members' messages on the wire: all of them, under names that stay, and nothing else."""

from dataclasses import dataclass

import pytest

from leader.election.peer_messages import Farewell, Greeting
from leader.election.wire_types import MESSAGE_TYPES, register_election_messages
from leader.protocol.messages import MembershipContradicted
from runtime import Registry, WireError
from tests.protocol.builders import (
    CLUSTER,
    A,
    B,
    heartbeat,
    heartbeat_ack,
    heartbeat_refused,
    membership,
    pre_vote_granted,
    pre_vote_refused,
    pre_vote_request,
    resignation,
    resigned,
    vote_granted,
    vote_refused,
    vote_request,
)

EXAMPLES = [
    pre_vote_request(A, 7, sent=1),
    pre_vote_granted(A, 7, sent=1),
    pre_vote_refused(A, 7),
    vote_request(A, 7, sent=1),
    vote_request(A, 7, sent=1, rests_on=resignation(B, 6)),
    vote_granted(A, 7, sent=1),
    vote_refused(A, 7),
    heartbeat(A, 7, sent=1),
    heartbeat_ack(A, 7, sent=1),
    heartbeat_refused(A, 7),
    resigned(A, 7),
    resigned(A, 7, successor=B),
    MembershipContradicted(cluster=CLUSTER, sender=A, membership=membership()),
    Greeting(cluster=CLUSTER, sender=A, known=(A, B), was_heard=False, observes=True),
    Farewell(cluster=CLUSTER, sender=A),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shorter:
    """A message as a careless peer might send it."""

    cluster: str
    sender: str


@pytest.fixture
def registry() -> Registry:
    """A registry that knows nothing but the messages of elections."""
    registry = Registry()
    register_election_messages(registry)
    return registry


def test_every_message_travels() -> None:
    """An engine would end when it sends a message without a name; each one has an example here."""
    assert {type(example) for example in EXAMPLES} == set(MESSAGE_TYPES)


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_message_arrives_as_it_was_sent(registry: Registry, message: object) -> None:
    """Equal in every field, and of the same type."""
    arrived = registry.decode(registry.encode("member", 1, message)).message
    assert arrived == message
    assert type(arrived) is type(message)


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_name_on_the_wire_does_not_depend_on_the_code(registry: Registry, message: object) -> None:
    """So two versions of this library understand each other."""
    frame = registry.encode("member", 1, message)
    assert f"election.{type(message).__name__}".encode() in frame
    assert b"leader.protocol" not in frame


def test_registering_the_messages_again_changes_nothing(registry: Registry) -> None:
    """Two elections on one node both register them."""
    before = registry.encode("member", 1, EXAMPLES[0])
    register_election_messages(registry)
    assert registry.encode("member", 1, EXAMPLES[0]) == before


def test_name_of_another_type_is_refused() -> None:
    """Otherwise a message would be decoded as something else."""
    registry = Registry()
    registry.register(Shorter, name="election.PreVoteRequest")
    with pytest.raises(ValueError, match="name must be new"):
        register_election_messages(registry)


def test_number_that_no_member_sends_is_refused(registry: Registry) -> None:
    """What the message itself forbids never reaches the core: the fault of a peer raises no exception there."""
    frame = registry.encode("member", 1, pre_vote_request(A, 7, sent=1))
    assert frame.count(b"\xa4term\x07") == 1
    with pytest.raises(WireError, match="term = -1: must be from 0"):
        registry.decode(frame.replace(b"\xa4term\x07", b"\xa4term\xff"))


def test_missing_field_is_refused(registry: Registry) -> None:
    """Omission is an error, never a default."""
    other = Registry()
    other.register(Shorter, name="election.PreVoteRequest")
    with pytest.raises(WireError, match="missing required field"):
        registry.decode(other.encode("member", 1, Shorter(cluster=CLUSTER, sender=A)))
