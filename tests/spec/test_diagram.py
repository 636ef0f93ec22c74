"""Stories as Mermaid text."""

import pytest

from spec.changes import Change
from spec.diagram import mermaid_lines, receivers_of
from spec.flights import Flight, Reception, Sent
from spec.story import Scene, Story

VOTE = Sent(kind="Vote", sender="m1", receiver="m2", content="term 1")
CAMPAIGN = Scene(
    number=2,
    action="Campaign",
    actor="m1",
    changes=(Change(name="role", member="m1", before="follower", after="candidate"),),
    sent=(VOTE,),
)
WAIT = Scene(number=3, action="Wait", actor=None)


def story(*scenes: Scene, flights: tuple[Flight, ...] = (), again_as: int | None = None) -> Story:
    first = Scene(number=1, action="Initial state", actor=None)
    return Story(
        model="model",
        claim="Claim",
        members=("m1", "m2", "m3"),
        scenes=(first, *scenes),
        states=(),
        flights=flights,
        again_as=again_as,
    )


def test_a_step_is_a_note_and_an_arrow_for_each_message() -> None:
    """The note over whoever acted, the end over everybody."""
    heard = Flight(message=VOTE, since=2, receptions=(Reception(step=3, by="m2"),))
    assert list(mermaid_lines(story(CAMPAIGN, flights=(heard,)))) == [
        "sequenceDiagram",
        "    participant m1",
        "    participant m2",
        "    participant m3",
        "    Note over m1: 2. Campaign, by m1<br/>m1's role turns from follower to candidate",
        "    m1->>m2: Vote (term 1)",
        "    Note over m1,m3: Now Claim is violated.",
    ]


def test_a_message_that_is_never_received_ends_in_a_cross() -> None:
    """One for everybody where it was not."""
    message = Sent(kind="Hello", sender="m1", receiver=None)
    half = Flight(message=message, since=2, receptions=(Reception(step=3, by="m3"),))
    lines = list(mermaid_lines(story(CAMPAIGN, flights=(half,))))
    assert lines[5:7] == ["    m1-xm2: Hello", "    m1->>m3: Hello"]


def test_the_steps_of_a_loop_are_in_a_loop() -> None:
    """Those after the state that it comes back to."""
    assert list(mermaid_lines(story(CAMPAIGN, WAIT, again_as=2)))[5:] == [
        "    loop for ever",
        "    Note over m1,m3: 3. Wait",
        "    end",
        "    Note over m1,m3: After step 3 all is as after step 2, and so on for ever: "
        "Claim is violated.",
    ]


def test_what_mermaid_would_misread_is_escaped() -> None:
    """A semicolon would end the line, angle brackets would be markup."""
    change = Change(name="x", member=None, before="<1; 2>", after="#")
    lines = list(mermaid_lines(story(Scene(number=2, action="A", actor=None, changes=(change,)))))
    assert "    Note over m1,m3: 2. A<br/>x turns from #lt;1#59; 2#gt; to #35;" in lines


@pytest.mark.parametrize(
    ("message", "receivers"),
    [
        (VOTE, ("m2",)),
        (Sent(kind="Hello", sender="m2", receiver=None), ("m1", "m3")),
        (Sent(kind="No", sender=None, receiver="m2"), ()),
        (Sent(kind="No", sender="m1", receiver="m9"), ()),
    ],
)
def test_arrows_go_to_each_receiver(message: Sent, receivers: tuple[str, ...]) -> None:
    """A message for everybody has one to each; one from or to nobody has none."""
    assert receivers_of(message, story()) == receivers
