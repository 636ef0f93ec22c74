"""What has to be shown for the claims to hold in every state that can be reached.

Knows how an inductive proof is put together, and no part of this one. Each obligation is a list of
formulas that must be impossible together: its hypotheses, and that its goal is false.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from spec.proof.action import ActionCase
from spec.proof.claims import INVARIANT, PROPERTIES, Claim
from spec.proof.language import Expression, negated
from spec.proof.protocol import ACTIONS, AXIOMS, initial
from spec.proof.state import BEFORE


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """Something to be shown, by refuting its opposite."""

    part: str
    name: str
    opposite: tuple[Expression, ...]


def obligations() -> Iterator[Obligation]:
    """All of them: each conjunct at the start and after every action, then each property."""
    for name, claim in INVARIANT.items():
        yield _initiation(name, claim)
    for action in ACTIONS:
        for name, claim in INVARIANT.items():
            yield _consecution(action, name, claim)
    for name, claim in PROPERTIES.items():
        yield _consequence(name, claim)


def _initiation(name: str, claim: Claim) -> Obligation:
    return Obligation(
        part="initiation",
        name=name,
        opposite=(*AXIOMS.values(), initial(), negated(claim(BEFORE))),
    )


def _consecution(action: ActionCase, name: str, claim: Claim) -> Obligation:
    guards = action.step.needs.values()
    return Obligation(
        part=action.label,
        name=name,
        opposite=(*_assumed(), *guards, negated(claim(action.step.after))),
    )


def _consequence(name: str, claim: Claim) -> Obligation:
    return Obligation(part="consequence", name=name, opposite=(*_assumed(), negated(claim(BEFORE))))


@cache
def _assumed() -> tuple[Expression, ...]:
    return (*AXIOMS.values(), *(claim(BEFORE) for claim in INVARIANT.values()))
