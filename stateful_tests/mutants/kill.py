"""Whether the net catches a planted bug, and which check does: the cheapest are asked first.

Knows no bug. A run counts only if the real thing survives the very same calls.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Final

from spec.comparison.compare import Difference
from spec.comparison.tlc_graph import Graph, whole_graph
from stateful_tests.core_system import CoreSystem
from stateful_tests.exact.comparison import compare_core
from stateful_tests.exact.instances import INSTANCES
from stateful_tests.mutants.loader import Mutant, begins, load
from stateful_tests.regressions import KEPT_RUNS
from stateful_tests.replay import failed_check, find_failure
from stateful_tests.simulator import LIVENESS_EVERY, run
from stateful_tests.stack_system import StackSystem

SEEDS: Final = range(120)
LIVENESS_SEEDS: Final = range(SEEDS.stop, 2_000, LIVENESS_EVERY)
"""Short runs that end calmly: what never comes to an election is found there or nowhere."""
COMPARISON: Final = "the specification"


@dataclass(frozen=True, slots=True)
class Kill:
    """A bug was caught."""

    check: str
    """The claim that failed, or what it was compared with."""
    found: str
    """How far one had to look."""

    @property
    def shown_check(self) -> str:
        """A claim in the type of code, anything else as it is."""
        return f"`{self.check}`" if self.check.isidentifier() else self.check


def killed(mutant: Mutant) -> Kill | None:
    """How ``mutant`` is caught; None for a survivor."""
    searches: Iterable[Callable[[Mutant], Kill | None]] = (by_story, by_comparison, by_runs)
    return next((kill for search in searches if (kill := search(mutant))), None)


def by_story(mutant: Mutant) -> Kill | None:
    """By the run that is kept for it."""
    story = KEPT_RUNS.get(mutant.name)
    failure = None if story is None else find_failure(story.plan, story.calls, begins(mutant))
    return None if failure is None else Kill(failed_check(failure.error), "its story")


def by_runs(mutant: Mutant) -> Kill | None:
    """By the hunter."""
    mutated, real = begins(mutant), CoreSystem if mutant.is_in_the_core else StackSystem
    for looked, seed in enumerate(chain(SEEDS, LIVENESS_SEEDS), start=1):
        failure = run(seed, mutated)
        if failure is not None and find_failure(failure.plan, failure.calls, real) is None:
            return Kill(failed_check(failure.error), f"run {looked}")
    return None


def by_comparison(mutant: Mutant) -> Kill | None:
    """By the exact comparison, on the instance that is named for it."""
    name = mutant.instance
    if name is None:
        return None
    found = compare_core(INSTANCES[name], _graph(name), load(mutant))
    return Kill(COMPARISON, f"`{name}`") if isinstance(found, Difference) else None


@cache
def _graph(name: str) -> Graph:
    return whole_graph(INSTANCES[name])
