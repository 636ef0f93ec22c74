"""The invariants: each accepts what is allowed and names what is not."""

from itertools import combinations

import pytest

from leader.protocol.invariants import (
    ClusterView,
    ElectionWon,
    MemberView,
    all_quorums_meet,
    exclusive_leadership,
    no_disruption,
    one_leader_per_term,
    quorums_intersect,
    terms_never_decrease,
    tokens_never_go_back,
)
from leader.protocol.quorum import is_quorum
from leader.protocol.vocabulary import InvariantViolated, MemberId, Term

A, B, C, D = (MemberId(letter) for letter in "abcd")
TRIO = (A, B, C)


def member(
    name: MemberId, *, term: int = 5, highest: int = 5, token: int | None = None
) -> MemberView:
    return MemberView(
        member=name,
        term=Term(term),
        highest_term=Term(highest),
        token=None if token is None else Term(token),
        voters=TRIO,
    )


def won(name: MemberId, term: int, supporters: tuple[MemberId, ...] = (A, B)) -> ElectionWon:
    return ElectionWon(term=Term(term), member=name, voters=TRIO, supporters=frozenset(supporters))


def cluster(*members: MemberView, elections_won: tuple[ElectionWon, ...] = ()) -> ClusterView:
    return ClusterView(members=members, elections_won=elections_won)


def test_one_leader_per_term() -> None:
    """One member may win many terms; two members never win the same one."""
    one_leader_per_term(cluster(elections_won=(won(A, 1), won(A, 2), won(B, 3))))
    with pytest.raises(InvariantViolated, match="OneLeaderPerTerm: a and b both won term 1"):
        one_leader_per_term(cluster(elections_won=(won(A, 1), won(A, 2), won(B, 1))))


def test_exclusive_leadership() -> None:
    """One member may act, two may not, whatever their tokens are."""
    exclusive_leadership(cluster(member(A, token=4), member(B), member(C)))
    with pytest.raises(
        InvariantViolated, match="ExclusiveLeadership: a by token 4 and c by token 5"
    ):
        exclusive_leadership(cluster(member(A, token=4), member(B), member(C, token=5)))


def test_tokens_never_go_back() -> None:
    """No member acts by a token below one that was won."""
    tokens_never_go_back(cluster(member(A, token=5), elections_won=(won(B, 4), won(A, 5))))
    with pytest.raises(InvariantViolated, match="TokensNeverGoBack: a acts by token 4, after b"):
        tokens_never_go_back(cluster(member(A, token=4), elections_won=(won(A, 4), won(B, 5))))


def test_terms_never_decrease() -> None:
    """The highest term so far is allowed, a lower one is not."""
    terms_never_decrease(cluster(member(A, term=5, highest=5)))
    with pytest.raises(InvariantViolated, match="TermsNeverDecrease: a is in term 4"):
        terms_never_decrease(cluster(member(A, term=4, highest=5)))


def test_no_election_without_a_quorum() -> None:
    """Two of three voters are a quorum; one voter and a stranger are not."""
    quorums_intersect(cluster(elections_won=(won(A, 1, (A, C)),)))
    with pytest.raises(InvariantViolated, match="QuorumsIntersect: a won term 1"):
        quorums_intersect(cluster(elections_won=(won(A, 1, (A, D)),)))


def test_all_quorums_meet_agrees_with_trying_every_pair() -> None:
    """For every two memberships of up to four members."""
    memberships = [voters for size in range(5) for voters in combinations((A, B, C, D), size)]
    for one in memberships:
        for other in memberships:
            meet = all(
                set(ours) & set(theirs) for ours in quorums(one) for theirs in quorums(other)
            )
            assert all_quorums_meet(one, other) == meet, (one, other)


def quorums(voters: tuple[MemberId, ...]) -> list[tuple[MemberId, ...]]:
    sizes = range(len(voters) + 1)
    subsets = [subset for size in sizes for subset in combinations(voters, size)]
    return [subset for subset in subsets if is_quorum(subset, voters)]


def test_no_disruption() -> None:
    """A member that acts continues to act after every step except its own resignation."""
    no_disruption(member(A, token=5), member(A, token=6), resigned=False)
    no_disruption(member(A, token=5), member(A), resigned=True)
    no_disruption(member(A), member(A), resigned=False)
    with pytest.raises(InvariantViolated, match="NoDisruption: a acted by token 5"):
        no_disruption(member(A, token=5), member(A), resigned=False)
