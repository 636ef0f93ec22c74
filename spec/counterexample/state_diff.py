"""What differs between two states, in the smallest parts that a member owns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spec.counterexample.formatting import plain
from spec.trace import StateValues
from spec.values import Function, Value, in_order

MESSAGES = "messages"
"""The variable that holds the messages in flight; `message_matching.py` says what changes in it."""

Path = tuple[str, ...]
"""The members that lead to an entry of a variable: `backing[m1][m2]` is at `("m1", "m2")`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An entry of a variable before and after a step; its path is empty if no member owns it."""

    name: str
    path: Path
    before: Value
    after: Value

    @property
    def member(self) -> str | None:
        """The member that owns the entry."""
        return self.path[0] if self.path else None


def members_of(state: StateValues) -> tuple[str, ...]:
    """The domain of `role`; without roles the whole system counts as one member."""
    roles = state.get("role")
    return tuple(map(plain, in_order(roles))) if isinstance(roles, Function) else ("system",)


def entries_of(value: Value, members: tuple[str, ...]) -> Mapping[Path, Value]:
    """The value's entries in the members' order; a value that is no function of them is one entry."""
    if not isinstance(value, Function) or {plain(key) for key in value} != set(members):
        return {(): value}
    return {
        (plain(key), *path): entry
        for key in in_order(value)
        for path, entry in entries_of(value[key], members).items()
    }


def changes_of(
    before: StateValues, after: StateValues, members: tuple[str, ...]
) -> Iterator[Change]:
    """Every difference but that of the messages, in the order of the variables."""
    for name, value in before.items():
        new = entries_of(after[name], members)
        for path, entry in entries_of(value, members).items():
            if name != MESSAGES and new[path] != entry:
                yield Change(name=name, path=path, before=entry, after=new[path])
