"""Majorities, against a twin that counts in the most naive way."""

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
def test_a_quorum_is_a_strict_majority(voters: int, enough: int) -> None:
    """Half of the voters are none: two halves could each elect."""
    everybody = range(voters)
    assert quorum_size(voters) == enough
    assert is_quorum(range(enough), everybody)
    assert not is_quorum(range(enough - 1), everybody)


def test_nobody_is_no_quorum_of_nobody() -> None:
    """An empty membership elects no one."""
    assert not is_quorum((), ())
    assert reached_by_quorum((), 0) is None


@given(votes=st.frozensets(st.integers(0, 12)), voters=VOTERS)
def test_only_voters_count(votes: frozenset[int], voters: int) -> None:
    """The votes of strangers change nothing."""
    among_voters = [vote for vote in votes if vote < voters]
    assert is_quorum(votes, range(voters)) == (len(among_voters) > voters - len(among_voters))


@given(voters=st.integers(min_value=1, max_value=7))
def test_two_quorums_share_a_voter(voters: int) -> None:
    """All that is safe here is safe because of that voter."""
    quorums = [set(some) for some in combinations(range(voters), quorum_size(voters))]
    assert all(one & other for one in quorums for other in quorums)


@given(values=VALUES, absent=VOTERS)
def test_a_quorum_reaches_what_the_naive_search_finds(values: list[int], absent: int) -> None:
    """The greatest value that more than half of the voters have or exceed."""
    voters = len(values) + absent
    reached = [v for v in values if 2 * sum(other >= v for other in values) > voters]
    assert reached_by_quorum(values, voters) == max(reached, default=None)
