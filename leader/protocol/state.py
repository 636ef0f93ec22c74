"""What a member remembers: a record that survives a crash, a role with its data, one promise.

A role holds exactly the data that exists in it, so a candidate without a deadline or a follower
with votes cannot be built. What only paces elections is kept apart, in ``Pacing``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from leader.protocol.durable import Durable
from leader.protocol.messages import PreVoteRequest, Resignation
from leader.protocol.timing import Timing
from leader.protocol.vocabulary import ClusterId, Duration, Instant, MemberId, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Until ``until`` this voter votes for no member but ``to``.

    ``to`` is None after a restart: the member that the former life promised is not known any more.
    """

    to: MemberId | None
    until: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseGrant:
    """``member`` answered a question sent at ``sent`` by promising ``promise``: it backs a lease from then on."""

    member: MemberId
    sent: Instant
    promise: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Follows a leader, or waits for one until ``deadline``."""

    leader: MemberId | None
    deadline: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class PreCandidate:
    """Asks whether the voters would vote for it; ``granted`` are those that would."""

    started: Instant
    """When this round began: only answers that repeat it count."""
    granted: frozenset[MemberId]
    deadline: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Asks for votes; ``backing`` are the answers so far."""

    backing: frozenset[LeaseGrant]
    deadline: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """Leads; ``backing`` are the answers that its lease rests on."""

    backing: frozenset[LeaseGrant]
    deadline: Instant
    """When the next heartbeat is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewing:
    """A leader by the lease of its former term that is a candidate for a higher one."""

    lease_until: Instant
    backing: frozenset[LeaseGrant]
    deadline: Instant
    """When to try the next term if this one is not won."""


Role = Follower | PreCandidate | Candidate | Leader | Renewing


@dataclass(frozen=True, slots=True, kw_only=True)
class PreVoteBackoff:
    """``to`` was granted a pre-vote: until ``until`` no other member is granted one, and no own round starts."""

    to: MemberId
    until: Instant


class StopMode(StrEnum):
    """What a leader whose application was told to stop does with its lease until it resigns."""

    KEEP_LEASE = "keep_lease"
    LET_LEASE_EXPIRE = "let_lease_expire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """What makes elections short. It decides nothing: it only delays, repeats or ignores messages."""

    parked: tuple[PreVoteRequest, ...]
    """Requests that are answered again when they can be granted: the newest of each asker."""
    resignation: Resignation | None
    """The newest resignation that was heard of: late heartbeats of that leadership are ignored."""
    no_retry_before: Instant
    """Until then a refusal does not start the next round at once again."""
    backoff: PreVoteBackoff | None
    answered: tuple[tuple[MemberId, Instant], ...]
    """Who was told lately that it is not heard, and until when it is not told again."""
    observers_told: Instant
    """When all observers were last sent a heartbeat."""
    informed: frozenset[MemberId]
    """The observers that have answered since: they are sent no other heartbeat until the next time."""
    stopped: StopMode | None
    """Set from when the application was told to stop acting until this member is asked to resign."""


UNPACED: Final = Pacing(
    parked=(),
    resignation=None,
    no_retry_before=Instant(0),
    backoff=None,
    answered=(),
    observers_told=Instant(0),
    informed=frozenset(),
    stopped=None,
)
"""The pacing of a member that begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a member is started with; it never changes."""

    cluster: ClusterId
    member: MemberId
    timing: Timing
    trust_disconnect: bool
    """Whether a broken connection proves a dead process and so releases a promise to it at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All that one member remembers."""

    settings: Settings
    durable: Durable
    role: Role
    promise: Promise | None
    pacing: Pacing
    observers: frozenset[MemberId]
    """The members without a vote that are sent heartbeats while this member leads; no claim rests on them."""

    @property
    def member(self) -> MemberId:
        return self.settings.member

    @property
    def term(self) -> Term:
        return self.durable.term

    @property
    def voters(self) -> tuple[MemberId, ...]:
        return self.durable.membership.voters


def with_role(state: State, role: Role) -> State:
    """``state`` in another role, for every heartbeat: ``dataclasses.replace`` takes three times as long."""
    return State(
        settings=state.settings,
        durable=state.durable,
        role=role,
        promise=state.promise,
        pacing=state.pacing,
        observers=state.observers,
    )


def leader_of(state: State) -> MemberId | None:
    """The member that this one believes to lead: itself, the one it follows, or None. It may be wrong."""
    match state.role:
        case Leader() | Renewing():
            return state.member
        case Follower(leader=leader):
            return leader
        case _:
            return None


def visible_term(state: State) -> Term:
    """The term that the application sees; while leading it is the token, which a renewal changes when it is won."""
    match state.role:
        case Leader() | Renewing():
            return state.durable.membership.term
        case _:
            return state.term
