"""Contracts on memberships: which one replaces another, and which are of another cluster."""

from leader.protocol.membership import MembershipId, founding
from leader.protocol.vocabulary import MemberId, Term


def replacing_is_a_strict_order(a: MembershipId, b: MembershipId, c: MembershipId) -> bool:
    """No membership replaces itself, and one that replaces a second also replaces what the second replaced.

    post: _
    """
    if a.is_older_than(b) and b.is_older_than(c):
        return a.is_older_than(c) and not c.is_older_than(a)
    return not a.is_older_than(a)


def one_of_two_memberships_is_older(a: MembershipId, b: MembershipId) -> bool:
    """Of two memberships one replaces the other, unless they have the same stamp and version.

    post: _
    """
    alike = a.term == b.term and a.version == b.version
    return (a.is_older_than(b) or b.is_older_than(a)) == (not alike)


def a_contradiction_is_mutual(same: bool, one: int, other: int) -> bool:
    """Two memberships contradict each other if both are unchanged since the start and their lists differ.

    pre: one >= 0
    pre: other >= 0
    post: _
    """
    a = MembershipId(term=Term(0), version=one, digest="a")
    b = MembershipId(term=Term(0), version=other, digest="a" if same else "b")
    expected = not same and one == 0 and other == 0
    return a.contradicts(b) is expected and b.contradicts(a) is expected


def a_later_stamp_makes_a_membership_newer(term: int, later: int) -> bool:
    """The stamp of a later leader makes a membership newer and leaves its voters as they are.

    pre: 0 <= term < later < 2**63
    post: _
    """
    old = founding([MemberId("a"), MemberId("b")]).stamped(Term(term))
    new = old.stamped(Term(later))
    return old.identity.is_older_than(new.identity) and new.voters == old.voters
