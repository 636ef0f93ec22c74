"""Majorities, compared with a second implementation that counts in the simplest way."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leader.protocol.quorum import is_quorum, quorum_size, reached_by_quorum

VOTERS = st.integers(min_value=0, max_value=9)
VALUES = st.lists(st.integers(min_value=-50, max_value=50), max_size=9)


@pytest.mark.parametrize(
    ("voters", "enough"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (7, 4)]
)
def test_quorum_is_a_strict_majority(voters: int, enough: int) -> None:
    """Half of the voters are no quorum: two halves could each elect a leader."""
    everybody = range(voters)
    assert quorum_size(voters) == enough
    assert is_quorum(range(enough), everybody)
    assert not is_quorum(range(enough - 1), everybody)


def test_is_quorum_never_holds_without_voters() -> None:
    """An empty membership elects no member."""
    assert not is_quorum((), ())
    assert reached_by_quorum((), 0) is None


@given(votes=st.frozensets(st.integers(0, 12)), voters=VOTERS)
def test_is_quorum_counts_only_voters(votes: frozenset[int], voters: int) -> None:
    """The votes of strangers change nothing."""
    among_voters = [vote for vote in votes if vote < voters]
    assert is_quorum(votes, range(voters)) == (len(among_voters) > voters - len(among_voters))


@given(voters=st.integers(min_value=1, max_value=7))
def test_quorums_share_a_voter(voters: int) -> None:
    """The safety of an election rests on what that voter has promised."""
    quorums = [set(some) for some in combinations(range(voters), quorum_size(voters))]
    assert all(one & other for one in quorums for other in quorums)


@given(values=VALUES, absent=VOTERS)
def test_reached_by_quorum_finds_what_the_simple_search_finds(
    values: list[int], absent: int
) -> None:
    """The greatest value that more than half of the voters reach."""
    voters = len(values) + absent
    reached = [v for v in values if 2 * sum(other >= v for other in values) > voters]
    assert reached_by_quorum(values, voters) == max(reached, default=None)
