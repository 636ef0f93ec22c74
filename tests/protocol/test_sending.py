"""To which members a message goes that is for more than one."""

from leader.protocol.sending import to_others, to_others_and
from tests.protocol.builders import A, B, C, D, E, following, heartbeat, member, to

MESSAGE = heartbeat(A, 5, sent=1)


def test_to_others_sends_to_every_voter_except_oneself() -> None:
    """An observer is not asked for votes: it has none."""
    state = member(following(None, 0), observers=frozenset({D}))
    assert to_others(state, MESSAGE) == (to(B, MESSAGE), to(C, MESSAGE))


def test_to_others_and_adds_the_observers_in_the_order_of_their_names() -> None:
    """The order is fixed, so that a run can be repeated."""
    state = member(following(None, 0), observers=frozenset({E, D}))
    assert [send.to for send in to_others_and(state, state.observers, MESSAGE)] == [B, C, D, E]


def test_to_others_and_sends_one_message_to_an_observer_that_votes_or_is_oneself() -> None:
    """Two copies would be answered twice, and one to ourselves would look like another process."""
    state = member(following(None, 0), observers=frozenset({A, B, D}))
    assert [send.to for send in to_others_and(state, state.observers, MESSAGE)] == [B, C, D]
