"""The core compared with TLC's graph of an instance, and how the result is told.

Adds one check to the comparison of two graphs: a message that the model's network has dropped must
change nothing if it arrives after all.
"""

from time import perf_counter

from spec.comparison.compare import EQUAL, Comparison, Difference, Equal, verdict_on
from spec.comparison.instance import Instance
from spec.comparison.tlc_graph import Graph, whole_graph
from stateful_tests.core import REAL, Core
from stateful_tests.exact.explorer import ClusterState, CoreExplorer


def compare_core(instance: Instance, graph: Graph, core: Core = REAL) -> Equal | Difference:
    """Whether the core's whole graph of ``instance`` is TLC's.

    Raises:
        Merged: the graphs match, but the core tells states apart that the specification does not.
    """
    explorer = CoreExplorer(instance, core)
    comparison = Comparison(explorer, graph)
    found = comparison.result()
    return found if isinstance(found, Difference) else _late(explorer, comparison) or found


def verdict(instance: Instance) -> tuple[bool, str]:
    """Whether one instance is as it should be, and a line or a story about it."""
    started = perf_counter()
    graph = whole_graph(instance)
    explored = perf_counter()
    found = compare_core(instance, graph)
    compared = perf_counter()
    verdict = verdict_on(instance, found, "core")
    return verdict == EQUAL, (
        f"{instance.name:22} {instance.states:7} states {instance.transitions:7} transitions, "
        f"TLC {explored - started:5.1f} s, core and comparison {compared - explored:5.1f} s: {verdict}"
    )


def _late(explorer: CoreExplorer, comparison: Comparison[ClusterState]) -> Difference | None:
    """The first step that a dropped message still causes."""
    for state in comparison.numbers:
        for label, after in explorer.late(state):
            step = (label, explorer.to_spec(after))
            return Difference(path=comparison.path(state), only_explored=(step,))
    return None
