"""TLC configurations: reading the claims, replacing constants and claims."""

import pytest

from spec.configuration import (
    Constant,
    invariants_of,
    properties_of,
    with_constant,
    with_constants,
    with_invariants,
    with_properties,
)

TEXT = r"""\* INVARIANTS NotThisOne
SPECIFICATION Spec
CONSTANTS
  Member = {m1, m2}  Limit = 1
  Quorum <- Majority
INVARIANTS TypeOK
  OneLeader   \* PROPERTIES NorThis
PROPERTY Grows (* PROPERTY
NorThat *)
CONSTRAINT Small
"""


def test_the_claims_are_read_whatever_the_layout() -> None:
    """Names after either form of the keyword, over several lines, without comments."""
    assert invariants_of(TEXT) == ("TypeOK", "OneLeader")
    assert properties_of(TEXT) == ("Grows",)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Limit", 2, "Limit = 2\n"),
        ("Limit", True, "Limit = TRUE\n"),
        ("Member", "{m1}", "Member = {m1}  Limit = 1\n"),
        ("Member", r"{\1}", r"Member = {\1}  Limit = 1"),
        ("Quorum", "<- Anybody", "Quorum <- Anybody\n"),
        ("Quorum", "{{m1}, {m2}}", "Quorum = {{m1}, {m2}}\n"),
    ],
)
def test_a_constant_is_replaced_in_its_place(name: str, value: Constant, expected: str) -> None:
    """Only the one assignment changes, its neighbours on the line do not."""
    changed = with_constant(TEXT, name, value)
    assert expected in changed
    assert "SPECIFICATION Spec" in changed
    assert changed.count("=") + changed.count("<-") == 3


def test_several_constants_are_replaced_together() -> None:
    """Each in its place; all must be there."""
    changed = with_constants(TEXT, {"Limit": 2, "Quorum": "<- Anybody"})
    assert "Limit = 2\n  Quorum <- Anybody\n" in changed
    with pytest.raises(ValueError, match="constant Limits: must be assigned once"):
        with_constants(TEXT, {"Limit": 2, "Limits": 2})


def test_a_set_of_sets_is_replaced_as_a_whole() -> None:
    """Nothing of a nested value is left behind."""
    assert with_constant("CONSTANT Q = {{a}, {b}}\n", "Q", 1) == "CONSTANT Q = 1\n"


@pytest.mark.parametrize("text", ["CONSTANT Limits = 1", "CONSTANT N = 1\nCONSTANT N = 2", ""])
def test_a_constant_must_be_assigned_exactly_once(text: str) -> None:
    """An override of a misspelt name would otherwise leave the green model as its own twin."""
    with pytest.raises(ValueError, match="must be assigned once"):
        with_constant(text, "N", 3)


def test_claims_are_replaced_and_the_rest_is_kept() -> None:
    """The new names are checked and no others; invariants and properties do not mix."""
    changed = with_invariants(TEXT, ["Other", "Another"])
    assert invariants_of(changed) == ("Other", "Another")
    assert properties_of(changed) == ("Grows",)
    assert "CONSTRAINT Small" in changed
    assert properties_of(with_properties(TEXT, ["Live"])) == ("Live",)


def test_claims_can_be_left_out_altogether() -> None:
    """No names, no section."""
    assert invariants_of(with_invariants(TEXT, [])) == ()
    assert "INVARIANT" not in with_invariants(TEXT, [])
