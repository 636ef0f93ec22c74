"""The counterexamples of the red models of ``Election``: the core parts from each at the broken rule."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from spec import check, models, tlc, tools
from stateful_tests.core import REAL
from stateful_tests.exact.counterexamples import parting
from stateful_tests.exact.instances import Instance
from stateful_tests.mutants.loader import load
from stateful_tests.mutants.table import MUTANTS

bounds = partial(Instance, shows="", size=3, states=0, transitions=0)

PARTINGS: dict[str, tuple[Callable[..., Instance], str | None]] = {
    # The core's own promise backs its candidacy for no longer than it lasts.
    "lease-outlives-promise": (partial(bounds, terms=2), "2 of 9: Campaign"),
    "patient-and-wrong": (partial(bounds, terms=2, patient=1), "2 of 9: Campaign"),
    # A member that has lost its record will start above all terms that there were.
    "forgotten-vote": (partial(bounds, terms=2, recorded=False, crashing=3), "6 of 11: Crash"),
    "untimed-forgotten-vote": (
        partial(bounds, terms=1, timed=False, recorded=False, crashing=3),
        "7 of 11: Crash",
    ),
    # A leader whose lease stands goes above a higher term instead.
    "deposed-by-a-term": (partial(bounds, terms=2, pre_vote=True), "13 of 13: UpdateTerm"),
    # No rule is broken here but what the user vouches for: that the end of a connection proves a death.
    "wrongly-trusted": (partial(bounds, terms=2, trusts=True, breaks=True), None),
}
"""For each the bounds of the model, and the first step that the core does not take."""

[STEPS_DOWN] = (each for each in MUTANTS if each.name == "higher_term_deposes_a_live_leader")


def counterexample(name: str) -> tuple[str, ...]:
    """The states that TLC prints for a red model."""
    run = check.run_of(models.load()[name], workers=1, limit=None)
    return asyncio.run(tlc.check(run, tools.find())).steps


@pytest.mark.slow
@pytest.mark.parametrize("name", PARTINGS)
def test_the_core_parts_from_a_counterexample_where_the_rule_is_broken(name: str) -> None:
    """It goes along until then, and to the end only if an assumption is broken and no rule."""
    instance, expected = PARTINGS[name]
    assert parting(instance(name=name), counterexample(name)) == expected


@pytest.mark.slow
def test_a_core_with_the_broken_rule_goes_along_to_the_end() -> None:
    """So it is the rule that keeps the core from it."""
    name = "deposed-by-a-term"
    instance, steps = PARTINGS[name][0](name=name), counterexample(name)
    assert parting(instance, steps, load(STEPS_DOWN)) is None
    assert parting(instance, steps, REAL) is not None


@pytest.mark.slow
def test_a_counterexample_that_begins_otherwise_is_refused() -> None:
    """The bounds given are not those of the model."""
    steps = counterexample("wrongly-trusted")
    with pytest.raises(ValueError, match="begins otherwise"):
        parting(bounds(name="wrong", terms=2), steps[1:])
