"""The hunter on the real core, and whether what it catches can be told, replayed and shortened."""

from functools import partial

import pytest

from stateful_tests.cluster import Cluster
from stateful_tests.core_system import CoreSystem
from stateful_tests.mutants.loader import load
from stateful_tests.mutants.table import MUTANTS
from stateful_tests.plan import plain_plan
from stateful_tests.replay import failure_of, kind_of, replay, shrunk, story_of
from stateful_tests.simulator import Failure, hunt

SEEDS = range(250)
BUG = next(mutant for mutant in MUTANTS if mutant.name == "half_is_a_quorum")
BUGGY = partial(CoreSystem, core=load(BUG))


@pytest.mark.slow
def test_no_run_breaks_a_claim() -> None:
    """Long random histories of three to seven members keep every claim; a failure tells its story."""
    failure = hunt(SEEDS)
    assert failure is None, story_of(shrunk(failure))


@pytest.fixture(scope="module")
def caught() -> Failure:
    """A failing run of a core with a bug."""
    failure = hunt(range(100), BUGGY)
    assert failure is not None
    return failure


@pytest.mark.slow
def test_a_failure_becomes_a_list_that_fails_again(caught: Failure) -> None:
    """Plan and calls are all there is to a run: they fail again at the same call, in the same way."""
    again = failure_of(caught.plan, caught.calls, BUGGY)
    assert again is not None
    assert (again.calls, str(again.error)) == (caught.calls, str(caught.error))


@pytest.mark.slow
def test_a_failure_is_cut_down_to_the_calls_that_matter(caught: Failure) -> None:
    """Without any one of the calls that are left, the run does not fail in this way any more."""
    shortest = shrunk(caught, BUGGY)
    for left_out in range(len(shortest.calls)):
        calls = (*shortest.calls[:left_out], *shortest.calls[left_out + 1 :])
        failure = failure_of(shortest.plan, calls, BUGGY)
        assert failure is None or kind_of(failure.error) != kind_of(caught.error)


@pytest.mark.slow
def test_a_story_has_every_call_and_the_reason(caught: Failure) -> None:
    """Whoever reads the story sees what was done, in order, and which claim it broke."""
    shortest = shrunk(caught, BUGGY)
    story = story_of(shortest, BUGGY)
    told = [line for line in story.splitlines()[1:-1] if not line.startswith(" ")]
    assert [line.split(":")[0] for line in told] == [str(call) for call in shortest.calls]
    assert story.endswith(str(shortest.error))


def test_the_real_core_survives_the_same_calls(caught: Failure) -> None:
    """It is the bug that fails, not the list."""
    replay(caught.plan, caught.calls)


def test_members_left_in_peace_elect_a_leader() -> None:
    """Three members, no fault: one acts within the time allowed, all know it, and it stays."""
    plan = plain_plan()
    cluster = Cluster(plan, CoreSystem(plan))
    cluster.perform("settle", "abc")
    assert len(cluster.system.acting()) == 1


def test_a_minority_gets_no_leader() -> None:
    """Two members of five, cut off from the others, are no quorum: that is noticed."""
    plan = plain_plan(5)
    cluster = Cluster(plan, CoreSystem(plan))
    for away in "cde":
        cluster.perform("isolate", away)
        cluster.perform("pause", away)
    with pytest.raises(Exception, match="EventuallyALeader"):
        cluster.perform("settle", "ab")
