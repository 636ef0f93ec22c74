"""What differs between two states, in the smallest parts.

Knows one habit of our specifications: most variables are functions of the members, which are
thereby told apart from everything else.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from spec.plain import plain
from spec.trace import State
from spec.values import Function, Value, in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A part of a variable before and after; `member` owns it, `inner` is the way to it from there.

    So `backing[m1][m2]` has the name `backing`, the member `m1` and the inner way `[m2]`.
    """

    name: str
    member: str | None
    inner: str = ""
    before: Value
    after: Value


def members_of(state: State) -> tuple[str, ...]:
    """The domain that most variables share; of equally many, the first one's."""
    domains = Counter(frozenset(value) for value in state.values() if isinstance(value, Function))
    if not domains:
        tuples = (value for value in state.values() if isinstance(value, tuple))
        domains = Counter(frozenset(range(1, len(value) + 1)) for value in tuples)
    return tuple(map(plain, in_order(domains.most_common(1)[0][0]))) if domains else ()


def of_members(value: Value | None, members: tuple[str, ...]) -> dict[str, Value] | None:
    """What each member has, if the value is a function of the members; else None."""
    if isinstance(value, tuple):
        value = _numbered(value)
    if not isinstance(value, Function) or {plain(key) for key in value} != set(members):
        return None
    return {plain(key): part for key, part in value.items()}


def changes_of(
    before: State, after: State, members: tuple[str, ...], *, apart: str
) -> Iterator[Change]:
    """Every difference, in the order of the variables; the variable `apart` is left out."""
    for name, new in after.items():
        old = before.get(name)
        if name == apart or old is None or old == new:
            continue
        olds, news = of_members(old, members), of_members(new, members)
        if olds is None or news is None:
            yield from _differences(name, None, "", old, new)
            continue
        for member in members:
            yield from _differences(name, member, "", olds[member], news[member])


def _differences(
    name: str, member: str | None, inner: str, old: Value, new: Value
) -> Iterator[Change]:
    if isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        old, new = _numbered(old), _numbered(new)
    if isinstance(old, Function) and isinstance(new, Function) and old.keys() == new.keys():
        for key in in_order(new):
            way = f".{key}" if isinstance(key, str) else f"[{plain(key)}]"
            yield from _differences(name, member, inner + way, old[key], new[key])
    elif old != new:
        yield Change(name=name, member=member, inner=inner, before=old, after=new)


def _numbered(value: tuple[Value, ...]) -> Function:
    return Function(dict(enumerate(value, 1)))
