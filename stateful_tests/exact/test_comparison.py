"""The core is the specification: every quick instance is equal both ways, and as large as pinned."""

import re
from collections.abc import Callable
from functools import cache

import pytest

from leader.protocol.vocabulary import Duration
from spec.comparison.compare import Difference, Equal, Merged, walk
from spec.comparison.instance import SPECIFICATION, Instance
from spec.comparison.tlc_graph import Graph
from spec.models import Tier
from stateful_tests.exact.comparison import compare_core
from stateful_tests.exact.explorer import CoreExplorer
from stateful_tests.exact.instances import INSTANCES, selected
from stateful_tests.mutants.compared_bugs import COMPARED
from stateful_tests.mutants.loader import bug, load

QUICK = selected(Tier.QUICK)
SMALL = INSTANCES["two-members"]

GraphOf = Callable[[str], Graph]
EqualityOf = Callable[[Instance], Equal]


@pytest.fixture(scope="module")
def equality_of(graph_of: GraphOf) -> EqualityOf:
    """The result of comparing the real core with TLC's graph; fails with the story of a difference."""

    @cache
    def equality(instance: Instance) -> Equal:
        found = compare_core(instance, graph_of(instance.name))
        assert isinstance(found, Equal), found.story("core")
        return found

    return equality


@pytest.mark.slow
@pytest.mark.parametrize("instance", QUICK, ids=lambda instance: instance.name)
def test_the_core_is_the_specification(instance: Instance, equality_of: EqualityOf) -> None:
    """The states and labelled transitions are exactly TLC's, and their numbers are pinned."""
    found = equality_of(instance)
    assert (found.states, found.transitions) == (instance.states, instance.transitions)


@pytest.mark.slow
def test_every_action_is_compared_somewhere(equality_of: EqualityOf) -> None:
    """The quick instances together take every action of the specification, and no other."""
    _, _, following = (SPECIFICATION / "Election.tla").read_text().partition("\nNext ==")
    actions = set(re.findall(r"\\/ (\w+)", following.partition("\nSpec ==")[0]))
    labels = (equality_of(instance).labels for instance in QUICK)
    assert frozenset[str]().union(*labels) == actions


@pytest.mark.slow
def test_two_states_that_are_one_in_the_specification_are_refused(graph_of: GraphOf) -> None:
    """A core that remembers something unknown to the specification is not equal to it."""
    remembering = bug(
        "a_record_that_remembers_the_term_before",
        "none, here",
        {
            "promises.restart_wait": lambda original, state, now: Duration(
                original(state, now) + state.term
            )
        },
    )
    with pytest.raises(Merged, match=r"two explored:\nState\("):
        compare_core(SMALL, graph_of(SMALL.name), load(remembering))


@pytest.mark.slow
def test_a_dropped_message_that_still_has_an_effect_is_reported(graph_of: GraphOf) -> None:
    """A vote of an earlier term is dropped at once; only its late arrival shows that it is counted."""
    [counted] = [each for each in COMPARED if each.name == "vote_of_an_earlier_term"]
    found = compare_core(SMALL, graph_of(SMALL.name), load(counted))
    assert isinstance(found, Difference)
    [(label, _)] = found.only_explored
    assert ", late: VoteGranted m" in label


def test_walk_is_the_same_every_time() -> None:
    """Two walks find the same states in the same order."""
    first, second = (list(walk(CoreExplorer(SMALL))) for _ in range(2))
    assert first == second
    assert len(first) == SMALL.states
