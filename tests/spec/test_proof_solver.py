"""The solver's verdicts: only what is decided counts."""

import z3  # type: ignore[import-untyped]

from spec.proof.solver import SolverAnswer, ask

A, B, C = z3.Ints("a b c")


def test_what_can_be_is_told_from_what_cannot() -> None:
    """Either way with and without quantifiers."""
    assert ask([A > B, B > C]) is SolverAnswer.POSSIBLE
    assert ask([A > B, B > A]) is SolverAnswer.IMPOSSIBLE
    assert ask([z3.ForAll([A], A < B)]) is SolverAnswer.IMPOSSIBLE


def test_what_is_not_decided_in_time_is_unknown() -> None:
    """However often it is tried."""
    cubes = A * A * A + B * B * B == C * C * C
    assert ask([A > 0, B > 0, C > 0, cubes], limit=0.01) is SolverAnswer.UNKNOWN
