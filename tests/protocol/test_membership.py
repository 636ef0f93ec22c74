"""Who votes: the order of memberships, how they are named, when two of them contradict."""

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


def test_a_bootstrap_list_stands_in_any_order() -> None:
    """Members that were given the same names in different order are one cluster."""
    expected = Membership(term=Term(0), version=0, voters=(A, B, C))
    assert founding([C, A, B]) == expected


@pytest.mark.parametrize("voters", [(B, A), (A, A), (A, C, B)])
def test_voters_are_sorted_and_each_named_once(voters: tuple[MemberId, ...]) -> None:
    """A member named twice would have two votes."""
    with pytest.raises(ValueError, match=r"^voters = .*: must be sorted, each member once$"):
        Membership(term=Term(0), version=0, voters=voters)


@pytest.mark.parametrize("name", ["", "a\nb", "\ud800"])
def test_a_voter_has_a_name_that_can_be_read(name: str) -> None:
    """It stands in logs and in the digest; what cannot be printed is refused as it comes in."""
    with pytest.raises(ValueError, match=r"^voters = .*: each must be printable text that is not"):
        founding([A, MemberId(name)])


def test_a_member_named_twice_in_a_bootstrap_list_is_refused() -> None:
    """Rather than that its quorum is counted wrongly."""
    with pytest.raises(ValueError, match="each member once"):
        founding([A, B, A])


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_term_and_version_fit_the_wire(number: int) -> None:
    """The text names the field, the value and the rule."""
    rule = f"= {number}: must be from 0 to {LARGEST}$"
    with pytest.raises(ValueError, match=f"^term {rule}"):
        Membership(term=Term(number), version=0, voters=TRIO)
    with pytest.raises(ValueError, match=f"^version {rule}"):
        Membership(term=Term(0), version=number, voters=TRIO)


def test_the_smallest_and_the_largest_numbers_are_fine() -> None:
    """Both limits are allowed."""
    largest = Membership(term=Term(LARGEST), version=LARGEST, voters=())
    assert (largest.term, largest.version, founding([]).term) == (LARGEST, LARGEST, 0)


@pytest.mark.parametrize(
    ("one", "other"), [((1, 1), (2, 0)), ((1, 0), (1, 1)), ((0, 9), (1, 0)), ((1, 8), (1, 9))]
)
def test_memberships_are_ordered_by_term_then_version(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    """The newer one has replaced the older, never the other way round."""
    older, newer = (
        MembershipId(term=Term(term), version=version, digest="") for term, version in (one, other)
    )
    assert older.is_older_than(newer)
    assert not newer.is_older_than(older)


@given(one=IDENTITIES, other=IDENTITIES)
def test_of_two_memberships_at_most_one_is_older(one: MembershipId, other: MembershipId) -> None:
    """Neither is, exactly where term and version are the same."""
    assert not (one.is_older_than(other) and other.is_older_than(one))
    same_place = (one.term, one.version) == (other.term, other.version)
    assert same_place == (not one.is_older_than(other) and not other.is_older_than(one))


def test_different_bootstrap_lists_contradict() -> None:
    """Whatever terms their leaders have stamped them with since."""
    assert identity(0, (A, B)).contradicts(identity(7, (A, B, C)))
    assert not identity(0, TRIO).contradicts(identity(7, TRIO))


def test_a_changed_membership_contradicts_nothing() -> None:
    """It may well have other voters: that is what the change was for."""
    changed = Membership(term=Term(3), version=1, voters=(A, B, C, D)).identity
    assert not changed.contradicts(identity())
    assert not identity().contradicts(changed)


def test_an_identity_names_term_version_and_voters() -> None:
    """The digest is part of the protocol: it must be the same in every process and release."""
    assert membership(7).identity == MembershipId(
        term=Term(7), version=0, digest="21f345758cd18c18"
    )


@given(one=NAMES, other=NAMES)
def test_the_digest_tells_voters_apart(
    one: frozenset[MemberId], other: frozenset[MemberId]
) -> None:
    """However the names are cut: no two lists run together to the same text."""
    digests = founding(one).identity.digest, founding(other).identity.digest
    assert (digests[0] == digests[1]) == (one == other)


def test_a_name_cannot_pass_for_two() -> None:
    """A name that holds the separator of the digest is still another list."""
    pair = founding([MemberId("a"), MemberId("b")])
    forged = founding([MemberId("a1:b")])
    assert pair.identity.digest != forged.identity.digest


def test_a_stamp_changes_the_term_alone() -> None:
    """A new leader hands on the voters and the version that it found."""
    found = Membership(term=Term(2), version=4, voters=TRIO)
    assert found.stamped(Term(9)) == Membership(term=Term(9), version=4, voters=TRIO)


def test_rank_is_the_place_among_the_voters() -> None:
    """Whoever has no vote comes after all who have."""
    assert [membership().rank(who) for who in (A, B, C, D)] == [0, 1, 2, 3]
