"""TLA+ values as text."""

import pytest

from spec.counterexample.formatting import plain
from spec.values import parse


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ('"follower"', "follower"),
        ("m1", "m1"),
        ("TRUE", "TRUE"),
        ("{m2, m1}", "{m1, m2}"),
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
