"""The scheduler: no slot runs twice, in spite of faults and of clocks that disagree."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from examples.scheduler import Scheduler
from tests.examples.example_cluster import ExampleCluster, GuaranteeBroken, NotServed, breaks, run

PERIOD_SECONDS = 0.5
FAULTS_SECONDS = 15

Runs = list[tuple[int, int, bool]]
"""Slot and token of every run, in order, and whether it began within the lease."""


class RecordingScheduler(Scheduler):
    """Records which slots it runs."""

    def __init__(self, runs: Runs) -> None:
        super().__init__(PERIOD_SECONDS)
        self.runs = runs

    async def run_slot(self, slot: int, token: int) -> None:
        self.runs.append((slot, token, self.is_leader))


class BeginsWithTheSlotOfItsElection(RecordingScheduler):
    """A planted bug: a new leader begins with the slot in which it was elected."""

    def first_slot(self) -> int:
        return super().first_slot() - 2


class BeginsWithTheNextSlot(RecordingScheduler):
    """A planted bug: begins with the next slot, as if all wall clocks were the same."""

    def first_slot(self) -> int:
        return super().first_slot() - 1


def run_with_faults(
    seed: int, kind: Callable[[Runs], RecordingScheduler] = RecordingScheduler
) -> None:
    """One run with faults, after which the leader must run slot after slot."""
    runs: Runs = []

    async def trial(cluster: ExampleCluster) -> None:
        await cluster.start()
        await cluster.inject_faults(FAULTS_SECONDS)
        await cluster.led()
        await asyncio.sleep(6 * PERIOD_SECONDS)

    run(trial, seed, lambda _: kind(runs), skew_milliseconds=round(PERIOD_SECONDS * 1_000) - 1)
    slots, tokens = [slot for slot, _, _ in runs], [token for _, token, _ in runs]
    if not all(leads for _, _, leads in runs):
        raise GuaranteeBroken(f"a run without the lease: {runs}")
    if len(set(slots)) < len(slots) or tokens != sorted(tokens):
        raise GuaranteeBroken(f"a slot ran twice, or under a stale token: {runs}")
    if not all(after == before + 1 for before, after in pairwise(slots[-3:])):
        raise NotServed(f"slots were left out after the faults: {runs}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_no_slot_runs_twice(seed: int) -> None:
    """Wall clocks are up to a period apart; leaders crash, freeze and are cut off."""
    run_with_faults(seed)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [BeginsWithTheSlotOfItsElection, BeginsWithTheNextSlot])
def test_a_planted_bug_is_caught(kind: Callable[[Runs], RecordingScheduler]) -> None:
    """Or the test above would prove nothing."""
    assert breaks(lambda seed: run_with_faults(seed, kind), range(20))
