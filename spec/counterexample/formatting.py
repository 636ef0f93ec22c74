"""TLA+ values as readers write them: no quotation marks, no operators."""

from spec.values import Atom, Function, Value, in_order, render


def plain(value: Value) -> str:
    """The value as text: `follower`, `(left 1, to m2)`, `{m1, m2}`, `all 0` for every member."""
    match value:
        case str():
            return value
        case frozenset():
            return "{" + ", ".join(map(plain, in_order(value))) + "}"
        case Function():
            texts = {key: plain(value[key]) for key in in_order(value)}
            if len(set(texts.values())) == 1 and all(isinstance(key, Atom) for key in texts):
                return f"all {texts.popitem()[1].removeprefix('all ')}"
            return "(" + ", ".join(f"{plain(key)} {text}" for key, text in texts.items()) + ")"
        case _:
            return render(value)
