"""The check of liveness: a quorum without faults gets a leader, and a minority is reported."""

from contextlib import closing

import pytest

from stateful_tests.core_system import CoreSystem
from stateful_tests.liveness import LivenessFailed
from stateful_tests.plan import simple_plan
from stateful_tests.rule_runner import RuleRunner
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import SystemFactory


@pytest.mark.parametrize("build", [CoreSystem, StackSystem])
def test_members_without_faults_elect_a_leader(build: SystemFactory) -> None:
    """One of three acts as leader within the time allowed, all know it, and it stays."""
    plan = simple_plan()
    with closing(RuleRunner(plan, build(plan))) as runner:
        runner.perform("settle", "abc")
        assert len(runner.system.acting()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("build", [CoreSystem, StackSystem])
def test_a_minority_without_a_leader_is_reported(build: SystemFactory) -> None:
    """Two members of five that cannot reach the others are no quorum."""
    plan = simple_plan(5)
    with closing(RuleRunner(plan, build(plan))) as runner:
        for away in "cde":
            runner.perform("isolate", away)
            runner.perform("pause", away)
        with pytest.raises(LivenessFailed, match="EventuallyALeader"):
            runner.perform("settle", "ab")
