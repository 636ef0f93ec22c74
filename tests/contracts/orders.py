"""Contracts on memberships: which has replaced which, and which are of another cluster."""

from leader.protocol.membership import MembershipId, founding
from leader.protocol.vocabulary import MemberId, Term


def replacing_is_a_strict_order(a: MembershipId, b: MembershipId, c: MembershipId) -> bool:
    """No membership replaces itself, and what replaces the successor has replaced the predecessor.

    post: _
    """
    if a.is_older_than(b) and b.is_older_than(c):
        return a.is_older_than(c) and not c.is_older_than(a)
    return not a.is_older_than(a)


def of_two_one_is_older(a: MembershipId, b: MembershipId) -> bool:
    """Of two memberships one has replaced the other, unless they are of one leader and one version.

    post: _
    """
    alike = a.term == b.term and a.version == b.version
    return (a.is_older_than(b) or b.is_older_than(a)) == (not alike)


def a_contradiction_is_mutual(same: bool, one: int, other: int) -> bool:
    """Two memberships contradict each other where neither was changed since, and the lists differ.

    pre: one >= 0
    pre: other >= 0
    post: _
    """
    a = MembershipId(term=Term(0), version=one, digest="a")
    b = MembershipId(term=Term(0), version=other, digest="a" if same else "b")
    expected = not same and one == 0 and other == 0
    return a.contradicts(b) is expected and b.contradicts(a) is expected


def a_later_leader_hands_on_what_is_newer(term: int, later: int) -> bool:
    """The stamp of a later leader alone makes a membership newer; the voters stay.

    pre: 0 <= term < later < 2**63
    post: _
    """
    old = founding([MemberId("a"), MemberId("b")]).stamped(Term(term))
    new = old.stamped(Term(later))
    return old.identity.is_older_than(new.identity) and new.voters == old.voters
