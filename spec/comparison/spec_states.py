"""The variables of Election.tla as plain, hashable Python values.

Knows the variables and no rule. Both sides of a comparison give their states in this form, so two
states are the same exactly if the values are equal.
"""

from collections.abc import Sequence
from typing import NamedTuple

ABSENT = "-"
"""The value of a field that messages of that kind do not have."""


class SpecMember(NamedTuple):
    """What the specification remembers of one member; `backing` is in the order of the members."""

    name: str
    role: str
    term: int
    stamp: int
    leader: str | None
    granted: frozenset[str]
    backing: tuple[int, ...]
    held: int
    promise: tuple[str | None, int]


class SpecMessage(NamedTuple):
    """A message in flight; `sender` is what the specification calls `from`, a word of Python."""

    kind: str
    sender: str | None
    to: str
    term: int
    stamp: int | str = ABSENT
    age: int | str = ABSENT
    resigned: str | None = ABSENT
    successor: str | None = ABSENT


class SpecState(NamedTuple):
    """One state of the specification."""

    members: tuple[SpecMember, ...]
    messages: frozenset[SpecMessage]
    winners: frozenset[tuple[int, str]]


def initial_state(names: Sequence[str]) -> SpecState:
    """Init, for members with these names."""
    return SpecState(
        members=tuple(at_rest(name, len(names)) for name in names),
        messages=frozenset(),
        winners=frozenset(),
    )


def at_rest(name: str, size: int) -> SpecMember:
    """A member of a cluster of that size to which nothing has happened yet."""
    return SpecMember(
        name=name,
        role="follower",
        term=0,
        stamp=0,
        leader=None,
        granted=frozenset(),
        backing=(0,) * size,
        held=0,
        promise=(None, 0),
    )


def changes(before: SpecState, after: SpecState) -> list[str]:
    """The differences between two states, one line for each, in the specification's words."""
    lines = [
        f"{field}[{one.name}]: {_shown(old)} -> {_shown(new)}"
        for one, other in zip(before.members, after.members, strict=True)
        for field, old, new in zip(SpecMember._fields, one, other, strict=True)
        if old != new
    ]
    lines += sorted(f"sent: {described(message)}" for message in after.messages - before.messages)
    lines += sorted(f"gone: {described(message)}" for message in before.messages - after.messages)
    lines += [f"{who} wins term {term}" for term, who in after.winners - before.winners]
    lines += [f"{who} has not won term {term}" for term, who in before.winners - after.winners]
    return lines or ["nothing changes"]


def lines_of(state: SpecState) -> list[str]:
    """The whole state: one line for each member and for each message."""
    members = [
        f"{member.name}: "
        + ", ".join(
            f"{field} {_shown(value)}"
            for field, value in member._asdict().items()
            if field != "name"
        )
        for member in state.members
    ]
    return members + sorted(f"in flight: {described(message)}" for message in state.messages)


def described(message: SpecMessage) -> str:
    """The message in one line."""
    carried = ", ".join(
        f"{field} {_shown(value)}"
        for field, value in message._asdict().items()
        if value != ABSENT and field not in ("kind", "sender", "to")
    )
    return f"{message.kind} {message.sender or 'any member'} -> {message.to} ({carried})"


def _shown(value: object) -> str:
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(map(str, value))) + "}"
    if isinstance(value, tuple):
        return "<" + ", ".join(map(str, value)) + ">"
    return "none" if value is None else str(value)
