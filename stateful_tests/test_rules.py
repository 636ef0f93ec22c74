"""The rules in Hypothesis: short histories of few members, shrink to the few calls that matter.

Run with --hypothesis-profile=deep for long ones. Each rule of the machine is the one of ``RuleRunner``
that bears its name; the core alone and the whole stack stand behind the same rules.
"""

from collections.abc import Sequence
from contextlib import closing

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from leader.protocol.vocabulary import MemberId
from stateful_tests.core_system import CoreSystem
from stateful_tests.plan import AMOUNTS, FASTEST, LONGEST_PROMISE, PROMISE, RunPlan
from stateful_tests.rules import Argument, RuleRunner
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import System

LETTERS = st.sampled_from((0, -1, 1, 2, 3, 4, 5))
"""The oldest, the newest, or one of the next."""
MEMBERS = st.sampled_from((0, 1, 2, 3, 4))
"""By place, modulo as many as there are."""
PROMISES = (PROMISE, LONGEST_PROMISE)


@st.composite
def plans(draw: st.DrawFn) -> RunPlan:
    """Three members mostly; equal clocks and promises first."""
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


class Election(RuleBasedStateMachine):
    """A cluster to which anything happens that the assumptions allow, and that is then left in peace."""

    cluster: RuleRunner | None = None
    broken = False

    def begun(self, plan: RunPlan) -> System:
        """What stands behind the rules."""
        raise NotImplementedError

    @initialize(plan=plans())
    def begin(self, plan: RunPlan) -> None:
        self.cluster = RuleRunner(plan, self.begun(plan))
        self.cluster.tell_story()

    @precondition(lambda self: self.has_letters())
    @rule(index=LETTERS)
    def deliver(self, index: int) -> None:
        self.perform("deliver", index)

    @precondition(lambda self: self.has_letters())
    @rule(count=st.sampled_from((3, 6, 12)))
    def deliver_the_oldest(self, count: int) -> None:
        for _ in range(count):
            self.perform("deliver", 0)

    @precondition(lambda self: self.has_letters())
    @rule(index=LETTERS, written=st.booleans())
    def deliver_and_crash(self, index: int, written: bool) -> None:
        self.perform("deliver_and_crash", index, written)

    @precondition(lambda self: self.has_letters())
    @rule(index=LETTERS)
    def drop(self, index: int) -> None:
        self.perform("drop", index)

    @precondition(lambda self: self.has_letters())
    @rule(index=LETTERS)
    def duplicate(self, index: int) -> None:
        self.perform("duplicate", index)

    @rule(source=MEMBERS, to=MEMBERS)
    def partition(self, source: int, to: int) -> None:
        self.perform("partition", self.member(source), self.member(to))

    @rule(member=MEMBERS)
    def isolate(self, member: int) -> None:
        self.perform("isolate", self.member(member))

    @rule()
    def heal(self) -> None:
        self.perform("heal")

    @rule()
    def wait_until_due(self) -> None:
        self.perform("wait_until_due")

    @rule(nanoseconds=st.sampled_from(AMOUNTS))
    def time_passes(self, nanoseconds: int) -> None:
        self.perform("time_passes", nanoseconds)

    @rule(member=MEMBERS)
    def crash(self, member: int) -> None:
        self.perform("crash", self.member(member))

    @rule(
        member=MEMBERS,
        keeps_record=st.booleans(),
        keeps_clock=st.booleans(),
        promise=st.sampled_from((None, *PROMISES)),
    )
    def restart(
        self, member: int, keeps_record: bool, keeps_clock: bool, promise: int | None
    ) -> None:
        self.perform("restart", self.member(member), keeps_record, keeps_clock, promise)

    @rule(member=MEMBERS)
    def pause(self, member: int) -> None:
        self.perform("pause", self.member(member))

    @rule(member=MEMBERS)
    def resume(self, member: int) -> None:
        self.perform("resume", self.member(member))

    @rule(member=MEMBERS)
    def lose_patience(self, member: int) -> None:
        self.perform("lose_patience", self.member(member))

    @rule(member=MEMBERS, successor=st.none() | MEMBERS)
    def resign(self, member: int, successor: int | None) -> None:
        named = None if successor is None else self.member(successor)
        self.perform("resign", self.member(member), named)

    @rule(member=MEMBERS, peer=MEMBERS)
    def peer_down(self, member: int, peer: int) -> None:
        self.perform("peer_down", self.member(member), self.member(peer))

    def teardown(self) -> None:
        """Unless it broke, faults end: among those that run, or among all if those are no quorum."""
        if self.cluster is None:
            return
        with closing(self.cluster):
            if not self.broken:
                self.perform("settle", "".join(self.reachable_quorum(self.cluster)))

    def reachable_quorum(self, cluster: RuleRunner) -> Sequence[MemberId]:
        system, members = cluster.system, cluster.plan.members
        up = [name for name in members if not system.is_down(name) and not system.is_paused(name)]
        return up if 2 * len(up) > len(members) else members

    def perform(self, name: str, *arguments: Argument) -> None:
        """Call a rule; should it break a claim, tell the whole story."""
        assert self.cluster is not None
        try:
            self.cluster.perform(name, *arguments)
        except Exception as error:
            self.broken = True
            error.add_note(self.cluster.story())
            raise

    def member(self, place: int) -> MemberId:
        assert self.cluster is not None
        members = self.cluster.plan.members
        return members[place % len(members)]

    def has_letters(self) -> bool:
        return self.cluster is not None and bool(self.cluster.system.in_flight)


class ElectionOfCores(Election):
    def begun(self, plan: RunPlan) -> System:
        return CoreSystem(plan)


class ElectionOfActors(Election):
    def begun(self, plan: RunPlan) -> System:
        return StackSystem(plan)


TestElectionOfCores = pytest.mark.slow(ElectionOfCores.TestCase)
TestElectionOfCores.__doc__ = (
    "The claims hold after every step of every history, and a calm quorum gets a leader."
)
TestElectionOfActors = pytest.mark.slow(ElectionOfActors.TestCase)
TestElectionOfActors.__doc__ = (
    "The same of the whole stack: actors, nodes, wire, records; callbacks come as promised."
)
