"""Plain values: what travels without being registered.

Knows nothing of bytes. The idea: exactly the values that come out as they went in, with one
exception that is stated and not hidden: a tuple arrives as a list.
"""

SCALARS = frozenset({type(None), bool, int, float, str, bytes})
"""Plain in themselves, and as the keys of a dict."""

DEPTH_LIMIT = 50
"""How deep lists, tuples and dicts may be nested."""


def check(value: object, depth: int = 0) -> None:
    """Raises TypeError unless the value is plain, ValueError if it is nested too deep."""
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
            check(part, depth)
    elif isinstance(value, list | tuple):
        for part in value:
            check(part, depth)


def _complaint(kind: type, depth: int) -> str:
    if depth == 0:
        advice = "decorate the class with @runtime.message"
    else:
        advice = "in a list, tuple or dict only None, bool, int, float, str, bytes and these do"
    return f"{kind.__qualname__} cannot travel to another node: {advice}"
