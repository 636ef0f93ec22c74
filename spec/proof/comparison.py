"""The proof's actions and TLC's graph, side by side: the same steps from every state, or not.

Knows neither's rules. The idea: if both begin in the same state, and from each state, nearest first,
exactly the same labelled steps lead to the same states, then both graphs are one and the same.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from spec.proof.concrete import Concrete
from spec.proof.explorer import Explorer
from spec.proof.graph import Graph, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Equal:
    """How large the one graph is, and which actions, case by case, are taken in it."""

    states: int
    transitions: int
    taken: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Different:
    """The names of the actions that lead from Init to a state, and the steps that only one has."""

    path: tuple[str, ...]
    state: Concrete
    only_proof: frozenset[Step] = frozenset()
    only_tlc: frozenset[Step] = frozenset()

    def __str__(self) -> str:
        told = [f"after {' '.join(self.path) or 'Init'}:"]
        for side, steps in (("the proof", self.only_proof), ("TLC", self.only_tlc)):
            names = sorted({name for name, _ in steps})
            told += [f"only {side} has {', '.join(names)}"] if names else []
        return " ".join(told)


def compare(explorer: Explorer, graph: Graph) -> Equal | Different:
    """Whether the graphs are the same; of several differences, one nearest to Init."""
    first = explorer.first()
    if first not in graph:
        return Different(path=(), state=first)
    reached: dict[Concrete, tuple[str, Concrete] | None] = {first: None}
    waiting = deque([first])
    transitions, taken = 0, set[str]()
    while waiting:
        state = waiting.popleft()
        steps = list(explorer.steps(state))
        mine = frozenset((action.name, target) for action, target in steps)
        if mine != graph[state]:
            return _difference(state, mine, graph[state], reached)
        transitions += len(mine)
        taken |= {action.label for action, _ in steps}
        for name, target in mine:
            if target not in reached:
                reached[target] = (name, state)
                waiting.append(target)
    return Equal(states=len(reached), transitions=transitions, taken=frozenset(taken))


def _difference(
    state: Concrete,
    mine: frozenset[Step],
    theirs: frozenset[Step],
    reached: Mapping[Concrete, tuple[str, Concrete] | None],
) -> Different:
    path, here = list[str](), state
    while came := reached[here]:
        name, here = came
        path.append(name)
    return Different(
        path=tuple(reversed(path)), state=state, only_proof=mine - theirs, only_tlc=theirs - mine
    )
