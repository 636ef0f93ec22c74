"""The invariant, second part: which members may count on which pledges, and until when.

Knows the state and no action. README.md has a reason for each conjunct. Promises to a leader are kept as
long as it may count on pledges of their term; once another member has won that term or a higher one,
there is no quorum left whose pledges the leader could count on.
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
    SymbolicState,
    exists_in,
    in_quorum,
    is_quorum,
    recorded,
)


def _for_counted_terms(
    s: SymbolicState, m: Expression, claim: Callable[[Expression], Expression]
) -> Expression:
    """The claim about each term whose pledges m may count on: while it asks for votes, while it leads."""
    return all_of(implies(s.asks(m), claim(s.term(m))), implies(s.leads(m), claim(s.stamp(m))))


def resigned_terms_back_nothing(s: SymbolicState) -> Expression:
    """A member asks and leads only in terms above those it has resigned from."""
    return for_all(
        [Member],
        lambda m: all_of(
            s.retired(m) <= s.term(m),
            implies(any_of(s.asks(m), s.role(m) == LEADER), s.retired(m) < s.term(m)),
            implies(s.role(m) == RENEWING, s.retired(m) < s.stamp(m)),
        ),
    )


def leaders_lead_their_term(s: SymbolicState) -> Expression:
    """The token of a leader that does not renew is its term."""
    return for_all([Member], lambda m: implies(s.role(m) == LEADER, s.stamp(m) == s.term(m)))


def leaders_are_winners(s: SymbolicState) -> Expression:
    """Every other member is overtaken in the term of a leader's token."""
    return for_all(
        [Member, Member],
        lambda m, x: implies(all_of(s.leads(m), x != m), s.is_overtaken(x, s.stamp(m))),
    )


def winners_overtake(s: SymbolicState) -> Expression:
    """Every member but the winner of a term is overtaken in it."""
    return for_all(
        [Member],
        lambda x: s.won.always(lambda t, m: implies(x != m, s.is_overtaken(x, t))),
    )


def backing_is_pledged(s: SymbolicState) -> Expression:
    """The answers that a member counts on were pledged in its term."""
    return for_all(
        [Member, Member],
        lambda m, v: implies(
            all_of(any_of(s.asks(m), s.role(m) == LEADER), s.backing(m, v) > s.now),
            s.backing(m, v) <= s.pledged(v, m, s.term(m)),
        ),
    )


def backing_is_of_voters(s: SymbolicState) -> Expression:
    """A member that still backs a member that asks has voted for it in its term."""
    return for_all(
        [Member, Member],
        lambda m, v: implies(all_of(s.asks(m), s.backing(m, v) > s.now), s.voted(v, s.term(m), m)),
    )


def held_leases_are_a_quorums(s: SymbolicState) -> Expression:
    """The lease of a renewing leader was given by a quorum."""
    return for_all([Member], lambda m: implies(s.role(m) == RENEWING, is_quorum(s.held_by(m))))


def held_leases_are_pledged(s: SymbolicState) -> Expression:
    """The lease of a renewing leader was pledged in the term of its token."""
    return for_all(
        [Member, Member],
        lambda m, v: implies(
            all_of(s.role(m) == RENEWING, s.held(m) > s.now, in_quorum(v, s.held_by(m))),
            s.held(m) <= s.pledged(v, m, s.stamp(m)),
        ),
    )


def candidates_have_promised_no_other(s: SymbolicState) -> Expression:
    """A member that stands or leads owes a promise to no member but itself."""
    return for_all(
        [Member],
        lambda m: implies(
            any_of(s.role(m) == PRECANDIDATE, s.asks(m), s.role(m) == LEADER),
            negated(s.is_promised_to_another(m, m)),
        ),
    )


def promises_are_kept(s: SymbolicState) -> Expression:
    """For a pledge that counts there is a promise that lasts as long."""

    def is_kept(v: Expression, m: Expression, t: Expression) -> Expression:
        return all_of(
            any_of(s.promised_to(v) == m, s.promised_to(v) == NOBODY),
            s.promised_until(v) >= s.pledged(v, m, t),
        )

    def are_kept(v: Expression, m: Expression, t: Expression) -> Expression:
        return implies(
            all_of(s.pledged(v, m, t) > s.now, negated(s.is_overtaken(m, t))),
            any_of(is_kept(v, m, t), all_of(s.role(v) == DOWN, recorded(v))),
        )

    return for_all(
        [Member, Member], lambda v, m: _for_counted_terms(s, m, lambda t: are_kept(v, m, t))
    )


def a_vote_ends_earlier_pledges(s: SymbolicState) -> Expression:
    """A member that has voted for another in a higher term owes no pledge that counts."""

    def ends(v: Expression, t: Expression, m: Expression, k: Expression) -> Expression:
        return implies(all_of(k < t, negated(s.is_overtaken(m, k))), s.pledged(v, m, k) <= s.now)

    return for_all(
        [Member, Term, Member, Member],
        lambda v, t, r, m: implies(
            all_of(s.voted(v, t, r), m != r),
            _for_counted_terms(s, m, lambda k: ends(v, t, m, k)),
        ),
        at_sight_of=lambda v, t, r, m: (s.voted.symbol(v, t, r), s.role.symbol(m)),
    )


def winners_terms_reach_a_quorum(s: SymbolicState) -> Expression:
    """In every quorum a member has reached the highest term won."""
    return for_all(
        [Member, Quorum],
        lambda m, q: implies(is_quorum(q), exists_in(q, lambda u: s.term(u) >= s.rival(m))),
    )


def an_overtaken_leader_has_no_quorum(s: SymbolicState) -> Expression:
    """In every quorum a member's pledges to an overtaken leader are over for good."""

    def is_lost(u: Expression, m: Expression) -> Expression:
        return all_of(s.term(u) > s.stamp(m), s.pledged(u, m, s.stamp(m)) <= s.now)

    return for_all(
        [Member, Quorum],
        lambda m, q: implies(
            all_of(is_quorum(q), s.leads(m), s.is_overtaken(m, s.stamp(m))),
            exists_in(q, lambda u: is_lost(u, m)),
        ),
    )


def an_overtaken_candidate_has_no_quorum(s: SymbolicState) -> Expression:
    """In every quorum a member will not make an overtaken candidate a leader."""

    def is_lost(u: Expression, m: Expression) -> Expression:
        is_over = all_of(s.term(u) > s.term(m), s.pledged(u, m, s.term(m)) <= s.now)
        will_not_vote = all_of(s.term(u) >= s.term(m), negated(s.voted(u, s.term(m), m)))
        return any_of(is_over, will_not_vote)

    return for_all(
        [Member, Quorum],
        lambda m, q: implies(
            all_of(is_quorum(q), s.asks(m), s.is_overtaken(m, s.term(m))),
            exists_in(q, lambda u: is_lost(u, m)),
        ),
    )


def winners_are_in_the_term(s: SymbolicState) -> Expression:
    """A member that has won a term has reached it."""
    return s.won.always(lambda t, m: t <= s.term(m))


def tokens_are_the_last_won(s: SymbolicState) -> Expression:
    """A leader has won no term above its token."""
    return s.won.always(lambda t, m: implies(s.leads(m), t <= s.stamp(m)))


def one_leader_per_term(s: SymbolicState) -> Expression:
    """OneLeaderPerTerm, which is inductive together with the others."""
    return for_all(
        [Term, Member, Member],
        lambda t, a, b: implies(all_of(s.won(t, a), s.won(t, b)), a == b),
    )


LEASES = (
    resigned_terms_back_nothing,
    leaders_lead_their_term,
    leaders_are_winners,
    winners_overtake,
    backing_is_pledged,
    backing_is_of_voters,
    held_leases_are_a_quorums,
    held_leases_are_pledged,
    candidates_have_promised_no_other,
    promises_are_kept,
    a_vote_ends_earlier_pledges,
    winners_terms_reach_a_quorum,
    an_overtaken_leader_has_no_quorum,
    an_overtaken_candidate_has_no_quorum,
    winners_are_in_the_term,
    tokens_are_the_last_won,
    one_leader_per_term,
)
