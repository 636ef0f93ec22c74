"""``to_spec``: what each state and message of the core is in the specification. Total.

Knows both vocabularies and no rule. What the core counts as instants the specification counts as
ticks still left; ``normal_form`` has removed what the specification does not have.
"""

from collections.abc import Sequence

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
from leader.protocol.vocabulary import Instant
from spec.comparison.spec_states import SpecMember, SpecMessage, at_rest
from stateful_tests.exact.normal_form import NOW, TICK, AnyRefusal, Down, InFlight, Local, term_of


def member_to_spec(local: Local, members: Sequence[str]) -> SpecMember:
    """What ``local`` is, as one of ``members``."""
    if isinstance(local, Down):
        return _down(local, len(members))
    role, timing = local.role, local.settings.timing
    backing = role.backing if isinstance(role, Candidate | Leader | Renewing) else frozenset()
    held = lease_until(local) if isinstance(role, Renewing) else None
    return SpecMember(
        name=local.member,
        role=type(role).__name__.lower(),
        term=local.term,
        stamp=local.durable.membership.term,
        leader=role.leader if isinstance(role, Follower) else None,
        granted=frozenset(role.granted) if isinstance(role, PreCandidate) else frozenset(),
        backing=tuple(_ticks_of(backing, member, timing) for member in members),
        held=0 if held is None else _ticks(held),
        promise=_promise(local.promise),
    )


def _down(down: Down, size: int) -> SpecMember:
    record = down.record
    return at_rest(down.member, size)._replace(
        role="down",
        term=down.floor if record is None else record.term,
        stamp=0 if record is None else record.membership.term,
        promise=(None, _ticks(down.silent_until)),
    )


def _promise(promise: Promise | None) -> tuple[str | None, int]:
    return (None, 0) if promise is None else (promise.to, _ticks(promise.until))


def _ticks_of(backing: frozenset[LeaseGrant], member: str, timing: Timing) -> int:
    ends = [expires_at(answer, timing) for answer in backing if answer.member == member]
    return max(map(_ticks, ends), default=0)


def _ticks(until: Instant) -> int:
    return max(0, until - NOW) // TICK


def message_to_spec(in_flight: InFlight) -> SpecMessage:
    """What a message in flight is."""
    source, to, message = in_flight
    kind = "Refused" if isinstance(message, AnyRefusal) else type(message).__name__
    common = SpecMessage(kind=kind, sender=source, to=to, term=term_of(message))
    match message:
        case PreVoteRequest():
            return common._replace(stamp=message.membership.term)
        case VoteRequest(resignation=shown):
            return common._replace(
                stamp=message.membership.term,
                age=_age(message.sent),
                resigned=None if shown is None else shown.leader,
            )
        case VoteGranted() | Heartbeat() | HeartbeatAck():
            return common._replace(age=_age(message.sent))
        case Resigned(successor=successor):
            return common._replace(successor=successor)
        case _:
            return common


def _age(sent: Instant) -> int:
    """How many ticks ago that was."""
    return (NOW - sent) // TICK
