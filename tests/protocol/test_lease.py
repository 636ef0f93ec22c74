"""Until when a leader may act: which answers count, for how long, and when the lease ends."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leader.protocol.lease import acts, answered, backed_by_quorum_until, expires_at, lease_until
from leader.protocol.state import LeaseGrant, Role
from leader.protocol.timing import MILLION
from leader.protocol.vocabulary import Duration, Instant
from tests.protocol.builders import (
    FIVE,
    NANOSECOND,
    TIMING,
    TRIO,
    A,
    B,
    C,
    D,
    asking,
    following,
    grant,
    instant,
    leading,
    member,
    renewing,
    standing,
)

ANSWERS = st.builds(
    LeaseGrant,
    member=st.sampled_from(FIVE),
    sent=st.builds(Instant, st.integers(0, 10**6)),
    promise=st.builds(Duration, st.integers(0, 10**6)),
)


def test_expires_at_counts_from_when_the_question_was_sent() -> None:
    """The voter counts from when it answered, which is later, so a lease ends before its promise."""
    assert expires_at(grant(B, sent=40), TIMING) == instant(139)


@given(given_answer=ANSWERS, drift=st.integers(0, MILLION // 10), delay=st.integers(0, 10**6))
def test_expires_at_is_before_the_end_of_the_promise(
    given_answer: LeaseGrant, drift: int, delay: int
) -> None:
    """A fast voter that answers with a delay is still bound when a slow leader stops."""
    timing = replace(TIMING, max_clock_drift=drift)
    lease = expires_at(given_answer, timing) - given_answer.sent
    leader_stops = lease * MILLION * (MILLION + drift)
    voter_is_free = (given_answer.promise * MILLION + delay) * (MILLION - drift)
    assert leader_stops <= voter_is_free


def test_answered_replaces_an_older_answer() -> None:
    """One answer of each member is kept: the one that lasts longest."""
    older, newer = grant(B, sent=0), grant(B, sent=30)
    others = {grant(who, sent=0) for who in (A, C, D)}
    assert answered(frozenset({older, *others}), newer, TIMING) == {newer, *others}
    assert answered(frozenset({newer, *others}), older, TIMING) == {newer, *others}


def test_answered_keeps_a_longer_promise() -> None:
    """What the voter promised before still binds it."""
    longer, shorter = grant(B, sent=0), grant(B, sent=30, promise=50)
    assert answered(frozenset({longer}), shorter, TIMING) == {longer}


def test_answered_keeps_the_answers_of_other_members() -> None:
    """A first answer is added to them."""
    first, other = grant(B, sent=0), grant(C, sent=0)
    assert answered(frozenset(), first, TIMING) == {first}
    assert answered(frozenset({other}), first, TIMING) == {first, other}


@pytest.mark.parametrize(
    ("answers", "until"),
    [
        ([], None),
        ([grant(A, 30)], None),
        ([grant(A, 30), grant(B, 10)], 109),
        ([grant(A, 30), grant(B, 10), grant(C, 20)], 119),
        ([grant(A, 30), grant(D, 30)], None),
        ([grant(A, 30), grant(B, 10), grant(D, 30)], 109),
        ([grant(A, 30), grant(B, 10, promise=50.5)], 59.5),
    ],
)
def test_backed_by_quorum_until_the_weakest_answer_of_the_best_quorum_ends(
    answers: list[LeaseGrant], until: float | None
) -> None:
    """The answer of a stranger does not count."""
    lease = backed_by_quorum_until(frozenset(answers), TRIO, TIMING)
    assert lease == (None if until is None else instant(until))


@given(answers=st.lists(ANSWERS, max_size=5, unique_by=lambda given_answer: given_answer.member))
def test_backed_by_quorum_until_fewer_than_a_quorum_are_bound(
    answers: list[LeaseGrant],
) -> None:
    """The lease ends exactly when fewer than three of five voters back it."""
    lease = backed_by_quorum_until(frozenset(answers), FIVE, TIMING)
    ends = [expires_at(given_answer, TIMING) for given_answer in answers]
    instants = {0, *ends, *(end - 1 for end in ends)}
    for now in instants:
        backing = sum(now < end for end in ends)
        assert (backing >= 3) == (lease is not None and now < lease)


@pytest.mark.parametrize(
    "role",
    [
        following(B, 200),
        asking(A, started=0, deadline=200),
        standing(grant(A, 0), grant(B, 0), deadline=200),
    ],
)
def test_lease_until_is_none_for_a_member_that_does_not_lead(role: Role) -> None:
    """Not even a candidate with answers of a quorum has a lease."""
    assert lease_until(member(role)) is None
    assert not acts(member(role), instant(1))


def test_acts_until_the_lease_ends_and_not_at_that_instant() -> None:
    """At the instant at which the lease is over, another member may act."""
    leader = member(leading(grant(A, 30), grant(B, 10), deadline=60))
    assert lease_until(leader) == instant(109)
    assert acts(leader, instant(109 - NANOSECOND))
    assert not acts(leader, instant(109))


def test_acts_needs_a_quorum() -> None:
    """Without one there is no lease."""
    assert not acts(member(leading(grant(A, 0), deadline=0)), instant(0))


def test_acts_by_the_lease_of_the_former_term_while_renewing() -> None:
    """The answers to its candidacy count once it has won."""
    renewer = member(renewing(grant(A, 60), lease_until=109, deadline=90))
    assert lease_until(renewer) == instant(109)
    assert acts(renewer, instant(109 - NANOSECOND))
    assert not acts(renewer, instant(109))
