"""What has to be shown: everything, once; and it can be, but not without its reasons."""

import re
from collections import Counter
from dataclasses import replace
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
    """Whether the action can break the conjunct."""
    assumed = [*AXIOMS.values(), *(claim(BEFORE) for claim in INVARIANT.values())]
    broken = Not(INVARIANT[conjunct](action.step.after))
    return ask([*assumed, *action.step.needs.values(), broken], limit=2)


def test_every_conjunct_is_shown_at_the_start_and_after_every_action() -> None:
    """And every property of the whole; each obligation has a name of its own."""
    parts = ["initiation", *(action.label for action in ACTIONS)]
    expected = [(part, name) for part in parts for name in INVARIANT]
    expected += [("consequence", name) for name in PROPERTIES]
    assert Counter((one.part, one.name) for one in ALL) == Counter(expected)


def test_the_actions_are_those_of_the_specification() -> None:
    """All that `Next` names, but what only pre-votes, untimed models and observers have."""
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


def test_the_hypotheses_are_not_absurd() -> None:
    """With nothing to refute, the solver does not refute it."""
    *hypotheses, _ = named("Tick", "one_leader_per_term").opposite
    assert ask(hypotheses, limit=2) is not SolverAnswer.IMPOSSIBLE


@pytest.mark.parametrize(
    ("label", "guard", "conjunct"),
    [
        ("HandleVoteRequest, granted", "its term is lower", "one_vote_per_term"),
        ("HandleVoteRequest, granted", "has promised nobody else", "promises_are_kept"),
        ("HandleHeartbeatAck", "is of its term", "backing_is_pledged"),
        ("Tick", "time goes forward", "pledges_are_not_ahead"),
    ],
)
@pytest.mark.slow
def test_without_its_guard_an_action_is_not_shown_to_be_safe(
    label: str, guard: str, conjunct: str
) -> None:
    """The same obligation is met with the guard."""
    assert kept(action_named(label), conjunct) is SolverAnswer.IMPOSSIBLE
    assert kept(without_guard(label, guard), conjunct) is not SolverAnswer.IMPOSSIBLE


@pytest.mark.slow
def test_an_action_that_forgets_its_promise_is_not_shown_to_be_safe() -> None:
    """A voter that does not promise leaves a lease with nothing behind it."""
    label = "HandleHeartbeat, accepted"
    forgetful = with_effect(label, promised_until=BEFORE.promised_until)
    assert kept(action_named(label), "promises_are_kept") is SolverAnswer.IMPOSSIBLE
    assert kept(forgetful, "promises_are_kept") is not SolverAnswer.IMPOSSIBLE


@pytest.mark.slow
def test_a_property_alone_is_not_inductive() -> None:
    """One leader per term does not follow from one leader per term."""
    obligation = named("BecomeLeader, by a vote", "one_leader_per_term")
    action = action_named("BecomeLeader, by a vote")
    claim = INVARIANT["one_leader_per_term"]
    weak = replace(
        obligation,
        opposite=(
            *AXIOMS.values(),
            claim(BEFORE),
            *action.step.needs.values(),
            Not(claim(action.step.after)),
        ),
    )
    assert ask(obligation.opposite) is SolverAnswer.IMPOSSIBLE
    assert ask(weak.opposite, limit=2) is not SolverAnswer.IMPOSSIBLE
