"""Normal forms: what is over, and what Election.tla forgets, is not in a state."""

from collections.abc import Mapping

import pytest

from spec.proof.concrete import Concrete, Lengths, Rows, beginning, settled
from spec.proof.state import MESSAGES

LENGTHS = Lengths(promises=(1, 2, 0), leases=(1, 2, 0))
NOBODY = LENGTHS.nobody
NOTHING: dict[str, Rows] = dict.fromkeys(MESSAGES, frozenset())


def after(state: Concrete, sent: Mapping[str, Rows] = NOTHING, now: int = 0) -> Concrete:
    return settled(state, {**NOTHING, **sent}, now, LENGTHS)


def test_the_beginning_is_in_normal_form() -> None:
    """Time may pass there, and nothing is different."""
    assert after(beginning(2), now=1) == beginning(2)


def test_time_takes_from_what_is_left_and_ends_promises() -> None:
    """A promise that is over is to nobody, and a lease that is over is zero."""
    state = beginning(2)._replace(
        promised_to=(1, 0, NOBODY), promised_until=(1, 2, 0), held=(2, 0, 0)
    )
    later = after(state, now=1)
    assert (later.promised_to, later.promised_until) == ((NOBODY, 0, NOBODY), (0, 1, 0))
    assert later.held == (1, 0, 0)


def test_of_two_messages_of_one_way_and_term_the_newer_is_kept() -> None:
    """The older one says the same and backs less."""
    old, new, other = (0, 1, 3, -1), (0, 1, 3, 0), (1, 0, 3, -1)
    state = beginning(2)._replace(heartbeat=frozenset({old, other}))
    assert after(state, {"heartbeat": frozenset({new})}).heartbeat == {new, other}


def test_messages_grow_old_up_to_the_longest_lease() -> None:
    """Older than that is all the same; resignations have no age."""
    state = beginning(2)._replace(
        heartbeat=frozenset({(0, 1, 1, -1), (1, 0, 1, -2)}), resignation=frozenset({(0, 1, 1, 2)})
    )
    later = after(state, now=1)
    assert later.heartbeat == {(0, 1, 1, -2), (1, 0, 1, -2)}
    assert later.resignation == state.resignation


CANDIDATE = beginning(2)._replace(role=("candidate", "follower", "down"), term=(2, 2, 0))
LEADER = CANDIDATE._replace(role=("leader", "follower", "down"))
BACKED = CANDIDATE._replace(backing=((1, 2, 0), (0, 0, 0), (0, 0, 0)))


@pytest.mark.parametrize(
    ("kind", "row", "kept_by", "dropped_by"),
    [
        ("vote_request", (0, 1, 2, 0, 0, 2), CANDIDATE, LEADER),
        ("vote_granted", (1, 0, 2, 0), CANDIDATE, BACKED),
        ("vote_granted", (1, 0, 2, 0), LEADER, beginning(2)),
        ("heartbeat", (0, 1, 2, 0), LEADER, CANDIDATE._replace(term=(2, 3, 0))),
        ("heartbeat_ack", (1, 0, 2, 0), LEADER, CANDIDATE),
        ("refused", (0, 3), LEADER, LEADER._replace(term=(3, 3, 0))),
        ("resignation", (0, 1, 2, 1), CANDIDATE, CANDIDATE._replace(term=(2, 3, 0))),
    ],
)
def test_what_can_no_longer_matter_is_dropped(
    kind: str, row: tuple[int, ...], kept_by: Concrete, dropped_by: Concrete
) -> None:
    """As Election.tla drops it."""
    rows = frozenset({row})
    assert getattr(after(kept_by, {kind: rows}), kind) == rows
    assert getattr(after(dropped_by, {kind: rows}), kind) == frozenset()


def test_nobody_is_sent_nothing() -> None:
    """The proof sends to every member, and nobody is one there."""
    assert after(LEADER, {"heartbeat": frozenset({(0, NOBODY, 2, 0)})}).heartbeat == frozenset()
