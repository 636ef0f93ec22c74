"""Looks at a cluster after every step, remembers what was, and checks the claims of the protocol."""

from collections.abc import Sequence

from leader.protocol.invariants import (
    ClusterView,
    ElectionWon,
    MemberView,
    exclusive_leadership,
    no_disruption,
    one_leader_per_term,
    quorums_intersect,
    terms_never_decrease,
    tokens_never_go_back,
)
from leader.protocol.vocabulary import MemberId


class InvariantChecker:
    """The history that claims speak of. Every method raises InvariantViolated for a claim that fails."""

    def __init__(self) -> None:
        self.elections_won: list[ElectionWon] = []
        self.memberships: set[tuple[MemberId, ...]] = set()

    def saw_won(self, leadership: ElectionWon) -> None:
        """An election was won."""
        self.elections_won.append(leadership)
        cluster = ClusterView(members=(), elections_won=self.elections_won)
        one_leader_per_term(cluster)
        quorums_intersect(cluster)

    def saw_step(self, before: MemberView, after: MemberView, *, resigned: bool) -> None:
        """One member took a step, at one instant."""
        no_disruption(before, after, resigned=resigned)

    def saw(self, members: Sequence[MemberView]) -> None:
        """The cluster as it is now."""
        cluster = ClusterView(members=members, elections_won=self.elections_won)
        exclusive_leadership(cluster)
        tokens_never_go_back(cluster)
        terms_never_decrease(cluster)
        memberships = {seen.voters for seen in members}
        if memberships != self.memberships:
            self.memberships = memberships
            quorums_intersect(cluster)
