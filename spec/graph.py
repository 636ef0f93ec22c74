r"""TLC's whole graph of a model: every state, and every labelled step from it.

Knows how TLC writes a graph, nothing of what the variables mean. The idea: a state is a handful of
values that recur in thousands of states; so whoever asks gets the text of each, and reads it once.
"""

import asyncio
import re
import tempfile
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

from spec.outcome import Verdict
from spec.tlc import Run, check
from spec.tools import Tools
from spec.values import variables_in

State = TypeVar("State", bound=Hashable)
# The name of an action, and the number of the state to which it leads.
Step: TypeAlias = tuple[str, int]

_STATE = re.compile(r'(-?\d+) \[label="((?:[^"\\]|\\.)*)"')
_STEP = re.compile(r'(-?\d+) -> (-?\d+) \[label="(?:\w+!)*(\w+)"')
_ESCAPED = re.compile(r"\\(.)")


class NotExplored(Exception):
    """TLC did not come to the end of the graph; the text is what it said."""


class Graph(Generic[State]):
    """The states, the first one first, and the steps from each."""

    def __init__(self, states: Sequence[State], steps: Sequence[frozenset[Step]]) -> None:
        self.states = states
        self.steps = steps
        self._numbers = {state: number for number, state in enumerate(states)}

    def number(self, state: State) -> int | None:
        """Where `state` stands among the states; None if it is none of them."""
        return self._numbers.get(state)


def explored(
    name: str, run: Run, tools: Tools, state_of: Callable[[Mapping[str, str]], State]
) -> Graph[State]:
    """The graph of this run, as `read` has it; NotExplored, with the name, if TLC finds no end."""
    with tempfile.TemporaryDirectory(prefix="graph-") as folder:
        path = Path(folder) / "graph.dot"
        outcome = asyncio.run(check(replace(run, dump=path), tools))
        if outcome.verdict is not Verdict.HOLDS:
            raise NotExplored(f"{name}: {outcome.verdict}: {outcome.complaint}")
        with path.open() as lines:
            return read(lines, state_of)


def read(lines: Iterable[str], state_of: Callable[[Mapping[str, str]], State]) -> Graph[State]:
    """What TLC wrote for `-dump dot,actionlabels`; a state is made of the texts of its variables."""
    numbers: dict[str, int] = {}
    states: list[State] = []
    edges: list[tuple[str, str, str]] = []
    for line in lines:
        if edge := _STEP.match(line):
            edges.append((edge[1], edge[3], edge[2]))
        elif (node := _STATE.match(line)) and node[1] not in numbers:
            numbers[node[1]] = len(states)
            states.append(state_of(variables_in(_unescaped(node[2]))))
    steps: list[set[Step]] = [set() for _ in states]
    for origin, label, target in edges:
        steps[numbers[origin]].add((label, numbers[target]))
    return Graph(states, list(map(frozenset, steps)))


def _unescaped(label: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], label)
