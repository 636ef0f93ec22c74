"""The table of actions: each row says truly what leads to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leader.protocol.actions import Action
from leader.protocol.events import Event, PeerWentDown, Received, ResignationAsked
from leader.protocol.state import State
from leader.protocol.step import step
from leader.protocol.vocabulary import MemberId
from tests.protocol.builders import (
    WOKE,
    A,
    B,
    C,
    D,
    asking,
    at,
    following,
    grant,
    heard,
    heartbeat,
    heartbeat_ack,
    heartbeat_refused,
    leading,
    member,
    pre_vote_granted,
    pre_vote_refused,
    pre_vote_request,
    promised,
    record,
    renewing,
    resigned,
    standing,
    vote_granted,
    vote_refused,
    vote_request,
)
from tests.protocol.strategies import ON_A_BUSY_MACHINE, messages, states

FOLLOWER = member(following(B, 150), promise=promised(B, 140), trust_disconnect=True)
PARKING = member(following(None, 900), parked=(pre_vote_request(C, 6, sent=1),))
OBSERVER = member(following(B, 90), name=D)
ASKING = member(asking(A, started=90, deadline=150))
STANDING = member(standing(grant(A, 90), deadline=150))
LED_5 = record(5, stamp=5)
LEADER = member(leading(grant(A, 90), grant(B, 90), deadline=120), durable=LED_5)
DUE = member(leading(grant(A, 90), grant(B, 90), deadline=100), durable=LED_5)
OVER = member(leading(grant(A, 0), grant(B, 0), deadline=120), durable=LED_5)
RENEWING = member(renewing(grant(A, 90), lease_until=150, deadline=100), durable=LED_5)
ALONE = record(5, voters=(A,))
FIVE = record(5, voters=tuple(MemberId(f"{name}@host") for name in "abcde"))

EXAMPLES: list[tuple[Action, State, Event]] = [
    (Action.START_PRE_VOTE, member(following(None, 100)), WOKE),
    (Action.HANDLE_PRE_VOTE_REQUEST, FOLLOWER, heard(pre_vote_request(C, 6, sent=1))),
    (Action.HANDLE_PRE_VOTE_REQUEST, PARKING, WOKE),
    (
        Action.HANDLE_PRE_VOTE_GRANTED,
        member(asking(A, started=90, deadline=150), durable=FIVE),
        heard(pre_vote_granted(B, 6, sent=90)),
    ),
    (Action.CAMPAIGN, ASKING, heard(pre_vote_granted(C, 6, sent=90))),
    (Action.CAMPAIGN, member(asking(A, started=90, deadline=90), durable=ALONE), WOKE),
    (Action.HANDLE_VOTE_REQUEST, FOLLOWER, heard(vote_request(C, 6, sent=1))),
    (Action.HANDLE_VOTE_GRANTED, LEADER, heard(vote_granted(C, 5, sent=90))),
    (Action.BECOME_LEADER, STANDING, heard(vote_granted(C, 5, sent=90))),
    (Action.BECOME_LEADER, member(standing(grant(A, 90), deadline=90), durable=ALONE), WOKE),
    (Action.SEND_HEARTBEAT, DUE, WOKE),
    (Action.HANDLE_HEARTBEAT, FOLLOWER, heard(heartbeat(B, 5, sent=1))),
    (Action.HANDLE_HEARTBEAT_ACK, LEADER, heard(heartbeat_ack(B, 5, sent=95))),
    (Action.EXPIRE_LEASE, OVER, WOKE),
    (Action.UPDATE_TERM, FOLLOWER, heard(pre_vote_refused(C, 6))),
    (Action.UPDATE_TERM, FOLLOWER, heard(vote_refused(C, 6))),
    (Action.UPDATE_TERM, FOLLOWER, heard(heartbeat_refused(C, 6))),
    (Action.RENEW, LEADER, heard(pre_vote_refused(C, 6))),
    (Action.RENEW, LEADER, heard(vote_refused(C, 6))),
    (Action.RENEW, LEADER, heard(heartbeat_refused(C, 6))),
    (Action.RENEW, RENEWING, WOKE),
    (Action.RESIGN, LEADER, ResignationAsked(successor=B)),
    (Action.HANDLE_RESIGNED, FOLLOWER, heard(resigned(B, 5))),
    (Action.LOSE_LEADER, OBSERVER, WOKE),
    (Action.PEER_DOWN, FOLLOWER, PeerWentDown(peer=B)),
]
"""Every cause of every action, with a state in which it leads to it at 100 ms."""


def cause_of(event: Event) -> type:
    """The column of the table that an event is in."""
    return type(event.message) if isinstance(event, Received) else type(event)


@pytest.mark.parametrize(("action", "state", "event"), EXAMPLES)
def test_an_action_is_taken_for_each_of_its_causes(
    action: Action, state: State, event: Event
) -> None:
    """One step is one action."""
    assert step(state, event, at(100)).action == action


def test_every_cause_in_the_table_has_an_example() -> None:
    """So a row that names too much is found."""
    shown = {(action, cause_of(event)) for action, _, event in EXAMPLES}
    assert shown == {(action, cause) for action in Action for cause in action.causes}


@pytest.mark.slow
@ON_A_BUSY_MACHINE
@given(state=states(), event=st.just(WOKE) | messages().map(heard), now=st.integers(0, 300))
def test_no_action_is_taken_for_another_cause(state: State, event: Event, now: int) -> None:
    """So a row that names too little is found."""
    action = step(state, event, at(now)).action
    assert action is None or cause_of(event) in action.causes


def test_an_action_bears_the_name_of_the_specification() -> None:
    """The row's name is that of its function."""
    for action in Action:
        assert action.function_name.replace("_", "") == action.value.lower()
