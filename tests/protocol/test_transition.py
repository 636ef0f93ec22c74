"""What a step yields."""

from leader.protocol.effects import Ignored
from leader.protocol.transition import Action, NoAction, ignored
from tests.protocol.builders import following, member


def test_what_is_ignored_leaves_the_state_and_says_why() -> None:
    """There is no silent no."""
    state = member(following(None, 100))
    assert ignored(state, "late") == NoAction(state, (Ignored(why="late", alarming=False),))


def test_what_somebody_has_to_act_on_is_alarming() -> None:
    """Two members of one name, for instance."""
    state = member(following(None, 100))
    assert ignored(state, "twice", alarming=True).effects == (Ignored(why="twice", alarming=True),)


def test_an_action_is_named_as_in_the_spec() -> None:
    """One name in four places: its value is the name of the action in the spec."""
    assert [action.value.upper() for action in Action] == [
        action.name.replace("_", "") for action in Action
    ]
