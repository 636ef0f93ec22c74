"""The net is seen to catch: every planted bug is found by the same hunt that the real core survives.

A caught run counts only if the real core survives the very same calls. Which check caught a bug,
and in which run, is recorded as a property of its test.
"""

from collections.abc import Callable
from functools import partial

import pytest

from stateful_tests.cluster import Call
from stateful_tests.core import REAL
from stateful_tests.core_system import CoreSystem
from stateful_tests.mutants.loader import Mutant, Patch, load
from stateful_tests.mutants.table import MUTANTS
from stateful_tests.plan import plain_plan
from stateful_tests.replay import failure_of, kind_of, replay
from stateful_tests.simulator import run

RUNS = 1_500


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_planted_bug_is_found(
    mutant: Mutant, record_property: Callable[[str, object], None]
) -> None:
    """Within a bounded number of runs a claim fails that the real core keeps in the same run."""
    core = load(mutant)
    for seed in range(RUNS):
        failure = run(seed, partial(CoreSystem, core=core))
        if failure is not None and failure_of(failure.plan, failure.calls) is None:
            record_property("caught_by", kind_of(failure.error))
            record_property("runs", seed + 1)
            return
    pytest.fail(f"{mutant.name} survives {RUNS} runs, though {mutant.disaster}")


def test_a_core_without_a_patch_is_the_real_one() -> None:
    """Loading alone changes nothing: an empty patch makes the members do the same, step by step."""
    same = load(Mutant(name="none", disaster="none", patches=()))
    calm = (
        Call("crash", ("a",)),
        Call("restart", ("a", True, True, None)),
        Call("settle", ("abc",)),
    )
    stories = [
        replay(plain_plan(), calm, partial(CoreSystem, core=core), told=True).story()
        for core in (REAL, same)
    ]
    assert stories[0] == stories[1]
    assert "BecomeLeader" in stories[0]


def test_a_patch_that_fits_no_more_is_refused() -> None:
    """A bug that cannot be planted would be one that nobody looks for."""
    stale = Patch(module="quorum", old="no such line", new="")
    with pytest.raises(ValueError, match=r"must be in quorum\.py once"):
        load(Mutant(name="stale", disaster="none", patches=(stale,)))
