r"""TLC's whole graph of an instance: every state and every labelled step, as Python values.

Knows how TLC writes a graph and what each variable is in a `SpecState`. A state is a handful of
values that recur in thousands of states, so each text is parsed once.
"""

import asyncio
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from spec import tlc, tools
from spec.comparison.instance import MODULE, SPECIFICATION, Instance
from spec.comparison.spec_states import ABSENT, SpecMember, SpecMessage, SpecState
from spec.outcome import Verdict
from spec.values import Atom, Function, Value, parse, variables_in

# The name of an action, and the number of the state to which it leads.
GraphStep: TypeAlias = tuple[str, int]

# Seconds. The largest instances take a few minutes on a loaded machine.
_LIMIT = 1_200.0
_STATE = re.compile(r'(-?\d+) \[label="((?:[^"\\]|\\.)*)"')
_STEP = re.compile(r'(-?\d+) -> (-?\d+) \[label="(?:\w+!)*(\w+)"')
_ESCAPED = re.compile(r"\\(.)")
_RECORD = re.compile(r"\[[^\]]*\]")
_KEYS = ("kind", "from", *SpecMessage._fields[2:])


class NotExplored(Exception):
    """TLC did not come to the end of the graph; the text is what it said."""


class Graph:
    """The states, the initial one first, and the steps from each."""

    def __init__(self, states: Sequence[SpecState], steps: Sequence[frozenset[GraphStep]]) -> None:
        self.states = states
        self.steps = steps
        self._numbers = {state: number for number, state in enumerate(states)}

    def number(self, state: SpecState) -> int | None:
        """The place of `state` among the states; None if it is not one of them."""
        return self._numbers.get(state)


def whole_graph(instance: Instance, specification: Path = SPECIFICATION) -> Graph:
    """TLC's graph of `instance`, by the modules in the folder `specification`.

    Raises:
        NotExplored: TLC found an error in the specification, or was not done in time.
    """
    with tempfile.TemporaryDirectory(prefix="graph-") as folder:
        path = Path(folder) / "graph.dot"
        run = tlc.Run(
            module=specification / MODULE,
            configuration=instance.configuration(),
            small=True,
            limit=_LIMIT,
            dump=path,
        )
        outcome = asyncio.run(tlc.check(run, tools.find()))
        if outcome.verdict is not Verdict.HOLDS:
            raise NotExplored(f"{instance.name}: {outcome.verdict}: {outcome.complaint}")
        with path.open() as lines:
            return read(lines, instance.members)


def read(lines: Iterable[str], members: Sequence[str]) -> Graph:
    """The graph that TLC wrote for `-dump dot,actionlabels`."""
    reader = StateReader(members)
    numbers: dict[str, int] = {}
    states: list[SpecState] = []
    edges: list[tuple[str, str, str]] = []
    for line in lines:
        if edge := _STEP.match(line):
            edges.append((edge[1], edge[3], edge[2]))
        elif (node := _STATE.match(line)) and node[1] not in numbers:
            numbers[node[1]] = len(states)
            states.append(reader.state(variables_in(_unescaped(node[2]))))
    steps: list[set[GraphStep]] = [set() for _ in states]
    for origin, label, target in edges:
        steps[numbers[origin]].add((label, numbers[target]))
    return Graph(states, list(map(frozenset, steps)))


class StateReader:
    """Reads states from the texts of their variables; remembers every text it has read before."""

    def __init__(self, members: Sequence[str]) -> None:
        self._members = members
        self._column = cache(lambda text: self._of_each_member(parse(text)))
        self._message = cache(_message)
        self._winner = cache(_winner)

    def state(self, variables: Mapping[str, str]) -> SpecState:
        """The state in which the variables have these texts."""
        columns = (self._column(variables[field]) for field in SpecMember._fields[1:])
        return SpecState(
            members=tuple(map(SpecMember, self._members, *columns)),
            messages=frozenset(map(self._message, _RECORD.findall(variables["messages"]))),
            winners=frozenset(map(self._winner, _RECORD.findall(variables["winners"]))),
        )

    def _of_each_member(self, value: Value) -> tuple[Any, ...]:
        """The values of a function of the members, in their order."""
        function = _function(value)
        return tuple(self._field(function[Atom(member)]) for member in self._members)

    def _field(self, value: Value) -> Any:
        if isinstance(value, Function) and "to" in value:
            return (_plain(value["to"]), value["left"])
        return self._of_each_member(value) if isinstance(value, Function) else _plain(value)


def _message(text: str) -> SpecMessage:
    fields = _function(parse(text))
    return SpecMessage(*(_plain(fields.get(key, ABSENT)) for key in _KEYS))


def _winner(text: str) -> tuple[int, str]:
    won = _function(parse(text))
    return _plain(won["term"]), _plain(won["member"])


def _function(value: Value) -> Function:
    assert isinstance(value, Function), f"{value!r} is no function"
    return value


def _plain(value: Value) -> Any:
    match value:
        case Atom(name=name):
            return None if name == "None" else name
        case frozenset():
            return frozenset(map(_plain, value))
        case _:
            return value


def _unescaped(label: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], label)
