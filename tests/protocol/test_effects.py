"""What a step asks for: values, compared by content."""

from dataclasses import FrozenInstanceError, replace
from typing import get_args

import pytest

from leader.protocol.effects import (
    AnnounceFollowing,
    AnnounceLeading,
    AnnounceTerm,
    Effect,
    Ignored,
    Persist,
    Send,
)
from leader.protocol.vocabulary import Term
from tests.protocol.builders import B, heartbeat, record

EFFECTS: list[Effect] = [
    Persist(record()),
    Send(to=B, message=heartbeat(B, 6, sent=1)),
    AnnounceLeading(Term(6)),
    AnnounceFollowing(None),
    AnnounceTerm(old=Term(5), new=Term(6)),
    Ignored(why="late", alarming=False),
]


def test_every_kind_of_effect_is_tried_here() -> None:
    """A new one has to be added to this list."""
    assert [type(effect) for effect in EFFECTS] == list(get_args(Effect))


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: type(effect).__name__)
def test_an_effect_is_a_value(effect: Effect) -> None:
    """It compares by content, so that a whole transition can be compared with another."""
    assert effect == replace(effect)
    assert len({effect, replace(effect)}) == 1


def test_an_effect_cannot_be_changed() -> None:
    """A record that is being written stays what it was."""
    with pytest.raises(FrozenInstanceError):
        Persist(record()).durable = record(6)  # type: ignore[misc]
