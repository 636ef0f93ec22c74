"""TLA+ values as readers write them: no quotation marks, no operators."""

from collections.abc import Sequence

from spec.values import Atom, Function, Value, in_order, render


def plain(value: Value) -> str:
    """The value as text: `follower`, `(left 1, to m2)`, `{m1, m2}`, `all 0` for every member."""
    match value:
        case str():
            return value
        case Function():
            return _plain_function(value)
        case frozenset():
            return "{" + ", ".join(map(plain, in_order(value))) + "}"
        case tuple():
            return "⟨" + ", ".join(map(plain, value)) + "⟩"
        case _:
            return render(value)


def listed(names: Sequence[str]) -> str:
    """The names in a sentence: `m1`, `m1 and m2`, `m1, m2 and m3`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _plain_function(function: Function) -> str:
    texts = {plain(part) for part in function.values()}
    if len(texts) == 1 and all(isinstance(key, Atom) for key in function):
        return f"all {texts.pop().removeprefix('all ')}"
    return (
        "(" + ", ".join(f"{plain(key)} {plain(function[key])}" for key in in_order(function)) + ")"
    )
