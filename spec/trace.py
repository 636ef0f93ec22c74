"""A counterexample as TLC printed it, as a list of steps with parsed states.

Knows the layout of a trace, not what its variables mean.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spec.values import Value, parse, variables_in

StateValues = Mapping[str, Value]

_HEAD = re.compile(r"(?P<number>\d+): (?:Back to state: )?<?(?:\w+!)*(?P<action>\w+)(?P<rest>.*)")
_ARGUMENTS = re.compile(r"\((?P<arguments>[^)]*)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A state and the action that led to it; None for the initial state.

    Newer versions of TLC print the action's arguments; of older versions there are none.
    """

    action: str | None
    arguments: tuple[str, ...] = ()
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
        steps.append(_step(head, text.partition("\n")[2]))
    return Counterexample(steps=tuple(steps))


def texts_of(text: str) -> tuple[str | None, Mapping[str, str]]:
    """The action of a step that TLC printed, None for the initial state, and each variable's text."""
    return _action(_head(text)), variables_in(text.partition("\n")[2])


def _head(text: str) -> re.Match[str]:
    head = _HEAD.match(text)
    if head is None:
        raise ValueError(f"trace: {text!r} is no step of a counterexample")
    return head


def _step(head: re.Match[str], body: str) -> Step:
    arguments = _ARGUMENTS.match(head["rest"])
    listed = arguments["arguments"].split(",") if arguments else []
    return Step(
        action=_action(head),
        arguments=tuple(argument.strip() for argument in listed if argument.strip()),
        state={name: parse(value) for name, value in variables_in(body).items()},
    )


def _action(head: re.Match[str]) -> str | None:
    return None if head["action"] == "Initial" else head["action"]
