"""The proof's own actions, computed on a few members."""

import pytest

from spec.proof.explorer import Explorer
from spec.proof.instance import Instance
from spec.proof.instances import INSTANCES, THOROUGH
from spec.proof.protocol import ACTIONS, initial
from spec.proof.python import text_of

ALONE = INSTANCES[0]


def taken_in(instance: Instance) -> set[str]:
    """The labels of all actions that are ever taken in the instance."""
    explorer = Explorer(instance)
    reached, waiting, labels = {explorer.first()}, [explorer.first()], set[str]()
    while waiting:
        for action, target in explorer.steps(waiting.pop()):
            labels.add(action.label)
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return labels


def test_somebody_alone_elects_itself() -> None:
    """In three steps from Init."""
    explorer = Explorer(ALONE)
    state = explorer.first()
    for name in ("StartPreVote", "Campaign", "BecomeLeader"):
        [state] = [after for action, after in explorer.steps(state) if action.name == name]
    assert state.role == ("leader", "down")
    assert state.won == {(1, 0)}


@pytest.mark.parametrize("instance", THOROUGH, ids=lambda instance: instance.name)
def test_exploring_begins_where_the_proof_does(instance: Instance) -> None:
    """The proof's Init is true of the first state, with nothing in the histories."""
    first = Explorer(instance).first()
    size = instance.size + 1
    zeros = (0,) * size
    histories = {
        "voted": frozenset(),
        "rival": zeros,
        "retired": zeros,
        "pledged": (((0,) * (instance.highest_term + 1),) * size,) * size,
    }
    values = {**instance.symbols(), **first._asdict(), **histories}
    assert eval(text_of(initial()), values)
    assert not eval(text_of(initial()), {**values, "term": (1, *zeros[1:])})


@pytest.mark.slow
def test_together_the_instances_take_every_action() -> None:
    """In every case but the one that needs four terms, which only a thorough run has."""
    taken = set[str]().union(*map(taken_in, INSTANCES))
    assert {action.label for action in ACTIONS} - taken == {"Renew, again"}
