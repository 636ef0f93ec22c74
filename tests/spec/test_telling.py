"""Stories in words."""

import pytest

from spec.changes import Change
from spec.flights import Sent
from spec.story import Scene, Story, story_of
from spec.telling import details_of, ending_of, is_looping, lines_of
from spec.trace import Step, Trace
from spec.values import Value, parse

MEMBERS = ("m1", "m2", "m3")
VOTE = Sent(kind="Vote", sender="m1", receiver="m2", content="term 1")
OTHER_VOTE = Sent(kind="Vote", sender="m1", receiver="m3", content="term 1")


def told(scene: Scene) -> list[str]:
    story = Story(model="model", claim="Claim", members=MEMBERS, scenes=(scene,), states=())
    return list(details_of(scene, story))


def change(before: str, after: str, *, inner: str = "", member: str | None = "m1") -> Change:
    return Change(name="x", member=member, inner=inner, before=parse(before), after=parse(after))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([change("0", "2")], "m1's x rises from 0 to 2"),
        ([change("2", "1", inner="[m2]")], "m1's x[m2] falls from 2 to 1"),
        ([change("TRUE", "FALSE")], "m1's x turns from TRUE to FALSE"),
        ([change('"follower"', '"leader"')], "m1's x turns from follower to leader"),
        ([change("{}", "{m2, m3}")], "m1's x gains m2, m3"),
        ([change("{m1}", "{m2}", member=None)], "x gains m2 and loses m1"),
        (
            [change("1", "0", inner=".left"), change("m1", "None", inner=".to")],
            "m1's x: left falls from 1 to 0, to turns from m1 to None",
        ),
    ],
)
def test_a_change_is_a_sentence(changes: list[Change], sentence: str) -> None:
    """By what kind of value it is; several parts of one variable in one."""
    assert told(Scene(number=2, action="A", actor="m1", changes=tuple(changes))) == [sentence]


def test_messages_are_received_sent_and_lost() -> None:
    """In the order in which it happens; the same to several is told once."""
    scene = Scene(
        number=2,
        action="A",
        actor="m1",
        received=Sent(kind="Hello", sender="m3", receiver="m1"),
        sent=(VOTE, OTHER_VOTE, Sent(kind="Hello", sender=None, receiver=None)),
        lost=(VOTE,),
        older=1,
    )
    assert told(scene) == [
        "m1 receives Hello from m3",
        "m1 sends Vote (term 1) to m2 and m3",
        "somebody sends Hello to everybody",
        "1 message grows older",
        "never received: Vote from m1 to m2 (term 1)",
    ]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("3", "x is 3"),
        ("(m1 :> 0 @@ m2 :> 0 @@ m3 :> 0)", "everybody's x is 0"),
        ("(m1 :> 0 @@ m2 :> 0 @@ m3 :> 1)", "x is 0 for m1, 0 for m2, 1 for m3"),
        (
            "(m1 :> [to |-> None] @@ m2 :> [to |-> None] @@ m3 :> [to |-> None])",
            "everybody's x is to None",
        ),
        (
            "(m1 :> (m1 :> 0 @@ m2 :> 0 @@ m3 :> 0) @@ m2 :> (m1 :> 0 @@ m2 :> 0 @@ m3 :> 0)"
            " @@ m3 :> (m1 :> 0 @@ m2 :> 0 @@ m3 :> 0))",
            "everybody's x is 0 for everybody",
        ),
    ],
)
def test_the_initial_state_is_told_as_it_is(value: str, sentence: str) -> None:
    """What is alike for everybody once."""
    first = Scene(number=1, action="Initial state", actor=None)
    state: dict[str, Value] = {"x": parse(value)}
    story = Story(model="m", claim="C", members=MEMBERS, scenes=(first,), states=(state,))
    assert list(details_of(first, story)) == [sentence]


def counter(*, back_to: int | None = None, back_by: str | None = None) -> Story:
    steps = (Step(action=None, state={"x": 0}), Step(action="Up", state={"x": 1}))
    trace = Trace(steps=steps, back_to=back_to, back_by=back_by)
    return story_of("model", "Claim", trace, shows="what it shows", definition="Claim == x = 0")


def test_the_whole_story_reads_from_the_initial_state_to_the_claim() -> None:
    """Numbered as TLC numbers the states; the claim in its own words before the end."""
    assert list(lines_of(counter())) == [
        "model: how Claim is violated",
        "what it shows",
        "",
        "1. Initial state",
        "     x is 0",
        "",
        "2. Up",
        "     x rises from 0 to 1",
        "",
        "     Claim == x = 0",
        "",
        "Now Claim is violated.",
    ]


def test_a_behaviour_without_an_end_says_how_it_goes_on() -> None:
    """It stops, or it goes round; the steps of the loop are marked."""
    assert ending_of(counter(back_to=2)) == "Nothing happens any more, so Claim is violated."
    round_and_round = counter(back_to=1, back_by="Down")
    assert ending_of(round_and_round) == (
        "After step 3 all is as after step 1, and so on for ever: Claim is violated."
    )
    assert [is_looping(s, round_and_round) for s in round_and_round.scenes] == [False, True, True]
    assert "3. Down  ↺ for ever" in list(lines_of(round_and_round))
