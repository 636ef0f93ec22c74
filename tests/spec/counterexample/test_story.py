"""Counterexamples as lists of steps: who acted, and how a behaviour without an end goes on."""

from dataclasses import replace

from spec.counterexample.story import story_of
from spec.trace import Step, Trace
from tests.spec.counterexample.support import each, election, message, story


def test_story_takes_the_only_member_that_changed_for_the_actor() -> None:
    """If several members changed, no member is the actor."""
    assert story(("Act", {"term": each(0, m2=1)})).scenes[1].actor == "m2"
    assert story(("Tick", {"term": each(1)})).scenes[1].actor is None


def test_story_takes_the_only_sender_for_the_actor_of_a_step_that_only_sends() -> None:
    """Nothing but the messages changed in such a step."""
    told = story(("Greet", {"messages": frozenset({message("Hello", "m2", "m1")})}))
    assert told.scenes[1].actor == "m2"


def test_story_believes_the_arguments_that_newer_versions_of_tlc_print() -> None:
    """Then it infers nothing."""
    first, second = (scene.state for scene in story(("Act", {"term": each(0, m2=1)})).scenes)
    steps = (Step(action=None, state=first), Step(action="Act", arguments=("m1",), state=second))
    assert story_of("model", "Claim", Trace(steps=steps)).scenes[1].actor == "m1"


def test_story_ends_with_the_action_that_closes_a_loop() -> None:
    """It leads to the state that the behaviour goes on from; the steps of the loop come after that."""
    told = election(back_to=2, back_by="Back")
    assert [scene.action for scene in told.scenes[3:]] == ["HandleYes", "Back"]
    assert told.scenes[4].state == told.scenes[1].state
    assert [told.is_looping(scene) for scene in told.scenes] == [False, False, True, True, True]


def test_story_of_a_behaviour_that_stops_has_no_step_back() -> None:
    """Its last state is the one that it stays in."""
    stopped = election(back_to=4)
    assert stopped == replace(election(), again_as=4)
    assert not any(map(stopped.is_looping, stopped.scenes))
