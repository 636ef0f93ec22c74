"""Which check finds a planted bug: kept runs are tried first, then the comparison, then random runs.

A random run counts only if the real code passes the very same calls. No bug is known here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Final

from spec.comparison.compare import Difference
from stateful_tests.core_system import CoreSystem
from stateful_tests.exact.comparison import compare_core
from stateful_tests.exact.instances import INSTANCES, graph_of
from stateful_tests.mutants.loader import Mutant, begins, load
from stateful_tests.regressions import KEPT_RUNS
from stateful_tests.replay import failed_check, find_failure
from stateful_tests.simulator import LIVENESS_EVERY, run
from stateful_tests.stack_system import StackSystem

SEEDS: Final = range(120)
LIVENESS_SEEDS: Final = range(SEEDS.stop, 2_000, LIVENESS_EVERY)
"""Short runs that end without faults: a bug that prevents every election is found in these only."""
COMPARISON: Final = "the specification"


@dataclass(frozen=True, slots=True)
class Kill:
    """How a bug was found."""

    check: str
    """The claim that does not hold, or what the core was compared with."""
    found: str
    """The kept run, the instance, or how many random runs it took."""

    @property
    def shown_check(self) -> str:
        """A claim is shown as code, anything else as text."""
        return f"`{self.check}`" if self.check.isidentifier() else self.check


def killed(mutant: Mutant) -> Kill | None:
    """How ``mutant`` is found; None if no check finds it."""
    searches: Iterable[Callable[[Mutant], Kill | None]] = (by_story, by_comparison, by_runs)
    return next((kill for search in searches if (kill := search(mutant))), None)


def by_story(mutant: Mutant) -> Kill | None:
    """By the run that is kept for this bug."""
    story = KEPT_RUNS.get(mutant.name)
    failure = None if story is None else find_failure(story.plan, story.calls, begins(mutant))
    return None if failure is None else Kill(failed_check(failure.error), "its story")


def by_runs(mutant: Mutant) -> Kill | None:
    """By random runs."""
    mutated, real = begins(mutant), CoreSystem if mutant.is_in_the_core else StackSystem
    for looked, seed in enumerate(chain(SEEDS, LIVENESS_SEEDS), start=1):
        failure = run(seed, mutated)
        if failure is not None and find_failure(failure.plan, failure.calls, real) is None:
            return Kill(failed_check(failure.error), f"run {looked}")
    return None


def by_comparison(mutant: Mutant) -> Kill | None:
    """By the exact comparison, on the instance that is named for this bug."""
    name = mutant.instance
    if name is None:
        return None
    found = compare_core(INSTANCES[name], graph_of(name), load(mutant))
    return Kill(COMPARISON, f"`{name}`") if isinstance(found, Difference) else None
