"""Runs of the bare core or of the whole stack with their traces, for TLC to compare with the specification.

A traced run does nothing that the specification does not have: the promises of a member keep their
length over a restart, and no member campaigns without a pre-vote.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import closing

import msgspec

from leader.election.trace import Line, Trace
from leader.protocol.vocabulary import MemberId
from spec.recording.reading import lines_of, recording_of
from spec.recording.verdict import RecordingVerdict, judge
from spec.tools import find
from stateful_tests.core import REAL, Core
from stateful_tests.core_system import CoreSystem
from stateful_tests.liveness import TRAVEL
from stateful_tests.plan import RunPlan
from stateful_tests.rule_runner import Argument, RuleRunner
from stateful_tests.simulator import seeded_run
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import System

TracedSystemFactory = Callable[[RunPlan, Trace], System]


def traced_core_system(plan: RunPlan, trace: Trace, core: Core = REAL) -> System:
    """The bare core; ``trace`` receives every line of the run."""
    return CoreSystem(plan, core, trace)


def traced_stack_system(plan: RunPlan, trace: Trace) -> System:
    """The whole stack; ``trace`` receives every line of the run."""
    return StackSystem(plan, trace=trace)


class TracedRun:
    """A run of the rules, and its trace so far."""

    def __init__(self, plan: RunPlan, build: TracedSystemFactory = traced_core_system) -> None:
        self.lines: list[Line] = []
        self.system = build(plan, self.lines.append)
        self.runner = RuleRunner(plan, self.system)

    def perform(self, rule: str, *arguments: Argument) -> None:
        """Call a rule."""
        self.runner.perform(rule, *arguments)

    def run_until(self, happened: Callable[[], bool]) -> None:
        """Let time pass and messages arrive until ``happened``, and once more after that."""
        while True:
            ends = happened()
            self.perform("wait_until_due")
            self.deliver_all()
            if ends:
                return

    def deliver_all(self) -> None:
        """Deliver everything in flight, each message after its travel, and what is sent meanwhile."""
        while self.system.in_flight:
            arrival = self.system.in_flight[0].sent_at + TRAVEL
            self.perform("time_passes", max(0, arrival - self.system.true_time))
            self.perform("deliver", 0)

    def wait_for_leader(self, besides: MemberId | None = None) -> MemberId:
        """Wait until exactly one member acts as leader, and not ``besides``; returns that member."""
        self.run_until(
            lambda: len(self.system.acting()) == 1 and self.system.acting() != (besides,)
        )
        return self.system.acting()[0]


def random_traced_run(
    seed: int, calls: int, build: TracedSystemFactory = traced_core_system
) -> list[Line]:
    """The trace of a random run, drawn like the simulator's."""
    lines: list[Line] = []
    with seeded_run(seed, lambda plan: build(plan, lines.append)) as (runner, profile):
        for _ in range(calls):
            rule, *arguments = profile.draw()
            if rule == "restart":
                arguments[-1] = None  # The promises keep their length.
            runner.perform(rule, *arguments)
    return lines


def eventful_run(plan: RunPlan, build: TracedSystemFactory = traced_core_system) -> list[Line]:
    """The trace of a run with every fault and every way to change the leader."""
    run = TracedRun(plan, build)
    with closing(run.runner):
        _do_everything_once(run)
    return run.lines


def _do_everything_once(run: TracedRun) -> None:
    members = run.runner.plan.members
    first = run.wait_for_leader()
    successor = next(member for member in members if member != first)
    run.perform("wait_until_due")
    run.perform("duplicate", 0)
    run.perform("drop", 1)
    run.deliver_all()
    run.perform("resign", first, successor)
    run.deliver_all()
    second = run.wait_for_leader(besides=first)
    run.perform("isolate", second)
    run.run_until(lambda: run.system.acting() not in ((second,), ()))
    run.perform("heal")
    third = run.wait_for_leader()
    follower = next(member for member in members if member not in (second, third))
    run.perform("partition", third, follower)
    run.run_until(lambda: run.system.believed_leader(follower) is None)
    run.perform("heal")
    third = run.wait_for_leader()
    run.perform("crash", third)
    run.wait_for_leader()
    run.perform("restart", third, True, True, None)
    run.run_until(lambda: run.system.believed_leader(third) is not None)
    run.perform("resign", run.wait_for_leader(), None)
    run.wait_for_leader()


def trace_text(lines: Sequence[Line]) -> str:
    """The content of a trace file."""
    return "".join(msgspec.json.encode(line).decode() + "\n" for line in lines)


def check_with_tlc(text: str) -> RecordingVerdict:
    """What TLC finds in a trace file named ``run``."""
    return asyncio.run(judge(recording_of([lines_of("run", text.encode())]), find()))
