"""The picture of one step: which arrows it has, from where to where, and what its members show."""

from xml.etree import ElementTree

from spec.counterexample.lanes import lanes_of
from spec.counterexample.story import Story
from tests.spec.counterexample_support import each, election, message, story

NEAR, FAR = "grid-column: 1 / 3; --lanes: 2", "grid-column: 1 / 4; --lanes: 3"


def parts(told: Story, step: int, tag: str) -> list[str]:
    """The parts of a step's picture with this tag, each as its style, its place and its words."""
    picture = ElementTree.fromstring(lanes_of(told.scenes[step - 1], told))
    found = picture.iter(tag)
    return [" ".join(filter(None, (*part.attrib.values(), *part.itertext()))) for part in found]


def test_lanes_draw_an_arrow_for_each_message() -> None:
    """From the sender's lane to the receiver's, with what becomes of the message."""
    told = election()
    assert [f"{step}: {text}" for step in (2, 4, 5) for text in parts(told, step, "p")] == [
        f"2: arrow sent right {NEAR} Vote received in step 4",
        f"2: arrow lost right {FAR} Vote never received",
        f"4: arrow received right {NEAR} Vote sent in step 2",
        f"4: arrow sent left {NEAR} Yes received in step 5",
        f"5: arrow received left {NEAR} Yes sent in step 4",
        f"5: arrow lost right {NEAR} Hello never received",
    ]


def test_lanes_show_each_member_after_the_step_and_mark_what_changed() -> None:
    """What is zero is left out, but for the term; the line of a lane is styled by the role."""
    assert parts(election(), 5, "i") == ["leader", "follower", "follower"]
    _, *own, role, _, promised, _, _, _ = parts(election(), 5, "span")
    assert own == ["role changed leader", "term term 1", "backing changed backing m2 2"]
    assert (role, promised) == ("role follower", "promise promise to m1: 2")


def test_lanes_show_promises_and_leases_that_are_numbers_of_ticks() -> None:
    """A specification may have a promise without a receiver; a renewing leader holds a lease."""
    told = story(("Act", {"promise": each(0, m2=3), "held": each(0, m1=1)}))
    shown = parts(told, 2, "span")
    assert {"held held 1", "promise changed promise 3"} <= set(shown)
    assert len(shown) == 8


def test_lanes_have_no_arrow_for_a_message_whose_sender_is_unknown() -> None:
    """It has no lane to begin at."""
    told = story(("Act", {"messages": frozenset({message("No", "None", "m2")})}))
    assert parts(told, 2, "p") == []
