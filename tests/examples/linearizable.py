"""Whether the answers of a store are linearizable: as if one process did one operation at a time.

Each operation takes effect at one instant between its request and its answer. A write without an answer
takes effect at some instant after its request, or never. The search tries every order that the instants
allow, and remembers the states that it has visited. Each value is written once.
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
"""The operations that have not taken effect yet, and the present value."""


def is_linearizable(history: Iterable[Operation]) -> bool:
    """Whether the operations on each key are linearizable; then those on all are."""
    operations = list(history)
    keys = {operation.key for operation in operations}
    return all(_can_be_ordered([each for each in operations if each.key == key]) for key in keys)


def _can_be_ordered(operations: list[Operation]) -> bool:
    read = {operation.value for operation in operations if not operation.is_write}
    # A write without an answer, whose value was never read, is treated as if it never happened.
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
