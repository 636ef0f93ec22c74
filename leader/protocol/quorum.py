"""Majorities, and what a majority agrees on.

A quorum is a strict majority of all voters of one membership, not of those that can be reached. So
any two quorums share a voter, and the safety of an election rests on what that voter has promised.
"""

from collections.abc import Collection, Iterable


def is_quorum(votes: Collection[object], voters: Collection[object]) -> bool:
    """Whether more than half of ``voters`` are in ``votes``; members that are no voters do not count."""
    return 2 * sum(1 for voter in voters if voter in votes) > len(voters)


def quorum_size(voters: int) -> int:
    """The smallest number of ``voters`` voters that is a quorum."""
    return voters // 2 + 1


def reached_by_quorum(values: Iterable[int], voters: int) -> int | None:
    """The greatest number that a quorum of ``voters`` voters reaches; each voter has at most one value.

    None if fewer than a quorum have a value.
    """
    descending = sorted(values, reverse=True)
    size = quorum_size(voters)
    return descending[size - 1] if len(descending) >= size else None
