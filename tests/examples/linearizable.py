"""Whether what clients saw of one key could have come from a single place that does one thing at a time.

Each operation takes effect at one instant between its question and its answer; a write without an
answer at some instant after its question, or never. The search tries every order that the instants
allow, and remembers where it has been. Values are written once each.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A write of a value, or a read that found it; None is what was there before every write."""

    key: str
    value: str | None
    is_write: bool
    asked: float
    answered: float = math.inf


State = tuple[frozenset[int], str | None]
"""Which operations are still to take effect, and the value by now."""


def is_linearizable(history: Iterable[Operation]) -> bool:
    """Whether the operations on each key are linearizable; then those on all are."""
    operations = list(history)
    keys = {operation.key for operation in operations}
    return all(_can_be_ordered([each for each in operations if each.key == key]) for key in keys)


def _can_be_ordered(operations: list[Operation]) -> bool:
    read = {operation.value for operation in operations if not operation.is_write}
    # A write that nobody answered and nobody read may as well never have happened.
    left = [each for each in operations if each.answered < math.inf or each.value in read]
    start: State = (frozenset(range(len(left))), None)
    seen, todo = {start}, [start]
    while todo:
        remaining, value = todo.pop()
        if all(left[index].answered == math.inf for index in remaining):
            return True
        for following in _next_states(left, remaining, value):
            if following not in seen:
                seen.add(following)
                todo.append(following)
    return False


def _next_states(
    operations: list[Operation], remaining: frozenset[int], value: str | None
) -> Iterable[State]:
    """Where one more operation leads: one that was asked before any other one left was answered."""
    latest = min(operations[index].answered for index in remaining)
    for index in remaining:
        operation = operations[index]
        if operation.asked <= latest and (operation.is_write or operation.value == value):
            yield remaining - {index}, operation.value if operation.is_write else value
