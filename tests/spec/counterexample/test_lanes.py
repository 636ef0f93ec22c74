"""The picture of one step: which arrows it has, from where to where, and what its members show."""

from xml.etree import ElementTree

import pytest

from spec.counterexample.lanes import lanes_of
from spec.counterexample.story import Story
from tests.spec.counterexample.support import each, election, message, promise, story


def picture(told: Story, step: int) -> ElementTree.Element:
    return ElementTree.fromstring(lanes_of(told.scenes[step - 1], told))


def texts(element: ElementTree.Element, style: str) -> list[str]:
    """The texts of the parts of this style, one behind the other."""
    return [" ".join(part.itertext()) for part in element.iter() if style in part.get("class", "")]


@pytest.mark.parametrize(
    ("step", "arrows"),
    [
        (
            2,
            [
                ("arrow sent right", "grid-column: 1 / 3; --lanes: 2", "Vote received in step 3"),
                ("arrow lost right", "grid-column: 1 / 4; --lanes: 3", "Vote never received"),
            ],
        ),
        (
            3,
            [
                ("arrow received right", "grid-column: 1 / 3; --lanes: 2", "Vote sent in step 2"),
                ("arrow sent left", "grid-column: 1 / 3; --lanes: 2", "Yes received in step 4"),
            ],
        ),
        (
            4,
            [
                ("arrow received left", "grid-column: 1 / 3; --lanes: 2", "Yes sent in step 3"),
                ("arrow flying right", "grid-column: 1 / 3; --lanes: 2", "Hello still in flight"),
            ],
        ),
    ],
)
def test_lanes_draw_an_arrow_for_each_message(
    step: int, arrows: list[tuple[str, str, str]]
) -> None:
    """From the sender's lane to the receiver's, and with what becomes of the message."""
    drawn = picture(election(), step).iter("p")
    found = [(p.get("class"), p.get("style"), " ".join(p.itertext())) for p in drawn]
    assert found == arrows


def test_lanes_show_each_member_after_the_step_and_mark_what_changed() -> None:
    """What is zero is left out, but for the term; the line of a lane is styled by the role."""
    drawn = picture(election(), 4)
    assert texts(drawn, "member") == [
        "m1   leader   term 1   backing m2 2",
        "m2   follower   term 0   promise to m1: 2",
        "m3   follower   term 0",
    ]
    assert texts(drawn, "changed") == ["leader", "backing m2 2"]
    assert [line.get("class") for line in drawn.iter("i")] == ["leader", "follower", "follower"]


def test_lanes_show_promises_and_leases_that_are_numbers_of_ticks() -> None:
    """A specification may have a promise without a receiver; a renewing leader holds a lease."""
    drawn = picture(story(("Act", {"promise": each(0, m2=3), "held": each(0, m1=1)})), 2)
    assert texts(drawn, "promise") == ["promise 3"]
    assert texts(drawn, "held") == ["held 1"]


def test_lanes_have_no_arrow_for_a_message_whose_sender_is_unknown() -> None:
    """It has no lane to begin at."""
    sent = frozenset({message("No", "None", "m2")})
    told = story(("Act", {"messages": sent, "promise": each(promise(1, "m1"))}))
    assert list(picture(told, 2).iter("p")) == []
