"""The hunter on the real core, and whether what it catches can be told, replayed and shortened."""

from contextlib import closing
from dataclasses import dataclass

import pytest

from stateful_tests.core_system import CoreSystem
from stateful_tests.liveness import LivenessFailed
from stateful_tests.mutants.loader import begins
from stateful_tests.mutants.table import ALL
from stateful_tests.plan import simple_plan
from stateful_tests.replay import failed_check, failure_transcript, find_failure, replay, shrink
from stateful_tests.rules import RuleRunner
from stateful_tests.run_text import read
from stateful_tests.simulator import Failure, hunt
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import SystemFactory

CORE_BUG, STACK_BUG = "half_is_a_quorum", "goes_on_after_a_record_that_failed"


@pytest.mark.slow
@pytest.mark.parametrize(("begin", "seeds"), [(CoreSystem, 250), (StackSystem, 60)])
def test_no_run_breaks_a_claim(begin: SystemFactory, seeds: int) -> None:
    """Long random histories of three to seven members keep every claim; a failure tells its story."""
    failure = hunt(range(seeds), begin)
    assert failure is None, failure_transcript(shrink(failure, begin), begin)


@dataclass(frozen=True)
class Caught:
    """A failing run of a system with a bug."""

    failure: Failure
    buggy: SystemFactory
    real: SystemFactory


@pytest.fixture(scope="module", params=[(CORE_BUG, CoreSystem), (STACK_BUG, StackSystem)])
def caught(request: pytest.FixtureRequest) -> Caught:
    """One of the core, one of the whole stack."""
    name, real = request.param
    buggy = begins(next(mutant for mutant in ALL if mutant.name == name))
    failure = hunt(range(100), buggy)
    assert failure is not None
    return Caught(failure, buggy, real)


@pytest.mark.slow
def test_a_failure_becomes_a_list_that_fails_again(caught: Caught) -> None:
    """RunPlan and calls are all there is to a run: they fail again at the same call, in the same way."""
    failure = caught.failure
    again = find_failure(failure.plan, failure.calls, caught.buggy)
    assert again is not None
    assert (again.calls, str(again.error)) == (failure.calls, str(failure.error))


@pytest.mark.slow
def test_a_failure_is_cut_down_to_the_calls_that_matter(caught: Caught) -> None:
    """Without any one of the calls that are left, the run does not fail in this way any more."""
    shortest = shrink(caught.failure, caught.buggy)
    for left_out in range(len(shortest.calls)):
        calls = (*shortest.calls[:left_out], *shortest.calls[left_out + 1 :])
        failure = find_failure(shortest.plan, calls, caught.buggy)
        assert failure is None or failed_check(failure.error) != failed_check(caught.failure.error)


@pytest.mark.slow
def test_a_story_has_every_call_and_the_reason(caught: Caught) -> None:
    """Whoever reads the story sees what was done, in order, and which claim it broke."""
    shortest = shrink(caught.failure, caught.buggy)
    story = failure_transcript(shortest, caught.buggy)
    told = [line for line in story.splitlines()[1:-1] if not line.startswith(" ")]
    assert [line.split(":")[0] for line in told] == [str(call) for call in shortest.calls]
    assert story.endswith(str(shortest.error))
    assert read(story) == (shortest.plan, shortest.calls)


@pytest.mark.slow
def test_the_real_thing_survives_the_same_calls(caught: Caught) -> None:
    """It is the bug that fails, not the list."""
    replay(caught.failure.plan, caught.failure.calls, caught.real)


@pytest.mark.parametrize("begin", [CoreSystem, StackSystem])
def test_members_left_in_peace_elect_a_leader(begin: SystemFactory) -> None:
    """Three members, no fault: one acts within the time allowed, all know it, and it stays."""
    plan = simple_plan()
    with closing(RuleRunner(plan, begin(plan))) as cluster:
        cluster.perform("settle", "abc")
        assert len(cluster.system.acting()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("begin", [CoreSystem, StackSystem])
def test_a_minority_gets_no_leader(begin: SystemFactory) -> None:
    """Two members of five, cut off from the others, are no quorum: that is noticed."""
    plan = simple_plan(5)
    with closing(RuleRunner(plan, begin(plan))) as cluster:
        for away in "cde":
            cluster.perform("isolate", away)
            cluster.perform("pause", away)
        with pytest.raises(LivenessFailed, match="EventuallyALeader"):
            cluster.perform("settle", "ab")
