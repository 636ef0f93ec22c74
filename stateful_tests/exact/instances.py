"""The instances in which the core is compared with the specification, and TLC's graph of each."""

from functools import cache
from typing import Final

from spec.comparison.instance import Instance
from spec.comparison.instances import load
from spec.comparison.tlc_graph import Graph, whole_graph
from spec.models import Tier

INSTANCES: Final = load("core")


def selected(tier: Tier, *, only: bool = False) -> list[Instance]:
    """The instances of ``tier``; unless ``only`` is true, also those of the tiers before it."""
    return [
        instance
        for instance in INSTANCES.values()
        if tier.includes(instance.tier) and (instance.tier is tier or not only)
    ]


@cache
def graph_of(name: str) -> Graph:
    """The whole graph of an instance, which TLC explores once in a process."""
    return whole_graph(INSTANCES[name])
