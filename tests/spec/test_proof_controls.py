"""The controls: there is one for everything that the proof needs, and each can fail."""

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from spec.proof.claims import INVARIANT
from spec.proof.controls import Control, Refuter, controls
from spec.proof.protocol import ACTIONS, AXIOMS
from spec.proof.solver import SolverAnswer

ALL = list(controls())
pytestmark = pytest.mark.slow


@cache
def refuter() -> Refuter:
    return Refuter()


def named(part: str, name: str) -> Control:
    """The control with the name."""
    [found] = [one for one in ALL if (one.part, one.name) == (part, name)]
    return found


def test_everything_that_the_proof_needs_has_a_control() -> None:
    """Each action, each guard that safety needs, each conjunct and each axiom."""
    expected = [("Init", "cannot be")]
    expected += [(action.label, "cannot happen") for action in ACTIONS]
    expected += [
        (action.label, f"does not need: {guard}")
        for action in ACTIONS
        for guard in action.step.needs
    ]
    expected += [("conjuncts", f"not needed: {name}") for name in INVARIANT]
    expected += [("axioms", f"not needed: {name}") for name in AXIOMS]
    assert Counter((one.part, one.name) for one in ALL) == Counter(expected)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("axioms", "not needed: two quorums share a member"),
        ("axioms", "not needed: a lease is no longer than its promise (A3)"),
        ("conjuncts", "not needed: promises_are_kept"),
        ("conjuncts", "not needed: one_leader_per_term"),
        ("HandleVoteRequest, granted", "does not need: its term is lower"),
        ("PeerDown", "does not need: the detector is accurate"),
        ("Renew, again", "cannot happen"),
    ],
)
def test_without_it_there_is_a_counterexample(part: str, name: str) -> None:
    """A few of them; `python -m spec prove` shows all."""
    assert refuter().ask(named(part, name)) is SolverAnswer.POSSIBLE


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("conjuncts", "not needed: one_leader_per_term"),
        ("axioms", "not needed: two quorums share a member"),
    ],
)
def test_with_nothing_missing_there_is_no_counterexample(part: str, name: str) -> None:
    """So the counterexamples come from what is missing, not from the small universe."""
    assert refuter().ask(replace(named(part, name), missing=None)) is SolverAnswer.IMPOSSIBLE
