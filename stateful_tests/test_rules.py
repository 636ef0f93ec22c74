"""The rules in Hypothesis: short runs of few members, which it shortens to the few calls that matter.

The state machine has every rule of ``Rules`` but ``settle``, which ends each run. The same machine
drives the bare core and the whole stack. Run it with --hypothesis-profile=deep for longer runs.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from inspect import signature
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from leader.protocol.vocabulary import MemberId
from stateful_tests.core_system import CoreSystem
from stateful_tests.plan import DURATIONS, FASTEST, LONGEST_PROMISE, PROMISE, RunPlan, simple_plan
from stateful_tests.rule_runner import Argument, RuleRunner
from stateful_tests.rules import RULES, Rules
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import System

PROMISES = (PROMISE, LONGEST_PROMISE)
PLACES = st.sampled_from((0, 1, 2, 3, 4))
"""Members by their place, modulo the number of members."""
MEMBERS = {"member": PLACES, "peer": PLACES, "source": PLACES, "to": PLACES}
SUCCESSOR = {"successor": st.none() | PLACES}
ARGUMENTS: dict[str, st.SearchStrategy[Any]] = {
    **MEMBERS,
    **SUCCESSOR,
    # The oldest message, the newest, or one of the next.
    "index": st.sampled_from((0, -1, 1, 2, 3, 4, 5)),
    "written": st.booleans(),
    "nanoseconds": st.sampled_from(DURATIONS),
    "keeps_record": st.booleans(),
    "keeps_clock": st.booleans(),
    "promise": st.sampled_from((None, *PROMISES)),
}
"""What is drawn for a parameter of a rule, by its name."""


@st.composite
def plans(draw: st.DrawFn) -> RunPlan:
    """Mostly three members; equal clocks and promises first."""
    size = draw(st.sampled_from((3, 3, 3, 3, 4, 5)))
    drifts = draw(st.sampled_from(((0, 0, 0), (0, -FASTEST, FASTEST))))
    promises = draw(st.sampled_from((PROMISES[:1], PROMISES)))
    return RunPlan(
        drifts=tuple(drifts[place % 3] for place in range(size)),
        promises=tuple(promises[place % len(promises)] for place in range(size)),
        trust_disconnect=draw(st.booleans()),
        records_get_lost=draw(st.booleans()),
        dice=draw(st.integers(0, 7)),
    )


class RulesMachine(RuleBasedStateMachine):
    """A cluster to which anything happens that the assumptions allow, until faults end."""

    runner: RuleRunner | None = None
    failed = False

    def build(self, plan: RunPlan) -> System:
        """The system behind the rules."""
        raise NotImplementedError

    @initialize(plan=plans())
    def begin(self, plan: RunPlan) -> None:
        self.runner = RuleRunner(plan, self.build(plan))
        self.runner.keep_transcript()

    @precondition(lambda self: self.has_messages())
    @rule(count=st.sampled_from((3, 6, 12)))
    def deliver_the_oldest(self, count: int) -> None:
        """Several calls of ``deliver``: an election needs more messages than Hypothesis delivers alone."""
        for _ in range(count):
            self.perform("deliver", 0)

    def teardown(self) -> None:
        """End the faults among the running members, or among all if those are no quorum."""
        if self.runner is None:
            return
        with closing(self.runner):
            if not self.failed:
                self.perform("settle", "".join(self.reachable_quorum(self.runner)))

    def reachable_quorum(self, runner: RuleRunner) -> Sequence[MemberId]:
        system, members = runner.system, runner.plan.members
        up = [name for name in members if not system.is_down(name) and not system.is_paused(name)]
        return up if 2 * len(up) > len(members) else members

    def perform(self, name: str, *arguments: Argument) -> None:
        """Call a rule; if it fails, add the transcript to the error."""
        assert self.runner is not None
        try:
            self.runner.perform(name, *arguments)
        except Exception as error:
            self.failed = True
            error.add_note(self.runner.transcript())
            raise

    def argument(self, parameter: str, drawn: Argument) -> Argument:
        """What a rule receives for what was drawn: the letter of a member instead of its place."""
        assert self.runner is not None
        if parameter not in MEMBERS | SUCCESSOR or not isinstance(drawn, int):
            return drawn
        members = self.runner.plan.members
        return members[drawn % len(members)]

    def has_messages(self) -> bool:
        return self.runner is not None and bool(self.runner.system.in_flight)


def machine_rule(name: str) -> Callable[..., None]:
    """A rule of the machine that draws the arguments of the rule of this name and calls it."""
    parameters = tuple(signature(getattr(Rules, name)).parameters)[1:]

    def call(self: RulesMachine, **drawn: Argument) -> None:
        self.perform(name, *(self.argument(each, drawn[each]) for each in parameters))

    call.__name__ = name
    drawn = {each: ARGUMENTS[each] for each in parameters}
    decorated: Callable[..., None] = rule(**drawn)(call)  # type: ignore[call-overload]
    if "index" in parameters:
        decorated = precondition(lambda self: self.has_messages())(decorated)
    return decorated


for each in RULES:
    if each != "settle":
        setattr(RulesMachine, each, machine_rule(each))


class CoreMachineRules(RulesMachine):
    def build(self, plan: RunPlan) -> System:
        return CoreSystem(plan)


class StackMachineRules(RulesMachine):
    def build(self, plan: RunPlan) -> System:
        return StackSystem(plan)


TestRulesOnTheCore = pytest.mark.slow(CoreMachineRules.TestCase)
TestRulesOnTheCore.__doc__ = (
    "The invariants hold after every step, and a quorum without faults gets a leader."
)
TestRulesOnTheStack = pytest.mark.slow(StackMachineRules.TestCase)
TestRulesOnTheStack.__doc__ = (
    "The same of the whole stack: actors, nodes, wire and records; callbacks come as promised."
)


def test_the_machine_has_every_rule() -> None:
    """Or a rule could be forgotten here, and never be drawn."""
    names = {each.function.__name__ for each in CoreMachineRules().rules}
    assert names == {*RULES, "deliver_the_oldest"} - {"settle"}


def test_a_rule_that_does_not_exist_is_refused() -> None:
    """A run from a file may name one that was renamed since."""
    runner = RuleRunner(simple_plan(), CoreSystem(simple_plan()))
    with pytest.raises(ValueError, match="rule = 'fly': must be one of deliver, "):
        runner.perform("fly")
