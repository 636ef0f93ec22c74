"""Stories as Mermaid text."""

import pytest

from spec.diagram import arrows_of, mermaid_lines
from spec.story import Change, Scene, Sent, Story

VOTE = Sent(kind="Vote", sender="m1", receiver="m2", content="term 1")
CAMPAIGN = Scene(
    number=2,
    action="Campaign",
    actor="m1",
    changes=(Change(part="role[m1]", member="m1", before="follower", after="candidate"),),
    sent=(VOTE,),
)


def story(*scenes: Scene) -> Story:
    first = Scene(number=1, action="the initial state", actor=None)
    return Story(
        model="model",
        claim="Claim",
        members=("m1", "m2", "m3"),
        scenes=(first, *scenes),
        states=(),
        ending="Now Claim is violated.",
    )


def test_a_step_is_a_note_and_an_arrow_for_each_message() -> None:
    """The note over whoever acted, the end over everybody."""
    assert list(mermaid_lines(story(CAMPAIGN))) == [
        "sequenceDiagram",
        "    participant m1",
        "    participant m2",
        "    participant m3",
        "    Note over m1: 2. Campaign, by m1<br/>role[m1]: follower → candidate",
        "    m1->>m2: Vote (term 1)",
        "    Note over m1,m3: Now Claim is violated.",
    ]


def test_a_step_of_nobody_is_everybodys() -> None:
    """Time passes for all."""
    lines = list(mermaid_lines(story(Scene(number=2, action="Tick", actor=None))))
    assert "    Note over m1,m3: 2. Tick" in lines


def test_what_mermaid_would_misread_is_escaped() -> None:
    """A semicolon would end the line, angle brackets would be markup."""
    change = Change(part="x", member=None, before="<<1; 2>>", after="#")
    lines = list(mermaid_lines(story(Scene(number=2, action="A", actor=None, changes=(change,)))))
    assert "    Note over m1,m3: 2. A<br/>x: #lt;#lt;1#59; 2#gt;#gt; → #35;" in lines


@pytest.mark.parametrize(
    ("sent", "actor", "arrows"),
    [
        (VOTE, "m1", [("m1", "m2")]),
        (
            Sent(kind="Hello", sender="m2", receiver=None, content=""),
            None,
            [("m2", "m1"), ("m2", "m3")],
        ),
        (Sent(kind="No", sender="None", receiver="m2", content=""), "m3", [("m3", "m2")]),
        (Sent(kind="No", sender=None, receiver="m2", content=""), None, []),
        (Sent(kind="No", sender="m1", receiver="m9", content=""), None, []),
    ],
)
def test_arrows_go_from_the_sender_to_each_receiver(
    sent: Sent, actor: str | None, arrows: list[tuple[str, str]]
) -> None:
    """A message for everybody has one to each; one from nobody comes from whoever acted."""
    scene = Scene(number=2, action="A", actor=actor, sent=(sent,))
    assert list(arrows_of(sent, scene, story(scene))) == arrows
