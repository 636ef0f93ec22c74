"""The step of a leader whose application was told to stop, until it is asked to resign."""

import pytest

from leader.protocol.actions import Action
from leader.protocol.effects import RefusalReason
from leader.protocol.events import ActingStopped, Event, ResignationAsked
from leader.protocol.lease import acts, may_application_act
from leader.protocol.messages import Message
from leader.protocol.state import Role, State, StopMode
from leader.protocol.step import step
from tests.protocol.builders import (
    WOKE,
    A,
    B,
    asking,
    at,
    following,
    grant,
    heard,
    heartbeat_ack,
    ignoring,
    instant,
    leading,
    member,
    nothing,
    pre_vote_granted,
    record,
    renewing,
    vote_granted,
)

KEEPS, EXPIRES = StopMode.KEEP_LEASE, StopMode.LET_LEASE_EXPIRE
LEADING = leading(grant(A, 90), grant(B, 90), deadline=120)
LED_5 = record(5, stamp=5)


def led(stopped: StopMode | None) -> State:
    return member(LEADING, durable=LED_5, stopped=stopped)


@pytest.mark.parametrize(
    ("before", "let_lease_expire", "stopped"),
    [
        (None, False, KEEPS),
        (None, True, EXPIRES),
        (KEEPS, True, EXPIRES),
        (EXPIRES, False, EXPIRES),
    ],
)
def test_the_step_only_remembers_that_the_application_stops(
    before: StopMode | None, let_lease_expire: bool, stopped: StopMode
) -> None:
    """No action of the specification is taken; a lease that is to expire stays so."""
    event = ActingStopped(let_lease_expire=let_lease_expire)
    assert step(led(before), event, at(100)) == nothing(led(stopped))


@pytest.mark.parametrize("stopped", [KEEPS, EXPIRES])
def test_a_stopped_leader_still_acts_for_the_protocol_but_not_for_the_application(
    stopped: StopMode,
) -> None:
    """The protocol's view must not change: other members rely on the lease, not on the application."""
    state = led(stopped)
    assert acts(state, instant(100))
    assert not may_application_act(state, instant(100))


@pytest.mark.parametrize(
    ("role", "message"),
    [
        (asking(A, started=90, deadline=200), pre_vote_granted(B, 6, sent=90)),
        (renewing(grant(A, 90), lease_until=150, deadline=120), vote_granted(B, 5, sent=90)),
        (LEADING, heartbeat_ack(B, 5, sent=95)),
    ],
)
def test_an_answer_is_ignored_while_the_lease_is_left_to_expire(
    role: Role, message: Message
) -> None:
    """If the lease is kept the same answer counts."""
    expiring = member(role, durable=LED_5, stopped=EXPIRES)
    assert step(expiring, heard(message), at(100)) == ignoring(
        expiring,
        RefusalReason.LEASE_LEFT_TO_EXPIRE,
        f"the answer of {B} does not count: the lease is left to expire",
    )
    kept = member(role, durable=LED_5, stopped=KEEPS)
    assert step(kept, heard(message), at(100)).action is not None


@pytest.mark.parametrize(
    ("state", "action"),
    [(led(EXPIRES), Action.RESIGN), (member(following(B, 150), stopped=EXPIRES), None)],
)
def test_being_asked_to_resign_ends_the_stop(state: State, action: Action | None) -> None:
    """Also if the lease has expired before: the next leadership may act from its first instant."""
    asked = step(state, ResignationAsked(successor=None), at(100))
    assert (asked.action, asked.state.pacing.stopped) == (action, None)


@pytest.mark.parametrize(("event", "now"), [(WOKE, 189), (heard(vote_granted(B, 4, sent=1)), 100)])
def test_nothing_else_ends_the_stop(event: Event, now: float) -> None:
    """If the end of the lease did, a member elected again would act while its application stops."""
    assert step(led(EXPIRES), event, at(now)).state.pacing.stopped is EXPIRES
