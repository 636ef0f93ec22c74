"""A counterexample as TLC printed it, as a list of steps with parsed states.

Knows the layout of a trace, not what its variables mean.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spec.values import Value, parse, variables_in

State = Mapping[str, Value]

_HEAD = re.compile(r"(?P<number>\d+): (?:Back to state: )?<?(?:\w+!)*(?P<action>\w+)(?P<rest>.*)")
_ARGUMENTS = re.compile(r"\((?P<arguments>[^)]*)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A state and the action that led to it; the initial state's is None.

    The arguments are those that newer versions of TLC print, as text; older ones print none.
    """

    action: str | None
    arguments: tuple[str, ...] = ()
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The steps, and for a behaviour without an end where it goes on.

    `back_to` is the number, counted from 1, of the step that follows the last one; where that is
    the last one itself, nothing happens any more. `back_by` is the action that leads there.
    """

    steps: tuple[Step, ...]
    back_to: int | None = None
    back_by: str | None = None


def trace_of(texts: Sequence[str]) -> Trace:
    """The trace that TLC printed, a text for each step; ValueError if one of them is not one."""
    steps: list[Step] = []
    for text in texts:
        head = _head(text)
        if "Back to state" in head[0]:
            number, action = int(head["number"]), head["action"]
            return Trace(steps=tuple(steps), back_to=number, back_by=action)
        if head["action"] == "Stuttering":
            return Trace(steps=tuple(steps), back_to=len(steps))
        steps.append(_step(head, text.partition("\n")[2]))
    return Trace(steps=tuple(steps))


def texts_of(text: str) -> tuple[str | None, Mapping[str, str]]:
    """A step as TLC printed it: its action, None for the initial state, and each variable's text."""
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
