"""How a member begins: it waits for what its former life may have promised."""

from dataclasses import replace

import pytest

from leader.protocol.actions import Action
from leader.protocol.effects import AnnounceTerm, Persist, RefusalReason
from leader.protocol.start import restart, silent_wait, start_without_record
from leader.protocol.state import State
from leader.protocol.step import next_deadline, step
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import MemberId, Term
from tests.protocol.builders import (
    NANOSECOND,
    TIMING,
    WOKE,
    A,
    B,
    C,
    at,
    duration,
    following,
    heard,
    heartbeat,
    instant,
    member,
    membership,
    promised,
    record,
    refusing,
    resignation,
    resigned,
    settings,
    to,
    vote_granted,
    vote_refused,
    vote_request,
)


@pytest.mark.parametrize(("name", "deadline"), [(A, 111), (B, 111.5), (C, 112)])
def test_restart_waits_for_the_promise_of_the_former_life(name: MemberId, deadline: float) -> None:
    """And then a stagger by rank, so that members that start together do not campaign together."""
    started = restart(settings(name), record(7, stamp=6), at(10))
    assert started == member(
        following(None, deadline),
        name=name,
        durable=record(7, stamp=6),
        promise=promised(None, 111),
    )


def test_restart_waits_for_a_longer_recorded_promise() -> None:
    """A shorter setting must not cut the wait short; the record keeps the longer length."""
    started = restart(settings(), record(promise=400), at(10))
    assert started == member(
        following(None, 410), durable=record(promise=400), promise=promised(None, 410)
    )


def test_restart_records_a_longer_setting_at_once() -> None:
    """The wait is for former promises; from now on promises last longer."""
    started = restart(settings(), record(promise=40), at(10))
    assert started == member(
        following(None, 50), durable=record(promise=101), promise=promised(None, 50)
    )


def test_restart_after_restart_keeps_the_longer_wait() -> None:
    """Each life waits again for what the first one promised."""
    first = restart(settings(), record(promise=400), at(10))
    second = restart(settings(), first.durable, at(390))
    assert (first.promise, second.promise) == (promised(None, 410), promised(None, 790))


def waiting(promise: float = 400) -> State:
    """A member that waits until 410 ms for what its former life promised."""
    return restart(settings(), record(promise=promise), at(10))


def test_restart_keeps_the_longer_promise_in_the_record_while_it_is_owed() -> None:
    """Another restart must find it, until a wait of today's setting would last as long."""
    refused = heard(vote_refused(B, 8))
    during = step(waiting(), refused, at(309 - NANOSECOND))
    assert during.effects[0] == Persist(record(8, promise=400))
    assert step(waiting(), refused, at(309)).effects[0] == Persist(record(8, promise=101))


def test_restart_gives_no_vote_during_the_wait() -> None:
    """The member that was promised may still lead; at the end of the wait it does not."""
    asked = heard(vote_request(B, 6, sent=5))
    assert step(waiting(), asked, at(410 - NANOSECOND)) == Transition(
        Action.HANDLE_VOTE_REQUEST,
        waiting(),
        refusing(B, vote_refused(A, 5), RefusalReason.PROMISED_TO_ANOTHER),
    )
    assert step(waiting(), asked, at(410)) == Transition(
        Action.HANDLE_VOTE_REQUEST,
        member(following(None, 511), durable=record(6), promise=promised(B, 511)),
        (
            Persist(record(6)),
            to(B, vote_granted(A, 6, sent=5)),
            AnnounceTerm(old=Term(5), new=Term(6)),
        ),
    )


def test_restart_does_not_campaign_during_the_wait() -> None:
    """Neither by itself nor as a successor; at the end of the wait it may ask."""
    state = waiting()
    assert next_deadline(state) == instant(410)
    assert step(state, WOKE, at(410 - NANOSECOND)) == Transition(None, state, ())
    assert step(state, WOKE, at(410)).action == Action.START_PRE_VOTE
    named = step(state, heard(resigned(B, 5, successor=A)), at(100))
    heeded = replace(state.pacing, resignation=resignation(B, 5))
    assert named == Transition(None, replace(state, pacing=heeded), ())


def test_restart_may_follow_during_the_wait() -> None:
    """A heartbeat asks for no vote."""
    state = restart(settings(), record(), at(10))
    followed = step(state, heard(heartbeat(B, 5, sent=40, stamp=5)), at(50))
    assert followed.state == member(
        following(B, 151), durable=record(5, stamp=5), promise=promised(B, 151)
    )


def test_restart_keeps_a_longer_wait_after_a_heartbeat() -> None:
    """A leader may still count on the longer promise, so no other member gets a vote before its end."""
    followed = step(waiting(), heard(heartbeat(B, 5, sent=15, stamp=5)), at(20)).state
    asked = heard(vote_request(C, 6, sent=300, stamp=5))
    refused = refusing(C, vote_refused(A, 5), RefusalReason.PROMISED_TO_ANOTHER)
    assert step(followed, asked, at(410 - NANOSECOND)).effects == refused
    assert step(followed, asked, at(410)).effects[1] == to(C, vote_granted(A, 6, sent=300))


def test_restart_keeps_the_wait_of_the_next_life_after_a_heartbeat() -> None:
    """The record keeps the longer promise while it is owed."""
    followed = step(waiting(), heard(heartbeat(B, 5, sent=15, stamp=5)), at(20)).state
    assert restart(settings(), followed.durable, at(20)).promise == promised(None, 420)


@pytest.mark.parametrize(("name", "deadline"), [(A, 10), (B, 10.5), (C, 11)])
def test_start_without_record_begins_in_the_term_of_the_wall_clock(
    name: MemberId, deadline: float
) -> None:
    """After its silent wait it owes no promise, and it votes in no former term."""
    started = start_without_record(settings(name), membership(), 1_800_000_000_000, at(10))
    assert started == member(
        following(None, deadline), name=name, durable=record(1_800_000_000_000)
    )


def test_silent_wait_is_one_promise() -> None:
    """As long as a former life may have promised, if the setting is the same."""
    assert silent_wait(settings(timing=TIMING)) == duration(101)
