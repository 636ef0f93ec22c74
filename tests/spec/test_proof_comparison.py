"""Side by side with TLC: equal as they are, different with anything planted."""

from typing import Any

import pytest

from spec import tools
from spec.proof.comparison import Different, Equal, compare
from spec.proof.explorer import Explorer
from spec.proof.graph import Graph, explored
from spec.proof.instances import INSTANCES
from spec.proof.protocol import ACTIONS
from spec.proof.state import BEFORE
from tests.spec.proof_support import with_effect, with_planted, without_guard

[TWO] = [instance for instance in INSTANCES if instance.name == "two"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def graph() -> Graph:
    """What TLC finds for two members."""
    return explored(TWO, tools.find())


def test_the_proof_has_the_graph_of_the_specification(graph: Graph) -> None:
    """The same states, as many as are pinned, and the same steps between them."""
    result = compare(Explorer(TWO), graph)
    assert isinstance(result, Equal)
    assert (result.states, result.transitions) == (TWO.states, TWO.transitions)
    assert result.states == len(graph)


@pytest.mark.parametrize(
    ("label", "guard"),
    [
        ("SendHeartbeat", "acts"),
        ("HandleVoteRequest, granted", "its term is lower"),
        ("HandleVoteRequest, granted", "has promised nobody else"),
        ("HandleVoteRequest, granted", "the asker's membership is not older"),
        ("BecomeLeader, by its own vote", "they are a quorum"),
        ("PeerDown", "the detector is accurate"),
        ("Restart, without a record", "its silent wait is over"),
        ("HandleResigned, stands", "is named"),
    ],
)
def test_a_missing_guard_is_seen(graph: Graph, label: str, guard: str) -> None:
    """The proof then has a step that TLC has not."""
    result = compare(Explorer(TWO, with_planted(without_guard(label, guard))), graph)
    assert isinstance(result, Different)
    assert label.partition(",")[0] in {name for name, _ in result.only_proof}


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
def test_a_missing_effect_is_seen(graph: Graph, label: str, variable: str) -> None:
    """The step then leads elsewhere, or sends nothing."""
    unchanged: dict[str, Any] = {variable: getattr(BEFORE, variable)}
    result = compare(Explorer(TWO, with_planted(with_effect(label, **unchanged))), graph)
    assert isinstance(result, Different)
    assert result.only_proof
    assert result.only_tlc


def test_a_missing_action_is_seen_and_told_with_the_way_there(graph: Graph) -> None:
    """TLC then has a step that the proof has not."""
    kept = [action for action in ACTIONS if action.name != "BecomeLeader"]
    result = compare(Explorer(TWO, kept), graph)
    assert str(result) == (
        "after StartPreVote Campaign HandleVoteRequest: only TLC has BecomeLeader"
    )


def test_another_beginning_is_seen(graph: Graph) -> None:
    """A state that TLC never reaches is no place to begin."""
    elsewhere = {state: steps for state, steps in graph.items() if any(state.term)}
    assert isinstance(compare(Explorer(TWO), elsewhere), Different)
