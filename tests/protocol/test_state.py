"""What a member remembers, and what can be read off it."""

import pytest

from leader.protocol.state import (
    Role,
    leader_of,
    promised_to_another,
    visible_term,
)
from leader.protocol.vocabulary import MemberId
from tests.protocol.builders import (
    NANOSECOND,
    TRIO,
    A,
    B,
    C,
    asking,
    following,
    instant,
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


def test_a_promise_is_live_until_its_end_and_not_at_it() -> None:
    """At the very instant at which it is over, a vote for another is free."""
    state = member(following(B, 200), promise=promised(B, 100))
    assert promised_to_another(state, C, instant(100 - NANOSECOND))
    assert not promised_to_another(state, C, instant(100))


def test_a_promise_does_not_stand_against_whom_it_was_made_to() -> None:
    """The leader may ask again; and without a promise everybody may."""
    assert not promised_to_another(
        member(following(B, 200), promise=promised(B, 100)), B, instant(0)
    )
    assert not promised_to_another(member(following(B, 200)), C, instant(0))


def test_the_promise_of_a_former_life_stands_against_everybody() -> None:
    """Nobody knows any more to whom it was made."""
    state = member(following(None, 200), promise=promised(None, 100))
    assert all(promised_to_another(state, who, instant(99)) for who in TRIO)
    assert not any(promised_to_another(state, who, instant(100)) for who in TRIO)
