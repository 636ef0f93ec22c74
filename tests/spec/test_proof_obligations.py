"""The obligations: each is there once and can be proved, but not for a wrong action."""

import re
from collections import Counter
from pathlib import Path

import pytest
from z3 import Not  # type: ignore[import-untyped]

from spec.proof.action import ActionCase
from spec.proof.claims import INVARIANT, PROPERTIES
from spec.proof.obligations import Obligation, obligations
from spec.proof.protocol import ACTIONS, AXIOMS
from spec.proof.solver import SolverAnswer, ask
from spec.proof.state import BEFORE
from tests.spec.proof_support import action_named, with_effect, without_guard

ALL = list(obligations())
ABSENT = {"HandlePreVoteRequest", "HandlePreVoteGranted", "EndPromise", "LoseLeader"}


def named(part: str, name: str) -> Obligation:
    """The obligation with the name."""
    [found] = [one for one in ALL if (one.part, one.name) == (part, name)]
    return found


def kept(action: ActionCase, conjunct: str) -> SolverAnswer:
    """Whether the action can violate the conjunct."""
    assumed = [*AXIOMS.values(), *(claim(BEFORE) for claim in INVARIANT.values())]
    broken = Not(INVARIANT[conjunct](action.step.after))
    return ask([*assumed, *action.step.needs.values(), broken], limit=2)


def test_every_conjunct_has_an_obligation_at_the_start_and_after_every_action() -> None:
    """And every property has one; each obligation has a name of its own."""
    parts = ["initiation", *(action.label for action in ACTIONS)]
    expected = [(part, name) for part in parts for name in INVARIANT]
    expected += [("consequence", name) for name in PROPERTIES]
    assert Counter((one.part, one.name) for one in ALL) == Counter(expected)


def test_the_actions_are_those_of_the_specification() -> None:
    """All that `Next` names, except those of pre-votes, untimed models and observers."""
    text = (Path(__file__).parents[2] / "spec" / "Election.tla").read_text()
    listed = text.partition("Next ==")[2].partition("Spec ==")[0]
    names = set(re.findall(r"\\/ (\w+)", listed))
    assert names - ABSENT == {action.name for action in ACTIONS}


@pytest.mark.parametrize("part", ["initiation", "Tick", "Campaign", "consequence"])
def test_the_obligations_are_met(part: str) -> None:
    """A few parts of them; `python -m spec prove` shows all."""
    chosen = [one for one in ALL if one.part == part]
    assert {one.name: ask(one.opposite) for one in chosen} == {
        one.name: SolverAnswer.IMPOSSIBLE for one in chosen
    }


def test_the_hypotheses_are_not_contradictory() -> None:
    """Without a goal to refute, the solver finds no contradiction."""
    *hypotheses, _ = named("Tick", "one_leader_per_term").opposite
    assert ask(hypotheses, limit=2) is not SolverAnswer.IMPOSSIBLE


FORGETFUL = with_effect("HandleHeartbeat, accepted", promised_until=BEFORE.promised_until)
WRONG = [
    (
        without_guard("HandleVoteRequest, granted", "its term is lower"),
        "one_vote_per_term",
    ),
    (
        without_guard("HandleVoteRequest, granted", "has promised no other member"),
        "promises_are_kept",
    ),
    (without_guard("HandleHeartbeatAck", "is of its term"), "backing_is_pledged"),
    (without_guard("Tick", "time goes forward"), "pledges_are_not_ahead"),
    (FORGETFUL, "promises_are_kept"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("wrong", "conjunct"), WRONG)
def test_a_wrong_action_is_not_shown_to_be_safe(wrong: ActionCase, conjunct: str) -> None:
    """Without a guard, or without a promise after it; the same obligation is met by the right action."""
    assert kept(action_named(wrong.label), conjunct) is SolverAnswer.IMPOSSIBLE
    assert kept(wrong, conjunct) is not SolverAnswer.IMPOSSIBLE


@pytest.mark.slow
def test_a_property_alone_is_not_inductive() -> None:
    """One leader per term does not follow from one leader per term."""
    action, claim = action_named("BecomeLeader, by a vote"), INVARIANT["one_leader_per_term"]
    assumed = (*AXIOMS.values(), claim(BEFORE), *action.step.needs.values())
    assert kept(action, "one_leader_per_term") is SolverAnswer.IMPOSSIBLE
    weak = [*assumed, Not(claim(action.step.after))]
    assert ask(weak, limit=2) is not SolverAnswer.IMPOSSIBLE
