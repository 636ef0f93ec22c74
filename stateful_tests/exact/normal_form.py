"""The normal form of a member's state and of a message: instants relative to NOW, no pacing.

Knows the core's values, no rule of the election. Every step happens at the same moment, NOW; a tick
moves every instant back instead of moving NOW on. Two states that differ only in pacing, or in a
promise or an answer that has expired, become one; ``normal_form_checks`` shows that this is allowed.
"""

from dataclasses import dataclass, replace
from typing import Final

from leader.protocol.durable import Durable
from leader.protocol.lease import expires_at
from leader.protocol.messages import (
    Heartbeat,
    HeartbeatAck,
    HeartbeatRefused,
    MembershipContradicted,
    Message,
    PreVoteGranted,
    PreVoteRefused,
    PreVoteRequest,
    VoteGranted,
    VoteRefused,
    VoteRequest,
)
from leader.protocol.state import (
    UNPACED,
    Candidate,
    Follower,
    Leader,
    LeaseGrant,
    PreCandidate,
    Promise,
    Renewing,
    Role,
    State,
)
from leader.protocol.timing import Timing, scaled_timing
from leader.protocol.vocabulary import LARGEST, Duration, Instant, MemberId, Term

TICK: Final = Duration(1_000_000)
NOW: Final = Instant(100 * TICK)
ROUND: Final = Instant(NOW - TICK)
"""When every pre-candidate began its round: so long ago that no pre-vote backoff is in force."""
EARLIER_ROUND: Final = Instant(ROUND - 1)
NONE: Final = Duration(0)
NEVER: Final = Instant(LARGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class DownMember:
    """A member that does not run; without a record it must stay silent for a while before it starts."""

    member: MemberId
    record: Durable | None
    floor: Term
    """Without a record: its wall clock will be above this term when it starts."""
    silent_until: Instant


Local = State | DownMember
"""Everything about one member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyRefusal:
    """A refusal of any of the three kinds, from any voter: the explorer delivers every variant.

    If they were not all handled alike, the core would have steps that the specification has not.
    """

    term: Term


InFlight = tuple[MemberId | None, MemberId, Message | AnyRefusal]
"""A message on its way: sender, recipient, content."""


def timing_of(ticks: int) -> Timing:
    """A timing under which a promise lasts ``ticks`` ticks, on clocks that do not drift."""
    promise = Duration(ticks * TICK)
    return scaled_timing(
        election_timeout_min=promise,
        election_timeout_max=Duration(2 * promise),
        heartbeat_interval=Duration(promise // 3),
        max_clock_drift=0,
    )


def normal(state: State, passed: Duration = NONE) -> State:
    """``state`` as it is ``passed`` nanoseconds after NOW, with its instants moved back by as much."""
    promise = state.promise
    if promise is not None:
        left = Instant(promise.until - passed)
        promise = Promise(to=promise.to, until=left) if left > NOW else None
    role = _role(state.role, passed, state.settings.timing)
    return replace(state, role=role, promise=promise, pacing=UNPACED)


def _role(role: Role, passed: Duration, timing: Timing) -> Role:
    deadline = _deadline(role.deadline, timing)
    match role:
        case Follower():
            return replace(role, deadline=deadline)
        case PreCandidate():
            return replace(role, deadline=deadline, started=ROUND)
        case Candidate() | Leader():
            return replace(role, deadline=deadline, backing=_backing(role.backing, passed, timing))
        case Renewing():
            return replace(
                role,
                deadline=deadline,
                backing=_backing(role.backing, passed, timing),
                lease_until=Instant(max(NOW, role.lease_until - passed)),
            )


def _deadline(deadline: Instant, timing: Timing) -> Instant:
    """NOW for an armed timer, which may fire at any time; NEVER for one that is not armed."""
    patience = 2 * timing.election_timeout_max + timing.promise + timing.observer_patience
    return NOW if deadline <= NOW + patience else NEVER


def _backing(
    backing: frozenset[LeaseGrant], passed: Duration, timing: Timing
) -> frozenset[LeaseGrant]:
    aged = (replace(answer, sent=Instant(answer.sent - passed)) for answer in backing)
    return frozenset(answer for answer in aged if expires_at(answer, timing) > NOW)


def in_flight(source: MemberId, to: MemberId, message: Message, *, votes: bool) -> InFlight:
    """``message``, sent at NOW; a refusal by a voter (``votes``) is recorded without its sender."""
    match message:
        case PreVoteRefused() | VoteRefused() | HeartbeatRefused():
            return (None if votes else source, to, AnyRefusal(term=message.term))
        case PreVoteRequest() | PreVoteGranted():
            return (source, to, replace(message, sent=ROUND))
        case _:
            return (source, to, message)


def term_of(message: Message | AnyRefusal) -> Term:
    """The term in ``message``."""
    return message.membership.term if isinstance(message, MembershipContradicted) else message.term


def older(message: Message | AnyRefusal, oldest: Instant) -> Message | AnyRefusal:
    """``message`` a tick later; ``sent`` stops at ``oldest``: a lease from then has already expired."""
    match message:
        case VoteRequest() | VoteGranted() | Heartbeat() | HeartbeatAck():
            return replace(message, sent=Instant(max(oldest, message.sent - TICK)))
        case _:
            return message
