"""Asks the solver whether hypotheses can all be true at once.

Knows nothing of what they say. It tries several ways, quick ones first; each of them is sound. What no
way decides within its time is UNKNOWN, and that is a failure, whatever was asked.
"""

from collections.abc import Sequence
from enum import StrEnum

import z3  # type: ignore[import-untyped]

from spec.proof.language import Expression

# Seconds for each way; a shared machine may be four times slower than the one they were set on.
LIMIT = 30.0
_SEEDS = 6


class SolverAnswer(StrEnum):
    """The solver's answer."""

    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"


def ask(hypotheses: Sequence[Expression], limit: float = LIMIT) -> SolverAnswer:
    """Whether all the hypotheses can be true at once; `limit` is in seconds for each way."""
    # Instantiating quantifiers with the terms in the formula decides almost everything in milliseconds,
    # or gives up as quickly. Some orders of the search find the proof and some do not, so try several.
    for seed in range(_SEEDS):
        answer = _ask(hypotheses, limit, auto_config=False, mbqi=False, random_seed=seed)
        if answer is not SolverAnswer.UNKNOWN:
            return answer
    return _ask(hypotheses, limit)


def _ask(hypotheses: Sequence[Expression], limit: float, **options: bool | int) -> SolverAnswer:
    solver = z3.Solver()
    solver.set(timeout=int(limit * 1000), **options)
    solver.add(*hypotheses)
    return answer_of(solver.check())


def answer_of(result: object) -> SolverAnswer:
    """The solver's own verdict as an answer."""
    if result == z3.sat:
        return SolverAnswer.POSSIBLE
    return SolverAnswer.IMPOSSIBLE if result == z3.unsat else SolverAnswer.UNKNOWN
