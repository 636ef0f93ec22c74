"""Contracts on majorities: any two share a voter, and what a majority of values reaches."""

from leader.protocol.quorum import is_quorum, quorum_size, reached_by_quorum


def two_quorums_share_a_voter(voters: int, one: int, other: int) -> bool:
    """Two quorums together have more voters than there are, so they share one.

    pre: voters >= 1
    pre: quorum_size(voters) <= one <= voters
    pre: quorum_size(voters) <= other <= voters
    post: _
    """
    return one + other > voters


def a_quorum_is_more_than_half(voters: int, votes: int) -> bool:
    """A number of votes is a quorum exactly if it is more than half of the voters.

    pre: voters >= 1
    pre: 0 <= votes <= voters
    post: _
    """
    return (votes >= quorum_size(voters)) == (2 * votes > voters)


def of_six_voters_no_two_disjoint_sets_are_quorums(mask: int) -> bool:
    """Of six voters, written as bits of a mask, a set and the set of all others are not both quorums.

    pre: 0 <= mask < 64
    post: _
    """
    some = [voter for voter in range(6) if mask // 2**voter % 2]
    others = [voter for voter in range(6) if voter not in some]
    return not (is_quorum(some, range(6)) and is_quorum(others, range(6)))


def a_quorum_of_four_reaches_the_third_greatest(a: int, b: int, c: int, d: int) -> bool:
    """Three of four values are at least what a quorum reaches, and fewer than three are above it.

    post: _
    """
    values = (a, b, c, d)
    reached = reached_by_quorum(values, 4)
    if reached is None:
        return False
    above = [value for value in values if value > reached]
    return sum(value >= reached for value in values) >= 3 and len(above) < 3


def fewer_values_than_a_quorum_reach_none(voters: int, a: int, b: int) -> bool:
    """Two values reach a number only if two of the voters are a quorum.

    pre: voters >= 1
    post: _
    """
    return (reached_by_quorum((a, b), voters) is None) == (voters > 3)
