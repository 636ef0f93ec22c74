"""Which messages are heard at all, before any rule of the election looks at them."""

from leader.protocol.actions import NoAction, ignored
from leader.protocol.effects import RefusalReason, ReportRefusal, Send
from leader.protocol.membership import MembershipId
from leader.protocol.messages import (
    Heartbeat,
    HeartbeatAck,
    MembershipContradicted,
    Message,
    PreVoteGranted,
    PreVoteRequest,
    VoteGranted,
    VoteRequest,
)
from leader.protocol.pacing import lets_lease_expire
from leader.protocol.state import State
from leader.protocol.vocabulary import LARGEST, MemberId, Term

HIGHEST_TERM = Term(LARGEST // 2)
"""No honest member's term comes near it; a higher one would leave no term to move on to."""


def turned_away(state: State, message: Message) -> NoAction | None:
    """What to do instead of handling ``message``; None if it is to be handled."""
    sender = message.sender
    if message.cluster != state.settings.cluster:
        why = f"{sender} is of cluster {message.cluster!r}"
        return ignored(state, RefusalReason.OTHER_CLUSTER, why)
    if sender == state.member:
        why = "a message of another process that bears this member's name"
        return ignored(state, RefusalReason.OWN_NAME, why, alarming=True)
    term = message.membership.term if isinstance(message, MembershipContradicted) else message.term
    if term > HIGHEST_TERM:
        why = f"{sender} names term {term}, which no honest member reaches"
        return ignored(state, RefusalReason.TERM_TOO_HIGH, why, alarming=True)
    if contradicts(state, message):
        own = MembershipContradicted(
            cluster=state.settings.cluster, sender=state.member, membership=state.durable.membership
        )
        report = ReportRefusal(to=sender, reason=RefusalReason.OTHER_BOOTSTRAP_LIST)
        return NoAction(state, (Send(to=sender, message=own), report))
    if lets_lease_expire(state) and isinstance(
        message, PreVoteGranted | VoteGranted | HeartbeatAck
    ):
        why = f"the answer of {sender} does not count: the lease is left to expire"
        return ignored(state, RefusalReason.LEASE_LEFT_TO_EXPIRE, why)
    return None


def contradicts(state: State, message: Message) -> bool:
    """Whether a request comes from a member that was started with another bootstrap list."""
    match message:
        case (
            PreVoteRequest(membership=MembershipId() as theirs)
            | VoteRequest(membership=MembershipId() as theirs)
        ):
            return theirs.contradicts(state.durable.membership.identity)
        case Heartbeat(membership=membership) if not state.voters:
            # An observer that became a voter by this would have no memory of the votes it gave
            # before: it could vote twice in a term.
            return state.member in membership.voters
        case Heartbeat(membership=membership):
            return membership.identity.contradicts(state.durable.membership.identity)
        case _:
            return False


def contradicted(state: State, message: MembershipContradicted) -> NoAction:
    """Report both bootstrap lists: a person has to correct one of them."""
    own, theirs = list(state.voters), list(message.membership.voters)
    why = f"{message.sender} was started with another bootstrap list: {theirs}, ours is {own}"
    return ignored(state, RefusalReason.OTHER_BOOTSTRAP_LIST, why, alarming=True)


def observer_that_votes(state: State, observer: MemberId) -> NoAction | None:
    """What to do about an observer that this member counts as a voter; None if it does not."""
    if observer not in state.voters:
        return None
    why = f"{observer} was started without a bootstrap list, but votes here: {list(state.voters)}"
    return ignored(state, RefusalReason.OTHER_BOOTSTRAP_LIST, why, alarming=True)
