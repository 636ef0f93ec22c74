"""How fast the core's whole graph is explored, beside TLC's speed."""

from time import perf_counter

from spec.comparison.compare import walk
from stateful_tests.exact.explorer import CoreExplorer
from stateful_tests.exact.instances import INSTANCES


def states_per_second() -> float:
    """States of the cluster, in the largest of the quick instances."""
    since = perf_counter()
    states = sum(1 for _ in walk(CoreExplorer(INSTANCES["two-terms"])))
    return states / (perf_counter() - since)
