"""One guard changed on one side alone is reported, with a path that can be read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from spec.graph import NotExplored
from spec.models import Tier
from stateful_tests.exact.comparison import Difference, compare
from stateful_tests.exact.dump import Graph, whole_graph
from stateful_tests.exact.explorer import Explorer
from stateful_tests.exact.instances import INSTANCES, selected
from stateful_tests.exact.planted import IN_THE_CORE, IN_THE_SPECIFICATION, Edit, Planted
from stateful_tests.mutants.loader import Mutant, load
from stateful_tests.mutants.table import MUTANTS

GraphOf = Callable[[str], Graph]

UNSEEN = {"drift_of_clocks_ignored", "former_longer_promise_cut_short"}
"""Nothing to see where clocks do not drift and settings never change."""
SEEN = [mutant for mutant in MUTANTS if mutant.name not in UNSEEN]


@pytest.mark.slow
@pytest.mark.parametrize("planted", IN_THE_CORE, ids=lambda planted: planted.mutant.name)
def test_a_guard_changed_in_the_core_is_reported(planted: Planted, graph_of: GraphOf) -> None:
    """The story leads from the first state to where the core does what the specification does not."""
    instance = INSTANCES[planted.instance]
    found = compare(Explorer(instance, load(planted.mutant)), graph_of(instance.name))
    assert isinstance(found, Difference), f"not seen, though {planted.mutant.disaster}"
    assert found.core_only or found.specification_only
    assert_readable(found, found.story(instance.members))


@pytest.mark.slow
@pytest.mark.parametrize("mutant", SEEN, ids=lambda mutant: mutant.name)
def test_a_planted_bug_of_the_other_net_is_seen_here_too(mutant: Mutant, graph_of: GraphOf) -> None:
    """Whatever the hunt through long histories finds, small graphs show, but for what they leave out."""
    core = load(mutant)
    assert any(
        isinstance(compare(Explorer(instance, core), graph_of(instance.name)), Difference)
        for instance in selected(Tier.QUICK)
    ), f"not seen, though {mutant.disaster}"


@pytest.mark.slow
@pytest.mark.parametrize("edit", IN_THE_SPECIFICATION, ids=lambda edit: edit.name)
def test_a_guard_changed_in_the_specification_is_reported(edit: Edit, tmp_path: Path) -> None:
    """The story leads from the first state to where TLC's graph has what the core's has not."""
    instance = INSTANCES[edit.instance]
    found = compare(Explorer(instance), whole_graph(instance, edit.written_to(tmp_path)))
    assert isinstance(found, Difference), "the changed guard is not seen"
    assert found.specification_only
    assert_readable(found, found.story(instance.members))


def assert_readable(found: Difference, story: str) -> None:
    """Every step of the path is a numbered line with its action, and what is the matter comes last."""
    for number, (label, _) in enumerate(found.path[1:], 1):
        assert f"{number:2}. {label}\n" in story
    for label, _ in found.core_only[:1]:
        assert f"   {label}\n" in story.partition("Only the core")[2]
    for label, _ in found.specification_only[:1]:
        assert f"   {label}\n" in story.partition("Only the specification")[2]


def test_an_edit_that_fits_no_more_is_refused(tmp_path: Path) -> None:
    """A change that cannot be made would be one that nobody looks for."""
    stale = Edit(name="stale", instance="two-members", old="no such line", new="")
    with pytest.raises(ValueError, match=r"must be in Election\.tla once"):
        stale.written_to(tmp_path)


@pytest.mark.slow
def test_a_specification_that_is_none_is_no_graph(tmp_path: Path) -> None:
    """What TLC cannot explore to the end is an error, and never an empty graph."""
    broken = Edit(name="broken", instance="two-members", old="\nSpec ==", new="\nSpec == Nobody")
    with pytest.raises(NotExplored, match="two-members"):
        whole_graph(INSTANCES["two-members"], broken.written_to(tmp_path))
