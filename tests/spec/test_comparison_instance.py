"""An instance as its two users see it: bounds in Python, a configuration for TLC."""

from spec.comparison.instance import NO_MEMBER, Instance, members

SMALL = Instance(
    name="small",
    long_leases=True,
    patient=members("23"),
    recorded=NO_MEMBER,
    observing=members("3"),
    apart=(members("12"),),
    states=0,
    transitions=0,
)


def test_configuration_states_every_bound() -> None:
    """Sets of members, numbers and truth values, and nothing to check."""
    text = SMALL.configuration()
    for assignment in (
        "Members = {m1, m2, m3}",
        "Observers = {m3}",
        "Patient = {m2, m3}",
        "Recorded = {}",
        "LeaseOf <- OneTickLonger",
        "AccurateDetector = TRUE",
        "Apart = {{m1, m2}}",
    ):
        assert f"  {assignment}\n" in text
    assert "SYMMETRY" not in text
    assert "INVARIANT" not in text


def test_lengths_are_those_of_the_model() -> None:
    """A patient member promises one tick more, and a long lease outlasts its promise by a tick."""
    assert [SMALL.promise_ticks(member) for member in SMALL.members] == [1, 2, 2]
    assert [SMALL.lease_ticks(member) for member in SMALL.members] == [2, 3, 3]


def test_voters_are_the_members_that_do_not_only_observe() -> None:
    """In their order."""
    assert SMALL.voters == ("m1", "m2")


def test_hears_is_false_between_members_apart() -> None:
    """In both directions."""
    pairs = [("m1", "m2"), ("m2", "m1"), ("m1", "m3")]
    assert [SMALL.hears(*pair) for pair in pairs] == [False, False, True]
