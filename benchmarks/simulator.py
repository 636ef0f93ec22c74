"""How fast stateful tests run on the bare core and on the whole stack, with all checks after every step.

A run is one seed of the simulator. A step is one step of one member's election, whatever its
cause.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from leader.election.trace import Line, Stepped
from stateful_tests.simulator import LONG, seeded_run
from stateful_tests.traced_runs import TracedSystemFactory


@dataclass(frozen=True, slots=True)
class Pace:
    """Simulated time, steps and rule calls per second of real time."""

    simulated_seconds: float
    steps: float
    calls: float


def pace(build: TracedSystemFactory, seeds: Iterable[int]) -> Pace:
    """Measures the runs of these seeds, one after the other."""
    simulated, steps, calls = 0, 0, 0
    since = time.perf_counter()
    for seed in seeds:
        lines: list[Line] = []
        with seeded_run(seed, lambda plan, lines=lines: build(plan, lines.append)) as run:  # type: ignore[misc]
            runner, profile = run
            for _ in range(LONG):
                runner.perform(*profile.draw())
            simulated += runner.system.true_time
        steps += sum(isinstance(line, Stepped) for line in lines)
        calls += LONG
    taken = time.perf_counter() - since
    return Pace(simulated / 1e9 / taken, steps / taken, calls / taken)
