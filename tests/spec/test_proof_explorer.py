"""The proof's actions, executed on a few members: they equal the specification's unless a bug is planted."""

from typing import Any

import pytest

from spec.comparison.compare import Comparison, Difference, Equal
from spec.comparison.instance import Instance
from spec.comparison.tlc_graph import Graph, whole_graph
from spec.proof.action import ActionCase
from spec.proof.explorer import ProofExplorer, symbols_of
from spec.proof.instances import INSTANCES, THOROUGH
from spec.proof.protocol import ACTIONS, initial
from spec.proof.python import text_of
from spec.proof.state import BEFORE
from spec.proof.variables import Variables
from tests.spec.proof_support import with_effect, with_planted, without_guard

ALONE = INSTANCES[0]
[TWO] = [instance for instance in INSTANCES if instance.name == "two"]
TOGETHER = ("alone", "patience", "two", "two, renewing")


@pytest.fixture(scope="module")
def graph() -> Graph:
    """What TLC finds for two members."""
    return whole_graph(TWO)


def result_with(planted: ActionCase, graph: Graph) -> Difference:
    """The difference that is found if one action is replaced by `planted`."""
    found = Comparison(ProofExplorer(TWO, with_planted(planted)), graph).result()
    assert isinstance(found, Difference)
    return found


def test_explorer_elects_a_member_alone() -> None:
    """In three steps from Init."""
    explorer = ProofExplorer(ALONE)
    state = explorer.first()
    for name in ("StartPreVote", "Campaign", "BecomeLeader"):
        [state] = [after for label, after in explorer.steps(state) if label == name]
    assert state.members[0].role == "leader"
    assert state.winners == {(1, "m1")}


@pytest.mark.parametrize("instance", THOROUGH, ids=lambda instance: instance.name)
def test_explorer_begins_where_the_proof_does(instance: Instance) -> None:
    """The proof's Init is true of the first state with empty histories, and false of another term."""
    everybody = (*instance.members, None)
    zeros = dict.fromkeys(everybody, 0)
    terms = dict.fromkeys(range(instance.highest_term + 1), 0)
    histories = {
        "voted": frozenset(),
        "rival": zeros,
        "retired": zeros,
        "pledged": dict.fromkeys(everybody, dict.fromkeys(everybody, terms)),
    }
    state = Variables(instance).values(ProofExplorer(instance).first())
    values = {**symbols_of(instance), **state, **histories}
    assert eval(text_of(initial()), values)
    assert not eval(text_of(initial()), {**values, "term": {**zeros, "m1": 1}})


@pytest.mark.slow
def test_instances_together_take_every_action() -> None:
    """Four instances take every case of every action but "Renew, again", which needs four terms.

    Each instance has the same graph as in TLC, with the pinned size. `python -m spec prove` compares
    the other instances.
    """
    taken = set[str]()
    for instance in (each for each in INSTANCES if each.name in TOGETHER):
        explorer = ProofExplorer(instance)
        found = Comparison(explorer, whole_graph(instance)).result()
        assert isinstance(found, Equal), found.story("proof")
        assert (found.states, found.transitions) == (instance.states, instance.transitions)
        taken |= explorer.taken
    assert {action.label for action in ACTIONS} - taken == {"Renew, again"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "guard"),
    [
        ("SendHeartbeat", "acts"),
        ("HandleVoteRequest, granted", "its term is lower"),
        ("HandleVoteRequest, granted", "has promised no other member"),
        ("HandleVoteRequest, granted", "the asker's membership is not older"),
        ("BecomeLeader, by its own vote", "they are a quorum"),
        ("PeerDown", "the detector is accurate"),
        ("Restart, without a record", "its silent wait is over"),
        ("HandleResigned, stands", "is named"),
    ],
)
def test_comparison_sees_a_missing_guard(graph: Graph, label: str, guard: str) -> None:
    """The proof then has a step that TLC does not have."""
    found = result_with(without_guard(label, guard), graph)
    assert label.partition(",")[0] in {name for name, _ in found.only_explored}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "variable"),
    [
        ("HandleHeartbeat, accepted", "stamp"),
        ("HandleVoteRequest, granted", "promised_until"),
        ("BecomeLeader, by a vote", "won"),
        ("Crash, without a record", "stamp"),
        ("SendHeartbeat", "heartbeat"),
    ],
)
def test_comparison_sees_a_missing_effect(graph: Graph, label: str, variable: str) -> None:
    """The step then leads to another state, or sends nothing."""
    unchanged: dict[str, Any] = {variable: getattr(BEFORE, variable)}
    found = result_with(with_effect(label, **unchanged), graph)
    assert found.only_explored
    assert found.only_specification


@pytest.mark.slow
def test_comparison_sees_a_missing_action(graph: Graph) -> None:
    """TLC then has a step that the proof does not have; the path leads to where it is possible."""
    kept = [action for action in ACTIONS if action.name != "BecomeLeader"]
    found = Comparison(ProofExplorer(TWO, kept), graph).result()
    assert isinstance(found, Difference)
    path = [label for label, _ in found.path]
    assert path == ["Init", "StartPreVote", "Campaign", "HandleVoteRequest"]
    assert found.only_explored == ()
    assert {label for label, _ in found.only_specification} == {"BecomeLeader"}
