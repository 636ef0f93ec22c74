"""What a member remembers, and what can be read off it."""

import pytest

from leader.protocol.state import (
    Role,
    leader_of,
    visible_term,
)
from leader.protocol.vocabulary import MemberId
from tests.protocol.builders import (
    TRIO,
    A,
    B,
    C,
    asking,
    following,
    leading,
    member,
    record,
    renewing,
    standing,
)

ROLES: list[tuple[Role, MemberId | None, int]] = [
    (following(None, 0), None, 7),
    (following(B, 0), B, 7),
    (asking(A, started=0, deadline=0), None, 7),
    (standing(deadline=0), None, 7),
    (leading(deadline=0), A, 6),
    (renewing(lease_until=0, deadline=0), A, 6),
]


def test_a_member_knows_its_name_its_term_and_the_voters() -> None:
    """The first is a setting, the others are in its record."""
    state = member(following(None, 0), name=C, durable=record(7))
    assert (state.member, state.term, state.voters) == (C, 7, TRIO)


@pytest.mark.parametrize(("role", "leader", "_term"), ROLES)
def test_a_member_believes_in_the_leader_it_follows_or_is(
    role: Role, leader: MemberId | None, _term: int
) -> None:
    """Whoever campaigns believes in none."""
    assert leader_of(member(role)) == leader


@pytest.mark.parametrize(("role", "_leader", "term"), ROLES)
def test_the_term_that_a_leader_shows_is_its_token(
    role: Role, _leader: MemberId | None, term: int
) -> None:
    """A renewal in a higher term shows once it is won: until then it acts with the old token."""
    assert visible_term(member(role, durable=record(7, stamp=6))) == term
