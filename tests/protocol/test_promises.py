"""Promises and the record: how long a vote binds, and what a restart must know of it."""

import pytest

from leader.protocol.promises import next_record, promise_to, restart_wait, without_own_promise
from leader.protocol.state import Promise
from leader.protocol.vocabulary import MemberId, Term
from tests.protocol.builders import (
    NANOSECOND,
    A,
    B,
    C,
    duration,
    following,
    instant,
    member,
    promised,
    record,
)


@pytest.mark.parametrize(
    ("owed", "until"),
    [
        (None, 201),
        (promised(B, 150), 201),
        (promised(B, 300), 300),
        (promised(None, 300), 300),
        (promised(C, 300), 201),
    ],
)
def test_promise_to_a_member_is_never_cut_short(owed: Promise | None, until: float) -> None:
    """A longer promise to the same member stays, or to one that only a former life knew."""
    state = member(following(None, 0), promise=owed)
    assert promise_to(state, B, instant(100)) == promised(B, until)


@pytest.mark.parametrize(("to", "kept"), [(A, False), (B, True), (None, True)])
def test_without_own_promise_keeps_every_other_promise(to: MemberId | None, kept: bool) -> None:
    """A promise to oneself ends with the candidacy; others rely on the rest."""
    promise = promised(to, 100)
    state = member(following(None, 0), promise=promise)
    assert without_own_promise(state) == (promise if kept else None)


def test_without_own_promise_there_may_be_none() -> None:
    """A member that has promised nothing still owes nothing."""
    assert without_own_promise(member(following(None, 0))) is None


@pytest.mark.parametrize(
    ("promise", "wait"),
    [
        (None, 101),
        (promised(B, 201), 101),
        (promised(B, 201 + NANOSECOND), 400),
    ],
)
def test_restart_wait_is_the_recorded_length_while_that_is_owed(
    promise: Promise | None, wait: float
) -> None:
    """At 100 ms: once no more is owed than today's setting promises, a restart waits for that."""
    state = member(following(None, 0), durable=record(promise=400), promise=promise)
    assert restart_wait(state, instant(100)) == duration(wait)


def test_restart_wait_is_at_least_what_this_life_promises() -> None:
    """A record of a shorter setting does not shorten it."""
    state = member(following(None, 0), durable=record(promise=50), promise=promised(B, 900))
    assert restart_wait(state, instant(100)) == duration(101)


@pytest.mark.parametrize(("stamped", "stamp"), [(False, 3), (True, 6)])
def test_next_record_is_stamped_by_the_leader_of_its_term_only(stamped: bool, stamp: int) -> None:
    """A vote moves the term; only a leader hands its membership on."""
    state = member(following(None, 0), durable=record(5, stamp=3))
    written = next_record(state, Term(6), instant(100), stamped=stamped)
    assert written == record(6, stamp=stamp)
