"""The variables of the specification, as Python values, whichever side they were read from.

Knows no rule. The idea: a state of the whole is a tuple of members, a set of messages and the
winners so far, all plain and hashable, so two graphs are compared by comparing their states.
"""

from collections.abc import Mapping
from typing import NamedTuple

from leader.protocol.vocabulary import MemberId, Term


class MemberImage(NamedTuple):
    """What the specification remembers of one member; ``backing`` in the order of the members."""

    role: str
    term: Term
    stamp: Term
    leader: MemberId | None
    granted: frozenset[MemberId]
    backing: tuple[int, ...]
    held: int
    promise: tuple[MemberId | None, int]


class MessageImage(NamedTuple):
    """A message; what a kind does not carry is ABSENT."""

    kind: str
    sender: MemberId | None
    to: MemberId
    term: Term
    stamp: Term | str
    age: int | str
    resigned: MemberId | str | None
    successor: MemberId | str | None


ABSENT = "-"
SPELLED: Mapping[str, str] = {"sender": "from"}
"""What the specification calls a field of a message, where that is a word of Python."""


class Image(NamedTuple):
    """One state of the specification."""

    members: tuple[MemberImage, ...]
    messages: frozenset[MessageImage]
    winners: frozenset[tuple[Term, MemberId]]


def changes(before: Image, after: Image, names: tuple[MemberId, ...]) -> list[str]:
    """The variables in which two states differ, one line each, in the words of the specification."""
    lines = [
        f"{field}[{name}]: {shown(old)} -> {shown(new)}"
        for name, one, other in zip(names, before.members, after.members, strict=True)
        for field, old, new in zip(MemberImage._fields, one, other, strict=True)
        if old != new
    ]
    lines += [f"sent: {told(message)}" for message in _new(before.messages, after.messages)]
    lines += [f"gone: {told(message)}" for message in _new(after.messages, before.messages)]
    lines += [f"{who} wins term {term}" for term, who in after.winners - before.winners]
    lines += [f"{who} no more won {term}" for term, who in before.winners - after.winners]
    return lines or ["nothing changes"]


def described(image: Image, names: tuple[MemberId, ...]) -> list[str]:
    """The whole state, one line for each member and each message."""
    members = [
        f"{name}: "
        + ", ".join(f"{field} {shown(value)}" for field, value in member._asdict().items())
        for name, member in zip(names, image.members, strict=True)
    ]
    return members + sorted(f"in flight: {told(message)}" for message in image.messages)


def told(message: MessageImage) -> str:
    """A message in one line."""
    carried = ", ".join(
        f"{SPELLED.get(field, field)} {shown(value)}"
        for field, value in message._asdict().items()
        if value != ABSENT and field not in ("kind", "sender", "to")
    )
    return f"{message.kind} {message.sender or 'somebody'} -> {message.to} ({carried})"


def shown(value: object) -> str:
    """One value, short."""
    if isinstance(value, frozenset | tuple):
        listed = ", ".join(
            sorted(map(str, value)) if isinstance(value, frozenset) else map(str, value)
        )
        return f"{{{listed}}}" if isinstance(value, frozenset) else f"<{listed}>"
    return "none" if value is None else str(value)


def _new(before: frozenset[MessageImage], after: frozenset[MessageImage]) -> list[MessageImage]:
    return sorted(after - before, key=told)
