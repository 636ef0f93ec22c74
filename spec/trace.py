"""A counterexample as TLC printed it, as a list of steps with parsed states.

Knows the layout of a trace, not what its variables mean.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spec.values import Value, parse, variables_in

StateValues = Mapping[str, Value]

_HEAD = re.compile(r"(?P<number>\d+): (?:Back to state: )?<?(?:\w+!)*(?P<action>\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A state and the action that led to it; None for the initial state."""

    action: str | None
    state: StateValues


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """The steps; if the behaviour is infinite, also the step that follows the last one.

    `back_to` is the number of that step, counted from 1, and `back_by` the action that leads to it. If
    it is the last step itself, nothing changes any more.
    """

    steps: tuple[Step, ...]
    back_to: int | None = None
    back_by: str | None = None


def trace_of(texts: Sequence[str]) -> Counterexample:
    """The counterexample in TLC's texts of its steps; ValueError if a text is not a step."""
    steps: list[Step] = []
    for text in texts:
        head = _head(text)
        if "Back to state" in head[0]:
            number, action = int(head["number"]), head["action"]
            return Counterexample(steps=tuple(steps), back_to=number, back_by=action)
        if head["action"] == "Stuttering":
            return Counterexample(steps=tuple(steps), back_to=len(steps))
        action, values = texts_of(text)
        state = {name: parse(value) for name, value in values.items()}
        steps.append(Step(action=action, state=state))
    return Counterexample(steps=tuple(steps))


def texts_of(text: str) -> tuple[str | None, Mapping[str, str]]:
    """The action of a step that TLC printed, None for the initial state, and each variable's text."""
    action = _head(text)["action"]
    return None if action == "Initial" else action, variables_in(text.partition("\n")[2])


def _head(text: str) -> re.Match[str]:
    head = _HEAD.match(text)
    if head is None:
        raise ValueError(f"trace: {text!r} is no step of a counterexample")
    return head
