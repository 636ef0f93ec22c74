"""What can happen next in an instance, according to the very actions that the proof is about.

Knows how an action is put together, and none in particular. The idea: its guards and its state after
are terms of the solver; as Python they say which steps there are from a given state, and where to.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

import z3  # type: ignore[import-untyped]

from spec.proof.action import Action
from spec.proof.concrete import Concrete, Row, beginning, settled
from spec.proof.instance import Instance
from spec.proof.language import EVERYONE_ELSE, Function, Relation
from spec.proof.protocol import ACTIONS
from spec.proof.python import domain_of, text_of, tuple_text
from spec.proof.state import BEFORE, MESSAGES

# An action, and the state to which it leads.
Taken: TypeAlias = tuple[Action, Concrete]


class Explorer:
    """An instance with these actions."""

    def __init__(self, instance: Instance, actions: Sequence[Action] = ACTIONS) -> None:
        self._lengths = instance.lengths
        self._first = beginning(instance.size)
        self._moves = [_Move.of(action, instance.symbols()) for action in actions]

    def first(self) -> Concrete:
        """Init."""
        return self._first

    def steps(self, state: Concrete) -> Iterator[Taken]:
        """Every step from the state, some of them more than once."""
        for move in self._moves:
            for arguments in move.choices(state):
                if move.happens(*state, *arguments):
                    after, sent, now = move.after(*state, *arguments)
                    target = settled(Concrete._make(after), sent, now, self._lengths)
                    yield move.action, target


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """An action that computes."""

    action: Action
    domains: tuple[Sequence[Any], ...]
    happens: Any
    after: Any

    @classmethod
    def of(cls, action: Action, symbols: Mapping[str, Any]) -> "_Move":
        head = ", ".join([*Concrete._fields, *map(str, action.parameters)])
        guards = z3.And(*action.step.needs.values(), *action.step.narrows.values())
        own = action.parameters[len(MESSAGES[action.received]) if action.received else 0 :]
        return cls(
            action=action,
            domains=tuple(symbols[domain_of(parameter.sort())] for parameter in own),
            happens=_function(head, text_of(guards), symbols),
            after=_function(head, _text_after(action), symbols),
        )

    def choices(self, state: Concrete) -> Iterator[Row]:
        """The arguments worth a try: a message there is, and whatever else there may be."""
        own = product(*self.domains)
        if self.action.received is None:
            return own
        rows = getattr(state, self.action.received)
        return (row + others for row, others in product(rows, own))


def _function(head: str, body: str, symbols: Mapping[str, Any]) -> Any:
    return eval(f"lambda {head}: {body}", dict(symbols))


def _text_after(action: Action) -> str:
    """The variables after the step; the messages it sends, by kind; and what time it is."""
    after = action.step.after
    values = [_text_of_variable(getattr(after, name), name) for name in Concrete._fields]
    sent = [f"{kind!r}: {_text_of_rows(getattr(after, kind))}" for kind in MESSAGES]
    return f"({tuple_text(values)}, {{{', '.join(sent)}}}, {text_of(after.now)})"


def _text_of_variable(variable: Function | Relation, name: str) -> str:
    if variable is getattr(BEFORE, name) or name in MESSAGES:
        return name
    if isinstance(variable, Relation):
        return f"{name} | {_text_of_rows(variable)}"
    places = [
        z3.Const(f"place{index}", variable.symbol.domain(index))
        for index in range(variable.symbol.arity())
    ]
    text = text_of(variable(*places))
    for place in reversed(places):
        text = f"tuple({text} for {place} in {domain_of(place.sort())})"
    return text


def _text_of_rows(relation: Relation) -> str:
    """The rows that the step adds."""
    return " | ".join(["frozenset()", *(_text_of_row(row) for row in relation.added)])


def _text_of_row(row: Sequence[Any]) -> str:
    fields = ["other" if field is EVERYONE_ELSE else text_of(field) for field in row]
    to_others = f" for other in every_member if other != {fields[0]}"
    return f"{{{tuple_text(fields)}{to_others if 'other' in fields else ''}}}"
