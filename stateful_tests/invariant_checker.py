"""Checks the invariants of the protocol after every step, and keeps the history that they need."""

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
    """The history of one run. Every method raises InvariantViolated if an invariant does not hold."""

    def __init__(self) -> None:
        self._won: list[ElectionWon] = []
        self._memberships: set[tuple[MemberId, ...]] = set()

    def check_election(self, won: ElectionWon) -> None:
        """An election was won: remember and check it."""
        self._won.append(won)
        cluster = ClusterView(members=(), elections_won=self._won)
        one_leader_per_term(cluster)
        quorums_intersect(cluster)

    def check_step(self, before: MemberView, after: MemberView, *, resigned: bool) -> None:
        """One member took a step, at one instant."""
        no_disruption(before, after, resigned=resigned)

    def check_cluster(self, members: Sequence[MemberView]) -> None:
        """Check all running members as they are now."""
        cluster = ClusterView(members=members, elections_won=self._won)
        exclusive_leadership(cluster)
        tokens_never_go_back(cluster)
        terms_never_decrease(cluster)
        memberships = {member.voters for member in members}
        # This check is slow and depends on the memberships only, so an unchanged set is not repeated.
        if memberships != self._memberships:
            self._memberships = memberships
            quorums_intersect(cluster)
