"""TLA+ values as text."""

import pytest

from spec.counterexample.formatting import listed, plain
from spec.values import parse


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ('"follower"', "follower"),
        ("m1", "m1"),
        ("TRUE", "TRUE"),
        ("{m2, m1}", "{m1, m2}"),
        ('<<1, "a">>', "⟨1, a⟩"),
        ("[to |-> m1, left |-> 2]", "(left 2, to m1)"),
        ("[a |-> 0, b |-> 0]", "(a 0, b 0)"),
        ("(m1 :> 0 @@ m2 :> 1)", "(m1 0, m2 1)"),
        ("(m1 :> 0 @@ m2 :> 0)", "all 0"),
        ("(m1 :> (m1 :> 0 @@ m2 :> 0) @@ m2 :> (m1 :> 0 @@ m2 :> 0))", "all 0"),
    ],
)
def test_plain_leaves_out_tla_notation(notation: str, text: str) -> None:
    """Sets and functions are in a fixed order; a value that all members have is written once."""
    assert plain(parse(notation)) == text


def test_listed_joins_names_as_in_a_sentence() -> None:
    """There is one `and`, before the last name."""
    assert [listed(list(names)) for names in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]
