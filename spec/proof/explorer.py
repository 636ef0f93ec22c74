"""What can happen next in an instance, according to the very actions that the proof is about.

Knows how an action is put together, and none in particular. An action's guards and its state after are
terms of the solver; as Python they say which steps there are from a given state, and where they lead.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product
from typing import Any

import z3  # type: ignore[import-untyped]

from spec.comparison.instance import Instance
from spec.comparison.spec_states import SpecState, initial_state
from spec.proof.action import ActionCase
from spec.proof.language import EVERYONE_ELSE, Relation, StateFunction
from spec.proof.protocol import ACTIONS
from spec.proof.python import domain_of, text_of, tuple_text
from spec.proof.state import BEFORE, MESSAGES
from spec.proof.variables import FUNCTIONS, Row, Values, Variables


class ProofExplorer:
    """The graph of an instance by these actions; its states are the specification's."""

    def __init__(self, instance: Instance, actions: Sequence[ActionCase] = ACTIONS) -> None:
        self._instance = instance
        self._variables = Variables(instance)
        symbols = symbols_of(instance)
        self._computed = [_ComputedAction.of(action, symbols) for action in actions]
        self.taken = set[str]()
        """The labels of the actions, with their cases, that were possible in some state so far."""

    def first(self) -> SpecState:
        """Init."""
        return initial_state(self._instance.members)

    def steps(self, state: SpecState) -> Iterator[tuple[str, SpecState]]:
        """Every step from the state, some of them more than once."""
        values = self._variables.values(state)
        for computed in self._computed:
            for after in computed.outcomes(values):
                self.taken.add(computed.action.label)
                yield computed.action.name, self._variables.state_after(state, after)

    def to_spec(self, state: SpecState) -> SpecState:
        """The state itself."""
        return state

    def described(self, state: SpecState) -> str:
        """A state has no more than the specification's variables."""
        return str(state)


def symbols_of(instance: Instance) -> dict[str, Any]:
    """The values of each sort, by the name that a loop over them has, and those of the constants.

    Every set of members is a value of the sort of quorums; `is_quorum` tells which of them are one.
    """
    names, terms = instance.members, range(instance.highest_term + 1)
    subsets = chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))
    sets = list(map(frozenset, subsets))
    return {
        "every_member": (*names, None),
        "every_quorum": sets,
        "every_int": terms,
        "every_real": (1,),  # the next tick
        "now": 0,
        "nobody": None,
        "is_quorum": {(some,) for some in sets if 2 * len(some) > len(names)},
        "in_quorum": {(member, some) for some in sets for member in some},
        "promise_length": {None: 0, **{name: instance.promise_ticks(name) for name in names}},
        "lease_length": {None: 0, **{name: instance.lease_ticks(name) for name in names}},
        "in_terms": {(term,) for term in terms},
        "recorded": {(name,) for name in instance.recorded},
        "may_crash": {(name,) for name in instance.crashing},
        "may_resign": {(name,) for name in instance.resigning},
        "renew_in_place": instance.renew_in_place,
        "trust_disconnect": instance.trusts,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _ComputedAction:
    """An action whose guards and state after are functions of Python."""

    action: ActionCase
    domains: tuple[Sequence[Any], ...]
    happens: Any
    after: Any

    @classmethod
    def of(cls, action: ActionCase, symbols: Mapping[str, Any]) -> "_ComputedAction":
        head = ", ".join([*FUNCTIONS, *MESSAGES, "won", *map(str, action.parameters)])
        guards = z3.And(*action.step.needs.values(), *action.step.narrows.values())
        own = action.parameters[len(MESSAGES[action.received]) if action.received else 0 :]
        return cls(
            action=action,
            domains=tuple(symbols[domain_of(parameter.sort())] for parameter in own),
            happens=_function(head, text_of(guards), symbols),
            after=_function(head, _text_after(action), symbols),
        )

    def outcomes(self, values: Values) -> Iterator[Values]:
        """What comes of the action, for all arguments with which it is possible."""
        for arguments in self._choices(values):
            if self.happens(*values.values(), *arguments):
                yield self.after(*values.values(), *arguments)

    def _choices(self, values: Values) -> Iterator[Row]:
        """The arguments worth a try: a message that is there, and all values of the other sorts."""
        own = product(*self.domains)
        if self.action.received is None:
            return own
        return (row + others for row, others in product(values[self.action.received], own))


def _function(head: str, body: str, symbols: Mapping[str, Any]) -> Any:
    return eval(f"lambda {head}: {body}", dict(symbols))


def _text_after(action: ActionCase) -> str:
    """The variables after the step, what time it is then, and the messages that the step sends."""
    after = action.step.after
    texts = {name: _text_of_function(getattr(after, name), name) for name in FUNCTIONS}
    texts |= {kind: _text_of_rows(getattr(after, kind)) for kind in MESSAGES}
    texts |= {"won": f"won | {_text_of_rows(after.won)}", "now": text_of(after.now)}
    return "{" + ", ".join(f"{name!r}: {text}" for name, text in texts.items()) + "}"


def _text_of_function(function: StateFunction, name: str) -> str:
    if function is getattr(BEFORE, name):
        return name
    places = [
        z3.Const(f"place{index}", function.symbol.domain(index))
        for index in range(function.symbol.arity())
    ]
    text = text_of(function(*places))
    for place in reversed(places):
        text = f"{{{place}: {text} for {place} in {domain_of(place.sort())}}}"
    return text


def _text_of_rows(relation: Relation) -> str:
    """The rows that the step adds."""
    return " | ".join(["frozenset()", *(_text_of_row(row) for row in relation.added)])


def _text_of_row(row: Sequence[Any]) -> str:
    fields = ["other" if field is EVERYONE_ELSE else text_of(field) for field in row]
    to_others = f" for other in every_member if other != {fields[0]}"
    return f"{{{tuple_text(fields)}{to_others if 'other' in fields else ''}}}"
