"""The core is the specification: every quick instance, both ways, counts pinned."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from spec.models import Tier
from stateful_tests.exact.comparison import Difference, Equal, Merged, compare
from stateful_tests.exact.dump import Graph
from stateful_tests.exact.explorer import Explorer
from stateful_tests.exact.images import Image
from stateful_tests.exact.instances import INSTANCES, SPECIFICATION, Instance, selected
from stateful_tests.mutants.loader import Mutant, Patch, load

QUICK = selected(Tier.QUICK)
SMALL = INSTANCES["two-members"]

GraphOf = Callable[[str], Graph]
EqualityOf = Callable[[Instance], Equal]


@pytest.fixture(scope="module")
def equality_of(graph_of: GraphOf) -> EqualityOf:
    """What the comparison of the real core with TLC's graph came to; fails with the story."""

    @cache
    def equality(instance: Instance) -> Equal:
        found = compare(Explorer(instance), graph_of(instance.name))
        assert isinstance(found, Equal), found.story(instance.members)
        return found

    return equality


@pytest.mark.slow
@pytest.mark.parametrize("instance", QUICK, ids=lambda instance: instance.name)
def test_the_core_is_the_specification(instance: Instance, equality_of: EqualityOf) -> None:
    """States and labelled transitions are TLC's, neither more nor fewer, and as many as ever."""
    found = equality_of(instance)
    assert (found.states, found.transitions) == (instance.states, instance.transitions)


@pytest.mark.slow
def test_every_action_is_compared_somewhere(equality_of: EqualityOf) -> None:
    """No action of the specification is left out of the quick instances, and none is made up."""
    _, _, following = (SPECIFICATION / "Election.tla").read_text().partition("\nNext ==")
    actions = set(re.findall(r"\\/ (\w+)", following.partition("\nSpec ==")[0]))
    labels = (equality_of(instance).labels for instance in QUICK)
    assert frozenset[str]().union(*labels) == actions


@pytest.mark.slow
def test_what_only_the_specification_can_do_is_told(graph_of: GraphOf) -> None:
    """A step that the core does not have is named in the story, after the steps that lead to it."""
    graph = graph_of(SMALL.name)
    last = len(graph.steps) - 1
    steps = [*graph.steps[:last], graph.steps[last] | {("Surprise", 0)}]
    found = compare(Explorer(SMALL), Graph(graph.states, steps))
    assert isinstance(found, Difference)
    story = found.story(SMALL.members)
    assert found.path[0][0] == "Init"
    assert len(found.path) > 1
    assert "Only the core can do nothing more" in story
    assert "Only the specification can do this:\n   Surprise\n" in story


@pytest.mark.slow
def test_a_state_that_the_specification_lacks_is_told(graph_of: GraphOf) -> None:
    """Where a step leads to a state unknown to TLC, the story says what is different in it."""
    graph = graph_of(SMALL.name)
    target = graph.states[-1]
    lacking = [*graph.states[:-1], replaced_roles(target)]
    found = compare(Explorer(SMALL), Graph(lacking, graph.steps))
    assert isinstance(found, Difference)
    assert [image for _, image in found.core_only] == [target]
    assert [image for _, image in found.specification_only] == [replaced_roles(target)]
    assert "-> asleep" in found.story(SMALL.members)


def replaced_roles(image: Image) -> Image:
    """``image`` with members in a role that there is not."""
    members = tuple(member._replace(role="asleep") for member in image.members)
    return image._replace(members=members)


@pytest.mark.slow
def test_two_states_that_are_one_are_refused(graph_of: GraphOf) -> None:
    """A core that remembers what the specification does not know of is not taken for equal to it."""
    remembering = Mutant(
        name="a_record_that_remembers_the_term_before",
        disaster="none, here",
        patches=(
            Patch(
                module="voting",
                old="        promise=restart_wait(state, now),",
                new="        promise=Duration(restart_wait(state, now) + state.term),",
            ),
        ),
    )
    with pytest.raises(Merged, match="two of the core"):
        compare(Explorer(SMALL, load(remembering)), graph_of(SMALL.name))


def test_a_first_state_that_differs_is_told() -> None:
    """The comparison begins with the first state; nothing is taken for granted."""
    explorer = Explorer(SMALL)
    strange = replaced_roles(explorer.image(explorer.first()))
    found = compare(explorer, Graph([strange], [frozenset()]))
    assert isinstance(found, Difference)
    assert "role[m1]: follower -> asleep" in found.story(SMALL.members)


def test_the_walk_is_the_same_every_time() -> None:
    """Two walks come across the same states in the same order."""
    first, second = (list(Explorer(SMALL).walk()) for _ in range(2))
    assert first == second
    assert len(first) == SMALL.states


def test_a_term_more_is_more_to_explore() -> None:
    """The bounds are the instance's: with another highest term the graph is another."""
    smaller = replace(SMALL, terms=1)
    assert len(list(Explorer(smaller).walk())) < SMALL.states
