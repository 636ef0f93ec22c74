"""What has to be shown for the claims to hold in every state that can be reached.

Knows how an inductive proof is put together, and no part of this one. Each obligation is a list of
formulas that must be impossible together: its hypotheses, and that its goal is false.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from spec.proof.claims import INVARIANT, PROPERTIES
from spec.proof.language import Expression, negated
from spec.proof.protocol import ACTIONS, AXIOMS, initial
from spec.proof.state import BEFORE


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something to be shown, by refuting its opposite."""

    part: str
    name: str
    opposite: tuple[Expression, ...]


def obligations() -> Iterator[Obligation]:
    """All of them: each conjunct at the start and after every action, then each property."""
    axioms = tuple(AXIOMS.values())
    for name, claim in INVARIANT.items():
        yield Obligation("initiation", name, (*axioms, initial(), negated(claim(BEFORE))))
    assumed = (*axioms, *(claim(BEFORE) for claim in INVARIANT.values()))
    for action in ACTIONS:
        guards, after = action.step.needs.values(), action.step.after
        for name, claim in INVARIANT.items():
            yield Obligation(action.label, name, (*assumed, *guards, negated(claim(after))))
    for name, claim in PROPERTIES.items():
        yield Obligation("consequence", name, (*assumed, negated(claim(BEFORE))))
