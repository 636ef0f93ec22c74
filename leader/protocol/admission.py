"""Which messages are heard at all, before any rule of the election looks at them."""

from leader.protocol.actions import NoAction, ignored
from leader.protocol.effects import RefusalReason, ReportRefusal, Send
from leader.protocol.guards import hears
from leader.protocol.membership import MembershipId
from leader.protocol.messages import (
    Heartbeat,
    HeartbeatAck,
    MembershipContradicted,
    Message,
    PreVoteGranted,
    PreVoteRequest,
    Request,
    VoteGranted,
    VoteRequest,
)
from leader.protocol.observers import inform
from leader.protocol.pacing import answering, lets_lease_expire
from leader.protocol.state import State
from leader.protocol.vocabulary import LARGEST, MemberId, Moment, Term

HIGHEST_TERM = Term(LARGEST // 2)
"""The limit where the wall clock shows none: so far that no honest member's term comes near it."""

STEPS_BEYOND = 1_000_000
"""How far above its own term a member hears that has reached the limit: no term is the last one."""

NAMES_LIMIT = 10
"""How many voters of a list are named in a report: a list may be as long as a message."""

NAME_LIMIT = 210
"""How many characters of each are shown; the names of members are not longer."""


def turned_away(state: State, message: Message, moment: Moment) -> NoAction | None:
    """What to do instead of handling ``message``; None if it is to be handled."""
    sender = message.sender
    if message.cluster != state.settings.cluster:
        why = f"{sender} is of cluster {message.cluster!r}"
        return ignored(state, RefusalReason.OTHER_CLUSTER, why)
    if sender == state.member:
        why = "a message of another process that bears this member's name"
        return ignored(state, RefusalReason.OWN_NAME, why, alarming=True)
    term = highest_term_in(message)
    if term > believable(state, moment):
        why = f"{sender} names term {term}, which no honest member reaches"
        return ignored(state, RefusalReason.TERM_TOO_HIGH, why, alarming=True)
    if isinstance(message, MembershipContradicted):
        # A notice changes nothing, so it does not matter who sends it.
        return None
    if contradicts(state, message):
        return _not_heard(state, message, RefusalReason.OTHER_BOOTSTRAP_LIST, moment)
    if not hears(state, sender):
        return _not_heard(state, message, RefusalReason.NOT_HEARD, moment)
    if lets_lease_expire(state) and isinstance(
        message, PreVoteGranted | VoteGranted | HeartbeatAck
    ):
        why = f"the answer of {sender} does not count: the lease is left to expire"
        return ignored(state, RefusalReason.LEASE_LEFT_TO_EXPIRE, why)
    return None


def highest_term_in(message: Message) -> Term:
    """The highest term in ``message``, wherever it stands."""
    match message:
        case Heartbeat() | HeartbeatAck() | PreVoteRequest():
            return max(message.term, message.membership.term)
        case VoteRequest(resignation=resignation):
            shown = message.term if resignation is None else resignation.term
            return max(message.term, message.membership.term, shown)
        case MembershipContradicted():
            return message.membership.term
        case _:
            return message.term


def believable(state: State, moment: Moment) -> Term:
    """The highest term that is heard at ``moment``. It moves on, so that a term at it is not the last one.

    A member that is beyond the limit itself hears those beside it: all were started on clocks that were
    wrong and have been set since. If it did not, setting the clocks would end their election.
    """
    limit = HIGHEST_TERM if moment.highest_term is None else moment.highest_term
    return limit if state.term < limit else Term(state.term + STEPS_BEYOND)


def _not_heard(state: State, message: Message, reason: RefusalReason, moment: Moment) -> NoAction:
    """Answer a request with our list, but not often: a peer can ask at any rate, under many names.

    Only requests are answered. Otherwise two members that do not hear each other would answer for ever.
    """
    sender = message.sender
    if isinstance(message, HeartbeatAck) and sender in state.observers:
        return NoAction(inform(state, message))
    told = answering(state, sender, moment.now) if isinstance(message, Request) else None
    if told is None:
        why = f"{sender} has no vote here, so its {type(message).__name__} counts for nothing"
        return ignored(state, reason, why)
    own = MembershipContradicted(
        cluster=state.settings.cluster, sender=state.member, membership=state.durable.membership
    )
    report = ReportRefusal(to=sender, reason=reason)
    return NoAction(told, (Send(to=sender, message=own), report))


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
    own, theirs = _named(state.voters), _named(message.membership.voters)
    why = f"{message.sender} was started with another bootstrap list: {theirs}, ours is {own}"
    return ignored(state, RefusalReason.OTHER_BOOTSTRAP_LIST, why, alarming=True)


def observer_that_votes(state: State, observer: MemberId) -> NoAction | None:
    """What to do about an observer that this member counts as a voter; None if it does not."""
    if observer not in state.voters:
        return None
    why = f"{observer} was started without a bootstrap list, but votes here: {_named(state.voters)}"
    return ignored(state, RefusalReason.OTHER_BOOTSTRAP_LIST, why, alarming=True)


def _named(voters: tuple[MemberId, ...]) -> str:
    """The voters in a text of bounded length, however long the list and its names are."""
    named = [voter[:NAME_LIMIT] for voter in voters[:NAMES_LIMIT]]
    return (
        f"{named}"
        if len(voters) <= NAMES_LIMIT
        else f"{named} and {len(voters) - NAMES_LIMIT} more"
    )
