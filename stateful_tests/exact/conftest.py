"""TLC's graphs for the tests, each explored once."""

from collections.abc import Callable

import pytest

from spec.comparison.tlc_graph import Graph
from stateful_tests.exact import instances


@pytest.fixture(scope="session")
def graph_of() -> Callable[[str], Graph]:
    """The graph of an instance, by its name."""
    return instances.graph_of
