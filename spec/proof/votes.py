"""The invariant, first part: votes, pledges and messages, which are kept for ever.

Knows the state and no action. README.md has a reason for each conjunct. A pledge is what an answer
gives: pledged(v, m, t) is the latest instant until which answers of v in term t back m.
"""

from collections.abc import Callable

from spec.proof.language import (
    DOWN,
    NOBODY,
    Expression,
    Member,
    Term,
    all_of,
    for_all,
    implies,
)
from spec.proof.state import SymbolicState, lease_length, promise_length


def nobody_is_down(s: SymbolicState) -> Expression:
    """The member that stands for nobody is down."""
    return s.role(NOBODY) == DOWN


def votes_are_not_ahead(s: SymbolicState) -> Expression:
    """A member that has voted in a term has reached it."""
    return s.voted.always(lambda v, t, m: t <= s.term(v))


def votes_are_for_members_in_the_term(s: SymbolicState) -> Expression:
    """A member that got a vote in a term has reached it."""
    return s.voted.always(lambda v, t, m: t <= s.term(m))


def one_vote_per_term(s: SymbolicState) -> Expression:
    """A member votes for at most one member in a term."""
    return for_all(
        [Member, Term, Member, Member],
        lambda v, t, a, b: implies(all_of(s.voted(v, t, a), s.voted(v, t, b)), a == b),
    )


def _for_live_pledges(s: SymbolicState, claim: Callable[..., Expression]) -> Expression:
    return for_all(
        [Member, Member, Term],
        lambda v, m, t: implies(s.pledged(v, m, t) > s.now, claim(v, m, t)),
    )


def pledges_are_not_ahead(s: SymbolicState) -> Expression:
    """A member that owes a pledge of a term has reached it."""
    return _for_live_pledges(s, lambda v, m, t: t <= s.term(v))


def pledges_are_to_members_in_the_term(s: SymbolicState) -> Expression:
    """A member to which a pledge of a term is owed has reached it."""
    return _for_live_pledges(s, lambda v, m, t: t <= s.term(m))


def pledges_are_short(s: SymbolicState) -> Expression:
    """A pledge ends at most the length of a promise from now."""
    return _for_live_pledges(s, lambda v, m, t: s.pledged(v, m, t) <= s.now + promise_length(v))


def requests_are_of_members_in_the_term(s: SymbolicState) -> Expression:
    """A request for votes was sent in the past, by a member that has reached its term."""
    return s.vote_request.always(
        lambda m, v, t, sent, k, x: all_of(m != NOBODY, t <= s.term(m), sent <= s.now)
    )


def requests_rest_on_resignations(s: SymbolicState) -> Expression:
    """The resignation that a request rests on was in the term before, or later."""
    return s.vote_request.always(
        lambda m, v, t, sent, k, x: implies(x != NOBODY, t <= s.retired(x) + 1)
    )


def heartbeats_are_of_leaders(s: SymbolicState) -> Expression:
    """A heartbeat was sent in the past, by a member that has reached its term."""
    return s.heartbeat.always(lambda m, v, t, sent: all_of(t <= s.term(m), sent <= s.now))


def heartbeats_are_of_winners(s: SymbolicState) -> Expression:
    """Every member but the sender of a heartbeat is overtaken in its term."""
    return for_all(
        [Member],
        lambda x: s.heartbeat.always(lambda m, v, t, sent: implies(x != m, s.is_overtaken(x, t))),
    )


def grants_are_votes(s: SymbolicState) -> Expression:
    """A member that grants a vote has voted."""
    return s.vote_granted.always(lambda v, m, t, sent: s.voted(v, t, m))


def grants_are_pledged(s: SymbolicState) -> Expression:
    """A granted vote gives a lease no longer than was pledged."""
    return s.vote_granted.always(lambda v, m, t, sent: sent + lease_length(v) <= s.pledged(v, m, t))


def acks_are_pledged(s: SymbolicState) -> Expression:
    """An acknowledged heartbeat gives a lease no longer than was pledged."""
    return s.heartbeat_ack.always(
        lambda v, m, t, sent: sent + lease_length(v) <= s.pledged(v, m, t)
    )


def resignations_are_remembered(s: SymbolicState) -> Expression:
    """A resignation is from a member that has retired from its term."""
    return s.resignation.always(lambda m, v, t, x: all_of(m != NOBODY, t <= s.retired(m)))


VOTES = (
    nobody_is_down,
    votes_are_not_ahead,
    votes_are_for_members_in_the_term,
    one_vote_per_term,
    pledges_are_not_ahead,
    pledges_are_to_members_in_the_term,
    pledges_are_short,
    requests_are_of_members_in_the_term,
    requests_rest_on_resignations,
    heartbeats_are_of_leaders,
    heartbeats_are_of_winners,
    grants_are_votes,
    grants_are_pledged,
    acks_are_pledged,
    resignations_are_remembered,
)
