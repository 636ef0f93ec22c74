"""Memberships: their order, their identity, and when two of them contradict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leader.protocol.membership import Membership, MembershipId, founding
from leader.protocol.vocabulary import LARGEST, MemberId, Term
from tests.protocol.builders import TRIO, A, B, C, D, identity, membership

SMALL = st.integers(min_value=0, max_value=3)
IDENTITIES = st.builds(
    MembershipId, term=st.builds(Term, SMALL), version=SMALL, digest=st.sampled_from("ab")
)
NAMES = st.frozensets(st.builds(MemberId, st.text("ab12:é", min_size=1, max_size=3)), max_size=4)


def test_founding_sorts_the_bootstrap_list() -> None:
    """Members with the same names in another order form one cluster."""
    expected = Membership(term=Term(0), version=0, voters=(A, B, C))
    assert founding([C, A, B]) == expected


@pytest.mark.parametrize("voters", [(B, A), (A, A), (A, C, B)])
def test_membership_refuses_voters_that_are_unsorted_or_repeated(
    voters: tuple[MemberId, ...],
) -> None:
    """A member that is listed twice would have two votes."""
    with pytest.raises(ValueError, match=r"^voters = .*: must be sorted, each member once$"):
        Membership(term=Term(0), version=0, voters=voters)


@pytest.mark.parametrize("name", ["", "a\nb", "\ud800"])
def test_membership_refuses_names_that_cannot_be_printed(name: str) -> None:
    """Names stand in logs and in the digest."""
    with pytest.raises(ValueError, match=r"^voters = .*: each must be printable text that is not"):
        founding([A, MemberId(name)])


def test_founding_refuses_a_member_that_is_listed_twice() -> None:
    """Otherwise its quorum would be counted wrongly."""
    with pytest.raises(ValueError, match="each member once"):
        founding([A, B, A])


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_membership_refuses_numbers_that_do_not_fit_the_wire(number: int) -> None:
    """The text names the field, the value and the rule."""
    rule = f"= {number}: must be from 0 to {LARGEST}$"
    with pytest.raises(ValueError, match=f"^term {rule}"):
        Membership(term=Term(number), version=0, voters=TRIO)
    with pytest.raises(ValueError, match=f"^version {rule}"):
        Membership(term=Term(0), version=number, voters=TRIO)


def test_membership_accepts_the_smallest_and_the_largest_numbers() -> None:
    """Both limits are allowed."""
    largest = Membership(term=Term(LARGEST), version=LARGEST, voters=())
    assert (largest.term, largest.version, founding([]).term) == (LARGEST, LARGEST, 0)


@pytest.mark.parametrize(
    ("one", "other"), [((1, 1), (2, 0)), ((1, 0), (1, 1)), ((0, 9), (1, 0)), ((1, 8), (1, 9))]
)
def test_is_older_than_compares_terms_and_then_versions(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    """A newer membership has replaced the older one."""
    older, newer = (
        MembershipId(term=Term(term), version=version, digest="") for term, version in (one, other)
    )
    assert older.is_older_than(newer)
    assert not newer.is_older_than(older)


@given(one=IDENTITIES, other=IDENTITIES)
def test_is_older_than_holds_for_at_most_one_of_two(one: MembershipId, other: MembershipId) -> None:
    """For neither, if term and version are the same."""
    assert not (one.is_older_than(other) and other.is_older_than(one))
    same_place = (one.term, one.version) == (other.term, other.version)
    assert same_place == (not one.is_older_than(other) and not other.is_older_than(one))


def test_contradicts_holds_for_different_bootstrap_lists() -> None:
    """Whatever stamps they have got since."""
    assert identity(0, (A, B)).contradicts(identity(7, (A, B, C)))
    assert not identity(0, TRIO).contradicts(identity(7, TRIO))


def test_contradicts_never_holds_for_a_changed_membership() -> None:
    """A change may have replaced the voters."""
    changed = Membership(term=Term(3), version=1, voters=(A, B, C, D)).identity
    assert not changed.contradicts(identity())
    assert not identity().contradicts(changed)


def test_identity_has_term_version_and_a_digest_of_the_voters() -> None:
    """The digest is part of the protocol: it must be the same in every process and release."""
    assert membership(7).identity == MembershipId(
        term=Term(7), version=0, digest="21f345758cd18c18"
    )


@given(one=NAMES, other=NAMES)
def test_identity_differs_for_different_voters(
    one: frozenset[MemberId], other: frozenset[MemberId]
) -> None:
    """However the names are split: no two lists give the same text."""
    digests = founding(one).identity.digest, founding(other).identity.digest
    assert (digests[0] == digests[1]) == (one == other)


def test_identity_of_one_name_with_a_separator_is_not_that_of_two_names() -> None:
    """A name may contain the separator of the digest."""
    pair = founding([MemberId("a"), MemberId("b")])
    forged = founding([MemberId("a1:b")])
    assert pair.identity.digest != forged.identity.digest


def test_stamped_changes_only_the_term() -> None:
    """A new leader hands on the voters and the version."""
    found = Membership(term=Term(2), version=4, voters=TRIO)
    assert found.stamped(Term(9)) == Membership(term=Term(9), version=4, voters=TRIO)


def test_rank_is_the_place_among_the_voters() -> None:
    """An observer comes after all voters."""
    assert [membership().rank(who) for who in (A, B, C, D)] == [0, 1, 2, 3]
