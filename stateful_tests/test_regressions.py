"""Runs that once violated an invariant: they do so again with their bug planted, and not without it."""

from pathlib import Path

import pytest

from stateful_tests.core_system import CoreSystem
from stateful_tests.mutants.loader import begins
from stateful_tests.mutants.table import ALL
from stateful_tests.regressions import KEPT_RUNS
from stateful_tests.replay import find_failure
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import SystemFactory

BUGS = {mutant.name: mutant for mutant in ALL}


@pytest.mark.slow
@pytest.mark.parametrize("name", KEPT_RUNS)
@pytest.mark.parametrize("build", [CoreSystem, StackSystem])
def test_a_kept_run_passes(name: str, build: SystemFactory) -> None:
    """On the core and on the whole stack."""
    assert find_failure(KEPT_RUNS[name].plan, KEPT_RUNS[name].calls, build) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", KEPT_RUNS)
def test_a_kept_run_fails_with_its_bug(name: str) -> None:
    """In its very last call: calls after the failure would only mislead a reader."""
    kept = KEPT_RUNS[name]
    failure = find_failure(kept.plan, kept.calls, begins(BUGS[name]))
    assert failure is not None
    assert failure.calls == kept.calls


def test_a_kept_run_begins_with_an_explanation() -> None:
    """A reader learns what went wrong before the calls begin."""
    for file in Path(__file__).parent.glob("regressions/*.txt"):
        assert not file.read_text().startswith("RunPlan(")
