"""What a member remembers: a record that survives, a role with what belongs to it, one promise.

A role owns exactly the data that exists in it, so a candidate without a deadline or a follower
with votes cannot be built. What only paces sits apart, in ``Pacing``.
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
    """Until ``until``, this voter votes for nobody but ``to``: None is whomever its former life promised."""

    to: MemberId | None
    until: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseGrant:
    """The newest question that ``member`` answered was sent at ``sent``; the answer promised ``promise``."""

    member: MemberId
    sent: Instant
    promise: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    leader: MemberId | None
    deadline: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class PreCandidate:
    started: Instant
    """When this round was asked for: only answers that echo it count."""
    granted: frozenset[MemberId]
    deadline: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    backing: frozenset[LeaseGrant]
    deadline: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    backing: frozenset[LeaseGrant]
    deadline: Instant
    """When the next heartbeat is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewing:
    """Still a leader, by the lease of its former term, and a candidate for a higher one."""

    lease_until: Instant
    backing: frozenset[LeaseGrant]
    deadline: Instant
    """When to try the next term, should this one not be won."""


Role = Follower | PreCandidate | Candidate | Leader | Renewing


@dataclass(frozen=True, slots=True, kw_only=True)
class PreVoteBackoff:
    """Until ``until``, ``to``, whom we just gave a pre-vote, is left alone: no rival is helped, not even ourselves."""

    to: MemberId
    until: Instant


class StopMode(StrEnum):
    """What a leader whose application was told to stop does with its lease until it resigns."""

    KEEP_LEASE = "keep_lease"
    LET_LEASE_EXPIRE = "let_lease_expire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """What makes elections short and decides nothing: it only delays, repeats or ignores."""

    parked: tuple[PreVoteRequest, ...]
    """Requests that may be answered better later, the newest of each asker."""
    resignation: Resignation | None
    """The newest heard of: late heartbeats of that leadership are ignored."""
    no_retry_before: Instant
    """Before this, a refusal does not make the next round start at once again."""
    backoff: PreVoteBackoff | None
    stopped: StopMode | None
    """Set from when the application was told to stop acting until this member is asked to resign."""


UNPACED: Final = Pacing(
    parked=(), resignation=None, no_retry_before=Instant(0), backoff=None, stopped=None
)
"""The pacing of a member that begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a member is started with and never changes."""

    cluster: ClusterId
    member: MemberId
    timing: Timing
    trust_disconnect: bool
    """Whether a broken connection proves a dead process, and so releases a promise to it at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    settings: Settings
    durable: Durable
    role: Role
    promise: Promise | None
    pacing: Pacing
    observers: frozenset[MemberId]
    """Who hears this member's heartbeats without a vote, should it lead; nothing safe rests on it."""

    @property
    def member(self) -> MemberId:
        return self.settings.member

    @property
    def term(self) -> Term:
        return self.durable.term

    @property
    def voters(self) -> tuple[MemberId, ...]:
        return self.durable.membership.voters


def leader_of(state: State) -> MemberId | None:
    """Whom this member believes to lead: itself, whom it follows, or None. A hint."""
    match state.role:
        case Leader() | Renewing():
            return state.member
        case Follower(leader=leader):
            return leader
        case _:
            return None


def visible_term(state: State) -> Term:
    """The term that the application sees: a leader's is its token, until a renewal is won."""
    match state.role:
        case Leader() | Renewing():
            return state.durable.membership.term
        case _:
            return state.term
