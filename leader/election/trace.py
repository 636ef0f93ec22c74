"""What a member does, by the names of the specification: one line for each step, and the state after it.

Knows neither files nor TLC, and decides nothing. A line names the action that was taken, the message
that it handled and the messages that it sent, so a checker has nothing to guess. Durations are
nanoseconds on the member's own clock, ``at`` is a reading of that clock.
"""

from collections.abc import Callable

import msgspec

from leader.protocol.actions import Action
from leader.protocol.effects import Send
from leader.protocol.events import Event, Received
from leader.protocol.lease import acts, expires_at
from leader.protocol.messages import (
    Heartbeat,
    HeartbeatAck,
    HeartbeatRefused,
    MembershipContradicted,
    Message,
    PreVoteGranted,
    PreVoteRefused,
    PreVoteRequest,
    Resigned,
    VoteGranted,
    VoteRefused,
    VoteRequest,
)
from leader.protocol.state import (
    Candidate,
    Follower,
    Leader,
    PreCandidate,
    Renewing,
    Settings,
    State,
)
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import Instant, MemberId

ROLES = {
    Follower: "follower",
    PreCandidate: "precandidate",
    Candidate: "candidate",
    Leader: "leader",
    Renewing: "renewing",
}
"""The specification's name of each role."""

RESTART = "Restart"
"""The specification's action of a member that begins, with or without a record."""


class Letter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message to one member. Two equal ones are copies, which need not be distinguished."""

    kind: str
    sender: str
    to: str
    term: int
    sent: int | None = None
    """When the question was asked, by the asker's clock: an answer repeats it."""
    stamp: int | None = None
    resigned: str | None = None
    successor: str | None = None


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """A live promise; ``to`` is None for a promise of a former life, to an unknown member."""

    to: str | None
    left: int


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A member's state as the specification has it: its variables, and whether it may act as leader."""

    role: str
    term: int
    stamp: int
    leader: str | None
    granted: list[str]
    backing: dict[str, int]
    """For how long each answer still backs the lease; answers that do so no longer are left out."""
    held: int
    promise: Owed | None
    acts: bool


class Opened(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """From here on all instants are readings of this clock; None: each member has a clock of its own."""

    clock: str | None


class Started(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """A life of ``member`` begins: with its record, or without one and silent at first."""

    member: str
    at: int
    recorded: bool
    members: list[str]
    """The voters of its bootstrap list; empty for an observer."""
    promise: int
    drift: int
    """By how many millionths the rates of two clocks may differ."""
    trust_disconnect: bool


class Stepped(msgspec.Struct, tag=True, frozen=True, kw_only=True, omit_defaults=True):
    """``member`` took a step; without an action it only handled a message that changed nothing."""

    member: str
    at: int
    action: str | None = None
    handled: Letter | None = None
    parked: bool = False
    """Whether the handled message arrived earlier and was parked."""
    sent: list[Letter] = []
    state: View


class Crashed(msgspec.Struct, tag=True, frozen=True, kw_only=True):
    """The process of ``member`` was killed; reported by what observed it, not by the member."""

    member: str
    at: int


class Lost(msgspec.Struct, tag=True, frozen=True):
    """A copy of the letter will not arrive; reported by a simulated network."""

    letter: Letter


class Repeated(msgspec.Struct, tag=True, frozen=True):
    """The letter will arrive once more."""

    letter: Letter


Line = Opened | Started | Stepped | Crashed | Lost | Repeated
Trace = Callable[[Line], None]
"""Is called with every line, in order and at once."""


def started(settings: Settings, members: tuple[MemberId, ...], at: int, recorded: bool) -> Started:
    """The line for the beginning of a life."""
    return Started(
        member=settings.member,
        at=at,
        recorded=recorded,
        members=list(members),
        promise=settings.timing.promise,
        drift=settings.timing.max_clock_drift,
        trust_disconnect=settings.trust_disconnect,
    )


def begun(state: State, now: Instant, at: int) -> Stepped:
    """The line for a member's first state."""
    return Stepped(member=state.member, at=at, action=RESTART, state=view(state, now))


def stepped(
    before: State, event: Event, transition: Transition, now: Instant, at: int
) -> Stepped | None:
    """The line for a step; None if there is nothing to tell: no action, and no message of this cluster."""
    parked = _parked(before, event, transition)
    message = event.message if isinstance(event, Received) else parked
    ours = message is not None and message.cluster == before.settings.cluster
    handled = letter(message, before.member) if message is not None and ours else None
    if transition.action is None and handled is None:
        return None
    sends = [effect for effect in transition.effects if isinstance(effect, Send)]
    letters = [letter(send.message, send.to) for send in sends]
    return Stepped(
        member=before.member,
        at=at,
        action=transition.action,
        handled=handled,
        parked=parked is not None,
        sent=[sent for sent in letters if sent is not None],
        state=view(transition.state, now),
    )


def letter(message: Message, to: MemberId) -> Letter | None:
    """The trace's record of ``message`` sent to ``to``; None if the specification has no such message."""
    match message:
        case MembershipContradicted():
            return None
        case PreVoteRequest():
            return _letter(message, to, sent=message.sent, stamp=message.membership.term)
        case VoteRequest(resignation=resignation):
            resigned = None if resignation is None else resignation.leader
            stamp = message.membership.term
            return _letter(message, to, sent=message.sent, stamp=stamp, resigned=resigned)
        case PreVoteGranted() | VoteGranted() | Heartbeat() | HeartbeatAck():
            return _letter(message, to, sent=message.sent)
        case PreVoteRefused() | VoteRefused() | HeartbeatRefused():
            return _letter(message, to)
        case Resigned(successor=successor):
            return _letter(message, to, successor=successor)


def view(state: State, now: Instant) -> View:
    """``state`` at ``now``, with instants as the durations that are left until them."""
    role, promise, timing = state.role, state.promise, state.settings.timing
    answers = role.backing if isinstance(role, Candidate | Leader | Renewing) else frozenset()
    left = {answer.member: expires_at(answer, timing) - now for answer in answers}
    live = promise is not None and promise.until > now
    return View(
        role=ROLES[type(role)],
        term=state.term,
        stamp=state.durable.membership.term,
        leader=role.leader if isinstance(role, Follower) else None,
        granted=sorted(role.granted) if isinstance(role, PreCandidate) else [],
        backing={member: left[member] for member in sorted(left) if left[member] > 0},
        held=max(0, role.lease_until - now) if isinstance(role, Renewing) else 0,
        promise=Owed(to=promise.to, left=promise.until - now) if promise and live else None,
        acts=acts(state, now),
    )


def _parked(before: State, event: Event, transition: Transition) -> PreVoteRequest | None:
    """The parked request that a step without a message has answered; None if the step did no such thing."""
    if isinstance(event, Received) or transition.action != Action.HANDLE_PRE_VOTE_REQUEST:
        return None
    answered = {effect.to for effect in transition.effects if isinstance(effect, Send)}
    return next(kept for kept in before.pacing.parked if kept.sender in answered)


def _letter(
    message: Message,
    to: MemberId,
    *,
    sent: int | None = None,
    stamp: int | None = None,
    resigned: str | None = None,
    successor: str | None = None,
) -> Letter:
    assert not isinstance(message, MembershipContradicted)
    return Letter(
        kind=type(message).__name__,
        sender=message.sender,
        to=to,
        term=message.term,
        sent=sent,
        stamp=stamp,
        resigned=resigned,
        successor=successor,
    )
