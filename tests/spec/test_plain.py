"""Values and lists in plain words."""

import pytest

from spec.plain import counted, listed, plain
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
        ("{[term |-> 1]}", "{(term 1)}"),
    ],
)
def test_values_are_written_as_people_write_them(notation: str, text: str) -> None:
    """Without quotation marks and arrows, in a fixed order."""
    assert plain(parse(notation)) == text


def test_names_are_listed_as_in_a_sentence() -> None:
    """With one `and`, before the last."""
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "a",
        "a and b",
        "a, b and c",
    ]


def test_things_are_counted_in_the_plural_but_for_one() -> None:
    """Zero is plural too."""
    assert [counted(n, "tick") for n in (0, 1, 2)] == ["0 ticks", "1 tick", "2 ticks"]
