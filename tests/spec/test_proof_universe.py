"""A universe of a few values, in which quantifiers are spelled out."""

import pytest
import z3  # type: ignore[import-untyped]

from spec.proof.language import NOBODY, Expression, Member, Term, for_all, for_some, negated
from spec.proof.solver import SolverAnswer, ask
from spec.proof.state import BEFORE
from spec.proof.universe import Universe

SMALL = Universe(2)
s = BEFORE


def has_quantifier(formula: Expression) -> bool:
    return z3.is_quantifier(formula) or any(map(has_quantifier, formula.children()))


def test_a_grounded_formula_has_no_quantifier_and_says_the_same_of_the_values() -> None:
    """A claim about all values is about each of them, a claim about some is about one of them."""
    nobody_leads = for_all([Member], lambda m: s.leader(m) == NOBODY)
    a_member_won = for_some([Term, Member], lambda t, m: s.won(t, m))
    grounded = SMALL.grounded(z3.And(nobody_leads, a_member_won))
    assert not has_quantifier(grounded)
    setting = [*SMALL.closed(()), grounded]
    assert ask(setting) is SolverAnswer.POSSIBLE
    assert ask([*setting, negated(s.leader(NOBODY) == NOBODY)]) is SolverAnswer.IMPOSSIBLE


@pytest.mark.parametrize("size", [2, 3])
def test_a_universe_has_as_many_members_as_it_is_large(size: int) -> None:
    """All different, and nobody besides; a member that is followed is one of them."""
    universe = Universe(size)
    followed = [s.leader(z3.Const(f"m{number}", Member)) for number in range(size + 2)]
    inside = [universe.refuted(for_all([Member], lambda m, one=one: m != one)) for one in followed]
    assert (
        ask([*universe.closed(()), *inside, z3.Distinct(*followed[:-1])]) is SolverAnswer.POSSIBLE
    )
    assert ask([*universe.closed(()), *inside, z3.Distinct(*followed)]) is SolverAnswer.IMPOSSIBLE


def test_a_claim_is_refuted_only_by_values_of_the_universe() -> None:
    """Not by a term beyond the last."""
    beyond = for_all([Term], lambda t: t <= 3)
    assert ask([SMALL.refuted(beyond)]) is SolverAnswer.IMPOSSIBLE
    assert ask([SMALL.refuted(for_all([Term], lambda t: t <= 2))]) is SolverAnswer.POSSIBLE
