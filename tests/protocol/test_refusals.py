"""A refusal shows a higher term: it is adopted, or a leader that acts moves above it."""

from collections.abc import Callable

import pytest

from leader.protocol.actions import Action
from leader.protocol.effects import AnnounceFollowing, AnnounceTerm, Persist, RefusalReason
from leader.protocol.messages import Refusal
from leader.protocol.state import Role
from leader.protocol.step import step
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import MemberId, Term
from tests.protocol.builders import (
    NANOSECOND,
    WOKE,
    A,
    B,
    C,
    asking,
    at,
    backoff,
    following,
    grant,
    heard,
    heartbeat_refused,
    ignoring,
    leading,
    member,
    nothing,
    pre_vote_refused,
    promised,
    record,
    renewing,
    standing,
    to,
    vote_refused,
    vote_request,
)

LED_5 = record(5, stamp=5)
"""The record of a member that leads term 5 or follows its leader."""


@pytest.mark.parametrize("refusal", [pre_vote_refused, vote_refused, heartbeat_refused])
def test_handle_refusal_treats_all_kinds_alike(
    refusal: Callable[[MemberId, int], Refusal],
) -> None:
    """What was refused does not matter, only the term."""
    state = member(following(C, 150))
    assert step(state, heard(refusal(B, 8)), at(100)).action == Action.UPDATE_TERM


@pytest.mark.parametrize("term", [4, 5])
def test_handle_refusal_ignores_a_term_that_is_not_higher(term: int) -> None:
    """The refuser is bound by a promise, or the request came too late."""
    state = member(standing(grant(A, 90), deadline=200))
    assert step(state, heard(vote_refused(B, term)), at(100)) == ignoring(
        state,
        RefusalReason.TERM_NOT_HIGHER,
        f"refused by {B} in term {term}, not above ours",
    )


# UpdateTerm


def test_update_term_keeps_the_leader_of_a_follower() -> None:
    """Its promise and its deadline stay."""
    state = member(following(C, 150), durable=LED_5, promise=promised(C, 140))
    assert step(state, heard(vote_refused(B, 8)), at(100)) == Transition(
        Action.UPDATE_TERM,
        member(following(C, 150), durable=record(8, stamp=5), promise=promised(C, 140)),
        (Persist(record(8, stamp=5)), AnnounceTerm(old=Term(5), new=Term(8))),
    )


@pytest.mark.parametrize(
    "role", [asking(A, started=90, deadline=200), standing(grant(A, 90), deadline=200)]
)
def test_update_term_lets_a_campaigning_member_ask_again_at_once(role: Role) -> None:
    """In the new term, without the promise to itself; but only once per deadline."""
    state = member(role, promise=promised(A, 191))
    assert step(state, heard(vote_refused(B, 8)), at(100)) == Transition(
        Action.UPDATE_TERM,
        member(following(None, 100), durable=record(8), no_retry_before=200),
        (Persist(record(8)), AnnounceTerm(old=Term(5), new=Term(8))),
    )


def test_update_term_lets_a_member_ask_at_once_only_once_per_deadline() -> None:
    """Otherwise two members could raise each other's terms without a pause."""
    state = member(asking(A, started=100, deadline=230), no_retry_before=200)
    assert step(state, heard(vote_refused(B, 8)), at(200 - NANOSECOND)) == Transition(
        Action.UPDATE_TERM,
        member(following(None, 230), durable=record(8), no_retry_before=200),
        (Persist(record(8)), AnnounceTerm(old=Term(5), new=Term(8))),
    )
    retry_once_at_once = step(state, heard(vote_refused(B, 8)), at(200)).state
    assert retry_once_at_once == member(
        following(None, 200), durable=record(8), no_retry_before=230
    )


@pytest.mark.parametrize(
    "role",
    [
        leading(grant(A, 90), grant(B, 0), deadline=120),
        renewing(grant(A, 90), lease_until=99, deadline=120),
    ],
)
def test_update_term_is_taken_by_a_leader_whose_lease_is_over(role: Role) -> None:
    """Another member may act, so it must not go on; a nanosecond earlier it renews."""
    state = member(role, durable=LED_5, promise=promised(A, 191))
    refused = heard(vote_refused(B, 8))
    assert step(state, refused, at(99 - NANOSECOND)).action == Action.RENEW
    assert step(state, refused, at(99)) == Transition(
        Action.UPDATE_TERM,
        member(following(None, 200), durable=record(8, stamp=5)),
        (
            Persist(record(8, stamp=5)),
            AnnounceTerm(old=Term(5), new=Term(8)),
            AnnounceFollowing(None),
        ),
    )


def test_handle_refusal_ignores_a_term_after_a_grant_to_a_better_ranked_member() -> None:
    """Adopting it could mean refusing that member our vote; the next round learns the same term."""
    state = member(asking(C, started=90, deadline=103), name=C, backoff=backoff(A, 102))
    refused = heard(pre_vote_refused(B, 8))
    assert step(state, refused, at(102.5)) == ignoring(
        state,
        RefusalReason.ROUND_SUPERSEDED,
        f"refused by {B}, perhaps in the term of the member that we just granted a pre-vote",
    )
    later = member(asking(C, started=103, deadline=200), name=C, backoff=backoff(A, 102))
    assert step(later, refused, at(104)).action == Action.UPDATE_TERM


# Renew


def test_renew_moves_an_acting_leader_above_a_higher_term() -> None:
    """Without ceasing to act: a member that comes back must not depose a healthy leader."""
    state = member(
        leading(grant(A, 90), grant(B, 60), grant(C, 30), deadline=120),
        durable=LED_5,
        promise=promised(A, 191),
    )
    request = vote_request(A, 9, sent=100, stamp=5)
    assert step(state, heard(heartbeat_refused(C, 8)), at(100)) == Transition(
        Action.RENEW,
        member(
            renewing(grant(A, 100), lease_until=159, deadline=130),
            durable=record(9, stamp=5),
            promise=promised(A, 201),
        ),
        (Persist(record(9, stamp=5)), to(B, request), to(C, request)),
    )


def test_renew_moves_a_renewing_leader_above_a_still_higher_term() -> None:
    """It keeps its lease; no answer backs the new candidacy yet."""
    state = member(
        renewing(grant(A, 100), grant(B, 100), lease_until=159, deadline=130),
        durable=record(9, stamp=5),
        promise=promised(A, 201),
    )
    request = vote_request(A, 13, sent=110, stamp=5)
    assert step(state, heard(vote_refused(C, 12)), at(110)) == Transition(
        Action.RENEW,
        member(
            renewing(grant(A, 110), lease_until=159, deadline=140),
            durable=record(13, stamp=5),
            promise=promised(A, 211),
        ),
        (Persist(record(13, stamp=5)), to(B, request), to(C, request)),
    )


def test_renew_again_asks_in_the_next_term() -> None:
    """Votes were lost, and the term cannot be used again; it is tried while the lease lasts."""
    state = member(
        renewing(grant(A, 100), lease_until=159, deadline=130),
        durable=record(9, stamp=5),
        promise=promised(A, 201),
    )
    request = vote_request(A, 10, sent=130, stamp=5)
    assert step(state, WOKE, at(130 - NANOSECOND)) == nothing(state)
    assert step(state, WOKE, at(130)) == Transition(
        Action.RENEW,
        member(
            renewing(grant(A, 130), lease_until=159, deadline=160),
            durable=record(10, stamp=5),
            promise=promised(A, 231),
        ),
        (Persist(record(10, stamp=5)), to(B, request), to(C, request)),
    )
