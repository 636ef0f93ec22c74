"""The core follows the counterexamples of red models of ``Election`` only up to the broken rule."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from spec import check, models, tlc, tools
from spec.comparison.instance import NO_MEMBER, Instance, members
from stateful_tests.core import REAL
from stateful_tests.exact.counterexamples import parting
from stateful_tests.mutants.core_bugs import MUTANTS
from stateful_tests.mutants.loader import load

bounds = partial(Instance, states=0, transitions=0)

PARTINGS: dict[str, tuple[Callable[..., Instance], str | None]] = {
    # The core's own promise backs its candidacy for no longer than it lasts.
    "lease-outlives-promise": (bounds, "2 of 9: Campaign"),
    "patient-and-wrong": (partial(bounds, patient=members("3")), "2 of 9: Campaign"),
    # A member that has lost its record will start above all terms that there were.
    "forgotten-vote": (
        partial(bounds, recorded=NO_MEMBER, crashing=members("123")),
        "6 of 11: Crash",
    ),
    "untimed-forgotten-vote": (
        partial(bounds, highest_term=1, timed=False, recorded=NO_MEMBER, crashing=members("123")),
        "7 of 11: Crash",
    ),
    # A leader whose lease stands goes above a higher term instead.
    "deposed-by-a-term": (partial(bounds, pre_vote=True), "13 of 13: UpdateTerm"),
    # No rule is broken, only an assumption of the user: that the end of a connection proves a death.
    "wrongly-trusted": (partial(bounds, trusts=True, breaks=True), None),
}
"""For each model its bounds, and the first step that the core cannot take."""

[STEPS_DOWN] = (each for each in MUTANTS if each.name == "higher_term_deposes_a_live_leader")


def counterexample(name: str) -> tuple[str, ...]:
    """The states that TLC prints for a red model."""
    run = check.run_of(models.load()[name])
    return asyncio.run(tlc.check(run, tools.find())).steps


@pytest.mark.slow
@pytest.mark.parametrize("name", PARTINGS)
def test_the_core_cannot_take_the_step_that_breaks_a_rule(name: str) -> None:
    """It can take every step before; all steps only if an assumption is broken and no rule."""
    instance, expected = PARTINGS[name]
    assert parting(instance(name=name), counterexample(name)) == expected


@pytest.mark.slow
def test_a_core_with_the_broken_rule_takes_every_step() -> None:
    """So it is this rule that prevents the step in the real core."""
    name = "deposed-by-a-term"
    instance, steps = PARTINGS[name][0](name=name), counterexample(name)
    assert parting(instance, steps, load(STEPS_DOWN)) is None
    assert parting(instance, steps, REAL) is not None


@pytest.mark.slow
def test_a_counterexample_with_another_initial_state_is_refused() -> None:
    """The bounds given are not those of the model."""
    steps = counterexample("wrongly-trusted")
    with pytest.raises(ValueError, match="another initial state"):
        parting(bounds(name="wrong"), steps[1:])
