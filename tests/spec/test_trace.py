"""Counterexamples as TLC prints them, parsed into steps."""

import pytest

from spec.trace import Counterexample, Step, trace_of
from spec.values import Atom, Function

INITIAL = '1: <Initial predicate>\n/\\ role = (m1 :> "follower")\n/\\ messages = {}'
CAMPAIGN = (
    "2: <Campaign line 10, col 3 to line 13, col 117 of module Toy>\n"
    '/\\ role = (m1 :> "candidate")\n'
    "/\\ messages = { [from |-> m1],\n  [from |-> m2] }"
)


def test_every_step_has_its_action_and_its_state() -> None:
    """The initial state has no action; a value may span several lines."""
    trace = trace_of([INITIAL, CAMPAIGN])
    assert trace == Counterexample(
        steps=(
            Step(
                action=None,
                state={"role": Function({Atom("m1"): "follower"}), "messages": frozenset()},
            ),
            Step(
                action="Campaign",
                state={
                    "role": Function({Atom("m1"): "candidate"}),
                    "messages": frozenset(
                        Function({"from": Atom(member)}) for member in ("m1", "m2")
                    ),
                },
            ),
        )
    )


def test_an_action_is_named_without_arguments_and_instance() -> None:
    """Newer versions of TLC print its arguments; of an INSTANCE, the name stands before its own."""
    [step] = trace_of(
        ["2: <Other!Vote(m1, m2) line 1, col 3 to line 2, col 4 of module M>\nx = 0"]
    ).steps
    assert step.action == "Vote"
    # TLC leaves the conjunction sign out where there is one variable only.
    assert step.state == {"x": 0}


def test_an_infinite_behaviour_has_the_first_of_the_steps_that_repeat() -> None:
    """And the action that leads back to it; one that stutters repeats its last step."""
    back = "1: Back to state: <Wrap line 6, col 9 to line 6, col 23 of module M>"
    for end, repeats in ((back, (1, "Wrap")), ("3: Stuttering", (2, None))):
        trace = trace_of([INITIAL, CAMPAIGN, end])
        assert (len(trace.steps), (trace.back_to, trace.back_by)) == (2, repeats)


def test_a_text_that_is_not_a_step_is_refused() -> None:
    """Instead of being left out."""
    with pytest.raises(ValueError, match="is no step"):
        trace_of([INITIAL, "Oops"])
