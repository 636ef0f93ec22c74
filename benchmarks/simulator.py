"""How fast the rules are driven: the core alone and the whole stack, with a claim checked after every step.

A run is the hunter's of one seed; a step is one of a member's election, whatever brought it about.
"""

import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from random import Random

from leader.election.trace import Line, Stepped
from stateful_tests.rules import RuleRunner
from stateful_tests.simulator import LONG, FaultProfile, random_plan
from stateful_tests.traced_runs import TracedSystemFactory


@dataclass(frozen=True, slots=True)
class Pace:
    """What one second comes to."""

    simulated_seconds: float
    steps: float
    calls: float


def pace(begin: TracedSystemFactory, seeds: Iterable[int]) -> Pace:
    """Over the runs of these seeds, one after the other."""
    simulated, steps, calls = 0, 0, 0
    since = time.perf_counter()
    for seed in seeds:
        lines: list[Line] = []
        chance = Random(seed)
        plan = random_plan(chance)
        with closing(RuleRunner(plan, begin(plan, lines.append))) as cluster:
            temper = FaultProfile(chance, cluster)
            for _ in range(LONG):
                cluster.perform(*temper.draw())
            simulated += cluster.system.true_time
        steps += sum(isinstance(line, Stepped) for line in lines)
        calls += LONG
    taken = time.perf_counter() - since
    return Pace(simulated / 1e9 / taken, steps / taken, calls / taken)
