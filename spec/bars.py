"""Roles, terms, promises and leases as bars: what a member has, from which step to which.

Knows the variables `role`, `term`, `promise`, `backing` and `held`, where a specification has them.
A lease is no variable: it is as long as the weakest answer of the best strict majority.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from spec.changes import of_members
from spec.plain import plain
from spec.story import Story
from spec.trace import State
from spec.values import Function, Value

KINDS = ("role", "term", "promise", "lease")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a member has, the same from the first step to the last; `amount` is term or ticks.

    `text` is the role, or whom a promise is for, if that is a member.
    """

    member: str
    kind: str
    first: int
    last: int
    amount: int = 0
    text: str = ""


def bars_of(story: Story) -> Iterator[Bar]:
    """Every bar, member by member; where there is no promise or lease there is none."""
    for member in story.members:
        for kind in KINDS:
            course = [_read(kind, state, member, story.members) for state in story.states]
            for value, run in groupby(enumerate(course, 1), key=lambda pair: pair[1]):
                numbers = [number for number, _ in run]
                if value is not None:
                    amount, text = value
                    yield Bar(
                        member=member,
                        kind=kind,
                        first=numbers[0],
                        last=numbers[-1],
                        amount=amount,
                        text=text,
                    )


def _read(kind: str, state: State, member: str, members: tuple[str, ...]) -> tuple[int, str] | None:
    match kind:
        case "role":
            role = _own("role", state, member, members)
            return None if role is None else (0, plain(role))
        case "term":
            term = _own("term", state, member, members)
            return (term, "") if isinstance(term, int) else None
        case "promise":
            return _promise(_own("promise", state, member, members), members)
        case _:
            ticks = _lease(state, member, members)
            return (ticks, "") if ticks else None


def _own(name: str, state: State, member: str, members: tuple[str, ...]) -> Value | None:
    values = of_members(state.get(name), members)
    return values[member] if values else None


def _promise(promise: Value | None, members: tuple[str, ...]) -> tuple[int, str] | None:
    """Of a record, ticks and the member it is for; of a bare number, ticks."""
    ticks, receiver = promise, ""
    if isinstance(promise, Function):
        ticks, receiver = promise.get("left"), plain(promise.get("to", ""))
    if not isinstance(ticks, int) or ticks <= 0:
        return None
    return ticks, receiver if receiver in members else ""


def _lease(state: State, member: str, members: tuple[str, ...]) -> int:
    role = _own("role", state, member, members)
    if role == "renewing":
        held = _own("held", state, member, members)
        return held if isinstance(held, int) else 0
    backing = of_members(_own("backing", state, member, members), members)
    if role != "leader" or backing is None:
        return 0
    answers = sorted((t for t in backing.values() if isinstance(t, int)), reverse=True)
    majority = len(members) // 2 + 1
    return answers[majority - 1] if len(answers) >= majority else 0
