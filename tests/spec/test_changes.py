"""Differences between states."""

from spec.changes import Change, changes_of, members_of, of_members
from spec.trace import State
from spec.values import Atom, parse

MEMBERS = ("m1", "m2")


def state(**variables: str) -> State:
    return {name: parse(text) for name, text in variables.items()}


def test_members_are_what_the_variables_are_functions_of() -> None:
    """The domain that most variables share."""
    found = state(a="(m1 :> 0 @@ m2 :> 0)", b="(m1 :> 1 @@ m2 :> 1)", c="(x :> 1)")
    assert members_of(found) == MEMBERS


def test_members_may_be_numbers_or_missing() -> None:
    """Functions of 1..n are printed as tuples; a counter has no members."""
    assert members_of(state(term="<<0, 0>>")) == ("1", "2")
    assert members_of(state(x="0")) == ()


def test_what_each_member_has() -> None:
    """Of a function of the members and of nothing else."""
    assert of_members(parse("(m1 :> 3 @@ m2 :> 4)"), MEMBERS) == {"m1": 3, "m2": 4}
    assert of_members(parse("<<3, 4>>"), ("1", "2")) == {"1": 3, "2": 4}
    assert of_members(parse("(m1 :> 3)"), MEMBERS) is None
    assert of_members(parse("3"), MEMBERS) is None


def test_the_smallest_part_that_changed_is_told() -> None:
    """Not the whole function, not the whole record; with its owner and the way to it."""
    before = state(
        promise="(m1 :> [to |-> m1, left |-> 1] @@ m2 :> [to |-> m1, left |-> 2])",
        backing="(m1 :> (m1 :> 0 @@ m2 :> 0) @@ m2 :> (m1 :> 0 @@ m2 :> 0))",
        grants="(m1 :> (m2 :> [left |-> 0]) @@ m2 :> (m2 :> [left |-> 0]))",
        cut="None",
        messages="{}",
    )
    after = state(
        promise="(m1 :> [to |-> m1, left |-> 1] @@ m2 :> [to |-> m1, left |-> 0])",
        backing="(m1 :> (m1 :> 0 @@ m2 :> 2) @@ m2 :> (m1 :> 0 @@ m2 :> 0))",
        grants="(m1 :> (m2 :> [left |-> 0]) @@ m2 :> (m2 :> [left |-> 7]))",
        cut="m1",
        messages="{m1}",
    )
    assert list(changes_of(before, after, MEMBERS, apart="messages")) == [
        Change(name="promise", member="m2", inner=".left", before=2, after=0),
        Change(name="backing", member="m1", inner="[m2]", before=0, after=2),
        Change(name="grants", member="m2", inner="[m2].left", before=0, after=7),
        Change(name="cut", member=None, before=Atom("None"), after=Atom("m1")),
    ]
