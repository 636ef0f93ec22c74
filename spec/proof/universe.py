"""A universe of a few values, in which a formula with quantifiers becomes one without.

Knows the sorts and the state, no action and no claim. A counterexample is a state of a few members with
messages and votes of a few terms and instants, and no others; claims about rows that do not exist are
true. So a counterexample here is a real one. The solver's own search among infinite models often ends
without an answer.
"""

from collections.abc import Iterator, Sequence
from itertools import product

import z3  # type: ignore[import-untyped]

from spec.proof.language import NOBODY, Expression, Instant, Member, Quorum, Sort, Term
from spec.proof.state import BEFORE, lease_length, promise_length

_QUORUMS = tuple(z3.Const(name, Quorum) for name in ("p", "q"))
# A step reaches one term above what the state before has, and one instant later.
_TERMS = tuple(z3.IntVal(term) for term in range(4))
_INSTANTS = tuple(z3.RealVal(instant) for instant in (0, 1))


class Universe:
    """`size` members and nobody, two quorums, four terms, two instants."""

    def __init__(self, size: int) -> None:
        members = (z3.Const(f"member{number}", Member) for number in range(size))
        self._members = (*members, NOBODY)
        self._values = {
            Member: self._members,
            Quorum: _QUORUMS,
            Term: _TERMS,
            Instant: _INSTANTS,
        }
        self._values_before = {**self._values, Term: _TERMS[:-1]}

    def grounded(self, formula: Expression) -> Expression:
        """The formula with every quantifier spelled out over the universe."""
        if not _is_quantified(formula):
            return formula
        if z3.is_quantifier(formula):
            choices = product(*(self._values[sort] for sort in _sorts(formula)))
            instances = [self.grounded(_instance(formula, values)) for values in choices]
            return z3.And(instances) if formula.is_forall() else z3.Or(instances)
        return formula.decl()(*(self.grounded(child) for child in formula.children()))

    def refuted(self, claim: Expression) -> Expression:
        """That the claim is false of some values of the universe."""
        if not z3.is_quantifier(claim):
            return self.grounded(z3.Not(claim))
        values = [z3.FreshConst(sort, "witness") for sort in _sorts(claim)]
        inside = (_is_one_of(value, self._values[value.sort()]) for value in values)
        return z3.And(*inside, self.grounded(z3.Not(_instance(claim, values))))

    def closed(self, parameters: Sequence[Expression]) -> Iterator[Expression]:
        """That the values differ, and that the state and the parameters have no other values."""
        yield z3.Distinct(*self._members)
        yield z3.Distinct(*_QUORUMS)
        yield _is_one_of(BEFORE.now, _INSTANTS)
        yield from (self._is_closed(m) for m in self._members)
        yield from (_is_one_of(value, self._values_before[value.sort()]) for value in parameters)

    def _is_closed(self, m: Expression) -> Expression:
        s = BEFORE
        terms = (s.term(m), s.stamp(m), s.rival(m), s.retired(m))
        return z3.And(
            *(_is_one_of(member, self._members) for member in (s.leader(m), s.promised_to(m))),
            *(_is_one_of(term, self._values_before[Term]) for term in terms),
            _is_one_of(s.held_by(m), _QUORUMS),
            promise_length(m) >= 0,
            lease_length(m) >= 0,
        )


def _is_one_of(value: Expression, values: Sequence[Expression]) -> Expression:
    return z3.Or([value == candidate for candidate in values])


def _sorts(formula: Expression) -> list[Sort]:
    return [formula.var_sort(index) for index in range(formula.num_vars())]


def _instance(formula: Expression, values: Sequence[Expression]) -> Expression:
    # The solver counts variables from the innermost.
    return z3.substitute_vars(formula.body(), *reversed(values))


def _is_quantified(formula: Expression) -> bool:
    return z3.is_quantifier(formula) or any(map(_is_quantified, formula.children()))
