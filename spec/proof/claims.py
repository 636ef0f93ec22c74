"""The inductive invariant as a whole, and the claims that follow from it.

Knows the state and no action. The claims have the names that they have in MCElection.tla.
"""

from collections.abc import Callable

from spec.proof.language import Expression, Member, Term, all_of, for_all, implies
from spec.proof.leases import LEASES, one_leader_per_term
from spec.proof.state import SymbolicState
from spec.proof.votes import VOTES

Claim = Callable[[SymbolicState], Expression]

INVARIANT: dict[str, Claim] = {conjunct.__name__: conjunct for conjunct in (*VOTES, *LEASES)}


def exclusive_leadership(s: SymbolicState) -> Expression:
    """At most one member acts at any instant."""
    return for_all([Member, Member], lambda a, b: implies(all_of(s.acts(a), s.acts(b)), a == b))


def tokens_never_go_back(s: SymbolicState) -> Expression:
    """A member that acts has the highest token that any member ever won."""
    return for_all(
        [Member, Term, Member],
        lambda m, t, w: implies(all_of(s.acts(m), s.won(t, w)), t <= s.stamp(m)),
    )


PROPERTIES: dict[str, Claim] = {
    "OneLeaderPerTerm": one_leader_per_term,
    "ExclusiveLeadership": exclusive_leadership,
    "TokensNeverGoBack": tokens_never_go_back,
}
