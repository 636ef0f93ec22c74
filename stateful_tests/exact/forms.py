"""The normal form of a member's state and of a message: instants become ages, paces go.

Knows the core's values, no rule of the election. The idea: every step happens at one and the same
moment, NOW, and a tick moves every instant of the past back instead. Two states that differ in what
only paces, or in what has run out, are one; ``forgetting`` checks that they may be.
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
"""When every pre-candidate began its round: long enough ago that no backoff stands against anything."""
EARLIER_ROUND: Final = Instant(ROUND - 1)
NONE: Final = Duration(0)
NEVER: Final = Instant(LARGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """A member that does not run; without a record it is silent for a while before it may start."""

    member: MemberId
    record: Durable | None
    floor: Term
    """What its wall clock will exceed, where it has no record."""
    silent_until: Instant


Local = State | Down
"""All that one member is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Any of the three refusals, by whomever: they are handled alike, which is seen by handling each."""

    term: Term


Letter = tuple[MemberId | None, MemberId, Message | Refused]
"""From whom, to whom, what."""


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
    """``state``, ``passed`` after NOW, as if that were NOW."""
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
    """A timer may fire at any time, but one that is not armed never does."""
    patience = 2 * timing.election_timeout_max + timing.promise
    return NOW if deadline <= NOW + patience else NEVER


def _backing(
    backing: frozenset[LeaseGrant], passed: Duration, timing: Timing
) -> frozenset[LeaseGrant]:
    aged = (replace(answer, sent=Instant(answer.sent - passed)) for answer in backing)
    return frozenset(answer for answer in aged if expires_at(answer, timing) > NOW)


def letter(source: MemberId, to: MemberId, message: Message) -> Letter:
    """``message``, sent at NOW."""
    match message:
        case PreVoteRefused() | VoteRefused() | HeartbeatRefused():
            return (None, to, Refused(term=message.term))
        case PreVoteRequest() | PreVoteGranted():
            return (source, to, replace(message, sent=ROUND))
        case _:
            return (source, to, message)


def term_of(message: Message | Refused) -> Term:
    """The term that ``message`` speaks of."""
    return message.membership.term if isinstance(message, MembershipContradicted) else message.term


def older(message: Message | Refused, oldest: Instant) -> Message | Refused:
    """``message`` a tick later; one sent before ``oldest`` backs nothing, however old."""
    match message:
        case VoteRequest() | VoteGranted() | Heartbeat() | HeartbeatAck():
            return replace(message, sent=Instant(max(oldest, message.sent - TICK)))
        case _:
            return message


def age(sent: Instant) -> int:
    """How many ticks ago that was."""
    return (NOW - sent) // TICK
