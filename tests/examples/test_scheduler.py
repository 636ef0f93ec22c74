"""The scheduler: no slot runs twice, whatever happens to the members and with clocks that disagree."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from examples.scheduler import Scheduler
from tests.examples.arena import Arena, Broken, breaks, run

PERIOD_SECONDS = 0.5
STORM_SECONDS = 15

Runs = list[tuple[int, int, str]]
"""Slot, token and host of every run, in order."""


class Noting(Scheduler):
    """Notes which slots it runs."""

    def __init__(self, runs: Runs) -> None:
        super().__init__(PERIOD_SECONDS)
        self.runs = runs

    async def run_slot(self, slot: int, token: int) -> None:
        self.runs.append((slot, token, self.node.name))


class Hasty(Noting):
    """A planted bug: a new leader begins with the slot that it takes over in."""

    def first_slot(self) -> int:
        return super().first_slot() - 2


class Undaunted(Noting):
    """A planted bug: begins with the next slot, as if all wall clocks were the same."""

    def first_slot(self) -> int:
        return super().first_slot() - 1


def storm(seed: int, kind: Callable[[Runs], Noting] = Noting) -> None:
    """One stormy run, after which the leader must run slot after slot."""
    runs: Runs = []

    async def trial(arena: Arena) -> None:
        await arena.start()
        await arena.storm(STORM_SECONDS)
        await arena.led()
        await asyncio.sleep(6 * PERIOD_SECONDS)

    run(trial, seed, lambda _: kind(runs), skew_milliseconds=round(PERIOD_SECONDS * 1_000) - 1)
    slots, tokens = [slot for slot, _, _ in runs], [token for _, token, _ in runs]
    if len(set(slots)) < len(slots) or tokens != sorted(tokens):
        raise Broken(f"a slot ran twice, or under a stale token: {runs}")
    if not all(after == before + 1 for before, after in pairwise(slots[-3:])):
        raise Broken(f"slots were left out in calm weather: {runs}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_no_slot_runs_twice(seed: int) -> None:
    """Wall clocks are up to a period apart; leaders crash, freeze and are cut off."""
    storm(seed)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Hasty, Undaunted])
def test_a_planted_bug_is_caught(kind: Callable[[Runs], Noting]) -> None:
    """Or the test above would prove nothing."""
    assert breaks(lambda seed: storm(seed, kind), range(20))
