"""Counterexamples told: who acted, what changed, how it goes on."""

from collections.abc import Sequence

from spec.changes import Change
from spec.story import Story, story_of
from spec.trace import Step, Trace
from spec.values import parse

BEFORE = {"term": "(m1 :> 0 @@ m2 :> 0)", "messages": "{}"}


def story(
    *changes: dict[str, str],
    arguments: Sequence[str] = (),
    back_to: int | None = None,
    back_by: str | None = None,
) -> Story:
    texts = [BEFORE]
    for change in changes:
        texts.append({**texts[-1], **change})
    steps = [
        Step(
            action="Act" if at else None,
            arguments=tuple(arguments),
            state={name: parse(text) for name, text in state.items()},
        )
        for at, state in enumerate(texts)
    ]
    trace = Trace(steps=tuple(steps), back_to=back_to, back_by=back_by)
    return story_of("model", "Claim", trace)


def test_without_members_there_is_one_that_does_nothing() -> None:
    """So that a specification of one counter can be drawn as well."""
    steps = (Step(action=None, state={"x": 0}), Step(action="Up", state={"x": 1}))
    told = story_of("model", "Claim", Trace(steps=steps))
    assert told.members == ("system",)
    assert told.scenes[1].changes == (Change(name="x", member=None, before=0, after=1),)
    assert told.scenes[1].actor is None


def test_whoever_changed_is_the_actor() -> None:
    """If it is one member only."""
    assert story({"term": "(m1 :> 0 @@ m2 :> 1)"}).scenes[1].actor == "m2"
    assert story({"term": "(m1 :> 1 @@ m2 :> 1)"}).scenes[1].actor is None


def test_a_step_that_only_sends_is_the_senders() -> None:
    """Nothing but the messages changed, so the sender acted."""
    told = story({"messages": '{[kind |-> "Hello", from |-> m2]}'})
    assert told.scenes[1].actor == "m2"


def test_where_tlc_tells_the_arguments_they_win() -> None:
    """No guessing then."""
    told = story({"term": "(m1 :> 0 @@ m2 :> 1)"}, arguments=["m1", "m2"])
    assert told.scenes[1].actor == "m1, m2"


def test_the_action_that_closes_a_loop_is_a_step() -> None:
    """It leads to the state that the story goes on from."""
    told = story({"term": "(m1 :> 1 @@ m2 :> 0)"}, back_to=1, back_by="Return")
    assert [scene.action for scene in told.scenes] == ["Initial state", "Act", "Return"]
    assert told.scenes[2].actor == "m1"
    assert told.states[2] == told.states[0]
    assert told.again_as == 1


def test_a_behaviour_that_stops_has_no_such_step() -> None:
    """Its last state is what it stays in."""
    told = story({"term": "(m1 :> 1 @@ m2 :> 0)"}, back_to=2)
    assert (len(told.scenes), told.again_as) == (2, 2)
