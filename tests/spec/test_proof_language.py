"""Functions and relations of a state, and how they change."""

import z3  # type: ignore[import-untyped]

from spec.proof.language import (
    EVERYONE_ELSE,
    Expression,
    Member,
    Relation,
    StateFunction,
    Truth,
    highest,
    implies,
)
from spec.proof.solver import SolverAnswer, ask

M, N, X, Y = z3.Consts("m n x y", Member)
term = StateFunction(z3.Function("term", Member, z3.IntSort()))
backing = StateFunction(z3.Function("backing", Member, Member, z3.IntSort()))
met = Relation(z3.Function("met", Member, Member, Truth))


def always(claim: Expression) -> bool:
    """Whether the claim cannot be false."""
    return ask([z3.Not(claim)]) is SolverAnswer.IMPOSSIBLE


def test_a_function_changes_where_it_is_put_and_nowhere_else() -> None:
    """Of two changes at one place the later one counts."""
    changed = term.put(M, to=1).put(M, to=2)
    assert always(changed(M) == 2)
    assert always(implies(X != M, changed(X) == term(X)))
    assert not always(changed(X) == term(X))


def test_a_row_of_a_function_changes_as_a_whole() -> None:
    """To one value, or to a value for each place; a single place may be changed again."""
    cleared = backing.put(M, to=0)
    assert always(cleared(M, X) == 0)
    assert always(cleared.put(M, N, to=7)(M, N) == 7)
    copied = backing.put(M, to=lambda v: backing(N, v))
    assert always(copied(M, X) == backing(N, X))


def test_a_function_is_mapped_everywhere() -> None:
    """The change depends on the place and the value."""
    raised = term.mapped(lambda m, value: highest(value, 3))
    assert always(raised(X) >= 3)
    assert always(implies(term(X) > 3, raised(X) == term(X)))


def test_a_relation_grows_by_rows() -> None:
    """No row is removed, and no other row is added."""
    grown = met.adding(M, N)
    assert always(grown(M, N))
    assert always(implies(met(X, Y), grown(X, Y)))
    assert always(implies(z3.And(grown(X, Y), z3.Not(met(X, Y))), z3.And(X == M, Y == N)))


def test_everyone_else_is_everyone_but_the_first() -> None:
    """A member that sends to everyone else does not send to itself."""
    grown = met.adding(M, EVERYONE_ELSE)
    assert always(implies(X != M, grown(M, X)))
    assert always(implies(z3.Not(met(M, M)), z3.Not(grown(M, M))))


def test_always_is_a_claim_about_every_row() -> None:
    """And about nothing else."""
    reflexive = met.always(lambda m, n: m == n)
    assert always(implies(z3.And(reflexive, met(M, N)), M == N))
    assert always(met.always(lambda m, n: met(m, n)))
    assert not always(implies(reflexive, met(M, M)))
