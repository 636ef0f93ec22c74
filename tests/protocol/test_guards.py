"""The guards: each on both sides of its boundary."""

import pytest

from leader.protocol import guards
from leader.protocol.guards import (
    follows,
    has_live_promise,
    is_free_to_vote_for,
    is_in_the_past,
    is_not_older,
    is_of_this_round,
    is_promised_to,
    is_released_for,
    is_voter,
    require_role,
    trusts_disconnect,
)
from leader.protocol.state import Candidate, Leader, PreCandidate, Promise, Role
from leader.protocol.vocabulary import InvariantViolated, MemberId, Term
from tests.protocol.builders import (
    NANOSECOND,
    TRIO,
    A,
    B,
    C,
    D,
    asking,
    following,
    identity,
    instant,
    leading,
    member,
    pre_vote_granted,
    promised,
    record,
    resignation,
    standing,
    vote_request,
)

FOLLOWER = member(following(B, 200))


def test_require_role_returns_the_role_that_is_required() -> None:
    """With its own fields, so that no caller has to look again."""
    role = asking(A, started=90, deadline=150)
    assert require_role(member(role), "Campaign", PreCandidate) is role


def test_require_role_ends_a_member_in_another_role() -> None:
    """The text names the action, the member, and what its role must be."""
    with pytest.raises(
        InvariantViolated, match=r"^Act: a@host is Follower\(.*\), not Leader or Candidate$"
    ):
        require_role(FOLLOWER, "Act", Leader, Candidate)


@pytest.mark.parametrize(("name", "votes"), [(A, True), (C, True), (D, False)])
def test_is_voter_holds_for_members_of_the_own_membership(name: MemberId, votes: bool) -> None:
    """An observer knows the voters and is none of them."""
    assert is_voter(member(following(None, 0), name=name)) is votes


@pytest.mark.parametrize(
    ("guard", "holds"),
    [
        ("is_higher_term", [False, False, True, True]),
        ("is_not_lower_term", [False, True, True, True]),
        ("is_own_term", [False, True, False, False]),
        ("is_next_term", [False, False, True, False]),
    ],
)
def test_guards_of_terms_compare_with_the_own_term(guard: str, holds: list[bool]) -> None:
    """A member of term 5 and the terms 4, 5, 6 and 7."""
    check = getattr(guards, guard)
    assert [check(FOLLOWER, Term(term)) for term in (4, 5, 6, 7)] == holds


def test_is_free_to_vote_for_waits_until_a_promise_to_another_ends() -> None:
    """At the very instant at which it ends, a vote for another member is free."""
    state = member(following(B, 200), promise=promised(B, 100))
    assert not is_free_to_vote_for(state, C, instant(100 - NANOSECOND))
    assert is_free_to_vote_for(state, C, instant(100))


def test_is_free_to_vote_for_the_member_that_was_promised() -> None:
    """A leader may ask again; without a promise every member may."""
    assert is_free_to_vote_for(member(following(B, 200), promise=promised(B, 100)), B, instant(0))
    assert is_free_to_vote_for(FOLLOWER, C, instant(0))


def test_is_free_to_vote_for_no_member_while_a_former_life_is_bound() -> None:
    """It is not known any more to which member that promise was made."""
    state = member(following(None, 200), promise=promised(None, 100))
    assert not any(is_free_to_vote_for(state, each, instant(99)) for each in TRIO)
    assert all(is_free_to_vote_for(state, each, instant(100)) for each in TRIO)


@pytest.mark.parametrize(
    ("promise", "live"),
    [(None, False), (promised(B, 100), False), (promised(A, 100 + NANOSECOND), True)],
)
def test_has_live_promise_whichever_member_it_is_to(promise: Promise | None, live: bool) -> None:
    """At 100 ms."""
    assert has_live_promise(member(following(B, 200), promise=promise), instant(100)) is live


def test_is_promised_to_one_member_only() -> None:
    """A promise of a former life is to no member that is known."""
    assert is_promised_to(member(following(None, 0), promise=promised(B, 1)), B)
    assert not is_promised_to(member(following(None, 0), promise=promised(None, 1)), B)
    assert not is_promised_to(FOLLOWER, B)


@pytest.mark.parametrize(
    ("leader", "term", "released"), [(B, 5, True), (B, 4, False), (C, 5, False)]
)
def test_is_released_for_a_resignation_of_the_promised_leadership(
    leader: MemberId, term: int, released: bool
) -> None:
    """A promise of a later term than the resignation's is to a later leadership."""
    state = member(following(B, 200), promise=promised(B, 100))
    shown = vote_request(C, 6, sent=1, rests_on=resignation(leader, term))
    assert is_released_for(state, shown) is released


def test_is_released_for_no_request_that_shows_nothing() -> None:
    """Most requests for votes show no resignation."""
    state = member(following(B, 200), promise=promised(B, 100))
    assert not is_released_for(state, vote_request(C, 6, sent=1))


@pytest.mark.parametrize(("stamp", "holds"), [(2, False), (3, True), (4, True)])
def test_is_not_older_than_the_own_membership(stamp: int, holds: bool) -> None:
    """The same age is allowed."""
    state = member(following(None, 0), durable=record(5, stamp=3))
    assert is_not_older(state, identity(stamp)) is holds


@pytest.mark.parametrize(("sent", "holds"), [(89, False), (90, True), (91, False)])
def test_is_of_this_round_if_it_echoes_when_the_round_started(sent: float, holds: bool) -> None:
    """A round is known by its start."""
    assert (
        is_of_this_round(asking(started=90, deadline=1), pre_vote_granted(B, 6, sent=sent)) is holds
    )


def test_is_in_the_past_up_to_now() -> None:
    """An answer may arrive at the instant of its question."""
    assert is_in_the_past(instant(100), instant(100))
    assert not is_in_the_past(instant(100 + NANOSECOND), instant(100))


@pytest.mark.parametrize(
    ("role", "holds"),
    [
        (following(B, 0), True),
        (following(C, 0), False),
        (following(None, 0), False),
        (standing(deadline=0), False),
        (leading(deadline=0), False),
    ],
)
def test_follows_is_for_followers(role: Role, holds: bool) -> None:
    """A leader believes in itself, and follows no member."""
    assert follows(member(role), B) is holds


@pytest.mark.parametrize("trusts", [True, False])
def test_trusts_disconnect_is_a_setting(trusts: bool) -> None:
    """It is chosen when the member is started."""
    assert trusts_disconnect(member(following(None, 0), trust_disconnect=trusts)) is trusts
