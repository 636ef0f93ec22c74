"""States of the specification as the proof's variables, and back."""

from typing import Any

from spec.comparison.instance import Instance, members
from spec.comparison.spec_states import SpecMessage, SpecState, initial_state
from spec.proof.state import MESSAGES
from spec.proof.variables import Variables

INSTANCE = Instance(name="two", size=2, patient=members("2"), states=0, transitions=0)
VARIABLES = Variables(INSTANCE)
INITIAL = initial_state(INSTANCE.members)
HEARTBEAT = SpecMessage(kind="Heartbeat", sender="m1", to="m2", term=1, age=1)
REFUSAL = SpecMessage(kind="Refused", sender=None, to="m2", term=3)


def leading(*messages: SpecMessage, backed: int = 2) -> SpecState:
    """m1 leads in term 1, and m2 has promised it two ticks."""
    one, two = INITIAL.members
    return SpecState(
        members=(
            one._replace(role="leader", term=1, stamp=1, backing=(1, backed), promise=("m1", 1)),
            two._replace(term=1, leader="m1", promise=("m1", 2)),
        ),
        messages=frozenset(messages),
        winners=frozenset({(1, "m1")}),
    )


def after(state: SpecState, now: int = 0, **changed: Any) -> SpecState:
    """The state after a step that changes and sends nothing else."""
    nothing = {kind: frozenset[Any]() for kind in MESSAGES}
    return VARIABLES.state_after(
        state, {**VARIABLES.values(state), **nothing, "now": now, **changed}
    )


def test_values_have_a_place_for_nobody() -> None:
    """A member that is down, follows nobody and promises nothing."""
    values = VARIABLES.values(leading())
    assert values["role"] == {"m1": "leader", "m2": "follower", None: "down"}
    assert values["promised_to"] == {"m1": "m1", "m2": "m1", None: None}
    assert values["promised_until"] == {"m1": 1, "m2": 2, None: 0}
    assert values["backing"]["m1"] == {"m1": 1, "m2": 2, None: 0}
    assert set(values["backing"][None].values()) == {0}


def test_values_have_messages_as_rows_with_the_instant_of_sending() -> None:
    """Each kind in its own relation."""
    values = VARIABLES.values(leading(HEARTBEAT, REFUSAL))
    assert values["heartbeat"] == {("m1", "m2", 1, -1)}
    assert values["refused"] == {("m2", 3)}
    assert values["vote_request"] == set()


def test_state_after_a_step_that_changes_nothing_is_the_same() -> None:
    """Nothing is lost on the way to the proof's variables and back."""
    for state in (INITIAL, leading(HEARTBEAT, REFUSAL)):
        assert after(state) == state


def test_state_after_a_tick_has_a_tick_less_of_everything() -> None:
    """A promise that is over is to nobody, a lease that is over is 0, and messages are older."""
    later = after(leading(HEARTBEAT), now=1)
    one, two = later.members
    assert (one.backing, one.promise, two.promise) == ((0, 1), (None, 0), ("m1", 1))
    assert later.messages == {HEARTBEAT._replace(age=2)}
    assert after(INITIAL, now=1) == INITIAL


def test_state_after_a_step_has_the_messages_sent_but_none_to_nobody() -> None:
    """In the proof, nobody is a member too, and is sent what every member is sent."""
    rows = frozenset({("m1", "m2", 1, 0), ("m1", None, 1, 0)})
    assert after(leading(HEARTBEAT), heartbeat=rows).messages == {HEARTBEAT._replace(age=0)}


def test_state_after_has_a_pre_vote_of_its_own_for_a_pre_candidate_alone() -> None:
    """Which the proof leaves out; so the comparison sees that it tells no two states apart."""
    roles = {"m1": "precandidate", "m2": "follower", None: "down"}
    one, two = after(INITIAL, role=roles).members
    assert one.granted == {"m1"}
    assert two.granted == frozenset()
