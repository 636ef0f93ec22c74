"""The guards of the specification, each a small function whose name says what must hold.

They only look at a state and a message. Which guards an action has, and in which order, is written
at the top of the action; what happens if one does not hold is decided there too. A guard that needs
the lease is in ``lease``, one that needs a majority in ``quorum``.
"""

from typing import TypeVar, overload

from leader.protocol.membership import MembershipId
from leader.protocol.messages import PreVoteGranted, VoteRequest
from leader.protocol.state import Follower, PreCandidate, Role, State
from leader.protocol.vocabulary import Instant, InvariantViolated, MemberId, Term

One = TypeVar("One", bound=Role)
Other = TypeVar("Other", bound=Role)


@overload
def require_role(state: State, action: str, one: type[One], /) -> One: ...
@overload
def require_role(
    state: State, action: str, one: type[One], other: type[Other], /
) -> One | Other: ...
def require_role(state: State, action: str, /, *kinds: type[object]) -> Role:
    """The role of a member, which must be one of ``kinds`` for ``action``.

    Raises:
        InvariantViolated: it is another.
    """
    role = state.role
    if not isinstance(role, kinds):
        allowed = " or ".join(kind.__name__ for kind in kinds)
        raise InvariantViolated(f"{action}: {state.member} is {role!r}, not {allowed}")
    return role


def knows_voters(state: State) -> bool:
    """Whether this member knows who votes: an observer does from its first heartbeat on. Spec: KnowsVoters."""
    return bool(state.voters)


def hears(state: State, sender: MemberId) -> bool:
    """Whether what ``sender`` says may change anything here. Spec: Heard, Hears.

    This is the one place that decides who is heard. A member of the same foundation that shows a newer
    membership than ours is to be heard, too, once memberships change; add it here and nowhere else.
    """
    # Spec: Hears(m, r.from)
    return not knows_voters(state) or sender in state.voters


def is_voter(state: State) -> bool:
    """Whether this member has a vote in its own membership; an observer has none. Spec: Voters."""
    return state.member in state.voters


def is_higher_term(state: State, term: Term) -> bool:
    """Whether ``term`` is above this member's own term."""
    return term > state.term


def is_not_lower_term(state: State, term: Term) -> bool:
    """Whether ``term`` is this member's own term or above it."""
    return term >= state.term


def is_own_term(state: State, term: Term) -> bool:
    """Whether ``term`` is this member's own term."""
    return term == state.term


def is_next_term(state: State, term: Term) -> bool:
    """Whether ``term`` is the one that this member would campaign in."""
    return term == state.term + 1


def is_free_to_vote_for(state: State, candidate: MemberId, now: Instant) -> bool:
    """Whether no live promise to another member forbids a vote for ``candidate``. Spec: PromisedToAnother."""
    promise = state.promise
    return promise is None or promise.to == candidate or promise.until <= now


def has_live_promise(state: State, now: Instant) -> bool:
    """Whether this member still owes a promise, to whichever member."""
    return state.promise is not None and now < state.promise.until


def is_promised_to(state: State, member: MemberId) -> bool:
    """Whether the promise of this member, live or over, is to ``member``."""
    return state.promise is not None and state.promise.to == member


def is_released_for(state: State, request: VoteRequest) -> bool:
    """Whether the request shows that the leader promised here has resigned since. Spec: ReleasedFor.

    A promise of a later term than the resignation's was given to a later leadership: it stands.
    """
    resignation = request.resignation
    # Spec: r.resigned # None
    if resignation is None:
        return False
    # Spec: promise[v].to = r.resigned
    return is_promised_to(state, resignation.leader) and state.term <= resignation.term


def is_not_older(state: State, membership: MembershipId) -> bool:
    """Whether another member's ``membership`` is as new as this member's own, or newer."""
    return not membership.is_older_than(state.durable.membership.identity)


def is_of_this_round(role: PreCandidate, granted: PreVoteGranted) -> bool:
    """Whether a pre-vote was granted to the present round, not to an earlier one."""
    return granted.sent == role.started


def is_in_the_past(sent: Instant, now: Instant) -> bool:
    """Whether a question may have been sent at ``sent``: an answer to a later one would extend the lease."""
    return sent <= now


def follows(state: State, member: MemberId) -> bool:
    """Whether this member believes that ``member`` leads, and is not ``member`` itself."""
    return isinstance(state.role, Follower) and state.role.leader == member


def trusts_disconnect(state: State) -> bool:
    """Whether a broken connection proves a dead process here."""
    return state.settings.trust_disconnect
