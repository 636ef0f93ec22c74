"""TLC configurations: reading the claims, replacing constants, definitions and claims."""

import pytest

from spec.configuration import (
    Constant,
    invariants_of,
    properties_of,
    with_claims,
    with_constants,
    with_overrides,
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


def test_claims_are_read_in_any_layout() -> None:
    """Names follow either form of the keyword, on several lines, with comments between them."""
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
def test_with_constants_replaces_only_the_assignment(
    name: str, value: Constant, expected: str
) -> None:
    """Its neighbours on the line stay."""
    changed = with_constants(TEXT, {name: value})
    assert expected in changed
    assert "SPECIFICATION Spec" in changed
    assert changed.count("=") + changed.count("<-") == 3
    assert with_constants(changed, {name: "{{a}, {b}}"}).count("{{a}, {b}}") == 1


@pytest.mark.parametrize("text", ["CONSTANT Limits = 1", "CONSTANT N = 1\nCONSTANT N = 2", ""])
def test_with_constants_refuses_a_name_that_is_not_assigned_once(text: str) -> None:
    """Otherwise a model with a misspelt constant would be the green model itself."""
    with pytest.raises(ValueError, match="constant N: must be assigned once"):
        with_constants(text, {"N": 3})


def test_with_overrides_adds_a_substitution() -> None:
    """It stands in a section of its own, so the file need not prepare for it."""
    assert with_overrides(TEXT, {"Left": "Wrong"}) == f"{TEXT}CONSTANTS\n  Left <- Wrong\n"
    assert with_overrides(TEXT, {}) == TEXT


def test_with_claims_replaces_what_it_is_given() -> None:
    """The other claims and sections stay; without names there is no section."""
    changed = with_claims(TEXT, invariants=["Other", "Another"])
    assert (invariants_of(changed), properties_of(changed)) == (("Other", "Another"), ("Grows",))
    assert "CONSTRAINT Small" in changed
    bare = with_claims(TEXT, invariants=[], properties=["Live"])
    assert (invariants_of(bare), properties_of(bare)) == ((), ("Live",))
    assert "INVARIANT" not in bare
