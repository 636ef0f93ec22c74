"""Counterexamples told: who acted, what changed, what was sent."""

from collections.abc import Sequence

import pytest

from spec.story import Change, Sent, Story, details_of, lines_of, story_of, text_of, title_of
from spec.trace import Step, Trace
from spec.values import parse

BEFORE = {
    "term": "(m1 :> 0 @@ m2 :> 0)",
    "promise": "(m1 :> [to |-> m1, left |-> 1] @@ m2 :> [to |-> m1, left |-> 2])",
    "messages": '{[kind |-> "Vote", from |-> m1, to |-> m2, term |-> 1, age |-> 0]}',
}


def story(
    *changes: dict[str, str], arguments: Sequence[str] = (), back_to: int | None = None
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
    return story_of("model", "Claim", Trace(steps=tuple(steps), back_to=back_to))


def test_members_are_what_the_variables_are_functions_of() -> None:
    """The domain that most variables of the initial state share."""
    assert story().members == ("m1", "m2")


def test_members_may_be_numbers() -> None:
    """Functions of 1..n are printed as tuples."""
    steps = [
        Step(action=a, state={"term": parse(t)}) for a, t in ((None, "<<0, 0>>"), ("A", "<<0, 1>>"))
    ]
    told = story_of("model", "Claim", Trace(steps=tuple(steps)))
    assert told.members == ("1", "2")
    assert told.scenes[1].actor == "2"


def test_without_members_there_is_one_that_does_nothing() -> None:
    """So that a specification of one counter can be drawn as well."""
    steps = (Step(action=None, state={"x": 0}), Step(action="Up", state={"x": 1}))
    told = story_of("model", "Claim", Trace(steps=steps))
    assert told.members == ("system",)
    assert told.scenes[1].changes == (Change(part="x", member=None, before="0", after="1"),)
    assert told.scenes[1].actor is None


def test_the_smallest_part_that_changed_is_told() -> None:
    """Not the whole function, not the whole record."""
    told = story({"promise": "(m1 :> [to |-> m1, left |-> 1] @@ m2 :> [to |-> m1, left |-> 0])"})
    assert told.scenes[1].changes == (
        Change(part="promise[m2].left", member="m2", before="2", after="0"),
    )


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


def test_new_messages_are_sent_and_gone_ones_counted() -> None:
    """Kind, sender, receiver apart; whatever else it carries as content."""
    told = story(
        {"messages": '{[type |-> "Ack", source |-> m2, dest |-> m1, term |-> 3, ok |-> TRUE]}'}
    )
    scene = told.scenes[1]
    assert scene.sent == (Sent(kind="Ack", sender="m2", receiver="m1", content="ok TRUE, term 3"),)
    assert (scene.dropped, scene.aged) == (1, 0)


def test_a_message_that_grew_older_was_not_sent() -> None:
    """A tick changes every message in flight; only its counter of time differs."""
    scene = story({"messages": BEFORE["messages"].replace("age |-> 0", "age |-> 1")}).scenes[1]
    assert (scene.sent, scene.dropped, scene.aged) == ((), 0, 1)
    other = story({"messages": BEFORE["messages"].replace("term |-> 1", "term |-> 2")}).scenes[1]
    assert (len(other.sent), other.dropped, other.aged) == (1, 1, 0)


def test_a_message_that_grew_younger_was_sent_anew() -> None:
    """It replaces the older one of its kind."""
    older = BEFORE["messages"].replace("age |-> 0", "age |-> 2")
    scene = story({"messages": older}, {"messages": BEFORE["messages"]}).scenes[2]
    assert (len(scene.sent), scene.dropped, scene.aged) == (1, 1, 0)


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (Sent(kind="Vote", sender="m1", receiver="m2", content="term 1"), "Vote m1 → m2 (term 1)"),
        (Sent(kind="Hello", sender="m1", receiver=None, content=""), "Hello m1 → all"),
        (Sent(kind="message", sender=None, receiver=None, content="x 1"), "message (x 1)"),
    ],
)
def test_a_message_reads_as_kind_way_and_content(sent: Sent, text: str) -> None:
    """Whatever is missing is left out."""
    assert text_of(sent) == text


def test_the_whole_story_reads_from_the_initial_state_to_the_claim() -> None:
    """Numbered as TLC numbers the states."""
    told = story(
        {"term": "(m1 :> 0 @@ m2 :> 1)", "messages": '{[kind |-> "Yes", from |-> m2, to |-> m1]}'},
    )
    assert list(lines_of(told)) == [
        "model: how Claim is violated",
        "",
        "1. the initial state",
        *(f"     {name} = {value}" for name, value in sorted_parts()),
        "",
        "2. Act, by m2",
        "     term[m2]: 0 → 1",
        "     sent: Yes m2 → m1",
        "     1 message no longer in flight",
        "",
        "Now Claim is violated.",
    ]


def sorted_parts() -> list[tuple[str, str]]:
    return [
        ("term", "(m1 :> 0 @@ m2 :> 0)"),
        ("promise", "(m1 :> [left |-> 1, to |-> m1] @@ m2 :> [left |-> 2, to |-> m1])"),
        ("messages", '{[age |-> 0, from |-> m1, kind |-> "Vote", term |-> 1, to |-> m2]}'),
    ]


def test_text_changes_without_quotation_marks() -> None:
    """`follower → candidate`, as people write it."""
    steps = [
        Step(action=action, state={"role": parse(f'(m1 :> "{role}" @@ m2 :> "follower")')})
        for action, role in ((None, "follower"), ("Campaign", "candidate"))
    ]
    scene = story_of("model", "Claim", Trace(steps=tuple(steps))).scenes[1]
    assert title_of(scene) == "Campaign, by m1"
    assert list(details_of(scene)) == ["role[m1]: follower → candidate"]


def test_a_behaviour_without_an_end_says_how_it_goes_on() -> None:
    """It stops, or it goes round."""
    assert story({}, back_to=2).ending == "Nothing happens any more, so Claim is violated."
    steps = (Step(action=None, state={"x": 0}), Step(action="Up", state={"x": 1}))
    told = story_of("model", "Claim", Trace(steps=steps, back_to=1, back_by="Down"))
    assert told.ending == "By Down it goes on from step 1, so Claim is violated."
