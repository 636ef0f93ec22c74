"""What an action is: parameters, guards, and the state after.

Knows no particular action. Guards that safety needs are kept apart from guards that only narrow what
may happen. The proof does not use the second kind, so it covers more behaviours than Election.tla has;
the comparison with TLC uses both kinds, because it must find exactly Election.tla's steps.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import z3  # type: ignore[import-untyped]

from spec.proof.language import Expression, Sort
from spec.proof.state import BEFORE, MESSAGES, SymbolicState

# The guard that excludes NOBODY as the actor; in other actions, being up excludes it.
IS_A_MEMBER = "is a member"

Guards = Mapping[str, Expression]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedStep:
    """The guards of a step, and the state after it."""

    needs: Guards = field(default_factory=dict)
    narrows: Guards = field(default_factory=dict)
    after: SymbolicState


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMessage:
    """The fields of a message, and whether it exists; a field that its kind lacks is None."""

    is_there: Expression
    sender: Expression = None
    recipient: Expression = None
    term: Expression = None
    sent: Expression = None
    stamp: Expression = None
    resigned: Expression = None
    successor: Expression = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCase:
    """An action of Election.tla, or one case of it, from the state BEFORE.

    `received` is the kind of message that it receives; its fields are then the first parameters.
    """

    name: str
    case: str
    received: str | None
    parameters: tuple[Expression, ...]
    actor: Expression
    step: GuardedStep

    @property
    def label(self) -> str:
        """The name, with the case if there are several."""
        return f"{self.name}, {self.case}" if self.case else self.name


def action(
    name: str, case: str = "", *, receives: str | None = None, **sorts: Sort
) -> Callable[[Callable[..., GuardedStep]], ActionCase]:
    """Makes an action of a function of the state, of the received message if any, and of parameters.

    The fields of a message are the same constants in all actions that receive its kind.
    """
    free = {parameter: z3.Const(parameter, sort) for parameter, sort in sorts.items()}
    fields = _fields(receives) if receives else {}
    actor = fields.get("recipient", next(iter(free.values()), None))
    message = [ReceivedMessage(is_there=_is_there(receives, fields), **fields)] if receives else []

    def make(builder: Callable[..., GuardedStep]) -> ActionCase:
        return ActionCase(
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
