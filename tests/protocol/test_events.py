"""What a member hears: facts, compared by content."""

from dataclasses import FrozenInstanceError, replace
from typing import get_args

import pytest

from leader.protocol.events import (
    Event,
    ObserverCameUp,
    PeerWentDown,
    Received,
    ResignationAsked,
    Woke,
)
from tests.protocol.builders import B, heard, heartbeat

EVENTS: list[Event] = [
    heard(heartbeat(B, 6, sent=1)),
    Woke(),
    PeerWentDown(peer=B),
    ObserverCameUp(observer=B),
    ResignationAsked(successor=None),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_is_a_value(event: Event) -> None:
    """It compares by content, so that a recorded run can be compared with another."""
    assert event == replace(event)
    assert len({event, replace(event)}) == 1


def test_every_kind_of_event_is_tried_here() -> None:
    """A new one has to be added to this list."""
    assert [type(event) for event in EVENTS] == list(get_args(Event))


def test_an_event_cannot_be_changed() -> None:
    """What has happened has happened."""
    with pytest.raises(FrozenInstanceError):
        PeerWentDown(peer=B).peer = B  # type: ignore[misc]


def test_what_was_received_is_the_message_that_was_sent() -> None:
    """Nothing is added on the way."""
    assert Received(message=heartbeat(B, 6, sent=1)).message == heartbeat(B, 6, sent=1)
