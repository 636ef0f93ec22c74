"""TLA+ values: parsing what TLC prints, printing what TLA+ accepts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spec.values import Atom, Function, Value, in_order, parse, render

identifiers = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)
scalars: st.SearchStrategy[Value] = st.one_of(
    st.integers(-1000, 1000), st.booleans(), st.text(max_size=8), identifiers.map(Atom)
)


def nested(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.one_of(
        st.frozensets(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(identifiers, inner, min_size=1, max_size=3).map(record),
        st.dictionaries(inner, inner, min_size=1, max_size=3).map(Function),
    )


def record(fields: dict[str, Value]) -> Function:
    return Function({name: fields[name] for name in fields})


values = st.recursive(scalars, nested, max_leaves=12)


@given(values)
def test_a_rendered_value_parses_to_itself(value: Value) -> None:
    """However deeply it is nested."""
    assert parse(render(value)) == value


@given(values)
def test_layout_does_not_matter(value: Value) -> None:
    """TLC breaks long values over several lines; outside strings, space has no meaning."""
    text = render(value)
    if '"' not in text:
        text = text.replace(",", " ,\n  ").replace("{", "{ ").replace(")", " )")
    assert parse(f"\n {text} \n") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-3", -3),
        ("TRUE", True),
        ("m1", Atom("m1")),
        (r'"say \"no\" \\ \n"', 'say "no" \\ \n'),
        ("{}", frozenset()),
        ("{ }", frozenset()),
        ("1..3", frozenset({1, 2, 3})),
        ("-1..0", frozenset({-1, 0})),
        ("3..2", frozenset()),
        ("<<>>", ()),
        ("<<1, <<m1>>>>", (1, (Atom("m1"),))),
        ("[to |-> m1, left |-> 0]", Function({"to": Atom("m1"), "left": 0})),
        ("(m1 :> 0 @@ m2 :> 1)", Function({Atom("m1"): 0, Atom("m2"): 1})),
        ("(0 :> {1} @@ 1 :> {})", Function({0: frozenset({1}), 1: frozenset()})),
        (
            '{ [kind |-> "Vote", from |-> m1],\n  [kind |-> "Vote", from |-> m2] }',
            frozenset(Function({"kind": "Vote", "from": Atom(name)}) for name in ("m1", "m2")),
        ),
    ],
)
def test_every_notation_of_tlc_is_read(text: str, value: Value) -> None:
    """Each kind of value, as TLC prints it."""
    assert parse(text) == value


@pytest.mark.parametrize(
    "text", ["", "{1", "<<1,>>", "[a 1]", "(m1 :> )", "1 2", "1..m1", '"open', "{1; 2}", "@@"]
)
def test_a_text_that_is_not_a_value_is_refused(text: str) -> None:
    """A text that is cut short or misspelt is an error, not a part of a value."""
    with pytest.raises(ValueError, match="TLA\\+ value, at character"):
        parse(text)


def test_elements_of_a_set_are_told_apart_by_value() -> None:
    """A model value is not the string that is its name; the order of a function's pairs is nothing."""
    assert parse("{m1}") != parse('{"m1"}')
    assert parse("{(a :> 1 @@ b :> 2), (b :> 2 @@ a :> 1)}") == parse("{(a :> 1 @@ b :> 2)}")


def test_a_function_of_strings_that_are_not_identifiers_is_not_a_record() -> None:
    """A record's fields are identifiers; other strings need the notation of functions."""
    assert render(Function({"two words": 1})) == '("two words" :> 1)'
    assert render(Function({"one": 1})) == "[one |-> 1]"


def test_elements_come_in_a_fixed_order() -> None:
    """Integers by size, other values by their notation, so that reports are always the same."""
    m1, m2 = Atom("m1"), Atom("m2")
    assert in_order(frozenset({10, m2, 9, m1})) == [9, 10, m1, m2]
