"""What a member remembers, and what follows from it."""

from dataclasses import replace

import pytest

from leader.protocol.state import (
    Role,
    leader_of,
    visible_term,
    with_role,
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
    promised,
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


def test_state_names_its_member_term_and_voters() -> None:
    """The name is a setting, the others are in its record."""
    state = member(following(None, 0), name=C, durable=record(7))
    assert (state.member, state.term, state.voters) == (C, 7, TRIO)


@pytest.mark.parametrize(("role", "leader", "_term"), ROLES)
def test_leader_of_is_the_followed_leader_or_the_member_itself(
    role: Role, leader: MemberId | None, _term: int
) -> None:
    """A campaigning member believes in no leader."""
    assert leader_of(member(role)) == leader


@pytest.mark.parametrize(("role", "_leader", "term"), ROLES)
def test_visible_term_of_a_leader_is_its_token(
    role: Role, _leader: MemberId | None, term: int
) -> None:
    """A renewal shows its term once it is won: until then the leader acts with the old token."""
    assert visible_term(member(role, durable=record(7, stamp=6))) == term


def test_with_role_changes_nothing_else() -> None:
    """A field that is added to the state must be copied here too."""
    state = member(following(B, 0), promise=promised(B, 1), observers=frozenset({C}))
    assert with_role(state, standing(deadline=0)) == replace(state, role=standing(deadline=0))
