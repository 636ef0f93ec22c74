"""Shows that the proof is not vacuous: everything that it needs is removed in turn, and something breaks.

Knows the actions, the conjuncts and the axioms, each of which has a control. The opposite of an
obligation is impossible; the opposite of a control is possible: without one guard, conjunct or axiom
there is a counterexample with two or three members. Other controls show that each action can happen.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import z3  # type: ignore[import-untyped]

from spec.proof.action import IS_A_MEMBER, ActionCase
from spec.proof.claims import INVARIANT, PROPERTIES, Claim
from spec.proof.language import NOBODY, Expression, Member
from spec.proof.protocol import ACTIONS, AXIOMS, initial
from spec.proof.solver import LIMIT, SolverAnswer, answer_of
from spec.proof.state import BEFORE, SymbolicState
from spec.proof.universe import Universe

# Where a missing conjunct or axiom breaks something: after an action, or (None) in a property.
BREAKS_IN: Mapping[str, str | None] = {
    "two quorums share a member": "BecomeLeader, by its own vote",
    "a lease is no longer than its promise (A3)": "Campaign",
    "nobody_is_down": "Campaign",
    "votes_are_not_ahead": "Campaign",
    "votes_are_for_members_in_the_term": "Campaign",
    "one_vote_per_term": "BecomeLeader, by a vote",
    "pledges_are_not_ahead": "HandleVoteRequest, granted",
    "pledges_are_to_members_in_the_term": "Campaign",
    "pledges_are_short": "HandleVoteRequest, granted",
    "requests_are_of_members_in_the_term": "HandleVoteRequest, granted",
    "requests_rest_on_resignations": "HandleVoteRequest, granted",
    "heartbeats_are_of_leaders": "HandleHeartbeat, accepted",
    "heartbeats_are_of_winners": "HandleHeartbeat, accepted",
    "grants_are_votes": "HandleVoteGranted",
    "grants_are_pledged": "HandleVoteGranted",
    "acks_are_pledged": "HandleHeartbeatAck",
    "resignations_are_remembered": "HandleResigned, stands",
    "resigned_terms_back_nothing": "HandleResigned, released",
    "leaders_lead_their_term": "SendHeartbeat",
    "leaders_are_winners": "SendHeartbeat",
    "winners_overtake": None,
    "backing_is_pledged": None,
    "backing_is_of_voters": "BecomeLeader, by its own vote",
    "held_leases_are_a_quorums": None,
    "held_leases_are_pledged": None,
    "candidates_have_promised_no_other": "Campaign",
    "promises_are_kept": "Campaign",
    "a_vote_ends_earlier_pledges": "BecomeLeader, by its own vote",
    "winners_terms_reach_a_quorum": "Campaign",
    "an_overtaken_leader_has_no_quorum": None,
    "an_overtaken_candidate_has_no_quorum": "BecomeLeader, by its own vote",
    "winners_are_in_the_term": "BecomeLeader, by its own vote",
    "tokens_are_the_last_won": None,
    "one_leader_per_term": None,
}


# Two members are enough for most counterexamples, and the search is faster than with three.
_SIZES = (2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A claim that must be false if everything is assumed except what is missing.

    Its formulas say that it is false in a universe; they are large, so they are made when needed.
    """

    part: str
    name: str
    missing: str | None = None
    formulas: Callable[[Universe], Iterator[Expression]]


def controls() -> Iterator[Control]:
    """All of them: that something cannot happen, or that a guard, conjunct or axiom is not needed."""
    yield Control(part="Init", name="cannot be", formulas=_beginning)
    for action in ACTIONS:
        yield Control(part=action.label, name="cannot happen", formulas=partial(_step, action))
        for guard in action.step.needs:
            formulas = partial(_without_guard, action, guard)
            yield Control(part=action.label, name=f"does not need: {guard}", formulas=formulas)
    for missing in (*AXIOMS, *INVARIANT):
        kind = "conjuncts" if missing in INVARIANT else "axioms"
        formulas = partial(_without, missing)
        yield Control(part=kind, name=f"not needed: {missing}", missing=missing, formulas=formulas)


class Refuter:
    """Searches for counterexamples, with the axioms and the conjuncts prepared once."""

    def __init__(self) -> None:
        self._searches = [_Search(size) for size in _SIZES]

    def ask(self, control: Control, limit: float = LIMIT) -> SolverAnswer:
        """Whether there is a counterexample; `limit` is in seconds for each universe."""
        answers = [SolverAnswer.UNKNOWN]
        for search in self._searches:
            answers.append(search.ask(control, limit))
            if answers[-1] is SolverAnswer.POSSIBLE:
                break
        return answers[-1]


class _Search:
    """The search in one universe."""

    def __init__(self, size: int) -> None:
        self._universe = Universe(size)
        self._solver = z3.Solver()
        self._switches = {name: z3.Bool(f"assuming {name}") for name in (*AXIOMS, *INVARIANT)}
        conjuncts = {name: claim(BEFORE) for name, claim in INVARIANT.items()}
        for name, formula in {**AXIOMS, **conjuncts}.items():
            grounded = self._universe.grounded(formula)
            self._solver.add(z3.Implies(self._switches[name], grounded))

    def ask(self, control: Control, limit: float) -> SolverAnswer:
        self._solver.push()
        try:
            self._solver.set(timeout=int(limit * 1000))
            self._solver.add(*control.formulas(self._universe))
            assumed = (on for name, on in self._switches.items() if name != control.missing)
            return answer_of(self._solver.check(*assumed))
        finally:
            self._solver.pop()


def _beginning(universe: Universe) -> Iterator[Expression]:
    yield from universe.closed(())
    yield universe.grounded(initial())


def _step(action: ActionCase, universe: Universe) -> Iterator[Expression]:
    yield from universe.closed(action.parameters)
    guards = (*action.step.needs.values(), *action.step.narrows.values())
    yield from map(universe.grounded, guards)


def _without_guard(action: ActionCase, missing: str, universe: Universe) -> Iterator[Expression]:
    yield from universe.closed(action.parameters)
    # Otherwise a step of the member that stands for nobody would be a counterexample almost always.
    if missing != IS_A_MEMBER and action.actor.sort() == Member:
        yield action.actor != NOBODY
    guards = (guard for name, guard in action.step.needs.items() if name != missing)
    yield from map(universe.grounded, guards)
    yield _one_is_false(INVARIANT.values(), action.step.after, universe)


def _without(missing: str, universe: Universe) -> Iterator[Expression]:
    label = BREAKS_IN[missing]
    if label is None:
        yield from universe.closed(())
        yield _one_is_false(PROPERTIES.values(), BEFORE, universe)
        return
    [action] = [action for action in ACTIONS if action.label == label]
    yield from universe.closed(action.parameters)
    yield from map(universe.grounded, action.step.needs.values())
    others = (claim for name, claim in INVARIANT.items() if name != missing)
    yield _one_is_false(others, action.step.after, universe)


def _one_is_false(claims: Iterable[Claim], s: SymbolicState, universe: Universe) -> Expression:
    return z3.Or([universe.refuted(claim(s)) for claim in claims])
