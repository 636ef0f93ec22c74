"""Two small graphs side by side: equal, or the shortest path to a difference."""

from collections.abc import Mapping

import pytest

from spec.comparison.compare import Comparison, Difference, Equal, Merged, verdict_on, walk
from spec.comparison.instance import Instance
from spec.comparison.spec_states import SpecState, initial_state
from spec.comparison.tlc_graph import Graph

Steps = Mapping[int, list[tuple[str, int]]]

STEPS: Steps = {0: [("Up", 1)], 1: [("Up", 2), ("Down", 0)], 2: [("Down", 1), ("Down", 1)]}


def state(term: int) -> SpecState:
    """A member that has reached the term."""
    initial = initial_state(["m1"])
    return initial._replace(members=(initial.members[0]._replace(term=term),))


class Counter:
    """A graph whose states are numbers; in the specification each is a term, at most `limit`."""

    def __init__(self, steps: Steps = STEPS, limit: int = 9) -> None:
        self._steps = steps
        self._limit = limit

    def first(self) -> int:
        """The lowest number."""
        return min(self._steps)

    def steps(self, node: int) -> list[tuple[str, int]]:
        """As given."""
        return self._steps[node]

    def to_spec(self, node: int) -> SpecState:
        """The number as a term."""
        return state(min(node, self._limit))

    def described(self, node: int) -> str:
        """The number."""
        return f"number {node}"


def graph_of(steps: Steps = STEPS) -> Graph:
    """TLC's graph with the same numbers."""
    return Graph([state(number) for number in steps], list(map(frozenset, steps.values())))


def result_of(explored: Counter, graph: Graph) -> Equal | Difference:
    """What the comparison finds."""
    return Comparison(explored, graph).result()


def test_compare_counts_equal_graphs() -> None:
    """States, and steps that differ in label or target; a step that is listed twice counts once."""
    expected = Equal(states=3, transitions=4, labels=frozenset({"Up", "Down"}))
    assert result_of(Counter(), graph_of()) == expected


def test_compare_tells_a_step_that_only_the_explored_side_has() -> None:
    """With the path to it and the state in which it is possible."""
    found = result_of(Counter(), graph_of({**STEPS, 2: []}))
    assert isinstance(found, Difference)
    assert found.path == (("Init", state(0)), ("Up", state(1)), ("Up", state(2)))
    assert found.only_explored == (("Down", state(1)),)
    story = found.story("counter")
    assert " 1. Up\n       term[m1]: 0 -> 1\n 2. Up\n" in story
    assert "Then the state is:\n   m1: role follower, term 2, " in story
    assert "Only the counter can do this:\n   Down\n       term[m1]: 2 -> 1\n" in story
    assert story.endswith("Only the specification can do nothing more:")


def test_compare_tells_a_step_that_only_the_specification_has() -> None:
    """Of several differences, the one nearest to the initial state."""
    found = result_of(Counter({**STEPS, 2: []}), graph_of({**STEPS, 1: [*STEPS[1], ("Stay", 1)]}))
    assert isinstance(found, Difference)
    assert (len(found.path), found.only_explored) == (2, ())
    assert found.only_specification == (("Stay", state(1)),)
    assert found.story("counter").endswith("this:\n   Stay\n       nothing changes")


def test_compare_tells_a_state_that_the_specification_has_not() -> None:
    """The same step leads to different states."""
    lacking = Graph([state(0), state(1), state(7)], graph_of().steps)
    found = result_of(Counter(), lacking)
    assert isinstance(found, Difference)
    assert found.only_explored == (("Up", state(2)),)
    assert found.only_specification == (("Up", state(7)),)


def test_compare_tells_another_initial_state() -> None:
    """Nothing is taken for granted."""
    found = result_of(Counter(), Graph([state(5)], [frozenset()]))
    assert found == Difference(path=(("Init", state(0)),), only_specification=(("Init", state(5)),))


def test_compare_refuses_two_states_that_are_one_in_the_specification() -> None:
    """The explored side remembers something that the specification does not know."""
    looping = graph_of({0: [("Up", 1)], 1: [("Up", 1)]})
    with pytest.raises(Merged, match="two explored:\nnumber 1\nnumber 2"):
        result_of(Counter({0: [("Up", 1)], 1: [("Up", 2)], 2: [("Up", 2)]}, limit=1), looping)


def test_walk_visits_every_state_once_and_the_nearest_first() -> None:
    """With its steps, each of them once."""
    steps = {0: [("Far", 2), ("Near", 1)], 1: [("On", 3)], 2: [], 3: [("Back", 0), ("Back", 0)]}
    assert [(node, len(found)) for node, found in walk(Counter(steps))] == [
        (0, 2),
        (2, 0),
        (1, 1),
        (3, 1),
    ]


def test_verdict_on_a_graph_of_another_size_than_pinned_is_not_equal() -> None:
    """Even if both sides agree: a change of the protocol has to change the pin."""
    found = result_of(Counter(), graph_of())
    pinned = Instance(name="pinned", states=3, transitions=4)
    assert verdict_on(pinned, found, "counter") == "equal"
    other = Instance(name="other", states=3, transitions=5)
    assert verdict_on(other, found, "counter") == (
        "equal, but with 3 states and 4 transitions; pinned are 3 and 5"
    )


def test_verdict_on_a_difference_is_its_story() -> None:
    """So that whoever runs the comparison can read what is different."""
    found = result_of(Counter(), graph_of({**STEPS, 2: []}))
    pinned = Instance(name="pinned", states=3, transitions=4)
    assert isinstance(found, Difference)
    assert verdict_on(pinned, found, "counter") == f"different\n{found.story('counter')}"
