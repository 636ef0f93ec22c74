"""Built-in values: what can be sent to another node without being registered.

Leaves the bytes to `wire`. Exactly those values are allowed that arrive as they were sent, with one
documented exception: a tuple arrives as a list.
"""

SCALARS = frozenset({type(None), bool, int, float, str, bytes})
"""Types whose values are allowed, also as keys of a dict."""

DEPTH_LIMIT = 50
"""How deep lists, tuples and dicts may be nested."""


def check_serializable(value: object, depth: int = 0) -> None:
    """Raises TypeError if the value is not allowed, ValueError if it is nested too deep."""
    kind = type(value)
    if kind in SCALARS:
        return
    if kind not in (list, tuple, dict):
        raise TypeError(_complaint(kind, depth))
    if depth >= DEPTH_LIMIT:
        raise ValueError(f"{kind.__qualname__} is nested more than {DEPTH_LIMIT} deep")
    _check_parts(value, depth + 1)


def _check_parts(value: object, depth: int) -> None:
    if isinstance(value, dict):
        for key, part in value.items():
            if type(key) not in SCALARS:
                raise TypeError(_complaint(type(key), depth))
            check_serializable(part, depth)
    elif isinstance(value, list | tuple):
        for part in value:
            check_serializable(part, depth)


def _complaint(kind: type, depth: int) -> str:
    if depth == 0:
        advice = "decorate the class with @runtime.message"
    else:
        advice = "in a list, tuple or dict only None, bool, int, float, str, bytes and these do"
    return f"{kind.__qualname__} cannot travel to another node: {advice}"
