"""The guards: each on both sides of its boundary."""

from leader.protocol.guards import is_free_to_vote_for
from tests.protocol.builders import NANOSECOND, TRIO, B, C, following, instant, member, promised


def test_a_promise_is_live_until_its_end_and_not_at_it() -> None:
    """At the very instant at which it is over, a vote for another is free."""
    state = member(following(B, 200), promise=promised(B, 100))
    assert not is_free_to_vote_for(state, C, instant(100 - NANOSECOND))
    assert is_free_to_vote_for(state, C, instant(100))


def test_a_promise_does_not_stand_against_whom_it_was_made_to() -> None:
    """The leader may ask again; and without a promise everybody may."""
    assert is_free_to_vote_for(member(following(B, 200), promise=promised(B, 100)), B, instant(0))
    assert is_free_to_vote_for(member(following(B, 200)), C, instant(0))


def test_the_promise_of_a_former_life_stands_against_everybody() -> None:
    """Nobody knows any more to whom it was made."""
    state = member(following(None, 200), promise=promised(None, 100))
    assert not any(is_free_to_vote_for(state, who, instant(99)) for who in TRIO)
    assert all(is_free_to_vote_for(state, who, instant(100)) for who in TRIO)
