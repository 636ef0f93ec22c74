"""Two graphs side by side, from the initial state on: equal, or the shortest path to a difference.

Knows neither side's rules. If the initial states are the same, and from every state, nearest first,
exactly the same labelled steps lead to the same states, then the graphs are equal both ways. The
comparison also fails if two states of the explored side are one state of the specification.
"""

from collections import deque
from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, Protocol, TypeAlias, TypeVar

from spec.comparison.instance import Instance
from spec.comparison.spec_states import SpecState, changes, lines_of
from spec.comparison.tlc_graph import Graph

ExploredState = TypeVar("ExploredState", bound=Hashable)
LabelledState: TypeAlias = tuple[str, SpecState]

EQUAL = "equal"
MOST = 4
"""How many of each side's own steps a difference shows."""


class Explorer(Protocol[ExploredState]):
    """The side that is explored: its states may be of any form that can be mapped to `SpecState`."""

    def first(self) -> ExploredState:
        """The initial state."""

    def steps(self, state: ExploredState) -> Iterable[tuple[str, ExploredState]]:
        """Every step from the state: the name of the action, and where it leads. A step may occur more than once."""

    def to_spec(self, state: ExploredState) -> SpecState:
        """What the state is in the specification."""

    def described(self, state: ExploredState) -> str:
        """Everything that the explored side remembers in the state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equal:
    """The graphs are one and the same."""

    states: int
    transitions: int
    labels: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """After `path`, which both sides have, each side has steps that the other has not."""

    path: tuple[LabelledState, ...]
    """The initial state, then each step's label and where it leads."""
    only_explored: tuple[LabelledState, ...] = ()
    only_specification: tuple[LabelledState, ...] = ()

    def story(self, explored: str) -> str:
        """The path, state by state, and where the two part; `explored` names the explored side."""
        here = self.path[-1][1]
        lines = ["Both sides can do this:", *_path_lines(self.path)]
        lines += ["Then the state is:", *(f"   {line}" for line in lines_of(here))]
        for side, steps in (
            (explored, self.only_explored),
            ("specification", self.only_specification),
        ):
            lines.append(f"Only the {side} can do {'this' if steps else 'nothing more'}:")
            for label, after in steps[:MOST]:
                lines += _step_lines(label, here, after)
        return "\n".join(lines)


class Merged(Exception):
    """Two states of the explored side are one state of the specification: `to_spec` is not injective."""


def walk(
    explorer: Explorer[ExploredState],
) -> Iterator[tuple[ExploredState, tuple[tuple[str, ExploredState], ...]]]:
    """Every state that can be reached, nearest first, with its steps, each of them once."""
    queue = deque([explorer.first()])
    seen = set(queue)
    while queue:
        state = queue.popleft()
        steps = tuple(dict.fromkeys(explorer.steps(state)))
        yield state, steps
        for _, after in steps:
            if after not in seen:
                seen.add(after)
                queue.append(after)


class Comparison(Generic[ExploredState]):
    """One pass over the explored graph, nearest states first."""

    def __init__(self, explorer: Explorer[ExploredState], graph: Graph) -> None:
        self._explorer = explorer
        self._graph = graph
        self._came_from: dict[ExploredState, tuple[str, ExploredState]] = {}
        self.numbers: dict[ExploredState, int | None] = {explorer.first(): 0}
        """Every state that was reached, and its place in TLC's graph; None if it is not there."""

    def result(self) -> Equal | Difference:
        """Explores until the two sides part, or no state is left.

        Raises:
            Merged: the graphs match, but two explored states are one state of the specification.
        """
        transitions, labels = 0, set[str]()
        first = self._explorer.to_spec(self._explorer.first())
        if first != self._graph.states[0]:
            expected = (("Init", self._graph.states[0]),)
            return Difference(path=(("Init", first),), only_specification=expected)
        for state, steps in walk(self._explorer):
            ours = {(label, self._number(after, label, state)) for label, after in steps}
            if ours != self._theirs(state):
                return self._difference(state, steps)
            transitions += len(ours)
            labels.update(label for label, _ in ours)
        self._check_that_none_are_merged()
        return Equal(states=len(self.numbers), transitions=transitions, labels=frozenset(labels))

    def path(self, state: ExploredState) -> tuple[LabelledState, ...]:
        """The steps by which the state was first reached."""
        path: list[LabelledState] = []
        while state in self._came_from:
            label, before = self._came_from[state]
            path.append((label, self._explorer.to_spec(state)))
            state = before
        return (("Init", self._explorer.to_spec(state)), *reversed(path))

    def _theirs(self, state: ExploredState) -> frozenset[tuple[str, int]]:
        number = self.numbers[state]
        return frozenset() if number is None else self._graph.steps[number]

    def _number(self, after: ExploredState, label: str, before: ExploredState) -> int | None:
        if after not in self.numbers:
            self.numbers[after] = self._graph.number(self._explorer.to_spec(after))
            self._came_from[after] = (label, before)
        return self.numbers[after]

    def _difference(
        self, state: ExploredState, steps: Iterable[tuple[str, ExploredState]]
    ) -> Difference:
        ours = {(label, self._explorer.to_spec(after)) for label, after in steps}
        theirs = {(label, self._graph.states[number]) for label, number in self._theirs(state)}
        return Difference(
            path=self.path(state),
            only_explored=_in_order(ours - theirs),
            only_specification=_in_order(theirs - ours),
        )

    def _check_that_none_are_merged(self) -> None:
        seen: dict[int | None, ExploredState] = {}
        for state, number in self.numbers.items():
            other = seen.setdefault(number, state)
            if other != state:
                one, two = map(self._explorer.described, (other, state))
                raise Merged(f"one state of the specification, two explored:\n{one}\n{two}")


def verdict_on(instance: Instance, found: Equal | Difference, explored: str) -> str:
    """EQUAL, or what is wrong: a difference, or a graph of another size than is pinned."""
    if isinstance(found, Difference):
        return f"different\n{found.story(explored)}"
    if (found.states, found.transitions) == (instance.states, instance.transitions):
        return EQUAL
    return (
        f"equal, but with {found.states} states and {found.transitions} transitions; "
        f"pinned are {instance.states} and {instance.transitions}"
    )


def _in_order(steps: Collection[LabelledState]) -> tuple[LabelledState, ...]:
    return tuple(sorted(steps, key=lambda step: (step[0], lines_of(step[1]))))


def _path_lines(path: tuple[LabelledState, ...]) -> list[str]:
    lines: list[str] = []
    for number, ((_, before), (label, after)) in enumerate(pairwise(path), 1):
        first, *rest = _step_lines(label, before, after)
        lines += [f"{number:2}. {first.strip()}", *rest]
    return lines or ["   nothing yet"]


def _step_lines(label: str, before: SpecState, after: SpecState) -> list[str]:
    return [f"   {label}", *(f"       {change}" for change in changes(before, after))]
