"""The simulator: its runs violate no invariant, and draw every rule."""

import pytest

from stateful_tests.core_system import CoreSystem
from stateful_tests.replay import run_with_transcript, shrink
from stateful_tests.rules import RULES
from stateful_tests.simulator import LONG, hunt, seeded_run
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import SystemFactory


@pytest.mark.slow
@pytest.mark.parametrize(("build", "seeds"), [(CoreSystem, 250), (StackSystem, 60)])
def test_no_run_fails(build: SystemFactory, seeds: int) -> None:
    """Long random runs of three to seven members; a failure is shown with its transcript."""
    failure = hunt(range(seeds), build)
    if failure is not None:
        shortest = shrink(failure, build)
        pytest.fail(run_with_transcript(shortest.plan, shortest.calls, build))


@pytest.mark.slow
def test_every_rule_is_drawn() -> None:
    """A rule that is never drawn would be tested by the short runs of Hypothesis only."""
    drawn = set()
    for seed in range(20):
        with seeded_run(seed, CoreSystem) as (runner, profile):
            for _ in range(LONG):
                runner.perform(*profile.draw())
            drawn |= {call.rule for call in runner.calls}
    assert drawn == {*RULES} - {"settle"}
