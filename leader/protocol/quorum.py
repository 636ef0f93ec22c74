"""Majorities, and what a majority agrees on.

A quorum is a strict majority of the voters of one membership, whoever can be reached: any two
share a voter, and everything that is safe here is safe because of that voter.
"""

from collections.abc import Collection, Iterable


def is_quorum(votes: Collection[object], voters: Collection[object]) -> bool:
    """Whether more than half of ``voters`` are among ``votes``; others among ``votes`` do not count."""
    return 2 * sum(1 for voter in voters if voter in votes) > len(voters)


def quorum_size(voters: int) -> int:
    """The smallest number of ``voters`` voters that is a quorum."""
    return voters // 2 + 1


def reached_by_quorum(values: Iterable[int], voters: int) -> int | None:
    """The greatest number that a quorum of ``voters`` voters reaches, given one value a voter at most.

    None where fewer than a quorum have a value at all.
    """
    descending = sorted(values, reverse=True)
    size = quorum_size(voters)
    return descending[size - 1] if len(descending) >= size else None
