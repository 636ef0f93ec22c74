"""States of the specification in words."""

from spec.comparison.spec_states import SpecMessage, changes, initial_state, lines_of

INITIAL = initial_state(["m1", "m2"])
REQUEST = SpecMessage(
    kind="VoteRequest", sender="m1", to="m2", term=1, stamp=0, age=0, resigned=None
)
REFUSAL = SpecMessage(kind="Refused", sender=None, to="m1", term=3)


def test_changes_are_told_by_variable_and_member() -> None:
    """Also messages that come and go, and winners."""
    one, two = INITIAL.members
    before = INITIAL._replace(messages=frozenset({REFUSAL}))
    after = before._replace(
        members=(one._replace(role="candidate", granted=frozenset({"m2", "m1"})), two),
        messages=frozenset({REQUEST}),
        winners=frozenset({(1, "m1")}),
    )
    assert changes(before, after) == [
        "role[m1]: follower -> candidate",
        "granted[m1]: {} -> {m1, m2}",
        "sent: VoteRequest m1 -> m2 (term 1, stamp 0, age 0, resigned none)",
        "gone: Refused any member -> m1 (term 3)",
        "m1 wins term 1",
    ]
    assert changes(after, before)[-1] == "m1 has not won term 1"
    assert changes(after, after) == ["nothing changes"]


def test_lines_of_a_state_show_every_member_and_message() -> None:
    """A line for each."""
    state = INITIAL._replace(messages=frozenset({REFUSAL}))
    rest = "term 0, stamp 0, leader none, granted {}, backing <0, 0>, held 0, promise <None, 0>"
    assert lines_of(state) == [
        f"m1: role follower, {rest}",
        f"m2: role follower, {rest}",
        "in flight: Refused any member -> m1 (term 3)",
    ]
