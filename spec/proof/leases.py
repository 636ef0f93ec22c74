"""The invariant, second part: who may count on which pledges, and when they are over.

Knows the state and no action. README.md has a reason for each conjunct. The idea: the promises to a
leader are kept as long as it may count on pledges of their term; and once somebody else has won that
term or a higher one, there is no quorum left whose pledges it could count on.
"""

from collections.abc import Callable

from spec.proof.language import (
    DOWN,
    LEADER,
    NOBODY,
    PRECANDIDATE,
    RENEWING,
    Expression,
    Member,
    Quorum,
    Term,
    all_of,
    any_of,
    for_all,
    implies,
    negated,
)
from spec.proof.state import (
    State,
    asks,
    exists_in,
    in_quorum,
    is_overtaken,
    is_promised_to_another,
    is_quorum,
    leads,
    recorded,
)


def _for_counted_terms(
    s: State, m: Expression, claim: Callable[[Expression], Expression]
) -> Expression:
    """The claim about each term whose pledges m may count on: as it asks for votes, as it leads."""
    return all_of(implies(asks(s, m), claim(s.term(m))), implies(leads(s, m), claim(s.stamp(m))))


def who_resigned_counts_on_nothing(s: State) -> Expression:
    """Who asks or leads does so in terms above those it has resigned from."""
    return for_all(
        [Member],
        lambda m: all_of(
            s.retired(m) <= s.term(m),
            implies(any_of(asks(s, m), s.role(m) == LEADER), s.retired(m) < s.term(m)),
            implies(s.role(m) == RENEWING, s.retired(m) < s.stamp(m)),
        ),
    )


def leaders_lead_their_term(s: State) -> Expression:
    """The token of a leader that does not renew is its term."""
    return for_all([Member], lambda m: implies(s.role(m) == LEADER, s.stamp(m) == s.term(m)))


def leaders_are_winners(s: State) -> Expression:
    """Everybody but a leader is overtaken in the term of its token."""
    return for_all(
        [Member, Member],
        lambda m, x: implies(all_of(leads(s, m), x != m), is_overtaken(s, x, s.stamp(m))),
    )


def winners_overtake(s: State) -> Expression:
    """Everybody but who has won a term is overtaken in it."""
    return for_all(
        [Term, Member, Member],
        lambda t, m, x: implies(all_of(s.won(t, m), x != m), is_overtaken(s, x, t)),
    )


def backing_is_pledged(s: State) -> Expression:
    """The answers that a member counts on were pledged in its term."""
    return for_all(
        [Member, Member],
        lambda m, v: implies(
            all_of(any_of(asks(s, m), s.role(m) == LEADER), s.backing(m, v) > s.now),
            s.backing(m, v) <= s.pledged(v, m, s.term(m)),
        ),
    )


def backing_is_of_voters(s: State) -> Expression:
    """Who still backs one that asks has voted for it in its term."""
    return for_all(
        [Member, Member],
        lambda m, v: implies(all_of(asks(s, m), s.backing(m, v) > s.now), s.voted(v, s.term(m), m)),
    )


def held_leases_are_a_quorums(s: State) -> Expression:
    """The lease of a renewing leader was given by a quorum."""
    return for_all([Member], lambda m: implies(s.role(m) == RENEWING, is_quorum(s.held_by(m))))


def held_leases_are_pledged(s: State) -> Expression:
    """The lease of a renewing leader was pledged in the term of its token."""
    return for_all(
        [Member, Member],
        lambda m, v: implies(
            all_of(s.role(m) == RENEWING, s.held(m) > s.now, in_quorum(v, s.held_by(m))),
            s.held(m) <= s.pledged(v, m, s.stamp(m)),
        ),
    )


def who_stands_has_promised_nobody_else(s: State) -> Expression:
    """Who stands or leads owes a promise to nobody but itself."""
    return for_all(
        [Member],
        lambda m: implies(
            any_of(s.role(m) == PRECANDIDATE, asks(s, m), s.role(m) == LEADER),
            negated(is_promised_to_another(s, m, m)),
        ),
    )


def promises_are_kept(s: State) -> Expression:
    """Behind a pledge that counts stands a promise that is as long."""

    def is_kept(v: Expression, m: Expression, t: Expression) -> Expression:
        return all_of(
            any_of(s.promised_to(v) == m, s.promised_to(v) == NOBODY),
            s.promised_until(v) >= s.pledged(v, m, t),
        )

    def are_kept(v: Expression, m: Expression, t: Expression) -> Expression:
        return implies(
            all_of(s.pledged(v, m, t) > s.now, negated(is_overtaken(s, m, t))),
            any_of(is_kept(v, m, t), all_of(s.role(v) == DOWN, recorded(v))),
        )

    return for_all(
        [Member, Member], lambda v, m: _for_counted_terms(s, m, lambda t: are_kept(v, m, t))
    )


def a_vote_ends_earlier_pledges(s: State) -> Expression:
    """Who has voted for another in a higher term owes no pledge that counts."""

    def ends(v: Expression, t: Expression, m: Expression, k: Expression) -> Expression:
        return implies(all_of(k < t, negated(is_overtaken(s, m, k))), s.pledged(v, m, k) <= s.now)

    return for_all(
        [Member, Term, Member, Member],
        lambda v, t, r, m: implies(
            all_of(s.voted(v, t, r), m != r),
            _for_counted_terms(s, m, lambda k: ends(v, t, m, k)),
        ),
        at_sight_of=lambda v, t, r, m: (s.voted.symbol(v, t, r), s.role.symbol(m)),
    )


def winners_terms_reach_a_quorum(s: State) -> Expression:
    """In every quorum there is one that has reached the highest term won."""
    return for_all(
        [Member, Quorum],
        lambda m, q: implies(is_quorum(q), exists_in(q, lambda u: s.term(u) >= s.rival(m))),
    )


def an_overtaken_leader_has_no_quorum(s: State) -> Expression:
    """In every quorum there is one whose pledges to an overtaken leader are over for good."""

    def is_lost(u: Expression, m: Expression) -> Expression:
        return all_of(s.term(u) > s.stamp(m), s.pledged(u, m, s.stamp(m)) <= s.now)

    return for_all(
        [Member, Quorum],
        lambda m, q: implies(
            all_of(is_quorum(q), leads(s, m), is_overtaken(s, m, s.stamp(m))),
            exists_in(q, lambda u: is_lost(u, m)),
        ),
    )


def an_overtaken_candidate_has_no_quorum(s: State) -> Expression:
    """In every quorum there is one that will not make an overtaken candidate a leader."""

    def is_lost(u: Expression, m: Expression) -> Expression:
        is_over = all_of(s.term(u) > s.term(m), s.pledged(u, m, s.term(m)) <= s.now)
        will_not_vote = all_of(s.term(u) >= s.term(m), negated(s.voted(u, s.term(m), m)))
        return any_of(is_over, will_not_vote)

    return for_all(
        [Member, Quorum],
        lambda m, q: implies(
            all_of(is_quorum(q), asks(s, m), is_overtaken(s, m, s.term(m))),
            exists_in(q, lambda u: is_lost(u, m)),
        ),
    )


def nobody_wins_ahead(s: State) -> Expression:
    """Who has won a term has reached it."""
    return for_all([Term, Member], lambda t, m: implies(s.won(t, m), t <= s.term(m)))


def nobody_leads_behind(s: State) -> Expression:
    """A leader has won no term above its token."""
    return for_all(
        [Term, Member],
        lambda t, m: implies(all_of(leads(s, m), s.won(t, m)), t <= s.stamp(m)),
    )


def one_leader_per_term(s: State) -> Expression:
    """OneLeaderPerTerm, which is inductive with the others."""
    return for_all(
        [Term, Member, Member],
        lambda t, a, b: implies(all_of(s.won(t, a), s.won(t, b)), a == b),
    )


LEASES = (
    who_resigned_counts_on_nothing,
    leaders_lead_their_term,
    leaders_are_winners,
    winners_overtake,
    backing_is_pledged,
    backing_is_of_voters,
    held_leases_are_a_quorums,
    held_leases_are_pledged,
    who_stands_has_promised_nobody_else,
    promises_are_kept,
    a_vote_ends_earlier_pledges,
    winners_terms_reach_a_quorum,
    an_overtaken_leader_has_no_quorum,
    an_overtaken_candidate_has_no_quorum,
    nobody_wins_ahead,
    nobody_leads_behind,
    one_leader_per_term,
)
