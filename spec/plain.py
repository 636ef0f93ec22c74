"""TLA+ values and lists of things for people: no quotation marks, no operators.

Knows the values and no specification.
"""

from collections.abc import Sequence

from spec.values import Function, Value, in_order, render


def plain(value: Value) -> str:
    """The value as people write it: `follower`, `(term 1, to m2)`, `{m1, m2}`."""
    match value:
        case str():
            return value
        case Function():
            return (
                "("
                + ", ".join(f"{plain(key)} {plain(value[key])}" for key in in_order(value))
                + ")"
            )
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


def counted(count: int, thing: str) -> str:
    """So many of the thing: `1 message`, `2 messages`."""
    return f"{count} {thing}{'' if count == 1 else 's'}"
