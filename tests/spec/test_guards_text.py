"""The guards in the text of a module, and the module without one of them."""

import pytest

from spec.guards.text import actions_of, guards_of, keeping, without

MODULE = """---- MODULE M ----
Matters(r) ==
  CASE r.kind = "Ask"    -> /\\ x > 0
                            /\\ r.term > x
    [] r.kind = "Answer" -> x = 0

Chosen(m) == {r \\in messages : r.kind = "Ask" /\\ r.to = m /\\ r.term > x}

Move(m) ==
  /\\ m \\in MayCrash
  /\\ x = 1                  \\* a remark /\\ no guard
  /\\ \\E r \\in Chosen(m) :
       /\\ r.left > 0 \\/ y
  /\\ IF /\\ x > 2
        /\\ f(x, {a, b})
     THEN Follow(m, IF y = 1 THEN m ELSE None)
     ELSE x' = 2

Next == \\E m \\in Members :
  \\/ Move(m)

====
"""


def test_guards_are_conjuncts_and_conditions_about_the_state_before() -> None:
    """Bounds, addresses, comments and the effects of an action are not guards."""
    found = guards_of(MODULE, frozenset({"Move", "Chosen"}))
    assert [(guard.definition, guard.text) for guard in found] == [
        ("Chosen", "r.term > x"),
        ("Move", "x = 1"),
        ("Move", "r.left > 0 \\/ y"),
        ("Move", "x > 2"),
        ("Move", "f(x, {a, b})"),
        ("Move", "y = 1"),
    ]


def test_actions_are_the_definitions_that_next_names() -> None:
    """No other definition is one; without Next the actions are unknown."""
    text = "Next ==\n  \\/ Tick\n  \\/ \\E m \\in M : \\/ A(m) \\/ B(m)\n\nC == 1"
    assert actions_of(text) == {"Tick", "A", "B"}
    with pytest.raises(ValueError, match="no definition of Next"):
        actions_of("Init == TRUE")


def test_a_guard_is_removed_in_its_place() -> None:
    """Every other character of the module stays; if another text stands there, it is refused."""
    [_, _, _, _, guard, _] = guards_of(MODULE, frozenset({"Move", "Chosen"}))
    assert without(MODULE, guard) == MODULE.replace("f(x, {a, b})", "TRUE")
    with pytest.raises(ValueError, match="does not stand in line"):
        without(MODULE.replace("f(x, {a, b})", "f(x, {b, a})"), guard)


def test_messages_of_a_kind_can_be_kept_for_ever() -> None:
    """Only the case of that kind changes; a row with a misspelt kind would keep no message."""
    kept = keeping(MODULE, ["Ask"])
    assert '  CASE r.kind = "Ask"    -> TRUE\n    [] r.kind = "Answer" -> x = 0\n' in kept
    with pytest.raises(ValueError, match="one case for Reply, found 0"):
        keeping(MODULE, ["Reply"])
