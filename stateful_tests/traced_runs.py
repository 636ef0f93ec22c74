"""Runs of the bare core, or of the whole stack, as recordings, for TLC to compare with the spec.

A recorded run keeps to what the spec takes for constant: a member's promise has one length in all
of its lives, and nobody campaigns without having asked.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import closing
from random import Random

import msgspec

from leader.election.trace import Line, Trace
from leader.protocol.vocabulary import MemberId
from spec.recording.moves import score_of
from spec.recording.reading import lines_of, recording_of
from spec.recording.verdict import Finding, judge
from spec.tools import find
from stateful_tests.core import REAL, Core
from stateful_tests.core_system import CoreSystem
from stateful_tests.liveness import TRAVEL
from stateful_tests.plan import RunPlan
from stateful_tests.rules import Argument, RuleRunner
from stateful_tests.simulator import FaultProfile, random_plan
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import System

TracedSystemFactory = Callable[[RunPlan, Trace], System]


def traced_core_system(plan: RunPlan, trace: Trace, core: Core = REAL) -> System:
    """The bare core, which tells ``trace`` all it does."""
    return CoreSystem(plan, core, trace)


def traced_stack_system(plan: RunPlan, trace: Trace) -> System:
    """The whole stack."""
    return StackSystem(plan, trace=trace)


class TracedRun:
    """A cluster under the rules, and a line for all that its members do."""

    def __init__(self, plan: RunPlan, begin: TracedSystemFactory = traced_core_system) -> None:
        self.lines: list[Line] = []
        self.system = begin(plan, self.lines.append)
        self.cluster = RuleRunner(plan, self.system)

    def perform(self, rule: str, *arguments: Argument) -> None:
        """Call a rule; a restart keeps the promise that the member had."""
        kept = (*arguments[:-1], None) if rule == "restart" else arguments
        self.cluster.perform(rule, *kept)

    def run_until(self, happened: Callable[[], bool]) -> None:
        """Time passes and messages arrive, and once more after it has happened."""
        while True:
            ends = happened()
            self.perform("wait_until_due")
            self.arrive()
            if ends:
                return

    def arrive(self) -> None:
        """All that is in flight arrives, each after its travel, and what is sent because of it."""
        while self.system.in_flight:
            arrives = self.system.in_flight[0].sent_at + TRAVEL
            self.perform("time_passes", max(0, arrives - self.system.true_time))
            self.perform("deliver", 0)

    def leader(self, besides: MemberId | None = None) -> MemberId:
        """Who acts, once exactly one does, which is not ``besides``."""
        self.run_until(
            lambda: len(self.system.acting()) == 1 and self.system.acting() != (besides,)
        )
        return self.system.acting()[0]


def random_traced_run(
    seed: int, calls: int, begin: TracedSystemFactory = traced_core_system
) -> list[Line]:
    """The lines of a random run, drawn as the hunter does."""
    chance = Random(seed)
    recorder = TracedRun(random_plan(chance), begin)
    with closing(recorder.cluster):
        temper = FaultProfile(chance, recorder.cluster)
        for _ in range(calls):
            recorder.perform(*temper.draw())
    return recorder.lines


def eventful_run(plan: RunPlan, begin: TracedSystemFactory = traced_core_system) -> list[Line]:
    """The lines of a run in which everything happens once: every fault, and every way to change the leader."""
    run = TracedRun(plan, begin)
    with closing(run.cluster):
        _let_everything_happen(run)
    return run.lines


def _let_everything_happen(run: TracedRun) -> None:
    first = run.leader()
    heir = next(member for member in run.cluster.plan.members if member != first)
    run.perform("wait_until_due")
    run.perform("duplicate", 0)
    run.perform("drop", 1)
    run.arrive()
    run.perform("resign", first, heir)
    run.arrive()
    second = run.leader(besides=first)
    run.perform("isolate", second)
    run.run_until(lambda: run.system.acting() not in ((second,), ()))
    run.perform("heal")
    third = run.leader()
    deaf = next(member for member in run.cluster.plan.members if member not in (second, third))
    run.perform("partition", third, deaf)
    run.run_until(lambda: run.system.believes_in(deaf) is None)
    run.perform("heal")
    third = run.leader()
    run.perform("crash", third)
    run.leader()
    run.perform("restart", third, True, True, None)
    run.run_until(lambda: run.system.believes_in(third) is not None)
    run.perform("resign", run.leader(), None)
    run.leader()


def trace_text(lines: Sequence[Line]) -> str:
    """What a trace file would hold."""
    return "".join(msgspec.json.encode(line).decode() + "\n" for line in lines)


def check_with_tlc(text: str) -> Finding:
    """What TLC makes of a trace file named ``run``."""
    return asyncio.run(judge(score_of(recording_of([lines_of("run", text)])), find()))
