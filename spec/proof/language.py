"""The language of actions and claims: sorts, functions, relations, and how they change.

Knows logic and no protocol. A state consists of functions and relations; in the state after a step,
some of them are replaced by terms over the state before. A claim about the state after is therefore a
claim about the state before, so no primed symbols and no frame axioms are needed.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import z3  # type: ignore[import-untyped]

# The solver has no types of its own.
Sort: TypeAlias = Any
Expression: TypeAlias = Any

Member: Sort = z3.DeclareSort("Member")
Quorum: Sort = z3.DeclareSort("Quorum")
Term: Sort = z3.IntSort()
Instant: Sort = z3.RealSort()
Truth: Sort = z3.BoolSort()
Role, _ROLES = z3.EnumSort(
    "Role", ("down", "follower", "precandidate", "candidate", "leader", "renewing")
)
DOWN, FOLLOWER, PRECANDIDATE, CANDIDATE, LEADER, RENEWING = _ROLES

# "Nobody" is a value of the sort of members that never takes part: a member that is always down.
NOBODY: Expression = z3.Const("nobody", Member)

all_of, any_of, negated, implies, either = z3.And, z3.Or, z3.Not, z3.Implies, z3.If


def for_all(
    sorts: Sequence[Sort],
    claim: Callable[..., Expression],
    at_sight_of: Callable[..., Sequence[Expression]] | None = None,
) -> Expression:
    """The claim about all values of the sorts.

    `at_sight_of` gives the terms at which the solver uses the claim, for claims where its own choice
    is slow. This changes how soon a proof is found, not what is proved.
    """
    variables = _variables(sorts)
    hints = [z3.MultiPattern(*at_sight_of(*variables))] if at_sight_of else []
    return z3.ForAll(variables, claim(*variables), patterns=hints)


def for_some(sorts: Sequence[Sort], claim: Callable[..., Expression]) -> Expression:
    """That there are values of the sorts for which the claim is true."""
    variables = _variables(sorts)
    return z3.Exists(variables, claim(*variables))


def highest(first: Expression, second: Expression) -> Expression:
    """The higher of two terms, or the later of two instants."""
    return either(first >= second, first, second)


class StateFunction:
    """A function of the state: a symbol of the solver, or such a symbol changed at some places."""

    def __init__(self, symbol: Expression, value: Callable[..., Expression] | None = None) -> None:
        self.symbol = symbol
        self._value = value or symbol

    def __call__(self, *arguments: Expression) -> Expression:
        """The value for these arguments."""
        return self._value(*arguments)

    def put(
        self, *place: Expression, to: Expression | Callable[..., Expression]
    ) -> "StateFunction":
        """The function with another value wherever its first arguments are those of the place."""

        def value(*arguments: Expression) -> Expression:
            here = all_of(*(a == p for a, p in zip(arguments, place, strict=False)))
            new = to(*arguments[len(place) :]) if callable(to) else to
            return either(here, new, self(*arguments))

        return StateFunction(self.symbol, value)

    def mapped(self, change: Callable[..., Expression]) -> "StateFunction":
        """The function of one argument with every value changed; `change` gets argument and value."""
        return StateFunction(self.symbol, lambda argument: change(argument, self(argument)))


class _Everyone:
    """Stands for the recipient of a message to every member but its sender."""


EVERYONE_ELSE = _Everyone()
RowOfTerms: TypeAlias = tuple[Expression, ...]


class Relation:
    """A relation of the state to which rows are added and never removed."""

    def __init__(self, symbol: Expression, added: tuple[RowOfTerms, ...] = ()) -> None:
        self.symbol = symbol
        self.added = added

    def __call__(self, *arguments: Expression) -> Expression:
        """Whether the row is in the relation."""
        was_there = self.symbol(*arguments)
        added = [_matches(row, arguments) for row in self.added]
        return any_of(was_there, *added) if added else was_there

    def adding(self, *row: Expression) -> "Relation":
        """The relation with one more row; with EVERYONE_ELSE in it, one for all members but the first."""
        return Relation(self.symbol, (*self.added, row))

    def always(self, claim: Callable[..., Expression]) -> Expression:
        """The claim about every row of the relation."""
        sorts = [self.symbol.domain(column) for column in range(self.symbol.arity())]
        return for_all(sorts, lambda *row: implies(self(*row), claim(*row)))


def _matches(row: RowOfTerms, arguments: RowOfTerms) -> Expression:
    return all_of(
        *(
            argument != row[0] if field is EVERYONE_ELSE else argument == field
            for field, argument in zip(row, arguments, strict=True)
        )
    )


def _variables(sorts: Sequence[Sort]) -> list[Expression]:
    # A variable that had the name of an action's parameter would capture it, so they are fresh.
    return [z3.FreshConst(sort) for sort in sorts]
