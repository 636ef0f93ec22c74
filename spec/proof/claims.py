"""The inductive invariant as a whole, and the claims that follow from it.

Knows the state and no action. The claims have their names from MCElection.tla.
"""

from collections.abc import Callable

from spec.proof.language import Expression, Member, Term, all_of, for_all, implies
from spec.proof.leases import LEASES, one_leader_per_term
from spec.proof.state import State, acts
from spec.proof.votes import VOTES

Claim = Callable[[State], Expression]

INVARIANT: dict[str, Claim] = {conjunct.__name__: conjunct for conjunct in (*VOTES, *LEASES)}


def exclusive_leadership(s: State) -> Expression:
    """At most one member acts at any instant."""
    return for_all([Member, Member], lambda a, b: implies(all_of(acts(s, a), acts(s, b)), a == b))


def tokens_never_go_back(s: State) -> Expression:
    """Whoever acts has the highest token that there ever was."""
    return for_all(
        [Member, Term, Member],
        lambda m, t, w: implies(all_of(acts(s, m), s.won(t, w)), t <= s.stamp(m)),
    )


PROPERTIES: dict[str, Claim] = {
    "OneLeaderPerTerm": one_leader_per_term,
    "ExclusiveLeadership": exclusive_leadership,
    "TokensNeverGoBack": tokens_never_go_back,
}
