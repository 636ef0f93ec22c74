"""The invariant, first part: votes, pledges and messages, which are there for ever.

Knows the state and no action. README.md has a reason for each conjunct. A pledge is what an answer
gives: pledged(v, m, t) is until when the answers of v in term t back m at most.
"""

from spec.proof.language import (
    DOWN,
    NOBODY,
    Expression,
    Instant,
    Member,
    Term,
    all_of,
    for_all,
    implies,
)
from spec.proof.state import State, is_overtaken, lease_length, promise_length


def nobody_is_down(s: State) -> Expression:
    """Nobody is a member that is down."""
    return s.role(NOBODY) == DOWN


def votes_are_not_ahead(s: State) -> Expression:
    """Who has voted in a term has reached it."""
    return for_all(
        [Member, Term, Member], lambda v, t, m: implies(s.voted(v, t, m), t <= s.term(v))
    )


def votes_are_for_who_stood(s: State) -> Expression:
    """Who is voted for in a term has reached it."""
    return for_all(
        [Member, Term, Member], lambda v, t, m: implies(s.voted(v, t, m), t <= s.term(m))
    )


def one_vote_per_term(s: State) -> Expression:
    """A member votes for one at most in a term."""
    return for_all(
        [Member, Term, Member, Member],
        lambda v, t, a, b: implies(all_of(s.voted(v, t, a), s.voted(v, t, b)), a == b),
    )


def pledges_are_not_ahead(s: State) -> Expression:
    """Who owes a pledge of a term has reached it."""
    return for_all(
        [Member, Member, Term],
        lambda v, m, t: implies(s.pledged(v, m, t) > s.now, t <= s.term(v)),
    )


def pledges_are_to_who_stood(s: State) -> Expression:
    """Whom a pledge of a term is owed to has reached it."""
    return for_all(
        [Member, Member, Term],
        lambda v, m, t: implies(s.pledged(v, m, t) > s.now, t <= s.term(m)),
    )


def pledges_are_short(s: State) -> Expression:
    """What a member has pledged is over one promise from now at the latest."""
    return for_all(
        [Member, Member, Term],
        lambda v, m, t: implies(
            s.pledged(v, m, t) > s.now, s.pledged(v, m, t) <= s.now + promise_length(v)
        ),
    )


def requests_are_of_who_stood(s: State) -> Expression:
    """A request for votes is a member's, of a term it has reached, and sent before now."""
    return for_all(
        [Member, Member, Term, Instant, Term, Member],
        lambda m, v, t, sent, k, x: implies(
            s.vote_request(m, v, t, sent, k, x),
            all_of(m != NOBODY, t <= s.term(m), sent <= s.now),
        ),
    )


def requests_rest_on_resignations(s: State) -> Expression:
    """The resignation that a request rests on was in the term before, or later."""
    return for_all(
        [Member, Member, Term, Instant, Term, Member],
        lambda m, v, t, sent, k, x: implies(
            all_of(s.vote_request(m, v, t, sent, k, x), x != NOBODY), t <= s.retired(x) + 1
        ),
    )


def heartbeats_are_of_leaders(s: State) -> Expression:
    """A heartbeat is of a term that its sender has reached, and sent before now."""
    return for_all(
        [Member, Member, Term, Instant],
        lambda m, v, t, sent: implies(
            s.heartbeat(m, v, t, sent), all_of(t <= s.term(m), sent <= s.now)
        ),
    )


def heartbeats_are_of_winners(s: State) -> Expression:
    """Everybody but its sender is overtaken in a heartbeat's term."""
    return for_all(
        [Member, Member, Term, Instant, Member],
        lambda m, v, t, sent, x: implies(
            all_of(s.heartbeat(m, v, t, sent), x != m), is_overtaken(s, x, t)
        ),
    )


def grants_are_votes(s: State) -> Expression:
    """Who grants a vote has voted."""
    return for_all(
        [Member, Member, Term, Instant],
        lambda v, m, t, sent: implies(s.vote_granted(v, m, t, sent), s.voted(v, t, m)),
    )


def grants_are_pledged(s: State) -> Expression:
    """A granted vote gives a lease no longer than was pledged."""
    return for_all(
        [Member, Member, Term, Instant],
        lambda v, m, t, sent: implies(
            s.vote_granted(v, m, t, sent), sent + lease_length(v) <= s.pledged(v, m, t)
        ),
    )


def acks_are_pledged(s: State) -> Expression:
    """An acknowledged heartbeat gives a lease no longer than was pledged."""
    return for_all(
        [Member, Member, Term, Instant],
        lambda v, m, t, sent: implies(
            s.heartbeat_ack(v, m, t, sent), sent + lease_length(v) <= s.pledged(v, m, t)
        ),
    )


def resignations_are_remembered(s: State) -> Expression:
    """A resignation is a member's, in a term it has retired from."""
    return for_all(
        [Member, Member, Term, Member],
        lambda m, v, t, x: implies(
            s.resignation(m, v, t, x), all_of(m != NOBODY, t <= s.retired(m))
        ),
    )


VOTES = (
    nobody_is_down,
    votes_are_not_ahead,
    votes_are_for_who_stood,
    one_vote_per_term,
    pledges_are_not_ahead,
    pledges_are_to_who_stood,
    pledges_are_short,
    requests_are_of_who_stood,
    requests_rest_on_resignations,
    heartbeats_are_of_leaders,
    heartbeats_are_of_winners,
    grants_are_votes,
    grants_are_pledged,
    acks_are_pledged,
    resignations_are_remembered,
)
