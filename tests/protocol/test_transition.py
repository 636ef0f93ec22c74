"""What a step yields."""

from leader.protocol.transition import Action


def test_an_action_is_named_as_in_the_spec() -> None:
    """One name in four places: its value is the name of the action in the spec."""
    assert [action.value.upper() for action in Action] == [
        action.name.replace("_", "") for action in Action
    ]
