"""A guard changed on one side only is reported, with the path to where it makes a difference."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from spec.comparison.compare import Difference
from spec.comparison.instance import SPECIFICATION
from spec.comparison.tlc_graph import Graph, whole_graph
from spec.guards.text import guards_of, without
from spec.models import Tier
from stateful_tests.exact.comparison import compare_core
from stateful_tests.exact.instances import INSTANCES, selected
from stateful_tests.mutants.compared_bugs import COMPARED
from stateful_tests.mutants.core_bugs import MUTANTS
from stateful_tests.mutants.loader import Mutant, load

GraphOf = Callable[[str], Graph]

UNSEEN = {"drift_of_clocks_ignored", "former_longer_promise_cut_short"}
"""They make no difference if clocks do not drift and settings never change, as in the instances."""
SEEN = [mutant for mutant in MUTANTS if mutant.name not in UNSEEN]


@pytest.mark.slow
@pytest.mark.parametrize("mutant", COMPARED, ids=lambda mutant: mutant.name)
def test_a_guard_changed_in_the_core_is_reported(mutant: Mutant, graph_of: GraphOf) -> None:
    """The story leads from the initial state to a step that only one side has."""
    instance = INSTANCES[str(mutant.instance)]
    found = compare_core(instance, graph_of(instance.name), load(mutant))
    assert isinstance(found, Difference), f"not seen, though {mutant.disaster}"
    assert found.only_explored or found.only_specification
    assert_readable(found)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", SEEN, ids=lambda mutant: mutant.name)
def test_a_bug_seeded_for_the_simulator_is_reported(mutant: Mutant, graph_of: GraphOf) -> None:
    """A quick instance shows every bug that long random runs find, except those in UNSEEN."""
    core = load(mutant)
    assert any(
        isinstance(compare_core(instance, graph_of(instance.name), core), Difference)
        for instance in selected(Tier.QUICK)
    ), f"not seen, though {mutant.disaster}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("action", "guard", "instance"),
    [
        ("HandleVoteRequest", "r.term > term[v]", "two-members"),
        ("HandleVoteRequest", "r.stamp >= stamp[v]", "handing-over"),
        ("SendHeartbeat", "Acts(m)", "two-members"),
        ("HandleHeartbeat", r"r.term >= term[v] \/ ~KnowsVoters(v)", "crashes"),
        ("Renew", "Acts(m)", "renewal"),
    ],
)
def test_a_guard_removed_from_the_specification_is_reported(
    action: str, guard: str, instance: str, tmp_path: Path
) -> None:
    """The story leads from the initial state to a step that the specification without it adds."""
    shutil.copytree(SPECIFICATION, tmp_path, dirs_exist_ok=True)
    text = (SPECIFICATION / "Election.tla").read_text()
    [removed] = [each for each in guards_of(text, frozenset({action})) if each.text == guard]
    (tmp_path / "Election.tla").write_text(without(text, removed))
    found = compare_core(INSTANCES[instance], whole_graph(INSTANCES[instance], tmp_path))
    assert isinstance(found, Difference), "the missing guard is not seen"
    assert found.only_specification
    assert_readable(found)


def assert_readable(found: Difference) -> None:
    """Every step of the path is a numbered line with its action; the differing steps come last."""
    story = found.story("core")
    for number, (label, _) in enumerate(found.path[1:], 1):
        assert f"{number:2}. {label}\n" in story
    for label, _ in found.only_explored[:1]:
        assert f"   {label}\n" in story.partition("Only the core")[2]
    for label, _ in found.only_specification[:1]:
        assert f"   {label}\n" in story.partition("Only the specification")[2]
