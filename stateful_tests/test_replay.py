"""Replay: a failure can be repeated, shortened and printed, and the printed text is the same run."""

from dataclasses import dataclass

import pytest

from stateful_tests.core_system import CoreSystem
from stateful_tests.mutants.loader import begins
from stateful_tests.mutants.table import ALL
from stateful_tests.replay import failed_check, find_failure, run_with_transcript, shrink
from stateful_tests.run_text import parse_run
from stateful_tests.simulator import Failure, hunt
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import SystemFactory

pytestmark = pytest.mark.slow

CORE_BUG, STACK_BUG = "half_is_a_quorum", "goes_on_after_a_record_that_failed"


@dataclass(frozen=True)
class FailureWithBug:
    """A failing run, the system with the bug that makes it fail, and the real system."""

    failure: Failure
    buggy: SystemFactory
    real: SystemFactory


@pytest.fixture(scope="module", params=[(CORE_BUG, CoreSystem), (STACK_BUG, StackSystem)])
def found(request: pytest.FixtureRequest) -> FailureWithBug:
    """One of the core, one of the whole stack."""
    name, real = request.param
    buggy = begins(next(mutant for mutant in ALL if mutant.name == name))
    failure = hunt(range(100), buggy)
    assert failure is not None
    return FailureWithBug(failure, buggy, real)


def test_a_failure_is_repeated_by_its_calls(found: FailureWithBug) -> None:
    """A plan and calls determine the run: it fails again at the same call, in the same way."""
    failure = found.failure
    again = find_failure(failure.plan, failure.calls, found.buggy)
    assert again is not None
    assert (again.calls, str(again.error)) == (failure.calls, str(failure.error))


def test_a_shortened_failure_needs_each_of_its_calls(found: FailureWithBug) -> None:
    """Without any one of them the run does not fail in this way."""
    shortest = shrink(found.failure, found.buggy)
    for left_out in range(len(shortest.calls)):
        calls = (*shortest.calls[:left_out], *shortest.calls[left_out + 1 :])
        failure = find_failure(shortest.plan, calls, found.buggy)
        assert failure is None or failed_check(failure.error) != failed_check(found.failure.error)


def test_a_transcript_has_every_call_and_the_failure(found: FailureWithBug) -> None:
    """In their order; the text is read as the same run."""
    shortest = shrink(found.failure, found.buggy)
    text = run_with_transcript(shortest.plan, shortest.calls, found.buggy)
    calls = [line for line in text.splitlines()[1:-1] if not line.startswith(" ")]
    assert [line.split(":")[0] for line in calls] == [str(call) for call in shortest.calls]
    assert text.endswith(str(shortest.error))
    assert parse_run(text) == (shortest.plan, shortest.calls)


def test_the_real_system_passes_the_same_calls(found: FailureWithBug) -> None:
    """It is the bug that fails, not the list."""
    assert find_failure(found.failure.plan, found.failure.calls, found.real) is None
