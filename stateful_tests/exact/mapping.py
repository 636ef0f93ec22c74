"""``to_spec``: what each state and message of the core is in the specification. Total.

Knows both vocabularies and no rule. What the core counts as instants the specification counts as
ticks still left; see ``forms`` for what is gone before.
"""

from collections.abc import Collection

from leader.protocol.lease import expires_at, lease_until
from leader.protocol.messages import (
    Heartbeat,
    HeartbeatAck,
    PreVoteRequest,
    Resigned,
    VoteGranted,
    VoteRequest,
)
from leader.protocol.state import (
    Candidate,
    Follower,
    Leader,
    LeaseGrant,
    PreCandidate,
    Promise,
    Renewing,
)
from leader.protocol.timing import Timing
from leader.protocol.vocabulary import Instant, MemberId, Term
from stateful_tests.exact.forms import NOW, TICK, Down, Letter, Local, age, term_of
from stateful_tests.exact.images import ABSENT, MemberImage, MessageImage


def member_to_spec(local: Local, members: Collection[MemberId]) -> MemberImage:
    """What ``local`` is, as one of ``members``."""
    if isinstance(local, Down):
        return _down(local, members)
    role, timing = local.role, local.settings.timing
    backing = role.backing if isinstance(role, Candidate | Leader | Renewing) else frozenset()
    held = lease_until(local) if isinstance(role, Renewing) else None
    return MemberImage(
        role=type(role).__name__.lower(),
        term=local.term,
        stamp=local.durable.membership.term,
        leader=role.leader if isinstance(role, Follower) else None,
        granted=role.granted if isinstance(role, PreCandidate) else frozenset(),
        backing=tuple(_ticks_of(backing, member, timing) for member in members),
        held=0 if held is None else _ticks(held),
        promise=_promise(local.promise),
    )


def _down(down: Down, members: Collection[MemberId]) -> MemberImage:
    record, left = down.record, _ticks(down.silent_until)
    return MemberImage(
        role="down",
        term=down.floor if record is None else record.term,
        stamp=Term(0) if record is None else record.membership.term,
        leader=None,
        granted=frozenset(),
        backing=tuple(0 for _ in members),
        held=0,
        promise=(None, left),
    )


def _promise(promise: Promise | None) -> tuple[MemberId | None, int]:
    return (None, 0) if promise is None else (promise.to, _ticks(promise.until))


def _ticks_of(backing: frozenset[LeaseGrant], member: MemberId, timing: Timing) -> int:
    ends = [expires_at(answer, timing) for answer in backing if answer.member == member]
    return max(map(_ticks, ends), default=0)


def _ticks(until: Instant) -> int:
    return max(0, until - NOW) // TICK


def letter_to_spec(letter: Letter) -> MessageImage:
    """What a message in flight is."""
    source, to, message = letter
    kind = type(message).__name__
    resigned: MemberId | str | None = ABSENT
    if isinstance(message, VoteRequest):
        resigned = None if message.resignation is None else message.resignation.leader
    return MessageImage(
        kind=kind,
        sender=source,
        to=to,
        term=term_of(message),
        stamp=message.membership.term
        if isinstance(message, PreVoteRequest | VoteRequest)
        else ABSENT,
        age=age(message.sent)
        if isinstance(message, VoteRequest | VoteGranted | Heartbeat | HeartbeatAck)
        else ABSENT,
        resigned=resigned,
        successor=message.successor if isinstance(message, Resigned) else ABSENT,
    )
