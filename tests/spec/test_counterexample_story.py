"""Counterexamples as lists of steps: who acted, and how a behaviour without an end goes on."""

from tests.spec.counterexample_support import each, election, message, story


def test_story_takes_the_only_member_that_changed_for_the_actor() -> None:
    """If several members changed, no member is the actor."""
    assert story(("Act", {"term": each(0, m2=1)})).scenes[1].mail.actor == "m2"
    assert story(("Tick", {"term": each(1)})).scenes[1].mail.actor is None


def test_story_takes_the_only_sender_for_the_actor_of_a_step_that_only_sends() -> None:
    """Nothing but the messages changed in such a step."""
    told = story(("Greet", {"messages": frozenset({message("Hello", "m2", "m1")})}))
    assert told.scenes[1].mail.actor == "m2"


def test_story_ends_with_the_action_that_closes_a_loop() -> None:
    """It leads to the state that the behaviour goes on from; the steps after that one repeat."""
    told = election(back_to=2, back_by="Back")
    assert [scene.action for scene in told.scenes[4:]] == ["HandleYes", "Back"]
    assert told.scenes[5].state == told.scenes[1].state
    assert [scene.number for scene in told.scenes if scene.repeats] == [3, 4, 5, 6]


def test_story_of_a_behaviour_that_stops_has_no_step_back() -> None:
    """Its last state is the one that it stays in."""
    stopped = election(back_to=5)
    assert stopped.scenes == election().scenes
