"""How fast the core's graph is explored, for whoever wants to see it beside TLC's speed."""

from dataclasses import dataclass
from time import perf_counter

from stateful_tests.core import REAL, Core
from stateful_tests.exact.explorer import Explorer
from stateful_tests.exact.instances import Instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """A whole graph, walked once, and how long that took."""

    states: int
    transitions: int
    steps: int
    """How often the core was asked: each pair of a member's state and an event once."""
    seconds: float

    @property
    def rate(self) -> float:
        """States of the whole a second."""
        return self.states / self.seconds


def exploration(instance: Instance, core: Core = REAL) -> Exploration:
    """The graph of ``instance``, walked and counted."""
    explorer = Explorer(instance, core)
    states = transitions = 0
    started = perf_counter()
    for _, steps in explorer.walk():
        states += 1
        transitions += len(steps)
    return Exploration(
        states=states,
        transitions=transitions,
        steps=explorer.moves.steps,
        seconds=perf_counter() - started,
    )
