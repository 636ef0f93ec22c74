"""Runs that once broke a claim: they break it again with their bug in place, and no more without."""

from pathlib import Path

import pytest

from stateful_tests.core_system import CoreSystem
from stateful_tests.mutants.loader import begins
from stateful_tests.mutants.table import ALL
from stateful_tests.plan import simple_plan
from stateful_tests.regressions import KEPT_RUNS
from stateful_tests.replay import find_failure
from stateful_tests.run_text import read, written
from stateful_tests.simulator import run
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import SystemFactory

BUGS = {mutant.name: mutant for mutant in ALL}


@pytest.mark.slow
@pytest.mark.parametrize("name", KEPT_RUNS)
@pytest.mark.parametrize("begin", [CoreSystem, StackSystem])
def test_the_run_breaks_no_claim_any_more(name: str, begin: SystemFactory) -> None:
    """Neither of the core nor of the whole stack."""
    assert find_failure(KEPT_RUNS[name].plan, KEPT_RUNS[name].calls, begin) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", KEPT_RUNS)
def test_with_its_bug_it_fails_again(name: str) -> None:
    """In its very last call: a story that has become longer than it has to be is told anew."""
    story = KEPT_RUNS[name]
    failure = find_failure(story.plan, story.calls, begins(BUGS[name]))
    assert failure is not None
    assert failure.calls == story.calls


def test_a_story_begins_with_words() -> None:
    """Whoever reads it learns what went wrong before the calls begin."""
    for file in Path(__file__).parent.glob("regressions/*.txt"):
        assert not file.read_text().startswith("RunPlan(")


@pytest.mark.slow
def test_what_a_failure_prints_is_read_as_the_same_run() -> None:
    """With all that members did in between, and what was wrong in the end."""
    failure = run(5, begins(BUGS["half_is_a_quorum"]))
    assert failure is not None
    printed = f"{written(failure.plan, failure.calls)}InvariantViolated: a claim: does not hold\n"
    assert read(printed) == (failure.plan, failure.calls)


def test_a_text_without_a_plan_is_refused() -> None:
    """It is no run."""
    with pytest.raises(ValueError, match="a line that begins with"):
        read("deliver(0)\n")


def test_nothing_in_a_text_is_executed() -> None:
    """An argument is a value, not an expression."""
    with pytest.raises(ValueError, match="malformed"):
        read(f"{simple_plan()}\ndeliver(abc)\n")
