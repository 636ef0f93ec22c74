"""What an action is: parameters, guards, and the state after.

Knows no particular action. The idea: the guards that safety rests on stand apart from those that
only narrow what may happen. The proof does without the second kind, so it covers more behaviours
than Election.tla has; the comparison with TLC needs both kinds, for it is to find exactly those.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import z3  # type: ignore[import-untyped]

from spec.proof.language import Expression, Sort
from spec.proof.state import BEFORE, MESSAGES, State

# The guard that keeps nobody from acting: every other action is one of members that are up.
IS_SOMEBODY = "is somebody"

Guards = Mapping[str, Expression]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """When something may happen, and what comes of it."""

    needs: Guards = field(default_factory=dict)
    narrows: Guards = field(default_factory=dict)
    after: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of some kind, and whether there is one; a field that its kind lacks is None."""

    is_there: Expression
    sender: Expression = None
    recipient: Expression = None
    term: Expression = None
    sent: Expression = None
    stamp: Expression = None
    resigned: Expression = None
    successor: Expression = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action of Election.tla, or one case of it, from the state BEFORE.

    `received` is the kind of message that it receives; its fields are then the first parameters.
    """

    name: str
    case: str
    received: str | None
    parameters: tuple[Expression, ...]
    actor: Expression
    step: Step

    @property
    def label(self) -> str:
        """The name, with the case where there are several."""
        return f"{self.name}, {self.case}" if self.case else self.name


def action(
    name: str, case: str = "", *, receives: str | None = None, **sorts: Sort
) -> Callable[[Callable[..., Step]], Action]:
    """Makes an action of a function of the state, the received message if any, and parameters.

    The fields of a message are the same constants in all actions that receive its kind.
    """
    free = {parameter: z3.Const(parameter, sort) for parameter, sort in sorts.items()}
    fields = _fields(receives) if receives else {}
    actor = fields.get("recipient", next(iter(free.values()), None))
    message = [Message(is_there=_is_there(receives, fields), **fields)] if receives else []

    def make(builder: Callable[..., Step]) -> Action:
        return Action(
            name=name,
            case=case,
            received=receives,
            actor=actor,
            parameters=(*fields.values(), *free.values()),
            step=builder(BEFORE, *message, **free),
        )

    return make


def _fields(kind: str) -> dict[str, Expression]:
    return {name: z3.Const(f"its_{name}", sort) for name, sort in MESSAGES[kind].items()}


def _is_there(kind: str, fields: Mapping[str, Expression]) -> Expression:
    return getattr(BEFORE, kind)(*fields.values())
