"""One instance compared, and what to say of it: work for a process of its own."""

from time import perf_counter

from stateful_tests.exact.comparison import Difference, compare
from stateful_tests.exact.dump import whole_graph
from stateful_tests.exact.explorer import Explorer
from stateful_tests.exact.instances import Instance


def verdict(instance: Instance) -> tuple[bool, str]:
    """Whether one instance is as it should be, and what to say of it."""
    started = perf_counter()
    graph = whole_graph(instance)
    explored = perf_counter()
    found = compare(Explorer(instance), graph)
    compared = perf_counter()
    if isinstance(found, Difference):
        story = found.story(instance.members)
        return False, f"{instance.name}: the core is not the specification\n{story}"
    pinned = (found.states, found.transitions) == (instance.states, instance.transitions)
    pins = "" if pinned else f", but pinned are {instance.states}, {instance.transitions}"
    return pinned, (
        f"{instance.name:22} {found.states:7} states {found.transitions:7} transitions, "
        f"TLC {explored - started:5.1f} s, core and comparison {compared - explored:5.1f} s: equal{pins}"
    )
