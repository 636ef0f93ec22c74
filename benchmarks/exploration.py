"""How many states of the core's whole graph the exact comparison explores per second."""

from time import perf_counter

from spec.comparison.compare import walk
from stateful_tests.exact.explorer import CoreExplorer
from stateful_tests.exact.instances import INSTANCES


def states_per_second() -> float:
    """Explores the largest of the quick instances."""
    since = perf_counter()
    states = sum(1 for _ in walk(CoreExplorer(INSTANCES["two-terms"])))
    return states / (perf_counter() - since)
