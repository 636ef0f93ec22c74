"""The hunter: long random runs over the rules, each from one seed; what it catches becomes a list.

Each run has a temper of its own: some faults are frequent in it and some never happen, which finds
more than a little of everything every time.
"""

from bisect import bisect
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from random import Random
from typing import Final

from leader.protocol.vocabulary import MemberId
from stateful_tests.core_system import CoreSystem
from stateful_tests.plan import AMOUNTS, FASTEST, LONGEST_PROMISE, PROMISE, RunPlan
from stateful_tests.rules import Argument, Call, RuleRunner
from stateful_tests.system import InFlightMessage, SystemFactory

LONG, SHORT = 200, 60
"""How many calls a run has: most disasters need no more, and every run has another temper."""
CALM = 8
"""One run in as many is short and ends calmly."""
LOST: Final = 1 << 60
"""Later than any run takes."""

Draw = tuple[str, *tuple[Argument, ...]]


@dataclass(frozen=True, slots=True)
class Failure:
    """A run that broke a claim: its plan, its calls, what was raised by the last of them."""

    plan: RunPlan
    calls: tuple[Call, ...]
    error: Exception


def hunt(seeds: Iterable[int], begin: SystemFactory = CoreSystem) -> Failure | None:
    """The first failure among runs of these seeds."""
    return next((failure for seed in seeds if (failure := run(seed, begin))), None)


def run(seed: int, begin: SystemFactory = CoreSystem) -> Failure | None:
    """One run, and what went wrong in it; some are short and end calmly."""
    chance = Random(seed)
    plan = random_plan(chance)
    calm = seed % CALM == 0
    with closing(RuleRunner(plan, begin(plan))) as cluster:
        temper = FaultProfile(chance, cluster)
        try:
            for _ in range(SHORT if calm else LONG):
                cluster.perform(*temper.draw())
            if calm:
                cluster.perform("settle", random_quorum(chance, plan))
        except Exception as error:
            return Failure(plan, tuple(cluster.calls), error)
    return None


def random_plan(chance: Random) -> RunPlan:
    """Three members mostly; perfect clocks half of the time, and mostly equal promises."""
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


def random_quorum(chance: Random, plan: RunPlan) -> str:
    """The letters of a majority, or of more."""
    size = len(plan.members)
    return "".join(sorted(chance.sample(plan.members, chance.randint(size // 2 + 1, size))))


class FaultProfile:
    """What draws the calls of one run: messages and time, and now and then a storm of faults.

    In between a leader settles in, which a little of everything all the time would prevent. In a
    storm letters are late or lost, so that members live in different pasts: there elections go wrong.
    """

    def __init__(self, chance: Random, cluster: RuleRunner) -> None:
        self._chance = chance
        self._once = chance.random
        self._cluster = cluster
        self._system = cluster.system
        self._members = cluster.plan.members
        self._arrivals: dict[int, int] = {}
        self._late_letters = chance.choice((0.1, 0.3, 0.5))
        self._lost_letters = chance.choice((0.0, 0.3, 0.6))
        self._stormy = False
        self._storm_begins = chance.choice((0.03, 0.1, 0.3))
        self._storm_ends = chance.choice((0.05, 0.2))
        self._faults_in_storm = chance.choice((0.2, 0.4, 0.6))
        self._repairs: list[Draw] = []
        self._draws = self._own_rules()
        self._bounds = list(accumulate(chance.random() for _ in self._draws))

    def draw(self) -> Draw:
        """The next call."""
        if self._once() < (self._storm_ends if self._stormy else self._storm_begins):
            self._stormy = not self._stormy
            if not self._stormy and self._once() < 0.5:
                self._repairs = self._all_repairs()
        if self._repairs:
            return self._repairs.pop()
        if self._stormy and self._once() < self._faults_in_storm:
            return self._draws[bisect(self._bounds, self._once() * self._bounds[-1])]()
        return self._happening()

    def _all_repairs(self) -> list[Draw]:
        """Good weather: every way open, everybody up."""
        down = [name for name in self._members if self._system.is_down(name)]
        paused = [name for name in self._members if self._system.is_paused(name)]
        keeps_record = self._once() < 0.5
        restarts: list[Draw] = [("restart", name, keeps_record, True, None) for name in down]
        return [*restarts, *(("resume", name) for name in paused), ("heal",)]

    def _happening(self) -> Draw:
        """The next message arrives, or time passes until one does, or until somebody has to act."""
        system = self._system
        due, now = system.next_due(), system.true_time
        first, at = 0, None
        for index, letter in enumerate(system.in_flight):
            arrival = self._arrivals.get(letter.number) or self._arrival(letter)
            if at is None or arrival < at:
                first, at = index, arrival
        if at is None or at >= LOST or (due is not None and due < at):
            return ("wait_until_due",)
        return ("deliver", first) if at <= now else ("time_passes", at - now)

    def _arrival(self, letter: InFlightMessage) -> int:
        """At once in good weather; in a storm maybe late, by a moment or two promises, or never."""
        arrival = self._system.true_time
        if self._stormy and self._once() < self._late_letters:
            late = self._once()
            arrival += LOST if late < self._lost_letters else int(LONGEST_PROMISE * late**4)
        self._arrivals[letter.number] = arrival
        return arrival

    def _own_rules(self) -> list[Callable[[], Draw]]:
        """All repairs, and half of the faults: each where it makes a difference, if that is anywhere."""
        system, once, somebody, letter = self._system, self._once, self._somebody, self._letter
        trusting = self._cluster.plan.trust_disconnect
        down, paused = partial(somebody, system.is_down), partial(somebody, system.is_paused)
        repairs: list[Callable[[], Draw]] = [
            lambda: ("heal",),
            lambda: ("restart", down(), once() < 0.5, once() < 0.7, self._promise()),
            lambda: ("resume", paused()),
            lambda: ("lose_patience", somebody(self._is_idle)),
        ]
        faults: list[Callable[[], Draw]] = [
            lambda: ("time_passes", self._chance.choice(AMOUNTS)),
            lambda: ("drop", letter()),
            lambda: ("duplicate", letter()),
            lambda: ("deliver", letter()),
            lambda: ("partition", somebody(), somebody()),
            lambda: ("isolate", somebody()),
            lambda: ("crash", somebody()),
            lambda: ("deliver_and_crash", letter(), once() < 0.5),
            lambda: ("pause", somebody()),
            lambda: ("resign", somebody(self._acts), somebody() if once() < 0.5 else None),
            lambda: ("peer_down", somebody(), down() if trusting else somebody(self._acts)),
        ]
        return [*repairs, *(rule for rule in faults if once() < 0.5)]

    def _somebody(self, fits: Callable[[MemberId], bool] = lambda _: True) -> str:
        fitting = [member for member in self._members if fits(member)] or self._members
        return fitting[int(self._once() * len(fitting))]

    def _promise(self) -> int | None:
        return self._chance.choice((None, None, PROMISE, LONGEST_PROMISE))

    def _acts(self, member: MemberId) -> bool:
        return member in self._system.acting()

    def _is_idle(self, member: MemberId) -> bool:
        return not self._system.is_down(member) and not self._acts(member)

    def _letter(self) -> int:
        """The oldest, the newest or any."""
        draw = self._once()
        return 0 if draw < 0.3 else -1 if draw < 0.6 else int(self._once() * 300)
