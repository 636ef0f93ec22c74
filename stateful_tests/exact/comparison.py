"""Both graphs side by side, from the first state on: equal, or the shortest path to a difference.

Knows neither side's rules. The idea: if the first states are the same, and from every state of the
core, nearest first, exactly the same labelled steps lead to the same states, then the graphs are
equal both ways; that no two states of the core are one state there is counted.
"""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from leader.protocol.vocabulary import MemberId
from stateful_tests.exact.dump import Graph
from stateful_tests.exact.explorer import Explorer, World, WorldStep
from stateful_tests.exact.images import Image, changes, described, told

Step = tuple[str, Image]
MOST = 4
"""Of each side's own steps, how many are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equal:
    """The graphs are one and the same."""

    states: int
    transitions: int
    labels: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """After ``path``, which both can go, each side can do what the other cannot."""

    path: tuple[Step, ...]
    """The first state, then each step's label and where it leads."""
    core_only: tuple[Step, ...]
    specification_only: tuple[Step, ...]

    def story(self, names: tuple[MemberId, ...]) -> str:
        """The path, state by state, and where the two part."""
        lines = ["Both can do this:", *_told_path(self.path, names)]
        here = self.path[-1][1]
        lines += ["Then everything is so:", *(f"   {line}" for line in described(here, names))]
        for side, steps in (
            ("core", self.core_only),
            ("specification", self.specification_only),
        ):
            lines.append(f"Only the {side} can do {'this' if steps else 'nothing more'}:")
            for label, after in steps[:MOST]:
                lines += _told(label, here, after, names)
        return "\n".join(lines)


class Merged(Exception):
    """Two states of the core are one state of the specification: ``to_spec`` forgets too much."""


def compare(explorer: Explorer, graph: Graph) -> Equal | Difference:
    """Whether the core's whole graph is TLC's.

    Raises:
        Merged: the graphs match, but the core tells states apart that the specification does not.
    """
    first = explorer.image(explorer.first())
    if first != graph.states[0]:
        begun = (("Init", graph.states[0]),)
        return Difference(path=(("Init", first),), core_only=(), specification_only=begun)
    return _Walk(explorer, graph).to_its_end()


class _Walk:
    """One pass over the core's graph, nearest states first."""

    def __init__(self, explorer: Explorer, graph: Graph) -> None:
        self._explorer = explorer
        self._graph = graph
        self._numbers: dict[World, int | None] = {explorer.first(): 0}
        self._came: dict[World, tuple[str, World]] = {}

    def to_its_end(self) -> Equal | Difference:
        """Until the two sides part, or nothing is left."""
        transitions, labels = 0, set[str]()
        for world, steps in self._explorer.walk():
            ours = {(label, self._number(after, label, world)) for label, after in steps}
            if ours != self._theirs(world):
                return self._difference(world, steps)
            transitions += len(ours)
            labels.update(label for label, _ in ours)
        self._check_that_none_are_one()
        return self._late() or Equal(
            states=len(self._numbers), transitions=transitions, labels=frozenset(labels)
        )

    def _theirs(self, world: World) -> frozenset[tuple[str, int]]:
        number = self._numbers[world]
        return frozenset() if number is None else self._graph.steps[number]

    def _number(self, after: World, label: str, before: World) -> int | None:
        """Where ``after`` stands among the states of the specification."""
        if after not in self._numbers:
            self._numbers[after] = self._graph.number(self._explorer.image(after))
            self._came[after] = (label, before)
        return self._numbers[after]

    def _difference(self, world: World, steps: Collection[WorldStep]) -> Difference:
        states = self._graph.states
        ours = {(label, self._explorer.image(after)) for label, after in steps}
        theirs = {(label, states[number]) for label, number in self._theirs(world)}
        return Difference(
            path=self._path(world),
            core_only=self._in_order(ours - theirs),
            specification_only=self._in_order(theirs - ours),
        )

    def _in_order(self, steps: Collection[Step]) -> tuple[Step, ...]:
        names = self._explorer.moves.instance.members
        return tuple(sorted(steps, key=lambda step: (step[0], described(step[1], names))))

    def _late(self) -> Difference | None:
        """What the model's network drops, because it could do nothing: and yet it does."""
        for world in self._numbers:
            for message, label, after in self._explorer.late(world):
                late = f"{label}, late: {told(message)}", self._explorer.image(after)
                return Difference(path=self._path(world), core_only=(late,), specification_only=())
        return None

    def _path(self, world: World) -> tuple[Step, ...]:
        path: list[Step] = []
        while world in self._came:
            label, before = self._came[world]
            path.append((label, self._explorer.image(world)))
            world = before
        return (("Init", self._explorer.image(world)), *reversed(path))

    def _check_that_none_are_one(self) -> None:
        seen: dict[int | None, World] = {}
        for world, number in self._numbers.items():
            other = seen.setdefault(number, world)
            if other != world:
                one, two = map(self._explorer.described, (other, world))
                raise Merged(f"one state of the specification, two of the core:\n{one}\n{two}")


def _told_path(path: tuple[Step, ...], names: tuple[MemberId, ...]) -> list[str]:
    lines: list[str] = []
    for number, ((_, before), (label, after)) in enumerate(pairwise(path), 1):
        first, *rest = _told(label, before, after, names)
        lines += [f"{number:2}. {first.strip()}", *rest]
    return lines or ["   nothing yet"]


def _told(label: str, before: Image, after: Image, names: tuple[MemberId, ...]) -> list[str]:
    return [f"   {label}", *(f"       {change}" for change in changes(before, after, names))]
