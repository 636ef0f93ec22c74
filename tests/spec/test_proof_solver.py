"""The solver's verdicts: only what is decided counts."""

import z3  # type: ignore[import-untyped]

from spec.proof.solver import SolverAnswer, ask

A, B, C = z3.Ints("a b c")


def test_possible_and_impossible_hypotheses_are_told_apart() -> None:
    """With and without quantifiers."""
    assert ask([A > B, B > C]) is SolverAnswer.POSSIBLE
    assert ask([A > B, B > A]) is SolverAnswer.IMPOSSIBLE
    assert ask([z3.ForAll([A], A < B)]) is SolverAnswer.IMPOSSIBLE


def test_hypotheses_that_are_not_decided_in_time_are_unknown() -> None:
    """Although several ways are tried."""
    cubes = A * A * A + B * B * B == C * C * C
    assert ask([A > 0, B > 0, C > 0, cubes], limit=0.01) is SolverAnswer.UNKNOWN
