"""The claims, as functions over a whole cluster at one instant; their names are the specification's.

No member can see a whole cluster, so the election calls none of them; tests call them after every
step. Each returns None or raises InvariantViolated.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from leader.protocol.quorum import is_quorum, quorum_size
from leader.protocol.vocabulary import InvariantViolated, MemberId, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """One running member, at one instant."""

    member: MemberId
    term: Term
    highest_term: Term
    """The highest term that this member ever had, former lives included."""
    token: Term | None
    """The token by which it acts as leader at this instant; None if it does not act."""
    voters: tuple[MemberId, ...]
    """The voters of the membership that it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectionWon:
    """An election that was won: in the specification an element of ``winners``."""

    term: Term
    member: MemberId
    voters: tuple[MemberId, ...]
    supporters: frozenset[MemberId]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterView:
    """All running members at one instant, and every election that was won so far."""

    members: Sequence[MemberView]
    elections_won: Sequence[ElectionWon]


def one_leader_per_term(cluster: ClusterView) -> None:
    """No term was ever won by two members. Spec: OneLeaderPerTerm."""
    winners: dict[Term, MemberId] = {}
    for won in cluster.elections_won:
        first = winners.setdefault(won.term, won.member)
        if first != won.member:
            raise InvariantViolated(
                f"OneLeaderPerTerm: {first} and {won.member} both won term {won.term}"
            )


def exclusive_leadership(cluster: ClusterView) -> None:
    """At most one member acts as leader at this instant. Spec: ExclusiveLeadership."""
    acting = [seen for seen in cluster.members if seen.token is not None]
    if len(acting) > 1:
        listed = " and ".join(f"{seen.member} by token {seen.token}" for seen in acting)
        raise InvariantViolated(f"ExclusiveLeadership: {listed} act at once")


def tokens_never_go_back(cluster: ClusterView) -> None:
    """A member that acts holds the highest token ever won. Spec: TokensNeverGoBack."""
    for seen in cluster.members:
        if seen.token is None:
            continue
        for won in cluster.elections_won:
            if won.term > seen.token:
                raise InvariantViolated(
                    f"TokensNeverGoBack: {seen.member} acts by token {seen.token}, "
                    f"after {won.member} won term {won.term}"
                )


def terms_never_decrease(cluster: ClusterView) -> None:
    """No member has a lower term than it once had. Spec: TermsNeverDecrease."""
    for seen in cluster.members:
        if seen.term < seen.highest_term:
            raise InvariantViolated(
                f"TermsNeverDecrease: {seen.member} is in term {seen.term}, "
                f"and was in term {seen.highest_term}"
            )


def quorums_intersect(cluster: ClusterView) -> None:
    """Every election had a quorum of its voters, and quorums of memberships in use share a member."""
    for won in cluster.elections_won:
        if not is_quorum(won.supporters, won.voters):
            raise InvariantViolated(
                f"QuorumsIntersect: {won.member} won term {won.term} by {sorted(won.supporters)}, "
                f"no quorum of {list(won.voters)}"
            )
    for one, other in combinations({seen.voters for seen in cluster.members}, 2):
        if not all_quorums_meet(one, other):
            raise InvariantViolated(
                f"QuorumsIntersect: a quorum of {list(one)} and one of {list(other)} share no member"
            )


def all_quorums_meet(one: Iterable[MemberId], other: Iterable[MemberId]) -> bool:
    """Whether every quorum of ``one`` shares a member with every quorum of ``other``."""
    ours, theirs = frozenset(one), frozenset(other)
    common = ours & theirs
    # Two quorums can avoid each other only if, after taking all they can outside of the common
    # voters, what they still need fits into those without overlapping.
    needed = sum(
        max(0, quorum_size(len(voters)) - len(voters - common)) for voters in (ours, theirs)
    )
    return not ours or not theirs or needed > len(common)


def no_disruption(before: MemberView, after: MemberView, *, resigned: bool) -> None:
    """Only its own resignation ends the leadership of a member that acts. Spec: NoDisruption.

    The two views are of one instant, before and after one step in which the member did not crash. So
    a leadership that ended here did not end because time passed.
    """
    if before.token is not None and after.token is None and not resigned:
        raise InvariantViolated(
            f"NoDisruption: {before.member} acted by token {before.token} until a message of another member ended it"
        )
