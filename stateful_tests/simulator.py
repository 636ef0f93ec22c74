"""The simulator: long random runs of the rules, each from one seed. A run that fails becomes a list of calls.

Each run has its own profile of faults: some faults are frequent in it and some never happen. This
finds more bugs than runs in which every fault is equally rare.
"""

from bisect import bisect
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from random import Random
from typing import Final

from leader.protocol.vocabulary import MemberId
from stateful_tests.core_system import CoreSystem
from stateful_tests.plan import DURATIONS, FASTEST, LONGEST_PROMISE, PROMISE, RunPlan
from stateful_tests.rule_runner import Argument, Call, RuleRunner
from stateful_tests.system import InFlightMessage, SystemFactory

LONG, SHORT = 200, 60
"""How many calls a run has: most failures need no more, and the next run has another profile."""
LIVENESS_EVERY: Final = 8
"""One run in this many is short and ends with a check of liveness."""
NEVER_ARRIVES: Final = 1 << 60
"""An arrival later than the end of any run."""

Draw = tuple[str, *tuple[Argument, ...]]
"""A rule and its arguments."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A run that failed: its plan, its calls, and what the last of them raised."""

    plan: RunPlan
    calls: tuple[Call, ...]
    error: Exception


def hunt(seeds: Iterable[int], build: SystemFactory = CoreSystem) -> Failure | None:
    """The first failure among the runs of these seeds."""
    return next((failure for seed in seeds if (failure := run(seed, build))), None)


def run(seed: int, build: SystemFactory = CoreSystem) -> Failure | None:
    """One run, and its failure if it fails."""
    checks_liveness = seed % LIVENESS_EVERY == 0
    with seeded_run(seed, build) as (runner, profile):
        try:
            for _ in range(SHORT if checks_liveness else LONG):
                runner.perform(*profile.draw())
            if checks_liveness:
                runner.perform("settle", profile.draw_quorum())
        except Exception as error:
            return Failure(runner.plan, tuple(runner.calls), error)
    return None


@contextmanager
def seeded_run(seed: int, build: SystemFactory) -> "Iterator[tuple[RuleRunner, FaultProfile]]":
    """A run at its beginning, and the profile that draws its calls, both determined by ``seed``."""
    chance = Random(seed)
    plan = draw_plan(chance)
    with closing(RuleRunner(plan, build(plan))) as runner:
        yield runner, FaultProfile(chance, runner)


def draw_plan(chance: Random) -> RunPlan:
    """A plan: three members are the most frequent size, and in about half of the plans no clock drifts."""
    size = chance.choice((3, 3, 3, 3, 4, 5, 5, 6, 7))
    drifts = chance.choice(((0,), (-FASTEST, 0, FASTEST)))
    promises = chance.choice(((PROMISE,), (LONGEST_PROMISE,), (PROMISE, LONGEST_PROMISE)))
    return RunPlan(
        drifts=tuple(chance.choice(drifts) for _ in range(size)),
        promises=tuple(chance.choice(promises) for _ in range(size)),
        trust_disconnect=chance.random() < 0.5,
        records_get_lost=chance.random() < 0.4,
        dice=chance.getrandbits(30),
    )


class FaultProfile:
    """Draws the calls of one run: mostly messages and time, and faults in bursts.

    Between the bursts a leader is elected, which constant faults would prevent. In a burst messages
    are also late or lost, so that members have seen different messages: most wrong elections
    begin there.
    """

    def __init__(self, chance: Random, runner: RuleRunner) -> None:
        self._chance = chance
        self._random = chance.random
        self._plan = runner.plan
        self._system = runner.system
        self._members = runner.plan.members
        self._arrivals: dict[int, int] = {}
        self._late_messages = chance.choice((0.1, 0.3, 0.5))
        self._lost_messages = chance.choice((0.0, 0.3, 0.6))
        self._in_burst = False
        self._burst_begins = chance.choice((0.03, 0.1, 0.3))
        self._burst_ends = chance.choice((0.05, 0.2))
        self._faults_in_burst = chance.choice((0.2, 0.4, 0.6))
        self._repairs: list[Draw] = []
        self._draws = self._rules_of_this_run()
        self._bounds = list(accumulate(chance.random() for _ in self._draws))

    def draw(self) -> Draw:
        """The next call."""
        if self._random() < (self._burst_ends if self._in_burst else self._burst_begins):
            self._in_burst = not self._in_burst
            if not self._in_burst and self._random() < 0.5:
                self._repairs = self._all_repairs()
        if self._repairs:
            return self._repairs.pop()
        if self._in_burst and self._random() < self._faults_in_burst:
            return self._draws[bisect(self._bounds, self._random() * self._bounds[-1])]()
        return self._next_event()

    def draw_quorum(self) -> str:
        """The letters of a majority of the members, or of more."""
        size = len(self._members)
        return "".join(
            sorted(self._chance.sample(self._members, self._chance.randint(size // 2 + 1, size)))
        )

    def _all_repairs(self) -> list[Draw]:
        """The calls after which every member runs and reaches every other one."""
        down = [name for name in self._members if self._system.is_down(name)]
        paused = [name for name in self._members if self._system.is_paused(name)]
        keeps_record = self._random() < 0.5
        restarts: list[Draw] = [("restart", name, keeps_record, True, None) for name in down]
        return [*restarts, *(("resume", name) for name in paused), ("heal",)]

    def _next_event(self) -> Draw:
        """The next message arrives, or time passes until one does or a member has something to do."""
        system = self._system
        due, now = system.next_due(), system.true_time
        first, at = 0, None
        for index, message in enumerate(system.in_flight):
            arrival = self._arrivals.get(message.number) or self._draw_arrival(message)
            if at is None or arrival < at:
                first, at = index, arrival
        if at is None or at >= NEVER_ARRIVES or (due is not None and due < at):
            return ("wait_until_due",)
        return ("deliver", first) if at <= now else ("time_passes", at - now)

    def _draw_arrival(self, message: InFlightMessage) -> int:
        """At once; in a burst perhaps later, by up to the longest promise, or never."""
        arrival = self._system.true_time
        if self._in_burst and self._random() < self._late_messages:
            late = self._random()
            arrival += (
                NEVER_ARRIVES if late < self._lost_messages else int(LONGEST_PROMISE * late**4)
            )
        self._arrivals[message.number] = arrival
        return arrival

    def _rules_of_this_run(self) -> list[Callable[[], Draw]]:
        """All repairs and about half of the faults.

        A rule that needs a member in a certain state draws such a member if there is one.
        """
        system, random, member, message = self._system, self._random, self._member, self._message
        trusting = self._plan.trust_disconnect
        down, paused = partial(member, system.is_down), partial(member, system.is_paused)
        repairs: list[Callable[[], Draw]] = [
            lambda: ("heal",),
            lambda: ("restart", down(), random() < 0.5, random() < 0.7, self._promise()),
            lambda: ("resume", paused()),
            lambda: ("force_campaign", member(self._runs_without_leading)),
        ]
        faults: list[Callable[[], Draw]] = [
            lambda: ("time_passes", self._chance.choice(DURATIONS)),
            lambda: ("drop", message()),
            lambda: ("duplicate", message()),
            lambda: ("deliver", message()),
            lambda: ("partition", member(), member()),
            lambda: ("isolate", member()),
            lambda: ("crash", member()),
            lambda: ("deliver_and_crash", message(), random() < 0.5),
            lambda: ("pause", member()),
            lambda: ("resign", member(self._acts), member() if random() < 0.5 else None),
            lambda: ("peer_down", member(), down() if trusting else member(self._acts)),
        ]
        return [*repairs, *(rule for rule in faults if random() < 0.5)]

    def _member(self, fits: Callable[[MemberId], bool] = lambda _: True) -> str:
        """A member that fits, or any member if none does."""
        fitting = [member for member in self._members if fits(member)] or self._members
        return fitting[int(self._random() * len(fitting))]

    def _promise(self) -> int | None:
        return self._chance.choice((None, None, PROMISE, LONGEST_PROMISE))

    def _acts(self, member: MemberId) -> bool:
        return member in self._system.acting()

    def _runs_without_leading(self, member: MemberId) -> bool:
        return not self._system.is_down(member) and not self._acts(member)

    def _message(self) -> int:
        """The index of the oldest message, of the newest or of any."""
        draw = self._random()
        return 0 if draw < 0.3 else -1 if draw < 0.6 else int(self._random() * 300)
