"""TLC's graphs, each explored once for all tests."""

from collections.abc import Callable
from functools import cache

import pytest

from spec.comparison.tlc_graph import Graph, whole_graph
from stateful_tests.exact.instances import INSTANCES

GraphOf = Callable[[str], Graph]


@pytest.fixture(scope="session")
def graph_of() -> GraphOf:
    """The graph of an instance, by its name."""
    return cache(lambda name: whole_graph(INSTANCES[name]))
